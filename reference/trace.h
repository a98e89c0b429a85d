/* trace.h: what an app's store was asked, and what else happened, in order
 *
 * Events are numbered from 1 in the order of the calls. Any thread may add or
 * read. The newest TRACE_LIMIT are kept, so that an app that serves a million
 * requests does not grow.
 */
#ifndef REFERENCE_TRACE_H
#define REFERENCE_TRACE_H

#include <jansson.h>
#include <stdint.h>

enum { TRACE_LIMIT = 10000 };

struct trace;

struct trace *trace_new(void);
void trace_free(struct trace *trace);

/* Steals `event`, an object to which "n" is added. Returns n. */
uint64_t trace_add(struct trace *trace, json_t *event);
/* {"n","event":kind,"text"} with "op" where that is not NULL. */
void trace_note(struct trace *trace, const char *kind, const char *text,
                const char *op);
/* Gives the event its outcome, a constant, where it is still kept. */
void trace_outcome(struct trace *trace, uint64_t n, const char *outcome);

/* {"events":[…]} of all with n > since: a new reference. */
json_t *trace_since(struct trace *trace, uint64_t since);

#endif
