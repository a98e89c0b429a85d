/* test_jar.c: which cookies a client keeps, and which it sends where */
#include "../jar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000000) /* Tue, 14 Nov 2023 22:13:20 GMT */

static void receive(struct jar *jar, const char *path, bool tls,
                    const char *header)
{
    struct set_cookie cookie;

    assert_true(set_cookie_parse(&cookie, header));
    jar_store(jar, "", path, tls, &cookie, NOW);
    set_cookie_clear(&cookie);
}

/* NULL: no header is expected. */
static void check_header(struct jar *jar, const char *path, bool tls,
                         int64_t now_ms, const char *expected)
{
    char *header = jar_header(jar, "", path, tls, now_ms);

    if (expected) {
        assert_non_null(header);
        assert_string_equal(header, expected);
    } else {
        assert_null(header);
    }
    free(header);
}

static void test_an_empty_jar_sends_no_header(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    check_header(&jar, "/", false, NOW, NULL);
    jar_clear(&jar);
}

static void test_what_came_is_sent_back_as_it_came(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "connect.sid=s%3Aa.b%2B; Path=/; HttpOnly");
    check_header(&jar, "/any/where", false, NOW, "connect.sid=s%3Aa.b%2B");
    jar_clear(&jar);
}

static void test_a_newer_value_replaces_the_old_one_in_its_place(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=1; Path=/");
    receive(&jar, "/", false, "b=2; Path=/");
    receive(&jar, "/", false, "a=3; Path=/");
    check_header(&jar, "/", false, NOW, "a=3; b=2");
    jar_clear(&jar);
}

static void test_longer_paths_go_first(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=root; Path=/");
    receive(&jar, "/", false, "b=root; Path=/");
    receive(&jar, "/", false, "a=foo; Path=/foo");
    receive(&jar, "/", false, "c=bar; Path=/foo/bar");
    check_header(&jar, "/foo/bar/baz", false, NOW,
                 "c=bar; a=foo; a=root; b=root");
    check_header(&jar, "/other", false, NOW, "a=root; b=root");
    jar_clear(&jar);
}

static void test_paths_match_by_whole_segments(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=1; Path=/foo");
    check_header(&jar, "/foo", false, NOW, "a=1");
    check_header(&jar, "/foo/", false, NOW, "a=1");
    check_header(&jar, "/foo?x=/", false, NOW, "a=1");
    check_header(&jar, "/foo/bar", false, NOW, "a=1");
    check_header(&jar, "/foobar", false, NOW, NULL);
    check_header(&jar, "/Foo", false, NOW, NULL);
    check_header(&jar, "/", false, NOW, NULL);
    check_header(&jar, "http://host/foo/x", false, NOW, "a=1");
    check_header(&jar, "http://host", false, NOW, NULL);
    jar_clear(&jar);
}

static void test_a_path_that_ends_with_a_slash_matches_below(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=1; Path=/foo/");
    check_header(&jar, "/foo/bar", false, NOW, "a=1");
    check_header(&jar, "/foo", false, NOW, NULL);
    jar_clear(&jar);
}

static void test_without_a_path_the_requests_folder_counts(void **state)
{
    static const struct {
        const char *request, *in, *out;
    } rows[] = {
        { "/a/b/c?d=/e/f", "/a/b/x", "/a/x" },
        { "/a", "/anything", NULL },
        { "/", "/anything", NULL },
        { "http://host/a/b", "/a", "/b" },
        { "*", "/", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jar jar = { NULL, 0, 0 };
        receive(&jar, rows[i].request, false, "a=1; Path=relative");
        check_header(&jar, rows[i].in, false, NOW, "a=1");
        if (rows[i].out)
            check_header(&jar, rows[i].out, false, NOW, NULL);
        jar_clear(&jar);
    }
}

static void test_an_expired_cookie_is_sent_no_more(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false,
            "a=1; Path=/; Expires=Tue, 14 Nov 2023 22:14:20 GMT");
    check_header(&jar, "/", false, NOW + 59999, "a=1");
    check_header(&jar, "/", false, NOW + 60000, NULL);
    jar_clear(&jar);
}

static void test_an_old_date_removes_the_cookie(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=1; Path=/");
    receive(&jar, "/", false,
            "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    assert_int_equal(jar.count, 0);
    receive(&jar, "/", false, "a=1; Path=/");
    receive(&jar, "/", false,
            "a=; Path=/other; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    check_header(&jar, "/", false, NOW, "a=1");
    jar_clear(&jar);
}

static void test_max_age_outweighs_expires(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false,
            "a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    check_header(&jar, "/", false, NOW + 9999, "a=1");
    check_header(&jar, "/", false, NOW + 10000, NULL);
    receive(&jar, "/", false, "a=1; Max-Age=60");
    receive(&jar, "/", false, "a=1; Max-Age=0");
    assert_int_equal(jar.count, 0);
    jar_clear(&jar);
}

static void test_a_session_cookie_does_not_expire(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "a=1");
    check_header(&jar, "/", false, INT64_MAX, "a=1");
    jar_clear(&jar);
}

static void test_secure_cookies_stay_on_tls(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "plain=1; Secure");
    receive(&jar, "/", true, "tls=1; Secure");
    check_header(&jar, "/", true, NOW, "tls=1");
    check_header(&jar, "/", false, NOW, NULL);
    jar_clear(&jar);
}

