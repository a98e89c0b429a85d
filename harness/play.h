/* play.h: plays one case against a target and says what came of it
 *
 * The heart of the harness: makes the case's apps, takes its steps from top
 * to bottom, judges every expectation of a step before it goes on, ends with
 * the hidden assertions, and always takes its apps away again.
 */
#ifndef HARNESS_PLAY_H
#define HARNESS_PLAY_H

#include "../reports/result.h"
#include "base/arena.h"
#include "case.h"
#include "http.h"
#include "target.h"

#include <jansson.h>

struct play_options {
    const char *store;  /* SPEC for the apps, or NULL for the target's own */
    unsigned long seed; /* of everything random                            */
    long request_timeout_ms;
    bool empties;              /* the store first: it keeps no apps apart */
    const json_t *about_store; /* what the target says of it, or NULL */
};

/* Fills outcome, seconds, reason, failures, transcript and hazard_shown; the
 * rest of `result` is the caller's. `serial` makes app ids unique in a run.
 * Memory goes to `arena`, which no other thread uses meanwhile.
 *
 * OUTCOME_ERROR with `*lost` set means that the connection to the target
 * failed: the caller finds out whether it died (target_died) and makes it a
 * crash. */
void play_case(const struct test_case *test, unsigned long serial,
               struct target *target, struct http_pool *pool,
               const struct play_options *options, struct arena *arena,
               struct result_case *result, bool *lost);

#endif
