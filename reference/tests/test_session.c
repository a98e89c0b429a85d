/* test_session.c: req.session: data, cookie, and the paths into them */
#include "../session.h"
#include "../session_paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

#define NOW INT64_C(1700000000000)

static struct session *stored(const char *text)
{
    json_t *id = json_string("sid-1"), *record = json_of(text);
    struct js_error error;
    struct session *session = session_from_stored(id, record, NOW, &error);

    json_decref(id);
    json_decref(record);
    assert_non_null(session);
    return session;
}

static int set(struct session *session, const char *path, const char *value)
{
    json_t *json = json_of(value);
    struct js_error error;
    int rc = session_set(session, path, json, NOW, &error);

    json_decref(json);
    return rc;
}

static void assert_read(struct session *session, const char *path,
                        const char *expected)
{
    json_t *value;
    struct js_error error;

    assert_int_equal(session_read(session, path, NOW, &value, &error), 0);
    if (expected)
        assert_json(value, expected);
    else
        assert_null(value);
    json_decref(value);
}

static void test_a_stored_session_has_its_data(void **state)
{
    struct session *session = stored("{'user':{'cookie':1},'cookie':{},'n':2}");

    (void)state;
    assert_json(session->data, "{'user':{'cookie':1},'n':2}");
    session_free(session);
}

static void test_names_of_its_own_members_are_dropped_on_load(void **state)
{
    struct session *session = stored(
        "{'cookie':{},'save':1,'id':'evil','req':2,'toString':3,'touch':4,"
        "'__proto__':{'x':1},'constructor':5,'saved':6}");

    (void)state;
    assert_json(session->data, "{'saved':6}");
    session_free(session);
}

static void test_a_record_without_a_cookie_throws(void **state)
{
    static const char *const records[] = { "{'a':1}", "{'cookie':null}", "[]",
                                           "5", "'text'" };
    struct js_error error;

    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        json_t *record = json_of(records[i]);

        assert_null(session_from_stored(NULL, record, NOW, &error));
        assert_string_equal(error.name, "TypeError");
        json_decref(record);
    }
}

static void test_the_cookie_comes_first_where_it_is_stored(void **state)
{
    struct session *session = stored("{'b':1,'cookie':{'path':'/x'},'a':2}");

    (void)state;
    assert_json_of(session_json(session),
                   "{'cookie':{'expires':null,'httpOnly':true,'path':'/x'},"
                   "'b':1,'a':2}");
    session_free(session);
}

static void assert_states(const char *one, const char *other, bool same)
{
    json_t *a = json_of(one), *b = json_of(other);
    char *state_a = session_state(a), *state_b = session_state(b);

    assert_int_equal(strcmp(state_a, state_b) == 0, same);
    json_decref(a);
    json_decref(b);
    free(state_a);
    free(state_b);
}

static void test_a_change_of_the_top_level_cookie_is_none(void **state)
{
    (void)state;
    assert_states("{'a':1,'cookie':1}", "{'cookie':2,'a':1}", true);
    assert_states("{'a':{'cookie':1}}", "{'a':{'cookie':2}}", false);
}

static void test_the_order_of_keys_counts(void **state)
{
    (void)state;
    assert_states("{'a':1,'b':2}", "{'b':2,'a':1}", false);
    assert_states("{'2':1,'1':2}", "{'1':2,'2':1}", true);
    assert_states("{'a':{}}", "{}", false);
}

/* ---- Paths ------------------------------------------------------------- */

static void test_a_path_leads_into_the_data(void **state)
{
    struct session *session = stored("{'cookie':{}}");

    (void)state;
    assert_int_equal(set(session, "user.name", "'tobi'"), 0);
    assert_read(session, "user", "{'name':'tobi'}");
    assert_read(session, "cookies", NULL);
    assert_int_equal(set(session, "cookies", "1"), 0);
    assert_json(session->data, "{'user':{'name':'tobi'},'cookies':1}");
    session_free(session);
}

