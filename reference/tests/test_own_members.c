/* test_own_members.c: a handler replaces what a session has itself: its
 * methods, its cookie */
#include "../middleware.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"

#define LOUD "{'options':{'secret':'cat'},'clock':1700000000000}"
#define QUIET                                                                  \
    "{'options':{'secret':'cat','resave':false,'saveUninitialized':false},"    \
    "'clock':1700000000000}"

static int set_up(void **state)
{
    *state = apps_new(NULL);
    put_app(*state, "a", LOUD);
    return 0;
}

static int tear_down(void **state)
{
    apps_free(*state);
    return 0;
}

/* A request without a cookie: its store calls, and the answer's member. */
static void assert_run(struct apps *apps, const char *actions,
                       const char *calls, const char *member,
                       const char *expected)
{
    struct exchange exchange;

    exchange_on(apps, &exchange, "GET", "/", actions, NULL);
    assert_string_equal(exchange.calls, calls);
    assert_json(json_object_get(exchange.answer, member), expected);
    exchange_clear(&exchange);
}

/* One that ends in a 500 with that message. */
static void assert_throws(struct apps *apps, const char *actions,
                          const char *message)
{
    struct exchange exchange;
    const json_t *error;

    exchange_on(apps, &exchange, "GET", "/", actions, NULL);
    assert_memory_equal(exchange.sent, "HTTP/1.1 500 ", 13);
    assert_string_equal(exchange.calls, "");
    error = json_object_get(exchange.answer, "error");
    assert_string_equal(text_of(error, "name"), "TypeError");
    assert_string_equal(text_of(error, "message"), message);
    exchange_clear(&exchange);
}

/* ---- Methods ----------------------------------------------------------- */

static void test_a_replaced_save_fails_at_the_end(void **state)
{
    static const char message[] = "req.session.save is not a function";

    assert_throws(*state, "[['set','save','x']]", message);
    assert_throws(*state, "[['add','save',1]]", message);
    assert_throws(*state, "[['push','save.x',1]]", message);
}

static void test_a_replaced_save_is_no_data(void **state)
{
    put_app(*state, "a", QUIET);
    assert_run(*state, "[['set','save','x']]", "", "session", "{}");
    assert_run(*state, "[['set','save','x'],['read','save']]", "", "log",
               "[{'do':'set'},{'do':'read','value':null}]");
}

static void test_a_replaced_method_is_not_called(void **state)
{
    put_app(*state, "a", QUIET);
    assert_run(*state, "[['set','save',1],['save']]", "", "log",
               "[{'do':'set'},{'do':'save','error':{'message':"
               "'session.save is not a function'}}]");
    assert_run(*state, "[['set','reload',1],['reload']]", "", "log",
               "[{'do':'set'},{'do':'reload','error':{'message':"
               "'session.reload is not a function'}}]");
}

static void test_a_deleted_save_is_the_prototypes(void **state)
{
    assert_run(*state, "[['set','save','x'],['delete','save']]", "set:ok",
               "session", "{}");
    /* Not noticed by the middleware, which saves again at the end. */
    assert_run(*state, "[['delete','save'],['save']]", "set:ok set:ok",
               "session", "{}");
    assert_run(*state, "[['save']]", "set:ok", "session", "{}");
}

static void test_a_regenerated_session_has_no_save_of_its_own(void **state)
{
    put_app(*state, "a", QUIET);
    assert_run(*state, "[['regenerate'],['set','save',1],['sessionID',1]]",
               "destroy:ok", "session", "{'save':1}");
}

static void test_a_replaced_inherited_method_is_data(void **state)
{
    assert_run(*state, "[['set','destroy',5],['destroy']]", "set:ok", "session",
               "{'destroy':5}");
    assert_throws(*state, "[['set','touch',1]]",
                  "req.session.touch is not a function");
    assert_throws(*state, "[['set','resetMaxAge',1]]",
                  "this.resetMaxAge is not a function");
}

/* ---- The cookie -------------------------------------------------------- */

static void test_a_plain_cookie_is_stored_as_it_stands(void **state)
{
    struct exchange exchange;
    json_t *events;

    exchange_on(*state, &exchange, "GET", "/", "[['set','cookie',{'a':1}]]",
                NULL);
    events = events_of(exchange.app, 0);
    assert_json(json_object_get(json_array_get(events, 0), "session"),
                "{'cookie':{'a':1}}");
    json_decref(events);
    exchange_clear(&exchange);
}

