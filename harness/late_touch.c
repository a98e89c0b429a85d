/* late_touch.c: an error for the touch of a session that is gone */
#include "late_touch.h"

#include <string.h>

static bool says(const json_t *call, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(call, key));

    return value && text && strcmp(value, text) == 0;
}

static const json_t *last_touch(const struct trace *trace, const json_t *event)
{
    const json_t *touch = NULL, *one;
    size_t i;

    json_array_foreach(trace->events, i, one)
    {
        if (one == event)
            break;
        if (trace_is_call(one) && says(one, "op", "touch"))
            touch = one;
    }
    return touch;
}

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

bool late_touch_caused(const struct trace *trace, const json_t *event)
{
    const json_t *touch = last_touch(trace, event);

    return touch && says(touch, "outcome", "error") && is_gone(trace, touch);
}
