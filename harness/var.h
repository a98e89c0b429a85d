/* var.h: $variables and $functions, and what a YAML scalar means as a value
 *
 * `$name`, `$repeat(x, 1048576)`, `$sid(255)`, `$now(+30s)`,
 * `$sign(sid, secret)`, `$b64(text)`; `$$` is a dollar. A scalar that is one
 * reference alone takes the variable's type; within other text its text. A `$`
 * before anything but a letter, `_` or `$` is a dollar as well.
 *
 *   $base                the target's own address, http://127.0.0.1:4000
 *   $repeat(x, n)        x, n times
 *   $sid(n)              n characters of base64url, the same for the same n in
 *                        every run, so that a case can write it twice
 *   $now(+30s)           the app's time, and 30 s, as an ISO date
 *   $sign(sid, secret)   s:sid.signature, not percent-encoded
 *   $b64(text)           base64 of the text
 * The last argument takes the rest, commas too; arguments may hold references.
 *
 * Times in plain scalars, since a cookie counts in ms and dates:
 *   - under the keys maxAge and originalMaxAge a duration is its milliseconds:
 *     `maxAge: 60s` is 60000;
 *   - under the key expires a duration is the ISO date that lies so far from
 *     now: `expires: +60s`.
 * A quoted scalar is never a time.
 */
#ifndef HARNESS_VAR_H
#define HARNESS_VAR_H

#include "base/fault.h"
#include "node.h"

#include <jansson.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

/* The one variable that every case has. */
#define VAR_BASE "base"

/* The variables of one case. The tracks of a `parallel` share them, so each
 * call takes the lock. */
struct vars {
    pthread_mutex_t lock;
    json_t *values; /* object: name -> value */
    int64_t now_ms; /* what $now starts from: the app's time as last seen */
};

/* `bindings` (may be NULL) is copied. */
void vars_init(struct vars *vars, const json_t *bindings);
void vars_clear(struct vars *vars);
void vars_set(struct vars *vars, const char *name, json_t *value); /* steals */
void vars_set_now(struct vars *vars, int64_t now_ms);

/* The node as JSON: plain true, false, null and JSON numbers are typed, all
 * else is a string, quoted is always a string; references are replaced, in
 * keys also. The caller owns the result. NULL with `fault` filled where a
 * variable has no value yet. */
json_t *var_value(struct vars *vars, const struct node *node,
                  struct fault *fault);

/* A scalar as text, whatever its type: for request lines, headers, sids. The
 * caller frees it. NULL as above. */
char *var_text(struct vars *vars, const struct node *scalar,
               struct fault *fault);

/* Every limit of a value; reaching one is a fault. */
enum {
    VAR_NAME_MAX = 63,               /* letters of a name              */
    VAR_TEXT_MAX = 16 * 1024 * 1024, /* bytes that a function may make */
    VAR_DEPTH_MAX = 8                /* functions in each other        */
};

/* The names of the functions; ends with NULL. */
extern const char *const var_functions[];

/* The functions as rows of a Markdown table: how one is written, and what it
 * gives. */
void var_functions_print(FILE *to);

/* A name that `save` and `each` may give. */
bool var_name_ok(const char *name);

/* For the loader: calls `name` for each variable that the text refers to, and
 * `wrong` for each thing that is no reference (unknown function, open
 * bracket, wrong number of arguments). */
void var_scan(const char *text, void *arg,
              void (*name)(void *arg, const char *variable),
              void (*wrong)(void *arg, const char *message));

#endif
