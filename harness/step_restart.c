/* step_restart.c: `restart: {options}`: the middleware anew, on the same store
 *
 *     - restart: { options: { secret: [ new, old ] } }
 *     - restart: { options: { genid: not-a-function } }
 *       expect: { error: { name: TypeError } }
 *
 * What it does not name stays as it was: maps are merged, all else replaced.
 * Where the middleware refuses its options, the one before serves on.
 */
#include "steps.h"

#include "match.h"

/* `old` with what the step names over it; NULL with the fault filled. */
static json_t *merged(struct track *track, const json_t *old,
                      const struct node *node, struct fault *fault)
{
    json_t *change =
        node ? var_value(&track->scene->vars, node, fault) : json_object();
    json_t *all = change ? json_deep_copy(old) : NULL;

    if (all)
        json_object_update_recursive(all, change);
    json_decref(change);
    return all;
}

static void exchange(json_t **one, json_t **other)
{
    json_t *kept = *one;

    *one = *other;
    *other = kept;
}

/* A refusal that the case does not expect stops it. */
static bool look(struct track *track, const struct node *step,
                 struct scene_app *app, const struct probe_answer *answer)
{
    const struct node *expect = node_get(step, "expect");
    struct fault fault;

    observation_start(&track->seen, app, scene_now(track->scene));
    observation_answer(&track->seen, "", answer->status, answer->body);
    if (!node_get(expect, "error") && !node_get(expect, "status") &&
        !step_accepted(track, step, 0, answer, &fault))
        return false;
    return step_judge(track, step) && step_save(track, step);
}

static bool put(struct track *track, const struct node *step,
                struct scene_app *app, bool *made)
{
    json_t *store = json_pack("{s:b}", "keep", true);
    struct probe_answer answer = { 0 };
    struct fault fault;
    bool played;
    int code;

    json_array_clear(app->warnings);
    code = scene_put_app(track->scene, &track->probe, app, store, true, &answer,
                         &fault);
    if (code)
        played = scene_stop(track->scene, step, code, &fault);
    else
        played = look(track, step, app, &answer);
    *made = !code && answer.status == 201;
    probe_answer_clear(&answer);
    json_decref(store);
    return played;
}

bool step_restart(struct track *track, const struct node *step)
{
    const struct node *restart = node_get(step, "restart");
    struct scene_app *app = step_app(track, step);
    struct fault fault;
    json_t *options =
        merged(track, app->options, node_get(restart, "options"), &fault);
    json_t *settings = options ? merged(track, app->settings,
                                        node_get(restart, "settings"), &fault)
                               : NULL;
    bool played, made;

    if (!settings) {
        json_decref(options);
        return scene_stop(track->scene, step, FAULT_LOCAL, &fault);
    }
    scene_note(track->scene, step, "restart: %s\n",
               match_show(&track->scene->arena, options));
    exchange(&app->options, &options);
    exchange(&app->settings, &settings);
    played = put(track, step, app, &made);
    if (!made) {
        exchange(&app->options, &options);
        exchange(&app->settings, &settings);
    }
    json_decref(options);
    json_decref(settings);
    return played;
}
