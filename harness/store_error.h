/* store_error.h: errors that a store says though nothing is wrong
 *
 * The middleware tells of them by the event "error", in whatever case that is:
 * it is about something else, so they are held against what the operation
 * promises. A request that only reads touches its session at its end, when
 * another may have destroyed it; that is no error either (STO-09).
 */
#ifndef HARNESS_STORE_ERROR_H
#define HARNESS_STORE_ERROR_H

#include "trace.h"

/* The requirement that the store's last error before the event is against;
 * NULL where it has said none. `event` is one of the trace's. */
const char *store_error_against(const struct trace *trace, const json_t *event);

#endif
