/* fuzz_play.c: plays a scenario on one target, and keeps all that is seen */
#include "fuzz_play.h"

#include "base/must.h"
#include "fuzz_make.h"
#include "fuzz_player.h"
#include "fuzz_see.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 128 };

static json_t *play_advance(struct fuzz_player *player, const json_t *step);
static json_t *play_store(struct fuzz_player *player, const json_t *step);
static json_t *play_fault(struct fuzz_player *player, const json_t *step);
static json_t *play_emit(struct fuzz_player *player, const json_t *step);
static json_t *play_restart(struct fuzz_player *player, const json_t *step);

static const struct {
    const char *verb;
    json_t *(*play)(struct fuzz_player *player, const json_t *step);
} verbs[] = {
    { "request", fuzz_play_request },
    { "advance", play_advance },
    { "store", play_store },
    { "fault", play_fault },
    { "emit", play_emit },
    { "restart", play_restart },
    { "parallel", fuzz_play_parallel },
};

/* ------------------------------------------------------- calls of the probe */

long fuzz_player_call(struct fuzz_player *player, const char *method,
                      const char *path, const json_t *body, json_t **answer)
{
    struct http_headers headers = { 0 };
    struct http_reply reply = { 0 };
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct http_request request = { .method = method,
                                    .base = player->base,
                                    .target = path,
                                    .headers = &headers,
                                    .body = text,
                                    .body_length = text ? strlen(text) : 0,
                                    .timeout_ms = FUZZ_TIMEOUT_MS };
    long status;

    if (text)
        http_headers_add(&headers, "Content-Type", "application/json");
    *answer = NULL;
    if (!player->lost)
        http_send(player->client, &request, &reply);
    if (reply.transport != HTTP_OK)
        player->lost = true;
    status = reply.status;
    if (!player->lost)
        *answer = fuzz_see_json(reply.body, reply.body_length);
    http_reply_clear(&reply);
    http_headers_clear(&headers);
    free(text);
    return status;
}

static long call(struct fuzz_player *player, const struct fuzz_app *app,
                 const char *method, const char *end, const json_t *body,
                 json_t **answer)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/_spec/apps/%s%s", app->id, end);
    return fuzz_player_call(player, method, path, body, answer);
}

/* `beside` is what the body says besides options and settings. */
static json_t *put(struct fuzz_player *player, struct fuzz_app *app,
                   const json_t *options, const json_t *settings,
                   json_t *beside, long *status)
{
    json_t *body =
        json_pack("{s:O,s:O}", "options", options, "settings", settings);
    json_t *answer, *seen;

    json_object_update(body, beside);
    *status = call(player, app, "PUT", "", body, &answer);
    app->made = app->made || *status == 201;
    seen = fuzz_see_made(*status, answer);
    json_decref(answer);
    json_decref(body);
    return seen;
}

struct fuzz_app *fuzz_player_app(struct fuzz_player *player, const json_t *step)
{
    return &player->apps[json_object_get(step, "via") ? 1 : 0];
}

/* -------------------------------------------------------------- steps */

/* All apps, so that they stay in step. */
static json_t *play_advance(struct fuzz_player *player, const json_t *step)
{
    json_t *answer, *seen = NULL;
    long status;

    for (size_t i = 0; i < FUZZ_APPS; i++) {
        if (!player->apps[i].made)
            continue;
        status =
            call(player, &player->apps[i], "POST", "/clock", step, &answer);
        json_decref(seen);
        seen = fuzz_see_answer(status, answer);
        json_decref(answer);
        if (status == 200 && i == 0)
            player->now_ms +=
                json_integer_value(json_object_get(step, "advance"));
    }
    return seen ? seen : json_object();
}

const char *fuzz_player_sid(const struct fuzz_player *player, const json_t *sid)
{
    const char *name = json_string_value(json_object_get(sid, "var"));
    const char *text =
        json_string_value(name ? json_object_get(player->vars, name) : sid);

    return text ? text : "nobody";
}

