/* app.h: an app: one session middleware with its options, store and clock
 *
 * What a PUT makes. An app outlives its place in the table while requests are
 * in it: whoever uses one holds a reference. Its middleware can be replaced
 * (`keep`) while the store, the trace and the clock go on.
 */
#ifndef REFERENCE_APP_H
#define REFERENCE_APP_H

#include "backing.h"
#include "js.h"
#include "options.h"
#include "settings.h"
#include "trace.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* One construction of the middleware: session(options). */
struct middleware {
    struct options options;
    struct settings settings;
    bool store_has_touch; /* as it was seen at construction */
    pthread_mutex_t lock; /* guards all below */
    unsigned refs;
    bool connected;     /* between the store's connect and disconnect */
    size_t genid_turns; /* how many IDs the fixed genid has given */
    bool warned_signed_cookies, warned_cookies; /* depd warns once a place */
};

struct app {
    char *id;
    struct backing *backing;
    struct trace *trace;
    pthread_mutex_t lock; /* guards all below */
    unsigned refs;
    struct middleware *middleware;
    json_t *hidden;       /* array of texts: the operations to lack */
    struct fault *faults; /* the first that matches is taken */
    bool frozen;          /* the clock moves by `advance` only */
    int64_t now_ms;       /* of a frozen clock */
    bool watches;         /* the trace is told of each session's end */
    unsigned heard;       /* of the backing's news */
};

/* One reference, on a real clock. Takes over the backing and the
 * middleware. */
struct app *app_new(const char *id, struct backing *backing,
                    struct middleware *middleware);
void app_release(struct app *app);

/* Of a PUT's body, whose warnings are appended. NULL with `error`, and 400 or
 * 422 in *status. */
struct middleware *middleware_new(const json_t *body, json_t *warnings,
                                  int *status, struct js_error *error);
void middleware_release(struct middleware *middleware);
/* The app's middleware of the moment, held. */
struct middleware *app_middleware(struct app *app);
/* `keep`: another middleware, which is taken over; faults are dropped. */
void app_restart(struct app *app, struct middleware *middleware);

/* The operations that the store is to lack: a list of names, copied. */
void app_hide(struct app *app, const json_t *ops);
bool app_hides(struct app *app, const char *op);

/* The option `expireCallback`: each session of the store that expires, is
 * destroyed or cleared leaves an event `expired` in the trace: its ID as text,
 * `sid` and `session`, and `op` where it was destroyed or cleared. */
void app_heed(struct app *app, bool wanted);
/* The callbacks that are due by the app's clock are called. */
void app_pass(struct app *app);

/* Its store has said that it is up or down. */
void app_emit(struct app *app, bool up);
/* Emits what the store itself has said since the last look. A store says so in
 * the midst of a call, or from a thread of its own, so it is looked for where
 * it matters: as a request begins, and as the trace is read. */
void app_hear(struct app *app);

/* Is that a time a Date can hold, in whole Unix ms? */
bool app_is_time(double ms);
/* Stops the clock at that time. */
void app_freeze(struct app *app, int64_t now_ms);
/* Unix ms of the app's clock. */
int64_t app_now(struct app *app);

enum app_advance { APP_ADVANCED, APP_NOT_FROZEN, APP_END_OF_TIME };

/* Moves a frozen clock; *now is its time then. `ms` is within what app_is_time
 * takes. */
enum app_advance app_advance(struct app *app, int64_t ms, int64_t *now);

#endif
