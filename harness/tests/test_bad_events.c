/* test_bad_events.c: which events and warnings are faults, and of what */
#include "../bad_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_a_bad_event_may_be_against_a_requirement(void **state)
{
    (void)state;
    assert_true(event_is_bad("callback-twice"));
    assert_string_equal(event_against("callback-twice"), "STO-14");
    assert_string_equal(event_against("argument-mutated"), "STO-42");
}

static void test_a_bad_event_may_be_against_what_the_case_checks(void **state)
{
    (void)state;
    assert_true(event_is_bad("uncaught-exception"));
    assert_null(event_against("uncaught-exception"));
}

static void test_other_events_are_no_faults(void **state)
{
    (void)state;
    assert_false(event_is_bad("connect"));
    assert_false(event_is_bad("warning"));
    assert_false(event_is_bad(NULL));
    assert_null(event_against("connect"));
}

static void test_a_timer_that_overflows_is_a_fault(void **state)
{
    (void)state;
    assert_string_equal(
        warning_against("TimeoutOverflowWarning: 5184000000 does not fit"),
        "STO-32");
    assert_null(warning_against("undefined resave option"));
    assert_null(warning_against(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_event_may_be_against_a_requirement),
        cmocka_unit_test(test_a_bad_event_may_be_against_what_the_case_checks),
        cmocka_unit_test(test_other_events_are_no_faults),
        cmocka_unit_test(test_a_timer_that_overflows_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
