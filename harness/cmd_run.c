/* cmd_run.c: `sessionspec run`, from the command line to the exit code */
#include "base/must.h"
#include "catalogue.h"
#include "commands.h"
#include "emptying.h"
#include "home.h"
#include "interrupt.h"
#include "needs.h"
#include "replay.h"
#include "report_files.h"
#include "run.h"
#include "select.h"
#include "verdict.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Each costs the reference a thread. Where that is too few, fewer cases run at
 * a time. */
#define RUN_CONNECTIONS_LIMIT 2048

/* What a run goes through, in this order. */
struct job {
    struct run_options options;
    struct problems problems;
    struct catalogue catalogue;
    struct case_set set;
    const struct test_case **cases; /* the chosen ones */
    size_t count;
    unsigned jobs;
    struct http_pool *pool;
    struct interrupt interrupt;
    struct target *target;
    json_t *store; /* what the target says of it */
    struct run_results results;
    struct result_run result;
    struct fault fault;
};

/* Says what stands in the fault. Returns the exit code. */
static int complain(const struct job *job, int code)
{
    fprintf(stderr, "sessionspec run: %s\n", job->fault.text);
    return code;
}

static bool load(struct job *job)
{
    const char *shipped = home_cases();
    const char *requirements =
        arena_printf(&job->options.arena, "%s/requirements.yml", shipped);
    const struct words *paths = &job->options.paths;
    bool given = paths->count > 0;
    bool good = catalogue_load(&job->catalogue, requirements, &job->problems);

    good = case_load(&job->set, given ? paths->list : &shipped,
                     given ? paths->count : 1, &job->problems) &&
           good;
    problems_print(&job->problems, stderr);
    return good;
}

/* The cases to be played: EXIT_PASSED, or why there are none. */
static int choose(struct job *job)
{
    if (!load(job))
        return EXIT_USAGE;
    if (select_check_words(&job->options, &job->catalogue, &job->fault) != 0)
        return complain(job, EXIT_USAGE);
    job->cases = select_cases(&job->set, &job->options, &job->count);
    if (job->count == 0) {
        select_say_none(&job->set, &job->options, &job->fault);
        return complain(job, EXIT_USAGE);
    }
    job->count = select_shard(job->cases, job->count, &job->options);
    if (report_files_prepare(&job->options, &job->fault) != 0)
        return complain(job, EXIT_USAGE);
    return EXIT_PASSED;
}

/* A target that holds a thread for each connection can starve: rather fewer
 * cases at a time. */
static void limit_jobs(struct job *job)
{
    const json_t *bears =
        json_object_get(target_about(job->target), "connections");
    double connections = json_number_value(bears);
    unsigned jobs = job->options.jobs;

    if (json_is_number(bears) && connections >= 0 && connections < UINT_MAX)
        jobs = run_jobs_within(job->cases, job->count, jobs,
                               (unsigned)connections);
    if (jobs < job->options.jobs && jobs < job->count)
        fprintf(stderr,
                "the target bears %.0f connections: %u cases at a time "
                "instead of %u\n",
                connections, jobs, job->options.jobs);
    job->jobs = jobs;
}

static int ask_store(struct job *job)
{
    return needs_ask_store(job->target, job->pool, job->options.store,
                           job->options.request_timeout_ms, &job->store,
                           &job->fault);
}

/* Starts or finds the target, and learns what it can. */
static int reach(struct job *job)
{
    unsigned connections =
        run_connections(job->cases, job->count, job->options.jobs);
    struct target_options options = {
        .name = job->options.target,
        .store = job->options.store,
        .restart_backend = job->options.restart_backend,
        .server = home_server(),
        .express = home_express(),
        .connections = connections < RUN_CONNECTIONS_LIMIT
                           ? connections
                           : RUN_CONNECTIONS_LIMIT,
        .notes = stderr,
        .interrupt = job->interrupt.readable,
    };
    char how[64];
    int result = target_open(&job->target, &options, job->pool, &job->fault);

    if (!result) {
        limit_jobs(job);
        result = ask_store(job);
    }
    if (result && job->target &&
        target_died(job->target, 0, how, sizeof how)) /* once more, then */
        result = ask_store(job);
    if (atomic_load(&job->interrupt.stop))
        return EXIT_INTERRUPTED;
    return result ? complain(job, EXIT_UNREACHABLE) : EXIT_PASSED;
}

