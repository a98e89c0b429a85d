/* step_parallel.c: `parallel:`: tracks that run at the same time
 *
 *     - parallel:
 *         writer: { request: POST /add, do: [ { push: { cart: apple } } ] }
 *         reader: { request: GET /page }
 *       interleave: all                    # every order of their store calls
 *       then: [ { store: { get: $sid } } ]
 *       can: [ { session: { cart: [ apple ] } }, { session: { cart: [] } } ]
 *
 *     - parallel:                          # by hand
 *         writer: { request: POST /add, hold: { gate: set } }
 *         reader: [ { await: gate }, { request: GET / }, { release: gate } ]
 *
 * Each track is a thread with a connection of its own. Without `interleave`
 * and `hold` they are simply concurrent. With it the scene plays one
 * interleaving, and the case is played again for the next (play.c). `always`,
 * `can` and `never` judge what the last step of `then` saw.
 */
#include "steps.h"

#include "base/must.h"
#include "choices.h"
#include "expect.h"
#include "turns.h"

#include <string.h>

/* How the tracks are steered; none of them: they are not. */
struct steering {
    struct choices *choices; /* by the target      */
    struct turns *turns;     /* by the harness     */
};

struct lane {
    struct scene *scene;
    const struct node *steps;
    const struct steering *steering;
    size_t letter;
    pthread_t thread;
    bool played;
};

static bool run_lanes(struct track *track, const struct node *tracks,
                      const struct steering *steering);
static bool interleave(struct track *track, const struct node *step,
                       const struct node *tracks);
static bool judge_outcome(struct track *track, const struct node *step);

bool step_parallel(struct track *track, const struct node *step)
{
    static const struct steering none;
    const struct node *tracks = node_get(step, "parallel");
    const struct node *then = node_get(step, "then");
    bool played;

    scene_note(track->scene, step, "parallel: %zu tracks\n", tracks->count);
    if (node_get(step, "interleave"))
        played = interleave(track, step, tracks);
    else
        played = run_lanes(track, tracks, &none);
    return played && (!then || steps_play(track, then)) &&
           judge_outcome(track, step);
}

/* -------------------------------------------------------- the interleaving */

static bool by_choices(struct track *track, const struct node *step,
                       const struct node *tracks)
{
    struct choices choices;
    struct steering steering = { .choices = &choices };
    bool played;

    if (!choices_begin(&choices, track, step, tracks))
        return false;
    played = run_lanes(track, tracks, &steering);
    return (track->scene->lost || choices_end(&choices, track)) && played;
}

static bool by_turns(struct track *track, const struct node *tracks)
{
    struct scene *scene = track->scene;
    struct turns turns;
    struct steering steering = { .turns = &turns };
    bool played;

    turns_init(&turns, tracks->count, scene_choices_left(scene));
    played = run_lanes(track, tracks, &steering);
    for (size_t i = 0; i < turns.count; i++)
        scene_chose(scene, &turns.made[i]);
    turns_clear(&turns);
    return played;
}

static bool interleave(struct track *track, const struct node *step,
                       const struct node *tracks)
{
    struct scene *scene = track->scene;
    const char *names = scene->interleaved;
    bool played = choices_suit(tracks) ? by_choices(track, step, tracks)
                                       : by_turns(track, tracks);

    scene_chose(scene, &explore_end);
    scene->tracks = tracks;
    for (size_t i = 0; i < tracks->count; i++)
        names = arena_printf(&scene->arena, "%s%s%c is %s", names ? names : "",
                             names ? ", " : "", (char)('A' + i),
                             tracks->items[i]->key);
    scene->interleaved = names;
    return played;
}

/* ------------------------------------------------------------- the tracks */

static bool begins_with_request(const struct node *steps)
{
    return node_get(steps->items[0], "request") != NULL;
}

static void *run_lane(void *arg)
{
    struct lane *lane = arg;
    struct scene *scene = lane->scene;
    struct choices *choices = lane->steering->choices;
    struct turns *turns = lane->steering->turns;
    struct track track;

    track_begin(&track, scene, lane->steps->key);
    track.turns = turns;
    track.letter = lane->letter;
    track.label = choices ? choices->labels[lane->letter] : NULL;
    track.starts = begins_with_request(lane->steps);
    lane->played = steps_play(&track, lane->steps);
    track_line_up(&track);
    gates_track_ended(&scene->gates, &scene->arena);
    if (turns)
        turns_end(turns, lane->letter);
    if (choices)
        choices_track_ended(choices, &track);
    track_end(&track);
    return NULL;
}

