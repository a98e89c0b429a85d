/* test_spec.c: the text that names a store, taken to pieces */
#include "store_help.h"

#include "../spec.h"

/* "scheme|rest|path or name|key=value;key=value;", or "!message". */
static void assert_spec(const char *text, const char *expected)
{
    struct sstore_err err = { 0 };
    struct spec spec;
    char seen[600];

    if (spec_parse(&spec, text, &err) != SSTORE_OK) {
        if (expected[0] != '!' || !strstr(err.text, expected + 1))
            fail_msg("\"%s\" gave \"%s\"", text, err.text);
        return;
    }
    snprintf(seen, sizeof seen, "%s|%s|%s%s|", spec.scheme,
             spec.rest ? spec.rest : "", spec.is_path ? "file " : "",
             spec.text);
    for (size_t i = 0; i < spec.count; i++)
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s=%s;",
                 spec.options[i].key, spec.options[i].value);
    assert_string_equal(seen, expected);
    spec_clear(&spec);
}

static void test_a_name_is_a_name(void **state)
{
    (void)state;
    assert_spec("memory", "||memory|");
    assert_spec("", "|||");
    assert_spec("memory?", "||memory|");
    assert_spec("memory?&&", "||memory|");
    assert_spec("faulty?fault=touch-creates", "||faulty|fault=touch-creates;");
}

static void test_a_programs_command_is_left_as_it_is(void **state)
{
    (void)state;
    assert_spec("exec:./x.so?a=1&b=%zz 'c:d'",
                "exec|./x.so?a=1&b=%zz 'c:d'|exec:./x.so?a=1&b=%zz 'c:d'|");
    assert_spec("exec:", "exec||exec:|");
    assert_spec("exec?a=1&b=%3a:x?y=2:z", "exec|x?y=2:z|exec|a=1;b=:;");
    assert_spec("exec?:x", "exec|x|exec|");
    assert_spec("exec?a=%:x", "!%20");
    assert_spec("npm:@a/b@1.2?ttl=60&x=%", "npm|@a/b@1.2?ttl=60&x=%|"
                                           "npm:@a/b@1.2?ttl=60&x=%|");
    assert_spec("node:./factory.mjs?a", "node|./factory.mjs?a|"
                                        "node:./factory.mjs?a|");
    assert_spec("execute:x?a=1", "execute|x|execute:x|a=1;");
}

static void test_what_has_a_slash_or_ends_in_so_is_a_file(void **state)
{
    (void)state;
    assert_spec("./x.so", "||file ./x.so|");
    assert_spec("x.so?dir=/tmp/x&sync", "||file x.so|dir=/tmp/x;sync=;");
    assert_spec("/a/b", "||file /a/b|");
    assert_spec("./redis:x.so", "||file ./redis:x.so|");
    assert_spec("so", "||so|");
}

static void test_a_scheme_ends_at_its_colon(void **state)
{
    (void)state;
    assert_spec("sqlite:/tmp/a.db", "sqlite|/tmp/a.db|sqlite:/tmp/a.db|");
    assert_spec("file:x.so", "file|x.so|file:x.so|");
    assert_spec("redis://h:1/0?pool=4", "redis|//h:1/0|redis://h:1/0|pool=4;");
    assert_spec("lmdb:", "lmdb||lmdb:|");
    assert_spec(":x", "||:x|");
}

static void test_percent_stands_for_any_byte_but_nul(void **state)
{
    (void)state;
    assert_spec("x?a=%20%26%3d&b%63=%C3%a4", "||x|a= &=;bc=\xc3\xa4;");
    assert_spec("x?a=+", "||x|a=+;");
    assert_spec("x?a=%", "!begins a byte in hex");
    assert_spec("x?a=%4", "!begins a byte in hex");
    assert_spec("x?a=%4g", "!begins a byte in hex");
    assert_spec("x?a=%00", "!begins a byte in hex");
}

static void test_the_namespace_cannot_be_smuggled_in(void **state)
{
    (void)state;
    assert_spec("x?name%73pace=y", "!\"namespace\" is the host's");
}

static void test_the_most_options_are_taken_and_no_more(void **state)
{
    struct sstore_err err = { 0 };
    struct spec spec;
    char text[400] = "memory?";

    (void)state;
    for (int i = 0; i < SPEC_OPTIONS_MAX; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "a=1&");
    assert_int_equal(spec_parse(&spec, text, &err), SSTORE_OK);
    assert_int_equal(spec.count, SPEC_OPTIONS_MAX);
    spec_clear(&spec);
    snprintf(text + strlen(text), sizeof text - strlen(text), "b");
    assert_spec(text, "!over 32 options");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_is_a_name),
        cmocka_unit_test(test_a_programs_command_is_left_as_it_is),
        cmocka_unit_test(test_what_has_a_slash_or_ends_in_so_is_a_file),
        cmocka_unit_test(test_a_scheme_ends_at_its_colon),
        cmocka_unit_test(test_percent_stands_for_any_byte_but_nul),
        cmocka_unit_test(test_the_namespace_cannot_be_smuggled_in),
        cmocka_unit_test(test_the_most_options_are_taken_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
