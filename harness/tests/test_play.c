/* test_play.c: cases played on the reference server, right ones and wrong ones
 *
 * The suite shows that right cases pass. Here it is shown that wrong ones do
 * not, and what is said of them.
 */
#include "../play.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct fixture {
    struct http_pool *pool;
    struct target *target;
    struct arena arena;
    struct result_case result;
    json_t *about_store; /* what play_case is told of it, or NULL */
    bool lost;
};

/* The server stands in the build folder, OUT; OUT/harness/tests/test_play is
 * this program. */
static void find_server(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);

    assert_true(length > 0);
    path[length] = '\0';
    for (int i = 0; i < 3; i++)
        *strrchr(path, '/') = '\0';
    assert_true(strlen(path) + sizeof "/sessionspec-server" <= size);
    memcpy(path + strlen(path), "/sessionspec-server",
           sizeof "/sessionspec-server");
}

static int start_server(void **state)
{
    static struct fixture f;
    static char server[4096];
    struct target_options options = { .server = server, .connections = 16 };
    struct fault fault;

    find_server(server, sizeof server);
    memset(&f, 0, sizeof f);
    f.pool = http_pool_new();
    if (target_open(&f.target, &options, f.pool, &fault)) {
        print_error("%s\n", fault.text);
        return -1;
    }
    *state = &f;
    return 0;
}

static int stop_server(void **state)
{
    struct fixture *f = *state;

    target_close(f->target);
    http_pool_free(f->pool);
    return 0;
}

static int forget(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    json_decref(f->about_store);
    f->about_store = NULL;
    memset(&f->result, 0, sizeof f->result);
    return 0;
}

#define HEAD                                                                   \
    "suite: x\n"                                                               \
    "defaults: { options: { secret: cat, resave: true,\n"                      \
    "  saveUninitialized: false } }\n"                                         \
    "cases:\n"                                                                 \
    "  - case: y\n"                                                            \
    "    title: z\n"

/* Plays the one case of which `rest` is what stands behind its title. */
static enum outcome play(struct fixture *f, const char *rest)
{
    static unsigned long serial;
    const struct play_options options = { .seed = 1,
                                          .request_timeout_ms = 8000,
                                          .about_store = f->about_store };
    char path[] = "/tmp/test_play.XXXXXX";
    const char *paths[] = { path };
    struct case_set set = { 0 };
    struct problems problems = { 0 };
    FILE *file = fdopen(mkstemp(path), "w");

    assert_non_null(file);
    fprintf(file, HEAD "%s", rest);
    assert_int_equal(fclose(file), 0);
    if (!case_load(&set, paths, 1, &problems))
        problems_print(&problems, stderr);
    unlink(path);
    assert_int_equal(set.count, 1);
    play_case(&set.cases[0], ++serial, f->target, f->pool, &options, &f->arena,
              &f->result, &f->lost);
    assert_false(f->lost);
    case_set_free(&set);
    problems_free(&problems);
    return f->result.outcome;
}

static const struct result_failure *failure(struct fixture *f, size_t index)
{
    assert_true(index < f->result.failure_count);
    return &f->result.failures[index];
}

/* A session with an empty cart, and a writer and a reader of it. */
#define CART                                                                   \
    "    steps:\n"                                                             \
    "      - request: GET /\n"                                                 \
    "        do: [ { set: { cart: [] } } ]\n"                                  \
    "        save: { sid: sessionID }\n"
#define WRITER_AND_READER                                                      \
    "      - parallel:\n"                                                      \
    "          writer: { request: POST /, do: [ { push: { cart: 1 } } ] }\n"   \
    "          reader: { request: GET / }\n"

static void test_a_case_that_holds_passes(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f,
                          CART "      - store: { get: $sid }\n"
                               "        expect: { session: { cart: [] } }\n"),
                     OUTCOME_PASS);
    assert_int_equal(f->result.failure_count, 0);
    assert_string_equal(f->result.reason, "");
}

static void test_the_case_stops_after_a_step_that_failed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, "    steps:\n"
                             "      - request: GET /\n"
                             "        expect: { status: 201, cookies: 1 }\n"
                             "      - request: GET /\n"
                             "        expect: { status: 202 }\n"),
                     OUTCOME_FAIL);
    assert_int_equal(f->result.failure_count, 2);
    assert_string_equal(failure(f, 0)->what, "status");
    assert_string_equal(failure(f, 0)->expected, "201");
    assert_string_equal(failure(f, 0)->actual, "200");
    assert_int_equal(failure(f, 0)->line, 9);
    assert_non_null(strstr(f->result.transcript, "> GET /"));
}

