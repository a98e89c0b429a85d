/* slow.c: a store whose get comes back long after its deadline */
#include "misbehaving.h"

#include <time.h>

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    const struct timespec late = { .tv_sec = 5, .tv_nsec = 300000000 };

    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    nanosleep(&late, NULL);
    return false;
}
