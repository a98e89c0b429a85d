/* play.c: plays one case against a target and says what came of it */
#include "play.h"

#include "aftermath.h"
#include "base/must.h"
#include "scene.h"
#include "steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What all play-throughs of a case have in common. */
struct playing {
    const struct test_case *test;
    unsigned long serial;
    struct target *target;
    struct http_pool *pool;
    const struct play_options *options;
    struct arena *arena; /* the caller's, for what stays */
    struct result_case *result;
    size_t plays; /* play-throughs so far */
    bool lost;
    bool late; /* the last one: it was cut short and says nothing */
};

/* A case whose `before` was missed is played again, so often in all. */
#define PLAY_IN_TIME_TRIES 3

static const struct node *find_interleave(const struct node *steps);
static void play_all(struct playing *playing, const struct node *interleave);
static bool play_in_time(struct playing *playing, struct explore *explore,
                         const char *beginning);
static bool play_once(struct playing *playing, struct explore *explore,
                      const char *beginning);
static void conclude(struct playing *playing, struct scene *scene);

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void play_case(const struct test_case *test, unsigned long serial,
               struct target *target, struct http_pool *pool,
               const struct play_options *options, struct arena *arena,
               struct result_case *result, bool *lost)
{
    struct playing playing = { .test = test,
                               .serial = serial,
                               .target = target,
                               .pool = pool,
                               .options = options,
                               .arena = arena,
                               .result = result };
    double started = seconds_now();

    result->outcome = OUTCOME_PASS;
    result->reason = "";
    result->transcript = "";
    play_all(&playing, find_interleave(test->steps));
    result->seconds = seconds_now() - started;
    *lost = playing.lost;
}

/* ------------------------------------------------------ play-through by … */

/* The first in the steps, those of a `repeat` too; NULL for none. */
static const struct node *find_interleave(const struct node *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        const struct node *step = steps->items[i];
        const struct node *inner = node_get(node_get(step, "repeat"), "steps");
        const struct node *found = node_get(step, "interleave");

        if (!found && inner)
            found = find_interleave(inner);
        if (found)
            return found;
    }
    return NULL;
}

static void too_many(struct playing *playing)
{
    playing->result->outcome = OUTCOME_ERROR;
    playing->result->reason =
        arena_printf(playing->arena,
                     "more than %d interleavings: give a number instead of "
                     "`interleave: all`",
                     EXPLORE_INTERLEAVINGS_MAX);
}

/* A case that interleaves is played from its beginning for each order. */
static void play_all(struct playing *playing, const struct node *interleave)
{
    size_t limit = interleave ? strtoul(interleave->text, NULL, 10) : 1;
    bool all = interleave && limit == 0;
    struct explore explore;
    char *beginning;
    bool on = true;

    explore_init(&explore, !all, playing->options->seed);
    while (on && (all || explore.runs < limit) &&
           (beginning = explore_next(&explore))) {
        on = play_in_time(playing, &explore, beginning);
        free(beginning);
    }
    if (on && explore_cut_off(&explore) && (all || explore.runs < limit))
        too_many(playing);
    explore_clear(&explore);
}

/* Where the machine was too slow each time, nothing is known. */
static bool play_in_time(struct playing *playing, struct explore *explore,
                         const char *beginning)
{
    struct result_case *result = playing->result;

    for (int i = 0; i < PLAY_IN_TIME_TRIES; i++) {
        bool passed = play_once(playing, explore, beginning);

        if (!playing->late)
            return passed;
    }
    result->outcome = OUTCOME_SKIP;
    result->reason =
        arena_printf(playing->arena, "the machine was too slow, %d times: %s",
                     PLAY_IN_TIME_TRIES, result->reason);
    return false;
}

