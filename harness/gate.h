/* gate.h: by hand: hold a request at a store call, await that, let it go
 *
 * A gate is where a request is held: `hold: {gate: op}`. Another track awaits
 * the gate (the request stands there) and releases it. Where all tracks wait
 * and nobody is left to move, that is a deadlock, and said at once.
 *
 * All functions are called with the scene's lock held.
 */
#ifndef HARNESS_GATE_H
#define HARNESS_GATE_H

#include "base/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum gate_state {
    GATE_AHEAD,   /* nobody has come to it yet                  */
    GATE_REACHED, /* a request stands there, or has stood there */
    GATE_MISSED   /* the request ended without coming to it     */
};

struct gate {
    const char *name;
    enum gate_state state;
    bool released;
    bool head; /* the client has the head of that request's response */
};

struct gates {
    struct gate **list;
    size_t count, capacity;
    pthread_cond_t changed;
    size_t tracks; /* that run now                                 */
    struct gate_waiter *waiters;
    const char *deadlock; /* who waits where; NULL: somebody can move */
};

void gates_init(struct gates *gates);
void gates_clear(struct gates *gates);

/* Made when first named. */
struct gate *gate_named(struct gates *gates, struct arena *arena,
                        const char *name);

/* Before a `parallel` and as each of its tracks ends. */
void gates_tracks(struct gates *gates, size_t tracks, struct arena *arena);
void gates_track_ended(struct gates *gates, struct arena *arena);

/* The held request is at the gate: until it is released. False when there is
 * a deadlock. */
bool gate_hold(struct gates *gates, struct gate *gate, const char *who,
               const char *op, pthread_mutex_t *lock, struct arena *arena);
/* Until a request stands at the gate. False when there is a deadlock, or when
 * the request missed it. */
bool gate_await(struct gates *gates, struct gate *gate, const char *who,
                pthread_mutex_t *lock, struct arena *arena);
/* Until the client has the head of the response, the gate is released, or
 * `ms` have passed. True where the head came first. */
bool gate_await_head(struct gates *gates, const struct gate *gate, long ms,
                     pthread_mutex_t *lock);
void gate_head(struct gates *gates, struct gate *gate);
void gate_release(struct gates *gates, struct gate *gate);
void gate_miss(struct gates *gates, struct gate *gate);

#endif
