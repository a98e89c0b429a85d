/* held_cookie.h: session.cookie, be it a Cookie or what stands in its place
 *
 * A handler may assign anything to session.cookie, or delete it: what is there
 * then is a plain value without a Cookie's accessors, and what the middleware
 * does with its cookie is done to that, or throws.
 *
 * Source: express-session 1.19.0, where it behaves so; documented nowhere.
 */
#ifndef REFERENCE_HELD_COOKIE_H
#define REFERENCE_HELD_COOKIE_H

#include "session.h"

/* All with `error` return 0, or -1 where it throws.
 *
 * `cookie[key]` as JSON: *value is a new reference, or NULL for undefined. */
int held_cookie_get(const struct session *session, const char *key,
                    int64_t now_ms, json_t **value, struct js_error *error);
/* `cookie[key] = value`; a text is the probe protocol's form of a Date, where
 * it is `expires`. */
int held_cookie_set(struct session *session, const char *key,
                    const json_t *value, int64_t now_ms,
                    struct js_error *error);
/* `cookie.maxAge = cookie.originalMaxAge` */
int held_cookie_touch(struct session *session, int64_t now_ms,
                      struct js_error *error);
/* `cookie.expires != null` */
int held_cookie_expires(const struct session *session, bool *is_set,
                        struct js_error *error);

/* Its members and the time remaining, as the probe's answer shows them: a new
 * reference. */
json_t *held_cookie_shown(const struct session *session, int64_t now_ms);

/* As cookie_serialize, with the attributes in `cookie.data`. */
char *held_cookie_serialize(const struct session *session, const char *name,
                            const char *value, size_t length,
                            struct js_error *error);

#endif
