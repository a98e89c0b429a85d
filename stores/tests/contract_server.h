/* contract_server.h: what a store owes whose backend is a server
 *
 * The server is a throwaway one. Its tests come behind those of contract.h, and
 * break it and mend it, so it is the test program's own.
 */
#ifndef STORES_TESTS_CONTRACT_SERVER_H
#define STORES_TESTS_CONTRACT_SERVER_H

#include "../backend.h"
#include "contract.h"

/* For the store's own tests; set by contract_run_server. */
struct contract_server {
    struct backend *backend;
    const char *spec;
};
extern struct contract_server contract_server;

/* Starts the server that `name` means, runs all, and gives how many failed.
 * Where the server is not installed: 0, and a line says so. */
int contract_run_server(const char *name, const struct CMUnitTest *own,
                        size_t count);

#endif
