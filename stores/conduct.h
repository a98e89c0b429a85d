/* conduct.h: how a store behaves in a call: in time, and by the ABI's rules
 *
 * A store may be anyone's code. What it may not do (give a number that is no
 * code, call the row callback twice, come back late) becomes an error of the
 * call, and is not repaired. A call that does not come back at all cannot be
 * ended from outside: the whole process is, with a line that says why, and
 * whoever started it starts it again.
 */
#ifndef STORES_CONDUCT_H
#define STORES_CONDUCT_H

#include "session_store.h"

#include <stdbool.h>
#include <stdint.h>

#define CONDUCT_DEADLINE_MS 5000
/* A store that looks at its clock now and then is not ended for that. */
#define CONDUCT_SLACK_MS 1000

/* One call under way: the caller's, from conduct_begin to conduct_end. It
 * begins when the store's lock has been had: waiting for it is not the store's
 * doing. */
struct conduct {
    const char *op;         /* "get" */
    const char *label;      /* of the request, "" where there is none */
    int64_t begun_ns;       /* CLOCK_MONOTONIC */
    unsigned rows;          /* how often the row callback was called */
    bool stopped;           /* it asked to stop */
    struct conduct *next;   /* all that are under way */
    struct conduct **place; /* what points here */
};

void conduct_begin(struct conduct *conduct, const char *op, const char *label);
/* For sstore_call.deadline_ns. */
int64_t conduct_deadline_ns(const struct conduct *conduct);
/* The code that the store gave, or SSTORE_E_IO with `err` for what is wrong
 * about it. */
int conduct_end(struct conduct *conduct, int code, struct sstore_err *err);

/* Ends the process where a call is overdue by more than the slack. To be
 * called now and then, by one thread. */
void conduct_watch(void);

#endif
