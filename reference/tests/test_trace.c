/* test_trace.c: what an app's store was asked, in order */
#include "../trace.h"

#include "../js.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int new_trace(void **state)
{
    *state = trace_new();
    return 0;
}

static int free_trace(void **state)
{
    trace_free(*state);
    return 0;
}

static uint64_t add_call(struct trace *trace, const char *op)
{
    return trace_add(trace, json_pack("{s:s}", "op", op));
}

static size_t count_since(struct trace *trace, uint64_t since)
{
    json_t *answer = trace_since(trace, since);
    size_t count = json_array_size(json_object_get(answer, "events"));

    json_decref(answer);
    return count;
}

static double first_n_since(struct trace *trace, uint64_t since)
{
    json_t *answer = trace_since(trace, since);
    double n = js_number(json_object_get(
        json_array_get(json_object_get(answer, "events"), 0), "n"));

    json_decref(answer);
    return n;
}

static void test_events_are_numbered_from_one(void **state)
{
    assert_int_equal(add_call(*state, "get"), 1);
    assert_int_equal(add_call(*state, "set"), 2);
    assert_true(first_n_since(*state, 0) == 1);
}

static void test_only_what_came_after_is_given(void **state)
{
    add_call(*state, "get");
    add_call(*state, "set");
    assert_int_equal(count_since(*state, 0), 2);
    assert_int_equal(count_since(*state, 1), 1);
    assert_int_equal(count_since(*state, 2), 0);
    assert_int_equal(count_since(*state, 99), 0);
    assert_int_equal(count_since(*state, UINT64_MAX), 0);
}

static void test_a_pending_call_has_no_outcome(void **state)
{
    uint64_t n = add_call(*state, "get");
    json_t *before = trace_since(*state, 0), *after;
    const json_t *event = json_array_get(json_object_get(before, "events"), 0);

    trace_outcome(*state, n, "hit");
    after = trace_since(*state, 0);
    assert_null(json_object_get(event, "outcome"));
    event = json_array_get(json_object_get(after, "events"), 0);
    assert_string_equal(json_string_value(json_object_get(event, "outcome")),
                        "hit");
    json_decref(before);
    json_decref(after);
}

static void test_a_note_has_its_kind_and_text(void **state)
{
    json_t *answer, *expected;

    trace_note(*state, "error", "disk full", "set");
    answer = trace_since(*state, 0);
    expected = json_pack("{s:[{s:s,s:s,s:s,s:f}]}", "events", "event", "error",
                         "text", "disk full", "op", "set", "n", 1.0);
    assert_true(json_equal(answer, expected));
    json_decref(answer);
    json_decref(expected);
}

static void test_the_newest_are_kept(void **state)
{
    for (int i = 0; i < TRACE_LIMIT + 5; i++)
        add_call(*state, "get");
    assert_int_equal(count_since(*state, 0), TRACE_LIMIT);
    assert_true(first_n_since(*state, 0) == 6);
    assert_true(first_n_since(*state, 7) == 8);
}

static void test_an_outcome_for_what_is_dropped_does_no_harm(void **state)
{
    json_t *answer, *event;
    size_t index;

    add_call(*state, "get");
    for (int i = 0; i < TRACE_LIMIT; i++)
        add_call(*state, "set");
    trace_outcome(*state, 1, "hit");
    trace_outcome(*state, 0, "hit");
    trace_outcome(*state, TRACE_LIMIT + 99, "hit");
    answer = trace_since(*state, 0);
    json_array_foreach(json_object_get(answer, "events"), index, event)
        assert_null(json_object_get(event, "outcome"));
    json_decref(answer);
}

enum { ADDERS = 4, CALLS = 500 };

static void *add_many(void *trace)
{
    for (int i = 0; i < CALLS; i++) {
        trace_outcome(trace, add_call(trace, "get"), "miss");
        json_decref(trace_since(trace, CALLS));
    }
    return NULL;
}

static void test_threads_add_without_losing_one(void **state)
{
    pthread_t threads[ADDERS];

    for (int i = 0; i < ADDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, *state),
                         0);
    for (int i = 0; i < ADDERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(count_since(*state, 0), ADDERS * CALLS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_trace, free_trace)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_events_are_numbered_from_one),
        TEST(test_only_what_came_after_is_given),
        TEST(test_a_pending_call_has_no_outcome),
        TEST(test_a_note_has_its_kind_and_text),
        TEST(test_the_newest_are_kept),
        TEST(test_an_outcome_for_what_is_dropped_does_no_harm),
        TEST(test_threads_add_without_losing_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
