/* server.h: the HTTP server: CivetWeb, and nothing of it shows outside */
#ifndef REFERENCE_SERVER_H
#define REFERENCE_SERVER_H

#include "request.h"
#include "response.h"

struct server;

/* Called by a worker thread for each request; ends the response. */
typedef void server_handler_fn(void *arg, const struct request *request,
                               struct response *response);

struct server_options {
    unsigned port;           /* 0 takes a free one */
    unsigned tls_port;       /* likewise */
    const char *certificate; /* a PEM file, read once; NULL: no TLS */
    unsigned threads;        /* one is held by each open connection */
    server_handler_fn *handler;
    void *arg;
};

/* Is there all that CivetWeb needs for TLS? Without it the first connection
 * would end the process. */
bool server_has_tls(void);

/* Listens on 127.0.0.1. NULL with one line in `error`. */
struct server *server_start(const struct server_options *options, char *error,
                            size_t size);
/* Where it listens; 0 where it does not. */
unsigned server_port(const struct server *server, bool tls);
/* Ends when the requests under way have. */
void server_stop(struct server *server);

#endif
