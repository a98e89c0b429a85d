/* test_ready.c: what a store itself says of its connection reaches the app
 *
 * The store is stores/tests/plugins/flapping.c, beside this program.
 */
#include "../app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct app *open_app(void)
{
    json_t *body = json_pack("{s:{s:s}}", "options", "secret", "s");
    json_t *warnings = json_array();
    char self[4000], spec[4200];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    struct middleware *middleware;
    struct backing *backing;
    struct js_error error;
    int status;

    assert_true(length > 0);
    self[length] = '\0';
    *strstr(self, "/reference/tests/") = '\0';
    snprintf(spec, sizeof spec, "%s/stores/tests/plugins/flapping.so", self);
    middleware = middleware_new(body, warnings, &status, &error);
    assert_non_null(middleware);
    backing = backing_open(spec, "test", &error);
    if (!backing)
        fail_msg("%s", error.message);
    json_decref(body);
    json_decref(warnings);
    return app_new("a", backing, middleware);
}

/* A get of "down" or "up" makes the store say so. */
static void get(struct app *app, const char *sid)
{
    const struct backing_call call = { 0, "" };
    json_t *id = json_string(sid), *session;
    struct js_error error;

    assert_int_equal(backing_get(app->backing, &call, id, &session, &error), 0);
    assert_null(session);
    json_decref(id);
}

/* The events so far, as "disconnect connect ". */
static const char *events(struct app *app)
{
    static char text[256];
    json_t *all = trace_since(app->trace, 0), *event;
    size_t i, used = 0;

    *text = '\0';
    json_array_foreach(json_object_get(all, "events"), i, event)
    {
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s ",
            json_string_value(json_object_get(event, "event")));
    }
    json_decref(all);
    return text;
}

static void test_a_store_that_is_down_disconnects_its_apps(void **state)
{
    struct app *app = open_app();

    (void)state;
    app_hear(app);
    assert_true(app->middleware->connected);
    get(app, "down");
    get(app, "down");
    app_hear(app);
    assert_false(app->middleware->connected);
    get(app, "up");
    app_hear(app);
    app_hear(app);
    assert_true(app->middleware->connected);
    assert_string_equal(events(app), "disconnect connect ");
    app_release(app);
}

static void test_of_a_store_that_flaps_the_latest_news_are_told(void **state)
{
    struct app *app = open_app();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        get(app, "down");
        get(app, "up");
    }
    app_hear(app);
    assert_true(app->middleware->connected);
    assert_string_equal(events(app), "disconnect connect ");
    get(app, "down");
    get(app, "up");
    get(app, "down");
    app_hear(app);
    assert_false(app->middleware->connected);
    assert_string_equal(events(app), "disconnect connect disconnect ");
    app_release(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_store_that_is_down_disconnects_its_apps),
        cmocka_unit_test(test_of_a_store_that_flaps_the_latest_news_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
