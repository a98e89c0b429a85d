/* test_expect.c: judging what a step saw by its `expect`
 *
 * No target: replies and traces are made up here.
 */
#include "../expect.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define SID "abcdefghijklmnopqrstuvwxyz012345"

struct fixture {
    struct problems problems;
    struct play_options options;
    struct scene scene;
    struct scene_app app;
    struct track track;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof f);
    vars_init(&f.scene.vars, NULL);
    f.scene.options = &f.options;
    f.scene.now_ms = SCENE_START_MS;
    vars_set_now(&f.scene.vars, SCENE_START_MS);
    f.scene.apps = &f.app;
    f.scene.app_count = 1;
    f.scene.failures.arena = &f.scene.arena;
    f.app.warnings = json_array();
    f.app.foreseen = json_array();
    trace_init(&f.app.trace);
    f.track.scene = &f.scene;
    observation_start(&f.track.seen, &f.app, SCENE_START_MS);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    observation_clear(&f->track.seen);
    trace_clear(&f->app.trace);
    json_decref(f->app.warnings);
    json_decref(f->app.foreseen);
    vars_clear(&f->scene.vars);
    arena_free(&f->scene.arena);
    problems_free(&f->problems);
    return 0;
}

/* A 200 with a body, and a Set-Cookie where that is not NULL. */
static void reply(struct fixture *f, const char *body, const char *cookie)
{
    struct http_reply got = { .transport = HTTP_OK, .status = 200 };

    got.body = strdup(body);
    got.body_length = strlen(body);
    if (cookie)
        http_headers_add(&got.headers, "Set-Cookie", cookie);
    http_headers_add(&got.headers, "X-Two", "one");
    http_headers_add(&got.headers, "x-two", "two");
    observation_reply(&f->track.seen, &got, "connect.sid");
    http_reply_clear(&got);
}

static void answer(struct fixture *f)
{
    reply(
        f,
        "{\"now\":1700000030000,\"sessionID\":\"" SID "\","
        "\"session\":{\"user\":\"tobi\"},\"cookie\":{\"originalMaxAge\":60000,"
        "\"expires\":\"2023-11-14T22:14:20.000Z\",\"httpOnly\":true,"
        "\"path\":\"/\",\"maxAge\":30000},\"secure\":false,\"log\":["
        "{\"do\":\"set\"},{\"do\":\"read\",\"value\":7},"
        "{\"do\":\"save\",\"error\":{\"message\":\"full\"}}]}",
        NULL);
}

static const struct node *yaml(struct fixture *f, const char *text)
{
    const struct node *node =
        node_parse(&f->scene.arena, "test", text, strlen(text), &f->problems);

    assert_non_null(node);
    return node;
}

/* The `what` of all that fails, in order and with a blank behind each. */
static const char *wrong(struct fixture *f, const char *expect)
{
    const char *words = "";

    f->scene.failures.count = 0;
    assert_true(expect_judge(&f->track, &f->track.seen, yaml(f, expect),
                             &f->scene.failures, false));
    for (size_t i = 0; i < f->scene.failures.count; i++)
        words = arena_printf(&f->scene.arena, "%s%s ", words,
                             f->scene.failures.list[i].what);
    return words;
}

static void test_what_fits_gives_no_finding(void **state)
{
    struct fixture *f = *state;

    answer(f);
    assert_string_equal(
        wrong(f, "{ status: 200, session: { user: tobi }, maxAge: 30s,"
                 "  originalMaxAge: 60s, expires: +30s, cookie: none,"
                 "  sessionID: " SID ", cookies: 0, transport: ok,"
                 "  session-has: { user: tobi }, error: absent }"),
        "");
}

static void test_all_that_fails_is_found(void **state)
{
    struct fixture *f = *state;

    answer(f);
    assert_string_equal(
        wrong(f, "{ status: 201, session: { user: loki }, maxAge: 31s,"
                 "  originalMaxAge: 61s, expires: +31s, cookie: { path: / },"
                 "  sessionID: x, cookies: 1, transport: reset,"
                 "  session-has: { n: 1 }, error: { message: x }, body: x }"),
        "status transport error cookie cookies sessionID session session-has "
        "maxAge originalMaxAge expires body ");
}