static void test_touch_copies_a_plain_cookies_max_age(void **state)
{
    put_app(*state, "a", QUIET);
    assert_run(*state,
               "[['set','cookie',{'originalMaxAge':5,'maxAge':3}],['touch']]",
               "", "cookie", "{'originalMaxAge':5,'maxAge':5}");
    assert_run(*state,
               "[['set','cookie',[7]],['cookie','originalMaxAge',5],"
               "['touch']]",
               "", "cookie", "{'0':7,'maxAge':5}");
}

static void test_a_cookie_without_members_cannot_be_touched(void **state)
{
    assert_throws(*state, "[['set','cookie',null]]",
                  "Cannot read properties of null (reading 'originalMaxAge')");
    assert_throws(*state, "[['delete','cookie']]",
                  "Cannot read properties of undefined (reading "
                  "'originalMaxAge')");
    assert_throws(*state, "[['set','cookie','x']]",
                  "Cannot create property 'maxAge' on string 'x'");
}

static void assert_cookie(struct apps *apps, const char *actions,
                          const char *attributes)
{
    struct exchange exchange;
    const char *set, *end, *from;

    exchange_on(apps, &exchange, "GET", "/", actions, NULL);
    set = strstr(exchange.sent, "\r\nSet-Cookie: ");
    assert_non_null(set);
    end = strstr(set + 2, "\r\n");
    from = set + 2 + strcspn(set + 2, ";\r");
    assert_int_equal(end - from, strlen(attributes));
    assert_memory_equal(from, attributes, strlen(attributes));
    exchange_clear(&exchange);
}

static void test_a_plain_cookies_data_are_its_attributes(void **state)
{
    assert_cookie(*state, "[['set','cookie',{'path':'/x'}]]", "");
    assert_cookie(*state, "[['set','cookie',[]]]", "");
    assert_cookie(*state,
                  "[['set','cookie',{'data':{'path':'/x','maxAge':1.5}}]]",
                  "; Max-Age=1; Path=/x");
}

static void test_a_plain_cookies_max_age_is_any_number(void **state)
{
    static const struct {
        const char *value, *attributes;
    } table[] = {
        { "' 60 '", "; Max-Age=60" }, { "'0x10'", "; Max-Age=16" },
        { "''", "; Max-Age=0" },      { "[5]", "; Max-Age=5" },
        { "[]", "; Max-Age=0" },      { "[['-1.5']]", "; Max-Age=-2" },
        { "true", "; Max-Age=1" },    { "null", "" }
    };
    char actions[128];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(actions, sizeof actions,
                 "[['set','cookie',{'data':{'maxAge':%s}}]]", table[i].value);
        assert_cookie(*state, actions, table[i].attributes);
    }
}

static void assert_log(struct apps *apps, const char *actions,
                       const char *expected)
{
    put_app(apps, "a", QUIET);
    assert_run(apps, actions, "", "log", expected);
}

/* A Date is an object: it takes members, and JSON does not show them. */
static void test_a_date_is_no_text_to_a_path(void **state)
{
    assert_log(*state,
               "[['cookie','expires','x'],['add','cookie._expires',1],"
               "['push','cookie._expires',1],['read','cookie._expires']]",
               "[{'do':'cookie'},{'do':'add','error':{'message':"
               "'not a number'}},{'do':'push','error':{'message':"
               "'not an array'}},{'do':'read','value':null}]");
    assert_log(*state,
               "[['cookie','maxAge',1000],['set','cookie._expires.x',5],"
               "['add','cookie._expires.x',2],['read','cookie._expires.x'],"
               "['delete','cookie._expires.x'],['read','cookie._expires.x'],"
               "['read','cookie._expires']]",
               "[{'do':'cookie'},{'do':'set'},{'do':'add'},"
               "{'do':'read','value':7},{'do':'delete'},"
               "{'do':'read','value':null},"
               "{'do':'read','value':'2023-11-14T22:13:21.000Z'}]");
}

