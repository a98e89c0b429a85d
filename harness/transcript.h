/* transcript.h: what happened in a case, in order, as a person reads it
 *
 * Each step is an entry: what was done, what came back. The store calls are
 * put in when it is written out, since only then is the trace complete.
 */
#ifndef HARNESS_TRANSCRIPT_H
#define HARNESS_TRANSCRIPT_H

#include "base/arena.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Of a long case the beginning and the end are written out. */
enum { TRANSCRIPT_FIRST = 20, TRANSCRIPT_LAST = 60 };

struct transcript_entry {
    int64_t at_ms;     /* virtual time since the case began      */
    unsigned line;     /* in the case's file                     */
    const char *app;   /* whose trace to look in; NULL for none  */
    const char *label; /* of the request; NULL where it was none */
    const char *did;   /* lines, each ends with a newline        */
    const char *came;  /* the same; "" where nothing came yet    */
};

struct transcript {
    struct arena *arena;
    struct transcript_entry **list;
    size_t count, capacity;
};

/* The entry stays where it is: what came is added when it comes. */
struct transcript_entry *transcript_add(struct transcript *transcript,
                                        int64_t at_ms, unsigned line,
                                        const char *did);

/* The whole as text, in `arena`. `traces` is an object: the events of each
 * app by its id. */
const char *transcript_text(const struct transcript *transcript,
                            const json_t *traces, struct arena *arena);

/* The store calls of some requests as a sequence diagram, a column a label.
 * `calls` is an array of trace events in their order. */
const char *transcript_diagram(const json_t *calls, const char *const *labels,
                               size_t label_count, struct arena *arena);

#endif
