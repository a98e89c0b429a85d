/* step_fault.c: `fault: {op, error, times, delay}`: the next calls fail
 *
 *     - fault: { op: get, error: { message: boom, code: EIO }, times: 2 }
 *     - fault: { op: set, delay: 50ms }
 *
 * `error: text` is short for `{message: text}`.
 */
#include "steps.h"

#include "match.h"

/* What the protocol has as an object and in milliseconds. */
static void complete(json_t *body)
{
    json_t *error = json_object_get(body, "error");
    const char *delay = json_string_value(json_object_get(body, "delay"));
    long long ms;

    if (json_is_string(error))
        json_object_set_new(body, "error",
                            json_pack("{s:O}", "message", error));
    if (delay && node_duration(delay, &ms))
        json_object_set_new(body, "delay", json_integer(ms));
}

bool step_fault(struct track *track, const struct node *step)
{
    struct scene_app *app = step_app(track, step);
    struct scene *scene = track->scene;
    struct probe_answer answer = { 0 };
    struct fault fault;
    json_t *body = var_value(&scene->vars, node_get(step, "fault"), &fault);
    bool set;
    int code;

    if (!body)
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    complete(body);
    scene_note(scene, step, "fault: %s\n", match_show(&scene->arena, body));
    code = probe_fault(&track->probe, app->id, body, &answer, &fault);
    set = step_accepted(track, step, code, &answer, &fault);
    probe_answer_clear(&answer);
    json_decref(body);
    return set;
}
