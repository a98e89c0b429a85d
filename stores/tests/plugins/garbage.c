/* garbage.c: a store whose get returns numbers that are no codes */
#include "misbehaving.h"

#include <stdatomic.h>

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    static atomic_uint calls;

    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    *code = atomic_fetch_add(&calls, 1) % 2 ? -99 : 9;
    return true;
}
