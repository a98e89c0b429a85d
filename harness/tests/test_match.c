/* test_match.c: does what came fit what the case asks for? */
#include "../match.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

enum { NOW = 1700000000 };

struct fixture {
    struct arena arena;
    struct problems problems;
    struct vars vars;
    struct match match;
    const char *expected;
};

static int set_up(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof fixture);
    vars_init(&fixture.vars, NULL);
    vars_set_now(&fixture.vars, NOW * 1000LL);
    vars_set(&fixture.vars, "sid", json_string("abc"));
    vars_set(&fixture.vars, "cart", json_pack("{s:[i]}", "n", 1));
    fixture.match.arena = &fixture.arena;
    fixture.match.vars = &fixture.vars;
    fixture.match.now_ms = NOW * 1000LL;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    vars_clear(&f->vars);
    arena_free(&f->arena);
    problems_free(&f->problems);
    return 0;
}

/* `pattern` is YAML, `actual` JSON or NULL. */
static bool fits(struct fixture *f, const char *pattern, const char *actual,
                 enum match_as as)
{
    const struct node *node =
        node_parse(&f->arena, "test", pattern, strlen(pattern), &f->problems);
    json_t *value = actual ? json_loads(actual, JSON_DECODE_ANY, NULL) : NULL;
    bool fitted;

    assert_non_null(node);
    assert_true(!actual || value);
    f->expected = NULL;
    fitted = match_value(&f->match, node, value, as, &f->expected);
    assert_true(fitted || f->expected);
    json_decref(value);
    return fitted;
}

static void test_scalars_are_typed(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ a: 200 }", "{\"a\":200}", MATCH_DATA));
    assert_false(fits(f, "{ a: 200 }", "{\"a\":\"200\"}", MATCH_DATA));
    assert_true(fits(f, "{ a: '200' }", "{\"a\":\"200\"}", MATCH_DATA));
    assert_true(
        fits(f, "{ a: true, b: null }", "{\"a\":true,\"b\":null}", MATCH_DATA));
    assert_false(fits(f, "{ a: null }", "{}", MATCH_DATA));
}

static void test_one_is_one_point_zero(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ a: 1 }", "{\"a\":1.0}", MATCH_DATA));
    assert_true(fits(f, "{ a: 1.0 }", "{\"a\":1}", MATCH_DATA));
    assert_false(fits(f, "{ a: 1 }", "{\"a\":1.5}", MATCH_DATA));
}

static void test_a_map_is_exact_in_any_order_of_keys(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ a: 1, b: { c: [ 1, x ] } }",
                     "{\"b\":{\"c\":[1,\"x\"]},\"a\":1}", MATCH_DATA));
    assert_false(fits(f, "{ a: 1 }", "{\"a\":1,\"b\":2}", MATCH_DATA));
    assert_false(fits(f, "{ a: 1, b: 2 }", "{\"a\":1}", MATCH_DATA));
    assert_false(fits(f, "{ a: [ 1, 2 ] }", "{\"a\":[2,1]}", MATCH_DATA));
}

static void test_a_part_leaves_other_keys_alone(void **state)
{
    struct fixture *f = *state;

    f->match.part = true;
    assert_true(fits(f, "{ a: { b: 1 } }", "{\"a\":{\"b\":1,\"c\":2},\"d\":3}",
                     MATCH_DATA));
    assert_false(fits(f, "{ a: { b: 1 } }", "{\"a\":{\"c\":2}}", MATCH_DATA));
}

static void test_absent_is_neither_null_nor_the_word(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "absent", NULL, MATCH_TEXT));
    assert_false(fits(f, "absent", "null", MATCH_TEXT));
    assert_true(fits(f, "'absent'", "\"absent\"", MATCH_TEXT));
    assert_true(fits(f, "{ a: 1, b: absent }", "{\"a\":1}", MATCH_DATA));
    assert_false(fits(f, "{ b: absent }", "{\"b\":null}", MATCH_DATA));
    assert_false(fits(f, "null", NULL, MATCH_DATA));
}

