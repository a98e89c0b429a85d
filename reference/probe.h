/* probe.h: what stands between the middleware and the store, and watches
 *
 * Every store call of the middleware goes through here: it is traced, waits
 * for its turn where it is scheduled, meets the faults that were ordered, and
 * only then reaches the store. A call has two halves, since the middleware
 * calls the store, goes on (to build the head), and hears of the completion
 * later.
 */
#ifndef REFERENCE_PROBE_H
#define REFERENCE_PROBE_H

#include "app.h"
#include "js.h"
#include "schedule.h"

#include <jansson.h>
#include <stdint.h>

struct probe_call {
    struct app *app;            /* borrowed */
    struct schedule_slot *slot; /* borrowed; NULL where not scheduled */
    const char *label;          /* of the request, or NULL */
    const char *op;             /* "get", "set", "touch", "destroy" */
    json_t *sid;                /* a reference */
    json_t *session;            /* what is handed over, a reference, or NULL */
    uint64_t n;                 /* of the trace's event */
};

/* The call is made, with what is handed over at this moment: `session` (may
 * be NULL) is stolen. */
void probe_begin(struct probe_call *call, struct app *app,
                 struct schedule_slot *slot, const char *label, const char *op,
                 json_t *sid, json_t *session);
/* Waits for its turn and reaches the store. 0, or -1 with `error`. For a get,
 * *found is the session (a new reference) or NULL; `found` may be NULL. */
int probe_finish(struct probe_call *call, json_t **found,
                 struct js_error *error);

#endif
