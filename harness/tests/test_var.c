/* test_var.c: what scalars mean: types, $variables, $functions, times */
#include "../var.h"

#include "../base/must.h"
#include "../setcookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct problems problems;
    struct vars vars;
    struct fault fault;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    must(fixture);
    vars_init(&fixture->vars, NULL);
    vars_set(&fixture->vars, "sid", json_string("a/b"));
    vars_set(&fixture->vars, "n", json_integer(7));
    vars_set(&fixture->vars, "data", json_pack("{s:[i,n]}", "list", 1));
    vars_set(&fixture->vars, "age", json_string("60s"));
    vars_set_now(&fixture->vars, 1700000000123);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    vars_clear(&fixture->vars);
    arena_free(&fixture->arena);
    problems_free(&fixture->problems);
    free(fixture);
    return 0;
}

static const struct node *parse(struct fixture *fixture, const char *yaml)
{
    const struct node *node = node_parse(&fixture->arena, "t.yml", yaml,
                                         strlen(yaml), &fixture->problems);

    must(node);
    return node;
}

/* The YAML means this JSON. */
static void assert_value(void **state, const char *yaml, const char *json)
{
    struct fixture *fixture = *state;
    json_t *value =
        var_value(&fixture->vars, parse(fixture, yaml), &fixture->fault);
    char *text;

    if (!value)
        fail_msg("%s: %s", yaml, fixture->fault.text);
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(text, json);
    free(text);
    json_decref(value);
}

static void assert_no_value(void **state, const char *yaml, const char *why)
{
    struct fixture *fixture = *state;
    json_t *value =
        var_value(&fixture->vars, parse(fixture, yaml), &fixture->fault);

    assert_null(value);
    if (!strstr(fixture->fault.text, why))
        fail_msg("\"%s\" is not in \"%s\"", why, fixture->fault.text);
}

static void assert_text(void **state, const char *yaml, const char *expected)
{
    struct fixture *fixture = *state;
    char *text =
        var_text(&fixture->vars, parse(fixture, yaml), &fixture->fault);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void test_plain_scalars_are_typed_as_json_is(void **state)
{
    assert_value(state, "[ true, false, null, ~, 1, -2, 1.5, 1e3, 0 ]",
                 "[true,false,null,null,1,-2,1.5,1000.0,0]");
}

static void test_all_else_is_a_string(void **state)
{
    assert_value(state, "[ yes, True, 01, +1, 0x10, .5, 1., 12a, 1e400, 30s ]",
                 "[\"yes\",\"True\",\"01\",\"+1\",\"0x10\",\".5\",\"1.\","
                 "\"12a\",\"1e400\",\"30s\"]");
}

static void test_quoted_is_always_a_string(void **state)
{
    assert_value(state, "[ 'true', \"null\", '1', '' ]",
                 "[\"true\",\"null\",\"1\",\"\"]");
}

static void test_an_integer_beyond_64_bits_is_a_real(void **state)
{
    assert_value(state, "[ 9223372036854775807, 18446744073709551616 ]",
                 "[9223372036854775807,1.8446744073709552e19]");
}

static void test_a_lone_reference_takes_the_variables_type(void **state)
{
    assert_value(state, "[ $n, \"$n\", $data, a$n, $sid ]",
                 "[7,\"7\",{\"list\":[1,null]},\"a7\",\"a/b\"]");
}

static void test_within_text_a_variable_is_its_text(void **state)
{
    assert_value(state, "x-$data-$n/$sid.",
                 "\"x-{\\\"list\\\":[1,null]}-7/a/b.\"");
}

static void test_keys_may_hold_references(void **state)
{
    assert_value(state, "{ a.$n: 1, $sid: 2 }", "{\"a.7\":1,\"a/b\":2}");
}

static void test_a_dollar_is_written_twice_or_stands_alone(void **state)
{
    assert_value(state, "[ $$n, $, a$, $1, '$ x', $$$n ]",
                 "[\"$n\",\"$\",\"a$\",\"$1\",\"$ x\",\"$7\"]");
}

static void test_a_variable_without_value_is_a_fault(void **state)
{
    assert_no_value(state, "{ a: [ $other ] }", "\"$other\" has no value");
    assert_no_value(state, "{ $other: 1 }", "\"$other\" has no value");
}

static void test_values_may_hold_nuls(void **state)
{
    assert_value(state, "\"a\\0$n\"", "\"a\\u00007\"");
}

static void test_text_is_text_whatever_its_type(void **state)
{
    assert_text(state, "true", "true");
    assert_text(state, "1.50", "1.50");
    assert_text(state, "GET /$n?x=$$1", "GET /7?x=$1");
}

static void test_a_list_is_no_text(void **state)
{
    struct fixture *fixture = *state;

    assert_null(
        var_text(&fixture->vars, parse(fixture, "[ a ]"), &fixture->fault));
    assert_non_null(strstr(fixture->fault.text, "list"));
}

static void test_repeat_repeats(void **state)
{
    assert_text(state, "$repeat(ab, 3)", "ababab");
    assert_text(state, "<$repeat(x, 0)>", "<>");
    assert_text(state, "$repeat($n,2)", "77");
}

static void test_repeat_has_a_limit(void **state)
{
    assert_no_value(state, "$repeat(xx, 8388609)", "at most");
    assert_no_value(state, "$repeat(x, 99999999999999999999)", "number");
    assert_no_value(state, "$repeat(x, -1)", "number");
    assert_no_value(state, "$repeat($repeat(x, 9000000), 9000000)", "at most");
}

static void test_sid_has_that_length_and_is_the_same_each_time(void **state)
{
    struct fixture *fixture = *state;
    const struct node *node = parse(fixture, "$sid(255)");
    char *one = var_text(&fixture->vars, node, &fixture->fault);
    char *other = var_text(&fixture->vars, node, &fixture->fault);

    assert_int_equal(strlen(one), 255);
    assert_int_equal(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                                 "stuvwxyz0123456789-_"),
                     255);
    assert_string_equal(one, other);
    free(one);
    free(other);
    /* This text, in every run and on every machine. */
    assert_text(state, "$sid(8)", "2BB0KQra");
}

