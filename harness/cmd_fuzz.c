/* cmd_fuzz.c: sessionspec fuzz: do two targets do the same, whatever comes? */
#include "commands.h"

#include "fuzz_args.h"
#include "fuzz_hunt.h"
#include "fuzz_report.h"
#include "home.h"
#include "interrupt.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For GET /_spec, and one that is waiting to be closed. */
#define CONTROL_CONNECTIONS 4

struct fuzzing {
    struct fuzz_args args;
    struct fuzz_hunt hunt;
    struct interrupt interrupt;
    struct fault fault;
};

static int complain(const struct fuzzing *fuzzing, int code)
{
    fprintf(stderr, "sessionspec fuzz: %s\n", fuzzing->fault.text);
    return code;
}

static int reach(struct fuzzing *fuzzing, struct fuzz_side *side)
{
    struct target_options options = {
        .name = side->name,
        .server = home_server(),
        .express = home_express(),
        .connections = (unsigned)fuzzing->args.jobs * FUZZ_CONNECTIONS +
                       CONTROL_CONNECTIONS,
        .notes = stderr,
        .interrupt = fuzzing->interrupt.readable,
    };

    return target_open(&side->target, &options, side->pool, &fuzzing->fault);
}

static void plan(struct fuzzing *fuzzing)
{
    const struct fuzz_args *args = &fuzzing->args;
    struct fuzz_hunt *hunt = &fuzzing->hunt;

    hunt->seed = args->seed;
    hunt->first = args->scenario;
    hunt->scenarios_max = args->scenario_given ? 1 : 0;
    hunt->steps_max = args->steps;
    hunt->seconds_max = args->minutes * 60;
    hunt->jobs = (unsigned)args->jobs;
    hunt->tls = target_base(hunt->one.target, true) &&
                target_base(hunt->other.target, true);
    hunt->schedules = target_can(hunt->one.target, "schedule") &&
                      target_can(hunt->other.target, "schedule");
    hunt->folder = args->out;
    hunt->to = stdout;
    hunt->progress = isatty(STDERR_FILENO) ? stderr : NULL;
    hunt->stop = &fuzzing->interrupt.stop;
}

static int hunt(struct fuzzing *fuzzing)
{
    plan(fuzzing);
    fuzz_hunt(&fuzzing->hunt);
    if (fuzzing->hunt.unreachable) {
        fuzzing->fault = fuzzing->hunt.fault;
        return complain(fuzzing, EXIT_UNREACHABLE);
    }
    fuzz_report_summary(&fuzzing->hunt);
    if (atomic_load(&fuzzing->interrupt.stop))
        return EXIT_INTERRUPTED;
    return fuzzing->hunt.found ? EXIT_FAILED : EXIT_PASSED;
}

static int run(struct fuzzing *fuzzing)
{
    struct fuzz_side *one = &fuzzing->hunt.one, *other = &fuzzing->hunt.other;
    int code = EXIT_UNREACHABLE;

    one->name = fuzzing->args.target;
    other->name = fuzzing->args.against;
    one->pool = http_pool_new();
    other->pool = http_pool_new();
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    interrupt_open(&fuzzing->interrupt, one->pool);
    if (reach(fuzzing, one) == 0 && reach(fuzzing, other) == 0)
        code = hunt(fuzzing);
    else if (atomic_load(&fuzzing->interrupt.stop))
        code = EXIT_INTERRUPTED;
    else
        complain(fuzzing, code);
    interrupt_close(&fuzzing->interrupt);
    http_pool_free(one->pool); /* first: a server waits for its connections */
    http_pool_free(other->pool);
    if (one->target)
        target_close(one->target);
    if (other->target)
        target_close(other->target);
    fuzz_hunt_clear(&fuzzing->hunt);
    return code;
}

int cmd_fuzz(int argc, char **argv)
{
    struct fuzzing fuzzing;

    memset(&fuzzing, 0, sizeof fuzzing);
    if (fuzz_args_parse(&fuzzing.args, argc, argv, &fuzzing.fault) != 0) {
        complain(&fuzzing, EXIT_USAGE);
        fputs("sessionspec fuzz --help lists the options\n", stderr);
        return EXIT_USAGE;
    }
    if (fuzzing.args.help) {
        fuzz_args_help(stdout);
        return EXIT_PASSED;
    }
    if (fuzzing.args.out && mkdir(fuzzing.args.out, 0777) != 0 &&
        access(fuzzing.args.out, W_OK) != 0) {
        fault_set(&fuzzing.fault, FAULT_LOCAL,
                  "--out %.200s: no folder to write to", fuzzing.args.out);
        return complain(&fuzzing, EXIT_USAGE);
    }
    return run(&fuzzing);
}
