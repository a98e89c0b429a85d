/* jar.h: a client's cookies, with RFC 6265bis matching and order
 *
 * Each client of a case has one. The clock is the app's, not this machine's,
 * since cases run in virtual time. Not thread-safe: the owner locks.
 */
#ifndef HARNESS_JAR_H
#define HARNESS_JAR_H

#include "setcookie.h"

#include <stdbool.h>
#include <stdint.h>

struct jar {
    struct jar_cookie *list;
    size_t count, capacity;
};

/* Stores (or, where it has expired, removes) what came in a Set-Cookie. The
 * domain is not judged: all apps of a target share one loopback address, so
 * `scope` (the app's id, or "") stands for the host: same name, path and
 * scope is the same cookie. Loopback counts as secure only over TLS.
 * `request_path` may be the whole request target. */
void jar_store(struct jar *jar, const char *scope, const char *request_path,
               bool tls, const struct set_cookie *cookie, int64_t now_ms);

/* The Cookie header for a request, or NULL for none; the caller frees. */
char *jar_header(struct jar *jar, const char *scope, const char *request_path,
                 bool tls, int64_t now_ms);

/* `to` is empty before. */
void jar_copy(struct jar *to, const struct jar *from);
void jar_clear(struct jar *jar);

#endif
