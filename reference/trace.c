/* trace.c: what an app's store was asked, and what else happened, in order */
#include "trace.h"

#include "jsjson.h"
#include "must.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* Kept as text: a fifth of what its JSON tree takes. The room for it stays
 * with its place in the ring: texts that one thread allocates and another frees
 * would scatter over malloc's arenas, and memory would grow without a leak. */
struct event {
    char *text;          /* without `n` and `outcome`; NULL: none yet */
    size_t room;         /* bytes at `text` */
    const char *outcome; /* a constant of the caller's; NULL: pending */
};

enum { LARGE_ROOM = 4096 }; /* is given back when a small text follows */

struct trace {
    pthread_mutex_t lock; /* guards all below */
    struct event *events; /* a ring: event n stands at n % TRACE_LIMIT */
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
        free(trace->events[i].text);
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
        trace->events[i] = (struct event){ NULL, 0, NULL };
    trace->capacity = larger;
}

static void put_text(struct event *event, const char *text, size_t size)
{
    bool too_large = event->room > LARGE_ROOM && size <= LARGE_ROOM;

    if (size > event->room || too_large) {
        event->text = must_have(realloc(event->text, size));
        event->room = size;
    }
    memcpy(event->text, text, size);
    event->outcome = NULL;
}

uint64_t trace_add(struct trace *trace, json_t *event)
{
    size_t length;
    char *text = must_have(jsjson_stringify(event, &length));
    uint64_t n;

    json_decref(event);
    pthread_mutex_lock(&trace->lock);
    n = ++trace->newest;
    make_room(trace, n);
    put_text(&trace->events[n % trace->capacity], text, length + 1);
    pthread_mutex_unlock(&trace->lock);
    free(text);
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
        trace->events[n % trace->capacity].outcome = outcome;
    pthread_mutex_unlock(&trace->lock);
}

/* A new reference. */
static json_t *show(const struct event *event, uint64_t n)
{
    json_t *shown =
        must_have(jsjson_parse(event->text, strlen(event->text), NULL));

    json_object_set_new(shown, "n", json_real((double)n));
    if (event->outcome)
        json_object_set_new(shown, "outcome", json_string(event->outcome));
    return shown;
}

json_t *trace_since(struct trace *trace, uint64_t since)
{
    json_t *events = must_have(json_array());
    uint64_t n = since + 1;

    pthread_mutex_lock(&trace->lock);
    if (trace->newest > TRACE_LIMIT && n <= trace->newest - TRACE_LIMIT)
        n = trace->newest - TRACE_LIMIT + 1;
    for (; n <= trace->newest && n >= 1; n++)
        json_array_append_new(events,
                              show(&trace->events[n % trace->capacity], n));
    pthread_mutex_unlock(&trace->lock);
    return must_have(json_pack("{s:o}", "events", events));
}
