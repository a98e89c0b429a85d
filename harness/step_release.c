/* step_release.c: `release: gate`: lets the request that stands there go on
 *
 *     - release: gate
 */
#include "steps.h"

bool step_release(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    const char *name = node_get_text(step, "release");

    scene_note(scene, step, "release: %s\n", name);
    gate_release(&scene->gates, gate_named(&scene->gates, &scene->arena, name));
    return true;
}
