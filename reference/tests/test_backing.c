/* test_backing.c: the store behind an app: sessions in and out, as JSON */
#include "../backing.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

#define NOW     INT64_C(1700000000000)
#define EXPIRES "'2023-11-14T22:13:30.000Z'" /* NOW + 10 s */
#define EXPIRED (NOW + 10000)

static const struct backing_call now = { NOW, "" };
static const struct backing_call later = { EXPIRED, "" };

static int open_memory(void **state)
{
    struct js_error error;

    *state = backing_open("memory", "test", &error);
    return *state ? 0 : -1;
}

static int close_memory(void **state)
{
    backing_release(*state);
    return 0;
}

static void put(struct backing *backing, const char *sid, const char *session)
{
    json_t *id = json_of(sid), *value = json_of(session);
    struct js_error error;

    assert_int_equal(backing_set(backing, &now, id, value, &error), 0);
    json_decref(id);
    json_decref(value);
}

static void touch(struct backing *backing, const char *sid, const char *session)
{
    json_t *id = json_of(sid), *value = json_of(session);
    struct js_error error;

    assert_int_equal(backing_touch(backing, &now, id, value, &error), 0);
    json_decref(id);
    json_decref(value);
}

/* `expected` is NULL for a miss. */
static void assert_got(struct backing *backing, const struct backing_call *call,
                       const char *sid, const char *expected)
{
    json_t *id = json_of(sid), *session;
    struct js_error error;

    assert_int_equal(backing_get(backing, call, id, &session, &error), 0);
    if (expected)
        assert_json(session, expected);
    else
        assert_null(session);
    json_decref(id);
    json_decref(session);
}

static void test_a_session_comes_back_with_its_cookie_first(void **state)
{
    put(*state, "'a'", "{'user':'tobi','cookie':{'path':'/'},'n':1}");
    assert_got(*state, &now, "'a'",
               "{'cookie':{'path':'/'},'user':'tobi','n':1}");
}

static void test_a_record_without_a_cookie_stays_without(void **state)
{
    put(*state, "'a'", "{'n':1}");
    assert_got(*state, &now, "'a'", "{'n':1}");
    put(*state, "'a'", "{'cookie':null,'n':1}");
    assert_got(*state, &now, "'a'", "{'cookie':null,'n':1}");
}

static void test_what_is_no_object_comes_back_as_it_was(void **state)
{
    static const char *const values[] = { "5", "'text'", "[1,{'cookie':2}]",
                                          "true", "[]" };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put(*state, "'a'", values[i]);
        assert_got(*state, &now, "'a'", values[i]);
    }
}

static void test_an_id_of_any_type_is_taken_as_text(void **state)
{
    put(*state, "7", "{}");
    assert_got(*state, &now, "'7'", "{}");
    put(*state, "['a','b']", "{'n':1}");
    assert_got(*state, &now, "'a,b'", "{'n':1}");
}

static void test_ids_never_meet(void **state)
{
    static const char *const sids[] = { "''",     "'a'",        "'a '",
                                        "'A'",    "'a\\u0000'", "'%'",
                                        "'../a'", "'\u00e9'" };

    for (size_t i = 0; i < sizeof sids / sizeof *sids; i++) {
        char session[32];

        snprintf(session, sizeof session, "{'n':%zu}", i);
        put(*state, sids[i], session);
    }
    for (size_t i = 0; i < sizeof sids / sizeof *sids; i++) {
        char session[32];

        snprintf(session, sizeof session, "{'n':%zu}", i);
        assert_got(*state, &now, sids[i], session);
    }
}

static void test_a_session_past_its_date_is_a_miss(void **state)
{
    const struct backing_call just_before = { EXPIRED - 1, "" };

    put(*state, "'a'", "{'cookie':{'expires':" EXPIRES "}}");
    assert_got(*state, &just_before, "'a'",
               "{'cookie':{'expires':" EXPIRES "}}");
    assert_got(*state, &later, "'a'", NULL);
}

static void test_a_touch_renews_the_cookie_alone(void **state)
{
    put(*state, "'a'", "{'n':1,'cookie':{'expires':" EXPIRES "}}");
    touch(*state, "'a'", "{'n':99,'cookie':{'expires':null}}");
    assert_got(*state, &later, "'a'", "{'cookie':{'expires':null},'n':1}");
}

static void test_a_touch_makes_no_session(void **state)
{
    touch(*state, "'none'", "{'cookie':{}}");
    assert_got(*state, &now, "'none'", NULL);
}

static void test_all_and_length_leave_out_what_has_expired(void **state)
{
    struct js_error error;
    json_t *sessions;
    uint64_t length;

    put(*state, "'a'", "{'cookie':{'expires':" EXPIRES "}}");
    put(*state, "'b'", "{'n':1}");
    assert_int_equal(backing_all(*state, &later, &sessions, &error), 0);
    assert_json_of(sessions, "[{'sid':'b','session':{'n':1}}]");
    assert_int_equal(backing_length(*state, &later, &length, &error), 0);
    assert_int_equal(length, 1);
    assert_int_equal(backing_clear(*state, &now, &error), 0);
    assert_int_equal(backing_length(*state, &now, &length, &error), 0);
    assert_int_equal(length, 0);
}

