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

/* Of `save` and `reload`, which the middleware wraps: then they are the
 * session's own, though not enumerable, and an assignment replaces them. */
enum session_method { METHOD_INHERITED, METHOD_WRAPPED, METHOD_REPLACED };

struct session {
    json_t *id;   /* what req.sessionID was at its making; NULL: undefined */
    json_t *data; /* object: all enumerable members but a Cookie           */
    struct cookie *cookie; /* NULL: the data's `cookie` stands in its place */
    json_t *array_members; /* what is not shown of an array in its place    */
    json_t *plain_date;    /* what is on the Date that was assigned to its
                              `expires`; NULL: there is none              */
    enum session_method save, reload;
};

/* A new one, without data. Takes over `cookie`, which may be NULL; `id` gets a
 * reference. */
struct session *session_new(json_t *id, struct cookie *cookie);

/* What a store gave back, made a session again: members that would replace a
 * session's own are left out (API-12). NULL with `error` where the record is
 * such that express-session throws. */
struct session *session_from_stored(json_t *id, const json_t *stored,
                                    int64_t now_ms, struct js_error *error);
void session_free(struct session *session);

/* save() and reload() are the middleware's from now on. */
void session_wrap(struct session *session);
/* Is it still a method? -1 with `error` where a handler has put something
 * else in its place. `owner` is what the caller calls the session. */
int session_need_method(const struct session *session, const char *owner,
                        const char *name, struct js_error *error);

/* Forgets the Cookie, or what stood in its place. */
void session_drop_cookie(struct session *session);
/* What stands in its `expires` is no Date any more. */
void session_drop_date(struct session *session);

/* The whole, as it is stored: `cookie` first. A new reference. */
json_t *session_json(const struct session *session);

/* The text by which a change is noticed: the JSON without the cookie. The
 * caller frees. */
char *session_state(const json_t *data);

#endif
