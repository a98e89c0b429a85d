/* explore.h: which interleaving to try next
 *
 * An interleaving is a string of choices, a letter a decision (A the first
 * track). A run is given the beginning of one and goes on with the first that
 * can; afterwards it tells all decisions that there were. From these come the
 * beginnings not tried yet: each interleaving is run exactly once.
 */
#ifndef HARNESS_EXPLORE_H
#define HARNESS_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    EXPLORE_TRACKS_MAX = 26,          /* as many as there are letters */
    EXPLORE_INTERLEAVINGS_MAX = 10000 /* of one case                  */
};

struct explore_decision {
    char enabled[EXPLORE_TRACKS_MAX + 1]; /* letters; ends with NUL */
    char chose;
};

struct explore {
    char **untried; /* beginnings */
    size_t count, capacity;
    size_t runs;
    bool random;
    unsigned long long state; /* of the random numbers */
};

/* Stands between the decisions of one `parallel` and those of the next. */
extern const struct explore_decision explore_end;

/* Depth first, or in an order that `seed` gives. */
void explore_init(struct explore *explore, bool random, unsigned long seed);
void explore_clear(struct explore *explore);

/* The beginning of the next run (the first: ""), for the caller to free; NULL
 * when all have been run, or as many as may be. */
char *explore_next(struct explore *explore);
/* There were more than may be. */
bool explore_cut_off(const struct explore *explore);

/* What the run with that beginning decided, from its first decision on. */
void explore_ran(struct explore *explore, const char *beginning,
                 const struct explore_decision *decisions, size_t count);

#endif
