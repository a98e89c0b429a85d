/* cmd_check.c: sessionspec check: are these files as they should be? */
#include "commands.h"

#include "case_schema.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: sessionspec check [CASE FILES or DIRS]\n"
    "       sessionspec check --language\n"
    "\n"
    "Reads the files (the shipped cases/ where none is named) and says all\n"
    "that is wrong in them, as file:line:column. --language prints the\n"
    "reference of the scenario language as Markdown.\n"
    "Exit code: 0 no problems, 2 problems.\n";

/* How many files the cases come from: they follow each other by file. */
static size_t file_count(const struct case_set *set)
{
    size_t files = 0;

    for (size_t i = 0; i < set->count; i++)
        if (i == 0 ||
            strcmp(set->cases[i].at.file, set->cases[i - 1].at.file) != 0)
            files++;
    return files;
}

static void print_summary(const struct case_set *set)
{
    size_t files = file_count(set);

    printf("%zu case%s in %zu file%s, no problems\n", set->count,
           set->count == 1 ? "" : "s", files, files == 1 ? "" : "s");
}

int cmd_check(int argc, char **argv)
{
    struct suite suite = { .problems = { .count = 0 } };
    bool fine;

    if (argc > 1 && strcmp(argv[1], "--language") == 0) {
        schema_print_language(stdout);
        return EXIT_PASSED;
    }
    if (argc > 1 && argv[1][0] == '-') {
        bool help = strcmp(argv[1], "--help") == 0;

        if (!help)
            fprintf(stderr, "sessionspec check: unknown option %s\n", argv[1]);
        fputs(usage, help ? stdout : stderr);
        return help ? EXIT_PASSED : EXIT_USAGE;
    }
    fine = suite_load(&suite, (const char *const *)argv + 1, (size_t)argc - 1);
    if (fine)
        print_summary(&suite.cases);
    suite_free(&suite);
    return fine ? EXIT_PASSED : EXIT_USAGE;
}
