/* test_cookie.c: req.session.cookie: attributes, expiry, Set-Cookie's text */
#include "../cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

#define NOW         INT64_C(1700000000000) /* 2023-11-14T22:13:20.000Z */
#define ISO_PLUS_1M "'2023-11-14T22:14:20.000Z'"

static struct cookie *made_of(const char *options)
{
    json_t *json = json_of(options);
    struct js_error error;
    struct cookie *cookie = cookie_from_options(json, NOW, &error);

    json_decref(json);
    assert_non_null(cookie);
    return cookie;
}

static void assert_made(const char *options, const char *expected)
{
    struct cookie *cookie = made_of(options);

    assert_json_of(cookie_json(cookie), expected);
    cookie_free(cookie);
}

static void assert_field(struct cookie *cookie, const char *key,
                         const char *expected)
{
    assert_json_of(cookie_get(cookie, key, NOW), expected);
}

static int assign(struct cookie *cookie, const char *key, const char *value,
                  struct js_error *error)
{
    json_t *json = json_of(value);
    int rc = cookie_set(cookie, key, json, COOKIE_DATES_ARE_DATES, NOW, error);

    json_decref(json);
    return rc;
}

/* ---- Made -------------------------------------------------------------- */

static void test_defaults_are_the_path_and_http_only(void **state)
{
    (void)state;
    assert_made("{}", "{'originalMaxAge':null,'expires':null,"
                      "'httpOnly':true,'path':'/'}");
}

static void test_max_age_becomes_a_date(void **state)
{
    (void)state;
    assert_made("{'maxAge':60000}",
                "{'originalMaxAge':60000,'expires':" ISO_PLUS_1M
                ",'httpOnly':true,'path':'/'}");
}

static void test_a_date_becomes_a_duration(void **state)
{
    (void)state;
    assert_made("{'expires':" ISO_PLUS_1M "}",
                "{'originalMaxAge':60000,'expires':" ISO_PLUS_1M
                ",'httpOnly':true,'path':'/'}");
}

static void test_the_last_of_max_age_and_expires_wins(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':1000,'expires':null}");

    (void)state;
    assert_field(cookie, "expires", "null");
    cookie_free(cookie);
    cookie = made_of("{'expires':null,'maxAge':1000}");
    assert_field(cookie, "maxAge", "1000");
    cookie_free(cookie);
}

static void test_false_stays_false_and_null_null(void **state)
{
    (void)state;
    assert_made("{'expires':false}", "{'originalMaxAge':false,'expires':false,"
                                     "'httpOnly':true,'path':'/'}");
}

static void test_members_are_stored_in_one_order(void **state)
{
    (void)state;
    assert_made("{'sameSite':'lax','path':'/a','domain':'d.com','secure':true,"
                "'priority':'low','partitioned':true,'httpOnly':false}",
                "{'originalMaxAge':null,'partitioned':true,'priority':'low',"
                "'expires':null,'secure':true,'httpOnly':false,"
                "'domain':'d.com','path':'/a','sameSite':'lax'}");
}

static void test_options_that_are_no_object_are_refused(void **state)
{
    json_t *text = json_of("'x'");
    struct js_error error;

    (void)state;
    assert_null(cookie_from_options(text, NOW, &error));
    assert_string_equal(error.name, "TypeError");
    assert_string_equal(error.message, "argument options must be a object");
    json_decref(text);
}

/* ---- Assigned ---------------------------------------------------------- */

static void test_max_age_reads_as_the_time_remaining(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':60000}");

    (void)state;
    assert_json_of(cookie_get(cookie, "maxAge", NOW + 30000), "30000");
    assert_json_of(cookie_get(cookie, "originalMaxAge", NOW + 30000), "60000");
    cookie_free(cookie);
}

static void test_assigning_either_sets_the_original_max_age(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':60000}");
    struct js_error error;

    (void)state;
    assert_int_equal(assign(cookie, "maxAge", "5000", &error), 0);
    assert_field(cookie, "originalMaxAge", "5000");
    assert_int_equal(assign(cookie, "expires", ISO_PLUS_1M, &error), 0);
    assert_field(cookie, "originalMaxAge", "60000");
    assert_int_equal(assign(cookie, "originalMaxAge", "7", &error), 0);
    assert_field(cookie, "expires", ISO_PLUS_1M);
    cookie_free(cookie);
}

static void test_a_max_age_of_another_type_is_refused(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':60000}");
    struct js_error error;

    (void)state;
    assert_int_equal(assign(cookie, "maxAge", "'60000'", &error), -1);
    assert_string_equal(error.name, "TypeError");
    assert_string_equal(error.message, "maxAge must be a number or Date");
    assert_int_equal(assign(cookie, "maxAge", "{}", &error), -1);
    assert_int_equal(assign(cookie, "maxAge", "true", &error), -1);
    assert_field(cookie, "maxAge", "60000");
    cookie_free(cookie);
}

