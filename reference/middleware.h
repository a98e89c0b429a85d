/* middleware.h: one request's way through the session middleware
 *
 * A visit is a request within an app: what express-session hangs on req and
 * keeps in its closure. It belongs to the request's thread alone.
 *
 * Source: the express-session README; for the order of events, 1.19.0.
 */
#ifndef REFERENCE_MIDDLEWARE_H
#define REFERENCE_MIDDLEWARE_H

#include "app.h"
#include "js.h"
#include "request.h"
#include "response.h"
#include "session.h"

#include <jansson.h>
#include <stdbool.h>

struct visit {
    /* Given by the caller; all borrowed but for the visit's time. */
    struct app *app;
    struct middleware *middleware;
    const struct request *request;
    struct response *response;
    struct schedule_slot *slot;
    const char *label; /* NULL where the request has none */

    /* On req. */
    struct session *session; /* req.session; NULL: null or undefined */
    json_t *session_id;      /* req.sessionID, any value; NULL: undefined */

    /* In the middleware's closure. */
    bool active;          /* it did not step aside: end() is its own */
    json_t *cookie_id;    /* the ID that the cookie brought, or NULL */
    json_t *original_id;  /* of the session as made or loaded */
    char *original_state; /* session_state() then */
    char *saved_state;    /* at the last save, or as loaded; NULL: unsaved */
    bool touched, ended;
    bool has_deferred; /* an error of Set-Cookie that next is yet to get */
    struct js_error deferred;
};

void visit_clear(struct visit *visit);

/* The way in: 0 is next(); -1 is next(error). */
int visit_enter(struct visit *visit, struct js_error *error);
/* The way out: res.end(chunk), NULL for none. -1 where that throws: nothing
 * was sent then, and no further end() does anything. */
int visit_end(struct visit *visit, const char *chunk, size_t length,
              struct js_error *error);
/* An error for which it is too late to be the answer: next(error). */
void visit_late_error(struct visit *visit, const struct js_error *error);
/* Building the head leaves its error for a turn of the event loop of its own:
 * the next store call is made before, if one follows at once. */
void visit_deliver_deferred(struct visit *visit);

/* The methods of req.session, which must be there. 0, or -1 with `error`. */
int visit_save(struct visit *visit, struct js_error *error);
int visit_reload(struct visit *visit, struct js_error *error);
int visit_regenerate(struct visit *visit, struct js_error *error);
int visit_destroy(struct visit *visit, struct js_error *error);
/* `owner` is what the caller calls the session. */
int visit_touch(struct visit *visit, const char *owner, struct js_error *error);
/* req.session = null, or delete req.session. */
void visit_drop_session(struct visit *visit);
/* req.sessionID = value. */
void visit_set_session_id(struct visit *visit, json_t *value);

/* Did the request come over TLS, or from a proxy that is trusted to say so? */
bool visit_is_secure(const struct visit *visit);
/* req.secure, as Express sets it by its `trust proxy` setting; without
 * Express, whether the connection is TLS. */
bool visit_express_says_secure(const struct visit *visit);

#endif
