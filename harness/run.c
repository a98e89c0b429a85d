/* run.c: the run of many cases, side by side */
#include "run.h"
#include "base/must.h"
#include "needs.h"
#include "replay.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For what is no case: GET /_spec, asking for the store. */
#define RUN_CONTROL_CONNECTIONS 2

/* The result of a case, and whether there is one. */
struct slot {
    struct result_case result;
    bool done;
};

struct run {
    const struct run_plan *plan;
    struct slot *slots;
    atomic_size_t next;
    atomic_bool failed;
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

    if (!outcome_is_bad(result->outcome) && !lost)
        return;
    if (!lost && target_generation(plan->target) == generation)
        return;
    if (!target_died(plan->target, generation, how, sizeof how))
        return;
    result->outcome = OUTCOME_CRASH;
    result->reason =
        arena_printf(arena, "the target was running it and %s%s",
                     strncmp(how, "killed", 6) == 0 ? "was " : "", how);
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
        !is_named(plan->store, "name", "memory"))
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

/* False where the case was cut short by the user's wish to end. */
static bool play_one(const struct run_plan *plan, size_t i, struct arena *arena,
                     struct result_case *result)
{
    const struct test_case *test = plan->cases[i];
    const struct run_options *options = plan->options;
    struct play_options play = { options->store, options->seed,
                                 options->request_timeout_ms };
    struct fault fault;
    const char *unmet;
    unsigned generation;
    bool lost = false;

    begin(result, test, options, arena);
    unmet = needs_unmet(test, target_about(plan->target), plan->store, arena);
    if (unmet) {
        result->outcome = OUTCOME_SKIP;
        result->reason = unmet;
        return true;
    }
    if (!target_ready(plan->target, &fault)) {
        result->outcome = OUTCOME_ERROR;
        result->reason = arena_strdup(arena, fault.text);
        return !atomic_load(plan->stop);
    }
    generation = target_generation(plan->target);
    plan->play(test, (unsigned long)i + 1, plan->target, plan->pool, &play,
               arena, result, &lost);
    if (atomic_load(plan->stop) && (lost || result->outcome == OUTCOME_ERROR))
        return false;
    judge_death(plan, generation, lost, arena, result);
    judge_divergence(plan, test, arena, result);
    return true;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct run *run = worker->run;
    const struct run_plan *plan = run->plan;

    while (!atomic_load(plan->stop) &&
           !(plan->options->fail_fast && atomic_load(&run->failed))) {
        size_t i = atomic_fetch_add(&run->next, 1);
        struct slot *slot;
        if (i >= plan->count)
            break;
        slot = &run->slots[i];
        slot->done = play_one(plan, i, worker->arena, &slot->result);
        if (!slot->done)
            continue;
        if (outcome_is_bad(slot->result.outcome))
            atomic_store(&run->failed, true);
        if (plan->progress)
            progress_step(plan->progress, slot->result.outcome);
    }
    return NULL;
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
    struct run run = { .plan = plan };
    size_t jobs = plan->jobs < plan->count ? plan->jobs : plan->count;
    struct worker *workers = calloc(jobs + 1, sizeof *workers);

    memset(results, 0, sizeof *results);
    results->workers = calloc(jobs + 1, sizeof *results->workers);
    run.slots = calloc(plan->count + 1, sizeof *run.slots);
    must(workers && results->workers && run.slots);
    results->worker_count = jobs;
    for (size_t i = 0; i < jobs; i++) {
        workers[i].run = &run;
        workers[i].arena = &results->workers[i];
        must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (size_t i = 0; i < jobs; i++)
        pthread_join(workers[i].thread, NULL);
    collect(&run, results);
    free(run.slots);
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
