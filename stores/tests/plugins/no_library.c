/* no_library.c: a store that was not linked with what it needs */
#include "../../session_store.h"

int a_function_of_no_library(void);

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return a_function_of_no_library() ? NULL : NULL;
}
