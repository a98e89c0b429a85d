/* app.c: an app: one session middleware with its options, store and clock */
#include "app.h"

#include "fault.h"
#include "jsdate.h"
#include "mutant.h"
#include "must.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* ---- The middleware of an app ------------------------------------------ */

struct middleware *middleware_new(const json_t *body, json_t *warnings,
                                  int *status, struct js_error *error)
{
    struct middleware *middleware = must_have(calloc(1, sizeof *middleware));
    json_t *options = json_object_get(body, "options");
    const json_t *settings = json_object_get(body, "settings");

    middleware->refs = 1;
    middleware->connected = true;
    pthread_mutex_init(&middleware->lock, NULL);
    if (options_check(options, error) ||
        settings_parse(&middleware->settings, settings, error))
        *status = 400;
    else if (options_parse(&middleware->options, options, warnings, error))
        *status = 422;
    else if (settings_make_express(&middleware->settings, settings, error))
        *status = 400;
    else
        return middleware;
    middleware_release(middleware);
    return NULL;
}

void middleware_release(struct middleware *middleware)
{
    unsigned left;

    if (!middleware)
        return;
    pthread_mutex_lock(&middleware->lock);
    left = --middleware->refs;
    pthread_mutex_unlock(&middleware->lock);
    if (left > 0)
        return;
    options_clear(&middleware->options);
    settings_clear(&middleware->settings);
    pthread_mutex_destroy(&middleware->lock);
    free(middleware);
}

struct middleware *app_middleware(struct app *app)
{
    struct middleware *middleware;

    pthread_mutex_lock(&app->lock);
    middleware = app->middleware;
    pthread_mutex_lock(&middleware->lock);
    middleware->refs++;
    pthread_mutex_unlock(&middleware->lock);
    pthread_mutex_unlock(&app->lock);
    return middleware;
}

void app_restart(struct app *app, struct middleware *middleware)
{
    struct middleware *old;

    pthread_mutex_lock(&app->lock);
    old = app->middleware;
    app->middleware = middleware;
    fault_clear(&app->faults);
    pthread_mutex_unlock(&app->lock);
    middleware_release(old);
}

/* ---- The app ----------------------------------------------------------- */

struct app *app_new(const char *id, struct backing *backing,
                    struct middleware *middleware)
{
    struct app *app = must_have(calloc(1, sizeof *app));

    app->id = must_have(strdup(id));
    app->refs = 1;
    app->backing = backing;
    app->heard = backing_news(backing);
    app->middleware = middleware;
    app->hidden = must_have(json_array());
    app->trace = trace_new();
    pthread_mutex_init(&app->lock, NULL);
    return app;
}

void app_release(struct app *app)
{
    unsigned left;

    if (!app)
        return;
    pthread_mutex_lock(&app->lock);
    left = --app->refs;
    pthread_mutex_unlock(&app->lock);
    if (left > 0)
        return;
    middleware_release(app->middleware);
    if (app->watches)
        backing_unwatch(app->backing, app->trace);
    backing_release(app->backing);
    trace_free(app->trace);
    fault_clear(&app->faults);
    json_decref(app->hidden);
    pthread_mutex_destroy(&app->lock);
    free(app->id);
    free(app);
}

void app_hide(struct app *app, const json_t *ops)
{
    json_t *copy = must_have(json_deep_copy(ops));

    pthread_mutex_lock(&app->lock);
    json_decref(app->hidden);
    app->hidden = copy;
    pthread_mutex_unlock(&app->lock);
}

bool app_hides(struct app *app, const char *op)
{
    size_t index;
    json_t *item;
    bool hides = false;

    pthread_mutex_lock(&app->lock);
    json_array_foreach(app->hidden, index, item) hides =
        hides || strcmp(json_string_value(item), op) == 0;
    pthread_mutex_unlock(&app->lock);
    return hides;
}

static void note_end(void *arg, const json_t *sid, const json_t *session,
                     const char *op)
{
    json_t *event = must_have(json_pack(
        "{s:s, s:o, s:o, s:o}", "event", "expired", "text", json_deep_copy(sid),
        "sid", json_deep_copy(sid), "session", json_deep_copy(session)));

    if (op)
        json_object_set_new(event, "op", json_string(op));
    trace_add(arg, event);
}

void app_heed(struct app *app, bool wanted)
{
    const struct backing_call how = { app_now(app), "" };
    bool had;

    pthread_mutex_lock(&app->lock);
    had = app->watches;
    app->watches = wanted;
    pthread_mutex_unlock(&app->lock);
    if (wanted && !had)
        backing_watch(app->backing, &how, note_end, app->trace);
    else if (had && !wanted)
        backing_unwatch(app->backing, app->trace);
}

void app_pass(struct app *app)
{
    backing_pass(app->backing, app_now(app));
}

void app_emit(struct app *app, bool up)
{
    struct middleware *middleware = app_middleware(app);

    pthread_mutex_lock(&middleware->lock);
    middleware->connected = up && !mutant(MUTANT_CONNECT_IGNORED);
    pthread_mutex_unlock(&middleware->lock);
    middleware_release(middleware);
    if (up)
        trace_note(app->trace, "connect", "the store emitted connect", NULL);
    else
        trace_note(app->trace, "disconnect", "the store emitted disconnect",
                   NULL);
}

/* The next of the backing's news, or false. Of a store that flaps the latest
 * two are enough. */
static bool hear_next(struct app *app, bool *up)
{
    unsigned news = backing_news(app->backing);
    bool any;

    pthread_mutex_lock(&app->lock);
    any = app->heard != news;
    if (news - app->heard > 2)
        app->heard += (news - app->heard - 1) / 2 * 2;
    if (any)
        app->heard++;
    *up = app->heard % 2 == 0;
    pthread_mutex_unlock(&app->lock);
    return any;
}

void app_hear(struct app *app)
{
    bool up;

    while (hear_next(app, &up))
        app_emit(app, up);
}

/* ---- Its clock --------------------------------------------------------- */

static int64_t real_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool app_is_time(double ms)
{
    return fabs(ms) <= JSDATE_MAX && ms == trunc(ms);
}

void app_freeze(struct app *app, int64_t now_ms)
{
    pthread_mutex_lock(&app->lock);
    app->frozen = true;
    app->now_ms = now_ms;
    pthread_mutex_unlock(&app->lock);
}

int64_t app_now(struct app *app)
{
    int64_t now;

    pthread_mutex_lock(&app->lock);
    now = app->frozen ? app->now_ms : real_now();
    pthread_mutex_unlock(&app->lock);
    return now;
}

enum app_advance app_advance(struct app *app, int64_t ms, int64_t *now)
{
    enum app_advance done = APP_ADVANCED;

    pthread_mutex_lock(&app->lock);
    if (!app->frozen)
        done = APP_NOT_FROZEN;
    else if (!app_is_time((double)(app->now_ms + ms)))
        done = APP_END_OF_TIME;
    else
        *now = app->now_ms += ms;
    pthread_mutex_unlock(&app->lock);
    return done;
}
