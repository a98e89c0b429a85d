/* select.h: which of the loaded cases are to be played */
#ifndef HARNESS_SELECT_H
#define HARNESS_SELECT_H

#include "catalogue.h"
#include "run_options.h"

/* Those that --filter, --checks and --tags let through, in their order; the
 * array is of the options' arena. */
const struct test_case **select_cases(const struct case_set *set,
                                      struct run_options *options,
                                      size_t *count);

/* Keeps this process's part of them, in place: every Nth, so that neighbours
 * in a file, which take about as long, are spread. Returns how many. */
size_t select_shard(const struct test_case **cases, size_t count,
                    const struct run_options *options);

/* Each word of --checks must be an ID or a section of the catalogue. */
int select_check_words(const struct run_options *options,
                       const struct catalogue *catalogue, struct fault *fault);

/* Why nothing was left: names the option that let no case through. */
void select_say_none(const struct case_set *set, struct run_options *options,
                     struct fault *fault);

#endif
