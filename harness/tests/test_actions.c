/* test_actions.c: a request's `do` as Spec-Do, and the cookie that it sends */
#include "../actions.h"

#include "../scene.h"
#include "../send_cookie.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
    struct problems problems;
    struct scene scene;
    struct test_case test;
    struct scene_app app;
    struct jar jar;
    struct sending sending;
    struct fault fault;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof f);
    vars_init(&f.scene.vars, NULL);
    vars_set(&f.scene.vars, "n", json_integer(3));
    f.scene.test = &f.test;
    f.scene.now_ms = SCENE_START_MS;
    vars_set_now(&f.scene.vars, SCENE_START_MS);
    f.app.cookie_name = "connect.sid";
    f.sending = (struct sending){ &f.scene, &f.app, &f.jar, "/", false };
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    jar_clear(&f->jar);
    vars_clear(&f->scene.vars);
    arena_free(&f->scene.arena);
    problems_free(&f->problems);
    return 0;
}

static const struct node *yaml(struct fixture *f, const char *text)
{
    const struct node *node =
        node_parse(&f->scene.arena, "test", text, strlen(text), &f->problems);

    assert_non_null(node);
    return node;
}

static void assert_actions(struct fixture *f, const char *list,
                           const char *expected)
{
    json_t *actions = actions_of(&f->scene.vars, yaml(f, list), &f->fault);
    char *text;

    assert_non_null(actions);
    text = json_dumps(actions, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(actions);
}

static void test_a_map_is_an_action_an_entry(void **state)
{
    assert_actions(*state,
                   "[ { set: { user.name: tobi, n: $n } }, { save: },"
                   "  { add: { n: 1 } }, { push: { cart: [] } } ]",
                   "[[\"set\",\"user.name\",\"tobi\"],[\"set\",\"n\",3],"
                   "[\"save\"],[\"add\",\"n\",1],[\"push\",\"cart\",[]]]");
}

static void test_times_are_milliseconds_and_dates(void **state)
{
    assert_actions(*state, "[ { cookie: { maxAge: 1s, expires: +1m } } ]",
                   "[[\"cookie\",\"maxAge\",1000],"
                   "[\"cookie\",\"expires\",\"2023-11-14T22:14:20.000Z\"]]");
}

static void test_texts_are_texts_whatever_they_look_like(void **state)
{
    assert_actions(*state,
                   "[ { header: { X-A: 1 } }, { end: 200 }, { write: },"
                   "  { throw: null }, { read: 0 }, { status: 201 },"
                   "  { sessionID: 7 } ]",
                   "[[\"header\",\"X-A\",\"1\"],[\"end\",\"200\"],"
                   "[\"write\",\"\"],[\"throw\",\"\"],[\"read\",\"0\"],"
                   "[\"status\",201],[\"sessionID\",7]]");
}

static void test_an_unknown_variable_is_named(void **state)
{
    struct fixture *f = *state;

    assert_null(actions_of(&f->scene.vars, yaml(f, "[ { set: { a: $x } } ]"),
                           &f->fault));
    assert_non_null(strstr(f->fault.text, "$x"));
}

/* ------------------------------------------------------------- the cookie */

static void keep(struct fixture *f, const char *header)
{
    struct set_cookie cookie;

    assert_true(set_cookie_parse(&cookie, header));
    jar_store(&f->jar, "", "/", false, &cookie, SCENE_START_MS);
    set_cookie_clear(&cookie);
}

/* The Cookie header for `cookie:`, in the scene's arena; NULL for none. */
static const char *sent(struct fixture *f, const char *cookie)
{
    char *header;
    const char *copy;

    assert_true(send_cookie(&f->sending, cookie ? yaml(f, cookie) : NULL,
                            &header, &f->fault));
    copy = header ? arena_strdup(&f->scene.arena, header) : NULL;
    free(header);
    return copy;
}

static void test_the_jar_is_sent_unless_told_otherwise(void **state)
{
    struct fixture *f = *state;

    assert_null(sent(f, NULL));
    keep(f, "a=1; Path=/");
    assert_string_equal(sent(f, NULL), "a=1");
    assert_string_equal(sent(f, "jar"), "a=1");
    assert_null(sent(f, "none"));
    assert_string_equal(sent(f, "{ raw: x=$n }"), "x=3");
}

static void test_a_signed_cookie_names_its_session(void **state)
{
    struct fixture *f = *state;
    const char *header = sent(f, "{ signed: { sid: a b, secret: cat } }");
    char *sid = send_cookie_sid(header, "connect.sid");

    assert_string_equal(sid, "a b");
    assert_memory_equal(header, "connect.sid=s%3Aa%20b.", 22);
    free(sid);
    assert_null(send_cookie_sid(header, "other"));
    assert_null(send_cookie_sid(NULL, "connect.sid"));
    assert_null(send_cookie_sid("connect.sid=unsigned", "connect.sid"));
}

static void test_tampering_changes_one_character(void **state)
{
    struct fixture *f = *state;

    keep(f, "connect.sid=s%3AAbc.Def; Path=/");
    keep(f, "theme=dark; Path=/");
    assert_string_equal(sent(f, "{ tampered: { at: 2 } }"),
                        "connect.sid=s%3ABbc.Def");
    assert_string_equal(sent(f, "{ tampered: { at: -1 } }"),
                        "connect.sid=s%3AAbc.DeA");
}

static void test_one_cannot_tamper_where_nothing_is(void **state)
{
    struct fixture *f = *state;
    char *header;

    assert_false(send_cookie(&f->sending, yaml(f, "{ tampered: { at: 0 } }"),
                             &header, &f->fault));
    assert_non_null(strstr(f->fault.text, "connect.sid"));
    keep(f, "connect.sid=abc; Path=/");
    assert_false(send_cookie(&f->sending, yaml(f, "{ tampered: { at: 3 } }"),
                             &header, &f->fault));
    assert_false(send_cookie(&f->sending, yaml(f, "{ tampered: { at: -4 } }"),
                             &header, &f->fault));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_map_is_an_action_an_entry),
        CASE(test_times_are_milliseconds_and_dates),
        CASE(test_texts_are_texts_whatever_they_look_like),
        CASE(test_an_unknown_variable_is_named),
        CASE(test_the_jar_is_sent_unless_told_otherwise),
        CASE(test_a_signed_cookie_names_its_session),
        CASE(test_tampering_changes_one_character),
        CASE(test_one_cannot_tamper_where_nothing_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
