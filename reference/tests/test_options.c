/* test_options.c: express-session's options, and the settings beside them */
#include "../options.h"
#include "../settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

#define QUIET "'resave':false,'saveUninitialized':false"

/* Parses it, to be cleared by the caller; the warnings are compared. */
static void parse(struct options *options, const char *text,
                  const char *warnings)
{
    json_t *source = json_of(text), *told = json_array();
    struct js_error error;

    assert_int_equal(options_check(source, &error), 0);
    assert_int_equal(options_parse(options, source, told, &error), 0);
    assert_json(told, warnings);
    json_decref(source);
    json_decref(told);
}

static void assert_throws(const char *text, const char *message)
{
    json_t *source = json_of(text), *warnings = json_array();
    struct options options;
    struct js_error error;

    assert_int_equal(options_check(source, &error), 0);
    assert_int_equal(options_parse(&options, source, warnings, &error), -1);
    assert_string_equal(error.name, "TypeError");
    assert_string_equal(error.message, message);
    json_decref(source);
    json_decref(warnings);
}

static void assert_malformed(const char *text)
{
    json_t *source = json_of(text);
    struct js_error error;

    assert_int_equal(options_check(source, &error), -1);
    json_decref(source);
}

static void test_undefined_options_are_warned_of(void **state)
{
    struct options options;

    (void)state;
    parse(&options, "{}",
          "['undefined resave option; provide resave option',"
          "'undefined saveUninitialized option; provide saveUninitialized "
          "option','req.secret; provide secret option']");
    assert_true(options.resave);
    assert_true(options.save_uninitialized);
    assert_int_equal(options.secret_count, 0);
    assert_string_equal(options.name, "connect.sid");
    options_clear(&options);
}

static void test_null_is_no_undefined(void **state)
{
    struct options options;

    (void)state;
    parse(&options, "{'resave':null,'saveUninitialized':0,'secret':'x'}", "[]");
    assert_false(options.resave);
    assert_false(options.save_uninitialized);
    options_clear(&options);
}

static void test_key_is_the_old_name_of_name(void **state)
{
    struct options options;

    (void)state;
    parse(&options, "{" QUIET ",'secret':'x','key':'k'}", "[]");
    assert_string_equal(options.name, "k");
    options_clear(&options);
    parse(&options, "{" QUIET ",'secret':'x','key':'k','name':'n'}", "[]");
    assert_string_equal(options.name, "n");
    options_clear(&options);
}

static void test_an_empty_list_of_secrets_is_refused(void **state)
{
    (void)state;
    assert_throws("{'secret':[]}",
                  "secret option array must contain one or more strings");
}

static void test_secrets_may_be_bytes(void **state)
{
    struct options options;

    (void)state;
    parse(&options,
          "{" QUIET ",'secret':['a\\u0000b',{'base64':'AP8B'},"
          "{'base64':'Y2F0Cg=='},{'base64':''}]}",
          "[]");
    assert_int_equal(options.secret_count, 4);
    assert_int_equal(options.secrets[0].secret.length, 3);
    assert_int_equal(options.secrets[1].secret.length, 3);
    assert_memory_equal(options.secrets[1].secret.bytes, "\0\xff\1", 3);
    assert_int_equal(options.secrets[2].secret.length, 4);
    assert_int_equal(options.secrets[3].secret.length, 0);
    options_clear(&options);
}

static void test_base64_is_read_as_a_buffer_reads_it(void **state)
{
    static const struct {
        const char *base64;
        size_t length;
        const char *bytes;
    } table[] = { { "AP_-", 3, "\0\xff\xfe" },
                  { "AP/+", 3, "\0\xff\xfe" },
                  { "AP8", 2, "\0\xff" },
                  { "A P\\n8=", 2, "\0\xff" },
                  { "AP8=AP8=", 2, "\0\xff" },
                  { "A", 0, "" },
                  { "=AAA", 0, "" },
                  { "!!", 0, "" },
                  { "AAECAwQFBgc", 8, "\0\1\2\3\4\5\6\7" } };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct options options;
        char text[128];

        snprintf(text, sizeof text, "{" QUIET ",'secret':{'base64':'%s'}}",
                 table[i].base64);
        parse(&options, text, "[]");
        assert_int_equal(options.secrets[0].secret.length, table[i].length);
        assert_memory_equal(options.secrets[0].secret.bytes, table[i].bytes,
                            table[i].length);
        options_clear(&options);
    }
}

static void test_a_name_with_a_nul_in_it_names_no_cookie(void **state)
{
    struct options options;

    (void)state;
    parse(&options, "{" QUIET ",'secret':'cat','name':'x\\u0000y'}", "[]");
    assert_string_equal(options.name, "\n");
    options_clear(&options);
}

static void test_a_secret_of_another_type_is_refused_when_used(void **state)
{
    struct options options;

    (void)state;
    parse(&options, "{" QUIET ",'secret':['x',7,null]}", "[]");
    assert_null(options.secrets[0].refused);
    assert_non_null(options.secrets[1].refused);
    assert_string_equal(options.secrets[2].refused,
                        "Secret key must be provided.");
    options_clear(&options);
}