static void test_a_destroyed_session_is_gone(void **state)
{
    json_t *id = json_string("a");
    struct js_error error;

    put(*state, "'a'", "{}");
    assert_int_equal(backing_destroy(*state, &now, id, &error), 0);
    assert_got(*state, &now, "'a'", NULL);
    assert_int_equal(backing_destroy(*state, &now, id, &error), 0);
    json_decref(id);
}

static void test_it_lives_until_the_last_has_let_go(void **state)
{
    struct backing *same = backing_hold(*state);

    put(*state, "'a'", "{}");
    backing_release(*state);
    assert_got(same, &now, "'a'", "{}");
    *state = same;
}

static void test_it_says_what_it_can(void **state)
{
    json_t *description = backing_describe(*state);

    assert_json(json_object_get(description, "operations"),
                "['get','set','destroy','touch','all','length','clear']");
    assert_string_equal(backing_name(*state), "memory");
    assert_true(backing_has(*state, "touch"));
    assert_false(backing_has(*state, "nonsense"));
    assert_true(backing_op_exists("touch"));
    assert_false(backing_op_exists("reap"));
    assert_false(backing_op_exists(NULL));
    json_decref(description);
}

static void test_a_store_opened_anew_serves_on(void **state)
{
    struct js_error error;

    put(*state, "'a'", "{}");
    assert_int_equal(backing_reopen(*state, &error), 0);
    assert_got(*state, &now, "'a'", NULL); /* memory forgets */
    put(*state, "'b'", "{'n':1}");
    assert_got(*state, &now, "'b'", "{'n':1}");
    assert_true(backing_has(*state, "touch"));
}

static void *use(void *arg)
{
    for (int i = 0; i < 200; i++) {
        struct js_error error;
        json_t *id = json_string("a"), *session = json_object(), *got;

        backing_set(arg, &now, id, session, &error);
        backing_get(arg, &now, id, &got, &error);
        json_decref(id);
        json_decref(session);
        json_decref(got);
    }
    return NULL;
}

static void test_a_store_is_opened_anew_between_calls(void **state)
{
    pthread_t users[2];
    struct js_error error;

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&users[i], NULL, use, *state), 0);
    for (int i = 0; i < 50; i++)
        assert_int_equal(backing_reopen(*state, &error), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(users[i], NULL);
}

static void test_the_reaper_removes_the_dead_alone(void **state)
{
    struct js_error error;

    put(*state, "'a'", "{'n':1,'cookie':{'expires':" EXPIRES "}}");
    put(*state, "'b'", "{'n':2}");
    assert_int_equal(backing_reap(*state, &later, &error), 0);
    assert_got(*state, &now, "'a'", NULL);
    assert_got(*state, &now, "'b'", "{'n':2}");
}

static void test_a_spoilt_record_is_an_error_until_it_is_set(void **state)
{
    json_t *id = json_string("a"), *session;
    struct js_error error;

    put(*state, "'a'", "{'n':1}");
    put(*state, "'b'", "{'n':2}");
    assert_int_equal(backing_spoil(*state, &now, id, &error), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(backing_get(*state, &now, id, &session, &error), -1);
        assert_null(session);
    }
    assert_got(*state, &now, "'b'", "{'n':2}");
    put(*state, "'a'", "{'n':3}");
    assert_got(*state, &now, "'a'", "{'n':3}");
    json_decref(id);
}

static void test_a_store_that_there_is_not_is_not_opened(void **state)
{
    struct js_error error;

    (void)state;
    assert_null(backing_open("nope", "test", &error));
    assert_string_not_equal(error.message, "");
    assert_null(backing_open("memory?nope=1", "test", &error));
    assert_non_null(strstr(error.message, "nope"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_memory, close_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_session_comes_back_with_its_cookie_first),
        TEST(test_a_record_without_a_cookie_stays_without),
        TEST(test_what_is_no_object_comes_back_as_it_was),
        TEST(test_an_id_of_any_type_is_taken_as_text),
        TEST(test_ids_never_meet),
        TEST(test_a_session_past_its_date_is_a_miss),
        TEST(test_a_touch_renews_the_cookie_alone),
        TEST(test_a_touch_makes_no_session),
        TEST(test_all_and_length_leave_out_what_has_expired),
        TEST(test_a_destroyed_session_is_gone),
        TEST(test_it_lives_until_the_last_has_let_go),
        TEST(test_it_says_what_it_can),
        TEST(test_a_store_opened_anew_serves_on),
        TEST(test_a_store_is_opened_anew_between_calls),
        TEST(test_the_reaper_removes_the_dead_alone),
        TEST(test_a_spoilt_record_is_an_error_until_it_is_set),
        TEST(test_a_store_that_there_is_not_is_not_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