static void test_now_is_the_apps_time(void **state)
{
    assert_text(state, "$now(+30s)", "2023-11-14T22:13:50.123Z");
    assert_text(state, "$now(-1d)", "2023-11-13T22:13:20.123Z");
    assert_text(state, "$now()", "2023-11-14T22:13:20.123Z");
    assert_no_value(state, "$now(soon)", "no duration");
}

static void test_dates_are_as_javascript_writes_them(void **state)
{
    struct fixture *fixture = *state;

    vars_set_now(&fixture->vars, -1);
    assert_text(state, "$now()", "1969-12-31T23:59:59.999Z");
    vars_set_now(&fixture->vars, 253402300800000);
    assert_text(state, "$now()", "+010000-01-01T00:00:00.000Z");
}

static void test_sign_makes_a_cookies_value(void **state)
{
    char *signed_text = signed_value("a/b", "keyboard cat, and dog", 21);

    assert_text(state, "$sign($sid, keyboard cat, and dog)", signed_text);
    free(signed_text);
}

static void test_b64_is_base64_and_takes_commas(void **state)
{
    assert_text(state, "$b64(hello, world)", "aGVsbG8sIHdvcmxk");
    assert_text(state, "$b64()", "");
    assert_text(state, "$b64((a))", "KGEp");
}

static void test_functions_cannot_be_nested_without_end(void **state)
{
    assert_no_value(state,
                    "$b64($b64($b64($b64($b64($b64($b64($b64($b64(x)))))))))",
                    "cannot be called so");
}

static void test_a_duration_under_max_age_is_milliseconds(void **state)
{
    assert_value(state,
                 "{ maxAge: 60s, originalMaxAge: 1d, other: 60s, "
                 "cookie: { maxAge: $age } }",
                 "{\"maxAge\":60000,\"originalMaxAge\":86400000,"
                 "\"other\":\"60s\",\"cookie\":{\"maxAge\":60000}}");
}

static void test_a_duration_under_expires_is_a_date(void **state)
{
    assert_value(state, "{ expires: +60s }",
                 "{\"expires\":\"2023-11-14T22:14:20.123Z\"}");
    assert_value(state, "{ expires: 2030-01-01T00:00:00.000Z }",
                 "{\"expires\":\"2030-01-01T00:00:00.000Z\"}");
}

static void test_a_quoted_scalar_is_never_a_time(void **state)
{
    assert_value(state, "{ maxAge: \"60s\", expires: '+60s' }",
                 "{\"maxAge\":\"60s\",\"expires\":\"+60s\"}");
}

static void test_bindings_are_copied(void **state)
{
    json_t *bindings = json_pack("{s:i}", "n", 1);
    struct fixture *fixture = *state;
    struct fixture own = { .fault = { "" } };
    void *own_state = &own;

    (void)fixture;
    vars_init(&own.vars, bindings);
    vars_set(&own.vars, "n", json_integer(2));
    assert_int_equal(json_integer_value(json_object_get(bindings, "n")), 1);
    assert_value(&own_state, "$n", "2");
    vars_clear(&own.vars);
    json_decref(bindings);
    arena_free(&own.arena);
}

/* ------------------------------------------------------------- scanning */

struct found {
    char names[256], wrong[1024];
};

static void append(char *list, size_t size, const char *text)
{
    size_t used = strlen(list);

    snprintf(list + used, size - used, "%s%s", used ? "|" : "", text);
}

