/* turns.h: whose turn it is among tracks that are interleaved
 *
 * Each track moves up to its next store call and parks there. When all are
 * parked or have ended, the next choice is made: as the beginning that is
 * given says, past it the first that can. All functions are called with the
 * scene's lock held.
 */
#ifndef HARNESS_TURNS_H
#define HARNESS_TURNS_H

#include "explore.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum turn_state { TURN_MOVING, TURN_PARKED, TURN_ENDED };

struct turns {
    enum turn_state state[EXPLORE_TRACKS_MAX];
    size_t tracks;
    const char *beginning; /* letters; those behind it are free */
    struct explore_decision *made;
    size_t count, capacity;
    pthread_cond_t changed;
};

void turns_init(struct turns *turns, size_t tracks, const char *beginning);
void turns_clear(struct turns *turns);

/* The track stands before a call; returns when it is its turn. */
void turns_park(struct turns *turns, size_t track, pthread_mutex_t *lock);
/* It has no more steps. */
void turns_end(struct turns *turns, size_t track);

#endif
