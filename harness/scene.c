/* scene.c: the state of a case while it is being played */
#include "scene.h"

#include "base/must.h"
#include "emptying.h"
#include "facts.h"
#include "needs.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool open_app(struct scene *scene, const struct probe *probe,
                     const char *name, const struct node *extra);

static bool empty_store(struct scene *scene, const struct probe *probe)
{
    struct fault fault;
    int code = emptying_do(probe, scene->options->store, scene->now_ms, &fault);

    return code ? scene_stop(scene, NULL, code, &fault) : true;
}

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the frozen clocks start from. A store with a clock of its own has to
 * agree about what is past and what is to come. */
static int64_t start_ms(const struct scene *scene)
{
    return store_has_real_clock(scene->options->about_store)
               ? clock_ms(CLOCK_REALTIME)
               : SCENE_START_MS;
}

bool scene_open(struct scene *scene)
{
    const struct test_case *test = scene->test;
    struct track track;
    bool opened = true;

    pthread_mutex_init(&scene->lock, NULL);
    vars_init(&scene->vars, test->bindings);
    vars_set(&scene->vars, VAR_BASE,
             json_string(target_base(scene->target, false)));
    scene->labels = json_object();
    gates_init(&scene->gates);
    pthread_cond_init(&scene->lined_up, NULL);
    scene->transcript.arena = &scene->arena;
    scene->failures.arena = &scene->arena;
    scene->apps = arena_alloc(&scene->arena,
                              sizeof *scene->apps *
                                  (test->apps ? test->apps->count + 1 : 1));
    track_begin(&track, scene, NULL);
    scene->opened_at = clock_ms(CLOCK_MONOTONIC);
    scene->now_ms = start_ms(scene);
    scene->started_ms = scene_now(scene);
    vars_set_now(&scene->vars, scene->started_ms);
    if (scene->options->empties)
        opened = empty_store(scene, &track.probe);
    if (opened && !test->apps)
        opened = open_app(scene, &track.probe, "app", NULL);
    for (size_t i = 0; opened && test->apps && i < test->apps->count; i++)
        opened = open_app(scene, &track.probe, test->apps->items[i]->key,
                          test->apps->items[i]);
    track_end(&track);
    scene->begun_at = clock_ms(CLOCK_MONOTONIC);
    return opened;
}

bool scene_is_real_time(const struct scene *scene)
{
    return needs_real_time(scene->test);
}

/* ----------------------------------------------------------------- apps */

/* What the node says, or an empty object. */
static json_t *object_of(struct scene *scene, const struct node *node,
                         struct fault *fault)
{
    return node ? var_value(&scene->vars, node, fault) : json_object();
}

/* The first app's store is the one asked for; the others share it, but for
 * those that have their own. */
static json_t *store_of(struct scene *scene, const struct node *extra,
                        struct fault *fault)
{
    json_t *store = object_of(scene, scene->test->store, fault);

    if (store && scene->app_count > 0 && !node_get(extra, "store"))
        json_object_set_new(store, "same-as", json_string(scene->apps[0].id));
    else if (store && scene->options->store)
        json_object_set_new(store, "use", json_string(scene->options->store));
    return store;
}

static const char *text_option(const json_t *options, const char *key)
{
    const char *text = json_string_value(json_object_get(options, key));

    return text && *text ? text : NULL;
}

static void know_app(struct scene *scene, struct scene_app *app,
                     const struct probe_answer *answer)
{
    const char *name = text_option(app->options, "name");
    json_t *warnings = json_object_get(answer->body, "warnings");

    if (!name)
        name = text_option(app->options, "key");
    app->cookie_name = name ? arena_strdup(&scene->arena, name) : "connect.sid";
    json_array_extend(app->warnings, warnings);
    app->made = true;
}

int scene_put_app(struct scene *scene, const struct probe *probe,
                  struct scene_app *app, json_t *store, bool keep,
                  struct probe_answer *answer, struct fault *fault)
{
    json_t *body = json_pack("{s:O, s:O}", "options", app->options, "settings",
                             app->settings);
    int result;

    if (json_object_size(store) > 0)
        json_object_set(body, "store", store);
    if (!keep && !scene_is_real_time(scene))
        json_object_set_new(body, "clock", json_integer(scene->now_ms));
    result = probe_put_app(probe, app->id, body, answer, fault);
    json_decref(body);
    if (!result && answer->status == 201)
        know_app(scene, app, answer);
    return result;
}

