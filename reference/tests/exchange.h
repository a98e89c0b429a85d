/* exchange.h: requests to an app without an HTTP server
 *
 * What the client gets is written down byte by byte, with the outcome that
 * the app's latest store call had at that moment: so a test sees what goes
 * out before a write is done.
 */
#ifndef REFERENCE_TESTS_EXCHANGE_H
#define REFERENCE_TESTS_EXCHANGE_H

#include "../apps.h"
#include "../handler.h"
#include "json_help.h"

#include <stdio.h>

struct exchange {
    struct app *app; /* whose trace is looked at; NULL for none */
    char sent[8192]; /* all of it */
    size_t length;
    char *before;   /* what was sent while the last call was pending */
    char *calls;    /* "get:hit set:ok" and kinds of events */
    json_t *answer; /* the body, where it is JSON */
};

static inline json_t *events_of(struct app *app, uint64_t since)
{
    json_t *all = trace_since(app->trace, since);
    json_t *events = json_incref(json_object_get(all, "events"));

    json_decref(all);
    return events;
}

static inline const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static inline bool call_is_pending(struct app *app)
{
    json_t *events = events_of(app, 0);
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    bool pending =
        json_object_get(last, "op") && !json_object_get(last, "outcome");

    json_decref(events);
    return pending;
}

static inline int take_bytes(void *arg, const char *bytes, size_t length)
{
    struct exchange *exchange = arg;

    assert_true(exchange->length + length < sizeof exchange->sent);
    memcpy(exchange->sent + exchange->length, bytes, length);
    exchange->length += length;
    exchange->sent[exchange->length] = '\0';
    if (exchange->app && call_is_pending(exchange->app)) {
        free(exchange->before);
        exchange->before = strdup(exchange->sent);
    }
    return 0;
}

static inline char *calls_since(struct app *app, uint64_t since)
{
    json_t *events = events_of(app, since), *event;
    char *text = NULL;
    size_t size, index;
    FILE *out = open_memstream(&text, &size);

    json_array_foreach(events, index, event)
    {
        if (index > 0)
            fputc(' ', out);
        if (json_object_get(event, "op"))
            fprintf(out, "%s:%s", text_of(event, "op"),
                    text_of(event, "outcome"));
        else
            fputs(text_of(event, "event"), out);
    }
    fclose(out);
    json_decref(events);
    return text;
}

static inline void put_app(struct apps *apps, const char *id, const char *text)
{
    json_t *body = json_of(text), *answer = NULL;
    struct js_error error;
    int status = apps_put(apps, id, body, &answer, &error);

    if (status != 201)
        print_error("PUT: %d %s\n", status, error.message);
    assert_int_equal(status, 201);
    json_decref(body);
    json_decref(answer);
}

/* A request to the app "a". `actions` have single quotes; `cookie` and
 * `proto`, X-Forwarded-Proto, may be NULL. What is in `exchange` is the
 * caller's: exchange_clear. */
static inline void exchange_by_proxy(struct apps *apps,
                                     struct exchange *exchange,
                                     const char *method, const char *target,
                                     const char *actions, const char *cookie,
                                     const char *proto)
{
    json_t *list = json_of(actions);
    char *text = jsjson_stringify(list, NULL);
    struct request_header headers[4] = { { "Spec-App", "a" },
                                         { "Spec-Do", text } };
    struct request request = { .method = method,
                               .target = target,
                               .headers = headers,
                               .header_count = 2,
                               .body = "" };
    struct response response;
    json_t *before;
    const char *body;

    if (cookie)
        headers[request.header_count++] =
            (struct request_header){ "Cookie", cookie };
    if (proto)
        headers[request.header_count++] =
            (struct request_header){ "X-Forwarded-Proto", proto };
    memset(exchange, 0, sizeof *exchange);
    exchange->app = apps_hold(apps, "a");
    before = exchange->app ? events_of(exchange->app, 0) : NULL;
    response_init(&response, strcmp(method, "HEAD") == 0, take_bytes, exchange);
    handler_run(apps, &request, &response);
    assert_true(response.ended);
    response_clear(&response);
    if (exchange->app)
        exchange->calls = calls_since(exchange->app, json_array_size(before));
    body = strstr(exchange->sent, "\r\n\r\n");
    if (body)
        exchange->answer = jsjson_parse(body + 4, strlen(body + 4), NULL);
    json_decref(before);
    json_decref(list);
    free(text);
}

static inline void exchange_on(struct apps *apps, struct exchange *exchange,
                               const char *method, const char *target,
                               const char *actions, const char *cookie)
{
    exchange_by_proxy(apps, exchange, method, target, actions, cookie, NULL);
}

static inline void exchange_clear(struct exchange *exchange)
{
    app_release(exchange->app);
    json_decref(exchange->answer);
    free(exchange->before);
    free(exchange->calls);
}

/* "name=value" of the first Set-Cookie that was sent, or NULL; the
 * caller's. */
static inline char *cookie_sent(const struct exchange *exchange)
{
    static const char header[] = "\r\nSet-Cookie: ";
    const char *at = strstr(exchange->sent, header);

    if (!at)
        return NULL;
    at += sizeof header - 1;
    return strndup(at, strcspn(at, ";\r"));
}

#endif
