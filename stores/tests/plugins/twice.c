/* twice.c: a store whose get calls its row callback twice */
#include "misbehaving.h"

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    struct sstore_record record = { { "{}", 2 }, { "{}", 2 }, SSTORE_NEVER };

    (void)call;
    row(arg, sid, &record);
    row(arg, sid, &record);
    *code = SSTORE_OK;
    return true;
}
