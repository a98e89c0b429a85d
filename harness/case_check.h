/* case_check.h: the steps by which a file becomes cases; for case_*.c alone
 *
 *   node_load      YAML to nodes
 *   check_map      the file's own keys, with the $names of `each` still open
 *   case_fold      `use` unfolded, tracks and expectations in one form
 *   case_each      a case of each value, its $names replaced
 *   check_map      every key, kind and word of that case, by the schema
 *   case_rules     what one key alone cannot say: combinations, references
 *   case_names     every $name has a value when it is needed
 *
 * None stops at a problem, so that all of a file's are found at once; each
 * copes with whatever the ones before have complained about.
 */
#ifndef HARNESS_CASE_CHECK_H
#define HARNESS_CASE_CHECK_H

#include "case.h"
#include "case_schema.h"

struct check {
    struct arena *arena;
    struct problems *problems;
    bool open; /* a scalar may be a $name that `each` will replace */
};

void check_map(const struct check *check, enum place place,
               const struct node *map);

/* Literals and matchers, as deep as they go. */
void check_pattern(const struct check *check, const struct node *pattern);
/* Free data; `key` tells options and cookies, whose misspelt names are found
 * though any are allowed. */
void check_data(const struct check *check, const struct schema_key *key,
                const struct node *data);
/* A plain scalar that looks like a duration and is none. */
void check_time(const struct check *check, const struct node *scalar);
/* A count or a flag that may be a matcher, `absent` or a $name instead. */
bool check_is_matcher(const struct node *value);

/* The steps in their one form (case.h). `fragments` may be NULL. */
const struct node *case_fold(const struct check *check,
                             const struct node *fragments,
                             const struct node *steps);

/* What `each` makes: the values of one case. */
struct binding {
    const char *name;
    const struct node *value;
};

/* Calls `made` for each combination, in order; once, with no bindings, where
 * `each` is NULL. False where `each` is not what it should be. */
bool case_each(const struct check *check, const struct node *each,
               void (*made)(void *arg, const struct binding *bindings,
                            size_t count),
               void *arg);
/* The tree with each scalar replaced that is one of the names alone. */
const struct node *case_bind(struct arena *arena, const struct node *node,
                             const struct binding *bindings, size_t count);
/* "[a=1,b=2]"; "" for none. */
const char *case_bindings_text(struct arena *arena,
                               const struct binding *bindings, size_t count);
json_t *case_bindings_json(const struct binding *bindings, size_t count);

/* `test` is the case's map, merged and folded. `tracks` is how many
 * connections it needs. */
void case_rules(const struct check *check, const struct node *test,
                size_t *tracks);

void case_names(const struct check *check, const struct node *test,
                const struct binding *bindings, size_t count);

#endif
