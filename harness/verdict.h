/* verdict.h: what the cases, taken together, say of each requirement */
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "../reports/result.h"
#include "base/arena.h"
#include "catalogue.h"

#include <stddef.h>

/* Fills totals and requirements of `run` from its cases, which must be
 * complete. Every requirement of the catalogue is there, in its order; their
 * texts stay the catalogue's, the rest is of `arena`. */
void verdict_reach(struct result_run *run, const struct catalogue *catalogue,
                   struct arena *arena);

/* How many hazards the cases tried in vain to show, where that is a failure:
 * on the reference and on express-session itself, which are known to have
 * them. 0 on any other target. After verdict_reach. */
size_t verdict_hidden_hazards(const struct result_run *run);

#endif
