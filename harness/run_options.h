/* run_options.h: the command line of `sessionspec run` */
#ifndef HARNESS_RUN_OPTIONS_H
#define HARNESS_RUN_OPTIONS_H

#include "../reports/report.h"
#include "base/arena.h"
#include "base/fault.h"
#include "case.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define RUN_JOBS_DEFAULT       32
#define RUN_JOBS_LIMIT         1024
#define RUN_TIMEOUT_DEFAULT_MS 10000

enum fail_on { FAIL_ON_ANY, FAIL_ON_RECOMMENDED, FAIL_ON_REQUIRED };

struct run_report {
    const struct report_format *format;
    const char *path; /* NULL: stdout */
};

/* All text lives in the arena or in argv. */
struct run_options {
    struct arena arena;
    const char *program;  /* as the user typed it */
    struct words paths;   /* files and folders of cases */
    const char *target;   /* NULL: reference */
    const char *store;    /* NULL: the target's own */
    struct words filters; /* globs; a case must match one of them */
    struct words checks;  /* IDs and sections; a case must have one */
    struct words tags;
    unsigned jobs;
    unsigned shard, shards; /* the Ith (from 1) of N */
    unsigned long seed;
    bool seed_given;
    long request_timeout_ms;
    bool request_timeout_given;
    struct run_report *reports; /* one of them, at most, goes to stdout */
    size_t report_count, report_capacity;
    enum fail_on fail_on;
    bool fail_fast, restart_backend, ignore_since, help;
    int verbose;
};

/* 0, or a negative code where the command line is not right; the fault says
 * why. Free it in both cases. */
int run_options_parse(struct run_options *options, int argc, char **argv,
                      struct fault *fault);
void run_options_free(struct run_options *options);
/* The list of them, for a person. */
void run_options_help(FILE *to);

#endif
