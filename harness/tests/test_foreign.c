/* test_foreign.c: members of a session that nobody has set */
#include "../foreign.h"

#include "../node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

struct fixture {
    struct scene scene;
    struct play_options options;
    struct test_case test;
    struct problems problems;
    struct track track;
};

static void begin(struct fixture *fixture, const char *store, const char *yaml)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->options.store = store;
    fixture->test.steps = node_parse(&fixture->scene.arena, "t", yaml,
                                     strlen(yaml), &fixture->problems);
    assert_non_null(fixture->test.steps);
    fixture->scene.test = &fixture->test;
    fixture->scene.options = &fixture->options;
    fixture->scene.failures.arena = &fixture->scene.arena;
    fixture->track.scene = &fixture->scene;
}

static void end(struct fixture *fixture)
{
    json_decref(fixture->track.seen.view);
    problems_free(&fixture->problems);
    arena_free(&fixture->scene.arena);
}

/* What is left of {"user":1,"__mine":2}. */
static size_t left(const char *store, const char *yaml)
{
    struct fixture fixture;
    json_t *session =
        json_pack("{s:{},s:i,s:i}", "cookie", "user", 1, "__mine", 2);
    size_t count;

    begin(&fixture, store, yaml);
    foreign_strip_call(&fixture.scene, session);
    count = json_object_size(session) - 1;
    json_decref(session);
    end(&fixture);
    return count;
}

static void test_what_the_case_does_not_speak_of_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(left("npm:x", "[{store: {set: a, session: {user: 1}}}]"),
                     1);
    assert_int_equal(left("npm:x", "[{request: GET /}]"), 0);
}

static void test_what_the_case_speaks_of_stays(void **state)
{
    (void)state;
    assert_int_equal(
        left("npm:x", "[{request: GET /, do: [{set: {user.name: 1}}]},"
                      "{store: {get: a}, expect: {session-has: {__mine: 2}}}]"),
        2);
}

static void test_a_key_that_is_yet_to_be_reckoned_may_be_any(void **state)
{
    (void)state;
    assert_int_equal(
        left("npm:x", "[{store: {set: a, session: {\"$text\": 1}}}]"), 2);
}

static void test_the_targets_own_store_adds_nothing(void **state)
{
    (void)state;
    assert_int_equal(left(NULL, "[{request: GET /}]"), 2);
}

static void test_it_is_told_once_and_of_each_sort_of_look(void **state)
{
    struct fixture fixture;
    struct node where = { .at = { .line = 7 } };
    const struct result_failure *failure;

    (void)state;
    begin(&fixture, "npm:x", "[{request: GET /}]");
    for (int i = 0; i < 2; i++) {
        json_decref(fixture.track.seen.view);
        fixture.track.seen.view =
            json_pack("{s:{s:i},s:[{s:{s:i}}]}", "session", "__mine", 1,
                      "sessions", "session", "id", 2);
        foreign_strip(&fixture.track, &where);
    }
    assert_int_equal(fixture.scene.failures.count, 1);
    failure = fixture.scene.failures.list;
    assert_int_equal(failure->line, 7);
    assert_string_equal(failure->against, "STO-02");
    assert_non_null(strstr(failure->expected, "__mine"));
    assert_int_equal(
        json_object_size(json_object_get(fixture.track.seen.view, "session")),
        0);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_case_does_not_speak_of_is_passed_over),
        cmocka_unit_test(test_what_the_case_speaks_of_stays),
        cmocka_unit_test(test_a_key_that_is_yet_to_be_reckoned_may_be_any),
        cmocka_unit_test(test_the_targets_own_store_adds_nothing),
        cmocka_unit_test(test_it_is_told_once_and_of_each_sort_of_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
