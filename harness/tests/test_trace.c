/* test_trace.c: the harness's copy of a trace, and what is judged by it */
#include "../trace.h"

#include "../expect.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void take(struct trace *trace, const char *events)
{
    json_t *answer = json_loads(events, 0, NULL);

    assert_non_null(answer);
    trace_take(trace, answer);
    json_decref(answer);
}

/* What the probe of a request r1 saw, in the course of a short case. */
#define SHORT_TRACE                                                            \
    "{\"events\":["                                                            \
    "{\"n\":1,\"request\":\"r1\",\"op\":\"get\",\"outcome\":\"hit\"},"         \
    "{\"n\":2,\"request\":\"r2\",\"op\":\"get\",\"outcome\":\"hit\"},"         \
    "{\"n\":3,\"event\":\"warning\",\"text\":\"old\"},"                        \
    "{\"n\":4,\"request\":\"r1\",\"op\":\"set\",\"sid\":\"S\",\"session\":"    \
    "{\"user\":\"tobi\",\"cookie\":{\"path\":\"/\",\"originalMaxAge\":null}}," \
    "\"outcome\":\"ok\"},"                                                     \
    "{\"n\":5,\"event\":\"error\",\"text\":\"full\",\"op\":\"set\"}]}"

static void test_calls_are_of_a_request_and_in_order(void **state)
{
    struct trace trace;
    json_t *calls;

    (void)state;
    trace_init(&trace);
    take(&trace, SHORT_TRACE);
    calls = trace_calls(&trace, "r1", 0);
    assert_int_equal(json_array_size(calls), 2);
    assert_int_equal(trace_n(json_array_get(calls, 1)), 4);
    json_decref(calls);
    calls = trace_calls(&trace, NULL, 1);
    assert_int_equal(json_array_size(calls), 2);
    assert_int_equal(trace_n(json_array_get(calls, 0)), 2);
    json_decref(calls);
    trace_clear(&trace);
}

static void test_a_pending_call_is_asked_for_again(void **state)
{
    struct trace trace;

    (void)state;
    trace_init(&trace);
    take(&trace, "{\"events\":[{\"n\":1,\"op\":\"get\",\"outcome\":\"hit\"},"
                 "{\"n\":2,\"op\":\"set\"},{\"n\":3,\"op\":\"get\","
                 "\"outcome\":\"hit\"}]}");
    assert_int_equal(trace.complete, 1);
    assert_int_equal(trace.last, 3);
    take(&trace, "{\"events\":[{\"n\":2,\"op\":\"set\",\"outcome\":\"ok\"},"
                 "{\"n\":3,\"op\":\"get\",\"outcome\":\"hit\"}]}");
    assert_int_equal(trace.complete, 3);
    assert_int_equal(json_array_size(trace.events), 3);
    trace_clear(&trace);
}

/* --------------------------------------------------------------- judging */

struct fixture {
    struct problems problems;
    struct scene scene;
    struct scene_app app;
    struct observation seen;
    struct judging judging;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof f);
    vars_init(&f.scene.vars, NULL);
    vars_set(&f.scene.vars, "sid", json_string("S"));
    f.app.warnings = json_array();
    f.app.foreseen = json_array();
    trace_init(&f.app.trace);
    take(&f.app.trace, SHORT_TRACE);
    observation_start(&f.seen, &f.app, 0);
    f.seen.label = "r1";
    f.scene.failures.arena = &f.scene.arena;
    f.judging.scene = &f.scene;
    f.judging.seen = &f.seen;
    f.judging.findings = &f.scene.failures;
    f.judging.match.arena = &f.scene.arena;
    f.judging.match.vars = &f.scene.vars;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    observation_clear(&f->seen);
    trace_clear(&f->app.trace);
    json_decref(f->app.warnings);
    json_decref(f->app.foreseen);
    vars_clear(&f->scene.vars);
    arena_free(&f->scene.arena);
    problems_free(&f->problems);
    return 0;
}

/* How many findings the list gives. */
static size_t wrong(struct fixture *f,
                    void (*judge)(struct judging *, const struct node *),
                    const char *text)
{
    const struct node *list =
        node_parse(&f->scene.arena, "test", text, strlen(text), &f->problems);

    assert_non_null(list);
    f->scene.failures.count = 0;
    judge(&f->judging, list);
    return f->scene.failures.count;
}

