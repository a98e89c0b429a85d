/* turns.c: whose turn it is among tracks that are interleaved */
#include "turns.h"

#include "base/must.h"

#include <stdlib.h>
#include <string.h>

void turns_init(struct turns *turns, size_t tracks, const char *beginning)
{
    must(tracks <= EXPLORE_TRACKS_MAX);
    memset(turns, 0, sizeof *turns);
    turns->tracks = tracks;
    turns->beginning = beginning;
    pthread_cond_init(&turns->changed, NULL);
}

void turns_clear(struct turns *turns)
{
    pthread_cond_destroy(&turns->changed);
    free(turns->made);
}

static struct explore_decision *new_decision(struct turns *turns)
{
    if (turns->count == turns->capacity) {
        turns->capacity = turns->capacity ? turns->capacity * 2 : 16;
        turns->made =
            realloc(turns->made, turns->capacity * sizeof *turns->made);
        must(turns->made);
    }
    memset(&turns->made[turns->count], 0, sizeof *turns->made);
    return &turns->made[turns->count++];
}

/* A choice that cannot go gives way to the first that can. */
static void decide(struct turns *turns)
{
    struct explore_decision *decision;
    size_t enabled = 0;
    char wanted;

    for (size_t i = 0; i < turns->tracks; i++) {
        if (turns->state[i] == TURN_MOVING)
            return;
        enabled += turns->state[i] == TURN_PARKED;
    }
    if (enabled == 0)
        return;
    decision = new_decision(turns);
    enabled = 0;
    for (size_t i = 0; i < turns->tracks; i++)
        if (turns->state[i] == TURN_PARKED)
            decision->enabled[enabled++] = (char)('A' + i);
    wanted = *turns->beginning ? *turns->beginning++ : '\0';
    decision->chose = wanted && strchr(decision->enabled, wanted)
                          ? wanted
                          : decision->enabled[0];
    turns->state[decision->chose - 'A'] = TURN_MOVING;
    pthread_cond_broadcast(&turns->changed);
}

void turns_park(struct turns *turns, size_t track, pthread_mutex_t *lock)
{
    turns->state[track] = TURN_PARKED;
    decide(turns);
    while (turns->state[track] == TURN_PARKED)
        pthread_cond_wait(&turns->changed, lock);
}

void turns_end(struct turns *turns, size_t track)
{
    turns->state[track] = TURN_ENDED;
    decide(turns);
}
