/* run_options.c: the command line of `sessionspec run`
 *
 * The table is the only list of the options: the parser, the suggestions and
 * the help all come from it.
 */
#include "run_options.h"
#include "args.h"
#include "base/problem.h"
#include "node.h"
#include "shard.h"
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static args_take take_target, take_store, take_filter, take_checks, take_tags,
    take_jobs, take_shard, take_seed, take_report, take_fail_on, take_fail_fast,
    take_restart_backend, take_ignore_since, take_timeout, take_verbose,
    take_help, take_path;

static const struct args_option rows[] = {
    { "--target", NULL, "reference|express[@V]|URL", take_target,
      "what to test (default: reference)" },
    { "--store", NULL, "SPEC", take_store,
      "the session store that the target uses (default: its memory store)" },
    { "--restart-backend", NULL, NULL, take_restart_backend,
      "also cases that stop and start the backend of the store, which the "
      "target has started itself (--store redis)" },
    { "--ignore-since", NULL, NULL, take_ignore_since,
      "also cases of what a later release of express-session has or mended" },
    { "--filter", NULL, "GLOB", take_filter,
      "only cases whose id matches; may be repeated" },
    { "--checks", NULL, "ID,...", take_checks,
      "only cases that check one of these requirements or sections (RSV)" },
    { "--tags", NULL, "TAG,...", take_tags, "only cases with one of these" },
    { "--jobs", "-j", "N", take_jobs, "cases at a time (default: 32)" },
    { "--shard", NULL, "I/N|auto", take_shard,
      "the Ith of N equal parts; auto asks the CI system's variables" },
    { "--seed", NULL, "N", take_seed, "of all that is random (default: 1)" },
    { "--report", NULL, "FORMAT[:PATH]", take_report,
      "writes a report; may be repeated; without a path to stdout" },
    { "--fail-on", NULL, "required|recommended|any", take_fail_on,
      "exit 1 only for requirements of this level or above (default: any)" },
    { "--fail-fast", NULL, NULL, take_fail_fast,
      "starts no more cases once one has failed" },
    { "--request-timeout", NULL, "DURATION", take_timeout,
      "how long one request may take (default: 10s)" },
    { "--verbose", "-v", NULL, take_verbose, "lists the passed cases too" },
    { "--help", "-h", NULL, take_help, "this text" },
};

static const struct args_table table = { rows, sizeof rows / sizeof *rows,
                                         take_path };

static void words_add(struct run_options *options, struct words *words,
                      const char *word)
{
    /* Grown by one: a command line is short. */
    const char **list =
        arena_alloc(&options->arena, (words->count + 1) * sizeof *list);

    if (words->count)
        memcpy(list, words->list, words->count * sizeof *list);
    list[words->count++] = word;
    words->list = list;
}

static int words_split(struct run_options *options, struct words *words,
                       const char *name, const char *text, struct fault *fault)
{
    for (;;) {
        size_t length = strcspn(text, ",");
        if (length == 0)
            return fault_set(fault, FAULT_LOCAL, "%s: an empty word", name);
        words_add(options, words, arena_memdup(&options->arena, text, length));
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

static int take_target(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;
    static const char *const names[] = { "reference", "express", NULL };
    const char *meant = problem_suggest(value, names);

    options->target = value;
    if (target_name_valid(value))
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "--target %.200s: there is no such target%s%s%s; it is "
                     "reference, express, express@VERSION, or a URL without "
                     "a path",
                     value, meant ? " (" : "", meant ? meant : "",
                     meant ? "?)" : "");
}

static int take_store(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    options->store = value;
    return *value ? 0 : fault_set(fault, FAULT_LOCAL, "--store: an empty SPEC");
}

static int take_filter(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)fault;
    words_add(options, &options->filters, value);
    return 0;
}

static int take_checks(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    return words_split(options, &options->checks, "--checks", value, fault);
}

static int take_tags(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    return words_split(options, &options->tags, "--tags", value, fault);
}

static int take_jobs(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;
    unsigned long number;
    int result =
        args_number("--jobs", value, 1, RUN_JOBS_LIMIT, &number, fault);

    if (!result)
        options->jobs = (unsigned)number;
    return result;
}

