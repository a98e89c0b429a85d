/* crash.c: a store whose get follows a stray pointer */
#include "misbehaving.h"

#include <signal.h>

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    return raise(SIGSEGV) == 0;
}
