/* step_await.c: `await: gate`: until another track's request stands there
 *
 *     - await: gate
 */
#include "steps.h"

bool step_await(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    const char *name = node_get_text(step, "await");
    struct gate *gate = gate_named(&scene->gates, &scene->arena, name);
    struct fault fault;

    scene_note(scene, step, "await: %s\n", name);
    if (gate_await(&scene->gates, gate, track->name ? track->name : "the case",
                   &scene->lock, &scene->arena))
        return true;
    if (scene->gates.deadlock)
        fault_set(&fault, FAULT_LOCAL, "%s", scene->gates.deadlock);
    else
        fault_set(&fault, FAULT_LOCAL,
                  "no request came to the gate %s: the one that it holds "
                  "ended without that call",
                  name);
    return scene_stop(scene, step, FAULT_LOCAL, &fault);
}
