/* needs.h: whether a case applies to this target and its store */
#ifndef HARNESS_NEEDS_H
#define HARNESS_NEEDS_H

#include "base/arena.h"
#include "case.h"
#include "http.h"
#include "target.h"

#include <jansson.h>

/* Makes an app and takes it away again: `*store` becomes what the target says
 * of its store ({"name","version","operations","capabilities"}), a new
 * reference. A fault where the store cannot be opened. */
int needs_ask_store(struct target *target, struct http_pool *pool,
                    const char *spec, long timeout_ms, json_t **store,
                    struct fault *fault);

/* A store whose expiry may be later than that is not waited for. */
#define NEEDS_RESOLUTION_MAX_MS 15000

/* NULL where the case applies; else why not, as a sentence. `about` is the
 * target's, `store` the object from above. */
const char *needs_unmet(const struct test_case *test, const json_t *about,
                        const json_t *store, struct arena *arena);

/* Whether its clock runs, so that it spends its time in waiting. */
bool needs_real_time(const struct test_case *test);

/* Whether it breaks what the others stand on. */
bool needs_break(const struct test_case *test);

/* Whether it makes calls of the store fail, or breaks or spoils something. */
bool needs_errors(const struct test_case *test);

/* Whether nothing else may run at the time: it breaks something, or says so. */
bool needs_alone(const struct test_case *test);

#endif
