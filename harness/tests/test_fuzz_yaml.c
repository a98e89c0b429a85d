/* test_fuzz_yaml.c: what a scenario is written as is a case, and the same */
#include "../fuzz_yaml.h"

#include "../base/must.h"
#include "../case.h"
#include "../fuzz_make.h"
#include "../var.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static json_t *json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(value);
    return value;
}

/* Of an answer to each step, as fuzz_play() sees them. */
static json_t *right_of(const json_t *scenario)
{
    json_t *steps = json_array(), *step;
    size_t i;

    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        json_array_append_new(
            steps,
            json("{\"transport\":\"ok\",\"status\":200,\"set-cookie\":[],"
                 "\"answer\":{\"sessionID\":\"s1\",\"session\":{\"a$\":\"$x\"},"
                 "\"log\":[]},\"calls\":[],\"text\":\"{}\"}"));
    }
    return json_pack("{s:{s:i,s:[s]},s:o,s:[{s:s,s:s}],s:{s:{s:[]}}}", "made",
                     "status", 201, "warnings", "beware", "steps", steps,
                     "events", "event", "error", "text", "bo\"om", "holds",
                     "answer", "sessions");
}

static char *written(const json_t *scenario, const json_t *right,
                     const struct fuzz_difference *difference)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    must(to);
    fuzz_yaml(to, "found", scenario, right, difference);
    must(fclose(to) == 0);
    return text;
}

/* Reads it as `sessionspec check` does. */
static void load(const char *text, struct case_set *set,
                 struct problems *problems)
{
    char path[] = "/tmp/test_fuzz_yaml_XXXXXX";
    const char *paths[] = { path };
    int fd = mkstemp(path);

    must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    case_load(set, paths, 1, problems);
    unlink(path);
    if (problems->count > 0) {
        problems_print(problems, stderr);
        fail_msg("%s", text);
    }
    assert_int_equal(set->count, 1);
}

static void assert_loads(const char *text)
{
    struct problems problems = { .count = 0 };
    struct case_set set = { .count = 0 };

    load(text, &set, &problems);
    case_set_free(&set);
    problems_free(&problems);
}

static void test_every_scenario_that_suits_is_a_case(void **state)
{
    static const char *const aspects[] = { "events", "holds",      "answer",
                                           "calls",  "set-cookie", "text" };
    unsigned suited = 0;

    (void)state;
    for (unsigned i = 0; i < 600; i++) {
        json_t *scenario = fuzz_make(5, i, true);
        json_t *right = right_of(scenario);
        struct fuzz_difference difference = { .path = "request.answer.log",
                                              .step =
                                                  i % 6 < 2 ? FUZZ_NO_STEP : 0,
                                              .aspect = aspects[i % 6] };
        char *text = written(scenario, right, &difference);

        if (fuzz_yaml_suits(scenario)) {
            assert_loads(text);
            suited++;
        }
        free(text);
        json_decref(right);
        json_decref(scenario);
    }
    assert_true(suited > 200);
}

static void assert_suits(const char *step, bool suits)
{
    json_t *scenario =
        json_pack("{s:{},s:[o]}", "options", "steps", json(step));

    assert_int_equal(fuzz_yaml_suits(scenario), suits);
    json_decref(scenario);
}

static void test_what_the_language_has_no_words_for_is_told_apart(void **state)
{
    (void)state;
    assert_suits("{\"request\":\"GET /\"}", true);
    assert_suits("{\"store\":{\"op\":\"set\",\"session\":{}}}", true);
    assert_suits("{\"store\":{\"op\":\"set\",\"session\":[]}}", false);
    assert_suits("{\"request\":\"GET /\",\"do\":[[\"header\",\"a\",[]]]}",
                 false);
    assert_suits("{\"restart\":{\"settings\":{}}}", true);
    assert_suits("{\"restart\":{\"later\":5}}", false);
    assert_suits("{\"parallel\":{\"requests\":[]}}", false);
}

static void test_the_other_app_and_absolute_targets_are_written(void **state)
{
    json_t *scenario =
        json("{\"options\":{\"resave\":false},\"apps\":{\"b\":{\"options\":"
             "{\"name\":\"b\"}}},\"steps\":[{\"request\":\"POST $base/$x\","
             "\"via\":\"b\",\"body\":\"$y\"},{\"store\":{\"op\":\"clear\","
             "\"callback\":false}}]}");
    json_t *right = right_of(scenario);
    struct fuzz_difference difference = { .step = 0, .aspect = "answer" };
    char *text = written(scenario, right, &difference);

    (void)state;
    assert_non_null(strstr(text, "      b:\n        options: { name: \"b\" }"));
    assert_non_null(strstr(text, "request: \"POST $base/$$x\""));
    assert_non_null(strstr(text, "body: \"$$y\""));
    assert_non_null(strstr(text, "via: b"));
    assert_non_null(strstr(text, "callback: false"));
    assert_non_null(strstr(text, "needs: [ no-callback ]"));
    assert_loads(text);
    free(text);
    json_decref(right);
    json_decref(scenario);
}

