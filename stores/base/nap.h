/* nap.h: waiting for what can be tried, but not waited for until a deadline */
#ifndef STORES_BASE_NAP_H
#define STORES_BASE_NAP_H

#include "clock.h"

#include <time.h>

/* Sleeps, from 50 microseconds the first time to 1.6 ms. False at once where
 * the deadline has passed. `*naps` begins at 0. */
static inline bool nap(int64_t deadline_ns, int *naps)
{
    struct timespec time = { 0, 50000L << *naps };

    if (clock_now_ns() >= deadline_ns)
        return false;
    if (*naps < 5)
        ++*naps;
    nanosleep(&time, NULL);
    return true;
}

#endif
