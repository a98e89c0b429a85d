/* mariadb_link.h: a connection to MariaDB, used until a deadline
 *
 * All deadlines are of CLOCK_MONOTONIC; past one it is SSTORE_E_TIMEOUT. One
 * thread at a time.
 */
#ifndef STORES_MARIADB_LINK_H
#define STORES_MARIADB_LINK_H

#include "base/url.h"

#include <stdbool.h>
#include <stddef.h>

struct mariadb_link;

/* Connects. Where it fails *link is to be freed, unless it is NULL. */
int mariadb_link_new(struct mariadb_link **link, const struct url *url,
                     int64_t deadline_ns, struct sstore_err *err);
void mariadb_link_free(void *link);
/* Is it, idle, still of use? */
bool mariadb_link_check(void *link, int64_t deadline_ns);
/* May it be used for another call? Not after one that failed. */
bool mariadb_link_is_sound(const struct mariadb_link *link);

/* A statement without parameters or rows. */
int mariadb_link_query(struct mariadb_link *link, int64_t deadline_ns,
                       const char *sql, struct sstore_err *err);

#define MARIADB_STATEMENTS 16 /* of a link, at most */
#define MARIADB_PARAMS     10 /* of a statement, at most */
#define MARIADB_COLUMNS    6  /* of a result, at most */

/* Prepares the statement that `at`, below MARIADB_STATEMENTS, stands for. */
int mariadb_link_prepare(struct mariadb_link *link, int64_t deadline_ns,
                         unsigned at, const char *sql, struct sstore_err *err);

/* What a statement is given, or a row of its result: bytes where `bytes.p` is
 * not NULL, otherwise a number. */
struct mariadb_cell {
    struct sstore_str bytes;
    int64_t number;
};

struct mariadb_params {
    unsigned count;
    struct mariadb_cell values[MARIADB_PARAMS];
};

void mariadb_add_bytes(struct mariadb_params *params, struct sstore_str bytes);
void mariadb_add_number(struct mariadb_params *params, int64_t number);

/* What becomes of each row; what is not SSTORE_OK ends the statement. */
typedef int mariadb_each_fn(void *arg, const struct mariadb_cell *row,
                            struct sstore_err *err);

/* Runs a prepared statement. *changed: how many rows a command inserted,
 * updated or deleted; one that an update found as it would be is counted. */
int mariadb_link_run(struct mariadb_link *link, int64_t deadline_ns,
                     unsigned at, const struct mariadb_params *params,
                     mariadb_each_fn *each, void *arg, uint64_t *changed,
                     struct sstore_err *err);

#endif
