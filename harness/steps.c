/* steps.c: the table of verbs, and what all steps have in common */
#include "steps.h"

#include "base/must.h"
#include "expect.h"
#include "facts.h"

#include <stdlib.h>
#include <string.h>

const struct step_kind step_kinds[] = {
    { "request", step_request }, { "parallel", step_parallel },
    { "await", step_await },     { "release", step_release },
    { "advance", step_advance }, { "wait", step_wait },
    { "outlive", step_outlive }, { "store", step_store },
    { "fault", step_fault },     { "emit", step_emit },
    { "restart", step_restart }, { "calls", step_calls },
    { "repeat", step_repeat },   { NULL, NULL },
};

static const struct step_kind *find(const char *verb)
{
    const struct step_kind *kind = step_kinds;

    while (kind->verb && strcmp(kind->verb, verb) != 0)
        kind++;
    must(kind->verb);
    return kind;
}

/* `where: length` of a store that has none; `where: accepted` behind an error.
 */
static bool is_passed_over(const struct track *track, const struct node *step)
{
    const char *word = node_get_text(step, "where");

    if (word && strcmp(word, STEP_ACCEPTED) == 0)
        return observation_find(&track->seen, "error") != NULL;
    return word && !store_has(track->scene->options->about_store, word);
}

bool steps_play(struct track *track, const struct node *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct node *step = list->items[i];

        if (is_passed_over(track, step))
            continue;
        if (scene_is_real_time(track->scene))
            vars_set_now(&track->scene->vars, scene_now(track->scene));
        if (!find(step_verb(step))->play(track, step))
            return false;
    }
    return true;
}

bool step_in_time(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    int64_t took = scene_elapsed(scene);
    long long ms = 0;

    if (!node_get(step, "before"))
        return true;
    if (!step_duration(track, step, "before", &ms))
        return false;
    if (took < ms)
        return true;
    if (!scene->late)
        scene->late =
            arena_printf(&scene->arena,
                         "line %u was answered after %lld ms, not before %lld",
                         step->at.line, (long long)took, ms);
    return false;
}

bool step_duration(struct track *track, const struct node *step,
                   const char *key, long long *ms)
{
    struct fault fault;
    char *text = var_text(&track->scene->vars, node_get(step, key), &fault);
    bool good = text && node_duration(text, ms) && *ms >= 0;

    if (text && !good)
        fault_set(&fault, FAULT_LOCAL, "\"%.60s\" is no time to wait", text);
    free(text);
    return good || scene_stop(track->scene, step, FAULT_LOCAL, &fault);
}

bool step_judge(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    const struct node *expect = node_get(step, "expect");
    size_t before = scene->failures.count;

    if (!expect)
        return true;
    return expect_judge(track, &track->seen, expect, &scene->failures, false) &&
           scene->failures.count == before;
}

bool step_save(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    const struct node *save = node_get(step, "save");

    for (size_t i = 0; save && i < save->count; i++) {
        const struct node *item = save->items[i];
        const json_t *value = observation_find(&track->seen, item->text);

        if (!value) {
            findings_add(
                &scene->failures, item,
                arena_printf(&scene->arena, "save.%s", item->key),
                arena_printf(&scene->arena, "a value at %s", item->text),
                match_show(&scene->arena, track->seen.view));
            return false;
        }
        vars_set(&scene->vars, item->key, json_deep_copy(value));
    }
    return true;
}

struct scene_app *step_app(struct track *track, const struct node *step)
{
    struct scene_app *app = scene_app(track->scene, node_get_text(step, "via"));

    must(app);
    return app;
}

bool step_accepted(struct track *track, const struct node *step, int code,
                   const struct probe_answer *answer, struct fault *fault)
{
    if (!code && answer->status >= 200 && answer->status <= 299)
        return true;
    if (!code) {
        probe_refusal(answer, fault);
        code = FAULT_PROTOCOL;
    }
    return scene_stop(track->scene, step, code, fault);
}
