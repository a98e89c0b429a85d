/* test_url.c: the address of a server, and what is left of a session's life */
#include "../base/clock.h"
#include "../base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_url(const char *text, const char *expected)
{
    struct url url;
    struct sstore_err err;
    char parts[200];

    assert_int_equal(url_parse(&url, text, 99, &err), SSTORE_OK);
    snprintf(parts, sizeof parts, "%s %s %s %s %d %s", url.scheme,
             url.user ? url.user : "-", url.password ? url.password : "-",
             url.host, url.port, url.path);
    assert_string_equal(parts, expected);
    url_free(&url);
}

static void test_an_address_is_taken_to_pieces(void **state)
{
    (void)state;
    assert_url("redis://h", "redis - - h 99 ");
    assert_url("redis://h:1", "redis - - h 1 ");
    assert_url("redis://h:65535/", "redis - - h 65535 ");
    assert_url("mysql://u@h/db", "mysql u - h 99 db");
    assert_url("mysql://u:p@h:2/db/x", "mysql u p h 2 db/x");
    assert_url("redis://:p@h", "redis  p h 99 ");
    assert_url("redis://u:a:b@c@h", "redis u a:b@c h 99 ");
    assert_url("redis://u%40:%2f%25@h/%20", "redis u@ /% h 99  ");
    assert_url("redis://[::1]", "redis - - ::1 99 ");
    assert_url("redis://[::1]:7/3", "redis - - ::1 7 3");
}

static void test_what_is_none_is_refused_without_its_secrets(void **state)
{
    static const char *const table[] = {
        "",
        "redis",
        "redis:secret",
        "redis://",
        "redis:///secret",
        "redis://:7",
        "redis://secret@",
        "redis://h:",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:-1",
        "redis://h: 1",
        "redis://h:99999999999999999999",
        "redis://u:secret@h:x",
        "redis://u:secret%@h",
        "redis://u:secret%0@h",
        "redis://u:secret%00@h",
        "redis://u:secret%zz@h",
        "redis://[::1",
        "redis://[::1]7",
        "redis://::1",
        "redis://[]",
    };
    struct url url;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sstore_err err = { .native = 0 };
        if (url_parse(&url, table[i], 99, &err) != SSTORE_E_INVAL)
            fail_msg("\"%s\" is taken", table[i]);
        assert_string_equal(err.symbol, "ERR_INVALID_URL");
        assert_non_null(strstr(err.text, "address"));
        assert_null(strstr(err.text, "secret"));
    }
}

static void test_what_is_left_until_a_deadline_is_rounded_up(void **state)
{
    int64_t now_ns = clock_now_ns();

    (void)state;
    assert_int_equal(clock_left_ms(now_ns - 1, 1000), 0);
    assert_int_equal(clock_left_ms(INT64_MIN / 2, 1000), 0);
    assert_int_equal(clock_left_ms(INT64_MAX, 1000), 1000);
    assert_in_range(
        clock_left_ms(clock_now_ns() + 60000 * CLOCK_NS_IN_MS, INT32_MAX),
        50000, 60000);
}

static void test_a_backend_keeps_a_session_a_day_longer(void **state)
{
    static const int64_t day = 24 * 60 * 60;

    (void)state;
    assert_true(clock_keep_s(SSTORE_NEVER, 0) == 0);
    assert_true(clock_keep_s(1, 0) == day + 1);
    assert_true(clock_keep_s(1000, 0) == day + 2);
    assert_true(clock_keep_s(5, 5) == day);
    assert_true(clock_keep_s(INT64_MIN, INT64_MAX) == day);
    assert_true(clock_keep_s(SSTORE_NEVER - 1, INT64_MIN) == 0);
    assert_true(clock_keep_s(100 * day * 1000, 0) == 101 * day + 1);
    assert_true(clock_keep_s(11 * 365 * day * 1000, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_is_taken_to_pieces),
        cmocka_unit_test(test_what_is_none_is_refused_without_its_secrets),
        cmocka_unit_test(test_what_is_left_until_a_deadline_is_rounded_up),
        cmocka_unit_test(test_a_backend_keeps_a_session_a_day_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
