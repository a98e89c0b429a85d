/* fuzz_args.h: the command line of `sessionspec fuzz` */
#ifndef HARNESS_FUZZ_ARGS_H
#define HARNESS_FUZZ_ARGS_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdio.h>

#define FUZZ_STEPS_DEFAULT 10000
#define FUZZ_JOBS_DEFAULT  4
#define FUZZ_JOBS_LIMIT    64

struct fuzz_args {
    unsigned long steps; /* 0: until the time is over */
    double minutes;      /* 0: no limit */
    unsigned long seed, scenario;
    bool steps_given, scenario_given; /* that one alone */
    const char *target, *against;
    unsigned long jobs;
    const char *out; /* folder, or NULL */
    bool help;
};

/* 0, or a negative code where the command line is not right; the fault says
 * why. */
int fuzz_args_parse(struct fuzz_args *args, int argc, char **argv,
                    struct fault *fault);
/* The list of them, for a person. */
void fuzz_args_help(FILE *to);

#endif
