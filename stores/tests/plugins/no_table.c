/* no_table.c: a store whose entry gives nothing */
#include "../../session_store.h"

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return NULL;
}
