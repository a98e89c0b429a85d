/* server.c: opening and closing a store whose backend is a server
 */
#include "server.h"

#include "clock.h"
#include "fail.h"
#include "options.h"
#include "url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* For connecting, in open(), which has no deadline of the host's. */
#define OPEN_MS 4000

void server_free_config(void *config)
{
    url_free(config);
    free(config);
}

static int join(struct server *server, const char *store,
                const struct pool_kind *kind, uint16_t default_port,
                const struct options *options, struct sstore_err *err)
{
    struct url *url = calloc(1, sizeof *url);
    char *key = options_key(options);
    int code = url && key ? url_parse(url, options->url, default_port, err)
                          : fail_errno(err, ENOMEM, store);

    if (code == SSTORE_OK) {
        server->pool = pool_join(kind, key, options->pool, url);
        url = NULL; /* the pool's */
        if (!server->pool)
            code = fail_errno(err, ENOMEM, store);
    }
    free(key);
    free(url);
    return code;
}

/* NULL without memory. */
static struct server *server_new(const char *name_space)
{
    size_t length = strlen(name_space);
    struct server *server = calloc(1, sizeof *server + length);

    if (server) {
        char *copy = (char *)(server + 1);
        memcpy(copy, name_space, length);
        server->name_space = (struct sstore_str){ copy, length };
    }
    return server;
}

int server_open(struct server **opened, const char *store,
                const struct pool_kind *kind, uint16_t default_port,
                const struct sstore_opt *opt, size_t nopt,
                struct sstore_err *err)
{
    struct options options;
    void *connection;
    int code = options_read(&options, store, opt, nopt, err);

    if (code != SSTORE_OK)
        return code;
    struct server *server = server_new(options.name_space);
    if (!server)
        return fail_errno(err, ENOMEM, store);
    code = join(server, store, kind, default_port, &options, err);
    if (code == SSTORE_OK)
        code =
            pool_take(server->pool, clock_now_ns() + OPEN_MS * CLOCK_NS_IN_MS,
                      &connection, err);
    if (code != SSTORE_OK) {
        server_close(server);
        return code;
    }
    pool_give(server->pool, connection, true);
    *opened = server;
    return SSTORE_OK;
}

void server_close(struct server *server)
{
    if (server->pool)
        pool_leave(server->pool);
    free(server);
}