static void test_another_date_has_no_members_of_the_old(void **state)
{
    assert_log(*state,
               "[['cookie','maxAge',1000],['set','cookie._expires.x',5],"
               "['touch'],['read','cookie._expires.x']]",
               "[{'do':'cookie'},{'do':'set'},{'do':'touch'},"
               "{'do':'read','value':null}]");
}

static void test_a_date_in_a_plain_cookie_is_no_text_either(void **state)
{
    assert_log(*state,
               "[['set','cookie',{}],['cookie','expires','x'],"
               "['add','cookie.expires',1],['set','cookie.expires.x',1],"
               "['read','cookie.expires.x'],['read','cookie.expires'],"
               "['set','cookie.expires',2],['add','cookie.expires',1],"
               "['read','cookie.expires']]",
               "[{'do':'set'},{'do':'cookie'},{'do':'add','error':"
               "{'message':'not a number'}},{'do':'set'},"
               "{'do':'read','value':1},{'do':'read','value':null},"
               "{'do':'set'},{'do':'add'},{'do':'read','value':3}]");
    assert_log(*state,
               "[['set','cookie',{}],['cookie','expires','x'],"
               "['cookie','expires',null],['add','cookie.expires',1],"
               "['read','cookie.expires']]",
               "[{'do':'set'},{'do':'cookie'},{'do':'cookie'},{'do':'add'},"
               "{'do':'read','value':1}]");
}

/* An invalid Date is not null: the cookie of a changed session goes out. */
static void test_an_invalid_date_in_a_plain_cookie_is_set(void **state)
{
    static const char again[] = "[['set','b',1],['set','cookie',{}],"
                                "['cookie','expires','x']]";
    struct exchange exchange;
    char *cookie;

    exchange_on(*state, &exchange, "GET", "/", "[['set','a',1]]", NULL);
    cookie = cookie_sent(&exchange);
    exchange_clear(&exchange);
    exchange_on(*state, &exchange, "GET", "/", again, cookie);
    assert_non_null(strstr(exchange.sent, "\r\nSet-Cookie: "));
    exchange_clear(&exchange);
    exchange_on(*state, &exchange, "GET", "/",
                "[['set','b',2],['set','cookie',{'expires':null}]]", cookie);
    assert_null(strstr(exchange.sent, "\r\nSet-Cookie: "));
    exchange_clear(&exchange);
    free(cookie);
}

static void
test_nothing_is_within_a_number_that_json_shows_as_null(void **state)
{
    assert_log(*state,
               "[['cookie','expires','x'],['set','cookie.originalMaxAge.x',1],"
               "['read','cookie.originalMaxAge.x'],"
               "['add','cookie.originalMaxAge',1],"
               "['read','cookie.originalMaxAge']]",
               "[{'do':'cookie'},{'do':'set','error':{'message':"
               "'not an object'}},{'do':'read','error':{'message':"
               "'not an object'}},{'do':'add'},{'do':'read','value':null}]");
}

static void test_a_list_of_options_gives_the_cookie_its_items(void **state)
{
    put_app(*state, "a", "{'options':{'secret':'cat','cookie':[7]}}");
    assert_run(*state, "[['set','cookie.toJSON',1],['read','cookie']]",
               "set:ok", "log",
               "[{'do':'set'},{'do':'read','value':{'0':7,'path':'/',"
               "'_expires':null,'originalMaxAge':null,'httpOnly':true,"
               "'toJSON':1}}]");
}

/* ---- Names of every object --------------------------------------------- */

static void test_a_cookie_named_like_an_inherited_member_throws(void **state)
{
    static const char *const names[] = { "__proto__", "toString",
                                         "hasOwnProperty" };
    struct exchange exchange;
    char body[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(body, sizeof body, "{'options':{'secret':'cat','name':'%s'}}",
                 names[i]);
        put_app(*state, "a", body);
        exchange_on(*state, &exchange, "GET", "/", "[]", "a=1");
        assert_string_equal(
            text_of(json_object_get(exchange.answer, "error"), "message"),
            "raw.substr is not a function");
        exchange_clear(&exchange);
        exchange_on(*state, &exchange, "GET", "/", "[]", NULL);
        assert_string_equal(exchange.calls, "set:ok");
        exchange_clear(&exchange);
    }
    exchange_on(*state, &exchange, "GET", "/", "[]", "hasOwnProperty=1");
    assert_string_equal(exchange.calls, "set:ok");
    exchange_clear(&exchange);
}

