/* test_compare.c: runs side by side: names, rows, and what each format says */
#include "../compare.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { RUNS_MAX = 4, CASES = 2, REQUIREMENTS = 3 };

/* Runs of two cases, one for each of two requirements; a hazard besides. */
struct fixture {
    struct result_case cases[RUNS_MAX][CASES];
    struct result_requirement requirements[RUNS_MAX][REQUIREMENTS];
    struct result_run runs[RUNS_MAX];
    struct compare_input inputs[RUNS_MAX];
    size_t count;
    struct compare compare;
};

/* What the two cases of a run come to. */
struct come {
    enum outcome touch, all;
};
static const struct come good = { OUTCOME_PASS, OUTCOME_PASS };
static const struct come bad = { OUTCOME_PASS, OUTCOME_FAIL };
static const struct come poor = { OUTCOME_SKIP, OUTCOME_PASS };

static enum verdict verdict_of(enum outcome outcome)
{
    if (outcome == OUTCOME_SKIP)
        return VERDICT_SKIPPED;
    return outcome == OUTCOME_PASS ? VERDICT_HOLDS : VERDICT_FAILS;
}

static void fill_cases(struct result_case *cases, struct come come)
{
    static const char *checks[] = { "STO-07", "STO-10" };

    cases[0] = (struct result_case){
        .id = "sto/touch",
        .suite = "sto",
        .title = "touches",
        .checks = &checks[0],
        .check_count = 1,
        .outcome = come.touch,
        .reason = come.touch == OUTCOME_SKIP ? "no \"touch\" <here>" : "",
        .replay = "sessionspec run --filter sto/touch",
    };
    cases[1] = (struct result_case){
        .id = "sto/all",
        .suite = "sto",
        .title = "<b>lists</b>",
        .checks = &checks[1],
        .check_count = 1,
        .outcome = come.all,
        .reason = "",
        .replay = "sessionspec run --filter 'sto/*|<all>'",
    };
}

static void fill_requirements(struct result_requirement *list, struct come come)
{
    static const char *touch[] = { "sto/touch" }, *all[] = { "sto/all" };

    list[0] = (struct result_requirement){ .id = "STO-07",
                                           .section = "stores",
                                           .level = "recommended",
                                           .text = "`touch` extends <it>",
                                           .source = "a & b",
                                           .verdict = verdict_of(come.touch),
                                           .cases = touch,
                                           .case_count = 1 };
    list[1] = (struct result_requirement){ .id = "STO-10",
                                           .section = "stores",
                                           .level = "required",
                                           .text = "all lists",
                                           .source = "",
                                           .verdict = verdict_of(come.all),
                                           .cases = all,
                                           .case_count = 1 };
    list[2] = (struct result_requirement){ .id = "RSV-08",
                                           .section = "races",
                                           .level = "hazard",
                                           .text = "one overwrites",
                                           .source = "",
                                           .verdict = VERDICT_REACHABLE };
}

static struct result_run *add(struct fixture *fixture, const char *store,
                              const char *target, const char *spec,
                              const char *path, struct come come)
{
    size_t at = fixture->count++;
    struct result_run *run = &fixture->runs[at];

    fill_cases(fixture->cases[at], come);
    fill_requirements(fixture->requirements[at], come);
    *run = (struct result_run){ .store_name = store,
                                .store_version = "1.0",
                                .target_name = target,
                                .target_version = "2",
                                .store_spec = spec,
                                .cases = fixture->cases[at],
                                .case_count = CASES,
                                .requirements = fixture->requirements[at],
                                .requirement_count = REQUIREMENTS };
    result_count(&run->totals, come.touch);
    result_count(&run->totals, come.all);
    fixture->inputs[at] = (struct compare_input){ .run = run, .path = path };
    return run;
}

static void compare_them(struct fixture *fixture)
{
    assert_int_equal(
        compare_runs(&fixture->compare, fixture->inputs, fixture->count), 0);
}

static int start(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state != NULL ? 0 : -1;
}

