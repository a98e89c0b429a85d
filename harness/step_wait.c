/* step_wait.c: `wait: 1s`: lets real time pass
 *
 *     - wait: 1s
 *
 * Only in cases with `needs: [real-time]`: what they test is the real clock.
 */
#include "steps.h"

#include <errno.h>
#include <time.h>

void track_rest(struct track *track, long long ms)
{
    struct scene *scene = track->scene;
    struct timespec rest = { .tv_sec = (time_t)(ms / 1000),
                             .tv_nsec = (long)(ms % 1000) * 1000000 };

    pthread_mutex_unlock(&scene->lock);
    while (nanosleep(&rest, &rest) && errno == EINTR)
        ;
    pthread_mutex_lock(&scene->lock);
}

bool step_wait(struct track *track, const struct node *step)
{
    long long ms;

    if (!step_duration(track, step, "wait", &ms))
        return false;
    scene_note(track->scene, step, "wait: %lld ms\n", ms);
    track_rest(track, ms);
    return true;
}
