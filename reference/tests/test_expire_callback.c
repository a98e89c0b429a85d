/* test_expire_callback.c: the option expireCallback, from PUT to the trace */
#include "../apps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = apps_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    apps_free(*state);
    return 0;
}

/* `rest` is what the body has beside options, with a comma before it. */
static void put(struct apps *apps, const char *id, bool wanted,
                const char *rest)
{
    json_t *answer = NULL, *body;
    struct js_error error;
    char text[512];

    snprintf(text, sizeof text,
             "{\"options\":{\"secret\":\"s\",\"resave\":false,"
             "\"saveUninitialized\":false,\"expireCallback\":%s}%s}",
             wanted ? "true" : "false", rest);
    body = json_loads(text, JSON_DECODE_INT_AS_REAL, NULL);
    assert_int_equal(apps_put(apps, id, body, &answer, &error), 201);
    json_decref(answer);
    json_decref(body);
}

/* A session that expires at `expires`, ISO, straight into the store. */
static void store(struct apps *apps, const char *id, const char *sid,
                  const char *expires)
{
    struct app *app = apps_hold(apps, id);
    const struct backing_call how = { app_now(app), "" };
    json_t *name = json_string(sid);
    json_t *session =
        json_pack("{s:{s:s}, s:s}", "cookie", "expires", expires, "user", sid);
    struct js_error error;

    assert_int_equal(backing_set(app->backing, &how, name, session, &error), 0);
    json_decref(name);
    json_decref(session);
    app_release(app);
}

static void advance(struct apps *apps, const char *id, int64_t ms)
{
    struct app *app = apps_hold(apps, id);
    int64_t now;

    assert_int_equal(app_advance(app, ms, &now), APP_ADVANCED);
    app_pass(app);
    app_release(app);
}

/* The texts of the events `expired` so far, each with a blank behind it. */
static void assert_told(struct apps *apps, const char *id, const char *expected)
{
    struct app *app = apps_hold(apps, id);
    json_t *trace = trace_since(app->trace, 0), *event;
    char told[256] = "";
    size_t index;

    json_array_foreach(json_object_get(trace, "events"), index, event)
    {
        const char *word = json_string_value(json_object_get(event, "event"));
        size_t length = strlen(told);

        assert_string_equal(word, "expired");
        snprintf(told + length, sizeof told - length, "%s ",
                 json_string_value(json_object_get(event, "text")));
    }
    assert_string_equal(told, expected);
    json_decref(trace);
    app_release(app);
}

static void test_an_event_has_the_id_and_the_data(void **state)
{
    struct app *app;
    json_t *trace, *event;

    put(*state, "a", true, ",\"clock\":0");
    store(*state, "a", "sid-1", "1970-01-01T00:00:01.000Z");
    advance(*state, "a", 1000);
    app = apps_hold(*state, "a");
    trace = trace_since(app->trace, 0);
    event = json_array_get(json_object_get(trace, "events"), 0);
    assert_string_equal(json_string_value(json_object_get(event, "sid")),
                        "sid-1");
    assert_string_equal(json_string_value(json_object_get(
                            json_object_get(event, "session"), "user")),
                        "sid-1");
    assert_non_null(
        json_object_get(json_object_get(event, "session"), "cookie"));
    assert_null(json_object_get(event, "op"));
    json_decref(trace);
    app_release(app);
}

static void test_who_does_not_ask_is_not_told(void **state)
{
    put(*state, "a", false, ",\"clock\":0");
    store(*state, "a", "s", "1970-01-01T00:00:01.000Z");
    advance(*state, "a", 2000);
    assert_told(*state, "a", "");
}

static void test_two_apps_on_one_store_are_both_told(void **state)
{
    put(*state, "a", true, ",\"clock\":0");
    put(*state, "b", true, ",\"clock\":0,\"store\":{\"same-as\":\"a\"}");
    put(*state, "c", false, ",\"clock\":0,\"store\":{\"same-as\":\"a\"}");
    store(*state, "c", "s", "1970-01-01T00:00:01.000Z");
    advance(*state, "b", 1000);
    advance(*state, "a", 1000);
    assert_told(*state, "a", "s ");
    assert_told(*state, "b", "s ");
    assert_told(*state, "c", "");
}

static void test_an_app_that_is_gone_is_not_told(void **state)
{
    put(*state, "a", true, ",\"clock\":0");
    put(*state, "b", false, ",\"clock\":0,\"store\":{\"same-as\":\"a\"}");
    store(*state, "a", "s", "1970-01-01T00:00:01.000Z");
    assert_true(apps_delete(*state, "a"));
    advance(*state, "b", 1000);
    assert_told(*state, "b", "");
}

static void test_a_restart_may_ask_or_ask_no_more(void **state)
{
    static const char keep[] = ",\"store\":{\"keep\":true}";

    put(*state, "a", false, ",\"clock\":0");
    store(*state, "a", "one", "1970-01-01T00:00:01.000Z");
    put(*state, "a", true, keep);
    put(*state, "a", true, keep); /* asking twice is asking once */
    advance(*state, "a", 1000);
    assert_told(*state, "a", "one ");
    store(*state, "a", "two", "1970-01-01T00:00:02.000Z");
    put(*state, "a", false, keep);
    advance(*state, "a", 1000);
    assert_told(*state, "a", "one ");
}

static void test_on_the_real_clock_a_look_is_enough(void **state)
{
    struct app *app;

    put(*state, "a", true, "");
    store(*state, "a", "old", "2001-01-01T00:00:00.000Z");
    store(*state, "a", "new", "2999-01-01T00:00:00.000Z");
    app = apps_hold(*state, "a");
    app_pass(app);
    assert_told(*state, "a", "old ");
    app_release(app);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_event_has_the_id_and_the_data),
        TEST(test_who_does_not_ask_is_not_told),
        TEST(test_two_apps_on_one_store_are_both_told),
        TEST(test_an_app_that_is_gone_is_not_told),
        TEST(test_a_restart_may_ask_or_ask_no_more),
        TEST(test_on_the_real_clock_a_look_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
