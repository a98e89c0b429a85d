/* run.c: the run of many cases, side by side
 *
 * When the target dies, all the cases that it was running are lost, and one of
 * them may be to blame. So at the end each of them is played again, alone: who
 * kills it again is the crash, and the others get what they earn. The same
 * where a store is a program of its own, and that dies or talks nonsense.
 */
#include "run.h"
#include "base/must.h"
#include "emptying.h"
#include "facts.h"
#include "needs.h"
#include "replay.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For what is no case: GET /_spec, asking for the store. */
#define RUN_CONTROL_CONNECTIONS 2

/* What the deaths of a target may cost in all, as the time of the longest case
 * of each. Those that hang until a deadline are slow deaths. */
#define RUN_DEATH_SECONDS_MAX 60

/* What a target says on stderr when a store's program does wrong, so that the
 * calls of several cases may have failed. */
#define RUN_SHAKEN "the store's program "

/* The result of a case, and whether there is one. */
struct slot {
    struct result_case result;
    bool done;
    bool shaken;         /* it broke while the store's program did wrong */
    unsigned generation; /* of the target that ran it */
};

struct run {
    const struct run_plan *plan;
    struct slot *slots;
    size_t *order;   /* of the cases: those that must run alone are last */
    size_t together; /* how many there are before them */
    unsigned jobs;
    atomic_size_t next; /* in `order` */
    atomic_bool failed;

    pthread_mutex_t lock;        /* guards what follows */
    unsigned deaths, last_death; /* how many; the generation of the last */
    double death_seconds;
};

struct worker {
    struct run *run;
    struct arena *arena;
    pthread_t thread;
};

static void begin(struct result_case *result, const struct test_case *test,
                  const struct run_options *options, struct arena *arena)
{
    memset(result, 0, sizeof *result);
    result->id = test->id;
    result->suite = test->suite;
    result->title = test->title;
    result->file = test->at.file;
    result->line = test->at.line;
    result->checks = test->checks.list;
    result->check_count = test->checks.count;
    result->diverges = test->diverges;
    result->diverges_source = test->diverges_source;
    result->reason = "";
    result->transcript = "";
    result->replay = replay_line(options, test, arena);
}

/* A case that broke when the target died is a crash. One that failed while it
 * was started again is too: its apps went with the old process. */
static void judge_death(const struct run_plan *plan, unsigned generation,
                        bool lost, struct arena *arena,
                        struct result_case *result)
{
    char how[64];
    const char *words;

    if (!outcome_is_bad(result->outcome) && !lost)
        return;
    if (!lost && target_generation(plan->target) == generation)
        return;
    if (!target_died(plan->target, generation, how, sizeof how))
        return;
    words = target_last_words(plan->target, generation);
    result->outcome = OUTCOME_CRASH;
    result->reason =
        arena_printf(arena, "the target was running it and %s%s%s%s",
                     strncmp(how, "killed", 6) == 0 ? "was " : "", how,
                     *words ? "; its last words: " : "", words);
}

static bool is_named(const json_t *object, const char *key, const char *name)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && strcmp(text, name) == 0;
}

/* Where the documents and express-session's own code differ, the case says
 * what the documents do: the original, on its own store, is known to fail it,
 * and a case that it passes shows no divergence. */
static void judge_divergence(const struct run_plan *plan,
                             const struct test_case *test, struct arena *arena,
                             struct result_case *result)
{
    if (!test->diverges ||
        !is_named(target_about(plan->target), "target", "express") ||
        !store_is_memory_store(plan->store))
        return;
    if (result->outcome == OUTCOME_FAIL) {
        result->outcome = OUTCOME_SKIP;
        result->reason = arena_printf(arena, "documented divergence %s: %s",
                                      test->diverges, test->diverges_source);
    } else if (result->outcome == OUTCOME_PASS) {
        result->outcome = OUTCOME_FAIL;
        result->reason = arena_printf(
            arena, "express-session passes, so it does not diverge: %s",
            test->diverges);
    }
}

static void count_death(struct run *run, unsigned generation, double seconds)
{
    pthread_mutex_lock(&run->lock);
    if (run->deaths == 0 || run->last_death != generation) {
        run->deaths++;
        run->last_death = generation;
        run->death_seconds += seconds;
    }
    pthread_mutex_unlock(&run->lock);
}

/* NULL, or why no more is played. */
static const char *too_many_deaths(struct run *run, struct arena *arena)
{
    const char *reason = NULL;

    pthread_mutex_lock(&run->lock);
    if (run->death_seconds > RUN_DEATH_SECONDS_MAX)
        reason = arena_printf(
            arena,
            "not played: the target has died %u times, which took %.0f s",
            run->deaths, run->death_seconds);
    pthread_mutex_unlock(&run->lock);
    return reason;
}