static const char *said(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void describe(struct job *job, time_t started)
{
    const json_t *about = target_about(job->target);
    struct result_run *result = &job->result;
    struct arena *arena = &job->options.arena;
    char *when = arena_alloc(arena, sizeof "2026-11-22T10:00:00Z" + 8);
    struct tm utc;

    gmtime_r(&started, &utc);
    strftime(when, sizeof "2026-11-22T10:00:00Z" + 8, "%Y-%m-%dT%H:%M:%SZ",
             &utc);
    result->tool_name = "sessionspec";
    result->tool_version = SESSIONSPEC_VERSION;
    result->target_name = said(about, "target");
    result->target_version = said(about, "version");
    result->target_implements = said(about, "implements");
    result->target_url = target_base(job->target, false);
    result->store_name = said(job->store, "name");
    result->store_version = said(job->store, "version");
    result->store_spec = job->options.store ? job->options.store : "";
    result->started = when;
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void play(struct job *job)
{
    struct progress progress;
    struct run_plan plan = {
        .cases = job->cases,
        .count = job->count,
        .options = &job->options,
        .target = job->target,
        .pool = job->pool,
        .store = job->store,
        .play = play_case,
        .jobs = job->jobs,
        .progress = &progress,
        .stop = &job->interrupt.stop,
    };
    double started = now_s();

    describe(job, time(NULL));
    if (emptying_is_needed(job->store))
        fprintf(stderr,
                "the store %s keeps no namespaces apart: one case at a time, "
                "and it is emptied before each\n",
                job->result.store_name);
    progress_start(&progress, job->count, stderr);
    run_cases(&plan, &job->results);
    progress_end(&progress);
    job->result.seconds = now_s() - started;
    job->result.interrupted = atomic_load(&job->interrupt.stop);
    job->result.cases = job->results.cases;
    job->result.case_count = job->results.count;
    verdict_reach(&job->result, &job->catalogue, &job->results.arena);
}

/* Whether a case that did not pass counts under --fail-on. One that names no
 * requirement has no level that could excuse it. */
static bool counts(const struct job *job, const struct result_case *one)
{
    enum level weakest = job->options.fail_on == FAIL_ON_REQUIRED
                             ? LEVEL_REQUIRED
                             : LEVEL_RECOMMENDED;

    const char *id;

    if (job->options.fail_on == FAIL_ON_ANY || !result_concern(one, 0))
        return true;
    for (size_t i = 0; (id = result_concern(one, i)); i++) {
        const struct requirement *requirement =
            catalogue_find(&job->catalogue, id);
        if (!requirement || requirement->level <= weakest)
            return true;
    }
    return false;
}

/* Another of a hazard's cases may show it: where cases were left out, nothing
 * follows from those that were played. */
static bool is_whole(const struct run_options *options)
{
    return options->shards == 1 && options->filters.count == 0 &&
           options->checks.count == 0 && options->tags.count == 0;
}

static int exit_code_of(const struct job *job)
{
    size_t hidden = verdict_hidden_hazards(&job->result);

    if (job->result.interrupted)
        return EXIT_INTERRUPTED;
    for (size_t i = 0; i < job->result.case_count; i++) {
        const struct result_case *one = &job->result.cases[i];
        if (one->outcome != OUTCOME_PASS && one->outcome != OUTCOME_SKIP &&
            counts(job, one))
            return EXIT_FAILED;
    }
    if (hidden == 0 || !is_whole(&job->options) ||
        job->options.fail_on != FAIL_ON_ANY)
        return EXIT_PASSED;
    fprintf(stderr,
            "sessionspec run: %zu hazard%s that this target is known to have "
            "could not be shown\n",
            hidden, hidden == 1 ? "" : "s");
    return EXIT_FAILED;
}

static int report(struct job *job)
{
    if (report_files_write(&job->options, &job->result, &job->fault) != 0)
        return complain(job, EXIT_USAGE);
    return exit_code_of(job);
}

static int run(struct job *job)
{
    int code = choose(job);

    if (code != EXIT_PASSED)
        return code;
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    job->pool = http_pool_new();
    interrupt_open(&job->interrupt, job->pool);
    code = reach(job);
    if (code == EXIT_PASSED) {
        play(job);
        code = report(job);
    }
    interrupt_close(&job->interrupt);
    http_pool_free(job->pool); /* first: a server waits for its connections */
    if (job->target)
        target_close(job->target);
    json_decref(job->store);
    run_results_free(&job->results);
    return code;
}

int cmd_run(int argc, char **argv)
{
    struct job job;
    int code = EXIT_USAGE;

    memset(&job, 0, sizeof job);
    if (run_options_parse(&job.options, argc, argv, &job.fault) != 0) {
        complain(&job, EXIT_USAGE);
        fputs("sessionspec run --help lists the options\n", stderr);
    } else if (job.options.help) {
        run_options_help(stdout);
        code = EXIT_PASSED;
    } else {
        code = run(&job);
    }
    case_set_free(&job.set);
    catalogue_free(&job.catalogue);
    problems_free(&job.problems);
    run_options_free(&job.options);
    return code;
}
