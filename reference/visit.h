/* visit.h: the parts of the middleware that its files share */
#ifndef REFERENCE_VISIT_H
#define REFERENCE_VISIT_H

#include "middleware.h"
#include "probe.h"

/* Where the debug lines go: see debug.h. */
struct trace *visit_debug(const struct visit *visit);

/* store.generate(req): a new session in req.session. */
int visit_generate(struct visit *visit, struct js_error *error);
/* store.createSession(req, stored) */
int visit_create_session(struct visit *visit, const json_t *stored,
                         struct js_error *error);
/* A store call, from its beginning to its completion. */
int visit_call(struct visit *visit, const char *op, json_t *sid,
               json_t *session, json_t **found, struct js_error *error);

/* The ID that the request's cookie brings, verified, or NULL: a new
 * reference. -1 where verifying throws. */
int visit_cookie_id(struct visit *visit, json_t **id, struct js_error *error);
/* Appends the session's Set-Cookie to the response. */
int visit_set_cookie(struct visit *visit, struct js_error *error);
#endif
