/* debug.h: DEBUG=express-session: what the session middleware does, on stderr
 *
 * An app can ask for it, too, by its settings: what it does is told in its
 * trace then, and not on stderr.
 *
 * The variable is a list of names, separated by commas or blanks: `*` in one
 * stands for anything, `-` before one leaves it out again. Any thread may call.
 *
 * Source: the express-session README, "Debugging"; for the list, that of the
 * npm package debug.
 */
#ifndef REFERENCE_DEBUG_H
#define REFERENCE_DEBUG_H

#include "trace.h"

#include <jansson.h>
#include <stdbool.h>

/* An event `debug` where there is a trace. Without one a line with the date
 * and the name before it; nothing where DEBUG, as it was at the first call,
 * does not ask for it. */
void debug_line(struct trace *trace, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text and String(value) behind it. */
void debug_value(struct trace *trace, const char *text, const json_t *value);

/* Does the list ask for what is called `name`? */
bool debug_selects(const char *list, const char *name);

#endif
