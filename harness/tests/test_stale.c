/* test_stale.c: a cookie that a store gave as it was set, though touched since
 */
#include "../stale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define SET "{s:s, s:{s:{s:s}}}", "op", "set", "session", "cookie", "expires"
#define TOUCH                                                                  \
    "{s:s, s:{s:{s:s}}}", "op", "touch", "session", "cookie", "expires"

struct fixture {
    struct scene scene;
    struct play_options options;
    struct track track;
};

static void begin(struct fixture *fixture, const char *store)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->options.store = store;
    fixture->scene.options = &fixture->options;
    fixture->track.scene = &fixture->scene;
}

static void hand(struct fixture *fixture, json_t *body)
{
    stale_note(&fixture->scene, body);
    json_decref(body);
}

static bool is_stale(struct fixture *fixture, const char *expires)
{
    struct observation seen = { .view = json_pack("{s:{s:s}}", "cookie",
                                                  "expires", expires) };
    bool stale = stale_is(&fixture->track, &seen);

    json_decref(seen.view);
    return stale;
}

static void end(struct fixture *fixture)
{
    json_decref(fixture->scene.handed);
}

static void test_the_sets_cookie_behind_a_touch_is_stale(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture, "npm:x");
    hand(&fixture, json_pack(SET, "noon"));
    assert_false(is_stale(&fixture, "noon"));
    hand(&fixture, json_pack(TOUCH, "one"));
    assert_true(is_stale(&fixture, "noon"));
    end(&fixture);
}

static void test_a_touch_with_the_same_cookie_makes_none_stale(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture, "npm:x");
    hand(&fixture, json_pack(SET, "noon"));
    hand(&fixture, json_pack(TOUCH, "noon"));
    assert_false(is_stale(&fixture, "noon"));
    end(&fixture);
}

static void test_a_cookie_that_nobody_set_is_not_stale_but_wrong(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture, "npm:x");
    hand(&fixture, json_pack(SET, "noon"));
    hand(&fixture, json_pack(TOUCH, "one"));
    assert_false(is_stale(&fixture, "two"));
    end(&fixture);
}

static void test_a_cookie_without_a_date_is_not_stale_but_wrong(void **state)
{
    struct fixture fixture;
    struct observation seen = { .view = json_pack("{s:{s:{}}}", "cookie",
                                                  "expires") };

    (void)state;
    begin(&fixture, "npm:x");
    hand(&fixture, json_pack("{s:s, s:{s:{s:{}}}}", "op", "set", "session",
                             "cookie", "expires"));
    hand(&fixture, json_pack(TOUCH, "one"));
    assert_false(stale_is(&fixture.track, &seen));
    json_decref(seen.view);
    end(&fixture);
}

static void test_the_targets_own_store_is_not_excused(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture, NULL);
    hand(&fixture, json_pack(SET, "noon"));
    hand(&fixture, json_pack(TOUCH, "one"));
    assert_false(is_stale(&fixture, "noon"));
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sets_cookie_behind_a_touch_is_stale),
        cmocka_unit_test(test_a_touch_with_the_same_cookie_makes_none_stale),
        cmocka_unit_test(test_a_cookie_that_nobody_set_is_not_stale_but_wrong),
        cmocka_unit_test(test_a_cookie_without_a_date_is_not_stale_but_wrong),
        cmocka_unit_test(test_the_targets_own_store_is_not_excused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
