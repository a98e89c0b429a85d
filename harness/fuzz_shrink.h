/* fuzz_shrink.h: the smallest scenario that still shows a difference */
#ifndef HARNESS_FUZZ_SHRINK_H
#define HARNESS_FUZZ_SHRINK_H

#include <jansson.h>
#include <stdbool.h>

/* Whether a smaller scenario still shows what is looked for. */
struct fuzz_test {
    bool (*shows)(void *arg, const json_t *scenario);
    void *arg;
    unsigned budget; /* how often it may be asked */
};

/* A new, smaller scenario, or an equal one; `scenario` stays as it is. */
json_t *fuzz_shrink(const json_t *scenario, const struct fuzz_test *test);

#endif