#define FULL_STORE                                                             \
    "    steps:\n"                                                             \
    "      - fault: { op: set, error: { message: full } }\n"                   \
    "      - request: GET /\n"                                                 \
    "        do: [ { set: { a: 1 } } ]\n"                                      \
    "        "

static void test_an_unforeseen_error_event_fails_the_case(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, FULL_STORE "expect: { status: 200 }\n"),
                     OUTCOME_FAIL);
    assert_int_equal(f->result.failure_count, 1);
    assert_string_equal(failure(f, 0)->what, "events");
    assert_non_null(strstr(failure(f, 0)->actual, "full"));
    forget(state);
    assert_int_equal(
        play(f, FULL_STORE "expect: { status: 200, events: [ error ] }\n"),
        OUTCOME_PASS);
}

static void test_one_event_is_told_once_however_often_it_comes(void **state)
{
    struct fixture *f = *state;

    play(f, "    steps:\n"
            "      - fault: { op: set, error: { message: full }, times: 3 }\n"
            "      - repeat:\n"
            "          times: 3\n"
            "          steps:\n"
            "            - request: GET /\n"
            "              do: [ { add: { a: 1 } } ]\n"
            "      - fault: { op: set, error: { message: fuller } }\n"
            "      - request: GET /\n"
            "        do: [ { add: { a: 1 } } ]\n"
            "        expect: { status: 200 }\n");
    assert_int_equal(f->result.failure_count, 2);
    assert_non_null(strstr(failure(f, 0)->actual, "full\""));
    assert_non_null(strstr(failure(f, 1)->actual, "fuller"));
}

static void test_options_that_are_refused_are_an_error(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, "    options: { unset: never }\n"
                             "    steps:\n"
                             "      - request: GET /\n"
                             "        expect: { status: 200 }\n"),
                     OUTCOME_ERROR);
    assert_non_null(strstr(f->result.reason, "unset option must be"));
}

static void test_a_value_that_cannot_be_saved_fails(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, "    steps:\n"
                             "      - request: GET /\n"
                             "        save: { a: session.nowhere }\n"
                             "        expect: { status: 200 }\n"),
                     OUTCOME_FAIL);
    assert_string_equal(failure(f, 0)->what, "save.a");
}

static void test_a_failing_interleaving_is_named_and_drawn(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, CART WRITER_AND_READER
                          "        interleave: all\n"
                          "        then: [ { store: { get: $sid } } ]\n"
                          "        always: { session: { cart: [ 1 ] } }\n"),
                     OUTCOME_FAIL);
    assert_string_equal(f->result.reason,
                        "interleaving ABAB, where A is writer, B is reader");
    assert_non_null(strstr(f->result.transcript,
                           "  writer                    reader\n"
                           "  get -> hit\n"
                           "                            get -> hit\n"
                           "  set -> ok\n"
                           "                            set -> ok\n"));
}

static void test_a_hazard_that_was_seen_is_shown(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, CART WRITER_AND_READER
                          "        interleave: all\n"
                          "        then: [ { store: { get: $sid } } ]\n"
                          "        can: [ { session: { cart: [ 1 ] } },\n"
                          "               { session: { cart: [] } } ]\n"),
                     OUTCOME_PASS);
    assert_true(f->result.hazard_shown);
}

#define WRITER "writer: { request: POST /, do: [ { push: { cart: 1 } } ] }\n"

#define TWO_READS                                                              \
    CART "      - parallel:\n"                                                 \
         "          " WRITER                                                   \
         "          reader: [ { request: GET /a }, { request: GET /b } ]\n"    \
         "        interleave: all\n"                                           \
         "        then: [ { store: { get: $sid } } ]\n"

static void test_tracks_of_several_requests_are_interleaved_too(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, TWO_READS
                          "        can: [ { session: { cart: [ 1 ] } },\n"
                          "               { session: { cart: [] } } ]\n"),
                     OUTCOME_PASS);
    assert_true(f->result.hazard_shown);
    forget(state);
    assert_int_equal(
        play(f, TWO_READS "        never: { session: { cart: [] } }\n"),
        OUTCOME_FAIL);
    assert_non_null(strstr(f->result.reason, "A is writer, B is reader"));
}

static void test_a_held_request_stays_until_it_is_released(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, CART
                          "      - parallel:\n"
                          "          writer:\n"
                          "            - request: POST /\n"
                          "              do: [ { push: { cart: 1 } } ]\n"
                          "              hold: { gate: set }\n"
                          "          other:\n"
                          "            - await: gate\n"
                          "            - store: { get: $sid }\n"
                          "              expect: { session: { cart: [] } }\n"
                          "            - release: gate\n"
                          "      - store: { get: $sid }\n"
                          "        expect: { session: { cart: [ 1 ] } }\n"),
                     OUTCOME_PASS);
}

