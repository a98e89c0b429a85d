/* must.h: what a bug of ours does: says where, and aborts
 *
 * For conditions that only a mistake in this program can make false. Users'
 * mistakes are problems (problem.h), the world's are struct fault (fault.h).
 */
#ifndef HARNESS_MUST_H
#define HARNESS_MUST_H

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

#endif
