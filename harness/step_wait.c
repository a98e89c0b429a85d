/* step_wait.c: `wait: 1s`: lets real time pass
 *
 *     - wait: 1s
 *
 * Only in cases with `needs: [real-time]`: what they test is the real clock.
 */
#include "steps.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static void sleep_ms(long long ms)
{
    struct timespec rest = { .tv_sec = (time_t)(ms / 1000),
                             .tv_nsec = (long)(ms % 1000) * 1000000 };

    while (nanosleep(&rest, &rest) && errno == EINTR)
        ;
}

bool step_wait(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    struct fault fault;
    char *text = var_text(&scene->vars, node_get(step, "wait"), &fault);
    long long ms = 0;

    if (text && (!node_duration(text, &ms) || ms < 0))
        fault_set(&fault, FAULT_LOCAL, "\"%.60s\" is no time to wait", text);
    if (!text || !node_duration(text, &ms) || ms < 0) {
        free(text);
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    }
    scene_note(scene, step, "wait: %s\n", text);
    free(text);
    pthread_mutex_unlock(&scene->lock);
    sleep_ms(ms);
    pthread_mutex_lock(&scene->lock);
    vars_set_now(&scene->vars, scene_now(scene));
    return true;
}
