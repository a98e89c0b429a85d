/* test_form.c: fields of a form, good and malformed */
#include "../form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_user(const char *body, const char *expected)
{
    size_t length = strlen(body);
    char *exact = malloc(length + 1); /* so that a sanitizer sees overruns */
    json_t *user;

    memcpy(exact, body, length);
    user = form_field(exact, length, "user");
    free(exact);
    if (expected) {
        assert_non_null(user);
        assert_string_equal(json_string_value(user), expected);
    } else {
        assert_null(user);
    }
    json_decref(user);
}

static void test_a_field_is_found_wherever_it_stands(void **state)
{
    (void)state;
    assert_user("user=tobi", "tobi");
    assert_user("a=1&user=tobi&b=2", "tobi");
    assert_user("&&user=tobi&", "tobi");
}

static void test_of_two_fields_of_a_name_the_first_counts(void **state)
{
    (void)state;
    assert_user("user=tobi&user=loki", "tobi");
}

static void test_a_name_that_is_not_there_gives_nothing(void **state)
{
    (void)state;
    assert_user("", NULL);
    assert_user("User=tobi", NULL);
    assert_user("users=tobi&use=r&x=user", NULL);
}

static void test_an_empty_value_is_empty(void **state)
{
    (void)state;
    assert_user("user=", "");
    assert_user("user", "");
    assert_user("user&a=b", "");
}

static void test_the_first_equals_sign_ends_the_name(void **state)
{
    (void)state;
    assert_user("user=a=b", "a=b");
    assert_user("user==", "=");
}

static void test_plus_is_a_blank_and_escapes_are_bytes(void **state)
{
    (void)state;
    assert_user("user=a+b%20c%2Bd", "a b c+d");
    assert_user("user=%3Cb%3e%26", "<b>&");
    assert_user("%75ser=tobi", "tobi");
    assert_user("user=%c3%A9%F0%9F%98%80", "\303\251\360\237\230\200");
}

static void test_a_malformed_escape_stands_for_itself(void **state)
{
    (void)state;
    assert_user("user=50%", "50%");
    assert_user("user=50%2", "50%2");
    assert_user("user=%zz%2g", "%zz%2g");
    assert_user("user=%2&a=5", "%2");
    assert_user("user=%%41", "%A");
}

static void test_what_is_no_utf8_gives_nothing(void **state)
{
    (void)state;
    assert_user("user=%ff", NULL);
    assert_user("user=%c3", NULL);
    assert_user("user=%ed%a0%80", NULL);
}

static void test_a_nul_does_not_end_the_value(void **state)
{
    json_t *user = form_field("user=a%00b", 10, "user");

    (void)state;
    assert_int_equal(json_string_length(user), 3);
    assert_memory_equal(json_string_value(user), "a\0b", 3);
    json_decref(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_field_is_found_wherever_it_stands),
        cmocka_unit_test(test_of_two_fields_of_a_name_the_first_counts),
        cmocka_unit_test(test_a_name_that_is_not_there_gives_nothing),
        cmocka_unit_test(test_an_empty_value_is_empty),
        cmocka_unit_test(test_the_first_equals_sign_ends_the_name),
        cmocka_unit_test(test_plus_is_a_blank_and_escapes_are_bytes),
        cmocka_unit_test(test_a_malformed_escape_stands_for_itself),
        cmocka_unit_test(test_what_is_no_utf8_gives_nothing),
        cmocka_unit_test(test_a_nul_does_not_end_the_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
