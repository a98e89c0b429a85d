/* contract.h: what every store owes, whatever is behind it, as unit tests
 *
 * A store's own test program runs these on its backend, and with them what is
 * special about it:
 *
 *     static const struct CMUnitTest own[] = { cmocka_unit_test(...) };
 *     return contract_run("redis://127.0.0.1:6379", own, COUNT);
 *
 * Optional operations and capabilities that the store has not are skipped.
 */
#ifndef STORES_TESTS_CONTRACT_H
#define STORES_TESTS_CONTRACT_H

#include "store_help.h"

#include <stdbool.h>

/* Runs the contract's tests on a SPEC, then `own`, as one cmocka group, and
 * gives how many failed. A SPEC that cannot be opened is one failure. */
int contract_run(const char *spec, const struct CMUnitTest *own, size_t count);

/* The same for what is opened in another way: `open` is as store_open. */
typedef int contract_open_fn(struct store **store, const char *spec,
                             const char *ns, const struct sstore_host *host,
                             struct sstore_err *err);
int contract_run_by(contract_open_fn *open, const char *spec,
                    const struct CMUnitTest *own, size_t count);

/* The rest is for the files of the contract itself. */

/* What a test of the contract is given: a store, opened in a namespace that
 * nobody else has, and how to open more. */
struct contract {
    const char *spec;
    contract_open_fn *open;
    char name_space[40];
    struct store *store;
};

/* One more instance on the same backend; fails the test where it cannot. */
struct store *contract_open(const struct contract *contract,
                            const char *name_space);
bool contract_has_cap(const struct contract *contract, uint32_t cap);

/* Skips the test where the store has not the operation. */
#define NEEDS(contract, op)                                                    \
    do {                                                                       \
        if (!SSTORE_HAS(store_plugin((contract)->store), op))                  \
            skip();                                                            \
    } while (0)

#define CONTRACT_TEST(name)                                                    \
    {                                                                          \
#name, name, NULL, NULL, NULL                                          \
    }

/* Each a table that ends with a nameless entry: one caller, ids and bytes,
 * many callers. */
extern const struct CMUnitTest contract_basic_tests[];
extern const struct CMUnitTest contract_value_tests[];
extern const struct CMUnitTest contract_thread_tests[];

#endif
