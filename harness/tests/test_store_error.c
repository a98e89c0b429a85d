/* test_store_error.c: what an error that nobody asked for is against */
#include "../store_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct trace trace;

/* What the error at the end of a trace is against; "" for nothing. */
static const char *against(const char *events)
{
    const char *result;

    trace_init(&trace);
    json_decref(trace.events);
    trace.events = json_loads(events, 0, NULL);
    assert_non_null(trace.events);
    result = store_error_against(
        &trace,
        json_array_get(trace.events, json_array_size(trace.events) - 1));
    trace_clear(&trace);
    return result ? result : "";
}

#define CALL(op, outcome)                                                      \
    "{\"n\":1,\"op\":\"" op "\",\"sid\":\"a\",\"outcome\":\"" outcome "\"},"
#define OTHER(op, outcome)                                                     \
    "{\"n\":1,\"op\":\"" op "\",\"sid\":\"b\",\"outcome\":\"" outcome "\"},"
#define ERROR "{\"n\":5,\"event\":\"error\",\"text\":\"no such session\"}"

static void is(const char *events, const char *id)
{
    assert_string_equal(against(events), id);
}

static void test_a_touch_of_what_is_gone(void **state)
{
    (void)state;
    is("[" CALL("get", "hit") CALL("destroy", "ok") CALL("touch", "error") ERROR
       "]",
       "STO-09");
    is("[" CALL("get", "hit") CALL("get", "miss") CALL("touch", "error") ERROR
       "]",
       "STO-09");
}

static void test_a_touch_of_what_is_there(void **state)
{
    (void)state;
    is("[" CALL("get", "hit") CALL("touch", "error") ERROR "]", "STO-07");
    is("[" CALL("destroy", "ok") CALL("set", "ok") CALL("touch", "error") ERROR
       "]",
       "STO-07");
    is("[" CALL("get", "hit") OTHER("destroy", "ok") CALL("touch", "error")
           ERROR "]",
       "STO-07");
}

static void test_each_operation(void **state)
{
    (void)state;
    is("[" CALL("get", "error") ERROR "]", "STO-01");
    is("[" CALL("get", "miss") CALL("set", "error") ERROR "]", "STO-02");
    is("[" CALL("destroy", "error") ERROR "]", "STO-05");
    is("[" CALL("get", "error") CALL("set", "error") ERROR "]", "STO-02");
}

static void test_an_error_that_the_store_did_not_say(void **state)
{
    (void)state;
    is("[" ERROR "]", "");
    is("[" CALL("get", "miss") CALL("set", "ok") ERROR "]", "");
    is("[" ERROR "," CALL("get", "error") ERROR "]", "STO-01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_touch_of_what_is_gone),
        cmocka_unit_test(test_a_touch_of_what_is_there),
        cmocka_unit_test(test_each_operation),
        cmocka_unit_test(test_an_error_that_the_store_did_not_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
