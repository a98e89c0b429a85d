/* step_store.c: `store: {get: $sid}`: one operation straight on the store
 *
 *     - store: { set: $sid, session: { user: tobi }, cookie: { maxAge: 60s } }
 *     - store: { get: $sid }
 *       expect: { session: { user: tobi }, expires: +60s }
 *     - store: { all: }
 *     - store: { destroy: $sid, callback: false }
 *     - store: { get: $sid, callback: throws }
 *       expect: { called: 1 }
 *     - store: { reopen: }
 *
 * Past the middleware, faults, schedules and the trace. What `set` and
 * `touch` hand over is a session with a cookie: that of a browser session,
 * with the fields named over it; `maxAge` and `expires` set each other, and
 * originalMaxAge, as they do in express-session. With `raw: true` exactly what
 * is written is handed over, a session without a cookie for example.
 */
#include "steps.h"

#include "base/must.h"
#include "foreign.h"
#include "match.h"
#include "stale.h"

#include <stdlib.h>
#include <string.h>

static const struct store_op {
    const char *op;
    bool takes_sid, takes_session;
} ops[] = {
    { "get", true, false },    { "set", true, true },
    { "touch", true, true },   { "destroy", true, false },
    { "all", false, false },   { "length", false, false },
    { "clear", false, false }, { "reap", false, false },
    { "spoil", true, false },  { "reopen", false, false },
    { "break", false, false }, { "mend", false, false },
};

static json_t *body_of(struct track *track, const struct store_op *op,
                       const struct node *store, struct fault *fault);

static const struct store_op *find(const struct node *store)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (node_get(store, ops[i].op))
            return &ops[i];
    must(!"a store step names an operation");
    return NULL;
}

/* What a target says in place of the store, where that never called back: no
 * error that a case could have expected. */
#define NO_CALLBACK "no callback"

static bool is_silence(const json_t *error)
{
    const char *text = json_string_value(json_object_get(error, "message"));

    return text && strncmp(text, NO_CALLBACK, strlen(NO_CALLBACK)) == 0;
}

/* An error of the store is something to be judged. Where the case expects
 * none, what follows would mean nothing. */
static bool look(struct track *track, const struct node *step,
                 struct scene_app *app, const char *op,
                 const struct probe_answer *answer)
{
    struct scene *scene = track->scene;
    const json_t *error = json_object_get(answer->body, "error");
    bool silent = is_silence(error);

    observation_start(&track->seen, app, scene_now(scene));
    observation_answer(&track->seen, op, answer->status, answer->body);
    foreign_strip(track, step);
    if (silent || (error && !node_get(node_get(step, "expect"), "error"))) {
        findings_add(&scene->failures, step, silent ? "callback" : "error",
                     silent ? "called" : "nothing",
                     match_show(&scene->arena, error));
        return false;
    }
    return step_judge(track, step) && step_save(track, step);
}

bool step_store(struct track *track, const struct node *step)
{
    const struct node *store = node_get(step, "store");
    const struct store_op *op = find(store);
    struct scene_app *app = step_app(track, step);
    struct scene *scene = track->scene;
    struct probe_answer answer = { 0 };
    struct fault fault;
    json_t *body = body_of(track, op, store, &fault);
    bool played;
    int code;

    if (!body)
        return scene_stop(scene, step, FAULT_LOCAL, &fault);
    code = probe_store(&track->probe, app->id, body, &answer, &fault);
    scene_note(scene, step, "store: %s\n", match_show(&scene->arena, body))
        ->came = arena_printf(&scene->arena, "%s\n",
                              match_show(&scene->arena, answer.body));
    stale_note(scene, body);
    played = step_accepted(track, step, code, &answer, &fault) &&
             step_in_time(track, step) &&
             look(track, step, app, op->op, &answer);
    probe_answer_clear(&answer);
    json_decref(body);
    return played;
}

/* ------------------------------------------------------------ the session */

static void set_lifetime(json_t *cookie, int64_t now_ms, int64_t ms,
                         struct arena *arena)
{
    json_object_set_new(cookie, "originalMaxAge", json_integer(ms));
    json_object_set_new(cookie, "expires",
                        json_string(match_show_time(arena, now_ms + ms)));
}

/* The fields that the case names over those of a browser session's cookie. */
static json_t *cookie_of(struct scene *scene, json_t *given)
{
    json_t *cookie = json_pack("{s:n, s:n, s:b, s:s}", "originalMaxAge",
                               "expires", "httpOnly", true, "path", "/");
    const json_t *max_age = json_object_get(given, "maxAge");
    int64_t now_ms = scene_now(scene), date;

    if (json_is_number(max_age))
        set_lifetime(cookie, now_ms, (int64_t)json_number_value(max_age),
                     &scene->arena);
    else if (match_time(json_object_get(given, "expires"), &date))
        set_lifetime(cookie, now_ms, date - now_ms, &scene->arena);
    json_object_update(cookie, given);
    json_object_del(cookie, "maxAge");
    return cookie;
}

static json_t *object_of(struct track *track, const struct node *store,
                         const char *key, struct fault *fault)
{
    const struct node *node = node_get(store, key);

    return node ? var_value(&track->scene->vars, node, fault) : json_object();
}

static bool says(const struct node *store, const char *key, const char *flag)
{
    const char *text = node_get_text(store, key);

    return text && strcmp(text, flag) == 0;
}

static bool is_raw(const struct node *store)
{
    return says(store, "raw", "true");
}

static json_t *session_of(struct track *track, const struct node *store,
                          struct fault *fault)
{
    json_t *session = object_of(track, store, "session", fault);
    json_t *given = session ? object_of(track, store, "cookie", fault) : NULL;

    if (!given) {
        json_decref(session);
        return NULL;
    }
    if (!is_raw(store))
        json_object_set_new(session, "cookie", cookie_of(track->scene, given));
    else if (node_get(store, "cookie"))
        json_object_set(session, "cookie", given);
    json_decref(given);
    return session;
}

static json_t *body_of(struct track *track, const struct store_op *op,
                       const struct node *store, struct fault *fault)
{
    json_t *body = json_pack("{s:s}", "op", op->op);
    char *sid = NULL;
    json_t *session = NULL;

    if (op->takes_sid)
        sid = var_text(&track->scene->vars, node_get(store, op->op), fault);
    if (op->takes_session && sid)
        session = session_of(track, store, fault);
    if ((op->takes_sid && !sid) || (op->takes_session && !session)) {
        json_decref(body);
        body = NULL;
    }
    if (body && sid)
        json_object_set_new(body, "sid", json_string(sid));
    if (body && session)
        json_object_set(body, "session", session);
    if (body && is_raw(store))
        json_object_set_new(body, "raw", json_true());
    if (body && says(store, "circular", "true"))
        json_object_set_new(body, "circular", json_true());
    if (body && says(store, "callback", "false"))
        json_object_set_new(body, "callback", json_false());
    if (body && says(store, "callback", "throws"))
        json_object_set_new(body, "callback", json_string("throws"));
    json_decref(session);
    free(sid);
    return body;
}
