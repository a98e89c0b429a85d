/* test_cookie_parse.c: the Cookie header
 *
 * The table holds what the npm package cookie@0.7.2 gave for the header's
 * bytes as latin1.
 */
#include "../cookie_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_a_cookie_is_found_as_the_npm_package_finds_it(void **state)
{
    static const struct {
        const char *header, *name, *expected;
    } table[] = {
        { "a=1", "a", "1" },
        { "b=2; a=1; c=3", "a", "1" },
        { "a=1; a=2", "a", "1" },
        { "a=\"1\"", "a", "1" },
        { "a=\"", "a", "" },
        { "a=\"\"", "a", "" },
        { "a=\"x", "a", "\"x" },
        { " \011a \011= \0111 \011; b=2", "a", "1" },
        { "a=%41%C3%A9%F0%9F%98%80", "a", "A\303\251\360\237\230\200" },
        { "a=1+2", "a", "1+2" },
        { "a=%", "a", "%" },
        { "a=%zz%41", "a", "%zz%41" },
        { "a=%C0%80", "a", "%C0%80" },
        { "a=%ED%A0%80", "a", "%ED%A0%80" },
        { "a=%F4%90%80%80", "a", "%F4%90%80%80" },
        { "a=%E2%82", "a", "%E2%82" },
        { "a=\351", "a", "\303\251" },
        { "\351=1", "\303\251", "1" },
        { "a=%41\377", "a", "A\303\277" },
        { "a=x=y==", "a", "x=y==" },
        { "; ;;a=1;;", "a", "1" },
        { "foo; a=1", "a", "1" },
        { "foo;bar;a=1", "a", "1" },
        { "a=", "a", "" },
        { "a=;b=1", "a", "" },
        { "=x", "", "x" },
        { "x;=", "", "" },
        { "A=1", "a", NULL },
        { "__proto__=1; a=2", "__proto__", NULL },
        { "a", "a", NULL },
        { "", "a", NULL },
        { "=", "", NULL },
        { "a =1", "a", "1" },
        { "aa=1", "a", NULL },
        { "a=1", "aa", NULL },
        { "a=\"a b\"", "a", "a b" },
        { "a= \" x \" ", "a", " x " },
        { "%61=1", "a", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t length;
        char *value = cookie_parse_get(table[i].header, table[i].name, &length);
        if (!table[i].expected) {
            assert_null(value);
            continue;
        }
        assert_non_null(value);
        assert_string_equal(value, table[i].expected);
        assert_int_equal(length, strlen(table[i].expected));
        free(value);
    }
}

static void test_an_escaped_nul_is_within_the_value(void **state)
{
    size_t length;
    char *value = cookie_parse_get("a=x%00y", "a", &length);

    (void)state;
    assert_int_equal(length, 3);
    assert_memory_equal(value, "x\0y", 4);
    free(value);
}

static void test_a_long_header_is_read_in_one_pass(void **state)
{
    enum { PAIRS = 200000 };
    char *header = malloc(3 * PAIRS + 1);
    size_t length;

    (void)state;
    assert_non_null(header);
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(header + 3 * i, i % 2 ? "a=;" : ";;;", 3);
    memcpy(header + 3 * PAIRS - 3, "z=1", 4);
    char *value = cookie_parse_get(header, "z", &length);
    assert_string_equal(value, "1");
    free(value);
    free(header);
}

static void test_values_are_encoded_as_encodeURIComponent_does(void **state)
{
    static const struct {
        const char *value;
        size_t length;
        const char *expected;
    } table[] = {
        { "abc-_.!~*'()", 12, "abc-_.!~*'()" },
        { "s:a b.c+/=", 10, "s%3Aa%20b.c%2B%2F%3D" },
        { "\303\251\360\237\230\200\000%;,\"", 11,
          "%C3%A9%F0%9F%98%80%00%25%3B%2C%22" },
        { "", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *text = cookie_encode(table[i].value, table[i].length);
        assert_string_equal(text, table[i].expected);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cookie_is_found_as_the_npm_package_finds_it),
        cmocka_unit_test(test_an_escaped_nul_is_within_the_value),
        cmocka_unit_test(test_a_long_header_is_read_in_one_pass),
        cmocka_unit_test(test_values_are_encoded_as_encodeURIComponent_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