static int finish(void **state)
{
    compare_free(&((struct fixture *)*state)->compare);
    free(*state);
    return 0;
}

static void add_three(struct fixture *fixture)
{
    add(fixture, "good", "ref", "", "good.json", good);
    add(fixture, "bad <i>|\033[2J", "ref", "", "bad.json", bad);
    add(fixture, "poor", "ref", "", "poor.json", poor);
    fixture->inputs[1].page = "/out/runs/bad one?.html";
    compare_them(fixture);
}

static char *written(const struct fixture *fixture, const char *format,
                     struct compare_style style)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);

    assert_non_null(to);
    assert_int_equal(compare_find(format)->write(&fixture->compare, &style, to),
                     0);
    assert_int_equal(fclose(to), 0);
    return text;
}

static const struct compare_style plain = { .colour = false };

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, text);
}

/* The names end with NULL. */
static void assert_names(struct fixture *fixture, const char *const *names)
{
    size_t count = 0;

    compare_them(fixture);
    for (; names[count] != NULL && count < fixture->count; count++)
        assert_string_equal(fixture->compare.columns[count].name, names[count]);
    assert_null(names[count]);
    assert_int_equal(count, fixture->count);
}

/* ---- Names -------------------------------------------------------------- */

static void test_a_run_is_named_by_its_store(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = { "redis 1.0", "memory 1.0", NULL };

    add(fixture, "redis", "ref", "redis", "a.json", good);
    add(fixture, "memory", "ref", "", "b.json", good);
    assert_names(fixture, names);
}

static void test_a_store_twice_is_named_by_the_targets(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = { "ref 2", "express 2", "redis 1.0",
                                         NULL };

    add(fixture, "memory", "ref", "", "a.json", good);
    add(fixture, "memory", "express", "", "b.json", good);
    add(fixture, "redis", "ref", "", "c.json", good);
    assert_names(fixture, names);
}

static void test_a_target_twice_is_named_by_spec_and_file(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = { "faulty?fault=a", "out-b",
                                         "faulty?fault=c", NULL };

    add(fixture, "faulty", "ref", "faulty?fault=a", "out-a.json", good);
    add(fixture, "faulty", "ref", "", "x/out-b.json", good);
    add(fixture, "faulty", "ref", "faulty?fault=c", "out-c.json", good);
    assert_names(fixture, names);
}

static void test_what_is_alike_in_all_is_numbered(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = { "a", "a (2)", "a (3)", NULL };

    add(fixture, "memory", "ref", "", "x/a.json", good);
    add(fixture, "memory", "ref", "", "y/a.json", good);
    add(fixture, "memory", "ref", "", "x/a.json", good);
    assert_names(fixture, names);
}

/* ---- Rows --------------------------------------------------------------- */

static void test_rows_differ_where_verdicts_do(void **state)
{
    struct fixture *fixture = *state;
    const struct compare_row *rows;

    add_three(fixture);
    rows = fixture->compare.rows;
    assert_int_equal(fixture->compare.row_count, REQUIREMENTS);
    assert_true(rows[0].differs && !rows[0].fails); /* skipped by one */
    assert_true(rows[1].differs && rows[1].fails);
    assert_true(!rows[2].differs && !rows[2].fails);
    assert_true(fixture->compare.same_suite);
}

static void test_a_row_that_fails_everywhere_does_not_differ(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "a", "ref", "", "a.json", bad);
    add(fixture, "b", "ref", "", "b.json", bad);
    compare_them(fixture);
    assert_false(fixture->compare.rows[1].differs);
    assert_true(fixture->compare.rows[1].fails);
}

static void test_a_requirement_that_one_lacks_is_a_row(void **state)
{
    struct fixture *fixture = *state;
    char *text;

    add(fixture, "a", "ref", "", "a.json", good)->requirement_count = 1;
    add(fixture, "b", "ref", "", "b.json", good);
    compare_them(fixture);
    assert_int_equal(fixture->compare.row_count, REQUIREMENTS);
    assert_true(fixture->compare.rows[1].differs);
    assert_null(fixture->compare.rows[1].cells[0]);
    text = written(fixture, "term", plain);
    assert_has(text, "STO-10  required     ? +  all lists");
    free(text);
    for (size_t i = 0; compare_formats[i] != NULL; i++)
        free(written(fixture, compare_formats[i]->name, plain));
}

