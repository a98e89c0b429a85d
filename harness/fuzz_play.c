/* fuzz_play.c: plays a scenario on one target, and keeps all that is seen */
#include "fuzz_play.h"

#include "base/must.h"
#include "fuzz_cookie.h"
#include "fuzz_make.h"
#include "fuzz_see.h"
#include "jar.h"
#include "probe.h"
#include "scene.h"
#include "setcookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An exchange that takes longer hangs. */
#define FUZZ_TIMEOUT_MS 5000L

enum { CLIENTS = 2, PATH_SIZE = 128 };

struct player {
    const struct fuzz_side *side;
    const char *app, *base, *tls_base;
    struct http_client *client;
    json_t *options, *settings; /* by now */
    json_t *secrets; /* of random IDs: all that may have signed; else NULL */
    json_t *vars;
    struct jar jars[CLIENTS]; /* of the client itself, and of bob */
    int64_t now_ms;
    json_t *seen, *steps;
    bool lost;
};

static json_t *play_request(struct player *player, const json_t *step);
static json_t *play_advance(struct player *player, const json_t *step);
static json_t *play_store(struct player *player, const json_t *step);
static json_t *play_fault(struct player *player, const json_t *step);
static json_t *play_emit(struct player *player, const json_t *step);
static json_t *play_restart(struct player *player, const json_t *step);

static const struct {
    const char *verb;
    json_t *(*play)(struct player *player, const json_t *step);
} verbs[] = {
    { "request", play_request }, { "advance", play_advance },
    { "store", play_store },     { "fault", play_fault },
    { "emit", play_emit },       { "restart", play_restart },
};

/* ------------------------------------------------------- calls of the probe */