static void test_a_json_cookie_behind_a_parser_throws(void **state)
{
    struct exchange exchange;

    put_app(*state, "a",
            "{'options':{'secret':'cat'},'settings':{'cookieParser':true}}");
    exchange_on(*state, &exchange, "GET", "/", "[]", "connect.sid=j:{}");
    assert_string_equal(
        text_of(json_object_get(exchange.answer, "error"), "message"),
        "raw.substr is not a function");
    exchange_clear(&exchange);
    exchange_on(*state, &exchange, "GET", "/", "[]", "connect.sid=j:0");
    assert_string_equal(exchange.calls, "set:ok");
    exchange_clear(&exchange);
}

static void test_an_empty_id_that_a_parser_refuses_is_another(void **state)
{
    struct exchange exchange;
    char *cookie;

    put_app(*state, "a",
            "{'options':{'secret':'cat','genid':{'fixed':['']},"
            "'saveUninitialized':false},'settings':{'cookieParser':'dog'}}");
    exchange_on(*state, &exchange, "GET", "/", "[['set','a',1]]", NULL);
    cookie = cookie_sent(&exchange);
    exchange_clear(&exchange);
    assert_non_null(cookie);
    exchange_on(*state, &exchange, "GET", "/", "[]", cookie);
    assert_string_equal(exchange.calls, "");
    exchange_clear(&exchange);
    free(cookie);
}

/* The parser takes the signed one away: what is left is the inherited. */
static void test_an_empty_id_under_an_inherited_name_throws(void **state)
{
    struct exchange exchange;
    char *cookie;

    put_app(*state, "a",
            "{'options':{'genid':{'fixed':['']},'name':'toString'},"
            "'settings':{'cookieParser':'dog'}}");
    exchange_on(*state, &exchange, "GET", "/", "[]", NULL);
    cookie = cookie_sent(&exchange);
    exchange_clear(&exchange);
    assert_non_null(cookie);
    exchange_on(*state, &exchange, "GET", "/", "[]", cookie);
    assert_memory_equal(exchange.sent, "HTTP/1.1 500 ", 13);
    exchange_clear(&exchange);
    free(cookie);
}

static void test_hidden_operations_are_listed(void **state)
{
    json_t *body = json_of("{'store':{'hide':['touch','all']}}"), *answer;
    struct js_error error;
    const json_t *store, *op;
    size_t index, found = 0;

    assert_int_equal(apps_put(*state, "h", body, &answer, &error), 201);
    store = json_object_get(answer, "store");
    json_array_foreach(json_object_get(store, "operations"), index, op)
    {
        const char *name = json_string_value(op);

        found += strcmp(name, "touch") == 0 || strcmp(name, "all") == 0;
    }
    assert_int_equal(found, 2);
    json_decref(answer);
    json_decref(body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_replaced_save_fails_at_the_end),
        TEST(test_a_replaced_save_is_no_data),
        TEST(test_a_replaced_method_is_not_called),
        TEST(test_a_deleted_save_is_the_prototypes),
        TEST(test_a_regenerated_session_has_no_save_of_its_own),
        TEST(test_a_replaced_inherited_method_is_data),
        TEST(test_a_plain_cookie_is_stored_as_it_stands),
        TEST(test_touch_copies_a_plain_cookies_max_age),
        TEST(test_a_cookie_without_members_cannot_be_touched),
        TEST(test_a_plain_cookies_max_age_is_any_number),
        TEST(test_a_list_of_options_gives_the_cookie_its_items),
        TEST(test_a_date_is_no_text_to_a_path),
        TEST(test_another_date_has_no_members_of_the_old),
        TEST(test_a_date_in_a_plain_cookie_is_no_text_either),
        TEST(test_an_invalid_date_in_a_plain_cookie_is_set),
        TEST(test_nothing_is_within_a_number_that_json_shows_as_null),
        TEST(test_a_plain_cookies_data_are_its_attributes),
        TEST(test_a_cookie_named_like_an_inherited_member_throws),
        TEST(test_a_json_cookie_behind_a_parser_throws),
        TEST(test_an_empty_id_that_a_parser_refuses_is_another),
        TEST(test_an_empty_id_under_an_inherited_name_throws),
        TEST(test_hidden_operations_are_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
