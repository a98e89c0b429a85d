/* test_explore.c: which interleaving to try next, and whose turn it is */
#include "../explore.h"
#include "../turns.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { DECISIONS_MAX = 64, RUNS_MAX = 4096 };

/* Tracks of so many moves each, played by the rule of the schedules: the
 * given beginning, then the first that can. */
struct world {
    size_t moves[4], tracks;
    struct explore_decision made[DECISIONS_MAX];
    size_t count;
    char played[DECISIONS_MAX];
};

static void play(struct world *world, const char *beginning)
{
    size_t left[4];

    memcpy(left, world->moves, sizeof left);
    world->count = 0;
    memset(world->made, 0, sizeof world->made);
    memset(world->played, 0, sizeof world->played);
    for (;;) {
        struct explore_decision *made = &world->made[world->count];
        size_t enabled = 0;

        for (size_t i = 0; i < world->tracks; i++)
            if (left[i])
                made->enabled[enabled++] = (char)('A' + i);
        if (!enabled)
            return;
        made->chose = *beginning ? *beginning++ : made->enabled[0];
        left[made->chose - 'A']--;
        world->played[world->count++] = made->chose;
    }
}

/* All that are played until there is none left, at most `limit`. */
static size_t explore_world(struct world *world, bool random,
                            unsigned long seed, char (*played)[DECISIONS_MAX],
                            size_t limit)
{
    struct explore explore;
    char *beginning;
    size_t runs = 0;

    explore_init(&explore, random, seed);
    while (runs < limit && (beginning = explore_next(&explore))) {
        play(world, beginning);
        assert_memory_equal(world->played, beginning, strlen(beginning));
        memcpy(played[runs++], world->played, DECISIONS_MAX);
        explore_ran(&explore, beginning, world->made, world->count);
        free(beginning);
    }
    assert_int_equal(explore.runs, runs);
    explore_clear(&explore);
    return runs;
}

static char seen[RUNS_MAX][DECISIONS_MAX];

