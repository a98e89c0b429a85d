/* args.h: a command's options as a table, from which all else comes
 *
 * The parser, the suggestions for what is misspelt and the help read the same
 * rows. `into` is the command's own struct.
 */
#ifndef HARNESS_ARGS_H
#define HARNESS_ARGS_H

#include "base/fault.h"

#include <stddef.h>
#include <stdio.h>

/* Takes an option's value (NULL where it has none): 0 or a fault. */
typedef int args_take(void *into, const char *value, struct fault *fault);

struct args_option {
    const char *name;       /* "--jobs" */
    const char *short_name; /* "-j", or NULL */
    const char *value;      /* what stands for it in the help, or NULL */
    args_take *take;
    const char *help;
};

struct args_table {
    const struct args_option *options;
    size_t count;
    args_take *take_word; /* for what is no option; NULL: there is none */
};

/* argv[1] and on; behind `--` all are words. 0, or a negative code with what
 * is not right. */
int args_parse(const struct args_table *table, void *into, int argc,
               char **argv, struct fault *fault);
void args_help(const struct args_table *table, FILE *to);

/* For the functions that take: a whole number within bounds. */
int args_number(const char *option, const char *value, unsigned long least,
                unsigned long most, unsigned long *number, struct fault *fault);

#endif
