/* session.h: req.session: an ID, data, and a cookie
 *
 * Behaves as express-session's Session does; its methods that talk to the
 * store (save, reload, regenerate, destroy) are the middleware's, since they
 * need a request. Not thread-safe; a session belongs to one request.
 */
#ifndef REFERENCE_SESSION_H
#define REFERENCE_SESSION_H

#include "cookie.h"
#include "js.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct session {
    json_t *id;   /* what req.sessionID was at its making; NULL: undefined */
    json_t *data; /* object: all enumerable members but `cookie`           */
    struct cookie *cookie;
};

/* A new one, without data. Takes over `cookie`; `id` gets a reference. */
struct session *session_new(json_t *id, struct cookie *cookie);

/* What a store gave back, made a session again: members that would replace a
 * session's own are left out (API-12). NULL with `error` where the record is
 * such that express-session throws. */
struct session *session_from_stored(json_t *id, const json_t *stored,
                                    int64_t now_ms, struct js_error *error);
void session_free(struct session *session);

/* The whole, as it is stored: `cookie` first. A new reference. */
json_t *session_json(const struct session *session);

/* The text by which a change is noticed: the JSON without the cookie. The
 * caller frees. */
char *session_state(const json_t *data);

#endif
