/* trace.c: what an app's store was asked, and what else happened, in order */
#include "trace.h"

#include "must.h"

#include <pthread.h>
#include <stdbool.h>

struct trace {
    pthread_mutex_t lock; /* guards all below */
    json_t **events;      /* a ring: event n stands at n % TRACE_LIMIT */
    size_t capacity;      /* of the ring, which grows up to TRACE_LIMIT */
    uint64_t newest;      /* n of the newest, 0 where there is none */
};

struct trace *trace_new(void)
{
    struct trace *trace = must_have(calloc(1, sizeof *trace));

    pthread_mutex_init(&trace->lock, NULL);
    return trace;
}

void trace_free(struct trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace->capacity; i++)
        json_decref(trace->events[i]);
    free(trace->events);
    pthread_mutex_destroy(&trace->lock);
    free(trace);
}

/* Before the ring is full its capacity is above every n, so that growing
 * moves nothing. */
static void make_room(struct trace *trace, uint64_t n)
{
    size_t larger = trace->capacity;

    while (larger < TRACE_LIMIT && larger <= n)
        larger = larger ? larger * 2 : 16;
    if (larger > TRACE_LIMIT)
        larger = TRACE_LIMIT;
    if (larger == trace->capacity)
        return;
    trace->events =
        must_have(realloc(trace->events, larger * sizeof *trace->events));
    for (size_t i = trace->capacity; i < larger; i++)
        trace->events[i] = NULL;
    trace->capacity = larger;
}

uint64_t trace_add(struct trace *trace, json_t *event)
{
    uint64_t n;
    json_t **place;

    pthread_mutex_lock(&trace->lock);
    n = ++trace->newest;
    json_object_set_new(event, "n", json_real((double)n));
    make_room(trace, n);
    place = &trace->events[n % trace->capacity];
    json_decref(*place);
    *place = event;
    pthread_mutex_unlock(&trace->lock);
    return n;
}

void trace_note(struct trace *trace, const char *kind, const char *text,
                const char *op)
{
    json_t *event = json_pack("{s:s, s:s}", "event", kind, "text", text);

    if (event && op)
        json_object_set_new(event, "op", json_string(op));
    trace_add(trace, must_have(event));
}

static bool is_kept(const struct trace *trace, uint64_t n)
{
    return n >= 1 && n <= trace->newest && trace->newest - n < TRACE_LIMIT;
}

void trace_outcome(struct trace *trace, uint64_t n, const char *outcome)
{
    pthread_mutex_lock(&trace->lock);
    if (is_kept(trace, n))
        json_object_set_new(trace->events[n % trace->capacity], "outcome",
                            json_string(outcome));
    pthread_mutex_unlock(&trace->lock);
}

json_t *trace_since(struct trace *trace, uint64_t since)
{
    json_t *events = must_have(json_array());
    uint64_t n = since + 1;

    pthread_mutex_lock(&trace->lock);
    if (trace->newest > TRACE_LIMIT && n <= trace->newest - TRACE_LIMIT)
        n = trace->newest - TRACE_LIMIT + 1;
    for (; n <= trace->newest && n >= 1; n++) {
        json_t *copy =
            json_deep_copy(trace->events[n % trace->capacity]);

        json_array_append_new(events, must_have(copy));
    }
    pthread_mutex_unlock(&trace->lock);
    return must_have(json_pack("{s:o}", "events", events));
}