static void test_a_deadlock_says_who_waits_where(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, CART
                          "      - parallel:\n"
                          "          one:\n"
                          "            - { request: GET /, hold: { a: set } }\n"
                          "            - release: b\n"
                          "          two:\n"
                          "            - { request: GET /, hold: { b: set } }\n"
                          "            - release: a\n"
                          "      - request: GET /\n"
                          "        expect: { status: 200 }\n"),
                     OUTCOME_ERROR);
    assert_non_null(strstr(f->result.reason, "deadlock: "));
    assert_non_null(strstr(f->result.reason, "one is held before set at a"));
    assert_non_null(strstr(f->result.reason, "two is held before set at b"));
    assert_true(f->result.seconds < 4);
}

static void test_a_gate_that_nobody_reaches_is_named(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        play(f, CART
             "      - parallel:\n"
             "          one: { request: GET /, hold: { never: destroy } }\n"
             "          two: [ { await: never }, { release: never } ]\n"
             "      - request: GET /\n"
             "        expect: { status: 200 }\n"),
        OUTCOME_ERROR);
    assert_non_null(
        strstr(f->result.reason, "no request came to the gate never"));
}

/* A request with `actions` is held at its set, and its head is looked for. */
static enum outcome play_head(struct fixture *f, const char *actions,
                              const char *head)
{
    char rest[1024];

    snprintf(rest, sizeof rest,
             "    steps:\n"
             "      - parallel:\n"
             "          writer:\n"
             "            - request: GET /\n"
             "              do: [ { set: { a: 1 } }, %s ]\n"
             "              hold: { gate: set }\n"
             "          looker:\n"
             "            - { await: gate, head: %s }\n"
             "            - release: gate\n",
             actions, head);
    return play(f, rest);
}

static void test_a_head_is_seen_while_its_request_is_held(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play_head(f, "{ end: hello }", "sent"), OUTCOME_PASS);
    forget(state);
    assert_int_equal(play_head(f, "{ end: hello }", "withheld"), OUTCOME_FAIL);
    assert_string_equal(failure(f, 0)->what, "head");
    assert_string_equal(failure(f, 0)->actual, "it came");
    assert_int_equal(failure(f, 0)->line, 14);
}

static void test_a_head_that_is_withheld_is_missed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play_head(f, "{ status: 204 }", "withheld"), OUTCOME_PASS);
    forget(state);
    assert_int_equal(play_head(f, "{ status: 204 }", "sent"), OUTCOME_FAIL);
    assert_string_equal(failure(f, 0)->what, "head");
    assert_string_equal(failure(f, 0)->actual, "it did not come");
}

#define TWO_APPS(store)                                                        \
    "    apps: { a: {}, b: " store " }\n"                                      \
    "    steps:\n"                                                             \
    "      - store: { set: x, session: { n: 1 } }\n"                           \
    "      - store: { get: x }\n"                                              \
    "        via: b\n"

static void test_an_app_has_a_store_of_its_own_where_it_says_so(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        play(f, TWO_APPS("{}") "        expect: { session: { n: 1 } }\n"),
        OUTCOME_PASS);
    forget(state);
    assert_int_equal(
        play(f,
             TWO_APPS("{ store: own }") "        expect: { session: null }\n"),
        OUTCOME_PASS);
}

static void test_what_is_hidden_is_hidden_from_all_apps(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, "    store: { hide: [ touch ] }\n"
                             "    options: { resave: false }\n"
                             "    apps: { a: {}, b: {}, c: { store: own } }\n"
                             "    steps:\n"
                             "      - request: GET /\n"
                             "        via: a\n"
                             "        do: [ { set: { n: 1 } } ]\n"
                             "      - request: GET /\n"
                             "        via: b\n"
                             "        expect: { calls: [ get ] }\n"),
                     OUTCOME_PASS);
}

static void test_what_debug_prints_is_an_event_of_who_asks(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, "    settings: { debug: true }\n"
                             "    options: { cookie: { path: /a } }\n"
                             "    steps:\n"
                             "      - request: GET /\n"
                             "        expect: { events: [ { event: debug,\n"
                             "          text: pathname mismatch } ] }\n"),
                     OUTCOME_PASS);
    forget(state);
    assert_int_equal(play(f, "    steps:\n"
                             "      - request: GET /\n"
                             "        expect: { events: [ debug ] }\n"),
                     OUTCOME_FAIL);
}

/* ----------------------------------------------------------------- time */

#define RUNNING "    needs: [ real-time ]\n"

static void test_what_comes_too_late_counts_for_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, RUNNING "    steps:\n"
                                     "      - wait: 20ms\n"
                                     "      - store: { get: nobody }\n"
                                     "        before: 20ms\n"
                                     "        expect: { found: true }\n"),
                     OUTCOME_SKIP);
    assert_int_equal(f->result.failure_count, 0);
    assert_non_null(strstr(f->result.reason,
                           "the machine was too slow, 3 times: line 10 was "
                           "answered after "));
}

