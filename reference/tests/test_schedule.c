/* test_schedule.c: the order in which labelled requests go, with threads */
#include "../schedule.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "json_help.h"

enum { LONG_WAIT_MS = 20000 };

/* A request: parks at each of its calls, and writes down its letter as it
 * goes on. */
struct actor {
    struct schedules *schedules;
    const char *label;
    int calls;
    struct notes *notes;
    pthread_t thread;
};

struct notes {
    pthread_mutex_t lock;
    char text[64];
};

static void note(struct notes *notes, char letter)
{
    pthread_mutex_lock(&notes->lock);
    notes->text[strlen(notes->text)] = letter;
    pthread_mutex_unlock(&notes->lock);
}

static void *act(void *arg)
{
    struct actor *actor = arg;
    struct schedule_slot *slot =
        schedule_join(actor->schedules, "app", actor->label);
    json_t *where = json_pack("{s:s}", "op", "set");

    for (int i = 0; i < actor->calls; i++) {
        schedule_park(slot, where);
        note(actor->notes, *actor->label);
    }
    json_decref(where);
    schedule_leave(slot);
    return NULL;
}

static int set_up(void **state)
{
    *state = schedules_new();
    return 0;
}

static int tear_down(void **state)
{
    schedules_free(*state);
    return 0;
}

static int put(struct schedules *schedules, const char *text)
{
    json_t *body = json_of(text);
    struct js_error error;
    int rc = schedules_put(schedules, "s", body, &error);

    json_decref(body);
    return rc;
}

static void start(struct actor *actor)
{
    assert_int_equal(pthread_create(&actor->thread, NULL, act, actor), 0);
}

static void join(struct actor *actor)
{
    assert_int_equal(pthread_join(actor->thread, NULL), 0);
}

/* Two requests of two calls each, in the order that `choices` gives. */
static void assert_order(struct schedules *schedules, const char *choices,
                         const char *expected)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { schedules, "a", 2, &notes, 0 };
    struct actor b = { schedules, "b", 2, &notes, 0 };
    char body[120];

    snprintf(body, sizeof body,
             "{'apps':['app'],'labels':['a','b'],'choices':'%s'}", choices);
    assert_int_equal(put(schedules, body), 0);
    start(&b);
    start(&a);
    join(&a);
    join(&b);
    assert_string_equal(notes.text, expected);
}

static void test_the_choices_are_followed(void **state)
{
    assert_order(*state, "ABAB", "abab");
    assert_order(*state, "BBAA", "bbaa");
    assert_order(*state, "BAAB", "baab");
}

static void test_past_the_choices_the_first_goes(void **state)
{
    assert_order(*state, "", "aabb");
    assert_order(*state, "B", "baab");
}

static void test_a_choice_of_who_is_done_is_passed_over(void **state)
{
    assert_order(*state, "AAAAB", "aabb");
}

static void test_nobody_moves_until_all_are_there(void **state)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { *state, "a", 1, &notes, 0 };
    json_t *look;

    put(*state, "{'apps':['app'],'labels':['a','b']}");
    start(&a);
    do {
        look = schedules_get(*state, "s", 0);
        if (json_object_size(json_object_get(look, "parked")) == 1)
            break;
        json_decref(look);
    } while (true);
    assert_json_of(look, "{'parked':{'a':{'op':'set'}},'done':[],"
                         "'decisions':[]}");
    assert_string_equal(notes.text, "");
    assert_true(schedules_delete(*state, "s"));
    join(&a);
    assert_string_equal(notes.text, "a");
}

static void test_decisions_say_who_could_go_and_who_went(void **state)
{
    json_t *look;

    assert_order(*state, "BA", "baab");
    look = schedules_get(*state, "s", LONG_WAIT_MS);
    assert_json(json_object_get(look, "decisions"),
                "[{'enabled':['a','b'],'chose':'b'},"
                "{'enabled':['a','b'],'chose':'a'},"
                "{'enabled':['a','b'],'chose':'a'},"
                "{'enabled':['b'],'chose':'b'}]");
    assert_json(json_object_get(look, "done"), "['a','b']");
    json_decref(look);
}

