/* step_repeat.c: `repeat: {times, steps}`: plays steps again and again
 *
 *     - repeat:
 *         times: 20
 *         steps:
 *           - request: GET /
 */
#include "steps.h"

#include <stdlib.h>

bool step_repeat(struct track *track, const struct node *step)
{
    const struct node *repeat = node_get(step, "repeat");
    struct scene *scene = track->scene;
    struct fault fault;
    json_t *times = var_value(&scene->vars, node_get(repeat, "times"), &fault);
    bool on = true;

    if (times && !json_is_integer(times)) {
        fault_set(&fault, FAULT_LOCAL, "times is no whole number");
        json_decref(times);
        times = NULL;
    }
    if (!times)
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    for (json_int_t i = 0; on && i < json_integer_value(times); i++)
        on = steps_play(track, node_get(repeat, "steps"));
    json_decref(times);
    return on;
}
