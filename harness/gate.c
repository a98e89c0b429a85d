/* gate.c: by hand: hold a request at a store call, await that, let it go */
#include "gate.h"

#include <string.h>
#include <time.h>

/* Who waits, in words. It lives on its owner's stack. */
struct gate_waiter {
    struct gate_waiter *next;
    const char *who, *doing, *gate;
    bool (*over)(const struct gate *gate);
    const struct gate *at;
};

void gates_init(struct gates *gates)
{
    memset(gates, 0, sizeof *gates);
    pthread_cond_init(&gates->changed, NULL);
}

void gates_clear(struct gates *gates)
{
    pthread_cond_destroy(&gates->changed);
}

struct gate *gate_named(struct gates *gates, struct arena *arena,
                        const char *name)
{
    struct gate *gate;

    for (size_t i = 0; i < gates->count; i++)
        if (strcmp(gates->list[i]->name, name) == 0)
            return gates->list[i];
    gate = arena_alloc(arena, sizeof *gate);
    gate->name = arena_strdup(arena, name);
    gates->list = arena_grow(arena, gates->list, gates->count, &gates->capacity,
                             sizeof *gates->list);
    gates->list[gates->count++] = gate;
    return gate;
}

/* A waiter whose gate has just moved is counted as stuck until it wakes, so
 * each is asked whether its wait is over. */
static void look_for_deadlock(struct gates *gates, struct arena *arena)
{
    const char *words = "deadlock:";
    size_t stuck = 0;

    for (struct gate_waiter *w = gates->waiters; w; w = w->next) {
        if (w->over(w->at))
            return;
        stuck++;
        words = arena_printf(arena, "%s%s %s %s %s", words,
                             stuck > 1 ? "," : "", w->who, w->doing, w->gate);
    }
    if (stuck == 0 || stuck < gates->tracks)
        return;
    gates->deadlock = words;
    pthread_cond_broadcast(&gates->changed);
}

void gates_tracks(struct gates *gates, size_t tracks, struct arena *arena)
{
    gates->tracks = tracks;
    look_for_deadlock(gates, arena);
}

void gates_track_ended(struct gates *gates, struct arena *arena)
{
    gates->tracks--;
    look_for_deadlock(gates, arena);
}

static bool is_released(const struct gate *gate)
{
    return gate->released;
}

static bool is_decided(const struct gate *gate)
{
    return gate->state != GATE_AHEAD;
}

static void wait_until(struct gates *gates, struct gate_waiter *waiter,
                       pthread_mutex_t *lock, struct arena *arena)
{
    struct gate_waiter **link = &gates->waiters;

    waiter->next = gates->waiters;
    gates->waiters = waiter;
    look_for_deadlock(gates, arena);
    while (!waiter->over(waiter->at) && !gates->deadlock)
        pthread_cond_wait(&gates->changed, lock);
    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
}

bool gate_hold(struct gates *gates, struct gate *gate, const char *who,
               const char *op, pthread_mutex_t *lock, struct arena *arena)
{
    struct gate_waiter waiter = { .who = who,
                                  .doing = arena_printf(
                                      arena, "is held before %s at", op),
                                  .gate = gate->name,
                                  .over = is_released,
                                  .at = gate };

    gate->state = GATE_REACHED;
    pthread_cond_broadcast(&gates->changed);
    wait_until(gates, &waiter, lock, arena);
    return gate->released;
}

bool gate_await(struct gates *gates, struct gate *gate, const char *who,
                pthread_mutex_t *lock, struct arena *arena)
{
    struct gate_waiter waiter = { .who = who,
                                  .doing = "awaits",
                                  .gate = gate->name,
                                  .over = is_decided,
                                  .at = gate };

    wait_until(gates, &waiter, lock, arena);
    return gate->state == GATE_REACHED;
}

/* Nobody who waits so is stuck: the network may still move. */
bool gate_await_head(struct gates *gates, const struct gate *gate, long ms,
                     pthread_mutex_t *lock)
{
    struct timespec end;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += ms % 1000 * 1000000;
    end.tv_sec += ms / 1000 + end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    while (!gate->head && !gate->released && rc == 0)
        rc = pthread_cond_timedwait(&gates->changed, lock, &end);
    return gate->head;
}

void gate_head(struct gates *gates, struct gate *gate)
{
    gate->head = true;
    pthread_cond_broadcast(&gates->changed);
}

void gate_release(struct gates *gates, struct gate *gate)
{
    gate->released = true;
    pthread_cond_broadcast(&gates->changed);
}

void gate_miss(struct gates *gates, struct gate *gate)
{
    if (gate->state == GATE_AHEAD)
        gate->state = GATE_MISSED;
    pthread_cond_broadcast(&gates->changed);
}