static void test_a_regular_expression_searches(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ matches: '^[0-9]+$' }", "\"123\"", MATCH_TEXT));
    assert_false(fits(f, "{ matches: '^[0-9]+$' }", "\"123\\n\"", MATCH_TEXT));
    assert_true(fits(f, "{ matches: 'b+' }", "\"abbc\"", MATCH_TEXT));
    assert_true(fits(f, "{ matches: '^2' }", "200", MATCH_DATA));
    assert_true(
        fits(f, "{ matches: '^..$' }", "\"\\u00e4\\u00f6\"", MATCH_TEXT));
    assert_false(fits(f, "{ matches: '.' }", "null", MATCH_DATA));
    assert_false(fits(f, "{ matches: '.' }", NULL, MATCH_DATA));
    assert_false(fits(f, "{ matches: '(' }", "\"(\"", MATCH_TEXT));
}

static void test_one_of_takes_any(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ one-of: [ 400, 413 ] }", "413", MATCH_DATA));
    assert_false(fits(f, "{ one-of: [ 400, 413 ] }", "200", MATCH_DATA));
    assert_string_equal(f->expected, "one of 400, 413");
}

static void test_at_most_has_no_lower_limit(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ at-most: 30 }", "30", MATCH_DATA));
    assert_true(fits(f, "{ at-most: 30 }", "-7.5", MATCH_DATA));
    assert_false(fits(f, "{ at-most: 30 }", "30.1", MATCH_DATA));
    assert_true(fits(f, "{ at-most: 30, within: 5 }", "35", MATCH_DATA));
    assert_false(fits(f, "{ at-most: 30, within: 5 }", "36", MATCH_DATA));
    assert_false(fits(f, "{ at-most: 30 }", "null", MATCH_DATA));
    assert_true(fits(f, "{ at-most: 30s }", "30000", MATCH_DURATION));
}

static void test_near_has_a_limit(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "{ near: 30s, within: 1s }", "31000", MATCH_DURATION));
    assert_false(fits(f, "{ near: 30s, within: 1s }", "31001", MATCH_DURATION));
    assert_false(fits(f, "{ near: 30s, within: 1s }", "28999", MATCH_DURATION));
    assert_true(fits(f, "{ near: 30s }", "29000", MATCH_DURATION));
    assert_false(fits(f, "{ near: 30s }", "null", MATCH_DURATION));
    assert_true(fits(f, "{ near: +30s, within: 100ms }",
                     "\"2023-11-14T22:13:49.950Z\"", MATCH_TIME));
    assert_false(fits(f, "{ near: +30s, within: 100ms }",
                      "\"2023-11-14T22:13:49.850Z\"", MATCH_TIME));
}

static void test_a_duration_is_milliseconds(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "30s", "30000", MATCH_DURATION));
    assert_true(fits(f, "30000", "30000", MATCH_DURATION));
    assert_false(fits(f, "30s", "30001", MATCH_DURATION));
    assert_false(fits(f, "30s", "null", MATCH_DURATION));
    assert_true(fits(f, "null", "null", MATCH_DURATION));
}

static void test_a_time_is_from_now_or_a_date(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "+60s", "\"2023-11-14T22:14:20.000Z\"", MATCH_TIME));
    assert_false(fits(f, "+60s", "\"2023-11-14T22:14:20.001Z\"", MATCH_TIME));
    assert_true(fits(f, "'2023-11-14T22:14:20.000Z'",
                     "\"2023-11-14T22:14:20.000Z\"", MATCH_TIME));
    assert_true(fits(f, "-20s", "\"2023-11-14T22:13:00.000Z\"", MATCH_TIME));
    assert_true(fits(f, "false", "false", MATCH_TIME));
    assert_false(fits(f, "+60s", "null", MATCH_TIME));
}

static void test_an_http_time_is_cut_to_the_second(void **state)
{
    struct fixture *f = *state;

    f->match.now_ms += 999;
    assert_true(
        fits(f, "+60s", "\"Tue, 14 Nov 2023 22:14:20 GMT\"", MATCH_HTTP_TIME));
    f->match.now_ms += 1;
    assert_true(
        fits(f, "+60s", "\"Tue, 14 Nov 2023 22:14:21 GMT\"", MATCH_HTTP_TIME));
    assert_false(
        fits(f, "+60s", "\"Tue, 14 Nov 2023 22:14:20 GMT\"", MATCH_HTTP_TIME));
}

