/* late_touch.h: an error for the touch of a session that is gone
 *
 * A request that only reads touches its session at its end, when another may
 * have destroyed it. That is no error (STO-09); where a store makes it one,
 * the middleware tells of it by the event "error" in whatever case that is.
 */
#ifndef HARNESS_LATE_TOUCH_H
#define HARNESS_LATE_TOUCH_H

#include "trace.h"

#define LATE_TOUCH_AGAINST "STO-09"

/* Whether the last touch before the event failed, of a session that an earlier
 * call had destroyed or not found. `event` is one of the trace's. */
bool late_touch_caused(const struct trace *trace, const json_t *event);

#endif
