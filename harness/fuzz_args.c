/* fuzz_args.c: the command line of `sessionspec fuzz` */
#include "fuzz_args.h"

#include "base/problem.h"
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int take_steps(struct fuzz_args *args, const char *value,
                      struct fault *fault);
static int take_minutes(struct fuzz_args *args, const char *value,
                        struct fault *fault);
static int take_seed(struct fuzz_args *args, const char *value,
                     struct fault *fault);
static int take_scenario(struct fuzz_args *args, const char *value,
                         struct fault *fault);
static int take_target(struct fuzz_args *args, const char *value,
                       struct fault *fault);
static int take_against(struct fuzz_args *args, const char *value,
                        struct fault *fault);
static int take_jobs(struct fuzz_args *args, const char *value,
                     struct fault *fault);
static int take_out(struct fuzz_args *args, const char *value,
                    struct fault *fault);
static int take_help(struct fuzz_args *args, const char *value,
                     struct fault *fault);

static const struct option {
    const char *name, *short_name, *value; /* the last two may be NULL */
    int (*take)(struct fuzz_args *args, const char *value, struct fault *fault);
    const char *help;
} table[] = {
    { "--steps", NULL, "N", take_steps,
      "how many steps; 10000 where no --minutes are given" },
    { "--minutes", NULL, "M", take_minutes, "for so long, at the most" },
    { "--seed", NULL, "N", take_seed, "of all that is random; 1" },
    { "--scenario", NULL, "N", take_scenario,
      "that one of the seed's scenarios alone, as a report names it" },
    { "--target", NULL, "TARGET", take_target,
      "the one under test: reference (default), express[@VERSION], a URL" },
    { "--against", NULL, "TARGET", take_against,
      "the one that is right; express" },
    { "--jobs", "-j", "N", take_jobs, "scenarios at a time; 4" },
    { "--out", NULL, "DIR", take_out,
      "writes each divergence as a case into that folder" },
    { "--help", "-h", NULL, take_help, "this text" },
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

static int take_number(const char *name, const char *value, unsigned long least,
                       unsigned long most, unsigned long *number,
                       struct fault *fault)
{
    char *end = NULL;

    errno = 0;
    *number = strtoul(value, &end, 10);
    if (isdigit((unsigned char)*value) && !*end && !errno && *number >= least &&
        *number <= most)
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "%s %.100s: it must be a number from %lu to %lu", name,
                     value, least, most);
}

static int take_steps(struct fuzz_args *args, const char *value,
                      struct fault *fault)
{
    args->steps_given = true;
    return take_number("--steps", value, 1, ULONG_MAX / 2, &args->steps, fault);
}

static int take_minutes(struct fuzz_args *args, const char *value,
                        struct fault *fault)
{
    char *end = NULL;

    args->minutes = strtod(value, &end);
    if (isdigit((unsigned char)*value) && !*end && args->minutes > 0 &&
        args->minutes < 1e6)
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "--minutes %.100s: it must be a number above 0", value);
}

static int take_seed(struct fuzz_args *args, const char *value,
                     struct fault *fault)
{
    return take_number("--seed", value, 0, UINT32_MAX, &args->seed, fault);
}

static int take_scenario(struct fuzz_args *args, const char *value,
                         struct fault *fault)
{
    args->scenario_given = true;
    return take_number("--scenario", value, 0, ULONG_MAX / 2, &args->scenario,
                       fault);
}

static int take_name(const char *option, const char *value, const char **name,
                     struct fault *fault)
{
    *name = value;
    if (target_name_valid(value))
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "%s %.200s: there is no such target; it is reference, "
                     "express, express@VERSION, or a URL without a path",
                     option, value);
}

static int take_target(struct fuzz_args *args, const char *value,
                       struct fault *fault)
{
    return take_name("--target", value, &args->target, fault);
}

static int take_against(struct fuzz_args *args, const char *value,
                        struct fault *fault)
{
    return take_name("--against", value, &args->against, fault);
}

static int take_jobs(struct fuzz_args *args, const char *value,
                     struct fault *fault)
{
    return take_number("--jobs", value, 1, FUZZ_JOBS_LIMIT, &args->jobs, fault);
}

static int take_out(struct fuzz_args *args, const char *value,
                    struct fault *fault)
{
    args->out = value;
    return *value ? 0 : fault_set(fault, FAULT_LOCAL, "--out: an empty path");
}

static int take_help(struct fuzz_args *args, const char *value,
                     struct fault *fault)
{
    (void)value, (void)fault;
    args->help = true;
    return 0;
}

static int unknown_option(const char *argument, struct fault *fault)
{
    const char *names[TABLE_SIZE + 1] = { NULL }, *meant;
    char word[64];

    for (size_t i = 0; i < TABLE_SIZE; i++)
        names[i] = table[i].name;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(argument, "="), argument);
    meant = problem_suggest(word, names);
    return fault_set(fault, FAULT_LOCAL, "unknown option %s%s%s%s", word,
                     meant ? " (" : "", meant ? meant : "", meant ? "?)" : "");
}

/* The option that an argument names, and the value that it carries itself
 * (`--name=value`, `-j8`), or NULL. */
static const struct option *option_find(const char *argument,
                                        const char **value)
{
    *value = NULL;
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        const struct option *option = &table[i];
        size_t length = strlen(option->name);

        if (strncmp(argument, option->name, length) == 0 &&
            (!argument[length] || argument[length] == '=')) {
            if (argument[length])
                *value = argument + length + 1;
            return option;
        }
        if (option->short_name &&
            strncmp(argument, option->short_name, 2) == 0 &&
            (!argument[2] || option->value)) {
            if (argument[2])
                *value = argument + 2;
            return option;
        }
    }
    return NULL;
}

/* Takes the option at argv[*at], and moves *at to its last argument. */
static int option_take(struct fuzz_args *args, int argc, char **argv, int *at,
                       struct fault *fault)
{
    const char *value;
    const struct option *option = option_find(argv[*at], &value);

    if (!option)
        return unknown_option(argv[*at], fault);
    if (!option->value && value)
        return fault_set(fault, FAULT_LOCAL, "%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return fault_set(fault, FAULT_LOCAL, "%s needs a value: %s",
                             argv[*at], option->value);
        value = argv[++*at];
    }
    return option->take(args, value, fault);
}

int fuzz_args_parse(struct fuzz_args *args, int argc, char **argv,
                    struct fault *fault)
{
    int result = 0;

    memset(args, 0, sizeof *args);
    args->seed = 1;
    args->jobs = FUZZ_JOBS_DEFAULT;
    args->target = "reference";
    args->against = "express";
    for (int i = 1; i < argc && !result; i++)
        result = option_take(args, argc, argv, &i, fault);
    if (!args->steps_given && !args->scenario_given && args->minutes <= 0)
        args->steps = FUZZ_STEPS_DEFAULT;
    return result;
}

void fuzz_args_help(FILE *to)
{
    fputs("Usage: sessionspec fuzz [options]\n\n"
          "Plays random apps and requests on two targets at once, and reports "
          "whatever they\ndo differently, shrunk to its smallest scenario, as "
          "a case.\n\n",
          to);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        const struct option *option = &table[i];

        fprintf(to, "  %s%s%s%s%s\n      %s\n",
                option->short_name ? option->short_name : "",
                option->short_name ? ", " : "", option->name,
                option->value ? " " : "", option->value ? option->value : "",
                option->help);
    }
    fputs("\nExit code: 0 no divergence, 1 some, 2 the command line is not "
          "right, 3 a target\ndoes not answer, 130 interrupted.\n",
          to);
}
