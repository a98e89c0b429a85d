/* app.c: an app: one session middleware with its options, store and clock */
#include "app.h"

#include "fault.h"
#include "must.h"

#include <string.h>
#include <time.h>

enum { BUCKETS = 4096 };

struct entry {
    struct entry *next;
    struct app *app; /* one reference */
};

struct apps {
    pthread_mutex_t lock; /* guards the table */
    struct entry *buckets[BUCKETS];
    struct schedules *schedules;
    char *store_spec; /* named at the start, or NULL */
};

/* ---- The middleware of an app ------------------------------------------ */

static struct middleware *middleware_new(const json_t *body,
                                         json_t *warnings,
                                         struct js_error *error)
{
    struct middleware *middleware = must_have(calloc(1, sizeof *middleware));

    middleware->refs = 1;
    middleware->connected = true;
    pthread_mutex_init(&middleware->lock, NULL);
    if (options_parse(&middleware->options, json_object_get(body, "options"),
                      warnings, error) == 0 &&
        settings_parse(&middleware->settings,
                       json_object_get(body, "settings"), error) == 0)
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

/* ---- The app ----------------------------------------------------------- */

static int64_t real_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t app_now(struct app *app)
{
    int64_t now;

    pthread_mutex_lock(&app->lock);
    now = app->frozen ? app->now_ms : real_now();
    pthread_mutex_unlock(&app->lock);
    return now;
}

bool app_advance(struct app *app, int64_t ms, int64_t *now)
{
    bool frozen;

    pthread_mutex_lock(&app->lock);
    frozen = app->frozen;
    if (frozen)
        *now = app->now_ms += ms;
    pthread_mutex_unlock(&app->lock);
    return frozen;
}

static bool list_has(const json_t *list, const char *word)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)list, index, item)
    {
        if (json_is_string(item) &&
            strcmp(json_string_value(item), word) == 0)
            return true;
    }
    return false;
}

bool app_hides(struct app *app, const char *op)
{
    return list_has(app->hidden, op);
}

static struct app *app_new(const char *id, struct backing *backing,
                           struct middleware *middleware,
                           const json_t *hidden)
{
    struct app *app = must_have(calloc(1, sizeof *app));

    app->id = must_have(strdup(id));
    app->refs = 1;
    app->backing = backing;
    app->middleware = middleware;
    app->hidden = hidden ? json_deep_copy(hidden) : json_array();
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
    backing_release(app->backing);
    trace_free(app->trace);
    fault_clear(&app->faults);
    json_decref(app->hidden);
    pthread_mutex_destroy(&app->lock);
    free(app->id);
    free(app);
}

/* ---- The table --------------------------------------------------------- */

struct apps *apps_new(const char *store_spec)
{
    struct apps *apps = must_have(calloc(1, sizeof *apps));

    pthread_mutex_init(&apps->lock, NULL);
    apps->schedules = schedules_new();
    apps->store_spec = store_spec ? must_have(strdup(store_spec)) : NULL;
    return apps;
}

void apps_free(struct apps *apps)
{
    if (!apps)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (apps->buckets[i]) {
            struct entry *entry = apps->buckets[i];

            apps->buckets[i] = entry->next;
            app_release(entry->app);
            free(entry);
        }
    }
    schedules_free(apps->schedules);
    pthread_mutex_destroy(&apps->lock);
    free(apps->store_spec);
    free(apps);
}

struct schedules *apps_schedules(struct apps *apps)
{
    return apps->schedules;
}

/* FNV-1a. Ids come from whoever steers the tests: no need to be keyed. */
static struct entry **find(struct apps *apps, const char *id)
{
    uint32_t hash = 2166136261u;
    struct entry **at;

    for (const char *c = id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    at = &apps->buckets[hash % BUCKETS];
    while (*at && strcmp((*at)->app->id, id) != 0)
        at = &(*at)->next;
    return at;
}

struct app *apps_hold(struct apps *apps, const char *id)
{
    struct entry *entry;
    struct app *app = NULL;

