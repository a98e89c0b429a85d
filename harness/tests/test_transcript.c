/* test_transcript.c: what happened in a case, in order, for a person */
#include "../transcript.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static json_t *call(int n, const char *label, const char *op,
                    const char *outcome)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:s*}", "n", n, "request", label,
                     "op", op, "sid", "S", "outcome", outcome);
}

static void test_calls_stand_with_their_request(void **state)
{
    struct arena arena = { 0 };
    struct transcript transcript = { .arena = &arena };
    struct transcript_entry *one =
        transcript_add(&transcript, 0, 7, "GET /\nCookie: a=1\n");
    struct transcript_entry *two =
        transcript_add(&transcript, 30500, 9, "GET /two\n");
    json_t *traces =
        json_pack("{s:[o, o]}", "app", call(1, "r2", "get", "miss"),
                  call(2, "r1", "set", "ok"));

    (void)state;
    one->app = two->app = "app";
    one->label = "r1";
    two->label = "r2";
    one->came = "200\n";
    assert_string_equal(transcript_text(&transcript, traces, &arena),
                        "  +0.000s line 7 (r1)\n"
                        "    > GET /\n"
                        "    > Cookie: a=1\n"
                        "    * store set \"S\" -> ok\n"
                        "    < 200\n"
                        "  +30.500s line 9 (r2)\n"
                        "    > GET /two\n"
                        "    * store get \"S\" -> miss\n");
    json_decref(traces);
    arena_free(&arena);
}

static void test_a_call_without_an_outcome_is_pending(void **state)
{
    struct arena arena = { 0 };
    struct transcript transcript = { .arena = &arena };
    struct transcript_entry *entry =
        transcript_add(&transcript, 0, 7, "GET /\n");
    json_t *traces = json_pack("{s:[o]}", "app", call(1, "r1", "set", NULL));

    (void)state;
    entry->app = "app";
    entry->label = "r1";
    assert_non_null(strstr(transcript_text(&transcript, traces, &arena),
                           "store set \"S\" -> pending\n"));
    json_decref(traces);
    arena_free(&arena);
}

static void test_events_are_shown(void **state)
{
    struct arena arena = { 0 };
    struct transcript transcript = { .arena = &arena };
    json_t *traces = json_pack("{s:[{s:i, s:s, s:s}]}", "app", "n", 1, "event",
                               "error", "text", "boom");

    (void)state;
    assert_string_equal(transcript_text(&transcript, traces, &arena),
                        "  event of app: error: boom\n");
    json_decref(traces);
    arena_free(&arena);
}

static void test_the_diagram_has_a_column_a_track(void **state)
{
    static const char *const tracks[] = { "writer", "reader" };
    struct arena arena = { 0 };
    json_t *calls = json_pack("[o, o, o, o]", call(1, "r1", "set", "ok"),
                              call(2, "writer", "get", "hit"),
                              call(3, "reader.2", "get", "hit"),
                              call(4, "writer", "set", "ok"));

    (void)state;
    assert_string_equal(transcript_diagram(calls, tracks, 2, &arena),
                        "  writer                    reader\n"
                        "  get -> hit\n"
                        "                            get -> hit\n"
                        "  set -> ok\n");
    json_decref(calls);
    arena_free(&arena);
}

static void test_of_a_long_case_the_middle_is_left_out(void **state)
{
    struct arena arena = { 0 };
    struct transcript transcript = { .arena = &arena };
    json_t *traces = json_object();
    const char *text;

    (void)state;
    for (unsigned i = 1; i <= TRANSCRIPT_FIRST + TRANSCRIPT_LAST + 1; i++)
        transcript_add(&transcript, 0, i, "GET /\n");
    text = transcript_text(&transcript, traces, &arena);
    assert_non_null(strstr(text, "line 20\n    > GET /\n"
                                 "  (1 steps left out)\n"
                                 "  +0.000s line 22\n"));
    assert_non_null(strstr(text, "line 81\n"));
    json_decref(traces);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_stand_with_their_request),
        cmocka_unit_test(test_a_call_without_an_outcome_is_pending),
        cmocka_unit_test(test_events_are_shown),
        cmocka_unit_test(test_of_a_long_case_the_middle_is_left_out),
        cmocka_unit_test(test_the_diagram_has_a_column_a_track),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
