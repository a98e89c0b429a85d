/* fuzz_args.c: the command line of `sessionspec fuzz` */
#include "fuzz_args.h"

#include "args.h"
#include "base/problem.h"
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static args_take take_steps, take_minutes, take_seed, take_scenario,
    take_target, take_against, take_jobs, take_out, take_help;

static const struct args_option rows[] = {
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

static const struct args_table table = { rows, sizeof rows / sizeof *rows,
                                         NULL };

static int take_steps(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    args->steps_given = true;
    return args_number("--steps", value, 1, ULONG_MAX / 2, &args->steps, fault);
}

static int take_minutes(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;
    char *end = NULL;

    args->minutes = strtod(value, &end);
    if (isdigit((unsigned char)*value) && !*end && args->minutes > 0 &&
        args->minutes < 1e6)
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "--minutes %.100s: it must be a number above 0", value);
}

static int take_seed(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    return args_number("--seed", value, 0, UINT32_MAX, &args->seed, fault);
}

static int take_scenario(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    args->scenario_given = true;
    return args_number("--scenario", value, 0, ULONG_MAX / 2, &args->scenario,
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

static int take_target(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    return take_name("--target", value, &args->target, fault);
}

static int take_against(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    return take_name("--against", value, &args->against, fault);
}

static int take_jobs(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    return args_number("--jobs", value, 1, FUZZ_JOBS_LIMIT, &args->jobs, fault);
}

static int take_out(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    args->out = value;
    return *value ? 0 : fault_set(fault, FAULT_LOCAL, "--out: an empty path");
}

static int take_help(void *into, const char *value, struct fault *fault)
{
    struct fuzz_args *args = into;

    (void)value, (void)fault;
    args->help = true;
    return 0;
}

int fuzz_args_parse(struct fuzz_args *args, int argc, char **argv,
                    struct fault *fault)
{
    int result;

    memset(args, 0, sizeof *args);
    args->seed = 1;
    args->jobs = FUZZ_JOBS_DEFAULT;
    args->target = "reference";
    args->against = "express";
    result = args_parse(&table, args, argc, argv, fault);
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
    args_help(&table, to);
    fputs("\nExit code: 0 no divergence, 1 some, 2 the command line is not "
          "right, 3 a target\ndoes not answer, 130 interrupted.\n",
          to);
}
