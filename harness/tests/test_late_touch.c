/* test_late_touch.c: which errors come of touching what is gone */
#include "../late_touch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct trace trace;

/* The events of a trace, the last of which is asked about. */
static bool caused(const char *events)
{
    bool result;

    trace_init(&trace);
    json_decref(trace.events);
    trace.events = json_loads(events, 0, NULL);
    assert_non_null(trace.events);
    result = late_touch_caused(
        &trace,
        json_array_get(trace.events, json_array_size(trace.events) - 1));
    trace_clear(&trace);
    return result;
}

#define GET(what)                                                              \
    "{\"n\":1,\"op\":\"get\",\"sid\":\"a\",\"outcome\":\"" what "\"}"
#define SET "{\"n\":2,\"op\":\"set\",\"sid\":\"a\",\"outcome\":\"ok\"}"
#define DESTROY(sid)                                                           \
    "{\"n\":3,\"op\":\"destroy\",\"sid\":\"" sid "\",\"outcome\":\"ok\"}"
#define TOUCH(what)                                                            \
    "{\"n\":4,\"op\":\"touch\",\"sid\":\"a\",\"outcome\":\"" what "\"}"
#define ERROR "{\"n\":5,\"event\":\"error\",\"text\":\"no such session\"}"

static void test_after_a_destroy(void **state)
{
    (void)state;
    assert_true(caused(
        "[" GET("hit") "," DESTROY("a") "," TOUCH("error") "," ERROR "]"));
}

static void test_after_a_miss(void **state)
{
    (void)state;
    assert_true(caused(
        "[" GET("hit") "," GET("miss") "," TOUCH("error") "," ERROR "]"));
}

static void test_not_of_what_is_there(void **state)
{
    (void)state;
    assert_false(caused("[" GET("hit") "," TOUCH("error") "," ERROR "]"));
    assert_false(
        caused("[" DESTROY("a") "," SET "," TOUCH("error") "," ERROR "]"));
    assert_false(caused(
        "[" GET("hit") "," DESTROY("b") "," TOUCH("error") "," ERROR "]"));
}

static void test_not_without_a_touch_that_failed(void **state)
{
    (void)state;
    assert_false(caused("[" GET("miss") "," ERROR "]"));
    assert_false(caused("[" DESTROY("a") "," TOUCH("ok") "," ERROR "]"));
    assert_false(caused("[" DESTROY("a") "," ERROR "," TOUCH("error") "]"));
    assert_false(caused("[" ERROR "]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_a_destroy),
        cmocka_unit_test(test_after_a_miss),
        cmocka_unit_test(test_not_of_what_is_there),
        cmocka_unit_test(test_not_without_a_touch_that_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