static void note_name(void *arg, const char *name)
{
    struct found *found = arg;

    append(found->names, sizeof found->names, name);
}

static void note_wrong(void *arg, const char *message)
{
    struct found *found = arg;

    append(found->wrong, sizeof found->wrong, message);
}

static void assert_scan(const char *text, const char *names, const char *wrong)
{
    struct found found = { "", "" };

    var_scan(text, &found, note_name, note_wrong);
    assert_string_equal(found.names, names);
    assert_string_equal(found.wrong, wrong);
}

static void test_scanning_finds_names_also_in_arguments(void **state)
{
    (void)state;
    assert_scan("a$b/$c-$$d $sign($e, x$f)", "b|c|e|f", "");
    assert_scan("no reference, $ and $1", "", "");
}

static void test_scanning_finds_what_is_no_reference(void **state)
{
    (void)state;
    assert_scan("$reapet(x)", "", "unknown function \"$reapet\" ($repeat?)");
    assert_scan("$colour(x)", "", "unknown function \"$colour\"");
    assert_scan("$repeat(x)", "",
                "wrong number of arguments: write $repeat(x, n)");
    assert_scan("$sid()", "", "wrong number of arguments: write $sid(n)");
    assert_scan("$repeat(x, many)", "",
                "$repeat(x, n): n must be a number, of 16 MiB at most");
    assert_scan("$sid($n)", "n", "");
    assert_scan("$now(30)", "",
                "$now(+30s): that must be a duration, as +30s or -5m");
    assert_scan("$b64(a", "",
                "\"$b64(\" has no closing bracket (within { } and [ ] a text "
                "with a comma has to be quoted)");
}

static void test_a_name_has_a_limit(void **state)
{
    char text[VAR_NAME_MAX + 3] = "$";

    (void)state;
    memset(text + 1, 'a', VAR_NAME_MAX);
    assert_scan(text, text + 1, "");
    assert_true(var_name_ok(text + 1));
    memset(text + 1, 'a', VAR_NAME_MAX + 1);
    assert_scan(text, "", "a name has at most 63 letters");
    assert_false(var_name_ok(text + 1));
    assert_false(var_name_ok(""));
    assert_false(var_name_ok("1a"));
    assert_false(var_name_ok("a-b"));
}

/* ------------------------------------------------------------- threads */

static void *write_and_read(void *arg)
{
    struct fixture *fixture = arg;
    struct node node = { .kind = NODE_SCALAR, .text = "$shared", .length = 7 };
    struct fault fault;

    for (int i = 0; i < 1000; i++) {
        json_t *value;

        vars_set(&fixture->vars, "shared", json_pack("{s:i}", "i", i));
        value = var_value(&fixture->vars, &node, &fault);
        must(value);
        json_object_set_new(value, "mine", json_true());
        json_decref(value);
    }
    return NULL;
}

static void test_threads_share_variables(void **state)
{
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        must(pthread_create(&threads[i], NULL, write_and_read, *state) == 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_value(state, "$shared", "{\"i\":999}");
}

#define CLAIM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_plain_scalars_are_typed_as_json_is),
        CLAIM(test_all_else_is_a_string),
        CLAIM(test_quoted_is_always_a_string),
        CLAIM(test_an_integer_beyond_64_bits_is_a_real),
        CLAIM(test_a_lone_reference_takes_the_variables_type),
        CLAIM(test_within_text_a_variable_is_its_text),
        CLAIM(test_keys_may_hold_references),
        CLAIM(test_a_dollar_is_written_twice_or_stands_alone),
        CLAIM(test_a_variable_without_value_is_a_fault),
        CLAIM(test_values_may_hold_nuls),
        CLAIM(test_text_is_text_whatever_its_type),
        CLAIM(test_a_list_is_no_text),
        CLAIM(test_repeat_repeats),
        CLAIM(test_repeat_has_a_limit),
        CLAIM(test_sid_has_that_length_and_is_the_same_each_time),
        CLAIM(test_now_is_the_apps_time),
        CLAIM(test_dates_are_as_javascript_writes_them),
        CLAIM(test_sign_makes_a_cookies_value),
        CLAIM(test_b64_is_base64_and_takes_commas),
        CLAIM(test_functions_cannot_be_nested_without_end),
        CLAIM(test_a_duration_under_max_age_is_milliseconds),
        CLAIM(test_a_duration_under_expires_is_a_date),
        CLAIM(test_a_quoted_scalar_is_never_a_time),
        CLAIM(test_bindings_are_copied),
        CLAIM(test_scanning_finds_names_also_in_arguments),
        CLAIM(test_scanning_finds_what_is_no_reference),
        CLAIM(test_a_name_has_a_limit),
        CLAIM(test_threads_share_variables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
