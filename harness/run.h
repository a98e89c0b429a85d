/* run.h: the run of many cases, side by side
 *
 * Worker threads take the cases in order; each plays one at a time. Results
 * stand in the order of the cases, whatever the order in which they came.
 */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

#include "../reports/result.h"
#include "play.h"
#include "progress.h"
#include "run_options.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

/* play_case, or what a test puts in its place. */
typedef void run_play(const struct test_case *test, unsigned long serial,
                      struct target *target, struct http_pool *pool,
                      const struct play_options *options, struct arena *arena,
                      struct result_case *result, bool *lost);

struct run_plan {
    const struct test_case *const *cases;
    size_t count;
    const struct run_options *options;
    struct target *target;
    struct http_pool *pool;
    const json_t *store; /* what the target says of it */
    run_play *play;
    unsigned jobs;
    struct progress *progress;
    const atomic_bool *stop; /* set: no new case starts */
};

struct run_results {
    struct result_case *cases; /* those that were played or skipped */
    size_t count;
    struct arena arena;
    struct arena *workers; /* what their cases observed */
    size_t worker_count;
};

void run_cases(const struct run_plan *plan, struct run_results *results);
void run_results_free(struct run_results *results);

/* Connections that so many cases at a time can need at once. */
unsigned run_connections(const struct test_case *const *cases, size_t count,
                         unsigned jobs);
/* The most jobs, up to `jobs` and 1 at least, for which `connections` do. */
unsigned run_jobs_within(const struct test_case *const *cases, size_t count,
                         unsigned jobs, unsigned connections);

#endif
