/* emptying.h: stores that cannot keep the apps of one backend apart
 *
 * The cases on such a store are played one at a time, and it is emptied before
 * each play-through: by `clear`, or by destroying what `all` lists.
 */
#ifndef HARNESS_EMPTYING_H
#define HARNESS_EMPTYING_H

#include "base/fault.h"
#include "probe.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* By what a target says of its store in the 201 to a PUT. */
bool emptying_is_needed(const json_t *store);

/* Before the case's own apps are made: through one of its own, so that none of
 * theirs sees it. `spec` is the store's, NULL for the target's own; what had
 * expired by `now_ms` may stay. 0, or a fault. A store that has neither
 * operation is left as it is. */
int emptying_do(const struct probe *probe, const char *spec, int64_t now_ms,
                struct fault *fault);

#endif
