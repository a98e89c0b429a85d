/* bad_events.c: events that are a fault wherever they come unforeseen */
#include "bad_events.h"

#include <stddef.h>
#include <string.h>

static const struct bad_event {
    const char *event, *against;
} bad_events[] = {
    { "error", NULL },
    { "uncaught-exception", NULL },
    { "unhandled-rejection", NULL },
    { "options-mutated", "SEC-03" },
    { "callback-twice", "STO-14" },
    { "callback-early", "STO-14" },
    { "live-object", "STO-18" },
    { "argument-mutated", "STO-42" },
};

static const struct bad_event *find(const char *event)
{
    for (size_t i = 0; event && i < sizeof bad_events / sizeof *bad_events; i++)
        if (strcmp(bad_events[i].event, event) == 0)
            return &bad_events[i];
    return NULL;
}

bool event_is_bad(const char *event)
{
    return find(event);
}

const char *event_against(const char *event)
{
    const struct bad_event *bad = find(event);

    return bad ? bad->against : NULL;
}

/* An interval beyond 2^31 ms, which Node's timers take for 1 ms. */
static const struct bad_warning {
    const char *text, *against;
} bad_warnings[] = { { "TimeoutOverflowWarning", "STO-32" } };

const char *warning_against(const char *text)
{
    for (size_t i = 0; text && i < sizeof bad_warnings / sizeof *bad_warnings;
         i++)
        if (strstr(text, bad_warnings[i].text))
            return bad_warnings[i].against;
    return NULL;
}
