/* replay.h: the shell line that plays one case again */
#ifndef HARNESS_REPLAY_H
#define HARNESS_REPLAY_H

#include "run_options.h"

/* As the user could type it here: paths are relative to the working folder
 * where they are below it. Memory of the arena. */
const char *replay_line(const struct run_options *options,
                        const struct test_case *test, struct arena *arena);

/* A glob that matches this text alone; and a word that the shell leaves as it
 * is. The caller frees. */
char *replay_glob(const char *text);
char *replay_quote(const char *text);

#endif