static void test_a_finding_knows_its_line_and_both_values(void **state)
{
    struct fixture *f = *state;
    const struct result_failure *failure;

    answer(f);
    assert_string_equal(wrong(f, "status: 200\nmaxAge: 31s\n"), "maxAge ");
    failure = &f->scene.failures.list[0];
    assert_int_equal(failure->line, 2);
    assert_string_equal(failure->expected, "31000");
    assert_string_equal(failure->actual, "30000");
}

static void test_a_body_of_ones_own_has_no_session(void **state)
{
    struct fixture *f = *state;

    reply(f, "hello", NULL);
    assert_string_equal(wrong(f, "{ body: hello }"), "");
    assert_string_equal(wrong(f, "{ session: {}, log: [], sessionID: new }"),
                        "sessionID session log ");
    assert_string_equal(wrong(f, "{ session: absent }"), "");
}

static void test_no_session_is_null(void **state)
{
    struct fixture *f = *state;

    reply(f, "{\"sessionID\":null,\"session\":null,\"cookie\":null}", NULL);
    assert_string_equal(wrong(f, "{ session: null, sessionID: null }"), "");
    assert_string_equal(wrong(f, "{ session: {}, sessionID: new }"),
                        "sessionID session ");
}

static void test_a_log_is_told_whole_or_by_what_it_has_to_say(void **state)
{
    struct fixture *f = *state;

    answer(f);
    assert_string_equal(
        wrong(f, "{ log: [ {}, { value: 7 }, { error: { message: full } } ] }"),
        "");
    assert_string_equal(
        wrong(f, "{ log: [ { value: 7 }, { error: { message: full } } ] }"),
        "");
    assert_string_equal(
        wrong(f, "{ log: [ { value: 8 }, { error: absent } ] }"),
        "log.0.value log.1.error ");
    assert_string_equal(wrong(f, "{ log: [ { value: 7 } ] }"), "log ");
}

static void test_of_several_headers_any_may_fit(void **state)
{
    struct fixture *f = *state;

    answer(f);
    assert_string_equal(wrong(f, "{ headers: { X-TWO: two } }"), "");
    assert_string_equal(wrong(f, "{ headers: { x-two: one, x-one: absent } }"),
                        "");
    assert_string_equal(
        wrong(f, "{ headers: { x-two: three, x-one: a, X-two: absent } }"),
        "headers.x-two headers.x-one headers.X-two ");
}

/* -------------------------------------------------- a clock of its own */

static void test_times_of_a_store_with_its_own_clock_have_slack(void **state)
{
    static const char times[] = "{ maxAge: 29s, expires: +29s }";
    struct fixture *f = *state;
    json_t *store = json_pack("{s:[s], s:i}", "capabilities", "real-clock",
                              "resolution", 1000);

    answer(f);
    assert_string_equal(wrong(f, times), "maxAge expires ");
    f->options.about_store = store;
    assert_string_equal(wrong(f, times), "");
    assert_string_equal(wrong(f, "{ originalMaxAge: 59s }"), "originalMaxAge ");
    f->track.seen.label = "r1"; /* of a request, which loaded nothing */
    assert_string_equal(wrong(f, times), "maxAge expires ");
    f->track.seen.sent_sid = strdup(SID);
    assert_string_equal(wrong(f, times), "");
    json_object_set_new(store, "resolution", json_integer(0));
    f->scene.opened_at = INT64_MAX / 2; /* no time has gone by */
    assert_string_equal(wrong(f, times), "maxAge expires ");
    json_decref(store);
}

/* ----------------------------------------------------------- the cookie */

