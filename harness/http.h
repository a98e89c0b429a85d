/* http.h: one HTTP exchange over libcurl, on connections that stay open
 *
 * A pool holds easy handles, each with a live keep-alive connection. A thread
 * takes one, sends on it, reads what came back, gives it back. Everything
 * blocks; parallel requests are parallel threads (the way VTest2 has it: a
 * case reads top to bottom in the code as in the file).
 */
#ifndef HARNESS_HTTP_H
#define HARNESS_HTTP_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct http_header {
    char *name, *value;
};

struct http_headers {
    struct http_header *list; /* in the order sent or received */
    size_t count, capacity;
};

void http_headers_add(struct http_headers *headers, const char *name,
                      const char *value);
/* The first with that name in any case of letters, or NULL. */
const char *http_headers_get(const struct http_headers *headers,
                             const char *name);
void http_headers_clear(struct http_headers *headers);

struct http_request {
    const char *method;
    const char *base;   /* "http://127.0.0.1:4000": whom to connect to */
    const char *target; /* "/foo?x=1" or an absolute form, sent as it stands */
    const struct http_headers *headers;
    const char *body; /* NULL for none */
    size_t body_length;
    long timeout_ms;
    /* Called once, in http_send, when the whole head of the answer has come;
     * NULL where nobody wants to know. */
    void (*on_head)(void *arg);
    void *on_head_arg;
};

/* How far it came, apart from what was answered. */
enum http_transport {
    HTTP_OK,
    HTTP_REFUSED, /* no connection                                     */
    HTTP_RESET,   /* the connection ended before the whole answer came */
    HTTP_TIMEOUT
};

struct http_reply {
    enum http_transport transport;
    long status; /* 0 where no head came */
    struct http_headers headers;
    char *body; /* ends with NUL; never NULL after http_send */
    size_t body_length;
    double started, ended; /* seconds of CLOCK_MONOTONIC */
    char error[256];       /* libcurl's words where transport is not OK */
};

struct http_pool;
struct http_client;

struct http_pool *http_pool_new(void);
/* All clients must have been given back. */
void http_pool_free(struct http_pool *pool);
/* Any thread. Never NULL. */
struct http_client *http_pool_take(struct http_pool *pool);
void http_pool_give(struct http_pool *pool, struct http_client *client);
/* Open connections are used no more (after a server died). Any thread. */
void http_pool_forget(struct http_pool *pool);
/* From now on an exchange that lasts longer than a second or two ends as
 * HTTP_TIMEOUT: the user wants us to end, and what is under way may still
 * clean up after itself. Any thread. */
void http_pool_hurry(struct http_pool *pool);

/* Sends, once, and waits. `reply` (zeroed before its first use) is cleared
 * first; the caller clears it at the end. TLS certificates are not verified:
 * the target's is a throwaway. Never follows redirects, sends no header that
 * is not asked for but Host, Content-Length and Accept. */
void http_send(struct http_client *client, const struct http_request *request,
               struct http_reply *reply);
void http_reply_clear(struct http_reply *reply);

#endif
