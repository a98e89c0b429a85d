/* sqlite_link.h: a connection to the database of the store `sqlite`
 *
 * Opened by the pool, with the table made; it waits for other processes, and
 * works, until the deadline of the call that has it.
 */
#ifndef STORES_SQLITE_LINK_H
#define STORES_SQLITE_LINK_H

#include "base/pool.h"

#include <sqlite3.h>

/* How many prepared statements one keeps. */
#define SQLITE_LINK_STATEMENTS 16

struct sqlite_link {
    sqlite3 *db;
    int64_t deadline_ns; /* of the call that has it */
    sqlite3_stmt *statements[SQLITE_LINK_STATEMENTS];
};

/* The pool of a file; NULL without memory. */
struct pool *sqlite_link_join(const char *path, unsigned size, bool fsync);

/* The statement of that number, prepared from `sql` the first time. */
int sqlite_link_prepare(struct sqlite_link *link, unsigned number,
                        const char *sql, sqlite3_stmt **statement,
                        struct sstore_err *err);
/* SSTORE_OK with a row, SSTORE_MISS at the end. */
int sqlite_link_step(struct sqlite_link *link, sqlite3_stmt *statement,
                     struct sstore_err *err);
/* For a result of SQLite's: its code, with `err` filled. */
int sqlite_link_fail(struct sqlite_link *link, int result, const char *what,
                     struct sstore_err *err);

#endif
