/* test_setcookie.c: reading Set-Cookie, HTTP dates and signatures */
#include "../setcookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_a_whole_header_is_taken_apart(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(
        &c, "connect.sid=s%3Aabc.def%2B; Domain=example.com; Path=/foo; "
            "Expires=Sun, 22 Nov 2026 10:00:00 GMT; HttpOnly; Secure; "
            "Partitioned; Priority=High; SameSite=Lax"));
    assert_string_equal(c.name, "connect.sid");
    assert_string_equal(c.value, "s%3Aabc.def%2B");
    assert_string_equal(c.domain, "example.com");
    assert_string_equal(c.path, "/foo");
    assert_true(c.has_expires);
    assert_int_equal(c.expires_ms, INT64_C(1795341600000));
    assert_true(c.http_only && c.secure && c.partitioned);
    assert_string_equal(c.priority, "High");
    assert_string_equal(c.same_site, "Lax");
    assert_false(c.has_max_age);
    assert_int_equal(c.attribute_count, 8);
    assert_string_equal(c.attributes[0].name, "Domain");
    assert_string_equal(c.attributes[3].name, "HttpOnly");
    assert_null(c.attributes[3].value);
    set_cookie_clear(&c);
}

static void test_what_is_absent_is_null(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(&c, "a=b"));
    assert_null(c.path);
    assert_null(c.domain);
    assert_null(c.same_site);
    assert_null(c.priority);
    assert_false(c.http_only || c.secure || c.partitioned || c.has_expires);
    assert_int_equal(c.attribute_count, 0);
    assert_null(set_cookie_attribute(&c, "Path"));
    set_cookie_clear(&c);
}

static void test_blanks_and_case_of_names_do_not_matter(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(
        &c, " \ta = b=c \t;\tPATH = /x ;httponly;  SECURE=whatever;;"));
    assert_string_equal(c.name, "a");
    assert_string_equal(c.value, "b=c");
    assert_string_equal(c.path, "/x");
    assert_true(c.http_only && c.secure);
    assert_int_equal(c.attribute_count, 3);
    assert_string_equal(set_cookie_attribute(&c, "path")->value, "/x");
    set_cookie_clear(&c);
}

static void test_of_two_attributes_the_last_counts(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(&c, "a=b; Path=/one; Path=/two; Path"));
    assert_string_equal(c.path, "");
    assert_int_equal(c.attribute_count, 3);
    set_cookie_clear(&c);
}

static void test_an_overlong_attribute_is_seen_but_has_no_effect(void **state)
{
    struct set_cookie c;
    char header[1100] = "a=b; Path=/";

    (void)state;
    memset(header + 11, 'x', 1024);
    assert_true(set_cookie_parse(&c, header));
    assert_null(c.path);
    assert_int_equal(c.attribute_count, 1);
    set_cookie_clear(&c);
    header[10 + 1024] = '\0'; /* 1024 characters of value */
    assert_true(set_cookie_parse(&c, header));
    assert_non_null(c.path);
    set_cookie_clear(&c);
}

static void test_no_cookie_at_all_is_refused(void **state)
{
    static const char *const refused[] = { "",     "=",       " = ; Path=/",
                                           ";",    "a=b\x01", "a=b; Path=/\x7f",
                                           "a\n=b" };
    struct set_cookie c;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(set_cookie_parse(&c, refused[i]));
}

static void test_a_pair_without_equals_is_a_nameless_value(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(&c, "token; Path=/"));
    assert_string_equal(c.name, "");
    assert_string_equal(c.value, "token");
    set_cookie_clear(&c);
}

static void test_an_unreadable_expires_is_none(void **state)
{
    struct set_cookie c;

    (void)state;
    assert_true(set_cookie_parse(&c, "a=b; Expires=Invalid Date"));
    assert_false(c.has_expires);
    assert_non_null(set_cookie_attribute(&c, "expires"));
    set_cookie_clear(&c);
}

static void test_max_age_is_digits_with_an_optional_minus(void **state)
{
    static const struct {
        const char *header;
        bool has;
        int64_t seconds;
    } rows[] = {
        { "a=b; Max-Age=60", true, 60 }, { "a=b; max-age=-1", true, -1 },
        { "a=b; Max-Age=0", true, 0 },   { "a=b; Max-Age=6x", false, 0 },
        { "a=b; Max-Age=", false, 0 },   { "a=b; Max-Age=-", false, 0 },
        { "a=b; Max-Age=+1", false, 0 },
    };
    struct set_cookie c;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(set_cookie_parse(&c, rows[i].header));
        assert_int_equal(c.has_max_age, rows[i].has);
        if (rows[i].has)
            assert_int_equal(c.max_age_s, rows[i].seconds);
        set_cookie_clear(&c);
    }
    assert_true(set_cookie_parse(&c, "a=b; Max-Age=99999999999999999999999"));
    assert_true(c.has_max_age && c.max_age_s > 0);
    set_cookie_clear(&c);
}

