/* test_fuzz_cause.c: findings that are made of the same are one */
#include "../fuzz_cause.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static json_t *cause_of(const char *scenario)
{
    json_t *value = json_loads(scenario, 0, NULL), *cause;

    assert_non_null(value);
    cause = fuzz_cause(value);
    json_decref(value);
    return cause;
}

static bool alike(const char *one, const char *other)
{
    json_t *a = cause_of(one), *b = cause_of(other);
    bool are = fuzz_cause_alike(a, b);

    assert_int_equal(fuzz_cause_alike(b, a), are);
    json_decref(a);
    json_decref(b);
    return are;
}

#define SET(options, steps) "{\"options\":" options ",\"steps\":[" steps "]}"
#define GET                 "{\"request\":\"GET /\"}"
#define DO(actions)         "{\"request\":\"GET /\",\"do\":[" actions "]}"

static void test_the_same_parts_with_other_values_are_alike(void **state)
{
    (void)state;
    assert_true(alike(SET("{\"secret\":\"a\",\"cookie\":{\"maxAge\":1}}", GET),
                      SET("{\"cookie\":{\"maxAge\":60000}}", GET "," GET)));
    assert_true(alike(SET("{}", DO("[\"set\",\"a\",1]")),
                      SET("{}", DO("[\"set\",\"b\",{}]"))));
}

static void test_less_of_the_same_is_alike(void **state)
{
    (void)state;
    assert_true(
        alike(SET("{\"rolling\":true}", GET),
              SET("{\"rolling\":true,\"resave\":false}", DO("[\"touch\"]"))));
}

static void test_other_parts_are_not_alike(void **state)
{
    (void)state;
    assert_false(
        alike(SET("{\"rolling\":true}", GET), SET("{\"resave\":false}", GET)));
    assert_false(alike(SET("{\"path\":\"/\"}", GET),
                       SET("{\"cookie\":{\"path\":\"/\"}}", GET)));
    assert_false(
        alike(SET("{}", DO("[\"save\"]")), SET("{}", DO("[\"touch\"]"))));
    assert_false(alike(SET("{}", DO("[\"cookie\",\"maxAge\",1]")),
                       SET("{}", DO("[\"cookie\",\"path\",1]"))));
    assert_false(alike(SET("{}", "{\"fault\":{\"op\":\"get\"}}"),
                       SET("{}", "{\"fault\":{\"op\":\"set\"}}")));
    assert_false(alike(SET("{}", "{\"emit\":\"connect\"}"),
                       SET("{}", "{\"emit\":\"disconnect\"}")));
    assert_false(alike(SET("{}", "{\"restart\":{\"options\":{\"name\":1}}}"),
                       SET("{}", "{\"advance\":1}")));
}

static void test_requests_at_once_count_as_requests(void **state)
{
    (void)state;
    assert_true(alike(SET("{}", DO("[\"save\"]")),
                      SET("{}", "{\"parallel\":{\"requests\":[" DO(
                                    "[\"save\"]") "," GET "]}}")));
}

static void test_what_one_can_do_without_is_no_part_of_the_cause(void **state)
{
    json_t *one = cause_of(SET("{\"rolling\":true,\"name\":1}", GET));
    json_t *less = cause_of(SET("{\"rolling\":true}", GET));
    json_t *more = cause_of(SET("{\"rolling\":true}", DO("[\"save\"]")));

    (void)state;
    fuzz_cause_reduce(one, less);
    assert_true(json_equal(one, less));
    fuzz_cause_reduce(one, more);
    assert_true(json_equal(one, less));
    json_decref(one);
    json_decref(less);
    json_decref(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_parts_with_other_values_are_alike),
        cmocka_unit_test(test_less_of_the_same_is_alike),
        cmocka_unit_test(test_other_parts_are_not_alike),
        cmocka_unit_test(test_requests_at_once_count_as_requests),
        cmocka_unit_test(test_what_one_can_do_without_is_no_part_of_the_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