static void test_calls_are_exact(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(wrong(f, judge_calls, "[ get, set ]"), 0);
    assert_int_equal(wrong(f, judge_calls, "[ set, get ]"), 1);
    assert_int_equal(wrong(f, judge_calls, "[ get ]"), 1);
    assert_int_equal(wrong(f, judge_calls, "[]"), 1);
    assert_string_equal(f->scene.failures.list[0].actual, "[\"get\",\"set\"]");
}

static void test_a_call_can_be_told_in_detail(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(wrong(f, judge_calls,
                           "[ get, { set: { sid: $sid, session: { user: tobi },"
                           "  cookie: { path: / }, outcome: ok } } ]"),
                     0);
    assert_int_equal(
        wrong(f, judge_calls,
              "[ { get: { outcome: miss } }, { set: { sid: T, session: {},"
              "  cookie: { path: /x } } } ]"),
        4);
}

static void test_some_calls_are_had_and_others_never(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(wrong(f, judge_calls_have, "[ set ]"), 0);
    assert_int_equal(wrong(f, judge_calls_have, "[ set, set ]"), 1);
    assert_int_equal(wrong(f, judge_calls_have, "[ touch ]"), 1);
    assert_int_equal(wrong(f, judge_calls_never, "[ touch, destroy ]"), 0);
    assert_int_equal(wrong(f, judge_calls_never, "[ touch, set ]"), 1);
}

static void test_events_that_are_named_are_foreseen(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(wrong(f, judge_events, "[]"), 1);
    assert_int_equal(wrong(f, judge_events, "[ expired ]"), 1);
    assert_int_equal(wrong(f, judge_events, "[ error, error ]"), 1);
    assert_int_equal(json_array_size(f->app.foreseen), 0);
    assert_int_equal(
        wrong(f, judge_events, "[ { event: error, text: full, op: set } ]"), 0);
    assert_int_equal(json_array_size(f->app.foreseen), 1);
    assert_int_equal(wrong(f, judge_events, "[]"), 0);
}

static void
test_the_session_of_an_event_is_judged_without_its_cookie(void **state)
{
    struct fixture *f = *state;

    take(&f->app.trace,
         "{\"events\":[{\"n\":6,\"event\":\"expired\",\"text\":\"S\","
         "\"session\":{\"cookie\":{\"path\":\"/\"},\"user\":\"tobi\"}}]}");
    f->judging.trial = true;
    assert_int_equal(wrong(f, judge_events,
                           "[ { event: expired, text: $sid, op: absent, "
                           "session: { user: tobi } } ]"),
                     0);
    assert_int_equal(wrong(f, judge_events,
                           "[ { event: expired, session: { user: loki } } ]"),
                     1);
    assert_int_equal(
        wrong(f, judge_events, "[ { event: expired, session: {} } ]"), 1);
    assert_int_equal(wrong(f, judge_events, "[ { event: expired, text: T } ]"),
                     1);
}

static void test_a_trial_foresees_nothing(void **state)
{
    struct fixture *f = *state;

    f->judging.trial = true;
    assert_int_equal(wrong(f, judge_events, "[ error ]"), 0);
    assert_int_equal(json_array_size(f->app.foreseen), 0);
    assert_int_equal(wrong(f, judge_events, "[ error ]"), 0);
}

static void test_warnings_are_told_once(void **state)
{
    struct fixture *f = *state;

    json_array_append_new(f->app.warnings, json_string("first"));
    assert_int_equal(wrong(f, judge_warnings, "[ first, { matches: ^o } ]"), 0);
    assert_int_equal(wrong(f, judge_warnings, "[]"), 0);
    assert_int_equal(wrong(f, judge_warnings, "[ first ]"), 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_are_of_a_request_and_in_order),
        cmocka_unit_test(test_a_pending_call_is_asked_for_again),
        CASE(test_calls_are_exact),
        CASE(test_a_call_can_be_told_in_detail),
        CASE(test_some_calls_are_had_and_others_never),
        CASE(test_events_that_are_named_are_foreseen),
        CASE(test_the_session_of_an_event_is_judged_without_its_cookie),
        CASE(test_a_trial_foresees_nothing),
        CASE(test_warnings_are_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
