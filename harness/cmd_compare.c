/* cmd_compare.c: sessionspec compare A.json B.json…: runs side by side */
#include "commands.h"

#include "../reports/compare.h"
#include "../reports/result_read.h"
#include "../reports/text.h"
#include "args.h"
#include "base/arena.h"
#include "base/must.h"
#include "report_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: sessionspec compare A.json B.json... [options]\n"
    "\n"
    "Reads reports that `sessionspec run --report json:PATH` wrote, and shows\n"
    "which requirement holds where. Where A.html lies beside A.json, the page\n"
    "that --report html:PATH writes leads there.\n"
    "\n";

struct comparing_report {
    const struct compare_format *format;
    const char *path; /* NULL: stdout */
};

/* All text lives in the arena or in argv. */
struct comparing {
    struct arena arena;
    const char **paths;
    size_t path_count, path_capacity;
    struct comparing_report *reports; /* one of them, at most, to stdout */
    size_t report_count, report_capacity;
    struct compare_absent *absent;
    size_t absent_count, absent_capacity;
    const char *fail_on; /* a level, "any", or NULL: nothing */
    bool all, help;
    struct result_file *files; /* as many as paths */
    struct compare_input *inputs;
};

static int compare_all(struct comparing *comparing, struct fault *fault);

/* ------------------------------------------------------- the command line */

static int unknown_format(const char *name, struct fault *fault)
{
    char names[200];
    size_t length = 0;

    names[0] = '\0';
    for (size_t i = 0; compare_formats[i] && length < sizeof names; i++)
        length +=
            (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                             i ? ", " : "", compare_formats[i]->name);
    return fault_set(fault, FAULT_LOCAL,
                     "--report %.100s: there is no such format; there are %s",
                     name, names);
}

static int take_report(void *into, const char *value, struct fault *fault)
{
    struct comparing *comparing = into;
    size_t length = strcspn(value, ":");
    char *name = arena_memdup(&comparing->arena, value, length);
    struct comparing_report report = { compare_find(name),
                                       value[length] ? value + length + 1
                                                     : NULL };

    if (!report.format)
        return unknown_format(name, fault);
    if (report.path && !*report.path)
        return fault_set(fault, FAULT_LOCAL, "--report %s: an empty path",
                         value);
    for (size_t i = 0; i < comparing->report_count && !report.path; i++)
        if (!comparing->reports[i].path)
            return fault_set(fault, FAULT_LOCAL,
                             "--report %s: --report %s goes to stdout "
                             "already; give one of them a path (%s:PATH)",
                             name, comparing->reports[i].format->name, name);
    comparing->reports = arena_grow(
        &comparing->arena, comparing->reports, comparing->report_count,
        &comparing->report_capacity, sizeof *comparing->reports);
    comparing->reports[comparing->report_count++] = report;
    return 0;
}

static int take_fail_on(void *into, const char *value, struct fault *fault)
{
    static const char *const words[] = { "required", "recommended", "any",
                                         NULL };

    for (size_t i = 0; words[i]; i++)
        if (strcmp(value, words[i]) == 0) {
            ((struct comparing *)into)->fail_on = words[i];
            return 0;
        }
    return fault_set(fault, FAULT_LOCAL,
                     "--fail-on %.100s: it is required, recommended or any",
                     value);
}

static int take_absent(void *into, const char *value, struct fault *fault)
{
    struct comparing *comparing = into;
    const char *sign = strchr(value, '=');

    if (!sign || sign == value || !sign[1])
        return fault_set(fault, FAULT_LOCAL,
                         "--absent %.100s: it is NAME=REASON", value);
    comparing->absent = arena_grow(
        &comparing->arena, comparing->absent, comparing->absent_count,
        &comparing->absent_capacity, sizeof *comparing->absent);
    comparing->absent[comparing->absent_count++] = (struct compare_absent){
        arena_memdup(&comparing->arena, value, (size_t)(sign - value)), sign + 1
    };
    return 0;
}

static int take_all(void *into, const char *value, struct fault *fault)
{
    (void)value, (void)fault;
    ((struct comparing *)into)->all = true;
    return 0;
}

