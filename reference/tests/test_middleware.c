/* test_middleware.c: the order of events of one request */
#include "../middleware.h"

#include "../fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"

#define QUIET  "'resave':false,'saveUninitialized':false"
#define SECRET "'secret':'cat'"
#define CLOCK  "'clock':1700000000000"

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

/* The app "a", with these options. */
static void put(struct apps *apps, const char *options)
{
    char body[512];

    snprintf(body, sizeof body, "{" CLOCK ",'options':{" SECRET "%s%s}}",
             *options ? "," : "", options);
    put_app(apps, "a", body);
}

static void order_fault(struct apps *apps, const char *text)
{
    struct app *app = apps_hold(apps, "a");
    json_t *body = json_of(text);
    struct js_error error;

    assert_int_equal(fault_add(&app->faults, body, &error), 0);
    json_decref(body);
    app_release(app);
}

/* A request whose store calls are these; its Set-Cookie, or NULL. */
static char *run(struct apps *apps, const char *actions, const char *cookie,
                 const char *calls)
{
    struct exchange exchange;
    char *set;

    exchange_on(apps, &exchange, "GET", "/", actions, cookie);
    assert_string_equal(exchange.calls, calls);
    set = cookie_sent(&exchange);
    exchange_clear(&exchange);
    return set;
}

/* The same, without a Set-Cookie. */
static void run_silent(struct apps *apps, const char *actions,
                       const char *cookie, const char *calls)
{
    char *set = run(apps, actions, cookie, calls);

    assert_null(set);
    free(set);
}

static char *new_visitor(struct apps *apps)
{
    char *cookie = run(apps, "[['set','user','tobi']]", NULL, "set:ok");

    assert_non_null(cookie);
    return cookie;
}

/* ---- What goes out before the write is done ---------------------------- */

static void assert_withheld(struct apps *apps, const char *method,
                            const char *actions, const char *before,
                            const char *end)
{
    struct exchange exchange;

    exchange_on(apps, &exchange, method, "/", actions, NULL);
    assert_string_equal(exchange.calls, "set:ok");
    if (before) {
        assert_non_null(exchange.before);
        assert_string_equal(
            exchange.before + strlen(exchange.before) - strlen(before), before);
    } else {
        assert_null(exchange.before);
    }
    assert_string_equal(exchange.sent + exchange.length - strlen(end), end);
    exchange_clear(&exchange);
}

static void test_the_last_byte_waits_for_the_write(void **state)
{
    put(*state, "'resave':false,'saveUninitialized':true");
    assert_withheld(*state, "GET",
                    "[['header','Content-Length',5],['end','hello']]",
                    "\r\n\r\nhell", "\r\n\r\nhello");
}

static void test_the_end_of_a_chunked_body_waits(void **state)
{
    put(*state, "'resave':false,'saveUninitialized':true");
    assert_withheld(*state, "GET", "[['end','hello']]", "5\r\nhello\r\n",
                    "hello\r\n0\r\n\r\n");
    assert_withheld(*state, "GET", "[['write','he'],['end','llo']]",
                    "3\r\nllo\r\n", "llo\r\n0\r\n\r\n");
}

static void test_the_whole_head_waits_where_there_is_no_body(void **state)
{
    put(*state, "'resave':false,'saveUninitialized':true");
    assert_withheld(*state, "HEAD", "[['end','hello']]", NULL, "\r\n\r\n");
    assert_withheld(*state, "GET", "[['status',204]]", NULL, "\r\n\r\n");
    assert_withheld(*state, "GET", "[['status',304],['end','x']]", NULL,
                    "\r\n\r\n");
}

static void test_the_cookie_can_be_seen_before_the_write_is_done(void **state)
{
    struct exchange exchange;

    put(*state, "'resave':false,'saveUninitialized':true");
    exchange_on(*state, &exchange, "GET", "/", "[['end','hello']]", NULL);
    assert_non_null(strstr(exchange.before, "Set-Cookie: connect.sid=s%3A"));
    exchange_clear(&exchange);
}

static void test_the_store_is_called_before_the_head_is_built(void **state)
{
    struct exchange exchange;
    json_t *events;
    const json_t *first;

    put(*state, QUIET ",'cookie':{'domain':'a_b'}"); /* no Set-Cookie of it */
    exchange_on(*state, &exchange, "GET", "/", "[['set','a',1]]", NULL);
    assert_string_equal(exchange.calls, "set:ok error");
    events = events_of(exchange.app, 0);
    first = json_array_get(events, 1);
    assert_string_equal(text_of(first, "text"), "option domain is invalid");
    assert_null(strstr(exchange.sent, "Set-Cookie"));
    assert_non_null(strstr(exchange.sent, "HTTP/1.1 200 OK"));
    json_decref(events);
    exchange_clear(&exchange);
}

