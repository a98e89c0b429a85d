/* test_fault.c: faults that a case has ordered */
#include "../fault.h"

#include "../jsjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int add(struct fault **list, const char *text)
{
    json_t *body = jsjson_parse(text, strlen(text), NULL);
    struct js_error error;
    int rc = fault_add(list, body, &error);

    assert_non_null(body);
    json_decref(body);
    return rc;
}

static void test_a_fault_is_for_one_call_of_its_operation(void **state)
{
    struct fault *list = NULL, taken;

    (void)state;
    assert_int_equal(add(&list, "{\"op\":\"set\",\"error\":"
                                "{\"message\":\"full\",\"code\":\"ENOSPC\"}}"),
                     0);
    assert_false(fault_take(&list, "get", &taken));
    assert_true(fault_take(&list, "set", &taken));
    assert_true(taken.fails);
    assert_string_equal(taken.error.message, "full");
    assert_string_equal(taken.error.code, "ENOSPC");
    assert_false(fault_take(&list, "set", &taken));
}

static void test_times_counts_down(void **state)
{
    struct fault *list = NULL, taken;

    (void)state;
    add(&list, "{\"op\":\"get\",\"error\":{\"message\":\"m\"},\"times\":3}");
    for (int i = 0; i < 3; i++)
        assert_true(fault_take(&list, "get", &taken));
    assert_false(fault_take(&list, "get", &taken));
}

static void test_faults_queue(void **state)
{
    struct fault *list = NULL, taken;

    (void)state;
    add(&list, "{\"op\":\"get\",\"error\":{\"message\":\"first\"}}");
    add(&list, "{\"op\":\"set\",\"error\":{\"message\":\"other\"}}");
    add(&list, "{\"op\":\"get\",\"error\":{\"message\":\"second\"}}");
    fault_take(&list, "get", &taken);
    assert_string_equal(taken.error.message, "first");
    fault_take(&list, "get", &taken);
    assert_string_equal(taken.error.message, "second");
    fault_clear(&list);
    assert_null(list);
}

static void test_a_delay_alone_lets_the_call_through(void **state)
{
    struct fault *list = NULL, taken;

    (void)state;
    add(&list, "{\"op\":\"touch\",\"delay\":25}");
    assert_true(fault_take(&list, "touch", &taken));
    assert_false(taken.fails);
    assert_int_equal(taken.delay_ms, 25);
}

static void test_a_delay_is_bounded(void **state)
{
    struct fault *list = NULL, taken;

    (void)state;
    add(&list, "{\"op\":\"get\",\"delay\":1e300}");
    fault_take(&list, "get", &taken);
    assert_int_equal(taken.delay_ms, FAULT_LONGEST_DELAY_MS);
}

static void test_what_is_no_fault_is_refused(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{\"op\":\"open\",\"delay\":1}",
        "{\"op\":5,\"delay\":1}",
        "{\"op\":\"get\"}",
        "{\"op\":\"get\",\"delay\":-1}",
        "{\"op\":\"get\",\"delay\":\"1\"}",
        "{\"op\":\"get\",\"error\":{}}",
        "{\"op\":\"get\",\"error\":null}",
        "{\"op\":\"get\",\"error\":{\"message\":1}}",
        "{\"op\":\"get\",\"error\":{\"message\":\"m\",\"code\":5}}",
        "{\"op\":\"get\",\"error\":{\"message\":\"m\",\"kode\":\"E\"}}",
        "{\"op\":\"get\",\"delay\":1,\"times\":0}",
        "{\"op\":\"get\",\"delay\":1,\"times\":1.5}",
        "{\"op\":\"get\",\"delay\":1,\"times\":1e99}",
        "{\"op\":\"get\",\"delay\":1,\"tmies\":2}",
    };
    struct fault *list = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_int_equal(add(&list, bodies[i]), -1);
    assert_null(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fault_is_for_one_call_of_its_operation),
        cmocka_unit_test(test_times_counts_down),
        cmocka_unit_test(test_faults_queue),
        cmocka_unit_test(test_a_delay_alone_lets_the_call_through),
        cmocka_unit_test(test_a_delay_is_bounded),
        cmocka_unit_test(test_what_is_no_fault_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