static json_t *play_store(struct fuzz_player *player, const json_t *step)
{
    json_t *body = json_copy(json_object_get(step, "store"));
    const json_t *sid = json_object_get(body, "sid");
    json_t *answer, *seen;
    long status;

    if (sid)
        json_object_set_new(body, "sid",
                            json_string(fuzz_player_sid(player, sid)));
    status = call(player, fuzz_player_app(player, step), "POST", "/store", body,
                  &answer);
    seen = fuzz_see_stored(status, answer);
    json_decref(answer);
    json_decref(body);
    return seen;
}

static json_t *play_fault(struct fuzz_player *player, const json_t *step)
{
    json_t *answer, *seen;
    long status = call(player, fuzz_player_app(player, step), "POST", "/fault",
                       json_object_get(step, "fault"), &answer);

    seen = fuzz_see_answer(status, NULL);
    json_decref(answer);
    return seen;
}

static json_t *play_emit(struct fuzz_player *player, const json_t *step)
{
    json_t *body = json_pack("{s:s,s:O}", "op", "emit", "event",
                             json_object_get(step, "emit"));
    json_t *answer, *seen;
    long status = call(player, fuzz_player_app(player, step), "POST", "/store",
                       body, &answer);

    seen = fuzz_see_answer(status, answer);
    json_decref(answer);
    json_decref(body);
    return seen;
}

/* `*kept` becomes `all`, where the target took it. */
static void keep(json_t **kept, json_t *all, bool taken)
{
    json_decref(taken ? *kept : all);
    if (taken)
        *kept = all;
}

/* Besides other options and settings, a clock that has gone on by "later". */
static json_t *play_restart(struct fuzz_player *player, const json_t *step)
{
    struct fuzz_app *app = fuzz_player_app(player, step);
    const json_t *change = json_object_get(step, "restart");
    const json_t *later = json_object_get(change, "later");
    json_t *options = json_deep_copy(app->options);
    json_t *settings = json_deep_copy(app->settings);
    json_t *beside = json_pack("{s:{s:b}}", "store", "keep", 1), *seen;
    int64_t then_ms = player->now_ms + json_integer_value(later);
    long status;

    fuzz_merge(options, json_object_get(change, "options"));
    fuzz_merge(settings, json_object_get(change, "settings"));
    if (later)
        json_object_set_new(beside, "clock", json_integer(then_ms));
    seen = put(player, app, options, settings, beside, &status);
    keep(&app->options, options, status == 201);
    keep(&app->settings, settings, status == 201);
    if (later && status == 201)
        player->now_ms = then_ms;
    json_decref(beside);
    return seen;
}

/* ---------------------------------------------------------- the scenario */

static json_t *play_step(struct fuzz_player *player, const json_t *step)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (json_object_get(step, verbs[i].verb))
            return verbs[i].play(player, step);
    return json_object();
}

static void add_secrets(json_t *secrets, const json_t *secret)
{
    json_t *one;
    size_t i;

    if (json_is_string(secret) || json_is_object(secret))
        json_array_append(secrets, (json_t *)secret);
    json_array_foreach((json_t *)secret, i, one)
    {
        json_array_append(secrets, one);
    }
}

static void add_app_secrets(json_t *secrets, const json_t *app)
{
    add_secrets(secrets,
                json_object_get(json_object_get(app, "options"), "secret"));
    add_secrets(secrets, json_object_get(json_object_get(app, "settings"),
                                         "cookieParser"));
}

static const json_t *other_app(const json_t *scenario)
{
    return json_object_get(json_object_get(scenario, "apps"), "b");
}

/* All that a scenario's apps may sign with. */
static json_t *all_secrets(const json_t *scenario)
{
    json_t *secrets = json_array(), *step;
    size_t i;

    add_app_secrets(secrets, scenario);
    add_app_secrets(secrets, other_app(scenario));
    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        add_app_secrets(secrets, json_object_get(step, "restart"));
    }
    return secrets;
}

static bool has_fixed_sids(const json_t *app)
{
    return json_is_object(
        json_object_get(json_object_get(app, "options"), "genid"));
}

/* An app whose options fix its IDs has no other ones. */
static bool has_random_sids(const json_t *scenario)
{
    const json_t *other = other_app(scenario);

    return !has_fixed_sids(scenario) || (other && !has_fixed_sids(other));
}

