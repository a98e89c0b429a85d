/* case.h: a test case as its file says it, checked and ready to be played
 *
 * What is in a struct test_case has passed the schema (case_schema.c): who
 * plays it may rely on every key, kind and enumeration that DESIGN section 5
 * names, and need not check again. Loaded once, then read only by any thread.
 *
 * What the language allows in several forms, the loader leaves in one:
 *   - a track of `parallel` is a list of steps;
 *   - `can`, `never` and `always` are lists of `expect` maps;
 *   - `hold: {gate: operation or point}` stands in a request that is in a
 *     track; `await: gate` and `release: gate` are steps of a track by
 *     themselves (from `{request: …, await: g, release: g}` come three steps);
 *   - `use` is unfolded;
 *   - a scalar that is a `$name` of `each` and nothing else is replaced by
 *     the value, so that `expect: {cookie: $c}` works with a map as well; such
 *     names within other text stay, and are in `bindings`;
 *   - what an app of `apps` does not say itself, it has from the case's
 *     options and settings, merged. Steps without `via` mean the first app.
 * A client is declared by standing in `clients`, by being named as the `jar`
 * of another, or by being called "default" (that of a request without `as`).
 */
#ifndef HARNESS_CASE_H
#define HARNESS_CASE_H

#include "base/arena.h"
#include "base/problem.h"
#include "node.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct catalogue;

struct words {
    const char **list; /* each ends with NUL */
    size_t count;
};

struct test_case {
    const char *id;    /* suite/case[a=1,b=2], unique over all files */
    const char *suite; /* of the file */
    const char *title;
    struct mark at;    /* of its `case:` */
    unsigned end_line; /* its last line in the file */
    struct words checks, tags, needs;
    const char *since;    /* the release since which it is so, or NULL */
    const char *diverges; /* id of a documented divergence, or NULL */
    const char *diverges_source;

    /* The defaults merged in; NULL where absent. Values may hold $names. */
    const struct node *options;  /* map */
    const struct node *settings; /* map */
    const struct node *store;    /* map: hide */
    const struct node *apps;     /* map: name -> {options, settings} */
    const struct node *clients;  /* map: name -> {jar} or null */
    const struct node *steps;    /* list, never empty; `use` unfolded */

    json_t *bindings;  /* object: the values that `each` gives here */
    size_t max_tracks; /* connections that it needs at once, 1 at least */

    const struct node *source; /* the case's map as the file has it */
};

/* Every limit of the language; reaching one is a problem, with its place. */
enum {
    CASE_EACH_MAX = 1000,     /* cases that one `each` makes               */
    CASE_STEPS_MAX = 10000,   /* steps of a case, after `use` is unfolded  */
    CASE_TRACKS_MAX = 26,     /* a schedule names its tracks by one letter */
    CASE_REPEAT_MAX = 100000, /* `times` of a `repeat`                   */
    CASE_FOLDERS_MAX = 16     /* folders within folders                  */
};

struct case_set {
    struct arena arena;
    struct test_case *cases;
    size_t count, capacity;
};

/* Loads files and folders (*.yml in them, sorted, `bad` folders and
 * requirements.yml left out). Cases with a problem are not in the set. Returns
 * false when there was a problem; what could be loaded is there all the same.
 */
bool case_load(struct case_set *set, const char *const *paths, size_t count,
               struct problems *problems);

bool case_has_check(const struct test_case *test, const char *id);

/* A problem for each id in `checks` that the catalogue does not have. */
bool case_check_catalogue(const struct case_set *set,
                          const struct catalogue *catalogue,
                          struct problems *problems);
void case_set_free(struct case_set *set);

/* The verb of a step: the one key of it that names a verb. NULL never, in a
 * loaded case. */
const char *step_verb(const struct node *step);

/* The word of `where` that is no operation. */
#define STEP_ACCEPTED "accepted"

#endif
