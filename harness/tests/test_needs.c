/* test_needs.c: which cases do not apply to a target and its store */
#include "../needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct problems problems;
    json_t *about, *store;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->about =
        json_pack("{s:s,s:s,s:[s]}", "target", "other", "implements",
                  "express-session 1.17.3", "abilities", "virtual-clock");
    fixture->store =
        json_pack("{s:s,s:[s,s],s:[s]}", "name", "shelf", "operations", "get",
                  "touch", "capabilities", "durable");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    json_decref(fixture->about);
    json_decref(fixture->store);
    problems_free(&fixture->problems);
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static const char *unmet_word(struct fixture *fixture, const char *word)
{
    const char *words[] = { word };
    struct test_case test = { .needs = { words, 1 } };

    return needs_unmet(&test, fixture->about, fixture->store, &fixture->arena);
}

static const char *unmet_steps(struct fixture *fixture, const char *yaml)
{
    struct test_case test = { .steps = node_parse(&fixture->arena, "t", yaml,
                                                  strlen(yaml),
                                                  &fixture->problems) };

    assert_non_null(test.steps);
    return needs_unmet(&test, fixture->about, fixture->store, &fixture->arena);
}

static void test_a_word_may_be_the_targets_or_the_stores(void **state)
{
    assert_null(unmet_word(*state, "virtual-clock"));
    assert_null(unmet_word(*state, "touch"));
    assert_null(unmet_word(*state, "durable"));
    assert_null(unmet_word(*state, "real-time"));
    assert_string_equal(unmet_word(*state, "clear"),
                        "the store shelf has no \"clear\"");
    assert_string_equal(unmet_word(*state, "schedule"),
                        "the target other has no ability \"schedule\"");
    assert_string_equal(unmet_word(*state, "expiry-callback"),
                        "the target other has no ability \"expiry-callback\"");
    assert_string_equal(unmet_word(*state, "express"),
                        "only for express-session itself");
    assert_string_equal(unmet_word(*state, "memory"),
                        "only for the MemoryStore");
}

