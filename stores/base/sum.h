/* sum.h: the sum of a stored text, to tell of bytes that nobody set
 *
 * A column of its own beside each text. It tells of what was cut short or
 * altered, and is no protection from malice.
 */
#ifndef STORES_BASE_SUM_H
#define STORES_BASE_SUM_H

#include "../session_store.h"
#include "../siphash.h"

/* Signed, as SQL's numbers are; the same on every machine. */
static inline int64_t sum_of(struct sstore_str text)
{
    static const struct siphash_key key = { 0, 0 };
    return (int64_t)siphash(&key, text.p, text.n);
}

#endif
