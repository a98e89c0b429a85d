/* test_verdict.c: how outcomes of cases become verdicts on requirements */
#include "../verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *one[] = { "ONE-01" };
static const char *other[] = { "TWO-01" };
static const char *both[] = { "ONE-01", "TWO-01" };

static struct requirement list[] = {
    { .id = "ONE-01", .section = "one", .text = "It is.", .source = "here" },
    { .id = "TWO-01", .section = "two", .text = "It is not.", .source = "x" },
};
static const struct catalogue catalogue = { .list = list, .count = 2 };

/* A run of cases that all check ONE-01, judged at a level. */
static enum verdict verdict_of(enum level level, const enum outcome *outcomes,
                               const bool *shown, size_t count)
{
    struct arena arena = { .chunks = NULL };
    struct result_case cases[4] = { { .id = "a/b" } };
    struct result_run run = { .cases = cases, .case_count = count };
    enum verdict verdict;

    for (size_t i = 0; i < count; i++)
        cases[i] = (struct result_case){ .id = "a/b",
                                         .checks = one,
                                         .check_count = 1,
                                         .outcome = outcomes[i],
                                         .hazard_shown = shown && shown[i] };
    list[0].level = level;
    verdict_reach(&run, &catalogue, &arena);
    verdict = run.requirements[0].verdict;
    assert_int_equal(run.requirements[1].verdict, VERDICT_UNTESTED);
    arena_free(&arena);
    return verdict;
}

#define VERDICT_OF(level, ...)                                                 \
    verdict_of(level, (const enum outcome[]){ __VA_ARGS__ }, NULL,             \
               sizeof((const enum outcome[]){ __VA_ARGS__ }) /                 \
                   sizeof(enum outcome))

static void test_what_a_failure_means_goes_to_the_reports(void **state)
{
    struct arena arena = { .chunks = NULL };
    struct seen seen = { "mystore 1.0", "lost it", "https://example.org/1" };
    struct requirement requirement = { .id = "ONE-01",
                                       .section = "one",
                                       .text = "It is.",
                                       .source = "here",
                                       .failure = "It was cut.",
                                       .seen = &seen,
                                       .seen_count = 1 };
    const struct catalogue small = { .list = &requirement, .count = 1 };
    struct result_run run = { .case_count = 0 };

    (void)state;
    verdict_reach(&run, &small, &arena);
    assert_string_equal(run.requirements[0].failure, "It was cut.");
    assert_int_equal(run.requirements[0].seen_count, 1);
    assert_string_equal(run.requirements[0].seen[0].where, "mystore 1.0");
    assert_string_equal(run.requirements[0].seen[0].what, "lost it");
    assert_string_equal(run.requirements[0].seen[0].link,
                        "https://example.org/1");
    arena_free(&arena);
}

static void test_a_requirement_holds_when_all_its_cases_pass(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_OF(LEVEL_REQUIRED, OUTCOME_PASS, OUTCOME_PASS),
                     VERDICT_HOLDS);
}

static void test_a_skipped_case_takes_nothing_from_a_passed_one(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_OF(LEVEL_OBSERVED, OUTCOME_SKIP, OUTCOME_PASS),
                     VERDICT_HOLDS);
}

static void test_one_bad_case_outweighs_all_that_passed(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_OF(LEVEL_REQUIRED, OUTCOME_PASS, OUTCOME_FAIL),
                     VERDICT_FAILS);
    assert_int_equal(VERDICT_OF(LEVEL_OPTIONAL, OUTCOME_ERROR, OUTCOME_PASS),
                     VERDICT_FAILS);
    assert_int_equal(VERDICT_OF(LEVEL_REQUIRED, OUTCOME_CRASH, OUTCOME_SKIP),
                     VERDICT_FAILS);
}