/* The status; `*answer` is a new reference, or NULL. */
static long call(struct player *player, const char *method, const char *end,
                 const json_t *body, json_t **answer)
{
    char path[PATH_SIZE];
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

    snprintf(path, sizeof path, "/_spec/apps/%s%s", player->app, end);
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

static json_t *put(struct player *player, const json_t *options,
                   const json_t *settings, json_t *store, long *status)
{
    json_t *body =
        json_pack("{s:O,s:O}", "options", options, "settings", settings);
    json_t *answer, *seen;

    if (json_object_size(store) > 0)
        json_object_set(body, "store", store);
    if (!json_object_get(store, "keep"))
        json_object_set_new(body, "clock", json_integer(SCENE_START_MS));
    *status = call(player, "PUT", "", body, &answer);
    seen = fuzz_see_made(*status, answer);
    json_decref(answer);
    json_decref(body);
    return seen;
}

/* -------------------------------------------------------------- steps */

static json_t *play_advance(struct player *player, const json_t *step)
{
    json_t *answer, *seen;
    long status = call(player, "POST", "/clock", step, &answer);

    if (status == 200)
        player->now_ms += json_integer_value(json_object_get(step, "advance"));
    seen = fuzz_see_answer(status, answer);
    json_decref(answer);
    return seen;
}

/* The text that a sid is by now. */
static const char *sid_text(const struct player *player, const json_t *sid)
{
    const char *name = json_string_value(json_object_get(sid, "var"));
    const char *text =
        json_string_value(name ? json_object_get(player->vars, name) : sid);

    return text ? text : "nobody";
}

static json_t *play_store(struct player *player, const json_t *step)
{
    json_t *body = json_copy(json_object_get(step, "store"));
    const json_t *sid = json_object_get(body, "sid");
    json_t *answer, *seen;
    long status;

    if (sid)
        json_object_set_new(body, "sid", json_string(sid_text(player, sid)));
    status = call(player, "POST", "/store", body, &answer);
    seen = fuzz_see_stored(status, answer);
    json_decref(answer);
    json_decref(body);
    return seen;
}

static json_t *play_fault(struct player *player, const json_t *step)
{
    json_t *answer, *seen;
    long status =
        call(player, "POST", "/fault", json_object_get(step, "fault"), &answer);

    seen = fuzz_see_answer(status, NULL);
    json_decref(answer);
    return seen;
}

static json_t *play_emit(struct player *player, const json_t *step)
{
    json_t *body = json_pack("{s:s,s:O}", "op", "emit", "event",
                             json_object_get(step, "emit"));
    json_t *answer, *seen;
    long status = call(player, "POST", "/store", body, &answer);

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

static json_t *play_restart(struct player *player, const json_t *step)
{
    const json_t *change = json_object_get(step, "restart");
    json_t *options = json_deep_copy(player->options);
    json_t *settings = json_deep_copy(player->settings);
    json_t *store = json_pack("{s:b}", "keep", 1), *seen;
    long status;

    fuzz_merge(options, json_object_get(change, "options"));
    fuzz_merge(settings, json_object_get(change, "settings"));
    seen = put(player, options, settings, store, &status);
    keep(&player->options, options, status == 201);
    keep(&player->settings, settings, status == 201);
    json_decref(store);
    return seen;
}

/* ------------------------------------------------------------- a request */

static struct jar *jar_of(struct player *player, const json_t *step)
{
    return &player->jars[json_object_get(step, "as") ? 1 : 0];
}

/* The caller frees; NULL for none. */
static char *cookie_of(struct player *player, const json_t *step,
                       const char *target, bool tls)
{
    const json_t *cookie = json_object_get(step, "cookie");
    const char *raw = json_string_value(json_object_get(cookie, "raw"));
    const json_t *sign = json_object_get(cookie, "signed");
    const json_t *tampered = json_object_get(cookie, "tampered");
    const char *name = fuzz_cookie_name(player->options);
    char *jar, *text;

    if (json_is_string(cookie))
        return NULL;
    if (raw)
        return strdup(raw);
    if (sign)
        return fuzz_cookie_pair(name,
                                sid_text(player, json_object_get(sign, "sid")),
                                json_object_get(sign, "secret"));
    jar = jar_header(jar_of(player, step), "", target, tls, player->now_ms);
    if (!tampered || !jar)
        return jar;
    text = fuzz_cookie_tamper(
        jar, name, json_integer_value(json_object_get(tampered, "at")));
    free(jar);
    return text;
}

static void add_headers(struct player *player, const json_t *step,
                        const char *cookie, struct http_headers *headers)
{
    const json_t *actions = json_object_get(step, "do");
    char label[32];
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(step, "headers"), name, value)
    {
        http_headers_add(headers, name, json_string_value(value));
    }
    snprintf(label, sizeof label, "r%zu", json_array_size(player->steps));
    http_headers_add(headers, "Spec-App", player->app);
    http_headers_add(headers, "Spec-Label", label);
    if (cookie)
        http_headers_add(headers, "Cookie", cookie);
    if (actions) {
        char *text = probe_header_json(actions);

        http_headers_add(headers, "Spec-Do", text);
        free(text);
    }
}

static void keep_cookies(struct player *player, const json_t *step,
                         const char *target, bool tls,
                         const struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct set_cookie cookie;

        if (strcasecmp(headers->list[i].name, "set-cookie") != 0 ||
            !set_cookie_parse(&cookie, headers->list[i].value))
            continue;
        jar_store(jar_of(player, step), "", target, tls, &cookie,
                  player->now_ms);
        set_cookie_clear(&cookie);
    }
}

static void save_sid(struct player *player, const json_t *step,
                     const json_t *seen)
{
    const char *name = json_string_value(json_object_get(step, "save"));
    json_t *sid = json_object_get(json_object_get(seen, "answer"), "sessionID");

    if (name && json_is_string(sid))
        json_object_set(player->vars, name, sid);
}

