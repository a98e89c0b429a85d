/* lmdb_env.h: the database of the store `lmdb`, opened once in a process
 *
 * LMDB must not open a folder twice in one process, so all instances share what
 * is opened here. Its map grows as it fills; a folder that was removed and came
 * back is opened anew. Any thread may call.
 */
#ifndef STORES_LMDB_ENV_H
#define STORES_LMDB_ENV_H

#include "session_store.h"

#include <lmdb.h>
#include <stdbool.h>

struct lmdb_env;

/* What differs between instances counts in its stronger form: `fsync` if any
 * asks for it, the most of `most_mib`. SSTORE_OK, or what is wrong. */
int lmdb_env_join(struct lmdb_env **env, const char *path, bool fsync,
                  unsigned most_mib, struct sstore_err *err);
void lmdb_env_leave(struct lmdb_env *env);

/* A transaction. */
struct lmdb_txn {
    MDB_txn *txn;
    MDB_dbi sessions; /* by key: the bytes of base/image.h */
    MDB_dbi due;      /* by namespace: when the next session expires, in ms */
};

/* What is done in one: 0, or a result of LMDB's. A write is committed after 0,
 * else nothing was done. It may be called again, after a result of LMDB's. */
typedef int lmdb_env_fn(const struct lmdb_txn *txn, void *arg);

/* Both give what `fn` gave, or what LMDB said, or an errno: ETIMEDOUT where
 * others who write have taken too long. */
int lmdb_env_read(struct lmdb_env *env, lmdb_env_fn *fn, void *arg);
int lmdb_env_write(struct lmdb_env *env, int64_t deadline_ns, lmdb_env_fn *fn,
                   void *arg);

/* For such a result: its code, with `err` filled. */
int lmdb_env_fail(int result, const char *what, struct sstore_err *err);

#endif