static void test_other_cases_are_another_suite(void **state)
{
    struct fixture *fixture = *state;
    char *text;

    add(fixture, "a", "ref", "", "a.json", good);
    add(fixture, "b", "ref", "", "b.json", good)->case_count = 1;
    compare_them(fixture);
    assert_false(fixture->compare.same_suite);
    text = written(fixture, "term", plain);
    assert_has(text, "\nnot of one suite: a 1.0 2 cases, b 1.0 1 case\n");
    free(text);
}

static void test_cases_of_other_names_are_another_suite(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "a", "ref", "", "a.json", good);
    add(fixture, "b", "ref", "", "b.json", good)->cases[1].id = "sto/other";
    compare_them(fixture);
    assert_false(fixture->compare.same_suite);
}

static void test_every_verdict_has_a_sign_of_its_own(void **state)
{
    bool seen[256] = { false };

    (void)state;
    seen[(unsigned char)compare_sign(NULL)] = true;
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        const struct result_requirement cell = { .verdict = verdict };
        unsigned char sign = (unsigned char)compare_sign(&cell);

        assert_true(sign > ' ' && !seen[sign]);
        seen[sign] = true;
    }
}

static void test_levels_are_counted(void **state)
{
    struct fixture *fixture = *state;
    struct compare_counts counts;

    add_three(fixture);
    counts = compare_count(&fixture->runs[1], "required");
    assert_true(counts.hold == 0 && counts.fail == 1 && counts.skipped == 0);
    counts = compare_count(&fixture->runs[2], "recommended");
    assert_true(counts.hold == 0 && counts.fail == 0 && counts.skipped == 1);
    counts = compare_count(&fixture->runs[0], "hazard");
    assert_true(counts.hold == 1 && counts.fail == 0);
}

/* ---- Skips -------------------------------------------------------------- */

static void test_a_reason_that_all_have_is_no_limit_of_one(void **state)
{
    struct fixture *fixture = *state;
    const struct compare_column *columns;

    add(fixture, "a", "ref", "", "a.json", poor);
    add(fixture, "b", "ref", "", "b.json", poor);
    fixture->cases[1][1].outcome = OUTCOME_SKIP;
    fixture->cases[1][1].reason = "no \"all\"";
    compare_them(fixture);
    columns = fixture->compare.columns;
    assert_int_equal(columns[0].skip_count, 1);
    assert_true(columns[0].skips[0].everywhere);
    assert_int_equal(compare_limits(&columns[0]), 0);
    assert_int_equal(columns[1].skip_count, 2);
    assert_int_equal(columns[1].skips[1].cases, 1);
    assert_int_equal(compare_limits(&columns[1]), 1);
}

static void test_every_format_says_what_one_cannot_do(void **state)
{
    static const char *const said[][2] = {
        { "term", "poor 1.0\n     1  no \"touch\" <here>\n" },
        { "html", "<td>no &#34;touch&#34; &#60;here&#62;</td>" },
        { "markdown", "| poor 1.0 | 1 | no \"touch\" \\<here\\> |\n" },
        { "json", "no \\\"touch\\\" <here>" },
    };

    add_three(*state);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char *text = written(*state, said[i][0], plain);

        assert_has(text, said[i][1]);
        free(text);
    }
}

/* ---- Formats ------------------------------------------------------------ */

static void test_term_lists_what_differs_and_sums_up_the_rest(void **state)
{
    char *text;

    add_three(*state);
    text = written(*state, "term", plain);
    assert_has(text, "STO-07  recommended  + + -  `touch` extends <it>\n");
    assert_has(text, "STO-10  required     + X +  all lists\n");
    assert_lacks(text, "RSV-08");
    assert_has(text, "of 3 requirements 1 is alike everywhere: 1 reachable\n");
    assert_lacks(text, "\033");
    free(text);
}

