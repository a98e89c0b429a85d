/* problem.h: what is wrong in the user's files, all of it, with its place
 *
 * Printed as `file:line:column: what is wrong, what would be right`, one
 * problem a line, in the order of the files.
 */
#ifndef HARNESS_PROBLEM_H
#define HARNESS_PROBLEM_H

#include "arena.h"

#include <stddef.h>
#include <stdio.h>

struct mark {
    const char *file;
    unsigned line, column; /* from 1; 0 where the whole file is meant */
};

struct problems {
    struct arena arena;
    struct problem *list;
    size_t count, capacity;
};

struct problem {
    struct mark at;
    const char *text;
};

void problem_add(struct problems *problems, struct mark at, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));
/* In the order of the files, lines and columns; what was said twice of one
 * place (a case that `each` multiplies) stays once. */
void problems_sort(struct problems *problems);
void problems_print(const struct problems *problems, FILE *to);
void problems_free(struct problems *problems);

/* The candidate nearest to a misspelt word, or NULL where none is near; case
 * of letters, `-` and `_` are of no account. `candidates` ends with NULL. */
const char *problem_suggest(const char *word, const char *const *candidates);

#endif