    pthread_mutex_lock(&apps->lock);
    entry = *find(apps, id);
    if (entry) {
        app = entry->app;
        pthread_mutex_lock(&app->lock);
        app->refs++;
        pthread_mutex_unlock(&app->lock);
    }
    pthread_mutex_unlock(&apps->lock);
    return app;
}

static void put_entry(struct apps *apps, struct app *app)
{
    struct entry **at;
    struct app *old = NULL;

    pthread_mutex_lock(&apps->lock);
    at = find(apps, app->id);
    if (*at) {
        old = (*at)->app;
        (*at)->app = app;
    } else {
        *at = must_have(malloc(sizeof **at));
        **at = (struct entry){ NULL, app };
    }
    pthread_mutex_unlock(&apps->lock);
    if (old)
        schedules_drop_app(apps->schedules, app->id);
    app_release(old);
}

bool apps_delete(struct apps *apps, const char *id)
{
    struct entry **at, *entry;

    pthread_mutex_lock(&apps->lock);
    at = find(apps, id);
    entry = *at;
    if (entry)
        *at = entry->next;
    pthread_mutex_unlock(&apps->lock);
    if (!entry)
        return false;
    schedules_drop_app(apps->schedules, id);
    app_release(entry->app);
    free(entry);
    return true;
}

static void app_emit(struct app *app, bool up)
{
    struct middleware *middleware = app_middleware(app);
    const char *event = up ? "connect" : "disconnect";

    pthread_mutex_lock(&middleware->lock);
    middleware->connected = up;
    pthread_mutex_unlock(&middleware->lock);
    middleware_release(middleware);
    trace_note(app->trace, event, event, NULL);
}

void apps_emit(struct apps *apps, struct app *app, bool up)
{
    pthread_mutex_lock(&apps->lock);
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct entry *e = apps->buckets[i]; e; e = e->next) {
            if (e->app->backing == app->backing)
                app_emit(e->app, up);
        }
    }
    pthread_mutex_unlock(&apps->lock);
}

/* ---- PUT --------------------------------------------------------------- */

static int check_body(const json_t *body, struct js_error *error)
{
    static const char *const objects[] = { "options", "store", "settings" };
    const json_t *clock = json_object_get(body, "clock");
    const json_t *store = json_object_get(body, "store");
    const json_t *hide = json_object_get(store, "hide");

    if (!json_is_object(body))
        return js_throw(error, "TypeError", "the body is a JSON object");
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const json_t *value = json_object_get(body, objects[i]);

        if (value && !json_is_object(value))
            return js_throw(error, "TypeError", "%s is an object", objects[i]);
    }
    if (clock && !json_is_number(clock))
        return js_throw(error, "TypeError", "clock is Unix ms");
    if (hide && !json_is_array(hide))
        return js_throw(error, "TypeError", "hide is a list of operations");
    return 0;
}

/* A client may name what the server was started with, and what is harmless;
 * loading code is for whoever starts the server. */
static struct backing *open_backing(struct apps *apps, const char *id,
                                    const char *spec, struct js_error *error)
{
    const char *named = apps->store_spec ? apps->store_spec : "memory";

    if (!spec)
        spec = named;
    if (strcmp(spec, named) != 0 && strcmp(spec, "memory") != 0) {
        js_throw(error, "Error",
                 "store \"%s\" was not named by --store at the start", spec);
        return NULL;
    }
    return backing_open(spec, id, error);
}

/* The store that the body asks for, held; `*status` where that fails. */
static struct backing *choose_backing(struct apps *apps, const char *id,
                                      const json_t *body, int *status,
                                      struct js_error *error)
{
    const json_t *store = json_object_get(body, "store");
    const char *same = json_string_value(json_object_get(store, "same-as"));
    const char *use = json_string_value(json_object_get(store, "use"));
    struct backing *backing;
    struct app *other;

