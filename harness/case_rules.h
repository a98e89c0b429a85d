/* case_rules.h: what the rules of a case share; for case_rules.c,
 * case_request.c and case_tracks.c alone */
#ifndef HARNESS_CASE_RULES_H
#define HARNESS_CASE_RULES_H

#include "case_check.h"

struct rules {
    const struct check *check;
    const char *const *apps, *const *clients; /* names; end with NULL */
    bool real_time;
    const struct node *hidden;     /* operations that the store does not show */
    const struct node *track;      /* in which the step stands, or NULL      */
    const struct node *tracks_map; /* of the `parallel`, or NULL         */
    bool interleaved;              /* the `parallel` in which the step stands */
    bool expects;                  /* something could fail */
    size_t tracks;                 /* the most at once     */
};

/* At the value, and at the key. */
#define rules_problem(rules, node, ...)                                        \
    problem_add((rules)->check->problems, (node)->at, __VA_ARGS__)
#define rules_key_problem(rules, node, ...)                                    \
    problem_add((rules)->check->problems, (node)->key_at, __VA_ARGS__)

/* " (word?)" or "". */
const char *rules_suggestion(struct rules *rules, const char *word,
                             const char *const *words);

void rules_steps(struct rules *rules, const struct node *steps);
void rules_via(struct rules *rules, const struct node *step);
void rules_client(struct rules *rules, const struct node *client);

/* Calls that are expected: none of an operation that is hidden. */
void rules_calls_of(struct rules *rules, const struct node *calls);

void rules_request(struct rules *rules, const struct node *step);
/* `expect` and `save` may be NULL. */
void rules_expect(struct rules *rules, const struct node *expect,
                  enum judged judged);
void rules_save(struct rules *rules, const struct node *save);

void rules_parallel(struct rules *rules, const struct node *step);

#endif
