/* test_fuzz_shrink.c: what is left of a scenario is what shows the fault */
#include "../fuzz_shrink.h"

#include "../fuzz_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fault {
    const char *words[3]; /* in this order in the scenario's text */
    unsigned asked;
};

static bool has_words(void *arg, const json_t *scenario)
{
    struct fault *fault = arg;
    char *text = json_dumps(scenario, JSON_COMPACT);
    const char *at = text;

    fault->asked++;
    for (size_t i = 0; at && i < 3 && fault->words[i]; i++)
        at = strstr(at, fault->words[i]);
    free(text);
    return at != NULL;
}

static json_t *shrunk(struct fault *fault, const char *text, unsigned budget)
{
    struct fuzz_test test = { has_words, fault, budget };
    json_t *scenario = json_loads(text, 0, NULL);
    json_t *small;

    assert_non_null(scenario);
    small = fuzz_shrink(scenario, &test);
    json_decref(scenario);
    return small;
}

static void assert_text(json_t *small, const char *want)
{
    char *text = json_dumps(small, JSON_COMPACT);

    assert_string_equal(text, want);
    free(text);
    json_decref(small);
}

#define LONG                                                                   \
    "{\"options\":{\"secret\":[\"dog\",\"cow\"],\"resave\":true},"             \
    "\"steps\":[{\"advance\":5},{\"request\":\"POST /foo\",\"as\":\"bob\","    \
    "\"do\":[[\"touch\"],[\"set\",\"a\",{\"b\":[1,2,3]}],[\"save\"]]},"        \
    "{\"advance\":7},{\"emit\":\"connect\"},{\"advance\":9}]}"

static void test_steps_that_do_not_matter_go(void **state)
{
    struct fault fault = { { "\"advance\":7", NULL, NULL }, 0 };

    (void)state;
    assert_text(shrunk(&fault, LONG, 1000), "{\"steps\":[{\"advance\":7}]}");
}

static void test_actions_and_members_go_and_values_become_plain(void **state)
{
    struct fault fault = { { "\"set\",\"a\"", NULL, NULL }, 0 };

    (void)state;
    assert_text(shrunk(&fault, LONG, 1000),
                "{\"steps\":[{\"request\":\"GET /\","
                "\"do\":[[\"set\",\"a\"]]}]}");
}

static void test_steps_that_need_each_other_both_stay(void **state)
{
    struct fault fault = { { "\"advance\":5", "\"advance\":9", NULL }, 0 };

    (void)state;
    assert_text(shrunk(&fault, LONG, 1000),
                "{\"steps\":[{\"advance\":5},{\"advance\":9}]}");
}

static void test_of_several_at_once_those_stay_that_matter(void **state)
{
    static const char several[] =
        "{\"steps\":[{\"parallel\":{\"choices\":\"ABA\",\"requests\":["
        "{\"request\":\"GET /\",\"do\":[[\"save\"]]},"
        "{\"request\":\"PUT /x\",\"do\":[[\"touch\"]]},"
        "{\"request\":\"GET /\",\"do\":[[\"destroy\"]]}]}}]}";
    struct fault one = { { "\"touch\"", NULL, NULL }, 0 };
    struct fault two = { { "\"save\"", "\"destroy\"", NULL }, 0 };

    (void)state;
    assert_text(shrunk(&one, several, 1000),
                "{\"steps\":[{\"request\":\"GET /\","
                "\"do\":[[\"touch\"]]}]}");
    assert_text(shrunk(&two, several, 1000),
                "{\"steps\":[{\"parallel\":{\"requests\":["
                "{\"request\":\"GET /\",\"do\":[[\"save\"]]},"
                "{\"request\":\"GET /\",\"do\":[[\"destroy\"]]}]}}]}");
}

static void test_what_cannot_go_keeps_its_place(void **state)
{
    struct fault fault = { { "\"resave\":true", "\"secret\"", NULL }, 0 };

    (void)state;
    assert_text(shrunk(&fault,
                       "{\"options\":{\"resave\":true,\"x\":1,"
                       "\"secret\":\"cat\"},\"steps\":[]}",
                       1000),
                "{\"options\":{\"resave\":true,\"secret\":\"cat\"},"
                "\"steps\":[]}");
}

static void test_it_gives_up_when_it_has_asked_often_enough(void **state)
{
    struct fault fault = { { "\"advance\":7", NULL, NULL }, 0 };
    json_t *small = shrunk(&fault, LONG, 3);

    (void)state;
    assert_true(fault.asked <= 3);
    json_decref(small);
}

static void test_random_scenarios_come_down_to_a_step(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        struct fault fault = { { "\"regenerate\"", NULL, NULL }, 0 };
        struct fuzz_test test = { has_words, &fault, 5000 };
        json_t *scenario = fuzz_make(11, i, true), *small;

        if (has_words(&fault, scenario)) {
            small = fuzz_shrink(scenario, &test);
            assert_text(small, "{\"steps\":[{\"request\":\"GET /\","
                               "\"do\":[[\"regenerate\"]]}]}");
        }
        json_decref(scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_that_do_not_matter_go),
        cmocka_unit_test(test_actions_and_members_go_and_values_become_plain),
        cmocka_unit_test(test_steps_that_need_each_other_both_stay),
        cmocka_unit_test(test_of_several_at_once_those_stay_that_matter),
        cmocka_unit_test(test_what_cannot_go_keeps_its_place),
        cmocka_unit_test(test_it_gives_up_when_it_has_asked_often_enough),
        cmocka_unit_test(test_random_scenarios_come_down_to_a_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
