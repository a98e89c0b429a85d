/* fuzz_random.h: the fuzzer's random choices, the same for the same seed
 *
 * Each scenario has a generator of its own, begun with the seed and the
 * scenario's number, so that one can be made again without the others.
 */
#ifndef HARNESS_FUZZ_RANDOM_H
#define HARNESS_FUZZ_RANDOM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_random {
    uint64_t state;
};

void fuzz_random_start(struct fuzz_random *random, uint64_t seed,
                       uint64_t number);
/* From 0 to below `limit`, which is not 0. */
unsigned fuzz_below(struct fuzz_random *random, unsigned limit);
bool fuzz_chance(struct fuzz_random *random, unsigned percent);

/* One of a list that ends with NULL; what stands there twice comes twice as
 * often. */
const char *fuzz_pick(struct fuzz_random *random, const char *const *list);
/* The same of a list of JSON texts. A new reference. */
json_t *fuzz_pick_json(struct fuzz_random *random, const char *const *list);

#endif
