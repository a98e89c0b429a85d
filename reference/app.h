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
#include "schedule.h"
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
    bool warned_signed_cookies; /* depd warns once a place */
};

struct app {
    char *id;
    struct backing *backing;
    struct trace *trace;
    pthread_mutex_t lock; /* guards all below */
    unsigned refs;
    struct middleware *middleware;
    json_t *hidden;    /* array: the operations that the middleware lacks */
    struct fault *faults; /* the first that matches is taken */
    bool frozen;          /* the clock moves by `advance` only */
    int64_t now_ms;       /* of a frozen clock */
};

struct apps;

/* Which stores clients may name: `memory` always, besides the one that was
 * named at the start (NULL: none), which is the default then. */
struct apps *apps_new(const char *store_spec);
void apps_free(struct apps *apps);
struct schedules *apps_schedules(struct apps *apps);

/* PUT: makes or replaces the app. Returns the HTTP status: 201 with *answer
 * the 201's body, or 400, 422, 503 with `error`. */
int apps_put(struct apps *apps, const char *id, const json_t *body,
             json_t **answer, struct js_error *error);
/* False where there is none of that id. */
bool apps_delete(struct apps *apps, const char *id);
/* The app, held, or NULL. */
struct app *apps_hold(struct apps *apps, const char *id);
void app_release(struct app *app);

/* The middleware of the moment, held. */
struct middleware *app_middleware(struct app *app);
void middleware_release(struct middleware *middleware);

/* Unix ms of the app's clock. */
int64_t app_now(struct app *app);
/* Moves a frozen clock. False where it is not frozen. */
bool app_advance(struct app *app, int64_t ms, int64_t *now);

bool app_hides(struct app *app, const char *op);

/* Tells all apps on this one's store that it is up or down. */
void apps_emit(struct apps *apps, struct app *app, bool up);

#endif
