/* server.h: opening and closing a store whose backend is a server
 *
 * All such stores have the options `url`, `pool` and `namespace`, and one pool
 * of connections for each address. An instance is its place in that pool, and
 * the name of its own.
 */
#ifndef STORES_BASE_SERVER_H
#define STORES_BASE_SERVER_H

#include "options.h"
#include "pool.h"

#include <stdint.h>

struct server {
    struct pool *pool;
    struct sstore_str name_space; /* behind this struct */
};

/* Connects once, so that a wrong address is told of at once. The kind's config
 * is a `struct url`, and its free_config is server_free_config. On a failure
 * there is nothing to close. */
int server_open(struct server **opened, const char *store,
                const struct pool_kind *kind, uint16_t default_port,
                const struct sstore_opt *opt, size_t nopt,
                struct sstore_err *err);
void server_close(struct server *server);

void server_free_config(void *config);

#endif
