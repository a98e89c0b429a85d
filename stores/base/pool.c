/* pool.c: connections to one backend, shared by all instances in this process
 */
#include "pool.h"

#include "fail.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_IN_S INT64_C(1000000000)

struct pool {
    const struct pool_kind *kind;
    char *key;
    void *config; /* owned */
    unsigned size;
    unsigned members;  /* under pools_lock */
    struct pool *next; /* under pools_lock */

    pthread_mutex_t lock;     /* over what follows */
    pthread_cond_t available; /* one became idle, or one fewer there is */
    unsigned count;           /* idle, out, and being made */
    unsigned idle_count;
    void *idle[]; /* a stack */
};

/* ---- Taking and giving -------------------------------------------------- */

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){
        .tv_sec = (time_t)(ns / NS_IN_S),
        .tv_nsec = (long)(ns % NS_IN_S),
    };
}

/* An idle connection, or NULL for the right to make one; false where the
 * deadline passed before there was either. */
static bool take_place(struct pool *pool, int64_t deadline_ns,
                       void **connection)
{
    struct timespec deadline = timespec_of(deadline_ns);
    bool in_time = true;

    pthread_mutex_lock(&pool->lock);
    while (in_time && pool->idle_count == 0 && pool->count == pool->size)
        in_time = pthread_cond_timedwait(&pool->available, &pool->lock,
                                         &deadline) != ETIMEDOUT;
    *connection = NULL;
    if (pool->idle_count > 0) {
        *connection = pool->idle[--pool->idle_count];
        in_time = true;
    } else if (pool->count < pool->size) {
        pool->count++;
        in_time = true;
    }
    pthread_mutex_unlock(&pool->lock);
    return in_time;
}

/* What was taken is gone. */
static void leave_place(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->count--;
    pthread_cond_signal(&pool->available);
    pthread_mutex_unlock(&pool->lock);
}

static bool is_fit(const struct pool *pool, void *connection,
                   int64_t deadline_ns)
{
    return !pool->kind->check || pool->kind->check(connection, deadline_ns);
}

int pool_take(struct pool *pool, int64_t deadline_ns, void **connection,
              struct sstore_err *err)
{
    while (take_place(pool, deadline_ns, connection)) {
        if (!*connection) {
            int code =
                pool->kind->create(pool->config, deadline_ns, connection, err);
            if (code != SSTORE_OK)
                leave_place(pool);
            return code;
        }
        if (is_fit(pool, *connection, deadline_ns))
            return SSTORE_OK;
        pool_give(pool, *connection, false);
    }
    return fail(err, SSTORE_E_TIMEOUT, ETIMEDOUT, "ETIMEDOUT",
                "all %u connections were in use until the deadline (pool=%u)",
                pool->size, pool->size);
}

void pool_give(struct pool *pool, void *connection, bool is_sound)
{
    if (!is_sound) {
        pool->kind->destroy(connection);
        leave_place(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->idle[pool->idle_count++] = connection;
    pthread_cond_signal(&pool->available);
    pthread_mutex_unlock(&pool->lock);
}

unsigned pool_count(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    unsigned count = pool->count;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

/* ---- Making and ending -------------------------------------------------- */

static bool sync_init(struct pool *pool)
{
    pthread_condattr_t monotonic;

    if (pthread_mutex_init(&pool->lock, NULL) != 0)
        return false;
    if (pthread_condattr_init(&monotonic) == 0) {
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        int error = pthread_cond_init(&pool->available, &monotonic);
        pthread_condattr_destroy(&monotonic);
        if (error == 0)
            return true;
    }
    pthread_mutex_destroy(&pool->lock);
    return false;
}

/* Takes `config` where it does not give NULL. */
static struct pool *pool_new(const struct pool_kind *kind, const char *key,
                             unsigned size, void *config)
{
    struct pool *pool = calloc(1, sizeof *pool + size * sizeof *pool->idle);

    if (!pool)
        return NULL;
    pool->kind = kind;
    pool->key = strdup(key);
    pool->size = size;
    if (!pool->key || !sync_init(pool)) {
        free(pool->key);
        free(pool);
        return NULL;
    }
    pool->config = config;
    return pool;
}

static void pool_free(struct pool *pool)
{
    while (pool->idle_count > 0)
        pool->kind->destroy(pool->idle[--pool->idle_count]);
    pool->kind->free_config(pool->config);
    pthread_cond_destroy(&pool->available);
    pthread_mutex_destroy(&pool->lock);
    free(pool->key);
    free(pool);
}

/* ---- All of this process ------------------------------------------------ */

static pthread_mutex_t pools_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pool *pools; /* under pools_lock */

static struct pool *pool_find(const struct pool_kind *kind, const char *key)
{
    struct pool *pool = pools;

    while (pool && (pool->kind != kind || strcmp(pool->key, key) != 0))
        pool = pool->next;
    return pool;
}

struct pool *pool_join(const struct pool_kind *kind, const char *key,
                       unsigned size, void *config)
{
    pthread_mutex_lock(&pools_lock);
    struct pool *pool = pool_find(kind, key);
    if (!pool) {
        pool = pool_new(kind, key, size, config);
        if (pool) {
            config = NULL;
            pool->next = pools;
            pools = pool;
        }
    }
    if (pool)
        pool->members++;
    pthread_mutex_unlock(&pools_lock);

    if (config)
        kind->free_config(config);
    return pool;
}

void pool_leave(struct pool *pool)
{
    pthread_mutex_lock(&pools_lock);
    bool is_last = --pool->members == 0;
    if (is_last) {
        struct pool **link = &pools;
        while (*link != pool)
            link = &(*link)->next;
        *link = pool->next;
    }
    pthread_mutex_unlock(&pools_lock);
    if (is_last)
        pool_free(pool);
}
