/* test_expiry.c: who hears when of the end of which session */
#include "../expiry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was told, one line each: "sid op data expiry". */
struct fixture {
    struct expiry *expiry;
    char told[4096];
};

static void note(void *arg, const json_t *sid, const json_t *session,
                 const char *op)
{
    char *told = arg;
    size_t length = strlen(told);
    char *text = json_dumps(session, JSON_COMPACT | JSON_ENCODE_ANY);

    snprintf(told + length, 4096 - length, "%s %s %s\n", json_string_value(sid),
             op ? op : "expired", text);
    free(text);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->expiry = expiry_new();
    expiry_watch(fixture->expiry, note, fixture->told);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    expiry_unwatch(fixture->expiry, fixture->told);
    expiry_free(fixture->expiry);
    free(fixture);
    return 0;
}

static void set(struct fixture *fixture, int64_t now, const char *sid,
                const char *session, int64_t expires)
{
    json_t *name = json_string(sid);
    json_t *data = json_loads(session, JSON_DECODE_ANY, NULL);

    if (expiry_begin(fixture->expiry, now)) {
        expiry_set(fixture->expiry, name, data, expires);
        expiry_end(fixture->expiry);
    }
    json_decref(name);
    json_decref(data);
}

static void touch(struct fixture *fixture, int64_t now, const char *sid,
                  const char *cookie, int64_t expires)
{
    json_t *name = json_string(sid);
    json_t *value = cookie ? json_loads(cookie, 0, NULL) : NULL;

    if (expiry_begin(fixture->expiry, now)) {
        expiry_touch(fixture->expiry, name, value, expires);
        expiry_end(fixture->expiry);
    }
    json_decref(name);
    json_decref(value);
}

static void destroy(struct fixture *fixture, int64_t now, const char *sid)
{
    json_t *name = json_string(sid);

    if (expiry_begin(fixture->expiry, now)) {
        expiry_destroy(fixture->expiry, name);
        expiry_end(fixture->expiry);
    }
    json_decref(name);
}

static void clear(struct fixture *fixture, int64_t now)
{
    if (expiry_begin(fixture->expiry, now)) {
        expiry_clear(fixture->expiry);
        expiry_end(fixture->expiry);
    }
}

static void test_a_session_is_told_at_its_very_millisecond(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "{\"user\":1}", 100);
    expiry_pass(fixture->expiry, 99);
    assert_string_equal(fixture->told, "");
    expiry_pass(fixture->expiry, 100);
    assert_string_equal(fixture->told, "s expired {\"user\":1}\n");
}

static void test_a_session_is_told_once(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    expiry_pass(fixture->expiry, 200);
    expiry_pass(fixture->expiry, 300);
    destroy(fixture, 300, "s");
    clear(fixture, 300);
    assert_string_equal(fixture->told, "s expired 1\n");
}

static void
test_a_destroyed_session_is_told_then_and_not_at_its_date(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    destroy(fixture, 50, "s");
    assert_string_equal(fixture->told, "s destroy 1\n");
    destroy(fixture, 60, "s");
    expiry_pass(fixture->expiry, 200);
    assert_string_equal(fixture->told, "s destroy 1\n");
}

static void test_destroying_what_is_not_there_tells_nothing(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    destroy(fixture, 0, "S");
    destroy(fixture, 0, "s ");
    assert_string_equal(fixture->told, "");
}

static void test_destroyed_past_its_date_it_has_expired(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    destroy(fixture, 100, "s");
    assert_string_equal(fixture->told, "s expired 1\n");
}

static void
test_cleared_sessions_are_told_in_the_order_of_their_dates(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "never", "0", INT64_MAX);
    set(fixture, 0, "late", "2", 300);
    set(fixture, 0, "soon", "1", 200);
    clear(fixture, 0);
    expiry_pass(fixture->expiry, 1000);
    assert_string_equal(fixture->told,
                        "soon clear 1\nlate clear 2\nnever clear 0\n");
}

static void test_a_touched_session_is_told_at_its_new_date_alone(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "{\"cookie\":{\"a\":1},\"user\":1}", 100);
    touch(fixture, 50, "s", "{\"a\":2}", 200);
    expiry_pass(fixture->expiry, 199);
    assert_string_equal(fixture->told, "");
    expiry_pass(fixture->expiry, 200);
    assert_string_equal(fixture->told,
                        "s expired {\"cookie\":{\"a\":2},\"user\":1}\n");
}

