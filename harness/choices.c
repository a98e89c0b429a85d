/* choices.c: an interleaving that the target steers by itself */
#include "choices.h"

#include <string.h>

/* How long a request whose answer is here already may take to be done. */
enum { DONE_WITHIN_MS = 250 };

bool choices_suit(const struct node *tracks)
{
    for (size_t i = 0; i < tracks->count; i++)
        if (tracks->items[i]->count != 1 ||
            !node_get(tracks->items[i]->items[0], "request"))
            return false;
    return tracks->count <= EXPLORE_TRACKS_MAX;
}

static bool refused(const struct probe_answer *answer, int *code,
                    struct fault *fault)
{
    if (!*code && (answer->status < 200 || answer->status > 299)) {
        probe_refusal(answer, fault);
        *code = FAULT_PROTOCOL;
    }
    return *code != 0;
}

static bool put(struct choices *choices, struct track *track, json_t *labels,
                const char *letters)
{
    struct scene *scene = track->scene;
    json_t *apps = json_array();
    struct probe_answer answer = { 0 };
    struct fault fault;
    json_t *body;
    int code;

    for (size_t i = 0; i < scene->app_count; i++)
        json_array_append_new(apps, json_string(scene->apps[i].id));
    body = json_pack("{s:o, s:o, s:s, s:s}", "apps", apps, "labels", labels,
                     "choices", letters, "then", "first");
    code = probe_put_schedule(&track->probe, choices->schedule, body, &answer,
                              &fault);
    if (refused(&answer, &code, &fault))
        scene_stop(scene, choices->step, code, &fault);
    probe_answer_clear(&answer);
    json_decref(body);
    return code == 0;
}

bool choices_begin(struct choices *choices, struct track *track,
                   const struct node *step, const struct node *tracks)
{
    struct scene *scene = track->scene;
    json_t *labels = json_array();

    choices->step = step;
    choices->count = tracks->count;
    choices->schedule = arena_printf(&scene->arena, "%s-%u", scene->apps[0].id,
                                     ++scene->schedules);
    for (size_t i = 0; i < choices->count; i++) {
        choices->labels[i] = scene_label(scene, tracks->items[i]->key);
        json_array_append_new(labels, json_string(choices->labels[i]));
    }
    return put(choices, track, labels, scene_choices_left(scene));
}

static bool is_in(const json_t *array, const char *label)
{
    json_t *item;
    size_t i;

    json_array_foreach((json_t *)array, i, item)
    {
        if (strcmp(json_string_value(item), label) == 0)
            return true;
    }
    return false;
}

void choices_track_ended(struct choices *choices, struct track *track)
{
    const json_t *status = json_object_get(track->seen.view, "status");
    struct probe_answer answer = { 0 };
    struct fault fault;
    bool done;

    if (json_integer_value(status) >= 200 && json_integer_value(status) < 400)
        return;
    done = probe_get_schedule(&track->probe, choices->schedule, DONE_WITHIN_MS,
                              &answer, &fault) == 0 &&
           is_in(json_object_get(answer.body, "done"), track->label);
    probe_answer_clear(&answer);
    if (!done)
        put(choices, track, json_pack("[s]", "nobody"), "");
}

/* The letters of the labels that a decision names. */
static void take_decision(struct choices *choices, struct scene *scene,
                          const json_t *decided)
{
    struct explore_decision decision = { .chose = '?' };
    const char *chose = json_string_value(json_object_get(decided, "chose"));
    size_t enabled = 0;

    for (size_t i = 0; i < choices->count; i++) {
        if (is_in(json_object_get(decided, "enabled"), choices->labels[i]))
            decision.enabled[enabled++] = (char)('A' + i);
        if (chose && strcmp(chose, choices->labels[i]) == 0)
            decision.chose = (char)('A' + i);
    }
    scene_chose(scene, &decision);
}

bool choices_end(struct choices *choices, struct track *track)
{
    struct probe_answer answer = { 0 };
    json_t *decisions, *decided;
    struct fault fault;
    size_t i;
    int code = probe_get_schedule(&track->probe, choices->schedule, 0, &answer,
                                  &fault);

    if (refused(&answer, &code, &fault))
        return scene_stop(track->scene, choices->step, code, &fault);
    decisions = json_object_get(answer.body, "decisions");
    json_array_foreach(decisions, i, decided)
    {
        take_decision(choices, track->scene, decided);
    }
    probe_answer_clear(&answer);
    return true;
}
