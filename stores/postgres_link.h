/* postgres_link.h: a connection to PostgreSQL, used until a deadline
 *
 * All deadlines are of CLOCK_MONOTONIC; past one it is SSTORE_E_TIMEOUT. One
 * thread at a time.
 */
#ifndef STORES_POSTGRES_LINK_H
#define STORES_POSTGRES_LINK_H

#include "base/url.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct postgres_link;

/* Connects. Where it fails *link is to be freed, unless it is NULL. */
int postgres_link_new(struct postgres_link **link, const struct url *url,
                      int64_t deadline_ns, struct sstore_err *err);
void postgres_link_free(void *link);
/* Is it, idle, still of use? */
bool postgres_link_check(void *link, int64_t deadline_ns);
/* May it be used for another call? Not after one that failed. */
bool postgres_link_is_sound(const struct postgres_link *link);

/* What a prepared statement is given, in the protocol's binary form. The bytes
 * are the caller's; numbers point into the struct, which is not to be copied
 * once it has one. */
struct postgres_params {
    int count;
    const char *values[7];
    int lengths[7], formats[7];
    char numbers[7][8];
};

void postgres_add_bytes(struct postgres_params *params,
                        struct sstore_str bytes);
void postgres_add_number(struct postgres_params *params, int64_t number);

/* Of a result's first row. */
struct sstore_str postgres_bytes_at(const PGresult *row, int column);
int64_t postgres_number_at(const PGresult *row, int column);

/* What becomes of each row; what is not SSTORE_OK ends the statement. */
typedef int postgres_each_fn(void *arg, const PGresult *row,
                             struct sstore_err *err);

/* Runs the statement that was prepared under that name. *changed: how many rows
 * a command inserted, updated or deleted. */
int postgres_link_run(struct postgres_link *link, int64_t deadline_ns,
                      const char *name, const struct postgres_params *params,
                      postgres_each_fn *each, void *arg, uint64_t *changed,
                      struct sstore_err *err);

/* Statements without parameters, one after the other, in one transaction. */
int postgres_link_script(struct postgres_link *link, int64_t deadline_ns,
                         const char *sql, struct sstore_err *err);

#endif