static json_t *play_request(struct player *player, const json_t *step)
{
    const char *line = json_string_value(json_object_get(step, "request"));
    size_t length = strcspn(line, " ");
    const char *target = line[length] ? line + length + 1 : "/";
    bool tls = json_is_true(json_object_get(step, "https")) && player->tls_base;
    char *method = strndup(line, length);
    char *cookie = cookie_of(player, step, target, tls);
    struct http_headers headers = { 0 };
    struct http_reply reply = { 0 };
    struct http_request request = { .method = method,
                                    .base =
                                        tls ? player->tls_base : player->base,
                                    .target = target,
                                    .headers = &headers,
                                    .timeout_ms = FUZZ_TIMEOUT_MS };
    json_t *seen;

    must(method);
    add_headers(player, step, cookie, &headers);
    http_send(player->client, &request, &reply);
    player->lost = player->lost || reply.transport == HTTP_REFUSED;
    seen = fuzz_see_reply(&reply, player->secrets);
    /* How much of a head came before the end is chance. */
    if (reply.transport == HTTP_OK)
        keep_cookies(player, step, target, tls, &reply.headers);
    save_sid(player, step, seen);
    http_reply_clear(&reply);
    http_headers_clear(&headers);
    free(cookie);
    free(method);
    return seen;
}

/* ---------------------------------------------------------- the scenario */

static json_t *play_step(struct player *player, const json_t *step)
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

/* All that a scenario's apps may sign with. */
static json_t *all_secrets(const json_t *scenario)
{
    json_t *secrets = json_array(), *step;
    size_t i;

    add_secrets(secrets, json_object_get(json_object_get(scenario, "options"),
                                         "secret"));
    add_secrets(secrets, json_object_get(json_object_get(scenario, "settings"),
                                         "cookieParser"));
    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        add_secrets(
            secrets,
            json_object_get(
                json_object_get(json_object_get(step, "restart"), "options"),
                "secret"));
    }
    return secrets;
}

/* An app whose options fix its IDs has no other ones. */
static bool has_random_sids(const json_t *scenario)
{
    return !json_is_object(
        json_object_get(json_object_get(scenario, "options"), "genid"));
}

static void play_steps(struct player *player, const json_t *scenario)
{
    json_t *step, *answer, *all;
    size_t i;
    long status;

    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        if (player->lost)
            return;
        json_array_append_new(player->steps, play_step(player, step));
    }
    all = json_pack("{s:s}", "op", "all");
    status = call(player, "POST", "/store", all, &answer);
    json_decref(all);
    json_object_set_new(player->seen, "holds", fuzz_see_stored(status, answer));
    json_decref(answer);
    call(player, "GET", "/trace?since=0", NULL, &answer);
    fuzz_see_trace(player->seen, answer);
    json_decref(answer);
}

static void begin(struct player *player, const json_t *scenario)
{
    json_t *settings = json_object_get(scenario, "settings");

    player->client = http_pool_take(player->side->pool);
    player->base = target_base(player->side->target, false);
    player->tls_base = target_base(player->side->target, true);
    player->options = json_deep_copy(json_object_get(scenario, "options"));
    player->settings = settings ? json_deep_copy(settings) : json_object();
    player->vars = json_object();
    player->now_ms = SCENE_START_MS;
    player->steps = json_array();
    player->seen =
        json_pack("{s:o,s:o}", "steps", player->steps, "events", json_array());
    if (!player->options)
        player->options = json_object();
    if (has_random_sids(scenario))
        player->secrets = all_secrets(scenario);
}

static void end(struct player *player)
{
    json_t *answer;

    call(player, "DELETE", "", NULL, &answer);
    json_decref(answer);
    http_pool_give(player->side->pool, player->client);
    for (size_t i = 0; i < CLIENTS; i++)
        jar_clear(&player->jars[i]);
    json_decref(player->options);
    json_decref(player->settings);
    json_decref(player->secrets);
    json_decref(player->vars);
}

json_t *fuzz_play(const struct fuzz_side *side, const json_t *scenario,
                  const char *app)
{
    struct player player = { .side = side, .app = app };
    json_t *made, *seen;
    long status;

    begin(&player, scenario);
    made = put(&player, player.options, player.settings,
               json_object_get(scenario, "store"), &status);
    if (status == 201)
        play_steps(&player, scenario);
    json_object_set_new(player.seen, "made", made);
    end(&player);
    seen = player.lost                 ? NULL
           : has_random_sids(scenario) ? fuzz_see_sids(player.seen)
                                       : json_incref(player.seen);
    json_decref(player.seen);
    return seen;
}
