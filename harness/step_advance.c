/* step_advance.c: `advance: 30s`: moves the clocks of all apps of the case
 *
 *     - advance: 30s
 *
 * Virtual time: nothing waits. All apps move, so that they stay in step.
 */
#include "steps.h"

#include <stdlib.h>

static bool advance_app(struct track *track, const struct node *step,
                        struct scene_app *app, long long ms)
{
    json_t *body = json_pack("{s:I}", "advance", (json_int_t)ms);
    struct probe_answer answer = { 0 };
    struct fault fault;
    int code = probe_clock(&track->probe, app->id, body, &answer, &fault);
    bool moved = step_accepted(track, step, code, &answer, &fault);

    if (moved)
        scene_saw_now(track->scene, answer.body);
    probe_answer_clear(&answer);
    json_decref(body);
    return moved;
}

bool track_advance(struct track *track, const struct node *step, long long ms)
{
    struct scene *scene = track->scene;
    bool moved = true;

    for (size_t i = 0; moved && i < scene->app_count; i++)
        moved = advance_app(track, step, &scene->apps[i], ms);
    return moved;
}

bool step_advance(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    struct fault fault;
    char *text = var_text(&scene->vars, node_get(step, "advance"), &fault);
    long long ms = 0;

    if (text && !node_duration(text, &ms))
        fault_set(&fault, FAULT_LOCAL, "\"%.60s\" is no duration", text);
    if (!text || !node_duration(text, &ms)) {
        free(text);
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    }
    scene_note(scene, step, "advance: %s\n", text);
    free(text);
    return track_advance(track, step, ms);
}