static void test_a_requirement_is_skipped_when_all_its_cases_are(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_OF(LEVEL_REQUIRED, OUTCOME_SKIP, OUTCOME_SKIP),
                     VERDICT_SKIPPED);
    assert_int_equal(VERDICT_OF(LEVEL_HAZARD, OUTCOME_SKIP), VERDICT_SKIPPED);
}

static void test_a_requirement_without_a_case_is_untested(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(LEVEL_REQUIRED, NULL, NULL, 0),
                     VERDICT_UNTESTED);
    assert_int_equal(verdict_of(LEVEL_HAZARD, NULL, NULL, 0), VERDICT_UNTESTED);
}

static void test_a_hazard_is_reachable_when_any_case_showed_it(void **state)
{
    const enum outcome passed[] = { OUTCOME_PASS, OUTCOME_PASS };
    const bool shown[] = { false, true };

    (void)state;
    assert_int_equal(verdict_of(LEVEL_HAZARD, passed, shown, 2),
                     VERDICT_REACHABLE);
}

static void test_a_hazard_that_no_case_showed_is_not_reachable(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_OF(LEVEL_HAZARD, OUTCOME_PASS, OUTCOME_SKIP),
                     VERDICT_NOT_REACHABLE);
}

static void test_a_hazard_with_a_bad_case_fails(void **state)
{
    const enum outcome outcomes[] = { OUTCOME_PASS, OUTCOME_FAIL };
    const bool shown[] = { true, true };

    (void)state;
    assert_int_equal(verdict_of(LEVEL_HAZARD, outcomes, shown, 2),
                     VERDICT_FAILS);
}

static void test_a_hazard_shown_makes_no_requirement_reachable(void **state)
{
    const enum outcome passed[] = { OUTCOME_PASS };
    const bool shown[] = { true };

    (void)state;
    assert_int_equal(verdict_of(LEVEL_REQUIRED, passed, shown, 1),
                     VERDICT_HOLDS);
}

static void test_totals_count_each_outcome_once(void **state)
{
    struct arena arena = { .chunks = NULL };
    struct result_case cases[OUTCOME_COUNT + 1];
    struct result_run run = { .cases = cases, .case_count = OUTCOME_COUNT + 1 };

    (void)state;
    memset(cases, 0, sizeof cases);
    for (size_t i = 0; i < run.case_count; i++)
        cases[i].outcome = (enum outcome)(i % OUTCOME_COUNT);
    run.totals.failed = 7; /* of no use to the next count */
    verdict_reach(&run, &catalogue, &arena);
    assert_int_equal(run.totals.cases, OUTCOME_COUNT + 1);
    assert_int_equal(run.totals.passed, 2);
    assert_int_equal(run.totals.failed, 1);
    assert_int_equal(run.totals.skipped, 1);
    assert_int_equal(run.totals.errors, 1);
    assert_int_equal(run.totals.crashed, 1);
    arena_free(&arena);
}

static void test_a_requirement_names_its_cases_in_order(void **state)
{
    struct arena arena = { .chunks = NULL };
    struct result_case cases[] = {
        { .id = "a/1", .checks = one, .check_count = 1 },
        { .id = "a/2", .checks = other, .check_count = 1 },
        { .id = "a/3", .checks = both, .check_count = 2 },
    };
    struct result_run run = { .cases = cases, .case_count = 3 };

    (void)state;
    list[0].level = LEVEL_OBSERVED;
    verdict_reach(&run, &catalogue, &arena);
    assert_int_equal(run.requirement_count, 2);
    assert_string_equal(run.requirements[0].id, "ONE-01");
    assert_string_equal(run.requirements[0].section, "one");
    assert_string_equal(run.requirements[0].level, "observed");
    assert_string_equal(run.requirements[0].text, "It is.");
    assert_string_equal(run.requirements[0].source, "here");
    assert_int_equal(run.requirements[0].case_count, 2);
    assert_string_equal(run.requirements[0].cases[0], "a/1");
    assert_string_equal(run.requirements[0].cases[1], "a/3");
    assert_int_equal(run.requirements[1].case_count, 2);
    assert_string_equal(run.requirements[1].cases[0], "a/2");
    arena_free(&arena);
}

