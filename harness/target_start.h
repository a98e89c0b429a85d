/* target_start.h: one start of a target: its command, its address, its words
 *
 * What target.c keeps for each start, and how it comes about. Nothing here
 * locks: a start is its maker's alone until it has been made.
 */
#ifndef HARNESS_TARGET_START_H
#define HARNESS_TARGET_START_H

#include "target.h"
#include "target_process.h"

/* From a broken connection to the end of the process that broke it. */
#define TARGET_DEATH_MS 500L

/* What answers nothing for so long, not even GET /_spec, hangs. */
#define TARGET_SILENCE_MS 10000L

enum target_kind { TARGET_REFERENCE, TARGET_EXPRESS, TARGET_URL };

/* What every start has in common. */
struct target_spec {
    enum target_kind kind;
    struct target_options options; /* its texts are copies; `express` names
                                      the program, not its folder */
    struct http_pool *pool;
    struct target_log log;
};

struct incarnation {
    struct incarnation *older;
    unsigned generation;
    struct process *process; /* NULL where it is not ours */
    size_t log_from;         /* what it wrote begins here */
    char said[256];          /* its last words, once it has a successor */
    bool hung;               /* it was silent, and killed for it        */
    char *base, *tls;
    json_t *about;
};

enum target_kind target_kind_of(const char *name);

/* Starts or connects, and reads GET /_spec. 0, or a fault with nothing left
 * behind. */
int incarnation_start(struct target_spec *spec, struct incarnation **made,
                      struct fault *fault);
/* Whether it leaves GET /_spec unanswered for TARGET_SILENCE_MS. */
bool incarnation_is_silent(const struct target_spec *spec,
                           const struct incarnation *incarnation);
/* Ends its process. */
void incarnation_free(struct incarnation *incarnation);

#endif
