/* must.h: what a bug of ours, or the end of memory, does: says where, aborts
 *
 * Kept apart from the harness's header of the same name: judge and defendant
 * share no code.
 */
#ifndef REFERENCE_MUST_H
#define REFERENCE_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(condition)                                                        \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: %s: bug: %s is false\n", __FILE__,         \
                    __LINE__, __func__, #condition);                           \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* The pointer, which is not NULL. */
static inline void *must_have(void *pointer)
{
    must(pointer);
    return pointer;
}

#endif