static void test_term_lists_all_where_it_is_asked_to(void **state)
{
    char *text;

    add_three(*state);
    text = written(*state, "term", (struct compare_style){ .all = true });
    assert_has(text, "RSV-08  hazard       ! ! !  one overwrites\n");
    assert_lacks(text, "alike everywhere");
    free(text);
}

static void test_term_gives_each_failure_its_replay(void **state)
{
    char *text;

    add_three(*state);
    text = written(*state, "term", plain);
    assert_has(text, ": 1 of 2 cases did not pass\n"
                     "  fail  sto/all (STO-10)\n"
                     "        sessionspec run --filter 'sto/*|<all>'\n");
    assert_has(
        text,
        "0/1/0        1/0/0        0/0/0        0/0/0        1/0/0        "
        "2      bad ");
    free(text);
}

static void test_colour_is_on_top_of_the_signs(void **state)
{
    char *text;

    add_three(*state);
    text = written(*state, "term", (struct compare_style){ .colour = true });
    assert_has(text, "\033[1;31mX\033[0m");
    assert_has(text, "\033[32m+\033[0m");
    free(text);
}

static void test_no_format_lets_a_control_character_through(void **state)
{
    add_three(*state);
    for (size_t i = 0; compare_formats[i] != NULL; i++) {
        char *text = written(*state, compare_formats[i]->name, plain);

        assert_lacks(text, "\033");
        free(text);
    }
}

static void test_json_has_the_whole(void **state)
{
    struct fixture *fixture = *state;
    char *text;
    json_t *json, *rows, *reports;
    const char *word, *words[3];
    int differs, fails;

    add_three(fixture);
    text = written(fixture, "json", plain);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    free(text);
    rows = json_object_get(json, "requirements");
    reports = json_object_get(json, "reports");
    assert_int_equal(json_array_size(rows), REQUIREMENTS);
    assert_int_equal(json_array_size(reports), 3);
    assert_int_equal(json_unpack(json_array_get(rows, 1), "{s:b, s:[s, s, s!]}",
                                 "differs", &differs, "verdicts", &words[0],
                                 &words[1], &words[2]),
                     0);
    assert_true(differs);
    assert_string_equal(words[0], "holds");
    assert_string_equal(words[1], "fails");
    assert_int_equal(json_unpack(json_array_get(reports, 1),
                                 "{s:{s:{s:i}}, s:[{s:s}]}", "levels",
                                 "required", "fails", &fails, "failures",
                                 "replay", &word),
                     0);
    assert_int_equal(fails, 1);
    assert_string_equal(word, "sessionspec run --filter 'sto/*|<all>'");
    json_decref(json);
}

static void test_markdown_is_not_broken_by_names(void **state)
{
    char *text;

    add_three(*state);
    text = written(*state, "markdown", plain);
    assert_has(text, "| good 1.0 | bad \\<i\\>\\|\\x1b\\[2J 1.0 | poor 1.0 |");
    assert_has(text, "| STO-10 | required | holds | **fails** | holds |");
    assert_has(text, "\n      sessionspec run --filter 'sto/*|<all>'\n");
    assert_lacks(text, "RSV-08");
    free(text);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void test_the_page_is_whole_and_escaped(void **state)
{
    static const char *const names[] = { "table", "tr", "td",  "th", "tbody",
                                         "thead", "a",  "div", "ul", "li",
                                         "span",  "h2", "h3",  "p",  "small" };
    char *page;

    add_three(*state);
    page = written(*state, "html", (struct compare_style){ .folder = "/out" });
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char bare[32], with[32], close[32];

        snprintf(bare, sizeof bare, "<%s>", names[i]);
        snprintf(with, sizeof with, "<%s ", names[i]);
        snprintf(close, sizeof close, "</%s>", names[i]);
        assert_int_equal(count_of(page, bare) + count_of(page, with),
                         count_of(page, close));
    }
    assert_int_equal(count_of(page, "<script"), 1); /* our own */
    assert_lacks(page, "<i>");
    assert_lacks(page, "<b>");
    assert_has(page, "title=\"no &#34;touch&#34; &#60;here&#62;\"");
    assert_has(page, "default-src 'none'");
    assert_has(page, "position:sticky");
    assert_lacks(page, " src=");
    assert_has(page, "data-level=\"required\" data-section=\"stores\"");
    free(page);
}

