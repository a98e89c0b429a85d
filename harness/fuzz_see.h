/* fuzz_see.h: what a target said, in a form that two can be compared by */
#ifndef HARNESS_FUZZ_SEE_H
#define HARNESS_FUZZ_SEE_H

#include "http.h"

#include <jansson.h>

/* JSON as a target sends it, or NULL. Whole numbers are integers, however the
 * reader had to read them. */
json_t *fuzz_see_json(const char *text, size_t length);

/* What came back for a request. `secrets`: those whose signatures are to be
 * verified and replaced, or NULL to leave signatures as they are. */
json_t *fuzz_see_reply(const struct http_reply *reply, const json_t *secrets);

/* What a call of the probe answered: of a PUT, an operation on the store, or
 * another. */
json_t *fuzz_see_made(long status, const json_t *answer);
json_t *fuzz_see_stored(long status, const json_t *answer);
json_t *fuzz_see_answer(long status, const json_t *answer);

/* Deals a trace out: the calls of each request to its step's "calls" (labels
 * are "rN" for step N), the rest to seen's "events". */
void fuzz_see_trace(json_t *seen, const json_t *trace);

/* What `all` gives has no order that counts: the same by their IDs. A new
 * list. */
json_t *fuzz_see_in_order(const json_t *sessions);

/* Random IDs become their numbers, everywhere in it. A new value. */
json_t *fuzz_see_sids(const json_t *seen);

#endif
