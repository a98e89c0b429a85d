/* test_result.c: what can be counted and looked up in the result model */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_words_are_those_of_the_report(void **state)
{
    (void)state;
    assert_string_equal(outcome_words[OUTCOME_CRASH], "crash");
    assert_string_equal(outcome_count_words[OUTCOME_CRASH], "crashed");
    assert_string_equal(outcome_count_words[OUTCOME_ERROR], "errors");
    assert_string_equal(verdict_words[VERDICT_NOT_REACHABLE], "not-reachable");
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        assert_non_null(outcome_words[i]);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        assert_non_null(verdict_words[i]);
}

static void test_each_outcome_has_a_counter_of_its_own(void **state)
{
    struct result_totals totals = { .cases = 0 };

    (void)state;
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        for (size_t i = 0; i <= outcome; i++)
            result_count(&totals, outcome);
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        assert_int_equal(result_counted(&totals, outcome), outcome + 1);
    assert_int_equal(totals.passed, OUTCOME_PASS + 1);
    assert_int_equal(totals.failed, OUTCOME_FAIL + 1);
    assert_int_equal(totals.skipped, OUTCOME_SKIP + 1);
    assert_int_equal(totals.errors, OUTCOME_ERROR + 1);
    assert_int_equal(totals.crashed, OUTCOME_CRASH + 1);
    assert_int_equal(totals.cases, 1 + 2 + 3 + 4 + 5);
    assert_int_equal(result_bad(&totals),
                     totals.failed + totals.errors + totals.crashed);
}

static void test_suites_come_in_the_order_of_their_first_case(void **state)
{
    static const char *const names[] = { "rolling", "resave",
                                         "saveuninitialized", "store-contract",
                                         "secret" };
    size_t count;
    struct result_suite *suites = result_suites(sample_run(), &count);

    (void)state;
    assert_non_null(suites);
    assert_int_equal(count, sizeof names / sizeof *names);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(suites[i].name, names[i]);
    free(suites);
}

static void test_a_suite_sums_up_its_cases_wherever_they_stand(void **state)
{
    const char again[] = "a"; /* the same name at another address */
    struct result_case cases[] = {
        { .suite = "a", .outcome = OUTCOME_PASS, .seconds = 1 },
        { .suite = "b", .outcome = OUTCOME_FAIL, .seconds = 2 },
        { .suite = again, .outcome = OUTCOME_SKIP, .seconds = 4 },
    };
    const struct result_run run = { .cases = cases, .case_count = 3 };
    size_t count;
    struct result_suite *suites = result_suites(&run, &count);

    (void)state;
    assert_non_null(suites);
    assert_int_equal(count, 2);
    assert_int_equal(suites[0].totals.cases, 2);
    assert_int_equal(suites[0].totals.passed, 1);
    assert_int_equal(suites[0].totals.skipped, 1);
    assert_true(suites[0].seconds > 4.9 && suites[0].seconds < 5.1);
    assert_int_equal(suites[1].totals.failed, 1);
    free(suites);
}

static void test_a_requirement_is_found_by_its_whole_id(void **state)
{
    (void)state;
    assert_string_equal(result_requirement(sample_run(), "RSV-08")->id,
                        "RSV-08");
    assert_null(result_requirement(sample_run(), "RSV"));
    assert_null(result_requirement(sample_run(), "RSV-080"));
}

static void test_verdicts_are_counted_by_level(void **state)
{
    const struct result_run *run = sample_run();

    (void)state;
    assert_int_equal(result_verdicts(run, "required", VERDICT_FAILS), 3);
    assert_int_equal(result_verdicts(run, "optional", VERDICT_FAILS), 1);
    assert_int_equal(result_verdicts(run, NULL, VERDICT_FAILS), 4);
    assert_int_equal(result_verdicts(run, "hazard", VERDICT_HOLDS), 0);
}

static void test_a_cases_name_is_its_id_without_the_suite(void **state)
{
    const struct result_case usual = { .id = "a/b/c", .suite = "a" };
    const struct result_case foreign = { .id = "ab/c", .suite = "a" };

    (void)state;
    assert_string_equal(result_case_name(&usual), "b/c");
    assert_string_equal(result_case_name(&foreign), "ab/c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_those_of_the_report),
        cmocka_unit_test(test_each_outcome_has_a_counter_of_its_own),
        cmocka_unit_test(test_suites_come_in_the_order_of_their_first_case),
        cmocka_unit_test(test_a_suite_sums_up_its_cases_wherever_they_stand),
        cmocka_unit_test(test_a_requirement_is_found_by_its_whole_id),
        cmocka_unit_test(test_verdicts_are_counted_by_level),
        cmocka_unit_test(test_a_cases_name_is_its_id_without_the_suite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