static void test_an_app_that_is_refused_is_a_restart(void **state)
{
    json_t *scenario = json("{\"options\":{\"unset\":\"x\"},\"steps\":[]}");
    json_t *right = json("{\"made\":{\"status\":422,\"error\":{\"name\":"
                         "\"TypeError\",\"message\":\"unset\"}},\"steps\":[]}");
    struct fuzz_difference difference = { .path = "made.error",
                                          .step = FUZZ_NO_STEP,
                                          .aspect = "made" };
    char *text = written(scenario, right, &difference);

    (void)state;
    assert_non_null(strstr(text, "- restart: { options: { unset: \"x\" } }"));
    assert_non_null(strstr(text, "status: 422"));
    assert_loads(text);
    free(text);
    json_decref(right);
    json_decref(scenario);
}

static const struct node *step_of(const struct case_set *set, size_t i)
{
    return set->cases[0].steps->items[i];
}

/* Whatever characters there are in a text, it is read as it was meant. */
static void test_texts_and_numbers_survive(void **state)
{
    const char *data =
        "{\"a\":\"$x $$ \\\"q\\\" \\\\ \\n\\t\\u0001\\u007f\\u2028 é 😀\","
        "\"b\":\"60s\",\"c\":\"true\",\"d\":\"\",\"e\":-1.5,\"f\":1e21,"
        "\"g\":null,\"h\":[],\"i\":{},\"expires\":\"30s\",\"$k\":\"null\","
        "\"maxAge\":\"5m\",\"x: y\":[[1],{\"z\":false}]}";
    json_t *session = json(data), *read;
    json_t *scenario = json_pack("{s:{},s:[{s:{s:s,s:s,s:b,s:O}}]}", "options",
                                 "steps", "store", "op", "set", "sid", "a$b",
                                 "raw", 1, "session", session);
    json_t *right = right_of(scenario);
    struct fuzz_difference difference = { .step = FUZZ_NO_STEP,
                                          .aspect = "events" };
    char *text = written(scenario, right, &difference);
    struct problems problems = { .count = 0 };
    struct case_set set = { .count = 0 };
    struct vars vars;
    struct fault fault;

    (void)state;
    load(text, &set, &problems);
    vars_init(&vars, NULL);
    read = var_value(&vars,
                     node_get(node_get(step_of(&set, 0), "store"), "session"),
                     &fault);
    assert_non_null(read);
    assert_true(json_equal(read, session));
    json_decref(read);
    vars_clear(&vars);
    case_set_free(&set);
    problems_free(&problems);
    free(text);
    json_decref(right);
    json_decref(scenario);
    json_decref(session);
}

static void test_a_saved_sid_is_named_and_an_unknown_one_is_nobody(void **state)
{
    json_t *scenario =
        json("{\"options\":{},\"steps\":["
             "{\"request\":\"GET /\",\"cookie\":{\"signed\":{\"sid\":"
             "{\"var\":\"s1\"},\"secret\":\"cat\"}},\"save\":\"s1\"},"
             "{\"store\":{\"op\":\"get\",\"sid\":{\"var\":\"s1\"}}}]}");
    json_t *right = right_of(scenario);
    struct fuzz_difference difference = { .step = 1, .aspect = "answer" };
    char *text = written(scenario, right, &difference);

    (void)state;
    assert_non_null(strstr(text, "sid: nobody"));
    assert_non_null(strstr(text, "save: { s1: sessionID }"));
    assert_non_null(strstr(text, "get: $s1"));
    assert_loads(text);
    free(text);
    json_decref(right);
    json_decref(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scenario_that_suits_is_a_case),
        cmocka_unit_test(test_what_the_language_has_no_words_for_is_told_apart),
        cmocka_unit_test(test_the_other_app_and_absolute_targets_are_written),
        cmocka_unit_test(test_an_app_that_is_refused_is_a_restart),
        cmocka_unit_test(test_texts_and_numbers_survive),
        cmocka_unit_test(
            test_a_saved_sid_is_named_and_an_unknown_one_is_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
