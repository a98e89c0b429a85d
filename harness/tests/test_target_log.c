/* test_target_log.c: what a target says on its stderr, and how it is kept */
#include "../target_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_a_log_keeps_its_end(void **state)
{
    struct target_log log;
    char line[1000], *text;
    size_t to, written = 0;

    (void)state;
    target_log_init(&log);
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    while (written < 5 * TARGET_LOG_LIMIT) {
        target_log_add(&log, line, sizeof line);
        written += sizeof line;
    }
    target_log_add(&log, "the end\n", 8);
    assert_int_equal(target_log_end(&log), written + 8);
    text = target_log_read(&log, 0, &to);
    assert_int_equal(to, written + 8);
    assert_true(strlen(text) <= TARGET_LOG_LIMIT);
    assert_true(strlen(text) > TARGET_LOG_LIMIT / 4);
    assert_string_equal(text + strlen(text) - 8, "the end\n");
    free(text);
    text = target_log_read(&log, written, &to);
    assert_string_equal(text, "the end\n");
    free(text);
    text = target_log_read(&log, SIZE_MAX, &to);
    assert_string_equal(text, "");
    free(text);
    target_log_free(&log);
}

static void test_last_lines_fit_on_one(void **state)
{
    static const struct {
        const char *all, *last;
    } rows[] = {
        { "", "" },
        { "\n \n", "" },
        { "one", "one" },
        { "\033[2Jone\n  two\x7f", "?[2Jone / two?" },
        { "one\ntwo\n\n", "one / two" },
        { "one\r\ntwo\nthree\nfour\n", "two / three / four" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct target_log log;
        char text[64];
        target_log_init(&log);
        target_log_add(&log, rows[i].all, strlen(rows[i].all));
        target_log_last_lines(&log, 0, text, sizeof text);
        assert_string_equal(text, rows[i].last);
        target_log_last_lines(&log, 0, text, 6);
        assert_true(strlen(text) < 6);
        target_log_free(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_log_keeps_its_end),
        cmocka_unit_test(test_last_lines_fit_on_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
