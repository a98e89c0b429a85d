/* loop.c: a store whose get never returns */
#include "misbehaving.h"

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    volatile bool on = true;

    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    while (on)
        ;
    return true;
}
