/* test_jsjson.c: JSON as JavaScript has it
 *
 * The tables' right sides are what Node 20 printed.
 */
#include "../jsjson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *round_trip(const char *text)
{
    struct jsjson_error error;
    json_t *value = jsjson_parse(text, strlen(text), &error);
    char *result;

    assert_non_null(value);
    result = jsjson_stringify(value, NULL);
    assert_non_null(result);
    json_decref(value);
    return result;
}

static void test_text_comes_back_as_node_writes_it(void **state)
{
    static const struct {
        const char *text, *expected;
    } table[] = {
        { "null", "null" },
        { "true", "true" },
        { " false ", "false" },
        { "0", "0" },
        { "-0", "0" },
        { "1.0", "1" },
        { "-1.50", "-1.5" },
        { "1e21", "1e+21" },
        { "1E+2", "100" },
        { "123456789012345678901234567890", "1.2345678901234568e+29" },
        { "9007199254740993", "9007199254740992" },
        { "5e-324", "5e-324" },
        { "1e-400", "0" },
        { "1.7976931348623157e308", "1.7976931348623157e+308" },
        { "0.1", "0.1" },
        { "1e-6", "0.000001" },
        { "1e-7", "1e-7" },
        { "\"\"", "\"\"" },
        { "\"a/b\\/c\"", "\"a/b/c\"" },
        { "\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\"" },
        { "\"\\u0000\\u0001\\u001F\\u007f\"", "\"\\u0000\\u0001\\u001f\177\"" },
        { "\"\\u2028\\u2029\\u00e9\\ud83d\\ude00\"",
          "\"\342\200\250\342\200\251\303\251\360\237\230\200\"" },
        { "[]", "[]" },
        { "{}", "{}" },
        { "[1,[2,[]],{}]", "[1,[2,[]],{}]" },
        { "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}" },
        { "{\"b\":1,\"2\":2,\"10\":3,\"1\":4,\"a\":5,\"0\":6}",
          "{\"0\":6,\"1\":4,\"2\":2,\"10\":3,\"b\":1,\"a\":5}" },
        { "{\"01\":1,\"1\":2,\"-1\":3,\"1.5\":4,\"1e3\":5}",
          "{\"1\":2,\"01\":1,\"-1\":3,\"1.5\":4,\"1e3\":5}" },
        { "{\"4294967295\":1,\"4294967294\":2,\"x\":3,\"5\":4}",
          "{\"5\":4,\"4294967294\":2,\"4294967295\":1,\"x\":3}" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
        { "{\"\":{\"__proto__x\":null}}", "{\"\":{\"__proto__x\":null}}" },
        { "{\"\303\251\":{\"9\":1,\"8\":[{\"7\":1,\"6\":2}]}}",
          "{\"\303\251\":{\"8\":[{\"6\":2,\"7\":1}],\"9\":1}}" },
        { " [ 1 , \"x\" ]\012", "[1,\"x\"]" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *result = round_trip(table[i].text);
        assert_string_equal(result, table[i].expected);
        free(result);
    }
}

static void test_numbers_have_the_fewest_digits(void **state)
{
    static const struct {
        double value;
        const char *expected;
    } table[] = {
        { 0.0, "0" },
        { -0.0, "0" },
        { 1.0, "1" },
        { -1.0, "-1" },
        { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3.0, "0.3333333333333333" },
        { 100.0, "100" },
        { 123456789012345680000.0, "123456789012345680000" },
        { 1e21, "1e+21" },
        { -1e21, "-1e+21" },
        { 1.5e300, "1.5e+300" },
        { 1e-6, "0.000001" },
        { 1.5e-6, "0.0000015" },
        { 1e-7, "1e-7" },
        { 1.25e-9, "1.25e-9" },
        { 5e-324, "5e-324" },
        { 1.5e-323, "1.5e-323" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 2.225073858507201e-308, "2.225073858507201e-308" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 9007199254740991.0, "9007199254740991" },
        { 9007199254740992.0, "9007199254740992" },
        { 9007199254740994.0, "9007199254740994" },
        { 4.35, "4.35" },
        { 0.000001234, "0.000001234" },
        { 1700000000000.5, "1700000000000.5" },
        { 7.120236347223045e-307, "7.120236347223045e-307" },
        { 5.684341886080802e-14, "5.684341886080802e-14" },
        { 9.5367431640625e-7, "9.5367431640625e-7" },
        { 123e-20, "1.23e-18" },
        { (double)NAN, "NaN" },
        { (double)INFINITY, "Infinity" },
        { -(double)INFINITY, "-Infinity" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[JSJSON_NUMBER_SIZE];
        jsjson_number(table[i].value, text);
        assert_string_equal(text, table[i].expected);
    }
}

static void test_every_power_of_two_reads_back(void **state)
{
    (void)state;
    for (int power = -1074; power < 1024; power++) {
        char text[JSJSON_NUMBER_SIZE];
        double value = ldexp(1, power);
        jsjson_number(value, text);
        assert_true(strtod(text, NULL) == value);
    }
}

static void test_malformed_text_is_refused_with_one_line(void **state)
{
    static const char *const table[] = {
        "",
        "nul",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "\"\001\"",
        "01",
        "1.",
        ".5",
        "+1",
        "NaN",
        "[1]]",
        "{} x",
        "\"\\x\"",
        "'a'",
        "[",
        "\"abc",
        "{\"a\"}",
        "\357\273\2771",
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct jsjson_error error = { "" };
        assert_null(jsjson_parse(table[i], strlen(table[i]), &error));
        assert_true(strncmp(error.text, "line ", 5) == 0);
        assert_null(strchr(error.text, '\n'));
    }
}

static void test_the_listed_limits_are_refused(void **state)
{
    static const char *const table[] = { "\"\\ud800\"", "{\"\\u0000\":1}",
                                         "1e400", "-1e400", "\"\xff\"" };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_null(jsjson_parse(table[i], strlen(table[i]), NULL));
}

static json_t *parse_nested(size_t levels)
{
    char *text = malloc(2 * levels);
    json_t *value;

    assert_non_null(text);
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    value = jsjson_parse(text, 2 * levels, NULL);
    free(text);
    return value;
}

static void test_depth_has_the_same_bound_both_ways(void **state)
{
    json_t *deepest = parse_nested(JSJSON_DEPTH);
    char *text = jsjson_stringify(deepest, NULL);

    (void)state;
    assert_non_null(deepest);
    assert_non_null(text);
    assert_int_equal(strlen(text), 2 * JSJSON_DEPTH);
    free(text);

    json_t *deeper = json_pack("[o]", deepest);
    assert_null(jsjson_stringify(deeper, NULL));
    json_decref(deeper);
    assert_null(parse_nested(JSJSON_DEPTH + 1));
}

static void test_a_nul_within_a_string_is_written(void **state)
{
    json_t *value = json_stringn("a\0b", 3);
    size_t length;
    char *text = jsjson_stringify(value, &length);

    (void)state;
    assert_string_equal(text, "\"a\\u0000b\"");
    assert_int_equal(length, strlen(text));
    free(text);
    json_decref(value);
}

static void test_an_integer_of_ours_is_written_as_a_double(void **state)
{
    json_t *value = json_pack("[I,i]", (json_int_t)9007199254740993, -3);
    char *text = jsjson_stringify(value, NULL);

    (void)state;
    assert_string_equal(text, "[9007199254740992,-3]");
    free(text);
    json_decref(value);
}

static void test_only_the_top_member_is_left_out(void **state)
{
    const char *text = "{\"a\":{\"cookie\":1},\"cookie\":2,\"7\":3}";
    json_t *value = jsjson_parse(text, strlen(text), NULL);
    char *without = jsjson_stringify_without(value, "cookie", NULL);
    char *as_it_is = jsjson_stringify_without(value, "b", NULL);

    (void)state;
    assert_string_equal(without, "{\"7\":3,\"a\":{\"cookie\":1}}");
    assert_string_equal(as_it_is,
                        "{\"7\":3,\"a\":{\"cookie\":1},\"cookie\":2}");
    free(without);
    free(as_it_is);
    json_decref(value);
}

static void test_the_tree_is_left_as_it_was(void **state)
{
    const char *text = "{\"b\":1,\"1\":2}";
    json_t *value = jsjson_parse(text, strlen(text), NULL);

    (void)state;
    free(jsjson_stringify(value, NULL));
    assert_string_equal(json_object_iter_key(json_object_iter(value)), "b");
    json_decref(value);
}

/* An index comes before a name that was there first. */
static bool is_index(const char *name)
{
    json_t *object = json_pack("{s:b,s:b}", "name", 1, name, 1);
    char *text = jsjson_stringify(object, NULL);
    bool is_first = strncmp(text, "{\"name\"", strlen("{\"name\"")) != 0;

    free(text);
    json_decref(object);
    return is_first;
}

static void test_array_indices_are_told_from_names(void **state)
{
    static const char *const indices[] = { "0", "10", "4294967294", NULL };
    static const char *const names[] = {
        "4294967295", "9999999999", "18446744073709551617",
        "00",         "01",         "-1",
        "1.0",        " 1",         "",
        NULL
    };

    (void)state;
    for (size_t i = 0; indices[i]; i++)
        assert_true(is_index(indices[i]));
    for (size_t i = 0; names[i]; i++)
        assert_false(is_index(names[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_comes_back_as_node_writes_it),
        cmocka_unit_test(test_numbers_have_the_fewest_digits),
        cmocka_unit_test(test_every_power_of_two_reads_back),
        cmocka_unit_test(test_malformed_text_is_refused_with_one_line),
        cmocka_unit_test(test_the_listed_limits_are_refused),
        cmocka_unit_test(test_depth_has_the_same_bound_both_ways),
        cmocka_unit_test(test_a_nul_within_a_string_is_written),
        cmocka_unit_test(test_an_integer_of_ours_is_written_as_a_double),
        cmocka_unit_test(test_only_the_top_member_is_left_out),
        cmocka_unit_test(test_the_tree_is_left_as_it_was),
        cmocka_unit_test(test_array_indices_are_told_from_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