static void test_steps_imply_needs(void **state)
{
    static const struct {
        const char *yaml, *missing; /* NULL: nothing is */
    } rows[] = {
        { "[{request: GET /}]", NULL },
        { "[{advance: 1s}]", NULL },
        { "[{fault: {op: set}}]", "fault" },
        { "[{request: GET /, https: true}]", "tls" },
        { "[{request: GET /, https: false}]", NULL },
        { "[{request: GET /, hold: {g: set}}]", "schedule" },
        { "[{parallel: {a: {request: GET /}}}]", NULL },
        { "[{parallel: {a: {request: GET /}}, interleave: all}]", "schedule" },
        { "[{parallel: {a: {request: GET /, hold: {g: set}}}}]", "schedule" },
        { "[{parallel: {a: [{await: g}]}}]", "schedule" },
        { "[{parallel: {a: [{release: g}]}}]", "schedule" },
        { "[{repeat: {times: 2, steps: [{fault: {op: get}}]}}]", "fault" },
        { "[{parallel: {a: {request: GET /}}, then: [{fault: {op: get}}]}]",
          "fault" },
        { "[{request: GET /, do: [{set: {fault: 1, hold: 2}}]}]", NULL },
        { "[{store: {get: a}}]", NULL },
        { "[{store: {set: a, session: {clear: 1}}}]", NULL },
        { "[{store: {touch: a, session: {}}}]", NULL },
        { "[{store: {length: }}]", "no \"length\"" },
        { "[{store: {reopen: }}]", "no \"reopen\"" },
        { "[{store: {spoil: a}}]", "no \"spoil\"" },
        { "[{store: {break: }}]", "only with --restart-backend" },
        { "[{store: {mend: }}]", "only with --restart-backend" },
        { "[{store: {destroy: a, callback: true}}]", NULL },
        { "[{store: {destroy: a, callback: false}}]", "no-callback" },
        { "[{calls: [get, set]}]", NULL },
        { "[{calls: [{clear: {outcome: ok}}]}]", "no \"clear\"" },
        { "[{request: GET /, expect: {calls: [get, touch]}}]", NULL },
        { "[{request: GET /, expect: {calls: [get, all]}}]", "no \"all\"" },
        { "[{request: GET /, expect: {calls-have: [all]}}]", "no \"all\"" },
        { "[{request: GET /, expect: {never: [all]}}]", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *unmet = unmet_steps(*state, rows[i].yaml);
        if (!rows[i].missing && unmet)
            fail_msg("%s: %s", rows[i].yaml, unmet);
        if (rows[i].missing && (!unmet || !strstr(unmet, rows[i].missing)))
            fail_msg("%s: %s", rows[i].yaml, unmet ? unmet : "(applies)");
    }
}

static void test_who_breaks_what_others_stand_on_is_alone(void **state)
{
    struct fixture *fixture = *state;
    const char *words[] = { "touch", "break-backend" };
    struct test_case says = { .needs = { words, 2 } };
    struct test_case other = { .needs = { words, 1 } };
    const char *yaml = "[{parallel: {a: [{store: {break: }}]}}]";
    struct test_case does = { .steps = node_parse(&fixture->arena, "t", yaml,
                                                  strlen(yaml),
                                                  &fixture->problems) };

    assert_true(needs_alone(&says));
    assert_true(needs_alone(&does));
    assert_false(needs_alone(&other));
    assert_string_equal(unmet_word(fixture, "break-backend"),
                        "only with --restart-backend, and a --store whose "
                        "backend the target starts itself, such as redis");
    json_array_append_new(json_object_get(fixture->about, "abilities"),
                          json_string("break-backend"));
    assert_null(unmet_word(fixture, "break-backend"));
}

static void test_settings_imply_needs(void **state)
{
    struct fixture *fixture = *state;
    const char *yaml = "{settings: {debug: true}}";
    const struct node *map = node_parse(&fixture->arena, "t", yaml,
                                        strlen(yaml), &fixture->problems);
    struct test_case test = { .settings = node_get(map, "settings") };
    struct test_case apps = { .apps =
                                  node_parse(&fixture->arena, "t",
                                             "{a: {settings: {debug: true}}}",
                                             30, &fixture->problems) };

    assert_string_equal(
        needs_unmet(&test, fixture->about, fixture->store, &fixture->arena),
        "the target other has no ability \"debug\"");
    assert_string_equal(
        needs_unmet(&apps, fixture->about, fixture->store, &fixture->arena),
        "the target other has no ability \"debug\"");
}

static void test_since_compares_releases(void **state)
{
    static const struct {
        const char *since;
        bool applies;
    } rows[] = {
        { "1.17.3", true },  { "1.17", true },    { "1.9.0", true },
        { "0.99", true },    { "1.17.4", false }, { "1.18", false },
        { "1.19.0", false }, { "2", false },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_case test = { .since = rows[i].since };
        const char *unmet =
            needs_unmet(&test, fixture->about, fixture->store, &fixture->arena);
        if (rows[i].applies != !unmet)
            fail_msg("since %s: %s", rows[i].since,
                     unmet ? unmet : "(applies)");
    }
}

static void test_a_target_that_says_nothing_has_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *words[] = { "touch" };
    struct test_case test = { .needs = { words, 1 }, .since = "1.19.0" };
    json_t *empty = json_object();

    assert_string_equal(needs_unmet(&test, empty, empty, &fixture->arena),
                        "the store of this target has no \"touch\"");
    json_decref(empty);
}

int main(void)
{
#define WITH_FIXTURE(test)                                                     \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_a_word_may_be_the_targets_or_the_stores),
        WITH_FIXTURE(test_steps_imply_needs),
        WITH_FIXTURE(test_who_breaks_what_others_stand_on_is_alone),
        WITH_FIXTURE(test_settings_imply_needs),
        WITH_FIXTURE(test_since_compares_releases),
        WITH_FIXTURE(test_a_target_that_says_nothing_has_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
