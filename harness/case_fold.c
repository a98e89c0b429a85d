/* case_fold.c: brings a case's steps into the one form that case.h promises */
#include "case_check.h"

#include <string.h>

struct fold {
    const struct check *check;
    const struct node *fragments; /* may be NULL */
    const struct node *case_steps;
    const char *open[16]; /* fragments that are being unfolded */
    size_t depth;
    size_t steps;  /* so far */
    bool too_many; /* which is said once */
};

struct steps {
    const struct node **list;
    size_t count, capacity;
};

static void fold_steps(struct fold *fold, struct steps *to,
                       const struct node *steps);
static const struct node *fold_list(struct fold *fold,
                                    const struct node *steps);

static void steps_add(struct fold *fold, struct steps *to,
                      const struct node *step)
{
    if (fold->steps++ == CASE_STEPS_MAX && !fold->too_many) {
        problem_add(fold->check->problems, fold->case_steps->at,
                    "more than %d steps, with the fragments unfolded: use "
                    "`repeat`",
                    (int)CASE_STEPS_MAX);
        fold->too_many = true;
    }
    if (fold->too_many)
        return;
    to->list = arena_grow(fold->check->arena, to->list, to->count,
                          &to->capacity, sizeof *to->list);
    to->list[to->count++] = step;
}

const struct node *case_fold(const struct check *check,
                             const struct node *fragments,
                             const struct node *steps)
{
    struct fold fold = { .check = check,
                         .fragments = fragments,
                         .case_steps = steps };

    return steps->kind == NODE_LIST ? fold_list(&fold, steps) : steps;
}

static const struct node *fold_list(struct fold *fold, const struct node *steps)
{
    struct steps folded = { NULL, 0, 0 };

    fold_steps(fold, &folded, steps);
    return node_list(fold->check->arena, steps, folded.list, folded.count);
}

/* -------------------------------------------------------------- fragments */

static const char *nearest_key(struct arena *arena, const char *word,
                               const struct node *map)
{
    const char **names;

    if (!map || map->kind != NODE_MAP)
        return NULL;
    names = arena_alloc(arena, (map->count + 1) * sizeof *names);
    for (size_t i = 0; i < map->count; i++)
        names[i] = map->items[i]->key;
    return problem_suggest(word, names);
}

static void fold_use(struct fold *fold, struct steps *to,
                     const struct node *use)
{
    const struct node *fragment = node_get(fold->fragments, use->text);
    const char *near;

    if (!fragment || fragment->kind != NODE_LIST) {
        near = nearest_key(fold->check->arena, use->text, fold->fragments);
        if (!fragment)
            problem_add(fold->check->problems, use->at,
                        "unknown fragment \"%s\"%s%s%s", use->text,
                        near ? " (" : ": it has to stand under fragments",
                        near ? near : "", near ? "?)" : "");
        return;
    }
    for (size_t i = 0; i < fold->depth; i++)
        if (strcmp(fold->open[i], use->text) == 0) {
            problem_add(fold->check->problems, use->at,
                        "the fragment \"%s\" uses itself", use->text);
            return;
        }
    if (fold->depth == sizeof fold->open / sizeof *fold->open) {
        problem_add(fold->check->problems, use->at,
                    "fragments use each other more than %zu deep: put the "
                    "steps of some into others",
                    fold->depth);
        return;
    }
    fold->open[fold->depth++] = use->text;
    fold_steps(fold, to, fragment);
    fold->depth--;
}

/* ----------------------------------------------------------------- tracks */

/* {hold: …} before a request becomes a key of it; `await` and `release`
 * beside a request become steps of their own. */
static void track_add(struct fold *fold, struct steps *to,
                      const struct node *step, const struct node **hold)
{
    static const char *const split[] = { "await", "release" };
    struct arena *arena = fold->check->arena;
    const struct node *beside[2] = { NULL, NULL };

    if (step->kind == NODE_MAP && node_get(step, "request")) {
        for (size_t i = 0; i < 2; i++) {
            const struct node *gate = node_get(step, split[i]);
            struct node *alone;

            if (!gate)
                continue;
            alone = arena_alloc(arena, sizeof *alone);
            alone->kind = NODE_MAP;
            alone->at = gate->key_at;
            alone->end_line = gate->end_line;
            beside[i] = node_with(arena, alone, split[i], gate);
            step = node_without(arena, step, split[i]);
        }
        if (*hold && !node_get(step, "hold")) {
            step = node_with(arena, step, "hold", *hold);
            *hold = NULL;
        }
    }
    if (beside[0])
        steps_add(fold, to, beside[0]);
    steps_add(fold, to, step);
    if (beside[1])
        steps_add(fold, to, beside[1]);
}

static const struct node *fold_track(struct fold *fold,
                                     const struct node *track)
{
    struct steps plain = { NULL, 0, 0 }, folded = { NULL, 0, 0 };
    const struct node *hold = NULL, *held = NULL;

    if (track->kind == NODE_MAP)
        track = node_list(fold->check->arena, track, &track, 1);
    fold_steps(fold, &plain, track);
    for (size_t i = 0; i < plain.count; i++) {
        const struct node *step = plain.list[i];

        if (!hold && step->kind == NODE_MAP && step->count == 1 &&
            node_get(step, "hold")) {
            held = step;
            hold = node_get(step, "hold");
            continue;
        }
        track_add(fold, &folded, step, &hold);
    }
    if (hold)
        steps_add(fold, &folded, held); /* the rules complain of it */
    return node_list(fold->check->arena, track, folded.list, folded.count);
}

static const struct node *fold_parallel(struct fold *fold,
                                        const struct node *step)
{
    static const char *const outcomes[] = { "always", "can", "never" };
    struct arena *arena = fold->check->arena;
    const struct node *tracks = node_get(step, "parallel");
    const struct node *then = node_get(step, "then");

    for (size_t i = 0; tracks->kind == NODE_MAP && i < tracks->count; i++) {
        const struct node *track = tracks->items[i];

        if (track->kind != NODE_SCALAR)
            tracks =
                node_with(arena, tracks, track->key, fold_track(fold, track));
    }
    step = node_with(arena, step, "parallel", tracks);
    if (then && then->kind == NODE_LIST)
        step = node_with(arena, step, "then", fold_list(fold, then));
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct node *outcome = node_get(step, outcomes[i]);

        if (outcome && outcome->kind == NODE_MAP)
            step = node_with(arena, step, outcomes[i],
                             node_list(arena, outcome, &outcome, 1));
    }
    return step;
}

/* -------------------------------------------------------------- each step */

static const struct node *fold_repeat(struct fold *fold,
                                      const struct node *step)
{
    struct arena *arena = fold->check->arena;
    const struct node *repeat = node_get(step, "repeat");
    const struct node *steps = node_get(repeat, "steps");

    if (!steps || steps->kind != NODE_LIST)
        return step;
    repeat = node_with(arena, repeat, "steps", fold_list(fold, steps));
    return node_with(arena, step, "repeat", repeat);
}

static void fold_steps(struct fold *fold, struct steps *to,
                       const struct node *steps)
{
    for (size_t i = 0; i < steps->count && !fold->too_many; i++) {
        const struct node *step = steps->items[i];
        const struct node *use = node_get(step, "use");

        if (use && use->kind == NODE_SCALAR && step->count == 1)
            fold_use(fold, to, use);
        else if (node_get(step, "parallel"))
            steps_add(fold, to, fold_parallel(fold, step));
        else if (node_get(step, "repeat"))
            steps_add(fold, to, fold_repeat(fold, step));
        else
            steps_add(fold, to, step);
    }
}
