/* fuzz_hunt.h: plays scenario after scenario on two targets, side by side
 *
 * What differs is shrunk, and reported once for each cause: other places where
 * it shows are counted with the first. A target that dies is a finding too: it
 * is started again.
 */
#ifndef HARNESS_FUZZ_HUNT_H
#define HARNESS_FUZZ_HUNT_H

#include "base/fault.h"
#include "fuzz_play.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

/* After so many different ones it is time to mend something. */
#define FUZZ_FINDINGS_MAX 20
/* And after so many places, however few causes they have. */
#define FUZZ_PLACES_MAX 60

struct fuzz_finding {
    char *path;    /* where it was seen first */
    json_t *cause; /* what findings are told apart by */
    bool death;
    unsigned long number; /* the scenario's */
    unsigned long times;  /* scenarios that showed it before all else */
    unsigned places;      /* where else it was seen */
};

/* Where something differs, and what that is an effect of: a finding, or
 * FUZZ_UNKNOWN while it is being shrunk. */
#define FUZZ_UNKNOWN FUZZ_FINDINGS_MAX
struct fuzz_place {
    char *path;
    unsigned finding;
    unsigned long times;
};

struct fuzz_hunt {
    /* The caller's: */
    struct fuzz_side one, other; /* under test, and right by definition */
    uint64_t seed;
    unsigned long first, scenarios_max; /* numbers; 0: no limit */
    unsigned long steps_max;            /* 0: no limit */
    double seconds_max;                 /* 0: no limit */
    unsigned jobs;
    bool tls;
    bool schedules;      /* both can let requests go on in turns */
    const char *folder;  /* for the cases; NULL: they are printed alone */
    FILE *to, *progress; /* findings; NULL for no progress */
    const atomic_bool *stop;

    /* Results: */
    unsigned long steps, scenarios, deaths;
    double seconds;
    struct fuzz_finding findings[FUZZ_FINDINGS_MAX];
    unsigned found;
    struct fuzz_place places[FUZZ_PLACES_MAX];
    unsigned place_count;
    bool unreachable;
    struct fault fault;

    /* Its own: */
    pthread_mutex_t lock; /* of the results, and what follows */
    unsigned long next, reserved;
    double started, drawn;
    /* Many play at once, but one that may have killed a target plays alone:
     * whoever waits for that holds the turnstile, so that no new ones come. */
    pthread_mutex_t turnstile;
    pthread_rwlock_t alone;
    pthread_mutex_t pursuit; /* held to make a finding small: by then the ones
                                before are known */
    atomic_ulong apps;       /* so far: each has an id of its own */
};

void fuzz_hunt(struct fuzz_hunt *hunt);
void fuzz_hunt_clear(struct fuzz_hunt *hunt);

#endif
