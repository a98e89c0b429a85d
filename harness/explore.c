/* explore.c: which interleaving to try next */
#include "explore.h"

#include "base/must.h"

#include <stdlib.h>
#include <string.h>

const struct explore_decision explore_end = { "/", '/' };

static void push(struct explore *explore, char *beginning)
{
    if (explore->count == explore->capacity) {
        explore->capacity = explore->capacity ? explore->capacity * 2 : 16;
        explore->untried = realloc(
            explore->untried, explore->capacity * sizeof *explore->untried);
        must(explore->untried);
    }
    explore->untried[explore->count++] = beginning;
}

/* Knuth's MMIX generator: any will do, as long as a seed gives the same order
 * on every machine. */
static size_t random_below(struct explore *explore, size_t limit)
{
    explore->state =
        explore->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (size_t)(explore->state >> 33) % limit;
}

void explore_init(struct explore *explore, bool random, unsigned long seed)
{
    memset(explore, 0, sizeof *explore);
    explore->random = random;
    explore->state = seed;
    push(explore, strdup(""));
}

void explore_clear(struct explore *explore)
{
    while (explore->count)
        free(explore->untried[--explore->count]);
    free(explore->untried);
    memset(explore, 0, sizeof *explore);
}

char *explore_next(struct explore *explore)
{
    size_t at;
    char *beginning;

    if (explore->count == 0 || explore->runs == EXPLORE_INTERLEAVINGS_MAX)
        return NULL;
    at = explore->count - 1;
    if (explore->random)
        at = random_below(explore, explore->count);
    beginning = explore->untried[at];
    explore->untried[at] = explore->untried[--explore->count];
    explore->runs++;
    return beginning;
}

bool explore_cut_off(const struct explore *explore)
{
    return explore->runs == EXPLORE_INTERLEAVINGS_MAX && explore->count > 0;
}

/* The beginning that leaves the run at decision `at`, for `instead`. */
static char *branch(const struct explore_decision *decisions, size_t at,
                    char instead)
{
    char *beginning = malloc(at + 2);

    must(beginning);
    for (size_t i = 0; i < at; i++)
        beginning[i] = decisions[i].chose;
    beginning[at] = instead;
    beginning[at + 1] = '\0';
    return beginning;
}

/* Decisions within the beginning were branched by the run that it came
 * from. The deepest branch is pushed last, and so is the next to be run. */
void explore_ran(struct explore *explore, const char *beginning,
                 const struct explore_decision *decisions, size_t count)
{
    for (size_t at = strlen(beginning); at < count; at++) {
        const char *enabled = decisions[at].enabled;

        for (size_t i = strlen(enabled); i-- > 0;)
            if (enabled[i] != decisions[at].chose)
                push(explore, branch(decisions, at, enabled[i]));
    }
}