static void test_what_comes_in_time_is_judged(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(play(f, RUNNING "    steps:\n"
                                     "      - request: GET /\n"
                                     "        before: 10m\n"
                                     "        expect: { status: 200 }\n"
                                     "      - store: { get: nobody }\n"
                                     "        before: 10m\n"
                                     "        expect: { found: true }\n"),
                     OUTCOME_FAIL);
    assert_string_equal(failure(f, 0)->what, "found");
}

static void test_to_outlive_is_to_wait_for_the_resolution_too(void **state)
{
    static const char steps[] =
        "    steps:\n"
        "      - store: { set: a, session: {}, cookie: { maxAge: 9s } }\n"
        "      - outlive: 5s\n"
        "      - store: { get: a }\n"
        "        expect: { expires: +3s }\n";
    struct fixture *f = *state;

    assert_int_equal(play(f, steps), OUTCOME_FAIL); /* +4s */
    forget(state);
    f->about_store = json_pack("{s:i}", "resolution", 1000);
    assert_int_equal(play(f, steps), OUTCOME_PASS);
}

static void test_a_frozen_clock_agrees_with_the_stores_own(void **state)
{
    static const char steps[] =
        "    steps:\n"
        "      - store: { set: a, session: {}, cookie: { maxAge: 60s } }\n"
        "      - store: { get: a }\n"
        "        expect: { expires: { near: '%s', within: 10m } }\n";
    struct fixture *f = *state;
    time_t now = time(NULL);
    char date[64], text[512];
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    snprintf(text, sizeof text, steps, date);
    assert_int_equal(play(f, text), OUTCOME_FAIL); /* the fixed start */
    forget(state);
    f->about_store = json_pack("{s:[s]}", "capabilities", "real-clock");
    assert_int_equal(play(f, text), OUTCOME_PASS);
}

static void test_a_step_is_passed_over_where_the_store_cannot(void **state)
{
    static const char steps[] = "    steps:\n"
                                "      - store: { length: }\n"
                                "        where: length\n"
                                "        expect: { length: 7 }\n";
    struct fixture *f = *state;

    assert_int_equal(play(f, steps), OUTCOME_PASS);
    forget(state);
    f->about_store = json_pack("{s:[s]}", "operations", "length");
    assert_int_equal(play(f, steps), OUTCOME_FAIL);
}

static void test_a_step_is_passed_over_behind_an_error(void **state)
{
#define BEHIND(action)                                                         \
    "    steps:\n"                                                             \
    "      - request: GET /\n"                                                 \
    "        do: [ " action " ]\n"                                             \
    "        expect: { error: any }\n"                                         \
    "      - store: { get: nothing }\n"                                        \
    "        where: accepted\n"                                                \
    "        expect: { session: { n: 1 } }\n"
    struct fixture *f = *state;

    assert_int_equal(play(f, BEHIND("{ throw: oops }")), OUTCOME_PASS);
    forget(state);
    assert_int_equal(play(f, BEHIND("{ read: n }")), OUTCOME_FAIL);
#undef BEHIND
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, NULL, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_case_that_holds_passes),
        CASE(test_the_case_stops_after_a_step_that_failed),
        CASE(test_an_unforeseen_error_event_fails_the_case),
        CASE(test_one_event_is_told_once_however_often_it_comes),
        CASE(test_options_that_are_refused_are_an_error),
        CASE(test_a_value_that_cannot_be_saved_fails),
        CASE(test_a_failing_interleaving_is_named_and_drawn),
        CASE(test_a_hazard_that_was_seen_is_shown),
        CASE(test_tracks_of_several_requests_are_interleaved_too),
        CASE(test_a_held_request_stays_until_it_is_released),
        CASE(test_a_deadlock_says_who_waits_where),
        CASE(test_a_gate_that_nobody_reaches_is_named),
        CASE(test_a_head_is_seen_while_its_request_is_held),
        CASE(test_a_head_that_is_withheld_is_missed),
        CASE(test_an_app_has_a_store_of_its_own_where_it_says_so),
        CASE(test_what_is_hidden_is_hidden_from_all_apps),
        CASE(test_what_debug_prints_is_an_event_of_who_asks),
        CASE(test_what_comes_too_late_counts_for_nothing),
        CASE(test_what_comes_in_time_is_judged),
        CASE(test_to_outlive_is_to_wait_for_the_resolution_too),
        CASE(test_a_frozen_clock_agrees_with_the_stores_own),
        CASE(test_a_step_is_passed_over_where_the_store_cannot),
        CASE(test_a_step_is_passed_over_behind_an_error),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
