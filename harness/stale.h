/* stale.h: a cookie that a store gave as it was set, though touched since
 *
 * A store whose touch moves the expiry that it keeps, but not the cookie that
 * it gives, would fail every case that looks at a touched session's cookie.
 * Such a look is held against STO-34, which is about that.
 */
#ifndef HARNESS_STALE_H
#define HARNESS_STALE_H

#include "scene.h"

#define STALE_AGAINST "STO-34"

/* A set or touch straight on the store, as its body says. */
void stale_note(struct scene *scene, const json_t *body);

/* Whether the cookie that was seen is one that was set, and sessions were
 * touched with another. */
bool stale_is(struct track *track, const struct observation *seen);

#endif
