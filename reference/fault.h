/* fault.h: faults that a case has ordered for an app's store calls
 *
 * A queue: the first that matches a call is taken, and counts down. The owner
 * locks.
 */
#ifndef REFERENCE_FAULT_H
#define REFERENCE_FAULT_H

#include "js.h"

#include <jansson.h>
#include <stdbool.h>

/* A worker thread sleeps for as long. */
enum { FAULT_LONGEST_DELAY_MS = 60000 };

struct fault {
    struct fault *next;
    char op[16];
    bool fails; /* the store is not reached: `error` instead */
    struct js_error error;
    long delay_ms; /* real time, before the call */
    long times;    /* how many calls it has left */
};

/* {"op","error":{"message","code"?},"times":1} or {"op","delay":ms}: appends
 * it. -1 with `error` where the body is not so. */
int fault_add(struct fault **list, const json_t *body, struct js_error *error);
/* The fault for this call, copied to *taken; false where there is none. */
bool fault_take(struct fault **list, const char *op, struct fault *taken);
void fault_clear(struct fault **list);

#endif
