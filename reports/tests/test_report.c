/* test_report.c: the table of formats, and what holds of every format */
#include "sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct report_style plain = { .colour = false };

static void test_each_format_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(report_find("term"), &report_term);
    assert_ptr_equal(report_find("json"), &report_json);
    assert_ptr_equal(report_find("junit"), &report_junit);
    assert_ptr_equal(report_find("html"), &report_html);
    for (size_t i = 0; report_formats[i] != NULL; i++)
        assert_ptr_equal(report_find(report_formats[i]->name),
                         report_formats[i]);
}

static void test_an_unknown_name_finds_no_format(void **state)
{
    (void)state;
    assert_null(report_find("xml"));
    assert_null(report_find(""));
    assert_null(report_find("JSON"));
}

static void test_each_format_has_help(void **state)
{
    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++)
        assert_true(strlen(report_formats[i]->help) > 0);
}

static void test_a_full_disk_is_an_error_of_every_format(void **state)
{
    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++)
        assert_int_equal(sample_write_full(report_formats[i]), -ENOSPC);
}

static void test_a_stream_that_failed_before_stays_failed(void **state)
{
    FILE *to = fopen("/dev/full", "w");

    (void)state;
    assert_non_null(to);
    setvbuf(to, NULL, _IONBF, 0);
    fputs("x", to); /* fails here; nothing is left for the flush to try */
    assert_int_equal(report_finish(to), -ENOSPC);
    fclose(to);
}

static void test_every_format_names_every_case(void **state)
{
    const struct result_run *run = sample_run();
    const struct report_style all = { .verbose = 1 };

    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        char *text = sample_write(report_formats[i], run, &all);

        for (size_t j = 0; j < run->case_count; j++)
            assert_non_null(strstr(text, result_case_name(&run->cases[j])));
        free(text);
    }
}

static void test_no_format_lets_a_control_character_through(void **state)
{
    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        char *text = sample_write(report_formats[i], sample_run(), &plain);

        for (const char *at = text; *at != '\0'; at++)
            assert_true((unsigned char)*at >= ' ' || *at == '\n' ||
                        *at == '\t');
        free(text);
    }
}

static void test_an_empty_run_is_no_trouble(void **state)
{
    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        char *text =
            sample_write(report_formats[i], sample_empty_run(), &plain);

        assert_true(strlen(text) > 0);
        assert_null(strstr(text, "(null)"));
        free(text);
    }
}

static void test_two_reports_of_one_run_are_the_same_text(void **state)
{
    (void)state;
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        char *first = sample_write(report_formats[i], sample_run(), &plain);
        char *second = sample_write(report_formats[i], sample_run(), &plain);

        assert_string_equal(first, second);
        free(first);
        free(second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_format_is_found_by_its_name),
        cmocka_unit_test(test_an_unknown_name_finds_no_format),
        cmocka_unit_test(test_each_format_has_help),
        cmocka_unit_test(test_a_full_disk_is_an_error_of_every_format),
        cmocka_unit_test(test_a_stream_that_failed_before_stays_failed),
        cmocka_unit_test(test_every_format_names_every_case),
        cmocka_unit_test(test_no_format_lets_a_control_character_through),
        cmocka_unit_test(test_an_empty_run_is_no_trouble),
        cmocka_unit_test(test_two_reports_of_one_run_are_the_same_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
