/* match.h: does what came fit what the case asks for?
 *
 * A pattern is a literal, `{matches: regex}`, `{one-of: [...]}`,
 * `{near: 30s, within: 1s}`, or `absent`. Within maps and lists each value
 * may again be a pattern. The order of keys is of no account, and 1 is 1.0.
 */
#ifndef HARNESS_MATCH_H
#define HARNESS_MATCH_H

#include "base/arena.h"
#include "node.h"
#include "var.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* What a plain scalar of the pattern means. */
enum match_as {
    MATCH_DATA,     /* what JSON it is: 200 is a number, "200" a string */
    MATCH_TEXT,     /* its text, whatever it looks like                 */
    MATCH_WORD,     /* its text, in any case of letters                 */
    MATCH_DURATION, /* 30s is 30000                                     */
    MATCH_TIME,     /* +60s is that long from now; a date is that date  */
    MATCH_HTTP_TIME /* the same, cut to the second as HTTP dates are    */
};

struct match {
    struct arena *arena; /* of the texts that are given back */
    struct vars *vars;
    int64_t now_ms;   /* what +60s starts from */
    bool part;        /* keys that the pattern does not name are welcome */
    int64_t slack_ms; /* how far a time or a duration may be off */
};

/* `actual` is NULL where there is nothing. On false `*expected` says in
 * words what would have fitted. */
bool match_value(const struct match *match, const struct node *pattern,
                 const json_t *actual, enum match_as as, const char **expected);

/* What fits the pattern, in words. */
const char *match_describe(const struct match *match,
                           const struct node *pattern, enum match_as as);

/* Equal as JSON, but numbers by their value. */
bool match_equal(const json_t *one, const json_t *other);

/* An unquoted `absent`. */
bool match_is_absent(const struct node *pattern);

/* Unix ms of an ISO date, of an HTTP date, or of a number. */
bool match_time(const json_t *value, int64_t *ms);

/* JSON as a person reads it: in one line, cut where it is very long;
 * "nothing" for NULL. */
const char *match_show(struct arena *arena, const json_t *value);

/* 2023-11-14T22:13:20.000Z */
const char *match_show_time(struct arena *arena, int64_t ms);

#endif
