/* step_emit.c: `emit: disconnect`: the store says that it has lost its backend
 *
 *     - emit: disconnect
 *     - emit: connect
 */
#include "steps.h"

#include <stdlib.h>

bool step_emit(struct track *track, const struct node *step)
{
    struct scene_app *app = step_app(track, step);
    struct scene *scene = track->scene;
    struct probe_answer answer = { 0 };
    struct fault fault;
    char *event = var_text(&scene->vars, node_get(step, "emit"), &fault);
    json_t *body;
    bool said;
    int code;

    if (!event)
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    scene_note(scene, step, "emit: %s\n", event);
    body = json_pack("{s:s, s:s}", "op", "emit", "event", event);
    free(event);
    code = probe_store(&track->probe, app->id, body, &answer, &fault);
    said = step_accepted(track, step, code, &answer, &fault);
    probe_answer_clear(&answer);
    json_decref(body);
    return said;
}
