/* test_fuzz_make.c: scenarios that can be made again, and reach deep */
#include "../fuzz_make.h"

#include "../fuzz_cookie.h"
#include "../setcookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_a_scenario_can_be_made_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        json_t *one = fuzz_make(7, i, true), *other = fuzz_make(7, i, true);

        assert_true(json_equal(one, other));
        json_decref(one);
        json_decref(other);
    }
}

static void test_no_scenario_is_another_seeds(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed < 5; seed++)
        for (unsigned i = 0; i < 20; i++) {
            json_t *one = fuzz_make(seed, i + 1, false);
            json_t *other = fuzz_make(seed + 1, i, false);

            assert_false(json_equal(one, other));
            json_decref(one);
            json_decref(other);
        }
}

static void test_https_stands_in_scenarios_only_where_there_is_tls(void **state)
{
    unsigned found = 0;

    (void)state;
    for (int tls = 0; tls <= 1; tls++)
        for (unsigned i = 0; i < 200; i++) {
            json_t *scenario = fuzz_make(1, i, tls);
            char *text = json_dumps(scenario, 0);

            if (strstr(text, "\"https\": true")) {
                assert_true(tls);
                found++;
            }
            free(text);
            json_decref(scenario);
        }
    assert_true(found > 0);
}

/* What a scenario of a thousand does not do, a fuzzer does not try. */
static void test_every_option_and_verb_comes_up(void **state)
{
    static const char *const words[] = { "\"secret\"",
                                         "\"base64\"",
                                         "\"name\"",
                                         "\"key\"",
                                         "\"resave\"",
                                         "\"saveUninitialized\"",
                                         "\"rolling\"",
                                         "\"proxy\"",
                                         "\"unset\"",
                                         "\"genid\"",
                                         "\"fixed\"",
                                         "\"not-a-function\"",
                                         "\"by-header\"",
                                         "\"maxAge\"",
                                         "\"expires\"",
                                         "\"domain\"",
                                         "\"sameSite\"",
                                         "\"priority\"",
                                         "\"partitioned\"",
                                         "\"httpOnly\"",
                                         "\"trust proxy\"",
                                         "\"mount\"",
                                         "\"cookieParser\"",
                                         "\"production\"",
                                         "\"hide\"",
                                         "\"restart\"",
                                         "\"advance\"",
                                         "\"fault\"",
                                         "\"ENOENT\"",
                                         "\"disconnect\"",
                                         "\"connect\"",
                                         "\"tampered\"",
                                         "\"signed\"",
                                         "\"raw\"",
                                         "\"set\"",
                                         "\"delete\"",
                                         "\"add\"",
                                         "\"push\"",
                                         "\"save\"",
                                         "\"reload\"",
                                         "\"regenerate\"",
                                         "\"destroy\"",
                                         "\"touch\"",
                                         "\"delete-session\"",
                                         "\"sessionID\"",
                                         "\"header\"",
                                         "\"status\"",
                                         "\"write\"",
                                         "\"end\"",
                                         "\"point\"",
                                         "\"throw\"",
                                         "\"redirect\"",
                                         "\"clear\"",
                                         "\"length\"",
                                         "\"x-forwarded-proto\"",
                                         "\"parallel\"",
                                         "\"apps\"",
                                         "\"via\"",
                                         "\"later\"",
                                         "\"body\"",
                                         "\"callback\"",
                                         "$base/",
                                         "xxxxxxxxxxxxxxxxxxxxxxxx",
                                         "\"expires\": [" };
    bool seen[sizeof words / sizeof *words] = { false };

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        json_t *scenario = fuzz_make(3, i, false);
        char *text = json_dumps(scenario, 0);

        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            seen[w] = seen[w] || strstr(text, words[w]);
        free(text);
        json_decref(scenario);
    }
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (!seen[w])
            fail_msg("%s never came up", words[w]);
}

static void test_requests_at_once_can_be_put_in_a_row(void **state)
{
    json_t *scenario = json_loads("{\"steps\":[1,{\"parallel\":{\"requests\":"
                                  "[2,3]}},4]}",
                                  0, NULL);
    json_t *want = json_loads("{\"steps\":[1,2,3,4]}", 0, NULL);

    (void)state;
    fuzz_make_sequential(scenario);
    assert_true(json_equal(scenario, want));
    json_decref(scenario);
    json_decref(want);
}

static void test_a_restart_merges_maps_and_replaces_all_else(void **state)
{
    json_t *into = json_loads("{\"cookie\":{\"path\":\"/\",\"maxAge\":1},"
                              "\"secret\":[\"a\",\"b\"]}",
                              0, NULL);
    json_t *from =
        json_loads("{\"cookie\":{\"maxAge\":2},\"secret\":\"c\"}", 0, NULL);
    json_t *want = json_loads("{\"cookie\":{\"path\":\"/\",\"maxAge\":2},"
                              "\"secret\":\"c\"}",
                              0, NULL);

    (void)state;
    fuzz_merge(into, from);
    assert_true(json_equal(into, want));
    json_decref(into);
    json_decref(from);
    json_decref(want);
}

static void test_a_signed_cookie_verifies(void **state)
{
    json_t *secret = json_pack("{s:s}", "base64", "AAEC/v8=");
    char *pair = fuzz_cookie_pair("sid", "s1", secret);

    (void)state;
    assert_non_null(pair);
    assert_memory_equal(pair, "sid=s%3As1.", strlen("sid=s%3As1."));
    assert_true(signed_value_verify(pair + 4, "\x00\x01\x02\xfe\xff", 5));
    free(pair);
    json_decref(secret);
}

static void test_a_secret_that_is_none_signs_nothing(void **state)
{
    json_t *secret = json_integer(5);

    (void)state;
    assert_null(fuzz_cookie_pair("sid", "s1", secret));
    json_decref(secret);
}

static void test_a_tampered_cookie_differs_in_one_character(void **state)
{
    char *pair = fuzz_cookie_tamper("a=1; sid=s%3As1.XYZ", "sid", -1);

    (void)state;
    assert_string_equal(pair, "sid=s%3As1.XYA");
    free(pair);
    assert_null(fuzz_cookie_tamper("a=1", "sid", 0));
    assert_null(fuzz_cookie_tamper("sid=abc", "sid", 3));
    assert_null(fuzz_cookie_tamper(NULL, "sid", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_scenario_can_be_made_again),
        cmocka_unit_test(test_no_scenario_is_another_seeds),
        cmocka_unit_test(
            test_https_stands_in_scenarios_only_where_there_is_tls),
        cmocka_unit_test(test_every_option_and_verb_comes_up),
        cmocka_unit_test(test_requests_at_once_can_be_put_in_a_row),
        cmocka_unit_test(test_a_restart_merges_maps_and_replaces_all_else),
        cmocka_unit_test(test_a_signed_cookie_verifies),
        cmocka_unit_test(test_a_secret_that_is_none_signs_nothing),
        cmocka_unit_test(test_a_tampered_cookie_differs_in_one_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
