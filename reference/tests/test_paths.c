/* test_paths.c: reading and changing session data along paths */
#include "../paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

typedef int change_fn(json_t *data, const char *path, const json_t *value,
                      struct js_error *error);

/* What the change makes of the data, or the error. */
static void assert_change(change_fn *change, const char *before,
                          const char *path, const char *value,
                          const char *after)
{
    json_t *data = json_of(before), *argument = json_of(value);
    struct js_error error;

    if (change(data, path, argument, &error) != 0)
        assert_string_equal(error.message, after);
    else
        assert_json(data, after);
    json_decref(data);
    json_decref(argument);
}

static int delete_at(json_t *data, const char *path, const json_t *value,
                     struct js_error *error)
{
    (void)value;
    return path_delete(data, path, error);
}

static void test_set_makes_what_is_missing(void **state)
{
    (void)state;
    assert_change(path_set, "{}", "user", "'tobi'", "{'user':'tobi'}");
    assert_change(path_set, "{}", "a.b.c", "1", "{'a':{'b':{'c':1}}}");
    assert_change(path_set, "{'a':null}", "a.b", "1", "{'a':{'b':1}}");
    assert_change(path_set, "{'a':1}", "a", "null", "{'a':null}");
    assert_change(path_set, "{}", "", "1", "{'':1}");
    assert_change(path_set, "{}", "a.", "1", "{'a':{'':1}}");
    assert_change(path_set, "{}", "__proto__.x", "1", "{'__proto__':{'x':1}}");
}

static void test_a_way_through_a_scalar_is_barred(void **state)
{
    (void)state;
    assert_change(path_set, "{'a':1}", "a.b", "1", "not an object");
    assert_change(path_set, "{'a':''}", "a.b", "1", "not an object");
    assert_change(path_set, "{'a':false}", "a.b.c", "1", "not an object");
    assert_change(path_add, "{'a':[]}", "a.x", "1", "not an object");
    assert_change(path_push, "{'a':true}", "a.b", "1", "not an object");
    assert_change(delete_at, "{'a':1}", "a.b", "1", "not an object");
}

static void test_an_array_takes_an_index(void **state)
{
    (void)state;
    assert_change(path_set, "{'a':[1,2]}", "a.1", "3", "{'a':[1,3]}");
    assert_change(path_set, "{'a':[]}", "a.2", "3", "{'a':[null,null,3]}");
    assert_change(path_set, "{'a':[{'b':1}]}", "a.0.b", "2", "{'a':[{'b':2}]}");
    assert_change(path_set, "{'a':[]}", "a.01", "3", "not an object");
    assert_change(path_set, "{'a':[]}", "a.-1", "3", "not an object");
    assert_change(path_set, "{'a':[]}", "a.", "3", "not an object");
}

static void test_the_largest_index_is_bounded(void **state)
{
    json_t *data = json_of("{'a':[]}"), *one = json_of("1");
    struct js_error error;

    (void)state;
    assert_int_equal(path_set(data, "a.65535", one, &error), 0);
    assert_int_equal(json_array_size(json_object_get(data, "a")), 65536);
    assert_int_equal(path_set(data, "a.65536", one, &error), -1);
    assert_int_equal(path_set(data, "a.99999999999999999999", one, &error), -1);
    json_decref(data);
    json_decref(one);
}

static void test_delete_of_what_is_not_there_does_nothing(void **state)
{
    (void)state;
    assert_change(delete_at, "{'a':1,'b':2}", "a", "0", "{'b':2}");
    assert_change(delete_at, "{'a':1}", "b", "0", "{'a':1}");
    assert_change(delete_at, "{'a':null}", "a.b.c", "0", "{'a':null}");
    assert_change(delete_at, "{}", "a.b.c", "0", "{}");
}

static void test_delete_leaves_a_hole_in_an_array(void **state)
{
    (void)state;
    assert_change(delete_at, "{'a':[1,2]}", "a.0", "0", "{'a':[null,2]}");
    assert_change(delete_at, "{'a':[1]}", "a.5", "0", "{'a':[1]}");
}