static void test_a_falsy_max_age_is_taken(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':60000}");
    struct js_error error;

    (void)state;
    assert_int_equal(assign(cookie, "maxAge", "''", &error), 0);
    assert_field(cookie, "expires", "''");
    assert_int_equal(assign(cookie, "maxAge", "null", &error), 0);
    assert_false(cookie_expires_is_set(cookie));
    assert_int_equal(assign(cookie, "maxAge", "false", &error), 0);
    assert_true(cookie_expires_is_set(cookie));
    cookie_free(cookie);
}

static void test_a_touch_resets_the_time_remaining(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':60000}");
    struct js_error error;

    (void)state;
    for (int64_t later = 1; later < 5; later++)
        assert_int_equal(cookie_touch(cookie, NOW + later * 7777, &error), 0);
    assert_json_of(cookie_get(cookie, "maxAge", NOW + 4 * 7777), "60000");
    assert_json_of(cookie_get(cookie, "originalMaxAge", 0), "60000");
    cookie_free(cookie);
}

static void test_a_touch_with_a_bad_original_max_age_throws(void **state)
{
    struct cookie *cookie = made_of("{}");
    struct js_error error;

    (void)state;
    assign(cookie, "originalMaxAge", "{}", &error);
    assert_int_equal(cookie_touch(cookie, NOW, &error), -1);
    assert_string_equal(error.message, "maxAge must be a number or Date");
    cookie_free(cookie);
}

static void test_the_getter_data_is_not_assigned(void **state)
{
    struct cookie *cookie = made_of("{'data':1}");
    struct js_error error;

    (void)state;
    assert_int_equal(assign(cookie, "data", "5", &error), 0);
    assert_null(cookie_get(cookie, "data", NOW));
    cookie_free(cookie);
}

static void test_deleting_takes_what_it_holds_not_its_views(void **state)
{
    struct cookie *cookie = made_of("{'maxAge':1000,'domain':'d.com'}");

    (void)state;
    cookie_delete(cookie, "maxAge");
    cookie_delete(cookie, "expires");
    cookie_delete(cookie, "domain");
    assert_field(cookie, "maxAge", "1000");
    assert_null(cookie_get(cookie, "domain", NOW));
    cookie_delete(cookie, "originalMaxAge");
    assert_null(cookie_get(cookie, "originalMaxAge", NOW));
    cookie_delete(cookie, "_expires");
    assert_null(cookie_get(cookie, "maxAge", NOW));
    cookie_free(cookie);
}

/* ---- Stored ------------------------------------------------------------ */

static void test_what_was_stored_keeps_its_original_max_age(void **state)
{
    json_t *stored = json_of("{'expires':" ISO_PLUS_1M
                             ",'originalMaxAge':90000,'path':'/a'}");
    struct js_error error;
    struct cookie *cookie = cookie_from_stored(stored, NOW, &error);

    (void)state;
    assert_non_null(cookie);
    assert_field(cookie, "maxAge", "60000");
    assert_field(cookie, "originalMaxAge", "90000");
    json_decref(stored);
    cookie_free(cookie);
}

static void test_a_stored_cookie_that_is_not_there_throws(void **state)
{
    struct js_error error;

    (void)state;
    assert_null(cookie_from_stored(NULL, NOW, &error));
    assert_string_equal(error.name, "TypeError");
    assert_null(cookie_from_stored(json_null(), NOW, &error));
    assert_string_equal(error.name, "TypeError");
}

static void assert_expiry(const char *cookie, int64_t expected)
{
    json_t *json = json_of(cookie);

    assert_true(cookie_stored_expiry(json) == expected);
    json_decref(json);
}

static void test_a_record_expires_with_its_cookie(void **state)
{
    (void)state;
    assert_expiry("{'expires':" ISO_PLUS_1M "}", NOW + 60000);
    assert_expiry("{'expires':1700000000000.5}", NOW + 1);
    assert_expiry("{'expires':true}", 1);
    assert_expiry("{'expires':[]}", 0);
    assert_expiry("{'expires':[5]}", 5);
    assert_expiry("{'expires':1e300}", INT64_MAX);
    assert_expiry("{'expires':-1e300}", INT64_MIN);
}

static void test_a_record_without_a_date_never_expires(void **state)
{
    static const char *const cookies[] = { "{}",
                                           "{'expires':null}",
                                           "{'expires':false}",
                                           "{'expires':''}",
                                           "{'expires':0}",
                                           "{'expires':'nonsense'}",
                                           "5",
                                           "null",
                                           "[]" };

    (void)state;
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++)
        assert_expiry(cookies[i], INT64_MAX);
    assert_true(cookie_stored_expiry(NULL) == INT64_MAX);
}

/* ---- Sent -------------------------------------------------------------- */

