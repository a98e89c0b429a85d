/* no_entry.c: a shared object that is no store */
#include "../../session_store.h"

SSTORE_EXPORT int something_else(void);

int something_else(void)
{
    return 0;
}
