/* fuzz_compare.h: the first thing that two targets did differently */
#ifndef HARNESS_FUZZ_COMPARE_H
#define HARNESS_FUZZ_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct fuzz_difference {
    /* "request.calls.set.session.cookie.expires": where, without the numbers
     * of steps and items, so that the same fault has the same one. */
    char path[256];
    size_t step; /* of the scenario; FUZZ_NO_STEP for none in particular */
    const char *aspect; /* the member of the step's observation: "answer",
                           "calls"; or "made", "events", "holds" */
    char *one, *other;  /* what was seen there, as JSON; "nothing" */
};

#define FUZZ_NO_STEP ((size_t)-1)

/* What fuzz_play() saw, of the one under test and of the other. False where
 * nothing differs; else clear it. */
bool fuzz_compare(const json_t *one, const json_t *other,
                  const json_t *scenario, struct fuzz_difference *difference);
/* Whether a message is one of those that V8 or Node words, which no other
 * target has to repeat. */
bool fuzz_is_engine_worded(const json_t *text);
void fuzz_difference_clear(struct fuzz_difference *difference);

#endif
