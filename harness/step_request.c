/* step_request.c: `request: METHOD TARGET`: sends a request, judges the reply
 *
 *     - request: POST /cart
 *       as: alice
 *       via: b
 *       https: true
 *       headers: { x-kind: a }
 *       cookie: { signed: { sid: $sid, secret: keyboard cat } }
 *       do: [ { push: { cart: apple } }, { save: } ]
 *       expect: { status: 200, calls: [ get, set, touch ] }
 *       save: { sid: sessionID }
 *
 * In a track: `hold: {gate: op}` stops it at that store call (hold.c).
 */
#include "steps.h"

#include "actions.h"
#include "base/must.h"
#include "expect.h"
#include "foreign.h"
#include "hold.h"
#include "send_cookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DO_HEADER_MAX = 8 * 1024 }; /* bytes; longer lists go as the body */

/* All that a request needs while it is under way. */
struct exchange {
    struct track *track;
    const struct node *step;
    struct scene_app *app;
    struct jar *jar;
    const char *method, *target, *label;
    bool tls;
    struct http_headers headers;
    char *actions; /* JSON, or NULL */
    char *body;    /* of the case, or NULL */
    char *cookie;  /* header, or NULL */
    struct transcript_entry *entry;
};

static bool prepare(struct exchange *exchange, struct fault *fault);
static bool send(struct exchange *exchange);
static void look(struct exchange *exchange, const struct http_reply *reply);
static bool is_lost(const struct exchange *exchange,
                    const struct http_reply *reply);

bool step_request(struct track *track, const struct node *step)
{
    struct exchange exchange = { .track = track, .step = step };
    struct fault fault;
    bool played;

    if (prepare(&exchange, &fault))
        played = send(&exchange) && step_in_time(track, step) &&
                 step_judge(track, step) && step_save(track, step);
    else
        played = scene_stop(track->scene, step, FAULT_LOCAL, &fault);
    http_headers_clear(&exchange.headers);
    free(exchange.actions);
    free(exchange.body);
    free(exchange.cookie);
    return played;
}

/* ------------------------------------------------------------- preparing */

static bool read_line(struct exchange *exchange, struct fault *fault)
{
    struct scene *scene = exchange->track->scene;
    char *line =
        var_text(&scene->vars, node_get(exchange->step, "request"), fault);
    size_t method;

    if (!line)
        return false;
    method = strcspn(line, " ");
    exchange->method = arena_memdup(&scene->arena, line, method);
    exchange->target =
        arena_strdup(&scene->arena, line + method + strspn(line + method, " "));
    free(line);
    if (*exchange->method && *exchange->target)
        return true;
    fault_set(fault, FAULT_LOCAL, "a request is METHOD TARGET");
    return false;
}

/* Of an absolute form what stands behind the host. */
static const char *path_of(const char *target)
{
    const char *host = strstr(target, "://");
    const char *path;

    if (*target == '/' || !host)
        return target;
    path = strchr(host + 3, '/');
    return path ? path : "/";
}

static bool find_cookie(struct exchange *exchange, struct fault *fault)
{
    struct sending sending = { .scene = exchange->track->scene,
                               .app = exchange->app,
                               .jar = exchange->jar,
                               .path = path_of(exchange->target),
                               .tls = exchange->tls };

    return send_cookie(&sending, node_get(exchange->step, "cookie"),
                       &exchange->cookie, fault);
}

static bool find_actions(struct exchange *exchange, struct fault *fault)
{
    const struct node *list = node_get(exchange->step, "do");
    json_t *actions;

    if (!list)
        return true;
    actions = actions_of(&exchange->track->scene->vars, list, fault);
    if (!actions)
        return false;
    exchange->actions = probe_header_json(actions);
    json_decref(actions);
    return true;
}

static bool find_body(struct exchange *exchange, struct fault *fault)
{
    const struct node *body = node_get(exchange->step, "body");

    if (!body)
        return true;
    exchange->body = var_text(&exchange->track->scene->vars, body, fault);
    return exchange->body != NULL;
}