static void set_cookie(struct fixture *f, const char *attributes)
{
    char *value = signed_value(SID, "cat", 3);
    char *encoded = percent_encode(value);
    const char *header =
        arena_printf(&f->scene.arena, "connect.sid=%s%s", encoded, attributes);

    free(encoded);
    free(value);
    observation_start(&f->track.seen, &f->app, SCENE_START_MS);
    reply(f, "{}", header);
}

static void test_the_cookies_attributes_are_judged(void **state)
{
    struct fixture *f = *state;

    set_cookie(f, "; Domain=a.test; Path=/x; Expires=Tue, 14 Nov 2023 22:14:20 "
                  "GMT; HttpOnly; Secure; Partitioned; Priority=High; "
                  "SameSite=Lax");
    assert_string_equal(
        wrong(f, "{ cookie: { domain: a.test, path: /x, expires: +60s,"
                 "  httpOnly: true, secure: true, partitioned: true,"
                 "  priority: high, sameSite: lax, only: true, maxAge: absent,"
                 "  name: connect.sid, value: { matches: ^s%3A } } }"),
        "");
    assert_string_equal(
        wrong(f, "{ cookie: { domain: absent, path: /, expires: +61s,"
                 "  httpOnly: false, secure: false, partitioned: absent,"
                 "  priority: low, sameSite: false, maxAge: '1' } }"),
        "cookie.domain cookie.path cookie.expires cookie.maxAge "
        "cookie.httpOnly cookie.secure cookie.partitioned cookie.priority "
        "cookie.sameSite ");
}

static void test_a_bare_cookie_has_no_attributes(void **state)
{
    struct fixture *f = *state;

    set_cookie(f, "");
    assert_string_equal(
        wrong(f, "{ cookie: { domain: absent, path: absent, expires: absent,"
                 "  httpOnly: false, secure: absent, sameSite: false,"
                 "  only: true } }"),
        "");
    assert_string_equal(wrong(f, "{ cookie: none }"), "cookie ");
}

static void test_only_forbids_what_is_not_named(void **state)
{
    struct fixture *f = *state;

    set_cookie(f, "; Path=/; HttpOnly; Odd=1");
    assert_string_equal(
        wrong(f, "{ cookie: { path: /, httpOnly: true, only: true } }"),
        "cookie.only ");
    assert_string_equal(wrong(f, "{ cookie: { path: /, only: true } }"),
                        "cookie.only cookie.only ");
    assert_string_equal(wrong(f, "{ cookie: { path: /, only: false } }"), "");
}

static void test_the_signature_is_verified(void **state)
{
    struct fixture *f = *state;

    set_cookie(f, "");
    assert_string_equal(
        wrong(f, "{ cookie: { signed-by: cat, sid: " SID " } }"), "");
    assert_string_equal(wrong(f, "{ cookie: { signed-by: { base64: Y2F0 } } }"),
                        "");
    assert_string_equal(wrong(f, "{ cookie: { signed-by: dog, sid: x } }"),
                        "cookie.signed-by cookie.sid ");
}

static void test_same_and_new_are_of_what_was_sent(void **state)
{
    struct fixture *f = *state;

    set_cookie(f, "");
    assert_string_equal(wrong(f, "{ cookie: { sid: new } }"), "");
    assert_string_equal(wrong(f, "{ cookie: { sid: same } }"), "cookie.sid ");
    f->track.seen.sent_sid = strdup(SID);
    assert_string_equal(wrong(f, "{ cookie: { sid: same } }"), "");
    assert_string_equal(wrong(f, "{ cookie: { sid: new } }"), "cookie.sid ");
    free(f->track.seen.sent_sid);
    f->track.seen.sent_sid = strdup("other");
    assert_string_equal(wrong(f, "{ cookie: { sid: new } }"), "");
    assert_string_equal(wrong(f, "{ cookie: { sid: same } }"), "cookie.sid ");
}

