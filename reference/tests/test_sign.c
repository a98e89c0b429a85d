/* test_sign.c: cookie-signature and session ids
 *
 * The signatures are what the npm package cookie-signature@1.0.7 gave.
 */
#include "../sign.h"
#include "../sid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct secret secret_of(const char *text)
{
    struct secret secret = { (const unsigned char *)text, strlen(text) };
    return secret;
}

static bool unsigned_by(const char *text, const char *key, size_t *length)
{
    struct secret secret = secret_of(key);
    return unsign_value(text, strlen(text), &secret, 1, length);
}

static void test_values_are_signed_as_the_npm_package_signs_them(void **state)
{
    static const struct {
        const char *value, *key, *expected;
    } table[] = {
        { "hello", "tobiiscool",
          "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI" },
        { "", "s", ".ZOygfM5nkpw1fWPQpK7CB+d0gAQDKYkU/ATojOAqxJ8" },
        { "a.b.c", "keyboard cat",
          "a.b.c.G8ReS2HiYVtvMBGFvZUGp5RaCauWFLUTjnnTm/EQ2aE" },
        { "\303\251\360\237\230\200", "geheim",
          "\303\251\360\237\230\200.IKmOJq1qpUTwXMmEFYqEDwCavijdErsdsAWNObTYaGY" },
        { "x", "", "x.TLyWCZpkZ84AJGHxBUm0iYJl6+YYi0XvrMRCk1FuYsQ" },
        { "abc",
          "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
          "abc.tYsraU/boN122j6+mRdPco0ydWDzbs4iTpCGeXJHmSI" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct secret secret = secret_of(table[i].key);
        size_t length = strlen(table[i].value), found;
        char *result = sign_value(table[i].value, length, &secret);
        assert_string_equal(result, table[i].expected);
        assert_int_equal(strlen(result), length + 1 + SIGN_LENGTH);
        assert_true(unsigned_by(result, table[i].key, &found));
        assert_int_equal(found, length);
        free(result);
    }
}

static void test_a_binary_secret_signs(void **state)
{
    static const unsigned char bytes[] = { 0, 1, 255, 0 };
    struct secret secret = { bytes, sizeof bytes };
    char *result = sign_value("sid", 3, &secret);

    (void)state;
    assert_string_equal(result,
                        "sid.Sf4WSLbLRSZbfRv9Lu047/aKe0XtNqH2uU6Lq8txp3s");
    free(result);
}

static void test_an_empty_secret_may_be_null(void **state)
{
    struct secret secret = { NULL, 0 };
    char *result = sign_value("x", 1, &secret);

    (void)state;
    assert_string_equal(result,
                        "x.TLyWCZpkZ84AJGHxBUm0iYJl6+YYi0XvrMRCk1FuYsQ");
    free(result);
}

static void test_a_value_may_hold_a_nul(void **state)
{
    struct secret secret = secret_of("k");
    char *one = sign_value("a\0b", 3, &secret);
    char *other = sign_value("a\0c", 3, &secret);
    size_t length;

    (void)state;
    assert_memory_equal(one, "a\0b.", 4);
    assert_string_not_equal(one + 4, other + 4);
    assert_true(unsign_value(one, 3 + 1 + SIGN_LENGTH, &secret, 1, &length));
    assert_int_equal(length, 3);
    free(one);
    free(other);
}

static void test_any_secret_of_the_array_verifies(void **state)
{
    struct secret secrets[] = { secret_of("new"), secret_of("older"),
                                secret_of("oldest") };
    char *text = sign_value("sid", 3, &secrets[2]);
    size_t length = 99, whole = strlen(text);

    (void)state;
    assert_true(unsign_value(text, whole, secrets, 3, &length));
    assert_int_equal(length, 3);
    assert_false(unsign_value(text, whole, secrets, 2, &length));
    assert_false(unsign_value(text, whole, secrets, 0, &length));
    free(text);
}

static void test_a_change_of_any_one_character_is_noticed(void **state)
{
    struct secret secret = secret_of("keyboard cat");
    char *text = sign_value("a.sid", 5, &secret);
    size_t length;

    (void)state;
    for (size_t i = 0; text[i]; i++) {
        char was = text[i];
        text[i] = was == 'A' ? 'B' : 'A';
        assert_false(unsigned_by(text, "keyboard cat", &length));
        text[i] = was;
    }
    assert_true(unsigned_by(text, "keyboard cat", &length));
    free(text);
}

static void test_what_is_no_signed_value_is_refused(void **state)
{
    static const char *const table[] = {
        "",
        ".",
        "hello",
        "hello.",
        ".DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI",
        "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5Q",
        "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI=",
        "hello.DGDUkGlIkCzPz-C0B064FNgHdEjox7ch8tOBGslZ5QI",
        "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI.",
        "helloDGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI",
    };
    size_t length;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_false(unsigned_by(table[i], "tobiiscool", &length));
}

static void test_session_ids_are_32_characters_and_differ(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";
    enum { COUNT = 500 };
    char ids[COUNT][SID_LENGTH + 1];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        sid_random(ids[i]);
        assert_int_equal(strlen(ids[i]), SID_LENGTH);
        assert_int_equal(strspn(ids[i], alphabet), SID_LENGTH);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_signed_as_the_npm_package_signs_them),
        cmocka_unit_test(test_a_binary_secret_signs),
        cmocka_unit_test(test_an_empty_secret_may_be_null),
        cmocka_unit_test(test_a_value_may_hold_a_nul),
        cmocka_unit_test(test_any_secret_of_the_array_verifies),
        cmocka_unit_test(test_a_change_of_any_one_character_is_noticed),
        cmocka_unit_test(test_what_is_no_signed_value_is_refused),
        cmocka_unit_test(test_session_ids_are_32_characters_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
