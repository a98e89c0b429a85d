/* cookie.h: req.session.cookie: a session's cookie, its attributes and expiry
 *
 * Behaves as express-session's Cookie does: `expires` and `maxAge` are two
 * views of one date, and assigning either sets `originalMaxAge` anew. Times
 * are Unix ms, passed in by the caller: a cookie has no clock. Not
 * thread-safe; a cookie belongs to one session of one request.
 *
 * Source: the express-session README ("Cookie options", "Req.session.cookie",
 * "Cookie.maxAge", "Cookie.originalMaxAge") and 1.19.0 where it is silent.
 */
#ifndef REFERENCE_COOKIE_H
#define REFERENCE_COOKIE_H

#include "js.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value that JSON alone cannot hold. */
struct cookie_value {
    enum { COOKIE_UNDEFINED, COOKIE_JSON, COOKIE_NUMBER, COOKIE_DATE } kind;
    json_t *json;    /* owned; of COOKIE_JSON */
    json_t *members; /* owned; what was put on a COOKIE_DATE, or NULL: it is
                        an object too, but JSON does not show such members */
    double
        number; /* of COOKIE_NUMBER and, in Unix ms, COOKIE_DATE; may be NaN */
};

struct cookie {
    json_t *fields; /* path, httpOnly, secure, domain, sameSite, … */
    struct cookie_value expires;
    struct cookie_value original_max_age;
};

/* `new Cookie(options)`: NULL with `error` filled where that throws.
 * A string under `expires` is the probe protocol's form of a Date. */
struct cookie *cookie_from_options(const json_t *options, int64_t now_ms,
                                   struct js_error *error);
/* What a store gave back, made a Cookie again; originalMaxAge stays. */
struct cookie *cookie_from_stored(const json_t *stored, int64_t now_ms,
                                  struct js_error *error);
void cookie_free(struct cookie *cookie);

enum cookie_dates {
    COOKIE_DATES_ARE_TEXT, /* a text assigned to `expires` stays a text    */
    COOKIE_DATES_ARE_DATES /* it is the probe protocol's form of a Date    */
};

/* `cookie[key] = value`: 0, or -1 with `error`. */
int cookie_set(struct cookie *cookie, const char *key, const json_t *value,
               enum cookie_dates dates, int64_t now_ms, struct js_error *error);

/* `delete cookie[key]`: nothing for `maxAge` and `expires`, which are views. */
void cookie_delete(struct cookie *cookie, const char *key);

/* Resets the time remaining to the original maxAge (`session.touch()`). */
int cookie_touch(struct cookie *cookie, int64_t now_ms, struct js_error *error);

/* `cookie[key]` as JSON; NULL where that is undefined. `maxAge` is the time
 * remaining in ms. A new reference. */
json_t *cookie_get(const struct cookie *cookie, const char *key,
                   int64_t now_ms);

/* Its own members: what it holds and not what it shows, `_expires` and not
 * `expires`. A new object; what is in it is shared. */
json_t *cookie_members(const struct cookie *cookie);

/* What is on the Date in `_expires`, borrowed; NULL where it is no Date. */
json_t *cookie_date_members(struct cookie *cookie);

/* A number that JSON shows as null, in `originalMaxAge`? */
bool cookie_original_is_nan(const struct cookie *cookie);

/* Its JSON, as it is stored. A new reference. */
json_t *cookie_json(const struct cookie *cookie);

/* Is `cookie.expires` other than null and undefined? */
bool cookie_expires_is_set(const struct cookie *cookie);

/* The Set-Cookie text for a value that is not yet percent-encoded; the
 * caller frees. NULL with `error` filled where it cannot be serialized. */
char *cookie_serialize(const struct cookie *cookie, const char *name,
                       const char *value, size_t length,
                       struct js_error *error);

/* The same for attributes that are no Cookie's but of any type; NULL and what
 * is no object has none. */
char *cookie_serialize_plain(const json_t *attributes, const char *name,
                             const char *value, size_t length,
                             struct js_error *error);

/* When a record with this stored cookie expires, as MemoryStore judges it:
 * Unix ms, or INT64_MAX for never. `cookie` may be anything, or NULL. */
int64_t cookie_stored_expiry(const json_t *cookie);

#endif