static bool make_app(struct scene *scene, const struct probe *probe,
                     struct scene_app *app, json_t *store, struct fault *fault)
{
    struct probe_answer answer;
    int code = scene_put_app(scene, probe, app, store, false, &answer, fault);

    if (code)
        return scene_stop(scene, NULL, code, fault);
    if (answer.status == 201) {
        probe_answer_clear(&answer);
        return true;
    }
    probe_refusal(&answer, fault);
    probe_answer_clear(&answer);
    return scene_stop(scene, NULL, FAULT_PROTOCOL, fault);
}

static bool open_app(struct scene *scene, const struct probe *probe,
                     const char *name, const struct node *extra)
{
    struct scene_app *app = &scene->apps[scene->app_count];
    const struct test_case *test = scene->test;
    struct fault fault = { "" };
    json_t *store = store_of(scene, extra, &fault);
    bool made = false;

    app->name = name;
    app->id = arena_printf(&scene->arena, "c%lu-%zu-%s", scene->serial,
                           scene->run, name);
    app->options = object_of(
        scene, extra ? node_get(extra, "options") : test->options, &fault);
    app->settings = object_of(
        scene, extra ? node_get(extra, "settings") : test->settings, &fault);
    app->warnings = json_array();
    app->foreseen = json_array();
    trace_init(&app->trace);
    scene->app_count++;
    if (store && app->options && app->settings)
        made = make_app(scene, probe, app, store, &fault);
    else
        scene_stop(scene, NULL, FAULT_LOCAL, &fault);
    json_decref(store);
    return made;
}

static void close_app(struct scene *scene, const struct probe *probe,
                      const struct scene_app *app)
{
    struct probe_answer answer;
    struct fault fault;
    int code = probe_delete_app(probe, app->id, &answer, &fault);

    if (!code && (answer.status < 200 || answer.status > 299)) {
        probe_refusal(&answer, &fault);
        code = FAULT_PROTOCOL;
    }
    if (code)
        scene_stop(scene, NULL, code, &fault);
    probe_answer_clear(&answer);
}

/* In reverse: the first app owns the store. */
void scene_close(struct scene *scene)
{
    struct track track;

    track_begin(&track, scene, NULL);
    for (size_t i = scene->app_count; i-- > 0;)
        if (scene->apps[i].made)
            close_app(scene, &track.probe, &scene->apps[i]);
    track_end(&track);
}

void scene_clear(struct scene *scene)
{
    for (size_t i = 0; i < scene->app_count; i++) {
        struct scene_app *app = &scene->apps[i];

        json_decref(app->options);
        json_decref(app->settings);
        json_decref(app->warnings);
        json_decref(app->foreseen);
        trace_clear(&app->trace);
    }
    for (size_t i = 0; i < scene->client_count; i++)
        jar_clear(scene->clients[i].jar);
    json_decref(scene->labels);
    json_decref(scene->handed);
    vars_clear(&scene->vars);
    gates_clear(&scene->gates);
    pthread_cond_destroy(&scene->lined_up);
    arena_free(&scene->arena);
    pthread_mutex_destroy(&scene->lock);
}

struct scene_app *scene_app(struct scene *scene, const char *name)
{
    if (!name)
        return &scene->apps[0];
    for (size_t i = 0; i < scene->app_count; i++)
        if (strcmp(scene->apps[i].name, name) == 0)
            return &scene->apps[i];
    return NULL;
}

/* --------------------------------------------------------------- tracks */

void track_begin(struct track *track, struct scene *scene, const char *name)
{
    memset(track, 0, sizeof *track);
    track->scene = scene;
    track->name = name;
    track->probe.client = http_pool_take(scene->pool);
    track->probe.base = scene->base;
    track->probe.timeout_ms = scene->options->request_timeout_ms;
    track->probe.lock = &scene->lock;
    pthread_mutex_lock(&scene->lock);
}

void track_end(struct track *track)
{
    observation_clear(&track->seen);
    pthread_mutex_unlock(&track->scene->lock);
    http_pool_give(track->scene->pool, track->probe.client);
}

void track_line_up(struct track *track)
{
    struct scene *scene = track->scene;

    if (!track->starts)
        return;
    track->starts = false;
    if (--scene->starting == 0)
        pthread_cond_broadcast(&scene->lined_up);
    while (scene->starting > 0)
        pthread_cond_wait(&scene->lined_up, &scene->lock);
}

/* -------------------------------------------------------------- clients */