static bool run_lanes(struct track *track, const struct node *tracks,
                      const struct steering *steering)
{
    struct scene *scene = track->scene;
    struct lane *lanes =
        arena_alloc(&scene->arena, tracks->count * sizeof *lanes);
    bool played = true;

    gates_tracks(&scene->gates, tracks->count, &scene->arena);
    scene->starting = 0;
    for (size_t i = 0; i < tracks->count; i++)
        scene->starting += begins_with_request(tracks->items[i]);
    for (size_t i = 0; i < tracks->count; i++) {
        lanes[i].scene = scene;
        lanes[i].steps = tracks->items[i];
        lanes[i].steering = steering;
        lanes[i].letter = i;
        must(pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]) == 0);
    }
    pthread_mutex_unlock(&scene->lock);
    for (size_t i = 0; i < tracks->count; i++) {
        pthread_join(lanes[i].thread, NULL);
        played = played && lanes[i].played;
    }
    pthread_mutex_lock(&scene->lock);
    gates_tracks(&scene->gates, 1, &scene->arena);
    return played;
}

/* ------------------------------------------------------------ the outcome */

/* Whether what was seen fits; what does not fit goes to `findings`. */
static bool fits(struct track *track, const struct node *expect,
                 struct findings *findings, bool *judged)
{
    size_t before = findings->count;

    if (!expect_judge(track, &track->seen, expect, findings, true))
        *judged = false;
    return *judged && findings->count == before;
}

/* The alternatives in words: what each would have had differently. */
static const char *differences(struct scene *scene,
                               const struct findings *findings)
{
    const char *words = "";

    for (size_t i = 0; i < findings->count; i++)
        words =
            arena_printf(&scene->arena, "%s%s%s is %s", words, i ? ", or " : "",
                         findings->list[i].what, findings->list[i].expected);
    return words;
}

static bool was_said(const struct findings *findings, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(findings->list[i].what, findings->list[index].what) == 0)
            return true;
    return false;
}

/* What came instead: of what the alternatives name. */
static const char *seen_words(struct scene *scene,
                              const struct findings *findings)
{
    const char *words = "";

    for (size_t i = 0; i < findings->count; i++)
        if (!was_said(findings, i))
            words = arena_printf(&scene->arena, "%s%s%s is %s", words,
                                 i ? ", " : "", findings->list[i].what,
                                 findings->list[i].actual);
    return words;
}

static bool judge_can(struct track *track, const struct node *can)
{
    struct scene *scene = track->scene;
    struct findings findings = { .arena = &scene->arena };
    bool judged = true;

    for (size_t i = 0; i < can->count; i++) {
        if (!fits(track, can->items[i], &findings, &judged))
            continue;
        if (i > 0)
            scene->hazard_shown = true;
        return true;
    }
    if (judged)
        findings_add(&scene->failures, can, "can",
                     differences(scene, &findings),
                     seen_words(scene, &findings));
    return false;
}

static bool judge_never(struct track *track, const struct node *never)
{
    struct scene *scene = track->scene;
    bool judged = true, held = true;

    for (size_t i = 0; i < never->count; i++) {
        struct findings findings = { .arena = &scene->arena };

        if (!fits(track, never->items[i], &findings, &judged))
            continue;
        findings_add(&scene->failures, never->items[i], "never",
                     "another outcome than this",
                     match_show(&scene->arena, track->seen.view));
        held = false;
    }
    return judged && held;
}

static bool judge_always(struct track *track, const struct node *always)
{
    struct findings *failures = &track->scene->failures;
    size_t before = failures->count;

    for (size_t i = 0; i < always->count; i++)
        if (!expect_judge(track, &track->seen, always->items[i], failures,
                          false))
            return false;
    return failures->count == before;
}

static bool judge_outcome(struct track *track, const struct node *step)
{
    const struct node *always = node_get(step, "always");
    const struct node *can = node_get(step, "can");
    const struct node *never = node_get(step, "never");
    bool held = true;

    if (always)
        held = judge_always(track, always) && held;
    if (can)
        held = judge_can(track, can) && held;
    if (never)
        held = judge_never(track, never) && held;
    return held;
}
