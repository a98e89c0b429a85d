/* test_request.c: an HTTP request as the middleware sees it */
#include "../request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_path(const char *target, const char *expected)
{
    struct request request = { .target = target };
    char *path = request_path(&request);

    assert_string_equal(path, expected);
    free(path);
}

static void assert_header(const struct request_header *headers, size_t count,
                          const char *name, const char *expected)
{
    struct request request = { .headers = headers, .header_count = count };
    char *value = request_header(&request, name);

    if (expected)
        assert_string_equal(value, expected);
    else
        assert_null(value);
    free(value);
}

static void test_a_path_ends_before_query_and_fragment(void **state)
{
    (void)state;
    assert_path("/foo", "/foo");
    assert_path("/foo?x=/y", "/foo");
    assert_path("/foo#x", "/foo");
    assert_path("/?", "/");
}

static void test_an_absolute_target_is_judged_by_its_path(void **state)
{
    (void)state;
    assert_path("http://example.com/foo?x", "/foo");
    assert_path("https://example.com:8443/a/b", "/a/b");
}

static void test_an_absolute_target_without_a_path_has_the_root(void **state)
{
    (void)state;
    assert_path("http://example.com", "/");
    assert_path("http://example.com?x=1", "/");
}

static void test_a_path_may_hold_a_url(void **state)
{
    (void)state;
    assert_path("/go/http://example.com/x", "/go/http://example.com/x");
}

static void test_an_escape_in_a_path_stays(void **state)
{
    (void)state;
    assert_path("/%66oo%00", "/%66oo%00");
}

static void test_two_cookie_headers_are_joined_with_a_semicolon(void **state)
{
    static const struct request_header headers[] = { { "Cookie", "a=1" },
                                                     { "X", "y" },
                                                     { "cookie", "b=2" } };

    (void)state;
    assert_header(headers, 3, "COOKIE", "a=1; b=2");
}

static void test_other_headers_are_joined_with_a_comma(void **state)
{
    static const struct request_header headers[] = {
        { "X-Forwarded-Proto", "https" }, { "x-forwarded-proto", "http" }
    };

    (void)state;
    assert_header(headers, 2, "X-Forwarded-Proto", "https, http");
}

static void test_a_header_that_is_not_there_is_null(void **state)
{
    static const struct request_header headers[] = { { "A", "" } };

    (void)state;
    assert_header(headers, 1, "B", NULL);
    assert_header(headers, 1, "a", "");
}

static void test_bytes_of_a_header_are_latin1(void **state)
{
    static const struct request_header headers[] = { { "X-Id", "\xe9" } };
    struct request request = { .headers = headers, .header_count = 1 };
    char *text = request_header_text(&request, "x-id");

    (void)state;
    assert_string_equal(text, "\xc3\xa9");
    free(text);
}

static void test_blanks_behind_a_header_are_not_its_own(void **state)
{
    static const struct request_header headers[] = { { "X-Id", "a b \t " },
                                                     { "Cookie", "a=1 " },
                                                     { "Cookie", " \t" } };

    (void)state;
    assert_header(headers, 3, "x-id", "a b");
    assert_header(headers, 3, "cookie", "a=1; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_ends_before_query_and_fragment),
        cmocka_unit_test(test_an_absolute_target_is_judged_by_its_path),
        cmocka_unit_test(test_an_absolute_target_without_a_path_has_the_root),
        cmocka_unit_test(test_a_path_may_hold_a_url),
        cmocka_unit_test(test_an_escape_in_a_path_stays),
        cmocka_unit_test(test_two_cookie_headers_are_joined_with_a_semicolon),
        cmocka_unit_test(test_other_headers_are_joined_with_a_comma),
        cmocka_unit_test(test_a_header_that_is_not_there_is_null),
        cmocka_unit_test(test_bytes_of_a_header_are_latin1),
        cmocka_unit_test(test_blanks_behind_a_header_are_not_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
