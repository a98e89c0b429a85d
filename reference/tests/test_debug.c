/* test_debug.c: which lists in DEBUG ask for express-session
 *
 * What the npm package debug@2.6.9 says of the same lists, but for the last
 * test: it takes what is no `*` for a regular expression.
 */
#include "../debug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

static bool selects(const char *list)
{
    return debug_selects(list, "express-session");
}

static void test_the_name_alone_selects(void **state)
{
    (void)state;
    assert_true(selects("express-session"));
    assert_false(selects(""));
    assert_false(selects("express"));
    assert_false(selects("express-session2"));
    assert_false(selects("Express-Session"));
    assert_false(selects("xexpress-session"));
}

static void test_a_list_is_parted_by_commas_and_blanks(void **state)
{
    (void)state;
    assert_true(selects("app,express-session"));
    assert_true(selects("express-session,app"));
    assert_true(selects("app express-session"));
    assert_true(selects("  app ,\t, express-session , "));
    assert_false(selects("app,express,session"));
    assert_false(selects(" , "));
}

static void test_a_star_stands_for_anything(void **state)
{
    (void)state;
    assert_true(selects("*"));
    assert_true(selects("express-*"));
    assert_true(selects("express-session*"));
    assert_true(selects("*session"));
    assert_true(selects("e*-*n"));
    assert_true(selects("e*s*s*n"));
    assert_true(selects("**"));
    assert_false(selects("express:*"));
    assert_false(selects("*x"));
    assert_false(selects("e*sz*n"));
    assert_false(selects("express-session*s"));
}

static void test_a_minus_leaves_out_wherever_it_stands(void **state)
{
    (void)state;
    assert_false(selects("*,-express-session"));
    assert_false(selects("-express-session,*"));
    assert_false(selects("* -express-*"));
    assert_false(selects("-express-session"));
    assert_false(selects("-*,express-session"));
    assert_true(selects("*,-app"));
    assert_true(selects("-express,express-session"));
}

static void test_other_characters_stand_for_themselves(void **state)
{
    (void)state;
    assert_false(selects("express.session"));
    assert_false(selects("express-sessio?"));
    assert_false(selects("[e]xpress-session"));
}

static void test_an_app_that_asks_is_told_in_its_trace(void **state)
{
    struct trace *trace = trace_new();
    json_t *id = json_string("a\nb");

    (void)state;
    debug_line(trace, "cookie %s", "unsigned");
    debug_value(trace, "fetching", id);
    debug_value(trace, "bogus", json_true());
    assert_json_of(trace_since(trace, 0),
                   "{'events':["
                   "{'event':'debug','text':'cookie unsigned','n':1},"
                   "{'event':'debug','text':'fetching a\\nb','n':2},"
                   "{'event':'debug','text':'bogus true','n':3}]}");
    json_decref(id);
    trace_free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_name_alone_selects),
        cmocka_unit_test(test_a_list_is_parted_by_commas_and_blanks),
        cmocka_unit_test(test_a_star_stands_for_anything),
        cmocka_unit_test(test_a_minus_leaves_out_wherever_it_stands),
        cmocka_unit_test(test_other_characters_stand_for_themselves),
        cmocka_unit_test(test_an_app_that_asks_is_told_in_its_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