/* Why it does not apply, or NULL. */
static const char *unmet_by(const struct run_plan *plan,
                            const struct test_case *test, struct arena *arena)
{
    struct test_case asked = *test;

    if (plan->options->ignore_since)
        asked.since = NULL;
    return needs_unmet(&asked, target_about(plan->target), plan->store, arena);
}

static bool was_shaken(const struct run_plan *plan, size_t stderr_from)
{
    size_t to;
    char *text = target_stderr(plan->target, stderr_from, &to);
    bool shaken = text && strstr(text, RUN_SHAKEN);

    free(text);
    return shaken;
}

/* False where the case was cut short by the user's wish to end. */
static bool play_one(struct run *run, size_t i, struct arena *arena,
                     struct slot *slot)
{
    const struct run_plan *plan = run->plan;
    struct result_case *result = &slot->result;
    const struct test_case *test = plan->cases[i];
    const struct run_options *options = plan->options;
    struct play_options play = { options->store, options->seed,
                                 options->request_timeout_ms,
                                 emptying_is_needed(plan->store), plan->store };
    struct fault fault;
    const char *unmet;
    unsigned generation;
    size_t stderr_from;
    bool lost = false;

    begin(result, test, options, arena);
    unmet = unmet_by(plan, test, arena);
    if (unmet) {
        result->outcome = OUTCOME_SKIP;
        result->reason = unmet;
        return true;
    }
    unmet = too_many_deaths(run, arena);
    if (!unmet && !target_ready(plan->target, &fault))
        unmet = arena_strdup(arena, fault.text);
    if (unmet) {
        result->outcome = OUTCOME_ERROR;
        result->reason = unmet;
        return !atomic_load(plan->stop);
    }
    generation = slot->generation = target_generation(plan->target);
    free(target_stderr(plan->target, 0, &stderr_from));
    plan->play(test, (unsigned long)i + 1, plan->target, plan->pool, &play,
               arena, result, &lost);
    if (atomic_load(plan->stop) && (lost || result->outcome == OUTCOME_ERROR))
        return false;
    judge_death(plan, generation, lost, arena, result);
    if (result->outcome == OUTCOME_CRASH)
        count_death(run, generation, result->seconds);
    else if (outcome_is_bad(result->outcome))
        slot->shaken = was_shaken(plan, stderr_from);
    judge_divergence(plan, test, arena, result);
    return true;
}

/* A crash, of the target or the store's program, that may be another's. */
static bool is_suspect(const struct run *run, const struct slot *slot)
{
    return run->jobs > 1 && slot->done &&
           (slot->result.outcome == OUTCOME_CRASH || slot->shaken);
}

static void count(struct run *run, const struct slot *slot)
{
    if (outcome_is_bad(slot->result.outcome))
        atomic_store(&run->failed, true);
    if (run->plan->progress)
        progress_step(run->plan->progress, slot->result.outcome);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct run *run = worker->run;
    const struct run_plan *plan = run->plan;

    while (!atomic_load(plan->stop) &&
           !(plan->options->fail_fast && atomic_load(&run->failed))) {
        size_t at = atomic_fetch_add(&run->next, 1), i;
        struct slot *slot;
        if (at >= run->together)
            break;
        i = run->order[at];
        slot = &run->slots[i];
        slot->done = play_one(run, i, worker->arena, slot);
        if (slot->done && is_suspect(run, slot))
            atomic_store(&run->failed, true);
        else if (slot->done)
            count(run, slot);
    }
    return NULL;
}

/* Whether one that the target of that generation ran has killed it again, or
 * has shaken the store's program again. */
static bool is_explained(const struct run *run, const struct slot *again,
                         const struct slot *slot)
{
    for (size_t i = 0; i < run->plan->count; i++)
        if (again[i].done && run->slots[i].generation == slot->generation &&
            (slot->shaken ? again[i].shaken
                          : again[i].result.outcome == OUTCOME_CRASH))
            return true;
    return false;
}

/* What comes of a suspect. Where none of those that ran together does it alone,
 * it takes them together, and they stay what they are. */
static void settle(struct run *run, const struct slot *again, size_t i,
                   struct arena *arena)
{
    struct slot *slot = &run->slots[i];

    if (again[i].done && is_explained(run, again, slot))
        slot->result = again[i].result;
    else if (again[i].done && !slot->shaken)
        slot->result.reason =
            arena_printf(arena,
                         "%s (among others at the same time: alone it "
                         "does not)",
                         slot->result.reason);
}

