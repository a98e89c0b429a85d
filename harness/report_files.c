/* report_files.c: where the reports of a run go */
#include "report_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int path_fault(struct fault *fault, const char *path, int error)
{
    return fault_set(fault, FAULT_LOCAL, "cannot write the report %s: %s", path,
                     strerror(error));
}

int report_folders_make(const char *path)
{
    char *copy = strdup(path);
    int error = copy ? 0 : ENOMEM;

    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash && !error;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            error = errno;
        *slash = '/';
    }
    free(copy);
    return error;
}

int report_files_prepare(const struct run_options *options, struct fault *fault)
{
    for (size_t i = 0; i < options->report_count; i++) {
        const char *path = options->reports[i].path;
        int error;
        FILE *file;

        if (!path)
            continue;
        error = *path ? report_folders_make(path) : ENOENT;
        if (error)
            return path_fault(fault, path, error);
        file = fopen(path, "a"); /* an older report stays until then */
        if (!file)
            return path_fault(fault, path, errno);
        fclose(file);
    }
    return 0;
}

bool report_in_colour(FILE *to)
{
    const char *no_colour = getenv("NO_COLOR");

    return isatty(fileno(to)) && !(no_colour && *no_colour);
}

static struct report_style style_for(const struct run_options *options,
                                     FILE *to)
{
    return (struct report_style){ .colour = report_in_colour(to),
                                  .verbose = options->verbose };
}

static int stdout_write(const struct run_options *options,
                        const struct report_format *format,
                        const struct result_run *run, struct fault *fault)
{
    struct report_style style = style_for(options, stdout);
    int error = format->write(run, &style, stdout);

    if (!error && fflush(stdout) != 0)
        error = -errno;
    return error ? path_fault(fault, "on stdout", -error) : 0;
}

static int file_write(const struct run_options *options,
                      const struct run_report *report,
                      const struct result_run *run, struct fault *fault)
{
    FILE *to = fopen(report->path, "w");
    struct report_style style;
    int error;

    if (!to)
        return path_fault(fault, report->path, errno);
    style = style_for(options, to);
    error = report->format->write(run, &style, to);
    if (fclose(to) != 0 && !error)
        error = -errno;
    return error ? path_fault(fault, report->path, -error) : 0;
}

int report_files_write(const struct run_options *options,
                       const struct result_run *run, struct fault *fault)
{
    const struct report_format *on_stdout = NULL;
    struct fault another;
    int result = 0;

    for (size_t i = 0; i < options->report_count; i++) {
        const struct run_report *report = &options->reports[i];
        int one = 0;
        if (!report->path)
            on_stdout = report->format;
        else
            one = file_write(options, report, run, result ? &another : fault);
        result = result ? result : one;
    }
    if (!on_stdout)
        on_stdout = &report_term;
    if (!result)
        result = stdout_write(options, on_stdout, run, fault);
    else
        stdout_write(options, on_stdout, run, &another);
    /* A person wants to open them; a program that reads JSON does not. */
    for (size_t i = 0; i < options->report_count; i++)
        if (on_stdout == &report_term && options->reports[i].path)
            printf("%s: %s\n", options->reports[i].format->name,
                   options->reports[i].path);
    fflush(stdout);
    return result;
}