/* True where it passed. */
static bool play_once(struct playing *playing, struct explore *explore,
                      const char *beginning)
{
    struct scene scene = { .test = playing->test,
                           .options = playing->options,
                           .target = playing->target,
                           .pool = playing->pool,
                           .base = target_base(playing->target, false),
                           .tls_base = target_base(playing->target, true),
                           .serial = playing->serial,
                           .run = ++playing->plays };
    size_t stderr_from;
    struct track track;

    scene.choices.beginning = beginning;
    free(target_stderr(playing->target, 0, &stderr_from));
    if (scene_open(&scene)) {
        track_begin(&track, &scene, NULL);
        steps_play(&track, playing->test->steps);
        track_end(&track);
    }
    aftermath(&scene, stderr_from);
    explore_ran(explore, beginning, scene.choices.made, scene.choices.count);
    conclude(playing, &scene);
    scene_clear(&scene);
    return playing->result->outcome == OUTCOME_PASS;
}

/* -------------------------------------------------------- what came of it */

static void copy_failures(struct playing *playing,
                          const struct findings *findings)
{
    struct result_case *result = playing->result;

    for (size_t i = 0; i < findings->count; i++) {
        const struct result_failure *from = &findings->list[i];
        struct result_failure *to;

        result->failures =
            arena_grow(playing->arena, result->failures, result->failure_count,
                       &result->failure_capacity, sizeof *result->failures);
        to = &result->failures[result->failure_count++];
        to->line = from->line;
        to->what = arena_strdup(playing->arena, from->what);
        to->expected = arena_strdup(playing->arena, from->expected);
        to->actual = arena_strdup(playing->arena, from->actual);
        to->against = from->against;
    }
}

/* "interleaving ABBA, where A is writer, B is reader" */
static const char *name_interleaving(struct scene *scene)
{
    const struct scene_choices *choices = &scene->choices;
    char *letters = arena_alloc(&scene->arena, choices->count + 1);

    for (size_t i = 0; i < choices->count; i++)
        letters[i] = choices->made[i].chose;
    if (choices->count > 0 && letters[choices->count - 1] == '/')
        letters[choices->count - 1] = '\0';
    return arena_printf(&scene->arena, "interleaving %s, where %s", letters,
                        scene->interleaved);
}

static const char *draw(struct scene *scene)
{
    const char *labels[EXPLORE_TRACKS_MAX];
    const char *text = "";
    size_t count = 0;

    for (size_t i = 0; i < scene->tracks->count && i < EXPLORE_TRACKS_MAX; i++)
        labels[count++] = scene->tracks->items[i]->key;
    for (size_t i = 0; i < scene->app_count; i++) {
        json_t *calls = trace_calls(&scene->apps[i].trace, NULL, 0);

        text = arena_printf(
            &scene->arena, "%s%s", text,
            transcript_diagram(calls, labels, count, &scene->arena));
        json_decref(calls);
    }
    return text;
}

static const char *write_transcript(struct playing *playing,
                                    struct scene *scene)
{
    json_t *traces = json_object();
    const char *text;

    must(traces);
    for (size_t i = 0; i < scene->app_count; i++)
        json_object_set(traces, scene->apps[i].id, scene->apps[i].trace.events);
    text = transcript_text(&scene->transcript, traces, &scene->arena);
    json_decref(traces);
    if (scene->interleaved)
        text = arena_printf(&scene->arena, "%s  %s\n%s", text,
                            name_interleaving(scene), draw(scene));
    return arena_strdup(playing->arena, text);
}

static void conclude(struct playing *playing, struct scene *scene)
{
    struct result_case *result = playing->result;
    const char *reason = scene->error ? scene->error : "";

    result->hazard_shown = result->hazard_shown || scene->hazard_shown;
    playing->lost = scene->lost;
    playing->late = scene->late && !scene->error && scene->failures.count == 0;
    if (playing->late)
        result->reason = arena_strdup(playing->arena, scene->late);
    if (!scene->error && scene->failures.count == 0)
        return;
    result->outcome = scene->lost || scene->failures.count == 0 ? OUTCOME_ERROR
                                                                : OUTCOME_FAIL;
    if (scene->interleaved)
        reason = arena_printf(&scene->arena, "%s%s%s", reason,
                              *reason ? "; " : "", name_interleaving(scene));
    result->reason = arena_strdup(playing->arena, reason);
    copy_failures(playing, &scene->failures);
    result->transcript = write_transcript(playing, scene);
}
