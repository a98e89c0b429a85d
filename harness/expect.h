/* expect.h: judges what a step saw by its `expect`
 *
 * All that an `expect` names is judged, and all that fails is found. Each key
 * is one line of the table in expect.c. Called with the scene's lock held.
 */
#ifndef HARNESS_EXPECT_H
#define HARNESS_EXPECT_H

#include "match.h"
#include "scene.h"

struct judging {
    struct track *track; /* NULL: what is in the scene's traces will do */
    struct scene *scene;
    const struct observation *seen;
    struct match match;
    struct findings *findings;
    bool trial; /* one of several: nothing counts as looked at */
};

/* False when it could not be judged, and the scene is stopped. */
bool expect_judge(struct track *track, const struct observation *seen,
                  const struct node *expect, struct findings *findings,
                  bool trial);

/* A list of calls against those that were made. */
void expect_calls(struct track *track, const struct observation *seen,
                  const struct node *list, const json_t *calls,
                  struct findings *findings);

/* For the files that judge a part: a value against a pattern. */
void judge_value(struct judging *judging, const struct node *pattern,
                 const char *what, const json_t *actual, enum match_as as);
void judge_wrong(struct judging *judging, const struct node *where,
                 const char *what, const char *expected, const char *actual);

/* expect_cookie.c: `cookie`. */
void judge_cookie(struct judging *judging, const struct node *pattern);
/* `same`, `new`, or a pattern, against a session ID. */
void judge_sid(struct judging *judging, const struct node *pattern,
               const char *what, const json_t *actual);

/* expect_trace.c: what the probe saw. */
void judge_calls(struct judging *judging, const struct node *list);
void judge_calls_have(struct judging *judging, const struct node *list);
void judge_calls_never(struct judging *judging, const struct node *list);
void judge_events(struct judging *judging, const struct node *list);
void judge_warnings(struct judging *judging, const struct node *list);
/* A list of calls against what must have been called, one by one. */
void judge_call_list(struct judging *judging, const struct node *list,
                     const json_t *calls);

#endif
