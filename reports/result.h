/* result.h: the result model: what a run found, before anyone formats it
 *
 * The harness fills it, every report reads it, nothing else passes between
 * them. All text is UTF-8, owned by `arena` of the run, and lives with it.
 * Filled by one thread at a time, then read only.
 */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include <stdbool.h>
#include <stddef.h>

/* What became of a case: its word, and the member of struct result_totals,
 * a word too, that counts such cases. */
#define RESULT_OUTCOMES(X)                                                     \
    X(OUTCOME_PASS, "pass", passed)    /* every expectation held */            \
    X(OUTCOME_FAIL, "fail", failed)    /* an expectation did not hold */       \
    X(OUTCOME_SKIP, "skip", skipped)   /* not applicable; `reason` */          \
    X(OUTCOME_ERROR, "error", errors)  /* could not be played to its end */    \
    X(OUTCOME_CRASH, "crash", crashed) /* the target died while it ran */

/* What the cases say of a requirement. */
#define RESULT_VERDICTS(X)                                                     \
    X(VERDICT_HOLDS, "holds")                 /* all that ran passed */        \
    X(VERDICT_FAILS, "fails")                 /* one failed or worse */        \
    X(VERDICT_REACHABLE, "reachable")         /* a case showed the hazard */   \
    X(VERDICT_NOT_REACHABLE, "not-reachable") /* none could show it */         \
    X(VERDICT_SKIPPED, "skipped")             /* none applies here */          \
    X(VERDICT_UNTESTED, "untested")           /* it has no case in the run */

enum outcome {
#define RESULT_X(name, word, member) name,
    RESULT_OUTCOMES(RESULT_X)
#undef RESULT_X
        OUTCOME_COUNT
};

enum verdict {
#define RESULT_X(name, word) name,
    RESULT_VERDICTS(RESULT_X)
#undef RESULT_X
        VERDICT_COUNT
};

extern const char *const outcome_words[OUTCOME_COUNT];
extern const char *const outcome_count_words[OUTCOME_COUNT]; /* "passed" */
extern const char *const verdict_words[VERDICT_COUNT];

/* The levels of requirements, the strongest first; ends with NULL. */
extern const char *const result_levels[];

struct result_failure {
    unsigned line;        /* in the case's file */
    const char *what;     /* "cookie.expires": the expectation's path */
    const char *expected; /* as a person reads it */
    const char *actual;
    const char *against; /* the id of a requirement that this is against,
                            whatever the case checks; or NULL */
};

struct result_case {
    const char *id, *suite, *title;
    const char *file; /* where it stands */
    unsigned line;
    const char **checks; /* requirement ids */
    size_t check_count;
    enum outcome outcome;
    double seconds;
    const char *reason; /* of skip, error, crash; "" else */
    struct result_failure *failures;
    size_t failure_count, failure_capacity;
    const char *transcript; /* many lines: HTTP and store calls; "" if none */
    const char *replay;     /* a whole shell line */
    const char *diverges;   /* id of the documented divergence, or NULL */
    const char *diverges_source;
    /* It saw the hazard that it is about: a `can` outcome beyond the first,
     * or, where the case has no `can`, it passed, which shows it. */
    bool hazard_shown;
};

/* A release that got a requirement wrong; link may be NULL. */
struct result_seen {
    const char *where, *what, *link;
};

struct result_requirement {
    const char *id, *section, *level, *text, *source;
    enum verdict verdict;
    const char **cases; /* ids of the cases that check it */
    size_t case_count;
    const char *failure; /* what a failure usually means, or NULL */
    const struct result_seen *seen;
    size_t seen_count;
};

struct result_totals {
    size_t cases, passed, failed, skipped, errors, crashed;
};

struct result_run {
    const char *tool_name, *tool_version;
    const char *target_name, *target_version, *target_implements, *target_url;
    const char *store_name, *store_version, *store_spec;
    const char *started; /* ISO 8601, UTC */
    double seconds;
    bool interrupted; /* Ctrl-C: what was done is here */
    struct result_totals totals;
    struct result_case *cases; /* in the order of the files */
    size_t case_count;
    struct result_requirement *requirements; /* in the catalogue's order */
    size_t requirement_count;
};

/* What the cases of one suite came to. */
struct result_suite {
    const char *name; /* the run's */
    struct result_totals totals;
    double seconds; /* the sum of its cases', which may have run at once */
};

void result_count(struct result_totals *totals, enum outcome outcome);
/* How many of that outcome were counted. */
size_t result_counted(const struct result_totals *totals, enum outcome outcome);
/* How many of those that a person has to look at. */
size_t result_bad(const struct result_totals *totals);

/* The suites in the order in which they first come. The caller frees it;
 * NULL without memory. */
struct result_suite *result_suites(const struct result_run *run, size_t *count);

/* The requirement with that id, or NULL. */
const struct result_requirement *
result_requirement(const struct result_run *run, const char *id);

/* How many requirements of a level (NULL: of all) came to that verdict. */
size_t result_verdicts(const struct result_run *run, const char *level,
                       enum verdict verdict);

/* Fails, errors and crashes: what a person has to look at. */
bool outcome_is_bad(enum outcome outcome);

/* Whether a case checks a requirement. */
bool result_checks(const struct result_case *test, const char *id);

/* Whether what became of a bad case speaks against a requirement: one that it
 * checks, unless all its failures are against others. */
bool result_is_against(const struct result_case *test, const char *id);

/* The requirements that a report shows with a case, one behind the other, and
 * NULL behind the last: those that a bad case speaks against, or else those
 * that it checks. */
const char *result_concern(const struct result_case *test, size_t i);

/* A case's id without its suite in front: "reader[resave=true]". */
const char *result_case_name(const struct result_case *test);

#endif
