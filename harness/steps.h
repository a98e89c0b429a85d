/* steps.h: the table of verbs: each is a file of its own, step_VERB.c
 *
 * A step is played with the scene's lock held. True: on with the next one.
 * False: something did not hold, or could not be done; the scene knows what.
 */
#ifndef HARNESS_STEPS_H
#define HARNESS_STEPS_H

#include "scene.h"

struct step_kind {
    const char *verb;
    bool (*play)(struct track *track, const struct node *step);
};

/* Ends with a NULL verb. */
extern const struct step_kind step_kinds[];

/* A list of steps, from top to bottom. */
bool steps_play(struct track *track, const struct node *list);

/* What every step with `expect` and `save` ends with. */
bool step_judge(struct track *track, const struct node *step);
bool step_save(struct track *track, const struct node *step);

/* By its `before`: false, with the scene too late, where the answer came too
 * long after the case's beginning to say anything. */
bool step_in_time(struct track *track, const struct node *step);

/* What stands at a key of the step, in ms and not below 0; false where it is
 * none such, and the case is stopped. */
bool step_duration(struct track *track, const struct node *step,
                   const char *key, long long *ms);

/* Moves the clocks of all apps; false where one would not be moved. */
bool track_advance(struct track *track, const struct node *step, long long ms);

/* Lets real time pass, without the scene's lock. */
void track_rest(struct track *track, long long ms);

/* The app that a step's `via` means. */
struct scene_app *step_app(struct track *track, const struct node *step);

/* An answer of the probe that is no 2xx stops the case. */
bool step_accepted(struct track *track, const struct node *step, int code,
                   const struct probe_answer *answer, struct fault *fault);

bool step_request(struct track *track, const struct node *step);
bool step_parallel(struct track *track, const struct node *step);
bool step_await(struct track *track, const struct node *step);
bool step_release(struct track *track, const struct node *step);
bool step_advance(struct track *track, const struct node *step);
bool step_wait(struct track *track, const struct node *step);
bool step_outlive(struct track *track, const struct node *step);
bool step_store(struct track *track, const struct node *step);
bool step_fault(struct track *track, const struct node *step);
bool step_emit(struct track *track, const struct node *step);
bool step_restart(struct track *track, const struct node *step);
bool step_calls(struct track *track, const struct node *step);
bool step_repeat(struct track *track, const struct node *step);

#endif