static void test_variables_have_their_types(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "$sid", "\"abc\"", MATCH_TEXT));
    assert_true(
        fits(f, "{ cart: $cart }", "{\"cart\":{\"n\":[1]}}", MATCH_DATA));
    assert_true(fits(f, "{ $sid: 1 }", "{\"abc\":1}", MATCH_DATA));
    assert_false(fits(f, "$nowhere", "\"abc\"", MATCH_TEXT));
    assert_non_null(strstr(f->expected, "nowhere"));
}

static void test_words_differ_in_no_case_of_letters(void **state)
{
    struct fixture *f = *state;

    assert_true(fits(f, "strict", "\"Strict\"", MATCH_WORD));
    assert_false(fits(f, "strict", "\"Strict\"", MATCH_TEXT));
    assert_false(fits(f, "strict", "\"Lax\"", MATCH_WORD));
}

static void test_dates_of_all_times_are_read(void **state)
{
    json_t *old = json_string("1969-12-31T23:59:59.999Z");
    json_t *leap = json_string("2024-02-29T00:00:00.000Z");
    json_t *none = json_string("2024-02-29");
    int64_t ms;

    (void)state;
    assert_true(match_time(old, &ms));
    assert_int_equal(ms, -1);
    assert_true(match_time(leap, &ms));
    assert_int_equal(ms, 1709164800000);
    assert_false(match_time(none, &ms));
    assert_false(match_time(NULL, &ms));
    json_decref(old);
    json_decref(leap);
    json_decref(none);
}

static void test_slack_is_for_times_alone(void **state)
{
    struct fixture *f = *state;

    f->match.slack_ms = 1000;
    assert_true(fits(f, "30s", "31000", MATCH_DURATION));
    assert_true(fits(f, "30s", "29000", MATCH_DURATION));
    assert_true(fits(f, "30000", "29000", MATCH_DURATION));
    assert_false(fits(f, "30000", "28999", MATCH_DURATION));
    assert_false(fits(f, "30s", "31001", MATCH_DURATION));
    assert_false(fits(f, "30s", "28999", MATCH_DURATION));
    assert_string_equal(f->expected, "30000 (30s), give or take 1000 ms");
    assert_true(fits(f, "+60s", "1700000061000", MATCH_TIME));
    assert_false(fits(f, "+60s", "1700000061001", MATCH_TIME));
    assert_false(fits(f, "30", "31", MATCH_DATA));
}

static void test_what_is_long_is_shown_in_part(void **state)
{
    struct fixture *f = *state;
    char text[2001];
    json_t *value;
    const char *shown;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    value = json_string(text);
    shown = match_show(&f->arena, value);
    assert_true(strlen(shown) < 700);
    assert_non_null(strstr(shown, "(2002 bytes)"));
    assert_string_equal(match_show(&f->arena, NULL), "nothing");
    json_decref(value);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_scalars_are_typed),
        CASE(test_one_is_one_point_zero),
        CASE(test_a_map_is_exact_in_any_order_of_keys),
        CASE(test_a_part_leaves_other_keys_alone),
        CASE(test_absent_is_neither_null_nor_the_word),
        CASE(test_a_regular_expression_searches),
        CASE(test_one_of_takes_any),
        CASE(test_near_has_a_limit),
        CASE(test_at_most_has_no_lower_limit),
        CASE(test_a_duration_is_milliseconds),
        CASE(test_a_time_is_from_now_or_a_date),
        CASE(test_an_http_time_is_cut_to_the_second),
        CASE(test_variables_have_their_types),
        CASE(test_words_differ_in_no_case_of_letters),
        CASE(test_dates_of_all_times_are_read),
        CASE(test_slack_is_for_times_alone),
        CASE(test_what_is_long_is_shown_in_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
