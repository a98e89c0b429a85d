/* contract_sql.h: what a store owes whose backend is an SQL server
 *
 * Seen from outside too: the test program brings a client of its own.
 */
#ifndef STORES_TESTS_CONTRACT_SQL_H
#define STORES_TESTS_CONTRACT_SQL_H

#include "contract_server.h"

struct contract_sql {
    const char *name; /* of the store */
    sstore_entry_fn *entry;
    /* Runs it on the server at `url`, and gives the first number of the first
     * row, 0 without one. Where *held is given, its session stays open (and
     * with it a lock), until release(*held). */
    long (*ask)(const char *url, const char *sql, void **held);
    void (*release)(void *held);
    const char *count;    /* the connections, but for the one that asks */
    const char *kill;     /* all but that one */
    const char *lock;     /* the table, so that nobody writes it */
    const char *no_table; /* the symbol where it is missing */
};

/* Runs contract_run_server's tests, these, and `own`. */
int contract_run_sql(const struct contract_sql *sql,
                     const struct CMUnitTest *own, size_t count);

/* For the beginning of main(): is it the other process of a test? Then it does
 * not return. */
void contract_sql_opener(int argc, char **argv);

#endif