static void assert_all_differ(size_t runs)
{
    for (size_t i = 0; i < runs; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
}

static void test_every_interleaving_is_run_once(void **state)
{
    struct world two = { .moves = { 3, 3 }, .tracks = 2 };
    struct world three = { .moves = { 2, 2, 2 }, .tracks = 3 };
    struct world uneven = { .moves = { 1, 4, 2, 1 }, .tracks = 4 };

    (void)state;
    assert_int_equal(explore_world(&two, false, 0, seen, RUNS_MAX), 20);
    assert_all_differ(20);
    assert_int_equal(explore_world(&three, false, 0, seen, RUNS_MAX), 90);
    assert_all_differ(90);
    assert_int_equal(explore_world(&uneven, false, 0, seen, RUNS_MAX), 840);
    assert_all_differ(840);
}

static void test_the_walk_is_depth_first(void **state)
{
    struct world two = { .moves = { 2, 2 }, .tracks = 2 };

    (void)state;
    assert_int_equal(explore_world(&two, false, 0, seen, RUNS_MAX), 6);
    assert_string_equal(seen[0], "AABB");
    assert_string_equal(seen[1], "ABAB");
    assert_string_equal(seen[2], "ABBA");
    assert_string_equal(seen[3], "BAAB");
    assert_string_equal(seen[4], "BABA");
    assert_string_equal(seen[5], "BBAA");
}

static void test_a_random_order_covers_all_too(void **state)
{
    struct world three = { .moves = { 2, 2, 2 }, .tracks = 3 };

    (void)state;
    assert_int_equal(explore_world(&three, true, 7, seen, RUNS_MAX), 90);
    assert_all_differ(90);
}

static void test_a_seed_gives_the_same_order_each_time(void **state)
{
    static char again[RUNS_MAX][DECISIONS_MAX];
    struct world three = { .moves = { 3, 3, 3 }, .tracks = 3 };
    size_t i;

    (void)state;
    assert_int_equal(explore_world(&three, true, 7, seen, 20), 20);
    assert_int_equal(explore_world(&three, true, 7, again, 20), 20);
    for (i = 0; i < 20; i++)
        assert_string_equal(seen[i], again[i]);
    assert_int_equal(explore_world(&three, true, 8, again, 20), 20);
    for (i = 0; i < 20 && strcmp(seen[i], again[i]) == 0; i++)
        ;
    assert_true(i < 20);
}

static void test_one_track_has_one_interleaving(void **state)
{
    struct world one = { .moves = { 5 }, .tracks = 1 };

    (void)state;
    assert_int_equal(explore_world(&one, false, 0, seen, RUNS_MAX), 1);
    assert_string_equal(seen[0], "AAAAA");
}

static void test_what_is_left_untried_is_freed(void **state)
{
    struct world two = { .moves = { 3, 3 }, .tracks = 2 };

    (void)state;
    assert_int_equal(explore_world(&two, false, 0, seen, 2), 2);
}

static void test_more_than_may_be_is_cut_off(void **state)
{
    struct world many = { .moves = { 4, 4, 4, 4 }, .tracks = 4 };
    struct explore explore;
    char *beginning;

    (void)state;
    explore_init(&explore, false, 0);
    assert_false(explore_cut_off(&explore));
    while ((beginning = explore_next(&explore))) {
        play(&many, beginning);
        explore_ran(&explore, beginning, many.made, many.count);
        free(beginning);
    }
    assert_int_equal(explore.runs, EXPLORE_INTERLEAVINGS_MAX);
    assert_true(explore_cut_off(&explore));
    explore_clear(&explore);
}

/* ------------------------------------------------------------------ turns */

struct walker {
    struct turns *turns;
    pthread_mutex_t *lock;
    size_t track, moves;
    pthread_t thread;
};

static void *walk(void *arg)
{
    struct walker *walker = arg;

    pthread_mutex_lock(walker->lock);
    for (size_t i = 0; i < walker->moves; i++)
        turns_park(walker->turns, walker->track, walker->lock);
    turns_end(walker->turns, walker->track);
    pthread_mutex_unlock(walker->lock);
    return NULL;
}

/* Two tracks of two moves; what was decided goes to `made`. */
static void walk_two(const char *beginning, char *made)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct turns turns;
    struct walker walkers[2];

    turns_init(&turns, 2, beginning);
    for (size_t i = 0; i < 2; i++) {
        walkers[i] = (struct walker){ &turns, &lock, i, 2, 0 };
        assert_int_equal(
            pthread_create(&walkers[i].thread, NULL, walk, &walkers[i]), 0);
    }
    for (size_t i = 0; i < 2; i++)
        pthread_join(walkers[i].thread, NULL);
    for (size_t i = 0; i < turns.count; i++)
        made[i] = turns.made[i].chose;
    made[turns.count] = '\0';
    turns_clear(&turns);
}

static void test_turns_follow_the_beginning(void **state)
{
    char made[16];

    (void)state;
    walk_two("BAB", made);
    assert_string_equal(made, "BABA");
    walk_two("", made);
    assert_string_equal(made, "AABB");
}

static void test_a_choice_that_cannot_go_gives_way(void **state)
{
    char made[16];

    (void)state;
    walk_two("AAA", made);
    assert_string_equal(made, "AABB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_interleaving_is_run_once),
        cmocka_unit_test(test_the_walk_is_depth_first),
        cmocka_unit_test(test_a_random_order_covers_all_too),
        cmocka_unit_test(test_a_seed_gives_the_same_order_each_time),
        cmocka_unit_test(test_one_track_has_one_interleaving),
        cmocka_unit_test(test_what_is_left_untried_is_freed),
        cmocka_unit_test(test_more_than_may_be_is_cut_off),
        cmocka_unit_test(test_turns_follow_the_beginning),
        cmocka_unit_test(test_a_choice_that_cannot_go_gives_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
