/* test_commands.c: list, check and explain: what they print, how they end */
#include "../commands.h"

#include "../base/must.h"
#include "../home.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 6 };

/* What a command wrote to stdout and stderr. */
struct outcome {
    int code;
    char *out, *err;
};

static char *file_text(FILE *file)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length;

    rewind(file);
    length = getdelim(&text, &size, '\0', file);
    must(text);
    if (length < 0)
        *text = '\0';
    fclose(file);
    return text;
}

/* The words end with NULL. */
static struct outcome command(int (*run)(int argc, char **argv),
                              const char *const *words)
{
    struct outcome outcome;
    char *argv[WORDS_MAX + 2] = { strdup("sessionspec") };
    FILE *out = tmpfile(), *err = tmpfile();
    int argc = 1, old_out, old_err;

    must(out && err);
    for (; words[argc - 1]; argc++)
        argv[argc] = strdup(words[argc - 1]);
    fflush(stdout);
    old_out = dup(STDOUT_FILENO);
    old_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    outcome.code = run(argc, argv);
    fflush(stdout);
    dup2(old_out, STDOUT_FILENO);
    dup2(old_err, STDERR_FILENO);
    close(old_out);
    close(old_err);
    outcome.out = file_text(out);
    outcome.err = file_text(err);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return outcome;
}

static void outcome_clear(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in\n%s", part, text);
}

/* Runs, and looks for a part in what goes to stdout and stderr. */
static void assert_command(int (*run)(int argc, char **argv),
                           const char *const *words, int code, const char *out,
                           const char *err)
{
    struct outcome outcome = command(run, words);

    assert_has(outcome.out, out);
    assert_has(outcome.err, err);
    if (!*err)
        assert_string_equal(outcome.err, "");
    assert_int_equal(outcome.code, code);
    outcome_clear(&outcome);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A file with two cases, of which `each` makes three. */
static char path[] = "/tmp/test_commands_XXXXXX";
static const char text[] =
    "suite: s\n"
    "cases:\n"
    "  - case: one\n"
    "    title: it answers\n"
    "    checks: [ SEC-01, RSV-02 ]\n"
    "    steps: [ { request: GET /, expect: { status: 200 } } ]\n"
    "\n"
    "  - case: two\n"
    "    each: { n: [ 1, 2 ] }\n"
    "    checks: [ RSV-02 ]\n"
    "    diverges: { id: other, source: README }\n"
    "    steps: [ { calls: [] } ]\n";

static void test_check_counts_cases_and_files(void **state)
{
    (void)state;
    assert_command(cmd_check, WORDS(path), 0,
                   "3 cases in 1 file, no problems\n", "");
}

static void test_check_of_a_bad_file_is_exit_2_with_its_place(void **state)
{
    char bad[4200];

    (void)state;
    snprintf(bad, sizeof bad, "%s/bad/misspelt-expect.yml", home_cases());
    assert_command(cmd_check, WORDS(bad), 2, "",
                   "misspelt-expect.yml:6:9: unknown key \"exepct\" "
                   "(expect?)\n");
}

static void test_check_tells_the_language(void **state)
{
    (void)state;
    assert_command(cmd_check, WORDS("--language"), 0, "## In a request", "");
}

static void test_list_has_a_line_for_each_case(void **state)
{
    struct outcome outcome = command(cmd_list, WORDS(path));

    (void)state;
    assert_string_equal(outcome.out,
                        "s/one  it answers\ns/two[n=1]  two\ns/two[n=2]  "
                        "two\n");
    assert_int_equal(outcome.code, 0);
    outcome_clear(&outcome);
}

static void test_list_gives_cases_as_json(void **state)
{
    struct outcome outcome = command(cmd_list, WORDS(path, "--json"));
    json_t *all = json_loads(outcome.out, 0, NULL);
    const json_t *cases = json_object_get(all, "cases");
    const json_t *one = json_array_get(cases, 0);

    (void)state;
    assert_int_equal(json_array_size(cases), 3);
    assert_string_equal(json_string_value(json_object_get(one, "id")), "s/one");
    assert_int_equal(json_integer_value(json_object_get(one, "line")), 3);
    assert_int_equal(json_array_size(json_object_get(one, "checks")), 2);
    json_decref(all);
    outcome_clear(&outcome);
}

static void test_list_gives_requirements_with_their_cases(void **state)
{
    struct outcome outcome =
        command(cmd_list, WORDS("--requirements", "--json", path));
    json_t *all = json_loads(outcome.out, 0, NULL);
    const json_t *list = json_object_get(all, "requirements");
    const json_t *first = json_array_get(list, 0);

    (void)state;
    assert_true(json_array_size(list) > 150);
    assert_string_equal(json_string_value(json_object_get(first, "id")),
                        "SEC-01");
    assert_string_equal(json_string_value(json_object_get(first, "level")),
                        "required");
    assert_non_null(json_object_get(first, "text"));
    assert_non_null(json_object_get(first, "source"));
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(first, "cases"), 0)),
        "s/one");
    json_decref(all);
    outcome_clear(&outcome);
    assert_command(cmd_list, WORDS("--requirements", path), 0,
                   "RSV-02  required\n", "");
}

