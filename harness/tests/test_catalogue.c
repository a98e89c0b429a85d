/* test_catalogue.c: requirements.yml, and whether cases check what it has */
#include "../catalogue.h"

#include "../base/must.h"
#include "../case.h"
#include "../home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char path[64]; /* of a file */
    struct catalogue catalogue;
    struct problems problems;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int file;

    must(fixture);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/test_catalogue_XXXXXX");
    file = mkstemp(fixture->path);
    must(file >= 0);
    close(file);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    remove(fixture->path);
    catalogue_free(&fixture->catalogue);
    problems_free(&fixture->problems);
    free(fixture);
    return 0;
}

static bool load(void **state, const char *text)
{
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "w");

    must(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return catalogue_load(&fixture->catalogue, fixture->path,
                          &fixture->problems);
}

static void assert_refused(void **state, const char *text, const char *why)
{
    struct fixture *fixture = *state;

    assert_false(load(state, text));
    for (size_t i = 0; i < fixture->problems.count; i++)
        if (strstr(fixture->problems.list[i].text, why))
            return;
    problems_print(&fixture->problems, stderr);
    fail_msg("nothing says \"%s\"", why);
}

#define TWO                                                                    \
    "sections:\n"                                                              \
    "  - section: SEC\n"                                                       \
    "    title: secret\n"                                                      \
    "    requirements:\n"                                                      \
    "      - { id: SEC-01, level: required, text: one, source: README }\n"     \
    "      - { id: SEC-02, level: hazard, text: two, source: README }\n"

static void test_requirements_are_read_in_their_order(void **state)
{
    const struct fixture *fixture = *state;
    const struct requirement *list;

    assert_true(load(state, TWO));
    list = fixture->catalogue.list;
    assert_int_equal(fixture->catalogue.count, 2);
    assert_string_equal(list[0].id, "SEC-01");
    assert_string_equal(list[0].section, "SEC");
    assert_string_equal(list[0].text, "one");
    assert_string_equal(list[0].source, "README");
    assert_int_equal(list[0].level, LEVEL_REQUIRED);
    assert_int_equal(list[1].level, LEVEL_HAZARD);
    assert_string_equal(level_names[list[1].level], "hazard");
}

static void test_a_requirement_is_found_by_its_id(void **state)
{
    const struct fixture *fixture = *state;

    assert_true(load(state, TWO));
    assert_string_equal(catalogue_find(&fixture->catalogue, "SEC-02")->text,
                        "two");
    assert_null(catalogue_find(&fixture->catalogue, "SEC-03"));
    assert_null(catalogue_find(&fixture->catalogue, "SEC"));
}

static void test_an_id_is_never_used_twice(void **state)
{
    assert_refused(state,
                   TWO "      - { id: SEC-01, level: required, text: x, "
                       "source: y }\n",
                   "the id \"SEC-01\" is used twice; the other stands in");
}

static void test_an_id_begins_with_its_section(void **state)
{
    assert_refused(state,
                   TWO "      - { id: CKI-01, level: required, text: x, "
                       "source: y }\n",
                   "must be SEC- and two digits");
}

static void test_an_unknown_level_is_refused(void **state)
{
    assert_refused(state,
                   TWO "      - { id: SEC-03, level: requierd, text: x, "
                       "source: y }\n",
                   "unknown word \"requierd\" (required?)");
}

static void test_a_requirement_without_source_is_refused(void **state)
{
    assert_refused(state,
                   TWO "      - { id: SEC-03, level: required, text: x }\n",
                   "needs \"source\"");
}

static void test_what_a_failure_means_and_who_got_it_wrong_is_read(void **state)
{
    const struct fixture *fixture = *state;
    const struct requirement *one;

    assert_true(load(state, TWO "      - id: SEC-03\n"
                                "        level: required\n"
                                "        text: three\n"
                                "        source: README\n"
                                "        failure: it was cut\n"
                                "        seen:\n"
                                "          - { where: a 1.0, what: cut it }\n"
                                "          - where: b 2.0\n"
                                "            what: lost it\n"
                                "            link: https://example.org/2\n"));
    one = catalogue_find(&fixture->catalogue, "SEC-03");
    assert_string_equal(one->failure, "it was cut");
    assert_string_equal(one->section_title, "secret");
    assert_int_equal(one->seen_count, 2);
    assert_string_equal(one->seen[0].where, "a 1.0");
    assert_string_equal(one->seen[0].what, "cut it");
    assert_null(one->seen[0].link);
    assert_string_equal(one->seen[1].link, "https://example.org/2");
    assert_null(catalogue_find(&fixture->catalogue, "SEC-01")->failure);
}

static void test_a_release_needs_its_name(void **state)
{
    assert_refused(state,
                   TWO "      - { id: SEC-03, level: required, text: x, "
                       "source: y, seen: [ { what: z } ] }\n",
                   "seen needs \"where\"");
}

static void test_the_shipped_catalogue_is_whole(void **state)
{
    struct fixture *fixture = *state;
    char path[4200];

    snprintf(path, sizeof path, "%s/requirements.yml", home_cases());
    catalogue_load(&fixture->catalogue, path, &fixture->problems);
    problems_print(&fixture->problems, stderr);
    assert_int_equal(fixture->problems.count, 0);
    assert_true(fixture->catalogue.count > 150);
    assert_non_null(catalogue_find(&fixture->catalogue, "DBG-03"));
}

static void test_a_case_must_not_check_what_the_catalogue_lacks(void **state)
{
    struct fixture *fixture = *state;
    struct case_set set = { .count = 0 };
    const char *path = fixture->path;

    assert_true(load(state, TWO));
    load(state, "suite: s\ncases:\n  - case: one\n    checks: [ SEC-01, "
                "SEC-20 ]\n    steps: [ { calls: [] } ]\n");
    problems_free(&fixture->problems);
    assert_true(case_load(&set, &path, 1, &fixture->problems));
    assert_false(
        case_check_catalogue(&set, &fixture->catalogue, &fixture->problems));
    assert_int_equal(fixture->problems.count, 1);
    assert_string_equal(fixture->problems.list[0].text,
                        "\"checks\": unknown requirement \"SEC-20\" (SEC-02?)");
    assert_int_equal(fixture->problems.list[0].at.line, 4);
    assert_int_equal(fixture->problems.list[0].at.column, 23);
    case_set_free(&set);
}

#define CLAIM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_requirements_are_read_in_their_order),
        CLAIM(test_a_requirement_is_found_by_its_id),
        CLAIM(test_an_id_is_never_used_twice),
        CLAIM(test_an_id_begins_with_its_section),
        CLAIM(test_an_unknown_level_is_refused),
        CLAIM(test_a_requirement_without_source_is_refused),
        CLAIM(test_what_a_failure_means_and_who_got_it_wrong_is_read),
        CLAIM(test_a_release_needs_its_name),
        CLAIM(test_the_shipped_catalogue_is_whole),
        CLAIM(test_a_case_must_not_check_what_the_catalogue_lacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