static void test_an_error_of_the_write_does_not_keep_the_body_back(void **state)
{
    struct exchange exchange;

    put(*state, "'resave':false,'saveUninitialized':true");
    order_fault(*state, "{'op':'set','error':{'message':'disk full'}}");
    exchange_on(*state, &exchange, "GET", "/", "[['end','hello']]", NULL);
    assert_string_equal(exchange.calls, "set:error error");
    assert_non_null(strstr(exchange.sent, "hello\r\n0\r\n\r\n"));
    exchange_clear(&exchange);
}

/* ---- What is done at the end ------------------------------------------- */

static void test_an_unmodified_session_is_touched(void **state)
{
    char *cookie;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    run_silent(*state, "[]", cookie, "get:hit touch:ok");
    free(cookie);
}

static void test_resave_sets_an_unmodified_session(void **state)
{
    char *cookie;

    put(*state, "'resave':true,'saveUninitialized':false");
    cookie = new_visitor(*state);
    run_silent(*state, "[]", cookie, "get:hit set:ok");
    run_silent(*state, "[['save']]", cookie, "get:hit set:ok touch:ok");
    free(cookie);
}

static void test_without_touch_there_is_no_write(void **state)
{
    char *cookie;

    put_app(*state, "a",
            "{'options':{" SECRET "," QUIET "},'store':{'hide':['touch']}}");
    cookie = new_visitor(*state);
    run_silent(*state, "[]", cookie, "get:hit");
    free(cookie);
}

static void test_a_value_put_back_is_no_modification(void **state)
{
    char *cookie;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    run_silent(*state, "[['set','user','x'],['set','user','tobi']]", cookie,
               "get:hit touch:ok");
    run_silent(*state, "[['set','a',{}]]", cookie, "get:hit set:ok");
    free(cookie);
}

static void test_rolling_sends_the_cookie_again(void **state)
{
    char *cookie, *again;

    put(*state, QUIET ",'rolling':true");
    cookie = new_visitor(*state);
    again = run(*state, "[]", cookie, "get:hit touch:ok");
    assert_string_equal(again, cookie);
    free(again);
    run_silent(*state, "[]", NULL, "");
    free(cookie);
}

/* Another ID under the same signature. The signature's own characters are
 * random, and may be half of a percent sequence. */
static void tamper(char *cookie)
{
    char *sid = strstr(cookie, "s%3A");

    assert_non_null(sid);
    sid += strlen("s%3A");
    *sid = *sid == 'A' ? 'B' : 'A';
}

static void test_a_forged_cookie_reaches_no_store(void **state)
{
    char *cookie;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    tamper(cookie);
    run_silent(*state, "[]", cookie, "");
    free(cookie);
}

static void test_regenerate_destroys_and_sets_twice_where_saved(void **state)
{
    char *cookie, *renewed;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    renewed = run(*state, "[['regenerate'],['save']]", cookie,
                  "get:hit destroy:ok set:ok set:ok");
    assert_string_not_equal(renewed, cookie);
    free(renewed);
    free(cookie);
}

static void test_a_destroyed_session_is_not_written(void **state)
{
    char *cookie;

    put(*state, QUIET ",'rolling':true");
    cookie = new_visitor(*state);
    run_silent(*state, "[['destroy']]", cookie, "get:hit destroy:ok");
    free(cookie);
}

static void test_unset_destroys_at_the_end(void **state)
{
    char *cookie;

    put(*state, QUIET ",'unset':'destroy'");
    cookie = new_visitor(*state);
    run_silent(*state, "[['unset']]", cookie, "get:hit destroy:ok");
    free(cookie);
    cookie = new_visitor(*state);
    run_silent(*state, "[['destroy']]", cookie,
               "get:hit destroy:ok destroy:ok");
    free(cookie);
}

static void test_unset_keeps_by_default(void **state)
{
    char *cookie;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    run_silent(*state, "[['set','user','x'],['delete-session']]", cookie,
               "get:hit");
    run_silent(*state, "[]", cookie, "get:hit touch:ok");
    free(cookie);
}

static void test_an_id_that_is_no_text_is_not_written(void **state)
{
    put(*state, "'resave':true,'saveUninitialized':true,'rolling':true");
    run_silent(*state, "[['sessionID',5],['set','a',1]]", NULL, "");
}

