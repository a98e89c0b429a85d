/* fuzz_play.h: plays a scenario on one target, and keeps all that is seen
 *
 * What comes back is data that two targets can be compared by:
 *
 *   {"made":{"status","error"?,"warnings"?,"operations"?},
 *    "made-b": the same of the other app,
 *    "steps":[ one a step of the scenario:
 *      a request: {"transport","status","headers":{…},"set-cookie":[…],
 *                  "answer":{…}, "calls":[{"op","sid","session","outcome"}…],
 *                  "text": the body as it came}
 *      several at once: {"calls":[… in their order, with whose],
 *                        "replies":[ one a request, as above ]}
 *      all else:  {"status","answer"}],
 *    "events":[{"event","text","op"}…], "holds":[{"sid","session"}…]}
 *
 * Random IDs have become "(sid 1)", "(sid 2)", … in the order in which they
 * appeared.
 */
#ifndef HARNESS_FUZZ_PLAY_H
#define HARNESS_FUZZ_PLAY_H

#include "http.h"
#include "target.h"

#include <jansson.h>
#include <stdbool.h>

/* Requests at once at the most, and the connections that a player holds open:
 * one for itself and one a request, each with and without TLS. */
enum { FUZZ_TRACKS = 3, FUZZ_CONNECTIONS = 2 * (1 + FUZZ_TRACKS) };

/* One of the two that are held against each other. */
struct fuzz_side {
    const char *name; /* as the user gave it */
    struct target *target;
    struct http_pool *pool;
};

/* Plays it in an app called `app`, which is gone afterwards. NULL where the
 * target could not be reached to the end: it died, most likely. */
json_t *fuzz_play(const struct fuzz_side *side, const json_t *scenario,
                  const char *app);

#endif
