/* shared_listed.c: shared.c without `clear`: emptied by what `all` lists */
#define SHARED_WITHOUT_CLEAR
#include "shared.c" /* NOLINT(bugprone-suspicious-include) */