static void test_a_second_end_does_nothing(void **state)
{
    struct exchange exchange;

    put(*state, "'resave':true,'saveUninitialized':true");
    exchange_on(*state, &exchange, "GET", "/", "[['end','a'],['end','b']]",
                NULL);
    assert_string_equal(exchange.calls, "set:ok");
    assert_string_equal(strstr(exchange.sent, "\r\n\r\n"),
                        "\r\n\r\n1\r\na\r\n0\r\n\r\n");
    exchange_clear(&exchange);
}

/* ---- Secure cookies ---------------------------------------------------- */

static void assert_sent_by_proxy(struct apps *apps, const char *proto,
                                 bool is_sent)
{
    struct exchange exchange;
    char *cookie;

    exchange_by_proxy(apps, &exchange, "GET", "/", "[['set','a',1]]", NULL,
                      proto);
    assert_string_equal(exchange.calls, "set:ok");
    cookie = cookie_sent(&exchange);
    assert_int_equal(cookie != NULL, is_sent);
    free(cookie);
    exchange_clear(&exchange);
}

static void test_a_trusted_proxy_says_what_is_secure(void **state)
{
    put(*state, QUIET ",'cookie':{'secure':true},'proxy':true");
    assert_sent_by_proxy(*state, "https", true);
    assert_sent_by_proxy(*state, " HTTPS ,http", true);
    assert_sent_by_proxy(*state, "http, https", false);
    assert_sent_by_proxy(*state, "", false);
    assert_sent_by_proxy(*state, NULL, false);
}

static void test_a_proxy_that_is_not_trusted_says_nothing(void **state)
{
    put(*state, QUIET ",'cookie':{'secure':true},'proxy':false");
    assert_sent_by_proxy(*state, "https", false);
    put(*state, QUIET ",'cookie':{'secure':true}");
    assert_sent_by_proxy(*state, "https", false);
}

static void test_without_the_option_express_says_it(void **state)
{
    put_app(*state, "a",
            "{'options':{" SECRET "," QUIET ",'cookie':{'secure':true}},"
            "'settings':{'trust proxy':1}}");
    assert_sent_by_proxy(*state, "https", true);
    assert_sent_by_proxy(*state, "HTTPS", false);
}

/* ---- Errors on the way in ---------------------------------------------- */

static void assert_error(struct apps *apps, const char *cookie,
                         const char *answer, const char *calls)
{
    struct exchange exchange;

    exchange_on(apps, &exchange, "GET", "/", "[['set','a',1]]", cookie);
    assert_non_null(strstr(exchange.sent, "HTTP/1.1 500 "));
    assert_json(exchange.answer, answer);
    assert_string_equal(exchange.calls, calls);
    exchange_clear(&exchange);
}

static void test_without_a_secret_nothing_is_done(void **state)
{
    put_app(*state, "a", "{'options':{}}");
    assert_error(*state, NULL,
                 "{'error':{'name':'Error','message':"
                 "'secret option required for sessions'}}",
                 "");
}

static void
test_a_secret_that_cannot_sign_throws_where_it_is_asked(void **state)
{
    char *cookie;

    put_app(*state, "a", "{'options':{" QUIET ",'secret':['cat',null]}}");
    cookie = new_visitor(*state);
    run_silent(*state, "[]", cookie, "get:hit touch:ok");
    tamper(cookie);
    assert_error(*state, cookie,
                 "{'error':{'name':'TypeError','message':"
                 "'Secret key must be provided.'}}",
                 "");
    free(cookie);
}

static void test_an_error_of_get_is_the_answer(void **state)
{
    char *cookie;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    order_fault(*state, "{'op':'get','error':{'message':'down'}}");
    assert_error(*state, cookie, "{'error':{'name':'Error','message':'down'}}",
                 "get:error");
    free(cookie);
}

static void test_an_error_of_get_with_unset_destroys(void **state)
{
    char *cookie;

    put(*state, QUIET ",'unset':'destroy'");
    cookie = new_visitor(*state);
    order_fault(*state, "{'op':'get','error':{'message':'down'}}");
    assert_error(*state, cookie, "{'error':{'name':'Error','message':'down'}}",
                 "get:error destroy:ok");
    free(cookie);
}

static void test_enoent_counts_as_not_found(void **state)
{
    char *cookie, *renewed;

    put(*state, QUIET);
    cookie = new_visitor(*state);
    order_fault(*state, "{'op':'get','error':{'message':'gone',"
                        "'code':'ENOENT'}}");
    renewed = run(*state, "[['set','a',1]]", cookie, "get:error set:ok");
    assert_string_not_equal(renewed, cookie);
    free(renewed);
    free(cookie);
}

