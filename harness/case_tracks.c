/* case_tracks.c: rules about `parallel`: its tracks, gates and outcomes */
#include "case_rules.h"

#include <string.h>

static void rules_gates(struct rules *rules, const struct node *tracks);
static void rules_outcomes(struct rules *rules, const struct node *step);

static const struct node *track_verb(const struct node *track, size_t index,
                                     const char *verb)
{
    const struct node *step = track->items[index];

    return node_get(step, verb);
}

void rules_parallel(struct rules *rules, const struct node *step)
{
    const struct node *tracks = node_get(step, "parallel");
    const struct node *interleave = node_get(step, "interleave");

    if (rules->track || rules->tracks_map) {
        rules_key_problem(rules, tracks,
                          "a `parallel` cannot stand in another");
        return;
    }
    if (interleave && interleave->kind == NODE_SCALAR &&
        strcmp(interleave->text, "0") == 0)
        rules_problem(rules, interleave,
                      "\"interleave\" must be all, or a number from 1");
    if (tracks->kind == NODE_MAP) {
        if (tracks->count == 1)
            rules_problem(rules, tracks,
                          "\"parallel\" has one track: it takes two to run at "
                          "the same time");
        if (tracks->count > CASE_TRACKS_MAX)
            rules_problem(rules, tracks,
                          "\"parallel\" has %zu tracks; there can be %d",
                          tracks->count, (int)CASE_TRACKS_MAX);
        if (tracks->count > rules->tracks)
            rules->tracks = tracks->count;
        rules->tracks_map = tracks;
        rules->interleaved = interleave != NULL;
        for (size_t i = 0; i < tracks->count; i++) {
            rules->track = tracks->items[i];
            rules_steps(rules, tracks->items[i]);
        }
        rules->track = NULL;
        rules_gates(rules, tracks);
        rules->interleaved = false;
    }
    rules_outcomes(rules, step);
    rules->tracks_map = NULL;
}

/* ------------------------------------------------------------------ gates */

/* The track that has a request held at the gate, or NULL. */
static const struct node *gate_holder(const struct node *tracks,
                                      const char *gate)
{
    for (size_t i = 0; i < tracks->count; i++) {
        const struct node *track = tracks->items[i];

        for (size_t s = 0; s < track->count; s++)
            if (node_get(track_verb(track, s, "hold"), gate))
                return track;
    }
    return NULL;
}

static bool gate_is_released(const struct node *tracks, const char *gate)
{
    for (size_t i = 0; i < tracks->count; i++) {
        const struct node *track = tracks->items[i];

        for (size_t s = 0; s < track->count; s++) {
            const struct node *release = track_verb(track, s, "release");

            if (release && release->kind == NODE_SCALAR &&
                strcmp(release->text, gate) == 0)
                return true;
        }
    }
    return false;
}

static size_t gate_names(const struct node *tracks, const char **names)
{
    size_t count = 0;

    for (size_t i = 0; i < tracks->count; i++)
        for (size_t s = 0; s < tracks->items[i]->count; s++) {
            const struct node *hold = track_verb(tracks->items[i], s, "hold");

            for (size_t g = 0;
                 hold && hold->kind == NODE_MAP && g < hold->count; g++) {
                if (names)
                    names[count] = hold->items[g]->key;
                count++;
            }
        }
    return count;
}

static const char *gate_suggestion(struct rules *rules,
                                   const struct node *tracks, const char *gate)
{
    const char **names = arena_alloc(
        rules->check->arena, (gate_names(tracks, NULL) + 1) * sizeof *names);

    gate_names(tracks, names);
    return rules_suggestion(rules, gate, names);
}

static void rules_gate_use(struct rules *rules, const struct node *tracks,
                           const struct node *track, const char *verb,
                           const struct node *gate)
{
    const struct node *holder;
    const char *near;

    if (!gate || gate->kind != NODE_SCALAR)
        return;
    holder = gate_holder(tracks, gate->text);
    if (!holder) {
        near = gate_suggestion(rules, tracks, gate->text);
        rules_problem(
            rules, gate, "\"%s\": unknown gate \"%s\"%s", verb, gate->text,
            *near ? near : ": no request here has hold: { … } with it");
    } else if (holder == track) {
        rules_problem(rules, gate,
                      "\"%s\": the gate \"%s\" holds up this very track, which "
                      "cannot come here meanwhile",
                      verb, gate->text);
    }
}

static void rules_gates(struct rules *rules, const struct node *tracks)
{
    for (size_t i = 0; i < tracks->count; i++) {
        const struct node *track = tracks->items[i];

        if (track->kind != NODE_LIST)
            continue;
        for (size_t s = 0; s < track->count; s++) {
            const struct node *hold = track_verb(track, s, "hold");

            rules_gate_use(rules, tracks, track, "await",
                           track_verb(track, s, "await"));
            rules_gate_use(rules, tracks, track, "release",
                           track_verb(track, s, "release"));
            for (size_t g = 0;
                 hold && hold->kind == NODE_MAP && g < hold->count; g++)
                if (!gate_is_released(tracks, hold->items[g]->key))
                    rules_key_problem(rules, hold->items[g],
                                      "nobody releases the gate \"%s\": say "
                                      "release: %s in another track",
                                      hold->items[g]->key, hold->items[g]->key);
        }
    }
}

/* --------------------------------------------------------------- outcomes */

static enum judged judged_by(const struct node *step)
{
    if (node_get(step, "request"))
        return OF_REQUEST;
    if (node_get(step, "store"))
        return OF_STORE;
    return node_get(step, "restart") ? OF_RESTART : (enum judged)0;
}

static void rules_outcomes(struct rules *rules, const struct node *step)
{
    static const char *const outcomes[] = { "always", "can", "never" };
    const struct node *then = node_get(step, "then");
    const struct node *last = NULL;
    enum judged judged = (enum judged)0;

    if (then && then->kind == NODE_LIST && then->count) {
        last = then->items[then->count - 1];
        judged = judged_by(last);
        rules_steps(rules, then);
    }
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct node *list = node_get(step, outcomes[i]);

        if (!list)
            continue;
        if (!then)
            rules_key_problem(rules, list,
                              "\"%s\" judges the last step of `then`, which is "
                              "missing: then: [ { store: { get: $sid } } ]",
                              outcomes[i]);
        else if (last && !judged)
            rules_problem(rules, last,
                          "the last step of `then` is what \"%s\" judges: it "
                          "has to be a request, store or restart",
                          outcomes[i]);
        if (last && node_get(last, "where"))
            rules_key_problem(rules, node_get(last, "where"),
                              "the last step of `then` is what \"%s\" judges: "
                              "it cannot be passed over",
                              outcomes[i]);
        if (strcmp(outcomes[i], "can") == 0 && !node_get(step, "interleave"))
            rules_key_problem(rules, list,
                              "\"can\" needs `interleave`: one run has one "
                              "outcome");
        for (size_t o = 0; list->kind == NODE_LIST && o < list->count; o++)
            if (judged)
                rules_expect(rules, list->items[o], judged);
    }
}
