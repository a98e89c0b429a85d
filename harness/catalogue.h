/* catalogue.h: the requirements, as cases/requirements.yml lists them */
#ifndef HARNESS_CATALOGUE_H
#define HARNESS_CATALOGUE_H

#include "base/arena.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>

enum level {
    LEVEL_REQUIRED,
    LEVEL_RECOMMENDED,
    LEVEL_OPTIONAL,
    LEVEL_OBSERVED,
    LEVEL_HAZARD
};
extern const char *const level_names[]; /* "required", …; ends with NULL */

/* A release that got it wrong. */
struct seen {
    const char *where, *what;
    const char *link; /* NULL where it was found by trying */
};

struct requirement {
    const char *id, *section, *text, *source;
    const char *section_title;
    const char *failure; /* what a failure usually means, or NULL */
    struct mark at;
    enum level level;
    struct seen *seen;
    size_t seen_count;
};

struct catalogue {
    struct arena arena;
    struct requirement *list; /* in the order of the file */
    size_t count, capacity;
};

/* False with the problems added where the file is not as it should be. */
bool catalogue_load(struct catalogue *catalogue, const char *path,
                    struct problems *problems);
const struct requirement *catalogue_find(const struct catalogue *catalogue,
                                         const char *id);
void catalogue_free(struct catalogue *catalogue);

#endif
