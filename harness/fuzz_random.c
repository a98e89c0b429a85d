/* fuzz_random.c: the fuzzer's random choices, the same for the same seed
 *
 * SplitMix64 (public domain): small, and good enough to choose with.
 */
#include "fuzz_random.h"

#include "base/must.h"

#include <string.h>

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t next(struct fuzz_random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    return mix(random->state);
}

/* Mixed twice, or scenario 1 of seed 1 would be scenario 0 of seed 2. */
void fuzz_random_start(struct fuzz_random *random, uint64_t seed,
                       uint64_t number)
{
    random->state = mix(mix(seed + 1) + number);
}

unsigned fuzz_below(struct fuzz_random *random, unsigned limit)
{
    must(limit > 0);
    return (unsigned)((next(random) >> 32) % limit);
}

bool fuzz_chance(struct fuzz_random *random, unsigned percent)
{
    return fuzz_below(random, 100) < percent;
}

const char *fuzz_pick(struct fuzz_random *random, const char *const *list)
{
    unsigned count = 0;

    while (list[count])
        count++;
    return list[fuzz_below(random, count)];
}

json_t *fuzz_pick_json(struct fuzz_random *random, const char *const *list)
{
    const char *text = fuzz_pick(random, list);
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    if (!value) /* beyond 64 bits */
        value =
            json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    must(value);
    return value;
}