static int take_help(void *into, const char *value, struct fault *fault)
{
    (void)value, (void)fault;
    ((struct comparing *)into)->help = true;
    return 0;
}

static int take_path(void *into, const char *value, struct fault *fault)
{
    struct comparing *comparing = into;

    (void)fault;
    comparing->paths =
        arena_grow(&comparing->arena, comparing->paths, comparing->path_count,
                   &comparing->path_capacity, sizeof *comparing->paths);
    comparing->paths[comparing->path_count++] = value;
    return 0;
}

static const struct args_option rows[] = {
    { "--report", NULL, "FORMAT[:PATH]", take_report,
      "term (default), json, html or markdown; may be repeated; without a "
      "path to stdout" },
    { "--all", NULL, NULL, take_all,
      "also the requirements in which all runs agree (term, markdown)" },
    { "--fail-on", NULL, "required|recommended|any", take_fail_on,
      "exit 1 where a requirement of this level or above fails (default: "
      "never)" },
    { "--absent", NULL, "NAME=REASON", take_absent,
      "name one that could not be run, below the others; may be repeated" },
    { "--help", "-h", NULL, take_help, "this text" },
};

static const struct args_table table = { rows, sizeof rows / sizeof *rows,
                                         take_path };

static void print_help(FILE *to)
{
    fputs(usage, to);
    args_help(&table, to);
    fputs("\nExit code: 0; 1 where --fail-on says so; 2 where a file is no "
          "report or the\ncommand line is not right.\n",
          to);
}

/* What comes from a file may hold anything. */
static int complain(const struct fault *fault)
{
    fputs("sessionspec compare: ", stderr);
    text_write(stderr, fault->text);
    putc('\n', stderr);
    return EXIT_USAGE;
}

/* As --fail-on has it: whether one of those requirements fails anywhere. */
static bool has_failed(const struct comparing *comparing)
{
    const char *last = comparing->fail_on;

    for (size_t i = 0; last && i < comparing->path_count; i++) {
        const struct result_run *run = &comparing->files[i].run;

        if (strcmp(last, "any") == 0 && result_bad(&run->totals))
            return true;
        for (size_t level = 0; result_levels[level]; level++) {
            if (result_verdicts(run, result_levels[level], VERDICT_FAILS))
                return true;
            if (strcmp(result_levels[level], last) == 0)
                break;
        }
    }
    return false;
}

static void comparing_free(struct comparing *comparing)
{
    for (size_t i = 0; comparing->files && i < comparing->path_count; i++)
        result_read_free(&comparing->files[i]);
    for (size_t i = 0; comparing->inputs && i < comparing->path_count; i++)
        free((char *)comparing->inputs[i].page);
    arena_free(&comparing->arena);
}

int cmd_compare(int argc, char **argv)
{
    struct comparing comparing = { .all = false };
    struct fault fault;
    int code = EXIT_PASSED;

    if (args_parse(&table, &comparing, argc, argv, &fault) != 0) {
        code = complain(&fault);
        fputs("sessionspec compare --help lists the options\n", stderr);
    } else if (comparing.help || comparing.path_count == 0) {
        print_help(comparing.help ? stdout : stderr);
        code = comparing.help ? EXIT_PASSED : EXIT_USAGE;
    } else if (compare_all(&comparing, &fault) != 0) {
        code = complain(&fault);
    } else if (has_failed(&comparing)) {
        code = EXIT_FAILED;
    }
    comparing_free(&comparing);
    return code;
}

/* ---------------------------------------------------------- the reading */

/* The absolute path of A.html beside A.json, or NULL. The caller's to free. */
static char *page_beside(struct arena *arena, const char *path)
{
    static const char ending[] = ".json";
    size_t length = strlen(path), cut = strlen(ending);

    if (length > cut && strcmp(path + length - cut, ending) == 0)
        length -= cut;
    return realpath(arena_printf(arena, "%.*s.html", (int)length, path), NULL);
}