static void test_add_takes_null_for_nothing(void **state)
{
    (void)state;
    assert_change(path_add, "{}", "n", "2", "{'n':2}");
    assert_change(path_add, "{'n':null}", "n", "2", "{'n':2}");
    assert_change(path_add, "{'n':1.5}", "n", "-2", "{'n':-0.5}");
    assert_change(path_add, "{}", "a.b", "1", "{'a':{'b':1}}");
    assert_change(path_add, "{'n':'1'}", "n", "1", "not a number");
    assert_change(path_add, "{'n':{}}", "n", "1", "not a number");
}

static void test_infinity_is_null_as_json(void **state)
{
    (void)state;
    assert_change(path_add, "{'n':1.7976931348623157e308}", "n",
                  "1.7976931348623157e308", "{'n':null}");
}

static void test_push_takes_null_for_nothing(void **state)
{
    (void)state;
    assert_change(path_push, "{}", "l", "1", "{'l':[1]}");
    assert_change(path_push, "{'l':null}", "l", "1", "{'l':[1]}");
    assert_change(path_push, "{'l':[1]}", "l", "[2]", "{'l':[1,[2]]}");
    assert_change(path_push, "{'l':{}}", "l", "1", "not an array");
    assert_change(path_push, "{'l':'x'}", "l", "1", "not an array");
}

static void test_what_is_set_is_a_copy(void **state)
{
    json_t *data = json_of("{}"), *value = json_of("{'x':[1]}");
    struct js_error error;

    (void)state;
    path_set(data, "a", value, &error);
    path_push(data, "a.x", json_null(), &error);
    assert_json(value, "{'x':[1]}");
    assert_json(data, "{'a':{'x':[1,null]}}");
    json_decref(data);
    json_decref(value);
}

static void test_read_of_what_is_not_there_is_nothing(void **state)
{
    json_t *data = json_of("{'a':{'b':[1,null]},'n':null,'s':'x'}");
    const json_t *found;
    struct js_error error;

    (void)state;
    assert_int_equal(path_read(data, "a.b.0", &found, &error), 0);
    assert_json(found, "1");
    assert_int_equal(path_read(data, "a.b.7", &found, &error), 0);
    assert_null(found);
    assert_int_equal(path_read(data, "n.x.y", &found, &error), 0);
    assert_null(found);
    assert_int_equal(path_read(data, "s.length", &found, &error), -1);
    assert_string_equal(error.message, "not an object");
    json_decref(data);
}

/* "a.a.a…", that many keys. */
static char *long_path(size_t keys)
{
    char *path = malloc(2 * keys);

    for (size_t i = 0; i < keys; i++)
        memcpy(path + 2 * i, i + 1 < keys ? "a." : "a", 2);
    return path;
}

static void test_what_could_not_be_written_is_too_deep(void **state)
{
    json_t *data = json_of("{}"), *one = json_of("1");
    char *deepest = long_path(JS_DEEPEST - 1);
    char *too_deep = long_path(5 * JS_DEEPEST);
    struct js_error error;

    (void)state;
    assert_int_equal(path_set(data, deepest, one, &error), 0);
    assert_int_equal(path_set(data, too_deep, one, &error), -1);
    assert_string_equal(error.message, "too deep");
    assert_int_equal(path_set(data, deepest, data, &error), -1);
    assert_int_equal(path_push(data, deepest, data, &error), -1);
    assert_int_equal(path_add(data, too_deep, one, &error), -1);
    free(jsjson_stringify(data, NULL));
    free(deepest);
    free(too_deep);
    json_decref(data);
    json_decref(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_makes_what_is_missing),
        cmocka_unit_test(test_a_way_through_a_scalar_is_barred),
        cmocka_unit_test(test_an_array_takes_an_index),
        cmocka_unit_test(test_the_largest_index_is_bounded),
        cmocka_unit_test(test_delete_of_what_is_not_there_does_nothing),
        cmocka_unit_test(test_delete_leaves_a_hole_in_an_array),
        cmocka_unit_test(test_add_takes_null_for_nothing),
        cmocka_unit_test(test_infinity_is_null_as_json),
        cmocka_unit_test(test_push_takes_null_for_nothing),
        cmocka_unit_test(test_what_is_set_is_a_copy),
        cmocka_unit_test(test_read_of_what_is_not_there_is_nothing),
        cmocka_unit_test(test_what_could_not_be_written_is_too_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