static void test_list_counts_requirements_without_a_case(void **state)
{
    (void)state;
    assert_command(cmd_list, WORDS("--requirements", "--checks", "RSV-0", path),
                   0, "RSV: resave\n\nRSV-01  required\n", "");
    assert_command(cmd_list, WORDS("--requirements", "--checks", "RSV-0", path),
                   0,
                   "required         7          1        6\n"
                   "observed         1          0        1\n"
                   "hazard           1          0        1\n"
                   "all              9          1        8\n"
                   "\n"
                   "without a case: RSV-01 RSV-03 RSV-04 RSV-05 RSV-06 RSV-07 ",
                   "");
}

static void test_list_takes_the_beginning_of_an_id(void **state)
{
    struct outcome outcome = command(cmd_list, WORDS("--checks", "sec", path));

    (void)state;
    assert_string_equal(outcome.out, "s/one  it answers\n");
    outcome_clear(&outcome);
    assert_command(cmd_list, WORDS("--checks", "XYZ", path), 2, "",
                   "--checks XYZ: no such requirement");
}

static void test_list_gives_a_divergence_with_its_case(void **state)
{
    (void)state;
    assert_command(cmd_list, WORDS("--json", path), 0,
                   "\"diverges\": {\n        \"id\": \"other\",\n        "
                   "\"source\": \"README\"\n      }",
                   "");
}

static void test_explain_tells_a_requirement(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("RSV-02", path), 0,
                   "cases:\n  s/one\n      it answers\n  s/two[…] (2)\n", "");
    assert_command(cmd_explain, WORDS("RSV-03", path), 0, "no case checks it",
                   "");
    assert_command(cmd_explain, WORDS("rsv-03", path), 0, "RSV-03 (required",
                   "");
}

static void test_explain_tells_what_a_failure_means(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("STO-34", path), 0, "\nif it fails:\n  ",
                   "");
    assert_command(cmd_explain, WORDS("RSV-12", path), 0,
                   "\nwhat it means:\n  This is a hazard", "");
    assert_command(cmd_explain, WORDS("s/one", path), 0,
                   "    If it fails: ", "");
}

static void test_explain_tells_who_got_it_wrong(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("STO-43", path), 0,
                   "\nwhere it went wrong:\n  memorystore 1.5.1: ", "");
    assert_command(cmd_explain, WORDS("STO-43", path), 0,
                   "\n    https://github.com/roccomuso/memorystore/issues/1\n",
                   "");
}