static void test_a_touch_that_throws_is_an_error_of_the_end(void **state)
{
    struct exchange exchange;

    put(*state, QUIET);
    exchange_on(*state, &exchange, "GET", "/",
                "[['cookie','originalMaxAge',{}],['set','a',1]]", NULL);
    assert_non_null(strstr(exchange.sent, "HTTP/1.1 500 "));
    assert_json(exchange.answer, "{'error':{'name':'TypeError','message':"
                                 "'maxAge must be a number or Date'}}");
    assert_string_equal(exchange.calls, "");
    exchange_clear(&exchange);
}

static void test_an_exception_after_the_head_cuts_the_connection(void **state)
{
    struct exchange exchange;

    put(*state, "'resave':true,'saveUninitialized':true");
    exchange_on(*state, &exchange, "GET", "/",
                "[['write','hel'],['throw','boom']]", NULL);
    assert_string_equal(exchange.calls, "error");
    assert_null(strstr(exchange.sent, "0\r\n\r\n"));
    exchange_clear(&exchange);
}

/* ---- Where there is no session ----------------------------------------- */

static void assert_session_at(struct apps *apps, const char *target,
                              bool has_one)
{
    struct exchange exchange;

    exchange_on(apps, &exchange, "GET", target, "[]", NULL);
    assert_int_equal(
        json_is_object(json_object_get(exchange.answer, "session")), has_one);
    exchange_clear(&exchange);
}

static void test_a_path_that_does_not_begin_so_has_none(void **state)
{
    put(*state, QUIET ",'cookie':{'path':'/foo'}");
    assert_session_at(*state, "/foo", true);
    assert_session_at(*state, "/foobar", true);
    assert_session_at(*state, "/fo", false);
    assert_session_at(*state, "/FOO", false);
    assert_session_at(*state, "/bar/foo", false);
}

static void test_an_absolute_target_is_judged_by_its_path(void **state)
{
    put(*state, QUIET ",'cookie':{'path':'/foo'}");
    assert_session_at(*state, "http://example.com/foo", true);
    assert_session_at(*state, "http://example.com", false);
    put(*state, QUIET);
    assert_session_at(*state, "http://example.com", true);
}

static void test_a_mounted_app_is_judged_by_the_original_path(void **state)
{
    put_app(*state, "a",
            "{'options':{" SECRET "," QUIET ",'cookie':{'path':'/foo/bar'}},"
            "'settings':{'mount':'/foo'}}");
    assert_session_at(*state, "/foo/bar", true);
    assert_session_at(*state, "/foo", false);
    assert_session_at(*state, "/bar", false);
}

static void test_while_the_store_is_down_there_is_none(void **state)
{
    struct app *app;

    put(*state, QUIET);
    app = apps_hold(*state, "a");
    apps_emit(*state, app, false);
    assert_session_at(*state, "/", false);
    apps_emit(*state, app, true);
    assert_session_at(*state, "/", true);
    app_release(app);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_last_byte_waits_for_the_write),
        TEST(test_the_end_of_a_chunked_body_waits),
        TEST(test_the_whole_head_waits_where_there_is_no_body),
        TEST(test_the_cookie_can_be_seen_before_the_write_is_done),
        TEST(test_the_store_is_called_before_the_head_is_built),
        TEST(test_an_error_of_the_write_does_not_keep_the_body_back),
        TEST(test_an_unmodified_session_is_touched),
        TEST(test_resave_sets_an_unmodified_session),
        TEST(test_without_touch_there_is_no_write),
        TEST(test_a_value_put_back_is_no_modification),
        TEST(test_rolling_sends_the_cookie_again),
        TEST(test_a_forged_cookie_reaches_no_store),
        TEST(test_regenerate_destroys_and_sets_twice_where_saved),
        TEST(test_a_destroyed_session_is_not_written),
        TEST(test_unset_destroys_at_the_end),
        TEST(test_unset_keeps_by_default),
        TEST(test_an_id_that_is_no_text_is_not_written),
        TEST(test_a_second_end_does_nothing),
        TEST(test_a_trusted_proxy_says_what_is_secure),
        TEST(test_a_proxy_that_is_not_trusted_says_nothing),
        TEST(test_without_the_option_express_says_it),
        TEST(test_without_a_secret_nothing_is_done),
        TEST(test_a_secret_that_cannot_sign_throws_where_it_is_asked),
        TEST(test_an_error_of_get_is_the_answer),
        TEST(test_an_error_of_get_with_unset_destroys),
        TEST(test_enoent_counts_as_not_found),
        TEST(test_a_touch_that_throws_is_an_error_of_the_end),
        TEST(test_an_exception_after_the_head_cuts_the_connection),
        TEST(test_a_path_that_does_not_begin_so_has_none),
        TEST(test_an_absolute_target_is_judged_by_its_path),
        TEST(test_a_mounted_app_is_judged_by_the_original_path),
        TEST(test_while_the_store_is_down_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
