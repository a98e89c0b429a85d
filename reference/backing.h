/* backing.h: the store behind an app: sessions in and out, as JSON
 *
 * Joins and splits what a store keeps apart (data, cookie, expiry), and turns
 * its codes into errors. It repairs nothing that a store gets wrong. Shared by
 * the apps that are on one store; any thread may call.
 */
#ifndef REFERENCE_BACKING_H
#define REFERENCE_BACKING_H

#include "expiry.h"
#include "js.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct backing;

/* Whether opening a SPEC runs no code but this program's own. */
bool backing_spec_is_builtin(const char *spec);
/* Opens the store of a SPEC in a namespace for the app `id`. NULL with
 * `error`. */
struct backing *backing_open(const char *spec, const char *id,
                             struct js_error *error);
struct backing *backing_hold(struct backing *backing);
/* The last drops what is stored, and closes it. */
void backing_release(struct backing *backing);
/* Closes the store and opens it anew on the same backend, between two calls.
 * Where that fails every call does, until it succeeds. */
int backing_reopen(struct backing *backing, struct js_error *error);
/* Of a store that is a program of its own; else -1. */
pid_t backing_process(struct backing *backing);
/* Ends all of those, before this process ends. */
void backing_end_programs(void);

/* "get", "set", …: is it an operation of the documents' store contract? NULL
 * is none. */
bool backing_op_exists(const char *op);
/* Does the store have it? */
bool backing_has(struct backing *backing, const char *op);
const char *backing_name(const struct backing *backing);
/* What it was opened by. */
const char *backing_spec(const struct backing *backing);
/* {"name","version","operations","capabilities","threads","options"}, and what
 * a program says of itself besides: a new reference. */
json_t *backing_describe(struct backing *backing);

/* How often the store has said that it went down or came up: even, and it is
 * up. Any thread; never blocks. */
unsigned backing_news(const struct backing *backing);

/* How an operation is called: at which time, by whom. */
struct backing_call {
    int64_t now_ms;    /* expiry is judged by it */
    const char *label; /* of the request, "" where there is none */
};

/* All return 0, or -1 with `error`. A sid is any JSON value, taken as text.
 * `*session` is NULL after a miss; else a new reference. */
int backing_get(struct backing *backing, const struct backing_call *call,
                const json_t *sid, json_t **session, struct js_error *error);
int backing_set(struct backing *backing, const struct backing_call *call,
                const json_t *sid, const json_t *session,
                struct js_error *error);
int backing_touch(struct backing *backing, const struct backing_call *call,
                  const json_t *sid, const json_t *session,
                  struct js_error *error);
int backing_destroy(struct backing *backing, const struct backing_call *call,
                    const json_t *sid, struct js_error *error);
/* `*sessions` is an array of {"sid"?,"session"}, a new reference. */
int backing_all(struct backing *backing, const struct backing_call *call,
                json_t **sessions, struct js_error *error);
int backing_length(struct backing *backing, const struct backing_call *call,
                   uint64_t *length, struct js_error *error);
int backing_clear(struct backing *backing, const struct backing_call *call,
                  struct js_error *error);

/* Whether the store can make its backend fail for this app alone ("break"), and
 * undo that ("mend"). */
bool backing_can(struct backing *backing, const char *act);
int backing_act(struct backing *backing, const struct backing_call *call,
                const char *act, struct js_error *error);

/* Removes what has expired. */
int backing_reap(struct backing *backing, const struct backing_call *call,
                 struct js_error *error);
/* Leaves in the place of a session, if there is one, what no set wrote. */
int backing_spoil(struct backing *backing, const struct backing_call *call,
                  const json_t *sid, struct js_error *error);

/* Tells of the end of each session that is stored now or later, until
 * backing_unwatch with the same `arg`: see expiry.h. What is due is told by
 * any call, and by backing_pass. */
void backing_watch(struct backing *backing, const struct backing_call *call,
                   expiry_gone_fn *gone, void *arg);
void backing_unwatch(struct backing *backing, void *arg);
void backing_pass(struct backing *backing, int64_t now_ms);

#endif
