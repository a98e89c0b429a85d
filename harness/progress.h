/* progress.h: the one line that moves while cases run
 *
 *     [=========           ] 45/99  43 passed, 1 failed, 1 skipped
 *
 * Only on a terminal that can rewrite a line; elsewhere nothing is written.
 * NO_COLOR is honoured. Any thread may take a step.
 */
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include "../reports/result.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    pthread_mutex_t lock; /* of all that follows */
    FILE *to;
    bool shown, colour;
    size_t expected; /* cases in all */
    struct result_totals done;
    int64_t drawn_ms; /* when, by CLOCK_MONOTONIC */
};

void progress_start(struct progress *progress, size_t expected, FILE *to);
/* A case is done. */
void progress_step(struct progress *progress, enum outcome outcome);
/* Takes the line away. No other thread uses it any more. */
void progress_end(struct progress *progress);

#endif
