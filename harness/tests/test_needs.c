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
        { "[{store: {length: }, where: length}]", NULL },
        { "[{outlive: 1s}]", NULL },
        { "[{store: {reopen: }}]", "no \"reopen\"" },
        { "[{store: {spoil: a}}]", "no \"spoil\"" },
        { "[{store: {break: }}]", "only with --restart-backend" },
        { "[{store: {mend: }}]", "only with --restart-backend" },
        { "[{store: {destroy: a, callback: true}}]", NULL },
        { "[{store: {destroy: a, callback: false}}]", "no-callback" },
        { "[{store: {get: a, callback: throws}}]", "throwing-callback" },
        { "[{store: {set: a, circular: true}}]", "circular" },
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

/* What the store says of itself beside name, operations and capabilities. */
static void store_says(struct fixture *fixture, const char *json)
{
    json_t *more = json_loads(json, 0, NULL);

    assert_non_null(more);
    json_object_update(fixture->store, more);
    json_decref(more);
}

static void test_a_clock_of_its_own_is_not_advanced(void **state)
{
    static const char own[] = "the store shelf judges expiry by a clock of its "
                              "own; the real-time cases stand for this one";
    struct fixture *fixture = *state;
    const char *words[] = { "real-time" }, *yaml = "[{outlive: 1s}]";
    struct test_case runs = { .needs = { words, 1 },
                              .steps = node_parse(&fixture->arena, "t", yaml,
                                                  strlen(yaml),
                                                  &fixture->problems) };
    struct test_case stands = { .steps = runs.steps };

    assert_true(needs_real_time(&runs));
    assert_false(needs_real_time(&stands));
    store_says(fixture, "{\"capabilities\": [\"real-clock\"]}");
    assert_string_equal(unmet_steps(fixture, "[{advance: 1s}]"), own);
    assert_string_equal(unmet_steps(fixture, "[{outlive: 1s}]"), own);
    assert_string_equal(unmet_word(fixture, "host-clock"), own);
    assert_null(unmet_steps(fixture, "[{request: GET /}]"));
    assert_null(
        needs_unmet(&runs, fixture->about, fixture->store, &fixture->arena));
}

static void test_an_expiry_that_may_be_late_is_not_exact(void **state)
{
    struct fixture *fixture = *state;

    assert_null(unmet_word(fixture, "exact"));
    store_says(fixture, "{\"resolution\": 1000}");
    assert_string_equal(unmet_word(fixture, "exact"),
                        "the store shelf may be 1000 ms late");
    assert_null(unmet_steps(fixture, "[{outlive: 1s}]"));
    store_says(fixture, "{\"resolution\": 15001}");
    assert_string_equal(unmet_steps(fixture, "[{outlive: 1s}]"),
                        "the store shelf may be 15001 ms late, which is too "
                        "long to wait");
}

static void test_another_store_is_any_but_memory(void **state)
{
    struct fixture *fixture = *state;

    assert_null(unmet_word(fixture, "another-store"));
    store_says(fixture, "{\"name\": \"memory\"}");
    assert_string_equal(unmet_word(fixture, "another-store"),
                        "only for other stores than the MemoryStore");
}

static const char *unmet_checks(struct fixture *fixture, const char *one,
                                const char *other)
{
    const char *ids[] = { one, other };
    struct test_case test = { .checks = { ids, other ? 2 : 1 } };

    return needs_unmet(&test, fixture->about, fixture->store, &fixture->arena);
}

static void test_a_licence_covers_all_that_a_case_checks(void **state)
{
    struct fixture *fixture = *state;
    struct test_case nothing = { .id = "s/c" };

    store_says(fixture,
               "{\"licence\": ["
               "  {\"checks\": \"STO-31, STO-20\", \"why\": \"by the minute\","
               "   \"source\": \"README\"},"
               "  {\"checks\": [\"STO-07\"], \"why\": \"no touch\"}]}");
    assert_string_equal(unmet_checks(fixture, "STO-20", NULL),
                        "not promised by the store shelf: by the minute "
                        "(README)");
    assert_string_equal(unmet_checks(fixture, "STO-07", "STO-31"),
                        "not promised by the store shelf: no touch (no "
                        "source)");
    assert_null(unmet_checks(fixture, "STO-20", "STO-19"));
    assert_null(unmet_checks(fixture, "STO-2", NULL));
    assert_null(
        needs_unmet(&nothing, fixture->about, fixture->store, &fixture->arena));
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
        WITH_FIXTURE(test_a_clock_of_its_own_is_not_advanced),
        WITH_FIXTURE(test_an_expiry_that_may_be_late_is_not_exact),
        WITH_FIXTURE(test_another_store_is_any_but_memory),
        WITH_FIXTURE(test_a_licence_covers_all_that_a_case_checks),
        WITH_FIXTURE(test_who_breaks_what_others_stand_on_is_alone),
        WITH_FIXTURE(test_settings_imply_needs),
        WITH_FIXTURE(test_since_compares_releases),
        WITH_FIXTURE(test_a_target_that_says_nothing_has_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
