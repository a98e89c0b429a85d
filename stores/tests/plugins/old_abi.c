/* old_abi.c: a store that was built against the frozen header of ABI 1.0
 *
 * Its table ends before what came later. It must load for as long as there is
 * an ABI 1.
 */
#include "../abi-1.0/session_store.h"

#include "misbehaving.h"

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    return false;
}
