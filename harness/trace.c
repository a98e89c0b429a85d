/* trace.c: what an app's probe has seen so far, as the harness knows it */
#include "trace.h"

#include <string.h>

void trace_init(struct trace *trace)
{
    trace->events = json_array();
    trace->complete = 0;
    trace->last = 0;
}

void trace_clear(struct trace *trace)
{
    json_decref(trace->events);
    trace->events = NULL;
}

int trace_refresh(struct trace *trace, const struct probe *probe,
                  const char *app, struct fault *fault)
{
    struct probe_answer answer;
    int result = probe_trace(probe, app, trace->complete, &answer, fault);

    if (result)
        return result;
    if (answer.status == 200 &&
        json_is_array(json_object_get(answer.body, "events"))) {
        trace_take(trace, answer.body);
    } else {
        probe_refusal(&answer, fault);
        result = FAULT_PROTOCOL;
    }
    probe_answer_clear(&answer);
    return result;
}

bool trace_is_call(const json_t *event)
{
    return json_object_get(event, "op") && !json_object_get(event, "event");
}

json_int_t trace_n(const json_t *event)
{
    return json_integer_value(json_object_get(event, "n"));
}

const char *trace_label(const json_t *event)
{
    return json_string_value(json_object_get(event, "request"));
}

static bool is_pending(const json_t *event)
{
    return trace_is_call(event) && !json_object_get(event, "outcome");
}

/* Where the first event behind `n` stands. */
static size_t index_behind(const struct trace *trace, json_int_t n)
{
    size_t i = json_array_size(trace->events);

    while (i > 0 && trace_n(json_array_get(trace->events, i - 1)) > n)
        i--;
    return i;
}

static void take_event(struct trace *trace, json_t *event)
{
    json_int_t n = trace_n(event);
    size_t at = index_behind(trace, n);

    if (at > 0 && trace_n(json_array_get(trace->events, at - 1)) == n)
        json_array_set(trace->events, at - 1, event);
    else
        json_array_insert(trace->events, at, event);
    if (n > trace->last)
        trace->last = n;
}

void trace_take(struct trace *trace, const json_t *answer)
{
    json_t *events = json_object_get(answer, "events"), *event;
    size_t i;

    json_array_foreach(events, i, event)
    {
        take_event(trace, event);
    }
    for (i = index_behind(trace, trace->complete);
         i < json_array_size(trace->events); i++) {
        event = json_array_get(trace->events, i);
        if (is_pending(event))
            break;
        trace->complete = trace_n(event);
    }
}

json_t *trace_calls(const struct trace *trace, const char *label,
                    json_int_t since)
{
    json_t *calls = json_array();
    size_t count = json_array_size(trace->events);

    for (size_t i = index_behind(trace, since); i < count; i++) {
        json_t *event = json_array_get(trace->events, i);
        const char *by = trace_label(event);

        if (trace_is_call(event) && (!label || (by && strcmp(by, label) == 0)))
            json_array_append(calls, event);
    }
    return calls;
}

json_t *trace_events(const struct trace *trace, json_int_t since)
{
    json_t *events = json_array();
    size_t count = json_array_size(trace->events);

    for (size_t i = index_behind(trace, since); i < count; i++) {
        json_t *event = json_array_get(trace->events, i);

        if (json_object_get(event, "event"))
            json_array_append(events, event);
    }
    return events;
}
