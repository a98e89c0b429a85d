/* bad_events.h: events that are a fault wherever they come unforeseen */
#ifndef HARNESS_BAD_EVENTS_H
#define HARNESS_BAD_EVENTS_H

#include <stdbool.h>

bool event_is_bad(const char *event);

/* The requirement that such an event is against, whatever the case in which
 * it came checks. NULL where it says no more than that the case failed. */
const char *event_against(const char *event);

/* The same of a warning of the target's platform; NULL where it may be. */
const char *warning_against(const char *text);

#endif