static void test_dates_are_read_to_the_second(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Wed, 31 Dec 1969 23:59:59 GMT", -1000 },
        { "Thu, 29 Feb 2024 12:34:56 GMT", INT64_C(1709210096000) },
        { "Tue, 29 Feb 2000 00:00:00 GMT", INT64_C(951782400000) },
        { "Tue, 14 Nov 2023 22:13:20 GMT", INT64_C(1700000000000) },
        { "Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648000) },
        { "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799000) },
        { "Mon, 01 Jan 0001 00:00:00 GMT", INT64_C(-62135596800000) },
    };
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(http_date_parse(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void test_anything_but_the_fixed_date_form_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "Sun, 22 Nov 2026 10:00:00 UTC",
        "Sun, 22 Nov 2026 10:00:00",
        "Mon, 22 Nov 2026 10:00:00 GMT", /* it is a Sunday */
        "sun, 22 Nov 2026 10:00:00 GMT",
        "Sunday, 22-Nov-26 10:00:00 GMT",
        "Sun Nov 22 10:00:00 2026",
        "Sun, 2 Nov 2026 10:00:00 GMT",
        "Sun, 22-Nov-2026 10:00:00 GMT",
        "Thu, 29 Feb 2026 10:00:00 GMT",
        "Wed, 29 Feb 1900 10:00:00 GMT",
        "Sun, 22 Nov 2026 24:00:00 GMT",
        "Sun, 22 Nov 2026 10:60:00 GMT",
        "Sun, 22 Nov 2026 10:00:61 GMT",
        "Sun, 00 Nov 2026 10:00:00 GMT",
        "Sun, 22 Nov 2026 1 :00:00 GMT",
        "Sun, 22 Nov 2026 10:00:00 GMT ",
        "Sun, 22 Nov 12026 10:00:00 GMT",
        "2026-11-22T10:00:00.000Z",
    };
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (http_date_parse(refused[i], &ms))
            fail_msg("accepted: %s", refused[i]);
}

static void test_percent_encoding_is_encodeuricomponents(void **state)
{
    char *text = percent_encode("aZ09-_.!~*'()s:+/= %\xc3\xa4;,");

    (void)state;
    assert_string_equal(text, "aZ09-_.!~*'()s%3A%2B%2F%3D%20%25%C3%A4%3B%2C");
    free(text);
}

static void test_decoding_leaves_malformed_escapes_and_nul(void **state)
{
    char *text = percent_decode("s%3aa%2Bb+c%zz%4%00%e4%");

    (void)state;
    assert_string_equal(text, "s:a+b+c%zz%4%00\xe4%");
    free(text);
}

/* The expected signatures come from Node's crypto, base64, `=` cut off. */
static void test_a_sid_is_signed_by_hmac_sha256(void **state)
{
    char *value = signed_value("abc", "keyboard cat", 12);

    (void)state;
    assert_string_equal(value,
                        "s:abc.BpxCrWRpvZMh/wk/djl34N+m+VQEU7K/5WenLwJCgFU");
    free(value);
}

static void test_a_signature_is_verified_encoded_or_not(void **state)
{
    char *value = signed_value("a.b/c d", "k", 1);
    char *encoded = percent_encode(value);

    (void)state;
    assert_true(signed_value_verify(value, "k", 1));
    assert_true(signed_value_verify(encoded, "k", 1));
    assert_false(signed_value_verify(encoded, "K", 1));
    /* A NUL would do: HMAC fills short keys up with NULs. */
    assert_false(signed_value_verify(encoded, "k\1", 2));
    encoded[strlen(encoded) - 1] ^= 1;
    assert_false(signed_value_verify(encoded, "k", 1));
    free(encoded);
    free(value);
}

static void test_a_secret_may_hold_any_bytes(void **state)
{
    char *with = signed_value("x", "a\0b", 3);
    char *without = signed_value("x", "a", 1);

    (void)state;
    assert_string_not_equal(with, without);
    assert_true(signed_value_verify(with, "a\0b", 3));
    free(with);
    free(without);
}

static void test_the_sid_ends_at_the_last_dot(void **state)
{
    char *sid = NULL;

    (void)state;
    assert_true(signed_value_sid("s%3Aa.b.sig", &sid));
    assert_string_equal(sid, "a.b");
    free(sid);
    assert_true(signed_value_sid("s:.sig", &sid));
    assert_string_equal(sid, "");
    free(sid);
    assert_false(signed_value_sid("s:abc", &sid));
    assert_false(signed_value_sid("abc.sig", &sid));
    assert_false(signed_value_sid("", &sid));
    assert_false(signed_value_verify("j:abc.sig", "k", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_header_is_taken_apart),
        cmocka_unit_test(test_what_is_absent_is_null),
        cmocka_unit_test(test_blanks_and_case_of_names_do_not_matter),
        cmocka_unit_test(test_of_two_attributes_the_last_counts),
        cmocka_unit_test(test_an_overlong_attribute_is_seen_but_has_no_effect),
        cmocka_unit_test(test_no_cookie_at_all_is_refused),
        cmocka_unit_test(test_a_pair_without_equals_is_a_nameless_value),
        cmocka_unit_test(test_an_unreadable_expires_is_none),
        cmocka_unit_test(test_max_age_is_digits_with_an_optional_minus),
        cmocka_unit_test(test_dates_are_read_to_the_second),
        cmocka_unit_test(test_anything_but_the_fixed_date_form_is_refused),
        cmocka_unit_test(test_percent_encoding_is_encodeuricomponents),
        cmocka_unit_test(test_decoding_leaves_malformed_escapes_and_nul),
        cmocka_unit_test(test_a_sid_is_signed_by_hmac_sha256),
        cmocka_unit_test(test_a_signature_is_verified_encoded_or_not),
        cmocka_unit_test(test_a_secret_may_hold_any_bytes),
        cmocka_unit_test(test_the_sid_ends_at_the_last_dot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