static void
test_a_failure_may_be_against_another_requirement_alone(void **state)
{
    struct arena arena = { .chunks = NULL };
    struct result_failure failures[] = { { .against = "TWO-01" },
                                         { .against = NULL } };
    struct result_case test = { .id = "a/b",
                                .checks = one,
                                .check_count = 1,
                                .outcome = OUTCOME_FAIL,
                                .failures = failures,
                                .failure_count = 1 };
    struct result_run run = { .cases = &test, .case_count = 1 };

    (void)state;
    list[0].level = LEVEL_REQUIRED;
    verdict_reach(&run, &catalogue, &arena);
    assert_int_equal(run.requirements[0].verdict, VERDICT_HOLDS);
    assert_int_equal(run.requirements[1].verdict, VERDICT_FAILS);
    assert_string_equal(run.requirements[1].cases[0], "a/b");
    assert_string_equal(result_concern(&test, 0), "TWO-01");
    assert_null(result_concern(&test, 1));
    test.failure_count = 2;
    verdict_reach(&run, &catalogue, &arena);
    assert_int_equal(run.requirements[0].verdict, VERDICT_FAILS);
    assert_int_equal(run.requirements[1].verdict, VERDICT_FAILS);
    assert_string_equal(result_concern(&test, 0), "ONE-01");
    assert_string_equal(result_concern(&test, 1), "TWO-01");
    assert_null(result_concern(&test, 2));
    arena_free(&arena);
}

static void test_a_hidden_hazard_counts_on_express_and_its_likes(void **state)
{
    struct result_requirement hidden = { .verdict = VERDICT_NOT_REACHABLE };
    struct result_run run = { .requirements = &hidden, .requirement_count = 1 };

    (void)state;
    run.target_name = "sessionspec-reference";
    assert_int_equal(verdict_hidden_hazards(&run), 1);
    run.target_name = "express";
    assert_int_equal(verdict_hidden_hazards(&run), 1);
    run.target_name = "somebody's middleware";
    assert_int_equal(verdict_hidden_hazards(&run), 0);
    run.target_name = "express";
    hidden.verdict = VERDICT_REACHABLE;
    assert_int_equal(verdict_hidden_hazards(&run), 0);
}

static void test_the_reports_know_every_level_of_the_catalogue(void **state)
{
    size_t i = 0;

    (void)state;
    for (; level_names[i] != NULL; i++) {
        assert_non_null(result_levels[i]);
        assert_string_equal(result_levels[i], level_names[i]);
    }
    assert_null(result_levels[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_failure_means_goes_to_the_reports),
        cmocka_unit_test(test_a_requirement_holds_when_all_its_cases_pass),
        cmocka_unit_test(test_a_skipped_case_takes_nothing_from_a_passed_one),
        cmocka_unit_test(test_one_bad_case_outweighs_all_that_passed),
        cmocka_unit_test(test_a_requirement_is_skipped_when_all_its_cases_are),
        cmocka_unit_test(test_a_requirement_without_a_case_is_untested),
        cmocka_unit_test(test_a_hazard_is_reachable_when_any_case_showed_it),
        cmocka_unit_test(test_a_hazard_that_no_case_showed_is_not_reachable),
        cmocka_unit_test(test_a_hazard_with_a_bad_case_fails),
        cmocka_unit_test(test_a_hazard_shown_makes_no_requirement_reachable),
        cmocka_unit_test(test_totals_count_each_outcome_once),
        cmocka_unit_test(test_a_requirement_names_its_cases_in_order),
        cmocka_unit_test(
            test_a_failure_may_be_against_another_requirement_alone),
        cmocka_unit_test(test_a_hidden_hazard_counts_on_express_and_its_likes),
        cmocka_unit_test(test_the_reports_know_every_level_of_the_catalogue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
