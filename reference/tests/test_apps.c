/* test_apps.c: the apps of a process, made and dropped by many at once */
#include "../apps.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

enum { THREADS = 6, ROUNDS = 1500 };

static int put(struct apps *apps, const char *id, const char *text)
{
    json_t *body = json_of(text), *answer = NULL;
    struct js_error error;
    int status = apps_put(apps, id, body, &answer, &error);

    json_decref(body);
    json_decref(answer);
    return status;
}

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

static void *replace_and_drop(void *apps)
{
    for (int i = 0; i < ROUNDS; i++) {
        put(apps, "a", "{'options':{'secret':'x'}}");
        if (i % 3 == 0)
            apps_delete(apps, "a");
    }
    return NULL;
}

static void test_one_id_is_made_and_dropped_by_many_at_once(void **state)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, replace_and_drop, *state), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(put(*state, "a", "{'options':{}}"), 201);
}

static void test_who_holds_an_app_keeps_it(void **state)
{
    struct app *app;

    put(*state, "a", "{'options':{},'clock':7}");
    app = apps_hold(*state, "a");
    assert_true(apps_delete(*state, "a"));
    assert_false(apps_delete(*state, "a"));
    assert_null(apps_hold(*state, "a"));
    assert_true(app_now(app) == 7);
    app_release(app);
}

static void test_a_put_that_fails_leaves_the_old_app(void **state)
{
    static const struct {
        const char *body;
        int status;
    } table[] = {
        { "{'options':{'unset':'x'}}", 422 },
        { "{'options':{'genid':{}}}", 400 },
        { "{'junk':1}", 400 },
        { "{'store':{'use':'./x.so'}}", 503 },
        { "{'store':{'same-as':'none'}}", 404 },
        { "{'store':{'keep':true,'use':'memory'}}", 400 },
        { "{'store':{'hide':['nope']}}", 400 },
        { "{'settings':{'mount':5}}", 400 },
        { "{'clock':1.5}", 400 },
    };
    struct app *before, *after;

    put(*state, "a", "{'options':{}}");
    before = apps_hold(*state, "a");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(put(*state, "a", table[i].body), table[i].status);
    after = apps_hold(*state, "a");
    assert_ptr_equal(after, before);
    app_release(before);
    app_release(after);
}

/* As the server does it whose store has no address of its own. */
static void test_the_store_from_the_start_can_be_led_elsewhere(void **state)
{
    struct apps *apps = apps_new("redis?a=b");
    struct app *app;

    (void)state;
    apps_lead_store(apps, "faulty?fault=none");
    apps_lead_store(apps, "memory"); /* the last word counts */
    assert_int_equal(put(apps, "a", "{'store':{'use':'redis?a=b'}}"), 201);
    assert_int_equal(put(apps, "b", "{}"), 201);
    app = apps_hold(apps, "b");
    assert_string_equal(backing_spec(app->backing), "memory");
    app_release(app);
    assert_int_equal(put(apps, "c", "{'store':{'use':'redis?a=c'}}"), 503);
    apps_free(apps);
}

static void test_keep_goes_on_with_clock_and_trace(void **state)
{
    struct app *app;
    int64_t now;

    assert_int_equal(put(*state, "a", "{'store':{'keep':true}}"), 404);
    put(*state, "a", "{'options':{},'clock':100,'store':{'hide':['touch']}}");
    app = apps_hold(*state, "a");
    assert_int_equal(app_advance(app, 5, &now), APP_ADVANCED);
    assert_int_equal(put(*state, "a", "{'store':{'keep':true}}"), 201);
    assert_true(app_now(app) == 105);
    assert_true(app_hides(app, "touch"));
    assert_int_equal(put(*state, "a", "{'store':{'keep':true,'hide':[]}}"),
                     201);
    assert_false(app_hides(app, "touch"));
    app_release(app);
}

static void test_a_clock_stays_within_what_a_date_holds(void **state)
{
    struct app *app;
    int64_t now;

    put(*state, "a", "{'options':{},'clock':8.64e15}");
    app = apps_hold(*state, "a");
    assert_int_equal(app_advance(app, 1, &now), APP_END_OF_TIME);
    assert_int_equal(app_advance(app, 0, &now), APP_ADVANCED);
    app_release(app);
    put(*state, "b", "{'options':{}}");
    app = apps_hold(*state, "b");
    assert_int_equal(app_advance(app, 1, &now), APP_NOT_FROZEN);
    app_release(app);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_id_is_made_and_dropped_by_many_at_once),
        TEST(test_who_holds_an_app_keeps_it),
        TEST(test_a_put_that_fails_leaves_the_old_app),
        TEST(test_the_store_from_the_start_can_be_led_elsewhere),
        TEST(test_keep_goes_on_with_clock_and_trace),
        TEST(test_a_clock_stays_within_what_a_date_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