static void test_another_cookie_is_not_the_sessions(void **state)
{
    struct fixture *f = *state;

    reply(f, "{}", "theme=dark; Path=/");
    assert_string_equal(wrong(f, "{ cookie: none, cookies: 1 }"), "");
    assert_string_equal(wrong(f, "{ cookie: { path: / } }"), "cookie ");
}

/* What an operation straight on the store answered. */
static void store_said(struct fixture *f, const char *op, const char *json)
{
    json_t *body = json_loads(json, 0, NULL);

    assert_non_null(body);
    observation_start(&f->track.seen, &f->app, SCENE_START_MS);
    observation_answer(&f->track.seen, op, 200, body);
    json_decref(body);
}

static void test_any_error_is_one_or_none(void **state)
{
    struct fixture *f = *state;
    const char *expect = "{ error: any, found: { one-of: [ false, absent ] } }";

    store_said(f, "get", "{\"error\":{\"message\":\"spoilt\"}}");
    assert_string_equal(wrong(f, expect), "");
    assert_string_equal(wrong(f, "{ error: absent }"), "error ");
    store_said(f, "get", "{\"session\":null}");
    assert_string_equal(wrong(f, expect), "");
    store_said(f, "get", "{\"session\":{}}");
    assert_string_equal(wrong(f, expect), "found ");
}

static void test_all_sessions_are_judged_in_any_order(void **state)
{
    struct fixture *f = *state;

    store_said(f, "all",
               "{\"sessions\":[{\"session\":{\"n\":1,\"cookie\":{}}},"
               "{\"sid\":\"b\",\"session\":{\"n\":2}}]}");
    assert_string_equal(wrong(f, "{ sessions: [ { n: 1 }, { n: 2 } ] }"), "");
    assert_string_equal(wrong(f, "{ sessions: [ { n: 2 }, { n: 1 } ] }"), "");
    assert_string_equal(wrong(f, "{ sessions: [ { n: 1 } ] }"), "sessions ");
    assert_string_equal(wrong(f, "{ sessions: [ { n: 1 }, { n: 1 } ] }"),
                        "sessions ");
    assert_string_equal(
        wrong(f, "{ sessions: [ { n: 1 }, { n: 2 }, { n: 2 } ] }"),
        "sessions ");
    assert_string_equal(wrong(f, "{ sessions: [ {}, { n: 2 } ] }"),
                        "sessions ");
    store_said(f, "all", "{\"sessions\":[]}");
    assert_string_equal(wrong(f, "{ sessions: [] }"), "");
    store_said(f, "get", "{\"session\":null}");
    assert_string_equal(wrong(f, "{ sessions: [ { n: 1 } ] }"), "sessions ");
}

static void test_what_is_alive_has_a_bound(void **state)
{
    struct fixture *f = *state;

    store_said(f, "reopen", "{\"alive\":120.0}");
    assert_string_equal(wrong(f, "{ alive: { at-most: 100, within: 20 } }"),
                        "");
    assert_string_equal(wrong(f, "{ alive: { at-most: 100, within: 19 } }"),
                        "alive ");
    assert_string_equal(wrong(f, "{ alive: 120 }"), "");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_what_fits_gives_no_finding),
        CASE(test_all_that_fails_is_found),
        CASE(test_a_finding_knows_its_line_and_both_values),
        CASE(test_a_body_of_ones_own_has_no_session),
        CASE(test_no_session_is_null),
        CASE(test_a_log_is_told_whole_or_by_what_it_has_to_say),
        CASE(test_of_several_headers_any_may_fit),
        CASE(test_times_of_a_store_with_its_own_clock_have_slack),
        CASE(test_the_cookies_attributes_are_judged),
        CASE(test_a_bare_cookie_has_no_attributes),
        CASE(test_only_forbids_what_is_not_named),
        CASE(test_the_signature_is_verified),
        CASE(test_same_and_new_are_of_what_was_sent),
        CASE(test_another_cookie_is_not_the_sessions),
        CASE(test_any_error_is_one_or_none),
        CASE(test_all_sessions_are_judged_in_any_order),
        CASE(test_what_is_alive_has_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