    if (!same) {
        *status = 503;
        return open_backing(apps, id, use, error);
    }
    other = apps_hold(apps, same);
    if (!other) {
        *status = 404;
        js_throw(error, "Error", "same-as: no app \"%s\"", same);
        return NULL;
    }
    backing = backing_hold(other->backing);
    app_release(other);
    return backing;
}

/* What the constructor looks at in the store, and what it warns of it. */
static void meet_store(struct app *app, struct middleware *middleware,
                       json_t *warnings)
{
    json_t *store = backing_describe(app->backing);
    const char *name = json_string_value(json_object_get(store, "name"));

    middleware->store_has_touch = !app_hides(app, "touch") &&
                                  backing_has(app->backing, "touch");
    if (middleware->settings.production && strcmp(name, "memory") == 0)
        json_array_append_new(
            warnings,
            json_string("Warning: connect.session() MemoryStore is not\n"
                        "designed for a production environment, as it will "
                        "leak\nmemory, and will not scale past a single "
                        "process."));
    json_decref(store);
}

static json_t *describe(struct app *app, json_t *warnings)
{
    json_t *store = backing_describe(app->backing);
    json_t *operations = json_object_get(store, "operations");

    for (size_t i = json_array_size(operations); i-- > 0;) {
        if (app_hides(app,
                      json_string_value(json_array_get(operations, i))))
            json_array_remove(operations, i);
    }
    return must_have(json_pack("{s:o, s:O}", "store", store, "warnings",
                               warnings));
}

static void set_clock(struct app *app, const json_t *clock)
{
    if (!clock)
        return;
    app->frozen = true;
    app->now_ms = (int64_t)js_number(clock);
}

/* `keep`: another middleware on the same store. */
static int restart(struct apps *apps, const char *id, const json_t *body,
                   struct middleware *middleware, json_t *warnings,
                   json_t **answer, struct js_error *error)
{
    struct app *app = apps_hold(apps, id);
    struct middleware *old;

    if (!app) {
        middleware_release(middleware);
        js_throw(error, "Error", "keep: no app \"%s\" yet", id);
        return 404;
    }
    meet_store(app, middleware, warnings);
    pthread_mutex_lock(&app->lock);
    old = app->middleware;
    app->middleware = middleware;
    fault_clear(&app->faults);
    set_clock(app, json_object_get(body, "clock"));
    pthread_mutex_unlock(&app->lock);
    middleware_release(old);
    *answer = describe(app, warnings);
    app_release(app);
    return 201;
}

static int make(struct apps *apps, const char *id, const json_t *body,
                struct middleware *middleware, json_t *warnings,
                json_t **answer, struct js_error *error)
{
    const json_t *store = json_object_get(body, "store");
    struct backing *backing;
    struct app *app;
    int status = 503;

    backing = choose_backing(apps, id, body, &status, error);
    if (!backing) {
        middleware_release(middleware);
        return status;
    }
    app = app_new(id, backing, middleware, json_object_get(store, "hide"));
    set_clock(app, json_object_get(body, "clock"));
    meet_store(app, middleware, warnings);
    *answer = describe(app, warnings);
    put_entry(apps, app);
    return 201;
}

int apps_put(struct apps *apps, const char *id, const json_t *body,
             json_t **answer, struct js_error *error)
{
    json_t *warnings = must_have(json_array());
    struct middleware *middleware;
    int status;

    if (check_body(body, error)) {
        status = 400;
    } else if (!(middleware = middleware_new(body, warnings, error))) {
        status = 422;
    } else if (json_is_true(json_object_get(json_object_get(body, "store"),
                                            "keep"))) {
        status =
            restart(apps, id, body, middleware, warnings, answer, error);
    } else {
        status = make(apps, id, body, middleware, warnings, answer, error);
    }
    json_decref(warnings);
    return status;
}
