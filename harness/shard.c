/* shard.c: which part of the cases this process takes, of several */
#include "shard.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SHARD_LIMIT 100000

/* What CI systems tell a process of its place. Kubernetes sets the index of
 * an Indexed Job alone; its number is the job's own to pass on. */
static const struct {
    const char *system, *index, *count;
    unsigned first; /* the lowest index */
} systems[] = {
    { "Kubernetes", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0 },
    { "GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1 },
    { "CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0 },
    { "Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT",
      0 },
};

static bool number_read(const char *text, const char **end, unsigned *number)
{
    char *behind;
    unsigned long value;

    if (!text || !isdigit((unsigned char)*text))
        return false;
    errno = 0;
    value = strtoul(text, &behind, 10);
    if (errno || value > SHARD_LIMIT)
        return false;
    *end = behind;
    *number = (unsigned)value;
    return true;
}

static int shard_auto(unsigned *index, unsigned *count, struct fault *fault)
{
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        const char *index_text = getenv(systems[i].index);
        const char *count_text = getenv(systems[i].count);
        const char *end;
        unsigned number;

        if (!index_text)
            continue;
        if (!count_text)
            return fault_set(fault, FAULT_LOCAL,
                             "--shard auto: %s sets %s=%s, but %s, the number "
                             "of shards, is not set",
                             systems[i].system, systems[i].index, index_text,
                             systems[i].count);
        if (!number_read(index_text, &end, &number) || *end ||
            !number_read(count_text, &end, count) || *end ||
            number < systems[i].first || number - systems[i].first >= *count)
            return fault_set(fault, FAULT_LOCAL,
                             "--shard auto: %s=%s and %s=%s make no shard",
                             systems[i].index, index_text, systems[i].count,
                             count_text);
        *index = number - systems[i].first + 1;
        return 0;
    }
    return fault_set(fault, FAULT_LOCAL,
                     "--shard auto: none of JOB_COMPLETION_INDEX, "
                     "CI_NODE_INDEX, CIRCLE_NODE_INDEX, "
                     "BUILDKITE_PARALLEL_JOB is set");
}

int shard_parse(const char *text, unsigned *index, unsigned *count,
                struct fault *fault)
{
    const char *end = text;

    if (strcmp(text, "auto") == 0)
        return shard_auto(index, count, fault);
    if (number_read(text, &end, index) && *end == '/' &&
        number_read(end + 1, &end, count) && !*end && *index >= 1 &&
        *index <= *count)
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "--shard %s: it must be I/N with I from 1 to N, or auto",
                     text);
}
