/* apps.c: the apps of this process, by id: made, replaced, dropped */
#include "apps.h"

#include "members.h"
#include "mutant.h"
#include "must.h"

#include <string.h>

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
    char *led_to;     /* what that is opened as, or NULL: as it stands */
};

/* ---- The table --------------------------------------------------------- */

struct apps *apps_new(const char *store_spec)
{
    struct apps *apps = must_have(calloc(1, sizeof *apps));

    pthread_mutex_init(&apps->lock, NULL);
    apps->schedules = schedules_new();
    apps->store_spec = store_spec ? must_have(strdup(store_spec)) : NULL;
    return apps;
}

void apps_lead_store(struct apps *apps, const char *spec)
{
    free(apps->led_to);
    apps->led_to = must_have(strdup(spec));
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
    free(apps->led_to);
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
    /* The new one is the table's: another may have dropped it by now. */
    if (old)
        schedules_drop_app(apps->schedules, old->id);
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

void apps_emit(struct apps *apps, const struct app *app, bool up)
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

static bool is_text_or_absent(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return !value || json_is_string(value);
}

static int check_hide(const json_t *hide, struct js_error *error)
{
    size_t index;
    json_t *op;

    if (hide && !json_is_array(hide))
        return js_throw(error, "TypeError", "`hide` is a list of operations");
    json_array_foreach((json_t *)hide, index, op)
    {
        if (!backing_op_exists(json_string_value(op)))
            return js_throw(error, "TypeError",
                            "`hide` names something that is no operation");
    }
    return 0;
}

static int check_store(const json_t *store, struct js_error *error)
{
    static const char *const known[] = { "use", "hide", "same-as", "keep",
                                         NULL };
    const json_t *keep = json_object_get(store, "keep");
    int ways = (json_object_get(store, "use") != NULL) +
               (json_object_get(store, "same-as") != NULL) + json_is_true(keep);

    if (!store)
        return 0;
    if (members_check(store, known, "`store`", error))
        return -1;
    if (!is_text_or_absent(store, "use") ||
        !is_text_or_absent(store, "same-as") ||
        (keep && !json_is_boolean(keep)))
        return js_throw(error, "TypeError",
                        "a member of `store` is of the wrong type");
    if (ways > 1)
        return js_throw(error, "TypeError",
                        "`use`, `same-as` and `keep` exclude each other");
    return check_hide(json_object_get(store, "hide"), error);
}

static int check_body(const json_t *body, struct js_error *error)
{
    static const char *const known[] = { "options", "store", "settings",
                                         "clock", NULL };
    const json_t *clock = json_object_get(body, "clock");

    if (members_check(body, known, "an app", error))
        return -1;
    if (clock && !(json_is_number(clock) && app_is_time(js_number(clock))))
        return js_throw(error, "TypeError", "`clock` is no time in Unix ms");
    return check_store(json_object_get(body, "store"), error);
}

/* A client may name what the server was started with, and any built-in store;
 * bringing code along is for whoever starts the server. */
static struct backing *open_backing(struct apps *apps, const char *id,
                                    const char *spec, struct js_error *error)
{
    const char *named = apps->store_spec ? apps->store_spec : "memory";

    if (!spec)
        spec = named;
    if (strcmp(spec, named) != 0 && !backing_spec_is_builtin(spec)) {
        js_throw(error, "Error",
                 "store \"%s\" runs code of its own, and was not named by "
                 "--store when the server was started",
                 spec);
        return NULL;
    }
    if (apps->led_to && strcmp(spec, named) == 0)
        spec = apps->led_to;
    return backing_open(spec, id, error);
}

/* The store that a new app asks for, held; NULL with *status and `error`. */
static struct backing *choose_backing(struct apps *apps, const char *id,
                                      const json_t *store, int *status,
                                      struct js_error *error)
{
    const char *same = json_string_value(json_object_get(store, "same-as"));
    const char *use = json_string_value(json_object_get(store, "use"));
    struct backing *backing;
    struct app *other;

    if (!same) {
        backing = open_backing(apps, id, use, error);
        if (!backing)
            *status = 503;
        return backing;
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
    middleware->store_has_touch =
        !app_hides(app, "touch") && backing_has(app->backing, "touch");
    if (middleware->settings.production &&
        !mutant(MUTANT_PRODUCTION_UNWARNED) &&
        strcmp(backing_name(app->backing), "memory") == 0)
        json_array_append_new(
            warnings,
            json_string("Warning: connect.session() MemoryStore is not\n"
                        "designed for a production environment, as it will "
                        "leak\nmemory, and will not scale past a single "
                        "process."));
}

/* The 201's body. The store has the hidden operations all the same. */
static json_t *describe(struct app *app, json_t *warnings)
{
    return must_have(json_pack("{s:o, s:O}", "store",
                               backing_describe(app->backing), "warnings",
                               warnings));
}

/* What a body says beside the middleware; what it does not say goes on. */
static void adjust(struct app *app, const json_t *body)
{
    const json_t *clock = json_object_get(body, "clock");
    const json_t *hide =
        json_object_get(json_object_get(body, "store"), "hide");

    if (clock)
        app_freeze(app, (int64_t)js_number(clock));
    if (hide)
        app_hide(app, hide);
}

static bool keeps_store(const json_t *body)
{
    return json_is_true(
        json_object_get(json_object_get(body, "store"), "keep"));
}

/* `keep`: another middleware on the same store. */
static int restart(struct apps *apps, const char *id, const json_t *body,
                   json_t *warnings, json_t **answer, struct js_error *error)
{
    struct app *app = apps_hold(apps, id);
    struct middleware *middleware;
    int status = 201;

    if (!app) {
        js_throw(error, "Error", "keep: no app \"%s\" yet", id);
        return 404;
    }
    middleware = middleware_new(body, warnings, &status, error);
    if (middleware) {
        adjust(app, body);
        app_heed(app, middleware->options.expire_callback);
        meet_store(app, middleware, warnings);
        *answer = describe(app, warnings);
        app_restart(app, middleware);
    }
    app_release(app);
    return status;
}

static int make(struct apps *apps, const char *id, const json_t *body,
                json_t *warnings, json_t **answer, struct js_error *error)
{
    struct middleware *middleware;
    struct backing *backing;
    struct app *app;
    int status = 201;

    backing = choose_backing(apps, id, json_object_get(body, "store"), &status,
                             error);
    if (!backing)
        return status;
    middleware = middleware_new(body, warnings, &status, error);
    if (!middleware) {
        backing_release(backing);
        return status;
    }
    app = app_new(id, backing, middleware);
    adjust(app, body);
    app_heed(app, middleware->options.expire_callback);
    meet_store(app, middleware, warnings);
    *answer = describe(app, warnings);
    put_entry(apps, app);
    return status;
}

int apps_put(struct apps *apps, const char *id, const json_t *body,
             json_t **answer, struct js_error *error)
{
    json_t *warnings;
    int status;

    if (check_body(body, error))
        return 400;
    warnings = must_have(json_array());
    status = (keeps_store(body) ? restart : make)(apps, id, body, warnings,
                                                  answer, error);
    json_decref(warnings);
    return status;
}