static void play_steps(struct fuzz_player *player, const json_t *scenario)
{
    json_t *step, *answer, *all;
    size_t i;
    long status;

    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        if (player->lost)
            return;
        json_array_append_new(player->steps, play_step(player, step));
        if (player->adrift)
            return;
    }
    all = json_pack("{s:s}", "op", "all");
    status = call(player, &player->apps[0], "POST", "/store", all, &answer);
    json_decref(all);
    json_object_set_new(player->seen, "holds", fuzz_see_stored(status, answer));
    json_decref(answer);
    for (size_t k = 0; k < FUZZ_APPS; k++) {
        if (!player->apps[k].made)
            continue;
        call(player, &player->apps[k], "GET", "/trace?since=0", NULL, &answer);
        fuzz_see_trace(player->seen, answer);
        json_decref(answer);
    }
}

static void begin_app(struct fuzz_app *app, const json_t *source,
                      const char *id, const char *end)
{
    const json_t *options = json_object_get(source, "options");
    const json_t *settings = json_object_get(source, "settings");

    snprintf(app->id, sizeof app->id, "%s%s", id, end);
    app->options = options ? json_deep_copy(options) : json_object();
    app->settings = settings ? json_deep_copy(settings) : json_object();
}

static void begin(struct fuzz_player *player, const json_t *scenario,
                  const char *id)
{
    player->client = http_pool_take(player->side->pool);
    player->base = target_base(player->side->target, false);
    player->tls_base = target_base(player->side->target, true);
    begin_app(&player->apps[0], scenario, id, "");
    begin_app(&player->apps[1], other_app(scenario), id, "-b");
    player->vars = json_object();
    player->now_ms = SCENE_START_MS;
    player->steps = json_array();
    player->seen =
        json_pack("{s:o,s:o}", "steps", player->steps, "events", json_array());
    if (has_random_sids(scenario))
        player->secrets = all_secrets(scenario);
}

static void end(struct fuzz_player *player)
{
    json_t *answer;

    for (size_t i = 0; i < FUZZ_APPS; i++) {
        if (player->apps[i].made || i == 0) {
            call(player, &player->apps[i], "DELETE", "", NULL, &answer);
            json_decref(answer);
        }
        json_decref(player->apps[i].options);
        json_decref(player->apps[i].settings);
    }
    http_pool_give(player->side->pool, player->client);
    for (size_t i = 0; i < FUZZ_CLIENTS; i++)
        jar_clear(&player->jars[i]);
    json_decref(player->secrets);
    json_decref(player->vars);
}

/* The app, and where the scenario has two, the other one on its store; each
 * with the scenario's "store" of what the store lacks. */
static bool make_apps(struct fuzz_player *player, const json_t *scenario)
{
    static const char *const made[FUZZ_APPS] = { "made", "made-b" };
    const size_t count = other_app(scenario) ? 2 : 1;
    long status = 201;

    for (size_t i = 0; i < count && status == 201; i++) {
        struct fuzz_app *app = &player->apps[i];
        json_t *store = json_deep_copy(json_object_get(scenario, "store"));
        json_t *beside =
            json_pack("{s:I,s:o}", "clock", (json_int_t)SCENE_START_MS, "store",
                      store ? store : json_object());

        if (i > 0)
            json_object_set_new(json_object_get(beside, "store"), "same-as",
                                json_string(player->apps[0].id));
        json_object_set_new(
            player->seen, made[i],
            put(player, app, app->options, app->settings, beside, &status));
        json_decref(beside);
    }
    return status == 201;
}

json_t *fuzz_play(const struct fuzz_side *side, const json_t *scenario,
                  const char *app)
{
    struct fuzz_player player = { .side = side };
    json_t *seen;

    begin(&player, scenario, app);
    if (make_apps(&player, scenario))
        play_steps(&player, scenario);
    end(&player);
    seen = player.lost                 ? NULL
           : has_random_sids(scenario) ? fuzz_see_sids(player.seen)
                                       : json_incref(player.seen);
    json_decref(player.seen);
    return seen;
}