static bool add_headers(struct exchange *exchange, struct fault *fault)
{
    const struct node *headers = node_get(exchange->step, "headers");

    for (size_t i = 0; headers && i < headers->count; i++) {
        const struct node *item = headers->items[i];
        char *value = var_text(&exchange->track->scene->vars, item, fault);

        if (!value)
            return false;
        http_headers_add(&exchange->headers, item->key, value);
        free(value);
    }
    return true;
}

/* Long lists of actions go as the body, which then cannot be the case's. */
static bool add_actions(struct exchange *exchange, struct fault *fault)
{
    if (!exchange->actions)
        return true;
    if (strlen(exchange->actions) <= DO_HEADER_MAX) {
        http_headers_add(&exchange->headers, "Spec-Do", exchange->actions);
        return true;
    }
    if (exchange->body) {
        fault_set(fault, FAULT_LOCAL,
                  "`do` has more than %d bytes, so there can be no `body`",
                  DO_HEADER_MAX);
        return false;
    }
    http_headers_add(&exchange->headers, "Content-Type",
                     "application/spec+json");
    exchange->body = exchange->actions;
    exchange->actions = NULL;
    return true;
}

static const char *wanted_label(const struct exchange *exchange)
{
    const char *label = node_get_text(exchange->step, "label");

    if (exchange->track->label)
        return NULL;
    return label ? label : exchange->track->name;
}

static bool prepare(struct exchange *exchange, struct fault *fault)
{
    struct track *track = exchange->track;
    struct scene *scene = track->scene;
    const struct node *https = node_get(exchange->step, "https");
    const char *as = node_get_text(exchange->step, "as");

    exchange->app = step_app(track, exchange->step);
    exchange->jar = scene_client(scene, as ? as : "default")->jar;
    exchange->tls = https && strcmp(https->text, "true") == 0;
    exchange->label = track->label ? track->label
                                   : scene_label(scene, wanted_label(exchange));
    http_headers_add(&exchange->headers, "Spec-App", exchange->app->id);
    http_headers_add(&exchange->headers, "Spec-Label", exchange->label);
    if (!read_line(exchange, fault) || !find_cookie(exchange, fault) ||
        !find_actions(exchange, fault) || !find_body(exchange, fault) ||
        !add_headers(exchange, fault))
        return false;
    if (exchange->cookie)
        http_headers_add(&exchange->headers, "Cookie", exchange->cookie);
    if (exchange->tls && !scene->tls_base) {
        fault_set(fault, FAULT_LOCAL, "the target has no TLS");
        return false;
    }
    return add_actions(exchange, fault);
}

/* --------------------------------------------------------------- sending */

static void note_request(struct exchange *exchange)
{
    struct scene *scene = exchange->track->scene;
    const char *did =
        arena_printf(&scene->arena, "%s %s%s\n", exchange->method,
                     exchange->target, exchange->tls ? " (TLS)" : "");

    for (size_t i = 0; i < exchange->headers.count; i++) {
        const struct http_header *header = &exchange->headers.list[i];

        if (strcmp(header->name, "Spec-Label") != 0)
            did = arena_printf(&scene->arena, "%s%s: %s\n", did, header->name,
                               header->value);
    }
    if (exchange->body)
        did = arena_printf(&scene->arena, "%s\n%.1000s\n", did, exchange->body);
    exchange->entry = scene_note(scene, exchange->step, "%s", did);
    exchange->entry->app = exchange->app->id;
    exchange->entry->label = exchange->label;
}

