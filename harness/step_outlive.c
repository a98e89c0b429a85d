/* step_outlive.c: `outlive: 2s`: until what was to live so long is gone
 *
 *     - store: { set: a, session: { n: 1 }, cookie: { maxAge: 2s } }
 *     - outlive: 2s
 *     - store: { get: a }
 *       expect: { session: null }
 *
 * Where the clock stands, as `advance`; where it runs, as `wait`, counted from
 * here: the step before has been answered, so that the session's time had begun
 * by then. Either way longer by what the store says that its expiry may be
 * late (`resolution` of the 201).
 */
#include "facts.h"
#include "steps.h"

/* How late a timer fires on a machine that is busy. */
#define OUTLIVE_TIMERS_MS 200

bool step_outlive(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    long long ms;

    if (!step_duration(track, step, "outlive", &ms))
        return false;
    ms += store_resolution_ms(scene->options->about_store);
    if (scene_is_real_time(scene))
        ms += OUTLIVE_TIMERS_MS;
    scene_note(scene, step, "outlive: %lld ms pass\n", ms);
    if (!scene_is_real_time(scene))
        return track_advance(track, step, ms);
    track_rest(track, ms);
    return true;
}