static int go(struct schedules *schedules, const char *label)
{
    struct js_error error;

    return schedules_go(schedules, "s", label, &error);
}

static void test_stopped_they_go_by_hand(void **state)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { *state, "a", 1, &notes, 0 };
    struct actor b = { *state, "b", 2, &notes, 0 };

    put(*state, "{'apps':['app'],'labels':['a','b'],'then':'stop'}");
    start(&a);
    start(&b);
    for (const char *label = "bab"; *label; label++) {
        char name[2] = { *label, '\0' };

        json_decref(schedules_get(*state, "s", LONG_WAIT_MS));
        assert_int_equal(go(*state, name), 0);
    }
    join(&a);
    join(&b);
    assert_string_equal(notes.text, "bab");
    assert_int_equal(go(*state, "a"), -1); /* it is done */
    assert_int_equal(go(*state, "x"), -1);
}

static void test_a_label_is_taken_once(void **state)
{
    struct schedule_slot *slot;

    put(*state, "{'apps':['app'],'labels':['a','b']}");
    slot = schedule_join(*state, "app", "a");
    assert_non_null(slot);
    assert_null(schedule_join(*state, "app", "a"));
    assert_null(schedule_join(*state, "app", "x"));
    assert_null(schedule_join(*state, "other", "b"));
    assert_null(schedule_join(*state, "app", NULL));
    schedule_leave(slot);
}

static void test_an_app_that_goes_lets_its_requests_go(void **state)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { *state, "a", 3, &notes, 0 };

    put(*state, "{'apps':['app'],'labels':['a','b']}");
    start(&a);
    schedules_drop_app(*state, "app");
    join(&a);
    assert_string_equal(notes.text, "aaa");
    assert_null(schedules_get(*state, "s", 0));
    assert_false(schedules_delete(*state, "s"));
}

static void test_another_of_the_same_id_takes_its_place(void **state)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { *state, "a", 1, &notes, 0 };

    put(*state, "{'apps':['app'],'labels':['a','b']}");
    start(&a);
    put(*state, "{'apps':['other'],'labels':['c']}");
    join(&a);
    assert_json_of(schedules_get(*state, "s", 0),
                   "{'parked':{},'done':[],'decisions':[]}");
}

static void test_what_is_no_schedule_is_refused(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{'apps':[],'labels':['a']}",
        "{'apps':['app'],'labels':[]}",
        "{'apps':['app'],'labels':['a','a']}",
        "{'apps':['app'],'labels':[5]}",
        "{'apps':['app'],'labels':['a'],'choices':'B'}",
        "{'apps':['app'],'labels':['a'],'choices':'a'}",
        "{'apps':['app'],'labels':['a'],'choices':5}",
        "{'apps':['app'],'labels':['a'],'then':'maybe'}",
        "{'apps':['app'],'labels':['a'],'then':5}",
        "{'apps':['app'],'labels':['a'],'chioces':'A'}",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_int_equal(put(*state, bodies[i]), -1);
    assert_null(schedules_get(*state, "s", 0));
}

static void test_without_a_schedule_nobody_waits(void **state)
{
    struct notes notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
    struct actor a = { *state, "a", 2, &notes, 0 };

    start(&a);
    join(&a);
    assert_string_equal(notes.text, "aa");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_choices_are_followed),
        TEST(test_past_the_choices_the_first_goes),
        TEST(test_a_choice_of_who_is_done_is_passed_over),
        TEST(test_nobody_moves_until_all_are_there),
        TEST(test_decisions_say_who_could_go_and_who_went),
        TEST(test_stopped_they_go_by_hand),
        TEST(test_a_label_is_taken_once),
        TEST(test_an_app_that_goes_lets_its_requests_go),
        TEST(test_another_of_the_same_id_takes_its_place),
        TEST(test_what_is_no_schedule_is_refused),
        TEST(test_without_a_schedule_nobody_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