static void note_reply(struct exchange *exchange,
                       const struct http_reply *reply)
{
    struct arena *arena = &exchange->track->scene->arena;
    const char *came = "";

    if (reply->status)
        came = arena_printf(arena, "%ld\n", reply->status);
    for (size_t i = 0; i < reply->headers.count; i++) {
        const struct http_header *header = &reply->headers.list[i];

        if (strcasecmp(header->name, "set-cookie") == 0 ||
            strcasecmp(header->name, "location") == 0)
            came = arena_printf(arena, "%s%s: %s\n", came, header->name,
                                header->value);
    }
    if (reply->body_length > 0)
        came = arena_printf(arena, "%s%.1000s\n", came, reply->body);
    if (reply->transport != HTTP_OK)
        came = arena_printf(arena, "%s(%s)\n", came, reply->error);
    exchange->entry->came = came;
}

/* A request that is to be held is watched by a thread of its own meanwhile.
 */
static bool transfer(struct exchange *exchange, struct http_reply *reply)
{
    struct track *track = exchange->track;
    const struct node *gates = node_get(exchange->step, "hold");
    struct http_request request = {
        .method = exchange->method,
        .base = exchange->tls ? track->scene->tls_base : track->scene->base,
        .target = exchange->target,
        .headers = &exchange->headers,
        .body = exchange->body,
        .body_length = exchange->body ? strlen(exchange->body) : 0,
        .timeout_ms = track->probe.timeout_ms
    };
    struct hold hold = { .track = track,
                         .step = exchange->step,
                         .app = exchange->app,
                         .label = exchange->label,
                         .gates = gates };

    if (!gates && !track->turns) {
        probe_send(&track->probe, &request, reply);
        return true;
    }
    request.on_head = hold_head;
    request.on_head_arg = &hold;
    if (!hold_begin(&hold))
        return false;
    probe_send(&track->probe, &request, reply);
    return hold_end(&hold);
}

static bool send(struct exchange *exchange)
{
    struct track *track = exchange->track;
    struct http_reply reply = { 0 };
    struct fault fault;
    bool sent;

    observation_start(&track->seen, exchange->app, scene_now(track->scene));
    track->seen.label = exchange->label;
    track->seen.since = exchange->app->trace.last;
    track->seen.sent_sid =
        send_cookie_sid(exchange->cookie, exchange->app->cookie_name);
    note_request(exchange);
    track_line_up(track);
    sent = transfer(exchange, &reply);
    note_reply(exchange, &reply);
    look(exchange, &reply);
    if (sent && is_lost(exchange, &reply)) {
        fault_set(&fault, FAULT_BROKEN, "%s %s: %s", exchange->method,
                  exchange->target, reply.error);
        sent = scene_stop(track->scene, exchange->step,
                          reply.transport == HTTP_REFUSED   ? FAULT_UNREACHABLE
                          : reply.transport == HTTP_TIMEOUT ? FAULT_TIMEOUT
                                                            : FAULT_BROKEN,
                          &fault);
    }
    http_reply_clear(&reply);
    return sent;
}

/* A case may expect that; else nothing that follows would mean anything. */
static bool is_lost(const struct exchange *exchange,
                    const struct http_reply *reply)
{
    const struct node *expect = node_get(exchange->step, "expect");

    return reply->transport != HTTP_OK && !node_get(expect, "transport");
}

/* --------------------------------------------------------------- looking */

static void keep_cookies(struct exchange *exchange,
                         const struct http_reply *reply)
{
    struct scene *scene = exchange->track->scene;

    for (size_t i = 0; i < reply->headers.count; i++) {
        const struct http_header *header = &reply->headers.list[i];
        struct set_cookie cookie;

        if (strcasecmp(header->name, "set-cookie") != 0 ||
            !set_cookie_parse(&cookie, header->value))
            continue;
        jar_store(exchange->jar, "", path_of(exchange->target), exchange->tls,
                  &cookie, scene_now(scene));
        set_cookie_clear(&cookie);
    }
}

static void look(struct exchange *exchange, const struct http_reply *reply)
{
    struct track *track = exchange->track;

    track->seen.now_ms = scene_now(track->scene);
    observation_reply(&track->seen, reply, exchange->app->cookie_name);
    scene_saw_now(track->scene, track->seen.view);
    foreign_strip(track, exchange->step);
    keep_cookies(exchange, reply);
}
