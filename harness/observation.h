/* observation.h: what a step saw, in one form for requests, stores, restarts
 *
 * `view` is an object with what there was of: status, transport, headers
 * (name in small letters -> array of values), body, sessionID, session (data
 * alone), cookie, log, secure, error, maxAge, originalMaxAge, expires,
 * set-cookie (the session cookie's value as sent), found, length, sessions,
 * warnings. An `expect` judges it, a `save` takes from it.
 */
#ifndef HARNESS_OBSERVATION_H
#define HARNESS_OBSERVATION_H

#include "http.h"
#include "setcookie.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct scene_app;

struct observation {
    json_t *view;
    int64_t now_ms;        /* the answer's own, or when it came */
    struct scene_app *app; /* through which it was seen; NULL: nothing yet */
    const char *label;     /* of the request, else NULL                    */
    json_int_t since;      /* the app's trace before it                    */
    char *sent_sid;        /* that the request's cookie named, or NULL     */
    bool has_cookie;       /* the reply set the session cookie:            */
    struct set_cookie cookie;
};

/* An empty one. */
void observation_start(struct observation *seen, struct scene_app *app,
                       int64_t now_ms);
void observation_clear(struct observation *seen);

/* What came over HTTP; `cookie_name` is the session cookie's. */
void observation_reply(struct observation *seen, const struct http_reply *reply,
                       const char *cookie_name);
/* What a store or a PUT answered to `op`. */
void observation_answer(struct observation *seen, const char *op, long status,
                        const json_t *answer);

/* What stands at `session.user.name`, `log.0.value`, `headers.location`;
 * borrowed, NULL where there is nothing. */
const json_t *observation_find(const struct observation *seen,
                               const char *path);

#endif