static void play_suspects(struct run *run, struct arena *arena)
{
    size_t cases = run->plan->count;
    struct slot *again = calloc(cases + 1, sizeof *again);
    double seconds = 0;

    must(again);
    for (size_t i = 0; i < cases; i++) {
        if (!is_suspect(run, &run->slots[i]) || atomic_load(run->plan->stop) ||
            too_many_deaths(run, arena) || seconds > RUN_DEATH_SECONDS_MAX)
            continue;
        again[i].done = play_one(run, i, arena, &again[i]);
        seconds += again[i].result.seconds;
    }
    for (size_t i = 0; i < cases; i++) {
        if (!is_suspect(run, &run->slots[i]))
            continue;
        settle(run, again, i, arena);
        count(run, &run->slots[i]);
    }
    free(again);
}

enum turn { WAITING, BUSY, ALONE, BREAKING, TURNS };

static enum turn turn_of(const struct test_case *test)
{
    if (needs_alone(test))
        return needs_break(test) ? BREAKING : ALONE;
    return needs_real_time(test) ? WAITING : BUSY;
}

/* First those that wait most of their time, so that the others run meanwhile;
 * last those that break what all stand on. */
static void put_in_order(struct run *run)
{
    const struct run_plan *plan = run->plan;
    size_t placed = 0;

    for (int turn = WAITING; turn < TURNS; turn++) {
        if (turn == ALONE)
            run->together = placed;
        for (size_t i = 0; i < plan->count; i++)
            if (turn_of(plan->cases[i]) == (enum turn)turn)
                run->order[placed++] = i;
    }
}

/* After all others, one at a time. */
static void play_alone(struct run *run, struct arena *arena)
{
    struct worker worker = { .run = run, .arena = arena };

    run->jobs = 1;
    atomic_store(&run->next, run->together);
    run->together = run->plan->count;
    work(&worker);
}

static void collect(const struct run *run, struct run_results *results)
{
    results->cases = arena_alloc(&results->arena, (run->plan->count + 1) *
                                                      sizeof *results->cases);
    for (size_t i = 0; i < run->plan->count; i++)
        if (run->slots[i].done)
            results->cases[results->count++] = run->slots[i].result;
}

void run_cases(const struct run_plan *plan, struct run_results *results)
{
    struct run run = { .plan = plan, .lock = PTHREAD_MUTEX_INITIALIZER };
    size_t most = emptying_is_needed(plan->store) ? 1 : plan->jobs;
    size_t jobs = most < plan->count ? most : plan->count;
    struct worker *workers = calloc(jobs + 1, sizeof *workers);

    memset(results, 0, sizeof *results);
    results->workers = calloc(jobs + 1, sizeof *results->workers);
    run.slots = calloc(plan->count + 1, sizeof *run.slots);
    run.order = calloc(plan->count + 1, sizeof *run.order);
    must(workers && results->workers && run.slots && run.order);
    put_in_order(&run);
    results->worker_count = jobs;
    run.jobs = (unsigned)jobs;
    for (size_t i = 0; i < jobs; i++) {
        workers[i].run = &run;
        workers[i].arena = &results->workers[i];
        must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (size_t i = 0; i < jobs; i++)
        pthread_join(workers[i].thread, NULL);
    play_suspects(&run, &results->arena);
    play_alone(&run, &results->arena);
    collect(&run, results);
    pthread_mutex_destroy(&run.lock);
    free(run.slots);
    free(run.order);
    free(workers);
}

void run_results_free(struct run_results *results)
{
    for (size_t i = 0; i < results->worker_count; i++)
        arena_free(&results->workers[i]);
    free(results->workers);
    arena_free(&results->arena);
}

static int by_need(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x < y) - (x > y);
}

/* What the hungriest cases need, should they all run at once: each one for
 * itself, and for each of its tracks one to ask on and one to hold it by. */
unsigned run_connections(const struct test_case *const *cases, size_t count,
                         unsigned jobs)
{
    unsigned *needs = calloc(count + 1, sizeof *needs);
    unsigned sum = RUN_CONTROL_CONNECTIONS;

    must(needs);
    for (size_t i = 0; i < count; i++)
        needs[i] = 2 * (unsigned)cases[i]->max_tracks + 1;
    qsort(needs, count, sizeof *needs, by_need);
    for (size_t i = 0; i < count && i < jobs; i++)
        sum += needs[i];
    free(needs);
    return sum;
}

unsigned run_jobs_within(const struct test_case *const *cases, size_t count,
                         unsigned jobs, unsigned connections)
{
    while (jobs > 1 && run_connections(cases, count, jobs) > connections)
        jobs--;
    return jobs;
}
