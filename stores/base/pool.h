/* pool.h: connections to one backend, shared by all instances in this process
 *
 * A pool belongs to a kind (the store) and a key (its SPEC). Whoever joins
 * first makes it, the last who leaves ends it. It grows on demand, up to its
 * size, and hands out first what was given back last, so that few calls use
 * few connections. Any thread may call anything here.
 *
 *     code = pool_take(pool, call->deadline_ns, &connection, err);
 *     if (code != SSTORE_OK)
 *         return code;
 *     ...
 *     pool_give(pool, connection, is_sound);
 */
#ifndef STORES_BASE_POOL_H
#define STORES_BASE_POOL_H

#include "../session_store.h"

#include <stdbool.h>

struct pool;

/* What a store tells of its connections. None is called under a lock. */
struct pool_kind {
    /* Makes *connection by the deadline (CLOCK_MONOTONIC), or returns what is
     * wrong and fills `err`. `config` is the pool's. */
    int (*create)(const void *config, int64_t deadline_ns, void **connection,
                  struct sstore_err *err);
    void (*destroy)(void *connection);
    /* Is an idle one still of use? Asked before it is handed out again; where
     * it is not, the next one or a new one is. May be NULL: yes. */
    bool (*check)(void *connection, int64_t deadline_ns);
    void (*free_config)(void *config);
};

/* The pool of that kind and key. `size`, at least 1, and `config`, which is the
 * pool's from now on, count for the first who joins: let `key` tell apart what
 * differs in them. NULL without memory; `config` is freed then as well. */
struct pool *pool_join(const struct pool_kind *kind, const char *key,
                       unsigned size, void *config);
/* All that was taken must have been given back. */
void pool_leave(struct pool *pool);

/* A connection that is the caller's alone until pool_give, waited for until
 * the deadline where all are out: then SSTORE_E_TIMEOUT. */
int pool_take(struct pool *pool, int64_t deadline_ns, void **connection,
              struct sstore_err *err);
/* One that is not sound (broken, or in the middle of an answer) is destroyed
 * rather than kept. */
void pool_give(struct pool *pool, void *connection, bool is_sound);

/* How many there are, idle or out. */
unsigned pool_count(struct pool *pool);

#endif
