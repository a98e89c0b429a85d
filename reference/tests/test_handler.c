/* test_handler.c: the actions of a request, and its answer */
#include "../handler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"

static int set_up(void **state)
{
    *state = apps_new(NULL);
    put_app(*state, "a",
            "{'clock':1700000000000,'options':{'secret':'cat',"
            "'resave':false,'saveUninitialized':false}}");
    return 0;
}

static int tear_down(void **state)
{
    apps_free(*state);
    return 0;
}

static void assert_log(struct apps *apps, const char *actions,
                       const char *expected)
{
    struct exchange exchange;

    exchange_on(apps, &exchange, "GET", "/", actions, NULL);
    assert_json(json_object_get(exchange.answer, "log"), expected);
    exchange_clear(&exchange);
}

static void test_the_log_says_what_became_of_each_action(void **state)
{
    assert_log(*state,
               "[['set','n','x'],['add','n',1],['read','n'],['read','none'],"
               "['reload'],['unset'],['read','n']]",
               "[{'do':'set'},{'do':'add','error':{'message':'not a number'}},"
               "{'do':'read','value':'x'},{'do':'read','value':null},"
               "{'do':'reload','error':{'message':'failed to load session'}},"
               "{'do':'unset'},"
               "{'do':'read','error':{'message':'no session'}}]");
}

static void test_nul_does_not_hide_the_rest_of_a_header(void **state)
{
    assert_log(*state, "[['header','X-A','a\\u0000b'],['redirect','\\u0000']]",
               "[{'do':'header','error':{'message':'Invalid character in "
               "header content [\\'X-A\\']','code':'ERR_INVALID_CHAR'}},"
               "{'do':'redirect','error':{'message':'Invalid character in "
               "header content [\\'Location\\']',"
               "'code':'ERR_INVALID_CHAR'}}]");
}

static void test_of_a_list_with_a_wrong_action_nothing_is_run(void **state)
{
    static const char *const lists[] = {
        "[['save'],['nope']]",
        "[['save'],['set','a']]",
        "[['save'],['save',1]]",
        "[['save'],['add','n','x']]",
        "[['save'],['status',99]]",
        "[['save'],['cookie','foo',1]]",
        "[['save'],'save']",
        "[['save'],['set','a\\u0000b',1]]",
        "{'save':1}",
        "[['save'],['header','a',true]]",
    };
    struct exchange exchange;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        exchange_on(*state, &exchange, "GET", "/", lists[i], NULL);
        assert_non_null(strstr(exchange.sent, "HTTP/1.1 400 "));
        assert_string_equal(exchange.calls, "");
        exchange_clear(&exchange);
    }
}

static void test_an_unknown_app_is_404(void **state)
{
    struct exchange exchange;

    assert_true(apps_delete(*state, "a"));
    exchange_on(*state, &exchange, "GET", "/", "[]", NULL);
    assert_non_null(strstr(exchange.sent, "HTTP/1.1 404 "));
    exchange_clear(&exchange);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_log_says_what_became_of_each_action),
        TEST(test_nul_does_not_hide_the_rest_of_a_header),
        TEST(test_of_a_list_with_a_wrong_action_nothing_is_run),
        TEST(test_an_unknown_app_is_404),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
