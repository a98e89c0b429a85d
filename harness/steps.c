/* steps.c: the table of verbs, and what all steps have in common */
#include "steps.h"

#include "base/must.h"
#include "expect.h"

#include <string.h>

const struct step_kind step_kinds[] = {
    { "request", step_request },
    { "parallel", step_parallel },
    { "await", step_await },
    { "release", step_release },
    { "advance", step_advance },
    { "wait", step_wait },
    { "store", step_store },
    { "fault", step_fault },
    { "emit", step_emit },
    { "restart", step_restart },
    { "calls", step_calls },
    { "repeat", step_repeat },
    { NULL, NULL },
};

static const struct step_kind *find(const char *verb)
{
    const struct step_kind *kind = step_kinds;

    while (kind->verb && strcmp(kind->verb, verb) != 0)
        kind++;
    must(kind->verb);
    return kind;
}

bool steps_play(struct track *track, const struct node *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct node *step = list->items[i];

        if (!find(step_verb(step))->play(track, step))
            return false;
    }
    return true;
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
