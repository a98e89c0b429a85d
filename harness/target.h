/* target.h: the thing under test: started or found, watched, started again
 *
 * reference      the sessionspec-server beside this program
 * express[@V]    the real express-session on Node, in targets/express
 * http://…       a server that somebody else runs
 *
 * All functions may be called by any thread.
 */
#ifndef HARNESS_TARGET_H
#define HARNESS_TARGET_H

#include "base/fault.h"
#include "http.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct target;

struct target_options {
    const char *name;     /* as given to --target; NULL: reference      */
    const char *store;    /* as given to --store; NULL: the target's own */
    bool restart_backend; /* as given to --restart-backend              */
    const char *server;   /* path of sessionspec-server                 */
    const char *express;  /* folder targets/express                     */
    unsigned connections; /* how many at once it must bear              */
    FILE *notes;   /* where to say why it takes long; NULL: nowhere      */
    int interrupt; /* descriptor, readable when a start is to be given
                      up (Ctrl-C); 0: none                               */
};

/* Whether --target may be that: a name or a URL in one of the forms above. */
bool target_name_valid(const char *name);

/* Starts or connects, and reads GET /_spec. Within seconds; the fault says
 * what was tried. */
int target_open(struct target **target, const struct target_options *options,
                struct http_pool *pool, struct fault *fault);
/* Ends a process that it started, by its pid. */
void target_close(struct target *target);

/* What to connect to now; another after a restart. The text lives as long as
 * the target. `tls` gives the TLS address, NULL where there is none. */
const char *target_base(struct target *target, bool tls);
/* How often it has been started anew: compare before and after a case. */
unsigned target_generation(struct target *target);
/* Before a case: starts it again where it has died since the last one, waits
 * while another thread does so. False, and the fault says why, where it has
 * been given up: it ended at each of several starts in a row. */
bool target_ready(struct target *target, struct fault *fault);

/* What it says of itself: the object of GET /_spec, at its latest start.
 * Lives as long as the target. */
const json_t *target_about(struct target *target);
bool target_can(struct target *target, const char *ability);

/* After a transport failure: has the process of that generation ended? Then
 * `how` says it ("killed by signal 11 (SIGSEGV)"), and it is started again,
 * once for all the threads that ask. One that lives but answers nothing, not
 * even GET /_spec, is killed for it. False where it lives (or is not ours to
 * watch). */
bool target_died(struct target *target, unsigned generation, char *how,
                 size_t size);

/* What the process of that generation, which has died, wrote to stderr last;
 * "" for nothing. Lives as long as the target. */
const char *target_last_words(struct target *target, unsigned generation);

/* What it wrote to stderr since `from` (0: all); the caller frees. `*to`
 * is where to go on. */
char *target_stderr(struct target *target, size_t from, size_t *to);

#endif
