/* store_error.c: errors that a store says though nothing is wrong */
#include "store_error.h"

#include <string.h>

/* The operations that the middleware calls. */
static const struct promise {
    const char *op, *against;
} promises[] = {
    { "get", "STO-01" },
    { "set", "STO-02" },
    { "destroy", "STO-05" },
    { "touch", "STO-07" },
};

/* By a touch of what is gone. */
#define LATE_TOUCH_AGAINST "STO-09"

static bool says(const json_t *call, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(call, key));

    return value && text && strcmp(value, text) == 0;
}

static const json_t *last_error(const struct trace *trace, const json_t *event)
{
    const json_t *last = NULL, *one;
    size_t i;

    json_array_foreach(trace->events, i, one)
    {
        if (one == event)
            break;
        if (trace_is_call(one) && says(one, "outcome", "error"))
            last = one;
    }
    return last;
}

/* Whether an earlier call had destroyed the session, or not found it. */
static bool is_gone(const struct trace *trace, const json_t *touch)
{
    const char *sid = json_string_value(json_object_get(touch, "sid"));
    const json_t *one;
    bool gone = false;
    size_t i;

    json_array_foreach(trace->events, i, one)
    {
        if (one == touch)
            break;
        if (!trace_is_call(one) || !says(one, "sid", sid))
            continue;
        if (says(one, "op", "destroy") || says(one, "outcome", "miss"))
            gone = true;
        else if (says(one, "op", "set") || says(one, "outcome", "hit"))
            gone = false;
    }
    return gone;
}

const char *store_error_against(const struct trace *trace, const json_t *event)
{
    const json_t *call = last_error(trace, event);

    if (says(call, "op", "touch") && is_gone(trace, call))
        return LATE_TOUCH_AGAINST;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (says(call, "op", promises[i].op))
            return promises[i].against;
    return NULL;
}
