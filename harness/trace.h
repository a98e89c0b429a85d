/* trace.h: what an app's probe has seen so far, as the harness knows it
 *
 * A copy of the target's trace, fetched piece by piece. A call that was still
 * pending is fetched again until its outcome is there.
 */
#ifndef HARNESS_TRACE_H
#define HARNESS_TRACE_H

#include "base/fault.h"
#include "probe.h"

#include <jansson.h>
#include <stdbool.h>

struct trace {
    json_t *events;      /* array in the order of `n` */
    json_int_t complete; /* nothing up to this n is pending */
    json_int_t last;     /* the highest n, 0 for none */
};

void trace_init(struct trace *trace);
void trace_clear(struct trace *trace);

/* Fetches what is new. */
int trace_refresh(struct trace *trace, const struct probe *probe,
                  const char *app, struct fault *fault);
/* Takes in what GET …/trace said. */
void trace_take(struct trace *trace, const json_t *answer);

bool trace_is_call(const json_t *event);
json_int_t trace_n(const json_t *event);
/* NULL where the event belongs to no request. */
const char *trace_label(const json_t *event);

/* The store calls behind `since`; of one request, or with a NULL label of
 * any. A new array. */
json_t *trace_calls(const struct trace *trace, const char *label,
                    json_int_t since);
/* What is no store call, behind `since`. A new array. */
json_t *trace_events(const struct trace *trace, json_int_t since);

#endif
