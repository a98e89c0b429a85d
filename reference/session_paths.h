/* session_paths.h: paths into req.session: its data, its cookie, its own
 *
 * `user.name` leads into the data, `cookie.maxAge` to a field of the cookie,
 * with what assigning it does; `id` and `req` are read-only, and an assignment
 * to them changes nothing. One to `cookie` replaces the Cookie, one to `save`
 * and `reload` the middleware's methods.
 *
 * Source: DESIGN section 4, actions.
 */
#ifndef REFERENCE_SESSION_PATHS_H
#define REFERENCE_SESSION_PATHS_H

#include "js.h"
#include "session.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Is it a field of a cookie that the documents name? */
bool session_is_cookie_field(const char *name);

/* All return 0, or -1 with `error`; `value` is copied. */
int session_set(struct session *session, const char *path, const json_t *value,
                int64_t now_ms, struct js_error *error);
int session_delete(struct session *session, const char *path, int64_t now_ms,
                   struct js_error *error);
int session_add(struct session *session, const char *path, const json_t *amount,
                int64_t now_ms, struct js_error *error);
int session_push(struct session *session, const char *path, const json_t *value,
                 int64_t now_ms, struct js_error *error);
/* *value is a new reference; NULL where there is nothing. */
int session_read(const struct session *session, const char *path,
                 int64_t now_ms, json_t **value, struct js_error *error);

#endif