/* The page's link to the second run, from a folder. */
static void assert_link(const struct fixture *fixture, const char *folder,
                        const char *link)
{
    char *page =
        written(fixture, "html", (struct compare_style){ .folder = folder });

    assert_has(page, link);
    free(page);
}

static void test_a_cell_leads_to_the_runs_own_page(void **state)
{
    add_three(*state);
    assert_link(*state, "/out/runs",
                "href=\"./bad%20one%3F.html#requirement-1\"");
    assert_link(*state, "/out/runs", "href=\"./bad%20one%3F.html#case-1\"");
    assert_link(*state, "/", "href=\"./out/runs/bad%20one%3F.html#");
    assert_link(*state, "/out", "href=\"./runs/bad%20one%3F.html#");
    assert_link(*state, "/out/run", "href=\"./../runs/bad%20one%3F.html#");
    assert_link(*state, "/out/runs/x", "href=\"./../bad%20one%3F.html#");
    assert_link(*state, "/tmp/a/b",
                "href=\"./../../../out/runs/bad%20one%3F.html#");
}

static void test_without_a_page_there_is_no_link(void **state)
{
    char *page;

    add_three(*state);
    page = written(*state, "html", plain);
    assert_lacks(page, "<a ");
    free(page);
}

static void test_a_full_disk_is_noticed(void **state)
{
    add_three(*state);
    for (size_t i = 0; compare_formats[i] != NULL; i++) {
        FILE *to = fopen("/dev/full", "w");

        assert_non_null(to);
        assert_true(compare_formats[i]->write(
                        &((struct fixture *)*state)->compare, &plain, to) < 0);
        (void)fclose(to);
    }
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_a_run_is_named_by_its_store),
        WITH_FIXTURE(test_a_store_twice_is_named_by_the_targets),
        WITH_FIXTURE(test_a_target_twice_is_named_by_spec_and_file),
        WITH_FIXTURE(test_what_is_alike_in_all_is_numbered),
        WITH_FIXTURE(test_rows_differ_where_verdicts_do),
        WITH_FIXTURE(test_a_row_that_fails_everywhere_does_not_differ),
        WITH_FIXTURE(test_a_requirement_that_one_lacks_is_a_row),
        WITH_FIXTURE(test_other_cases_are_another_suite),
        WITH_FIXTURE(test_cases_of_other_names_are_another_suite),
        cmocka_unit_test(test_every_verdict_has_a_sign_of_its_own),
        WITH_FIXTURE(test_levels_are_counted),
        WITH_FIXTURE(test_a_reason_that_all_have_is_no_limit_of_one),
        WITH_FIXTURE(test_every_format_says_what_one_cannot_do),
        WITH_FIXTURE(test_term_lists_what_differs_and_sums_up_the_rest),
        WITH_FIXTURE(test_term_lists_all_where_it_is_asked_to),
        WITH_FIXTURE(test_term_gives_each_failure_its_replay),
        WITH_FIXTURE(test_colour_is_on_top_of_the_signs),
        WITH_FIXTURE(test_no_format_lets_a_control_character_through),
        WITH_FIXTURE(test_json_has_the_whole),
        WITH_FIXTURE(test_markdown_is_not_broken_by_names),
        WITH_FIXTURE(test_the_page_is_whole_and_escaped),
        WITH_FIXTURE(test_a_cell_leads_to_the_runs_own_page),
        WITH_FIXTURE(test_without_a_page_there_is_no_link),
        WITH_FIXTURE(test_a_full_disk_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
