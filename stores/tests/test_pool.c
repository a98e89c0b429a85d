/* test_pool.c: connections shared by a process: reused, waited for, renewed */
#include "../base/pool.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* A backend that counts, and refuses where it is told to. */
static atomic_int made, ended, configs_freed;
static atomic_bool refuses, all_are_stale;
static atomic_int in_use_most;

struct link {
    atomic_int users;
};

static int link_create(const void *config, int64_t deadline_ns,
                       void **connection, struct sstore_err *err)
{
    (void)deadline_ns;
    assert_string_equal(config, "config");
    if (refuses) {
        snprintf(err->text, sizeof err->text, "refused");
        return SSTORE_E_IO;
    }
    struct link *link = calloc(1, sizeof *link);
    assert_non_null(link);
    made++;
    *connection = link;
    return SSTORE_OK;
}

static void link_destroy(void *connection)
{
    ended++;
    free(connection);
}

static bool link_check(void *connection, int64_t deadline_ns)
{
    (void)connection;
    (void)deadline_ns;
    return !all_are_stale;
}

static void config_free(void *config)
{
    configs_freed++;
    free(config);
}

static const struct pool_kind kind = { link_create, link_destroy, link_check,
                                       config_free };
static const struct pool_kind other_kind = { link_create, link_destroy, NULL,
                                             config_free };

static int64_t in_ms(int64_t ms)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec * INT64_C(1000) + ms) * 1000000 + now.tv_nsec;
}

static int set_up(void **state)
{
    (void)state;
    made = ended = configs_freed = in_use_most = 0;
    refuses = all_are_stale = false;
    return 0;
}

static struct pool *join(const char *key, unsigned size)
{
    struct pool *pool = pool_join(&kind, key, size, strdup("config"));

    assert_non_null(pool);
    return pool;
}

static void *take(struct pool *pool)
{
    struct sstore_err err;
    void *connection = NULL;

    assert_int_equal(pool_take(pool, INT64_MAX, &connection, &err), SSTORE_OK);
    assert_non_null(connection);
    return connection;
}

static void test_instances_of_one_spec_share_one_pool(void **state)
{
    struct pool *pool = join("a", 2);

    (void)state;
    assert_ptr_equal(join("a", 2), pool);
    struct pool *other = join("b", 2);
    assert_ptr_not_equal(other, pool);
    struct pool *foreign = pool_join(&other_kind, "a", 2, strdup("config"));
    assert_ptr_not_equal(foreign, pool);
    assert_int_equal(configs_freed, 1);
    pool_give(pool, take(pool), true);
    pool_leave(pool);
    assert_int_equal(ended, 0);
    pool_leave(pool);
    assert_int_equal(ended, 1);
    pool_leave(other);
    pool_leave(foreign);
    assert_int_equal(configs_freed, 4);
}

static void test_what_was_given_back_is_used_again(void **state)
{
    struct pool *pool = join("a", 8);

    (void)state;
    void *first = take(pool), *second = take(pool);
    pool_give(pool, first, true);
    pool_give(pool, second, true);
    for (int i = 0; i < 100; i++) {
        assert_ptr_equal(take(pool), second);
        pool_give(pool, second, true);
    }
    assert_int_equal(made, 2);
    assert_int_equal(pool_count(pool), 2);
    pool_leave(pool);
    assert_int_equal(ended, 2);
}

static void test_all_in_use_is_a_timeout_at_the_deadline(void **state)
{
    struct pool *pool = join("a", 1);
    struct sstore_err err = { .native = 0 };
    void *connection = take(pool), *none;
    int64_t deadline = in_ms(20);

    (void)state;
    assert_int_equal(pool_take(pool, deadline, &none, &err), SSTORE_E_TIMEOUT);
    assert_true(in_ms(0) >= deadline);
    assert_string_equal(err.symbol, "ETIMEDOUT");
    assert_non_null(strstr(err.text, "pool=1"));
    assert_int_equal(pool_take(pool, 0, &none, &err), SSTORE_E_TIMEOUT);
    pool_give(pool, connection, true);
    assert_int_equal(pool_take(pool, 0, &none, &err), SSTORE_OK);
    pool_give(pool, none, true);
    pool_leave(pool);
}

static void test_a_broken_one_makes_room_for_another(void **state)
{
    struct pool *pool = join("a", 1);

    (void)state;
    pool_give(pool, take(pool), false);
    assert_int_equal(ended, 1);
    pool_give(pool, take(pool), true);
    assert_int_equal(made, 2);
    pool_leave(pool);
    assert_int_equal(ended, 2);
}

static void test_stale_ones_are_renewed_by_one_take(void **state)
{
    struct pool *pool = join("a", 3);
    void *all[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        all[i] = take(pool);
    for (int i = 0; i < 3; i++)
        pool_give(pool, all[i], true);
    all_are_stale = true;
    void *fresh = take(pool);
    assert_int_equal(ended, 3);
    assert_int_equal(made, 4);
    pool_give(pool, fresh, true);
    pool_leave(pool);
}

static void test_a_refusal_is_passed_on_and_takes_no_place(void **state)
{
    struct pool *pool = join("a", 1);
    struct sstore_err err;
    void *none;

    (void)state;
    refuses = true;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pool_take(pool, INT64_MAX, &none, &err), SSTORE_E_IO);
        assert_string_equal(err.text, "refused");
    }
    assert_int_equal(pool_count(pool), 0);
    refuses = false;
    pool_give(pool, take(pool), true);
    pool_leave(pool);
}

/* ---- Many threads ------------------------------------------------------- */

enum { THREADS = 16, TURNS = 500, SIZE = 5 };

static void *take_and_give(void *arg)
{
    struct pool *pool = arg;
    long alone = 0;

    for (int i = 0; i < TURNS; i++) {
        struct link *link = take(pool);
        alone += link->users++ == 0;
        int count = (int)pool_count(pool);
        if (count > in_use_most)
            in_use_most = count;
        link->users--;
        pool_give(pool, link, i % 50 != 0);
    }
    return (void *)alone;
}

static void test_each_is_one_threads_alone_and_none_above_the_size(void **state)
{
    struct pool *pool = join("a", SIZE);
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_and_give, pool);
    for (int i = 0; i < THREADS; i++) {
        void *alone;
        pthread_join(threads[i], &alone);
        assert_int_equal((long)alone, TURNS);
    }
    assert_in_range(in_use_most, 1, SIZE);
    pool_leave(pool);
    assert_int_equal(made, ended);
}

static void *join_and_leave(void *arg)
{
    for (int i = 0; i < 200; i++) {
        struct pool *pool = join(arg, SIZE);
        pool_give(pool, take(pool), true);
        pool_leave(pool);
    }
    return NULL;
}

static void test_any_thread_may_join_and_leave(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, join_and_leave, i % 2 ? "a" : "b");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(made, ended);
    assert_int_equal(configs_freed, THREADS * 200);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_instances_of_one_spec_share_one_pool),
        TEST(test_what_was_given_back_is_used_again),
        TEST(test_all_in_use_is_a_timeout_at_the_deadline),
        TEST(test_a_broken_one_makes_room_for_another),
        TEST(test_stale_ones_are_renewed_by_one_take),
        TEST(test_a_refusal_is_passed_on_and_takes_no_place),
        TEST(test_each_is_one_threads_alone_and_none_above_the_size),
        TEST(test_any_thread_may_join_and_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
