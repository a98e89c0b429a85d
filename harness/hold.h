/* hold.h: a request that is steered while it is under way
 *
 * Such a request has a schedule of its own, of one label. A thread of its own
 * watches where it parks: at a gate it stays until the gate is released; at
 * every call of an interleaved track until it is that track's turn; else it
 * goes on at once.
 */
#ifndef HARNESS_HOLD_H
#define HARNESS_HOLD_H

#include "scene.h"

struct hold {
    struct track *track;
    const struct node *step;
    const struct scene_app *app;
    const char *label;
    const struct node *gates; /* {gate: op}, or NULL */

    const char *schedule; /* its id; the rest is hold.c's */
    struct probe probe;
    pthread_t thread;
    bool over; /* the request has ended */
    struct fault fault;
    int code;
};

/* With the scene's lock held, before the request is sent and after its reply
 * has come. False when the scene is stopped. */
bool hold_begin(struct hold *hold);
bool hold_end(struct hold *hold);
/* The head of its response has come; called without the lock. */
void hold_head(void *hold);

#endif
