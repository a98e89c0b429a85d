/* facts.h: what a target says of itself, and of its store
 *
 * `about` is its answer to GET /_spec: {"target","implements","abilities":[…]}.
 *
 * `store` is the object of that name in its 201 to a PUT: {"name","version",
 * "operations":[…],"capabilities":[…],"resolution":ms,"licence":[{"checks",
 * "why","source"}]}; the last two may be absent. It may be NULL: then nothing
 * is known, and nothing is there.
 */
#ifndef HARNESS_FACTS_H
#define HARNESS_FACTS_H

#include "base/arena.h"
#include "case.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* "of that name" where it has none. */
const char *about_name(const json_t *about);

/* "express-session 1.19.0"; "" where it does not say. */
const char *about_implements(const json_t *about);

bool about_has(const json_t *about, const char *ability);

/* "of this target" where it has none. */
const char *store_name(const json_t *store);

/* express-session's own: built in, or as npm:express-session. */
bool store_is_memory_store(const json_t *store);

bool store_has_operation(const json_t *store, const char *name);

/* Among its operations or its capabilities. */
bool store_has(const json_t *store, const char *word);

/* Whether expiry is judged by a clock of its own, which no `advance` reaches.
 */
bool store_has_real_clock(const json_t *store);

/* How late its expiry may be, by its own word. */
int64_t store_resolution_ms(const json_t *store);

/* Why none of what the case checks is asked of this store, by its own
 * documents; NULL where any of it is, or the case checks nothing. */
const char *store_licence(const json_t *store, const struct test_case *test,
                          struct arena *arena);

#endif