static void test_explain_tells_how_to_play_it(void **state)
{
    char line[128];

    (void)state;
    snprintf(line, sizeof line,
             "play all 3:\n  sessionspec run %s --checks "
             "RSV-02\n",
             path);
    assert_command(cmd_explain, WORDS("RSV-02", path), 0, line, "");
    snprintf(line, sizeof line,
             "replay:\n  sessionspec run %s --filter 's/two\\[n=2]'\n", path);
    assert_command(cmd_explain, WORDS("s/two[n=2]", path), 0, line, "");
}

static void test_explain_lists_what_begins_so_or_matches(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("RSV-0", path), 0,
                   "\nRSV-09 required: ", "");
    assert_command(cmd_explain, WORDS("s/t", path), 0, "s/two[n=2]\n", "");
    assert_command(cmd_explain, WORDS("s/*", path), 0, "s/one\n", "");
    assert_command(cmd_explain, WORDS("", path), 2, "", "unknown id \"\"");
}

static void test_explain_tells_a_case_with_its_lines(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("s/one", path), 0,
                   "    6      steps: [ { request: GET /, expect: { status: "
                   "200 } } ]\n",
                   "");
    assert_command(cmd_explain, WORDS("s/two[n=2]", path), 0, "s/two[n=2]\n",
                   "");
    assert_command(cmd_explain, WORDS("s/two", path), 0, "s/two[n=1]\n", "");
}

static void test_an_unknown_id_is_exit_2_with_a_suggestion(void **state)
{
    (void)state;
    assert_command(cmd_explain, WORDS("s/oen", path), 2, "",
                   "unknown id \"s/oen\" (s/one?)");
    assert_command(cmd_explain, WORDS("SEC-010", path), 2, "",
                   "unknown id \"SEC-010\" (SEC-01, SEC-10, SEC-02?)");
}

static void test_an_unknown_option_is_exit_2(void **state)
{
    (void)state;
    assert_command(cmd_list, WORDS("--jsno"), 2, "",
                   "unknown option --jsno (--json?)");
    assert_command(cmd_check, WORDS("--x"), 2, "", "unknown option --x");
    assert_command(cmd_explain, WORDS("--x"), 2, "", "unknown option --x");
}

static void test_help_is_exit_0(void **state)
{
    (void)state;
    assert_command(cmd_list, WORDS("--help"), 0, "usage: sessionspec list", "");
    assert_command(cmd_check, WORDS("--help"), 0, "usage: sessionspec check",
                   "");
    assert_command(cmd_explain, WORDS("--help"), 0,
                   "usage: sessionspec explain", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_counts_cases_and_files),
        cmocka_unit_test(test_check_of_a_bad_file_is_exit_2_with_its_place),
        cmocka_unit_test(test_check_tells_the_language),
        cmocka_unit_test(test_list_has_a_line_for_each_case),
        cmocka_unit_test(test_list_gives_cases_as_json),
        cmocka_unit_test(test_list_gives_requirements_with_their_cases),
        cmocka_unit_test(test_list_counts_requirements_without_a_case),
        cmocka_unit_test(test_list_takes_the_beginning_of_an_id),
        cmocka_unit_test(test_list_gives_a_divergence_with_its_case),
        cmocka_unit_test(test_explain_tells_a_requirement),
        cmocka_unit_test(test_explain_tells_what_a_failure_means),
        cmocka_unit_test(test_explain_tells_who_got_it_wrong),
        cmocka_unit_test(test_explain_tells_how_to_play_it),
        cmocka_unit_test(test_explain_lists_what_begins_so_or_matches),
        cmocka_unit_test(test_explain_tells_a_case_with_its_lines),
        cmocka_unit_test(test_an_unknown_id_is_exit_2_with_a_suggestion),
        cmocka_unit_test(test_an_unknown_option_is_exit_2),
        cmocka_unit_test(test_help_is_exit_0),
    };
    int file = mkstemp(path), failed;

    must(file >= 0);
    must(write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(file);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failed;
}
