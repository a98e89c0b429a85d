/* shard.h: which part of the cases this process takes, of several */
#ifndef HARNESS_SHARD_H
#define HARNESS_SHARD_H

#include "base/fault.h"

/* "2/4", or "auto", which reads what CI systems set in the environment. */
int shard_parse(const char *text, unsigned *index, unsigned *count,
                struct fault *fault);

#endif
