/* test_result_read.c: a report read back is the run, and rubbish is refused */
#include "../result_read.h"

#include "sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Reads that text as a file. */
static int read_text(struct result_file *file, const char *text)
{
    char path[] = "/tmp/result-read-XXXXXX";
    int fd = mkstemp(path), result;
    FILE *to = fdopen(fd, "w");

    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
    result = result_read(file, path);
    unlink(path);
    return result;
}

static char *written(const struct result_run *run)
{
    const struct report_style plain = { .colour = false };

    return sample_write(&report_json, run, &plain);
}

static void assert_refused(const char *text, const char *why)
{
    struct result_file file;

    assert_int_equal(read_text(&file, text), -EINVAL);
    if (strstr(file.why, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", file.why, why);
    assert_null(strchr(file.why, '\n'));
    result_read_free(&file);
}

static void test_a_report_read_and_written_again_is_the_same(void **state)
{
    char *once = written(sample_run()), *again;
    struct result_file file;

    (void)state;
    assert_int_equal(read_text(&file, once), 0);
    again = written(&file.run);
    assert_string_equal(once, again);
    free(once);
    free(again);
    result_read_free(&file);
}

static void test_a_report_of_nothing_is_read(void **state)
{
    char *text = written(sample_empty_run());
    struct result_file file;

    (void)state;
    assert_int_equal(read_text(&file, text), 0);
    assert_int_equal(file.run.case_count, 0);
    assert_true(file.run.interrupted);
    assert_string_equal(file.run.store_name, "");
    free(text);
    result_read_free(&file);
}

/* As another's program may write it: what the format's users rely on alone. */
static void test_what_nobody_needs_may_be_absent(void **state)
{
    struct result_file file;

    (void)state;
    assert_int_equal(
        read_text(&file,
                  "{\"tool\":{},\"target\":{},\"store\":{\"name\":\"s\"},"
                  "\"totals\":{},\"requirements\":[{\"id\":\"A-1\",\"level\":"
                  "\"required\",\"verdict\":\"fails\"}],\"cases\":[{\"id\":"
                  "\"a/b\",\"outcome\":\"crash\",\"checks\":[7,\"A-1\",null],"
                  "\"failures\":[3,{}],\"line\":-5}]}"),
        0);
    assert_int_equal(file.run.requirements[0].verdict, VERDICT_FAILS);
    assert_string_equal(file.run.requirements[0].section, "");
    assert_int_equal(file.run.requirements[0].case_count, 0);
    assert_int_equal(file.run.cases[0].check_count, 1);
    assert_string_equal(file.run.cases[0].checks[0], "A-1");
    assert_int_equal(file.run.cases[0].line, 0);
    assert_string_equal(file.run.cases[0].failures[0].what, "");
    assert_string_equal(file.run.cases[0].replay, "");
    assert_int_equal(file.run.totals.crashed, 1); /* counted, not believed */
    result_read_free(&file);
}

static void test_a_missing_file_says_so(void **state)
{
    struct result_file file;

    (void)state;
    assert_int_equal(result_read(&file, "/nowhere/a.json"), -ENOENT);
    assert_string_equal(file.why, strerror(ENOENT));
    result_read_free(&file);
    assert_int_equal(result_read(&file, "/"), -EISDIR);
    result_read_free(&file);
}

static void test_what_is_no_json_is_refused(void **state)
{
    char *whole = written(sample_run());

    (void)state;
    assert_refused("", "not JSON");
    assert_refused("<html>", "not JSON");
    whole[strlen(whole) / 2] = '\0'; /* cut */
    assert_refused(whole, "not JSON");
    free(whole);
}

static void test_what_is_no_report_is_refused(void **state)
{
    static const char begin[] = "{\"tool\":{},\"target\":{},\"store\":{},"
                                "\"totals\":{},";
    static const char *const ends[][2] = {
        { "\"cases\":[]}", "no array \"requirements\"" },
        { "\"requirements\":[]}", "no array \"cases\"" },
        { "\"requirements\":{},\"cases\":[]}", "no array \"requirements\"" },
        { "\"requirements\":[7],\"cases\":[]}", "requirements[0]" },
        { "\"requirements\":[{\"id\":\"A\",\"level\":\"required\","
          "\"verdict\":\"maybe\"}],\"cases\":[]}",
          "requirements[0]" },
        { "\"requirements\":[{\"id\":\"A\",\"level\":\"high\","
          "\"verdict\":\"holds\"}],\"cases\":[]}",
          "requirements[0]" },
        { "\"requirements\":[],\"cases\":[{\"id\":\"a\",\"outcome\":\"pass\"},"
          "{\"id\":\"\",\"outcome\":\"pass\"}]}",
          "cases[1]" },
        { "\"requirements\":[],\"cases\":[null]}", "cases[0]" },
    };

    (void)state;
    assert_refused("[]", "no report of ours");
    assert_refused("{}", "no object \"tool\"");
    assert_refused("{\"tool\":{},\"target\":{},\"store\":7}",
                   "no object \"store\"");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[400];

        snprintf(text, sizeof text, "%s%s", begin, ends[i][0]);
        assert_refused(text, ends[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_read_and_written_again_is_the_same),
        cmocka_unit_test(test_a_report_of_nothing_is_read),
        cmocka_unit_test(test_what_nobody_needs_may_be_absent),
        cmocka_unit_test(test_a_missing_file_says_so),
        cmocka_unit_test(test_what_is_no_json_is_refused),
        cmocka_unit_test(test_what_is_no_report_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