static void test_id_and_req_are_read_only(void **state)
{
    static const char *const paths[] = { "id", "id.x", "req", "req.session" };
    struct session *session = stored("{'cookie':{}}");
    json_t *one = json_of("1");
    struct js_error error;

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(set(session, paths[i], "'evil'"), 0);
        assert_int_equal(session_add(session, paths[i], one, NOW, &error), 0);
        assert_int_equal(session_push(session, paths[i], one, NOW, &error), 0);
        assert_int_equal(session_delete(session, paths[i], NOW, &error), 0);
    }
    assert_json(session->data, "{}");
    assert_read(session, "id", "'sid-1'");
    assert_read(session, "id.x", NULL);
    assert_read(session, "req", NULL);
    json_decref(one);
    session_free(session);
}

static void test_a_field_of_the_cookie_is_assigned(void **state)
{
    struct session *session = stored("{'cookie':{}}");

    (void)state;
    assert_int_equal(set(session, "cookie.maxAge", "5000"), 0);
    assert_read(session, "cookie.originalMaxAge", "5000");
    assert_read(session, "cookie.expires", "'2023-11-14T22:13:25.000Z'");
    assert_int_equal(set(session, "cookie.maxAge", "'x'"), -1);
    assert_int_equal(set(session, "cookie.path", "'/a'"), 0);
    assert_read(session, "cookie.path", "'/a'");
    assert_json(session->data, "{}");
    session_free(session);
}

static void test_add_and_push_reach_the_cookie_too(void **state)
{
    struct session *session =
        stored("{'cookie':{'originalMaxAge':10,'expires':null}}");
    json_t *one = json_of("1");
    struct js_error error;

    (void)state;
    assert_int_equal(
        session_add(session, "cookie.originalMaxAge", one, NOW, &error), 0);
    assert_read(session, "cookie.originalMaxAge", "11");
    assert_int_equal(session_push(session, "cookie.tags", one, NOW, &error), 0);
    assert_read(session, "cookie.tags.0", "1");
    assert_int_equal(session_push(session, "cookie.path", one, NOW, &error),
                     -1);
    assert_string_equal(error.message, "not an array");
    assert_int_equal(session_add(session, "cookie.path.x", one, NOW, &error),
                     -1);
    assert_string_equal(error.message, "not an object");
    json_decref(one);
    session_free(session);
}

static void test_a_field_of_the_cookie_is_deleted(void **state)
{
    struct session *session = stored("{'cookie':{'domain':'a.com'}}");
    struct js_error error;

    (void)state;
    assert_int_equal(session_delete(session, "cookie.domain", NOW, &error), 0);
    assert_read(session, "cookie.domain", NULL);
    assert_int_equal(session_delete(session, "cookie.none.x", NOW, &error), 0);
    session_free(session);
}

static void test_the_cookie_as_a_whole_is_replaced(void **state)
{
    struct session *session = stored("{'cookie':{}}");
    json_t *one = json_of("1");
    struct js_error error;

    (void)state;
    assert_int_equal(session_add(session, "cookie", one, NOW, &error), -1);
    assert_int_equal(session_push(session, "cookie", one, NOW, &error), -1);
    assert_read(session, "cookie",
                "{'expires':null,'httpOnly':true,'path':'/'}");
    assert_int_equal(set(session, "cookie", "{'maxAge':'x'}"), 0);
    assert_read(session, "cookie", "{'maxAge':'x'}");
    assert_read(session, "cookie.maxAge", "'x'");
    assert_int_equal(session_delete(session, "cookie", NOW, &error), 0);
    assert_read(session, "cookie", NULL);
    assert_int_equal(set(session, "cookie.a.b", "1"), 0);
    assert_read(session, "cookie", "{'a':{'b':1}}");
    json_decref(one);
    session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stored_session_has_its_data),
        cmocka_unit_test(test_names_of_its_own_members_are_dropped_on_load),
        cmocka_unit_test(test_a_record_without_a_cookie_throws),
        cmocka_unit_test(test_the_cookie_comes_first_where_it_is_stored),
        cmocka_unit_test(test_a_change_of_the_top_level_cookie_is_none),
        cmocka_unit_test(test_the_order_of_keys_counts),
        cmocka_unit_test(test_a_path_leads_into_the_data),
        cmocka_unit_test(test_id_and_req_are_read_only),
        cmocka_unit_test(test_a_field_of_the_cookie_is_assigned),
        cmocka_unit_test(test_add_and_push_reach_the_cookie_too),
        cmocka_unit_test(test_a_field_of_the_cookie_is_deleted),
        cmocka_unit_test(test_the_cookie_as_a_whole_is_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
