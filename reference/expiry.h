/* expiry.h: the sessions of a store and their dates, for who wants to hear of
 * their end
 *
 * Each session that expires, is destroyed or is cleared is told once, with its
 * ID and data. There is no timer: whoever has a clock says what time it is,
 * and what is due by then is told. Costs nothing while nobody listens. Any
 * thread may call.
 *
 * Source: the npm package express-session-expire-timeout.
 */
#ifndef REFERENCE_EXPIRY_H
#define REFERENCE_EXPIRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct expiry;

/* `op` is "destroy" or "clear"; NULL where the session has expired. What it
 * is given is borrowed, to be copied and not referred to; it must not call
 * back into the expiry. */
typedef void expiry_gone_fn(void *arg, const json_t *sid, const json_t *session,
                            const char *op);

struct expiry *expiry_new(void);
void expiry_free(struct expiry *expiry);

/* From now on `gone` is told; true where nobody listened before. */
bool expiry_watch(struct expiry *expiry, expiry_gone_fn *gone, void *arg);
/* No more; returns when nobody is in `gone` with that argument. The last who
 * leaves takes along all that is known of the sessions. */
void expiry_unwatch(struct expiry *expiry, void *arg);

/* It is now that late: tells what is due. */
void expiry_pass(struct expiry *expiry, int64_t now_ms);

/* Around a call of the store that writes, so that what is known here changes
 * in the order in which the store does: expiry_pass, and false where nobody
 * listens. After true, what the call has done is said and expiry_end called,
 * by the same thread. */
bool expiry_begin(struct expiry *expiry, int64_t now_ms);
void expiry_end(struct expiry *expiry);

/* Between the two. A sid is a JSON string; all is copied, since jansson counts
 * references without a lock. */
void expiry_set(struct expiry *expiry, const json_t *sid, const json_t *session,
                int64_t expires_ms);
void expiry_touch(struct expiry *expiry, const json_t *sid,
                  const json_t *cookie, int64_t expires_ms);
void expiry_destroy(struct expiry *expiry, const json_t *sid);
void expiry_clear(struct expiry *expiry);

#endif