static void test_a_plain_answer_cannot_replace_a_secure_cookie(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", true, "a=secure; Path=/; Secure");
    receive(&jar, "/", false, "a=plain; Path=/");
    receive(&jar, "/", false, "a=plain; Path=/foo");
    check_header(&jar, "/foo", true, NOW, "a=secure");
    receive(&jar, "/", true, "a=tls; Path=/");
    check_header(&jar, "/foo", false, NOW, "a=tls");
    jar_clear(&jar);
}

static void test_prefixed_names_must_keep_their_promise(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", true, "__Secure-a=1");
    receive(&jar, "/", true, "__Host-b=1; Secure; Path=/x");
    receive(&jar, "/", true, "__host-c=1; Secure; Path=/; Domain=x");
    receive(&jar, "/", true, "=__Host-d=1; Secure; Path=/");
    assert_int_equal(jar.count, 0);
    receive(&jar, "/", true, "__Secure-a=1; Secure");
    receive(&jar, "/", true, "__Host-b=1; Secure; Path=/");
    check_header(&jar, "/", true, NOW, "__Secure-a=1; __Host-b=1");
    jar_clear(&jar);
}

static void test_scopes_are_kept_apart(void **state)
{
    struct jar jar = { NULL, 0, 0 };
    struct set_cookie cookie;
    char *header;

    (void)state;
    receive(&jar, "/", false, "sid=one");
    assert_true(set_cookie_parse(&cookie, "sid=two"));
    jar_store(&jar, "app2", "/", false, &cookie, NOW);
    set_cookie_clear(&cookie);
    check_header(&jar, "/", false, NOW, "sid=one");
    header = jar_header(&jar, "app2", "/", false, NOW);
    assert_string_equal(header, "sid=two");
    free(header);
    jar_clear(&jar);
}

static void test_a_nameless_cookie_is_sent_as_its_value(void **state)
{
    struct jar jar = { NULL, 0, 0 };

    (void)state;
    receive(&jar, "/", false, "value-alone");
    check_header(&jar, "/", false, NOW, "value-alone");
    jar_clear(&jar);
}

static void test_an_overlong_cookie_is_not_kept(void **state)
{
    struct jar jar = { NULL, 0, 0 };
    char header[4200] = "a=";

    (void)state;
    memset(header + 2, 'x', 4096);
    receive(&jar, "/", false, header);
    assert_int_equal(jar.count, 0);
    header[2 + 4095] = '\0';
    receive(&jar, "/", false, header);
    assert_int_equal(jar.count, 1);
    jar_clear(&jar);
}

static void test_a_copy_goes_its_own_way(void **state)
{
    struct jar alice = { NULL, 0, 0 }, bob = { NULL, 0, 0 };

    (void)state;
    receive(&alice, "/", false, "a=1");
    jar_copy(&bob, &alice);
    receive(&alice, "/", false, "a=2");
    check_header(&bob, "/", false, NOW, "a=1");
    check_header(&alice, "/", false, NOW, "a=2");
    jar_clear(&alice);
    check_header(&bob, "/", false, NOW, "a=1");
    jar_clear(&bob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_jar_sends_no_header),
        cmocka_unit_test(test_what_came_is_sent_back_as_it_came),
        cmocka_unit_test(test_a_newer_value_replaces_the_old_one_in_its_place),
        cmocka_unit_test(test_longer_paths_go_first),
        cmocka_unit_test(test_paths_match_by_whole_segments),
        cmocka_unit_test(test_a_path_that_ends_with_a_slash_matches_below),
        cmocka_unit_test(test_without_a_path_the_requests_folder_counts),
        cmocka_unit_test(test_an_expired_cookie_is_sent_no_more),
        cmocka_unit_test(test_an_old_date_removes_the_cookie),
        cmocka_unit_test(test_max_age_outweighs_expires),
        cmocka_unit_test(test_a_session_cookie_does_not_expire),
        cmocka_unit_test(test_secure_cookies_stay_on_tls),
        cmocka_unit_test(test_a_plain_answer_cannot_replace_a_secure_cookie),
        cmocka_unit_test(test_prefixed_names_must_keep_their_promise),
        cmocka_unit_test(test_scopes_are_kept_apart),
        cmocka_unit_test(test_a_nameless_cookie_is_sent_as_its_value),
        cmocka_unit_test(test_an_overlong_cookie_is_not_kept),
        cmocka_unit_test(test_a_copy_goes_its_own_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
