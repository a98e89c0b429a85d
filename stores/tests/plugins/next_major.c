/* next_major.c: a store for an ABI that there is not yet */
#include "../../session_store.h"

SSTORE_EXPORT sstore_entry_fn sstore_plugin_v2;

const struct sstore_plugin *sstore_plugin_v2(void)
{
    return NULL;
}