static void test_what_is_not_in_the_protocol_is_malformed(void **state)
{
    (void)state;
    assert_malformed("[]");
    assert_malformed("{'secret':{}}");
    assert_malformed("{'secret':{'base64':5}}");
    assert_malformed("{'secret':{'base64':'YQ=='  ,'x':1}}");
    assert_malformed("{'genid':{}}");
    assert_malformed("{'genid':{'fixed':[]}}");
    assert_malformed("{'genid':{'header':5}}");
    assert_malformed("{'cookie':{'by-header':5}}");
    assert_malformed("{'cookie':{'by-header':'x'}}");
}

static void test_a_truthy_genid_that_is_no_function_is_refused(void **state)
{
    struct options options;

    (void)state;
    assert_throws("{'genid':'not-a-function'}",
                  "genid option must be a function");
    assert_throws("{'genid':[]}", "genid option must be a function");
    parse(&options, "{" QUIET ",'secret':'x','genid':0}", "[]");
    assert_int_equal(options.genid, GENID_RANDOM);
    options_clear(&options);
}

static void test_unset_is_destroy_or_keep(void **state)
{
    struct options options;

    (void)state;
    assert_throws("{'unset':'x'}",
                  "unset option must be \"destroy\" or \"keep\"");
    assert_throws("{'unset':true}",
                  "unset option must be \"destroy\" or \"keep\"");
    parse(&options, "{" QUIET ",'secret':'x','unset':'destroy'}", "[]");
    assert_true(options.unset_destroy);
    options_clear(&options);
    parse(&options, "{" QUIET ",'secret':'x','unset':0}", "[]");
    assert_false(options.unset_destroy);
    options_clear(&options);
}

static void test_the_first_fault_is_the_one_that_is_thrown(void **state)
{
    (void)state;
    assert_throws("{'secret':[],'unset':'x','genid':1}",
                  "genid option must be a function");
    assert_throws("{'secret':[],'unset':'x'}",
                  "unset option must be \"destroy\" or \"keep\"");
}

static void test_proxy_has_three_values(void **state)
{
    static const struct {
        const char *text;
        enum proxy_option proxy;
    } table[] = { { "true", PROXY_TRUSTED },
                  { "false", PROXY_IGNORED },
                  { "null", PROXY_UNDEFINED },
                  { "1", PROXY_UNDEFINED } };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct options options;
        char text[100];

        snprintf(text, sizeof text, "{" QUIET ",'secret':'x','proxy':%s}",
                 table[i].text);
        parse(&options, text, "[]");
        assert_int_equal(options.proxy, table[i].proxy);
        options_clear(&options);
    }
}

static void test_a_cookie_by_header_is_chosen_by_the_request(void **state)
{
    const struct request_header header = { "X-Kind", "a" };
    struct request request = { .headers = &header, .header_count = 1 };
    struct options options;

    (void)state;
    parse(&options,
          "{" QUIET ",'secret':'x','cookie':{'by-header':'x-kind',"
          "'cases':{'a':{'path':'/a'},'':{'path':'/'}}}}",
          "[]");
    assert_json(options_cookie(&options, &request), "{'path':'/a'}");
    request.header_count = 0;
    assert_json(options_cookie(&options, &request), "{'path':'/'}");
    options_clear(&options);
}

/* ---- Settings ---------------------------------------------------------- */

static int read_settings(struct settings *settings, const char *text)
{
    json_t *source = json_of(text);
    struct js_error error;
    int rc = settings_parse(settings, source, &error);

    json_decref(source);
    return rc;
}

static void test_a_setting_that_there_is_not_is_refused(void **state)
{
    static const char *const texts[] = { "[]",
                                         "{'trust-proxy':true}",
                                         "{'mount':5}",
                                         "{'cookieParser':5}",
                                         "{'cookieParser':false}",
                                         "{'env':5}" };
    struct settings settings;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(read_settings(&settings, texts[i]), -1);
        settings_clear(&settings);
    }
}

static void test_an_empty_parser_secret_is_none(void **state)
{
    struct settings settings;

    (void)state;
    assert_int_equal(read_settings(&settings, "{'cookieParser':''}"), 0);
    assert_true(settings.parses_cookies);
    assert_null(settings.parser_secret);
    settings_clear(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64_is_read_as_a_buffer_reads_it),
        cmocka_unit_test(test_a_name_with_a_nul_in_it_names_no_cookie),
        cmocka_unit_test(test_undefined_options_are_warned_of),
        cmocka_unit_test(test_null_is_no_undefined),
        cmocka_unit_test(test_key_is_the_old_name_of_name),
        cmocka_unit_test(test_an_empty_list_of_secrets_is_refused),
        cmocka_unit_test(test_secrets_may_be_bytes),
        cmocka_unit_test(test_a_secret_of_another_type_is_refused_when_used),
        cmocka_unit_test(test_what_is_not_in_the_protocol_is_malformed),
        cmocka_unit_test(test_a_truthy_genid_that_is_no_function_is_refused),
        cmocka_unit_test(test_unset_is_destroy_or_keep),
        cmocka_unit_test(test_the_first_fault_is_the_one_that_is_thrown),
        cmocka_unit_test(test_proxy_has_three_values),
        cmocka_unit_test(test_a_cookie_by_header_is_chosen_by_the_request),
        cmocka_unit_test(test_a_setting_that_there_is_not_is_refused),
        cmocka_unit_test(test_an_empty_parser_secret_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
