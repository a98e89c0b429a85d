/* fuzz_exchange.c: the requests of a scenario, as they go over the wire */
#include "fuzz_player.h"

#include "base/must.h"
#include "fuzz_cookie.h"
#include "fuzz_see.h"
#include "probe.h"
#include "setcookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Actions that take more go as the body. */
enum { DO_HEADER_MAX = 8 * 1024 };

static struct jar *jar_of(struct fuzz_player *player, const json_t *step)
{
    return &player->jars[json_object_get(step, "as") ? 1 : 0];
}

/* The path by which a jar chooses. */
static const char *path_of(const struct fuzz_exchange *exchange)
{
    size_t length = strlen(exchange->request.base);

    return strncmp(exchange->target, exchange->request.base, length) == 0
               ? exchange->target + length
               : exchange->target;
}

/* ---------------------------------------------------------- what is sent */

/* The caller frees; NULL for none. */
static char *cookie_of(const struct fuzz_exchange *exchange,
                       struct fuzz_player *player, const json_t *step)
{
    const json_t *cookie = json_object_get(step, "cookie");
    const char *raw = json_string_value(json_object_get(cookie, "raw"));
    const json_t *sign = json_object_get(cookie, "signed");
    const json_t *tampered = json_object_get(cookie, "tampered");
    const char *name = fuzz_cookie_name(fuzz_player_app(player, step)->options);
    char *jar, *text;

    if (json_is_string(cookie))
        return NULL;
    if (raw)
        return strdup(raw);
    if (sign)
        return fuzz_cookie_pair(
            name, fuzz_player_sid(player, json_object_get(sign, "sid")),
            json_object_get(sign, "secret"));
    jar = jar_header(jar_of(player, step), "", path_of(exchange), exchange->tls,
                     player->now_ms);
    if (!tampered || !jar)
        return jar;
    text = fuzz_cookie_tamper(
        jar, name, json_integer_value(json_object_get(tampered, "at")));
    free(jar);
    return text;
}

/* Takes over `text`. */
static void add_actions(struct fuzz_exchange *exchange, char *text)
{
    if (strlen(text) <= DO_HEADER_MAX) {
        http_headers_add(&exchange->headers, "Spec-Do", text);
        free(text);
        return;
    }
    http_headers_add(&exchange->headers, "Content-Type",
                     "application/spec+json");
    free(exchange->body);
    exchange->body = text;
}

static void add_headers(struct fuzz_exchange *exchange,
                        struct fuzz_player *player, const json_t *step,
                        const char *label)
{
    const json_t *actions = json_object_get(step, "do");
    char *cookie = cookie_of(exchange, player, step);
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(step, "headers"), name, value)
    {
        http_headers_add(&exchange->headers, name, json_string_value(value));
    }
    http_headers_add(&exchange->headers, "Spec-App",
                     fuzz_player_app(player, step)->id);
    http_headers_add(&exchange->headers, "Spec-Label", label);
    if (cookie)
        http_headers_add(&exchange->headers, "Cookie", cookie);
    if (actions)
        add_actions(exchange, probe_header_json(actions));
    free(cookie);
}

/* "$base" is the target's own address: an absolute form. */
static char *target_of(const char *text, const char *base)
{
    const char *path = strncmp(text, "$base", strlen("$base")) == 0
                           ? text + strlen("$base")
                           : NULL;
    size_t size = strlen(text) + strlen(base) + 1;
    char *target = malloc(size);

    must(target);
    snprintf(target, size, "%s%s", path ? base : "", path ? path : text);
    return target;
}

void fuzz_exchange_begin(struct fuzz_exchange *exchange,
                         struct fuzz_player *player, const json_t *step,
                         const char *label)
{
    const char *line = json_string_value(json_object_get(step, "request"));
    const char *body = json_string_value(json_object_get(step, "body"));
    size_t length = strcspn(line, " ");

    memset(exchange, 0, sizeof *exchange);
    exchange->client = player->client;
    exchange->tls =
        json_is_true(json_object_get(step, "https")) && player->tls_base;
    exchange->request.base = exchange->tls ? player->tls_base : player->base;
    exchange->method = strndup(line, length);
    exchange->target = target_of(line[length] ? line + length + 1 : "/",
                                 exchange->request.base);
    exchange->body = body ? strdup(body) : NULL;
    must(exchange->method && (exchange->body || !body));
    add_headers(exchange, player, step, label);
    exchange->request.method = exchange->method;
    exchange->request.target = exchange->target;
    exchange->request.headers = &exchange->headers;
    exchange->request.body = exchange->body;
    exchange->request.body_length = exchange->body ? strlen(exchange->body) : 0;
    exchange->request.timeout_ms = FUZZ_TIMEOUT_MS;
    exchange->reply.transport = HTTP_RESET; /* until it is sent */
}

void fuzz_exchange_send(struct fuzz_exchange *exchange)
{
    http_send(exchange->client, &exchange->request, &exchange->reply);
}

/* ------------------------------------------------------------ what came */

static void keep_cookies(const struct fuzz_exchange *exchange,
                         struct fuzz_player *player, const json_t *step)
{
    const struct http_headers *headers = &exchange->reply.headers;

    for (size_t i = 0; i < headers->count; i++) {
        struct set_cookie cookie;

        if (strcasecmp(headers->list[i].name, "set-cookie") != 0 ||
            !set_cookie_parse(&cookie, headers->list[i].value))
            continue;
        jar_store(jar_of(player, step), "", path_of(exchange), exchange->tls,
                  &cookie, player->now_ms);
        set_cookie_clear(&cookie);
    }
}

static void save_sid(struct fuzz_player *player, const json_t *step,
                     const json_t *seen)
{
    const char *name = json_string_value(json_object_get(step, "save"));
    json_t *sid = json_object_get(json_object_get(seen, "answer"), "sessionID");

    if (name && json_is_string(sid))
        json_object_set(player->vars, name, sid);
}

json_t *fuzz_exchange_end(struct fuzz_exchange *exchange,
                          struct fuzz_player *player, const json_t *step)
{
    json_t *seen = fuzz_see_reply(&exchange->reply, player->secrets);

    player->lost = player->lost || exchange->reply.transport == HTTP_REFUSED;
    /* How much of a head came before the end is chance. */
    if (exchange->reply.transport == HTTP_OK)
        keep_cookies(exchange, player, step);
    save_sid(player, step, seen);
    http_reply_clear(&exchange->reply);
    http_headers_clear(&exchange->headers);
    free(exchange->method);
    free(exchange->target);
    free(exchange->body);
    return seen;
}

json_t *fuzz_play_request(struct fuzz_player *player, const json_t *step)
{
    struct fuzz_exchange exchange;
    char label[32];

    snprintf(label, sizeof label, "r%zu", json_array_size(player->steps));
    fuzz_exchange_begin(&exchange, player, step, label);
    fuzz_exchange_send(&exchange);
    return fuzz_exchange_end(&exchange, player, step);
}
