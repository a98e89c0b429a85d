/* choices.h: an interleaving that the target steers by itself
 *
 * Where each track is one request, one schedule with all of them as labels is
 * told the choices, and says afterwards what was decided. (Tracks of several
 * requests are steered from here: turns.h.) Called with the scene's lock
 * held.
 */
#ifndef HARNESS_CHOICES_H
#define HARNESS_CHOICES_H

#include "scene.h"

struct choices {
    const struct node *step;
    const char *schedule; /* its id */
    const char *labels[EXPLORE_TRACKS_MAX];
    size_t count;
};

/* Whether the tracks can be steered so. */
bool choices_suit(const struct node *tracks);

/* Before the tracks run. False when the scene is stopped. */
bool choices_begin(struct choices *choices, struct track *track,
                   const struct node *step, const struct node *tracks);
/* A track has ended; where its request never came to its app, the others are
 * let go, since they would wait for it. */
void choices_track_ended(struct choices *choices, struct track *track);
/* After the tracks: the decisions go to the scene. */
bool choices_end(struct choices *choices, struct track *track);

#endif
