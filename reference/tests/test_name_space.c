/* test_name_space.c: the namespaces of this process' stores */
#include "../name_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_nested_names_give_nested_namespaces(void **state)
{
    char *shorter = name_space_take("a"), *longer = name_space_take("ab");

    (void)state;
    assert_memory_equal(longer, shorter, strlen(shorter));
    assert_string_equal(longer + strlen(shorter), "b");
    name_space_leave(shorter);
    name_space_leave(longer);
}

static void test_what_is_taken_is_not_given_again(void **state)
{
    char *first = name_space_take("a"), *second = name_space_take("a");
    char *third = name_space_take("a");

    (void)state;
    assert_string_not_equal(first, second);
    assert_string_not_equal(first, third);
    assert_string_not_equal(second, third);
    name_space_leave(first);
    name_space_leave(second);
    name_space_leave(third);
}

static void test_what_was_left_can_be_taken_again(void **state)
{
    char *first = name_space_take("a"), *again;
    char name[64];

    (void)state;
    assert_true(strlen(first) < sizeof name);
    memcpy(name, first, strlen(first) + 1);
    name_space_leave(first);
    again = name_space_take("a");
    assert_string_equal(again, name);
    name_space_leave(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested_names_give_nested_namespaces),
        cmocka_unit_test(test_what_is_taken_is_not_given_again),
        cmocka_unit_test(test_what_was_left_can_be_taken_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