static int take_shard(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    return shard_parse(value, &options->shard, &options->shards, fault);
}

static int take_seed(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    options->seed_given = true;
    return args_number("--seed", value, 0, UINT32_MAX, &options->seed, fault);
}

static int take_timeout(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;
    long long ms;

    if (!node_duration(value, &ms) || ms < 1 || ms > 3600000)
        return fault_set(fault, FAULT_LOCAL,
                         "--request-timeout %.100s: it must be a duration "
                         "with its unit, up to an hour: 1500ms, 30s",
                         value);
    options->request_timeout_ms = (long)ms;
    options->request_timeout_given = true;
    return 0;
}

static void format_names(char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; report_formats[i] && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s",
                                   i ? ", " : "", report_formats[i]->name);
}

static int unknown_format(const char *name, struct fault *fault)
{
    char names[200];

    format_names(names, sizeof names);
    return fault_set(fault, FAULT_LOCAL,
                     "--report %.100s: there is no such format; there are %s",
                     name, names);
}

static int take_report(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;
    size_t length = strcspn(value, ":");
    struct run_report report = { NULL,
                                 value[length] ? value + length + 1 : NULL };
    char *name = arena_memdup(&options->arena, value, length);

    report.format = report_find(name);
    if (!report.format)
        return unknown_format(name, fault);
    if (report.path && !*report.path)
        return fault_set(fault, FAULT_LOCAL, "--report %s: an empty path",
                         value);
    for (size_t i = 0; i < options->report_count && !report.path; i++)
        if (!options->reports[i].path)
            return fault_set(fault, FAULT_LOCAL,
                             "--report %s: --report %s goes to stdout "
                             "already; give one of them a path (%s:PATH)",
                             name, options->reports[i].format->name, name);
    options->reports =
        arena_grow(&options->arena, options->reports, options->report_count,
                   &options->report_capacity, sizeof *options->reports);
    options->reports[options->report_count++] = report;
    return 0;
}

static int take_fail_on(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;
    static const char *const words[] = { "any", "recommended", "required",
                                         NULL };

    for (size_t i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            options->fail_on = (enum fail_on)i;
            return 0;
        }
    }
    return fault_set(fault, FAULT_LOCAL,
                     "--fail-on %.100s: it is required, recommended or any",
                     value);
}

static int take_fail_fast(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)value, (void)fault;
    options->fail_fast = true;
    return 0;
}

static int take_restart_backend(void *into, const char *value,
                                struct fault *fault)
{
    struct run_options *options = into;

    (void)value, (void)fault;
    options->restart_backend = true;
    return 0;
}

static int take_ignore_since(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)value, (void)fault;
    options->ignore_since = true;
    return 0;
}

static int take_verbose(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)value, (void)fault;
    options->verbose++;
    return 0;
}

static int take_help(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)value, (void)fault;
    options->help = true;
    return 0;
}

static int take_path(void *into, const char *value, struct fault *fault)
{
    struct run_options *options = into;

    (void)fault;
    words_add(options, &options->paths, value);
    return 0;
}

int run_options_parse(struct run_options *options, int argc, char **argv,
                      struct fault *fault)
{
    memset(options, 0, sizeof *options);
    options->program = argv[0];
    options->jobs = RUN_JOBS_DEFAULT;
    options->shard = options->shards = 1;
    options->seed = 1;
    options->request_timeout_ms = RUN_TIMEOUT_DEFAULT_MS;
    return args_parse(&table, options, argc, argv, fault);
}

void run_options_free(struct run_options *options)
{
    arena_free(&options->arena);
}

void run_options_help(FILE *to)
{
    fputs("Usage: sessionspec run [CASE FILES or FOLDERS] [options]\n\n"
          "Plays the cases (without files: those that come with the program) "
          "against a target.\n\n",
          to);
    args_help(&table, to);
    fputs("\nReports:\n", to);
    for (size_t i = 0; report_formats[i]; i++)
        fprintf(to, "  %-9s %s\n", report_formats[i]->name,
                report_formats[i]->help);
    fputs("\nExit code: 0 all passed, 1 a case failed, erred or crashed, "
          "2 the command line\nor a case is not right, 3 no target or store "
          "answers, 130 interrupted.\n",
          to);
}