static void test_a_touch_makes_no_session(void **state)
{
    struct fixture *fixture = *state;

    touch(fixture, 0, "s", "{}", 100);
    set(fixture, 0, "t", "1", 100);
    touch(fixture, 100, "t", "{}", 300); /* it has expired by then */
    expiry_pass(fixture->expiry, 1000);
    assert_string_equal(fixture->told, "t expired 1\n");
}

static void test_a_replaced_session_is_told_with_what_it_is_last(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    set(fixture, 50, "s", "2", 300);
    expiry_pass(fixture->expiry, 250);
    assert_string_equal(fixture->told, "");
    set(fixture, 260, "s", "3", 270);
    expiry_pass(fixture->expiry, 270);
    assert_string_equal(fixture->told, "s expired 3\n");
}

static void test_a_session_of_an_expired_ones_id_is_another(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    set(fixture, 150, "s", "2", 300);
    assert_string_equal(fixture->told, "s expired 1\n");
    expiry_pass(fixture->expiry, 300);
    assert_string_equal(fixture->told, "s expired 1\ns expired 2\n");
}

static void test_of_the_same_date_the_older_is_told_first(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "b", "1", 100);
    set(fixture, 0, "a", "2", 100);
    expiry_pass(fixture->expiry, 100);
    assert_string_equal(fixture->told, "b expired 1\na expired 2\n");
}

/* A sorted list is the model that the heap is held against. */
static void
test_many_sessions_are_told_in_the_order_of_their_dates(void **state)
{
    enum { COUNT = 1000 };
    struct fixture *fixture = *state;
    struct expiry *expiry = fixture->expiry;
    int64_t dates[COUNT];
    uint32_t random = 1;
    char sid[16];

    for (int i = 0; i < COUNT; i++) {
        random = random * 1664525u + 1013904223u;
        dates[i] = 1 + (random >> 8) % 5000;
        snprintf(sid, sizeof sid, "%d", i);
        set(fixture, 0, sid, "0", dates[i]);
    }
    for (int i = 0; i < COUNT; i += 3) {
        snprintf(sid, sizeof sid, "%d", i);
        touch(fixture, 0, sid, NULL, dates[i] = 5001 - dates[i]);
    }
    for (int64_t now = 0; now <= 5000; now += 10) {
        char *at = fixture->told;
        size_t told = 0, due = 0;

        fixture->told[0] = '\0';
        expiry_pass(expiry, now);
        while ((at = strchr(at, '\n')) != NULL) {
            told++;
            at++;
        }
        for (int i = 0; i < COUNT; i++)
            due += dates[i] <= now && dates[i] > now - 10;
        assert_int_equal(told, due);
    }
}

static void test_each_who_listens_is_told(void **state)
{
    struct fixture *fixture = *state;
    char other[4096] = "";

    assert_false(expiry_watch(fixture->expiry, note, other));
    set(fixture, 0, "s", "1", 100);
    expiry_pass(fixture->expiry, 100);
    expiry_unwatch(fixture->expiry, other);
    set(fixture, 100, "s", "2", 200);
    expiry_pass(fixture->expiry, 200);
    assert_string_equal(other, "s expired 1\n");
    assert_string_equal(fixture->told, "s expired 1\ns expired 2\n");
}

static void test_while_nobody_listens_nothing_is_kept(void **state)
{
    struct fixture *fixture = *state;

    set(fixture, 0, "s", "1", 100);
    expiry_unwatch(fixture->expiry, fixture->told);
    assert_false(expiry_begin(fixture->expiry, 0));
    assert_true(expiry_watch(fixture->expiry, note, fixture->told));
    expiry_pass(fixture->expiry, 1000);
    assert_string_equal(fixture->told, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_session_is_told_at_its_very_millisecond),
        TEST(test_a_session_is_told_once),
        TEST(test_a_destroyed_session_is_told_then_and_not_at_its_date),
        TEST(test_destroying_what_is_not_there_tells_nothing),
        TEST(test_destroyed_past_its_date_it_has_expired),
        TEST(test_cleared_sessions_are_told_in_the_order_of_their_dates),
        TEST(test_a_touched_session_is_told_at_its_new_date_alone),
        TEST(test_a_touch_makes_no_session),
        TEST(test_a_replaced_session_is_told_with_what_it_is_last),
        TEST(test_a_session_of_an_expired_ones_id_is_another),
        TEST(test_of_the_same_date_the_older_is_told_first),
        TEST(test_many_sessions_are_told_in_the_order_of_their_dates),
        TEST(test_each_who_listens_is_told),
        TEST(test_while_nobody_listens_nothing_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