static int read_all(struct comparing *comparing, struct fault *fault)
{
    struct arena *arena = &comparing->arena;
    size_t count = comparing->path_count;

    comparing->files = arena_alloc(arena, count * sizeof *comparing->files);
    comparing->inputs = arena_alloc(arena, count * sizeof *comparing->inputs);
    for (size_t i = 0; i < count; i++) {
        struct result_file *file = &comparing->files[i];
        const char *path = comparing->paths[i];

        if (result_read(file, path) != 0)
            return fault_set(fault, FAULT_LOCAL, "%.200s: %s", path, file->why);
        comparing->inputs[i] = (struct compare_input){
            .run = &file->run,
            .path = path,
            .page = page_beside(arena, path),
        };
    }
    return 0;
}

/* ---------------------------------------------------------- the writing */

static int path_fault(struct fault *fault, const char *path, int error)
{
    return fault_set(fault, FAULT_LOCAL, "cannot write %.200s: %s", path,
                     strerror(error));
}

static bool are_one_file(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Nothing that is read, or that the page leads to, may be overwritten. */
static int keep_inputs(const struct comparing *comparing, const char *path,
                       struct fault *fault)
{
    for (size_t i = 0; i < comparing->path_count; i++) {
        const struct compare_input *input = &comparing->inputs[i];

        if (are_one_file(path, input->path) ||
            (input->page && are_one_file(path, input->page)))
            return fault_set(fault, FAULT_LOCAL,
                             "--report %.200s: that is the report of a run "
                             "that is compared",
                             path);
    }
    return 0;
}

/* The absolute path of the folder of a file, or of this one where there is
 * none. The caller's to free. */
static char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (!slash)
        return realpath(".", NULL);
    return realpath(
        slash == path ? "/" : arena_memdup(arena, path, (size_t)(slash - path)),
        NULL);
}

static int write_to(struct comparing *comparing, const struct compare *compare,
                    const struct comparing_report *report, FILE *to)
{
    char *folder = folder_of(&comparing->arena, report->path);
    struct compare_style style = { .colour = report_in_colour(to),
                                   .all = comparing->all,
                                   .folder = folder };
    int error = report->format->write(compare, &style, to);

    free(folder);
    return -error;
}

static int write_one(struct comparing *comparing, const struct compare *compare,
                     const struct comparing_report *report, struct fault *fault)
{
    const char *path = report->path;
    int error;
    FILE *to;

    if (!path) {
        error = write_to(comparing, compare, report, stdout);
        return error ? path_fault(fault, "to stdout", error) : 0;
    }
    if (keep_inputs(comparing, path, fault) != 0)
        return FAULT_LOCAL;
    error = report_folders_make(path);
    if (error)
        return path_fault(fault, path, error);
    to = fopen(path, "w");
    if (!to)
        return path_fault(fault, path, errno);
    error = write_to(comparing, compare, report, to);
    if (fclose(to) != 0 && !error)
        error = errno;
    return error ? path_fault(fault, path, error) : 0;
}

static int write_all(struct comparing *comparing, const struct compare *compare,
                     struct fault *fault)
{
    struct comparing_report on_stdout = { &compare_term, NULL };
    int result = 0;

    for (size_t i = 0; i < comparing->report_count && !result; i++) {
        if (!comparing->reports[i].path)
            on_stdout = comparing->reports[i];
        else
            result =
                write_one(comparing, compare, &comparing->reports[i], fault);
    }
    if (!result)
        result = write_one(comparing, compare, &on_stdout, fault);
    for (size_t i = 0; i < comparing->report_count && !result; i++)
        if (on_stdout.format == &compare_term && comparing->reports[i].path)
            printf("%s: %s\n", comparing->reports[i].format->name,
                   comparing->reports[i].path);
    return result;
}

static int compare_all(struct comparing *comparing, struct fault *fault)
{
    struct compare compare;
    int result = read_all(comparing, fault);

    if (result)
        return result;
    must(compare_runs(&compare, comparing->inputs, comparing->path_count) == 0);
    compare.absent = comparing->absent;
    compare.absent_count = comparing->absent_count;
    result = write_all(comparing, &compare, fault);
    compare_free(&compare);
    return result;
}