static struct jar *jar_of(struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->client_count; i++)
        if (strcmp(scene->clients[i].jar_name, name) == 0)
            return scene->clients[i].jar;
    return arena_alloc(&scene->arena, sizeof(struct jar));
}

/* Two that share a jar share it by its name, whoever comes first. */
struct scene_client *scene_client(struct scene *scene, const char *name)
{
    const char *jar =
        node_get_text(node_get(scene->test->clients, name), "jar");
    struct scene_client *client;

    for (size_t i = 0; i < scene->client_count; i++)
        if (strcmp(scene->clients[i].name, name) == 0)
            return &scene->clients[i];
    scene->clients =
        arena_grow(&scene->arena, scene->clients, scene->client_count,
                   &scene->client_capacity, sizeof *scene->clients);
    client = &scene->clients[scene->client_count];
    client->name = arena_strdup(&scene->arena, name);
    client->jar_name = arena_strdup(&scene->arena, jar ? jar : name);
    client->jar = jar_of(scene, client->jar_name);
    scene->client_count++;
    return client;
}

const char *scene_label(struct scene *scene, const char *wanted)
{
    char *label;
    size_t number = json_object_size(scene->labels) + 1;

    if (wanted && !json_object_get(scene->labels, wanted))
        label = arena_strdup(&scene->arena, wanted);
    else
        do
            label =
                arena_printf(&scene->arena, "%s%s%zu", wanted ? wanted : "r",
                             wanted ? "." : "", number++);
        while (json_object_get(scene->labels, label));
    json_object_set_new(scene->labels, label, json_true());
    return label;
}

/* ----------------------------------------------------------------- time */

int64_t scene_now(struct scene *scene)
{
    return scene_is_real_time(scene) ? clock_ms(CLOCK_REALTIME) : scene->now_ms;
}

int64_t scene_elapsed(const struct scene *scene)
{
    return clock_ms(CLOCK_MONOTONIC) - scene->begun_at;
}

/* The store's clock has gone on while the app's stood. */
int64_t scene_slack(const struct scene *scene)
{
    const json_t *store = scene->options->about_store;

    if (!store_has_real_clock(store))
        return 0;
    return store_resolution_ms(store) + clock_ms(CLOCK_MONOTONIC) -
           scene->opened_at;
}

void scene_saw_now(struct scene *scene, const json_t *answer)
{
    json_int_t now = json_integer_value(json_object_get(answer, "now"));

    if (now <= scene->now_ms)
        return;
    scene->now_ms = now;
    vars_set_now(&scene->vars, now);
}

/* ------------------------------------------------------ the interleaving */

const char *scene_choices_left(struct scene *scene)
{
    const char *left = scene->choices.beginning;

    if (strlen(left) <= scene->choices.count)
        return "";
    left += scene->choices.count;
    return arena_memdup(&scene->arena, left, strcspn(left, "/"));
}

void scene_chose(struct scene *scene, const struct explore_decision *decision)
{
    struct scene_choices *choices = &scene->choices;

    choices->made = arena_grow(&scene->arena, choices->made, choices->count,
                               &choices->capacity, sizeof *choices->made);
    choices->made[choices->count++] = *decision;
}

/* ------------------------------------------------------ what came of it */

bool scene_stop(struct scene *scene, const struct node *where, int code,
                const struct fault *fault)
{
    if (code == FAULT_UNREACHABLE || code == FAULT_TIMEOUT ||
        code == FAULT_BROKEN)
        scene->lost = true;
    if (scene->error)
        return false;
    if (where)
        scene->error = arena_printf(&scene->arena, "line %u: %s",
                                    where->at.line, fault->text);
    else
        scene->error = arena_strdup(&scene->arena, fault->text);
    return false;
}

struct transcript_entry *scene_note(struct scene *scene,
                                    const struct node *where,
                                    const char *format, ...)
{
    va_list args;
    const char *did;

    va_start(args, format);
    did = arena_vprintf(&scene->arena, format, args);
    va_end(args);
    return transcript_add(&scene->transcript,
                          scene_now(scene) - scene->started_ms, where->at.line,
                          did);
}

void findings_add(struct findings *findings, const struct node *where,
                  const char *what, const char *expected, const char *actual)
{
    struct result_failure *failure;

    findings->list =
        arena_grow(findings->arena, findings->list, findings->count,
                   &findings->capacity, sizeof *findings->list);
    failure = &findings->list[findings->count++];
    failure->line = where->at.line;
    failure->what = arena_strdup(findings->arena, what);
    failure->expected = expected;
    failure->actual = actual;
    failure->against = NULL;
}