static void assert_sent(const char *options, const char *expected)
{
    struct cookie *cookie = made_of(options);
    struct js_error error;
    char *text = cookie_serialize(cookie, "sid", "s:a b", 5, &error);

    if (text)
        assert_string_equal(text, expected);
    else
        assert_string_equal(error.message, expected);
    free(text);
    cookie_free(cookie);
}

static void test_attributes_are_sent_in_one_order(void **state)
{
    (void)state;
    assert_sent("{}", "sid=s%3Aa%20b; Path=/; HttpOnly");
    assert_sent("{'sameSite':true,'priority':'HIGH','partitioned':1,"
                "'secure':'auto','maxAge':60000,'domain':'.a-b.com',"
                "'path':'/a'}",
                "sid=s%3Aa%20b; Domain=.a-b.com; Path=/a; "
                "Expires=Tue, 14 Nov 2023 22:14:20 GMT; HttpOnly; Secure; "
                "Partitioned; Priority=High; SameSite=Strict");
}

static void test_letters_of_same_site_may_be_of_any_case(void **state)
{
    (void)state;
    assert_sent("{'sameSite':'LAX'}",
                "sid=s%3Aa%20b; Path=/; HttpOnly; SameSite=Lax");
    assert_sent("{'sameSite':'none'}",
                "sid=s%3Aa%20b; Path=/; HttpOnly; SameSite=None");
}

static void test_falsy_attributes_are_not_sent(void **state)
{
    (void)state;
    assert_sent("{'path':'','httpOnly':0,'domain':null,'sameSite':false,"
                "'priority':'','secure':''}",
                "sid=s%3Aa%20b");
}

static void test_what_cannot_be_serialized_is_refused(void **state)
{
    (void)state;
    assert_sent("{'path':'/a;b'}", "option path is invalid");
    assert_sent("{'path':'/<'}", "option path is invalid");
    assert_sent("{'path':'/\\u0001'}", "option path is invalid");
    assert_sent("{'path':'/\\u0000'}", "option path is invalid");
    assert_sent("{'path':'/\u00e9'}", "option path is invalid");
    assert_sent("{'domain':'a_b'}", "option domain is invalid");
    assert_sent("{'domain':'a..b'}", "option domain is invalid");
    assert_sent("{'domain':'-a.com'}", "option domain is invalid");
    assert_sent("{'sameSite':'bogus'}", "option sameSite is invalid");
    assert_sent("{'sameSite':1}", "option sameSite is invalid");
    assert_sent("{'priority':'urgent'}", "option priority is invalid");
    assert_sent("{'priority':true}", "option priority is invalid");
    assert_sent("{'expires':'nonsense'}", "option expires is invalid");
    assert_sent("{'expires':5}", "option expires is invalid");
    assert_sent("{'maxAge':1e20}", "option expires is invalid");
}

static void test_a_name_that_is_no_token_is_refused(void **state)
{
    static const char *const names[] = { "", "a b", "a;b", "a=b", "\u00e9" };
    struct cookie *cookie = made_of("{}");
    struct js_error error;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_null(cookie_serialize(cookie, names[i], "x", 1, &error));
        assert_string_equal(error.message, "argument name is invalid");
    }
    cookie_free(cookie);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_the_path_and_http_only),
        cmocka_unit_test(test_max_age_becomes_a_date),
        cmocka_unit_test(test_a_date_becomes_a_duration),
        cmocka_unit_test(test_the_last_of_max_age_and_expires_wins),
        cmocka_unit_test(test_false_stays_false_and_null_null),
        cmocka_unit_test(test_members_are_stored_in_one_order),
        cmocka_unit_test(test_options_that_are_no_object_are_refused),
        cmocka_unit_test(test_max_age_reads_as_the_time_remaining),
        cmocka_unit_test(test_assigning_either_sets_the_original_max_age),
        cmocka_unit_test(test_a_max_age_of_another_type_is_refused),
        cmocka_unit_test(test_a_falsy_max_age_is_taken),
        cmocka_unit_test(test_a_touch_resets_the_time_remaining),
        cmocka_unit_test(test_a_touch_with_a_bad_original_max_age_throws),
        cmocka_unit_test(test_the_getter_data_is_not_assigned),
        cmocka_unit_test(test_deleting_takes_what_it_holds_not_its_views),
        cmocka_unit_test(test_what_was_stored_keeps_its_original_max_age),
        cmocka_unit_test(test_a_stored_cookie_that_is_not_there_throws),
        cmocka_unit_test(test_a_record_expires_with_its_cookie),
        cmocka_unit_test(test_a_record_without_a_date_never_expires),
        cmocka_unit_test(test_attributes_are_sent_in_one_order),
        cmocka_unit_test(test_letters_of_same_site_may_be_of_any_case),
        cmocka_unit_test(test_falsy_attributes_are_not_sent),
        cmocka_unit_test(test_what_cannot_be_serialized_is_refused),
        cmocka_unit_test(test_a_name_that_is_no_token_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
