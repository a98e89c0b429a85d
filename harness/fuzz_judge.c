/* fuzz_judge.c: one scenario on both targets: the same, or what differs */
#include "fuzz_judge.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A scenario on one of them. */
struct
try {
    const struct fuzz_side *side;
    unsigned generation; /* of the target that it was begun on */
    json_t *seen;        /* NULL: not to the end */
};

static void play(struct fuzz_hunt *hunt, const json_t *scenario,
                 struct try *try)
{
    char app[64];

    try->generation = target_generation(try->side->target);
    snprintf(app, sizeof app, "fuzz-%ld-%lu", (long)getpid(),
             atomic_fetch_add(&hunt->apps, 1));
    try->seen = fuzz_play(try->side, scenario, app);
    /* Its app went with the process, whoever killed that. */
    if (target_generation(try->side->target) != try->generation) {
        json_decref(try->seen);
        try->seen = NULL;
    }
}

static void enter(struct fuzz_hunt *hunt, bool alone)
{
    pthread_mutex_lock(&hunt->turnstile);
    if (alone)
        pthread_rwlock_wrlock(&hunt->alone);
    else
        pthread_rwlock_rdlock(&hunt->alone);
    pthread_mutex_unlock(&hunt->turnstile);
}

static void leave(struct fuzz_hunt *hunt)
{
    pthread_rwlock_unlock(&hunt->alone);
}

/* Says it where a target died of the scenario, or hangs. */
static bool find_death(const struct try *try, struct fuzz_difference *found)
{
    char how[64] = "does not answer any more";

    if (try->seen)
        return false;
    target_died(try->side->target, try->generation, how, sizeof how);
    snprintf(found->path, sizeof found->path, "%s: %s", try->side->name, how);
    found->step = FUZZ_NO_STEP;
    found->aspect = "death";
    found->one = strdup(how);
    found->other = strdup("lives");
    must(found->one && found->other);
    return true;
}

static bool are_ready(struct fuzz_hunt *hunt)
{
    struct fault fault;
    bool ready = target_ready(hunt->one.target, &fault) &&
                 target_ready(hunt->other.target, &fault);

    if (ready)
        return true;
    pthread_mutex_lock(&hunt->lock);
    hunt->unreachable = true;
    hunt->fault = fault;
    pthread_mutex_unlock(&hunt->lock);
    return false;
}

/* Whether both came to the end. */
static bool play_both(struct fuzz_hunt *hunt, const json_t *scenario,
                      bool alone, struct try tries[2],
                      struct fuzz_judgement *judgement)
{
    bool whole;

    enter(hunt, alone);
    for (int i = 0; i < 2; i++)
        play(hunt, scenario, &tries[i]);
    whole = tries[0].seen && tries[1].seen;
    if (!whole && alone) {
        judgement->verdict = FUZZ_DIED;
        if (!find_death(&tries[0], &judgement->difference))
            find_death(&tries[1], &judgement->difference);
    } else if (!whole) { /* started again, whoever's fault it was */
        struct fuzz_difference ignored = { .one = NULL };

        for (int i = 0; i < 2; i++) {
            find_death(&tries[i], &ignored);
            fuzz_difference_clear(&ignored);
        }
    }
    leave(hunt);
    return whole;
}

void fuzz_judge(struct fuzz_hunt *hunt, const json_t *scenario, bool alone,
                struct fuzz_judgement *judgement)
{
    struct try tries[2] = { { .side = &hunt->one }, { .side = &hunt->other } };

    memset(judgement, 0, sizeof *judgement);
    if (!are_ready(hunt)) {
        judgement->verdict = FUZZ_UNREACHABLE;
        return;
    }
    if (play_both(hunt, scenario, alone, tries, judgement)) {
        if (fuzz_compare(tries[0].seen, tries[1].seen, scenario,
                         &judgement->difference))
            judgement->verdict = FUZZ_DIFFERENT;
    }
    bool again = !alone && (!tries[0].seen || !tries[1].seen) &&
                 !atomic_load(hunt->stop);
    json_decref(tries[0].seen);
    judgement->right = tries[1].seen;
    if (again) {
        fuzz_judgement_clear(judgement);
        fuzz_judge(hunt, scenario, true, judgement);
    }
}

void fuzz_judgement_clear(struct fuzz_judgement *judgement)
{
    fuzz_difference_clear(&judgement->difference);
    json_decref(judgement->right);
    judgement->right = NULL;
}
