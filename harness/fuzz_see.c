/* fuzz_see.c: what a target said, in a form that two can be compared by */
#include "fuzz_see.h"

#include "base/must.h"
#include "fuzz_cookie.h"
#include "probe.h"
#include "setcookie.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The headers that are compared, besides Set-Cookie. */
static const char *const compared[] = {
    "content-type",   "location",          "x-a", "x-b", "allow", "vary",
    "content-length", "transfer-encoding", NULL
};

static const char *const transports[] = { [HTTP_OK] = "ok",
                                          [HTTP_REFUSED] = "refused",
                                          [HTTP_RESET] = "reset",
                                          [HTTP_TIMEOUT] = "timeout" };

/* As a header is read: what is no ASCII is Latin-1. */
static json_t *latin1_of(const char *bytes, size_t length)
{
    char *wide = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&wide, &size);
    json_t *text;

    must(to);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte >= 0x80)
            fputc(0xC0 | byte >> 6, to);
        fputc(byte < 0x80 ? byte : 0x80 | (byte & 0x3F), to);
    }
    must(fclose(to) == 0);
    text = json_stringn(wide, size);
    free(wide);
    must(text);
    return text;
}

/* Bytes that are no UTF-8 are taken for Latin-1. */
static json_t *text_of(const char *bytes, size_t length)
{
    json_t *text = json_stringn(bytes, length);

    return text ? text : latin1_of(bytes, length);
}

/* The largest number up to which a double holds every integer. */
#define SAFE_INTEGER 9007199254740992.0

static json_t *settled(const json_t *value)
{
    double real = json_number_value(value);
    bool is_safe = real <= SAFE_INTEGER && real >= -SAFE_INTEGER;
    json_t *copy, *item;
    const char *key;
    size_t i;

    if (json_is_integer(value) && !is_safe)
        return json_real(real);
    if (json_is_real(value) && is_safe && (double)(json_int_t)real == real &&
        !(real == 0 && signbit(real)))
        return json_integer((json_int_t)real);
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, item)
        {
            json_array_append_new(copy, settled(item));
        }
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, item)
    {
        json_object_set_new(copy, key, settled(item));
    }
    return copy;
}

json_t *fuzz_see_json(const char *text, size_t length)
{
    json_t *value = probe_json(text, length);
    json_t *copy = value ? settled(value) : NULL;

    json_decref(value);
    return copy;
}

/* A session with its cookie first: a store keeps the two apart, so that the
 * place of the one among the others is lost. */
static json_t *cookie_first(const json_t *session)
{
    json_t *cookie = json_object_get(session, "cookie"), *copy;

    if (!cookie)
        return json_deep_copy(session);
    copy = json_object();
    json_object_set_new(copy, "cookie", json_deep_copy(cookie));
    json_object_update_missing(copy, (json_t *)session);
    return copy;
}

/* --------------------------------------------------------------- replies */

static bool is_signed_by_one(const char *value, const json_t *secrets)
{
    json_t *secret;
    size_t i;

    json_array_foreach((json_t *)secrets, i, secret)
    {
        size_t length;
        char *bytes = fuzz_secret_bytes(secret, &length);
        bool fits = bytes && signed_value_verify(value, bytes, length);

        free(bytes);
        if (fits)
            return true;
    }
    return false;
}

/* The signature of a random ID is random too: what counts is whose it is. */
static char *without_signature(const char *header, const json_t *secrets)
{
    struct set_cookie cookie;
    char *sid = NULL, *text = NULL;
    size_t size = 0;
    FILE *to;

    if (!set_cookie_parse(&cookie, header))
        return NULL;
    if (signed_value_sid(cookie.value, &sid)) {
        to = open_memstream(&text, &size);
        must(to);
        fprintf(to, "%s=s:%s.(%s)%s", cookie.name, sid,
                is_signed_by_one(cookie.value, secrets) ? "signed" : "unsigned",
                header + strcspn(header, ";"));
        must(fclose(to) == 0);
    }
    free(sid);
    set_cookie_clear(&cookie);
    return text;
}

static json_t *see_cookies(const struct http_headers *headers,
                           const json_t *secrets)
{
    json_t *cookies = json_array();

    for (size_t i = 0; i < headers->count; i++) {
        const struct http_header *header = &headers->list[i];
        char *shown = NULL;

        if (strcasecmp(header->name, "set-cookie") != 0)
            continue;
        if (secrets)
            shown = without_signature(header->value, secrets);
        json_array_append_new(cookies,
                              latin1_of(shown ? shown : header->value,
                                        strlen(shown ? shown : header->value)));
        free(shown);
    }
    return cookies;
}

static json_t *see_headers(const struct http_headers *headers)
{
    json_t *seen = json_object();

    for (size_t i = 0; compared[i]; i++) {
        const char *value = http_headers_get(headers, compared[i]);

        if (value)
            json_object_set_new(seen, compared[i],
                                latin1_of(value, strlen(value)));
    }
    return seen;
}

/* Of an exchange that broke off, how much of it had come is chance. */
json_t *fuzz_see_reply(const struct http_reply *reply, const json_t *secrets)
{
    json_t *seen =
        json_pack("{s:s}", "transport", transports[reply->transport]);
    json_t *answer;

    if (reply->transport != HTTP_OK)
        return seen;
    answer = fuzz_see_json(reply->body, reply->body_length);
    json_object_set_new(seen, "status", json_integer(reply->status));
    json_object_set_new(seen, "set-cookie",
                        see_cookies(&reply->headers, secrets));
    if (json_is_object(answer))
        json_object_set(seen, "answer", answer);
    json_object_set_new(seen, "calls", json_array());
    json_object_set_new(seen, "headers", see_headers(&reply->headers));
    json_object_set_new(seen, "text", text_of(reply->body, reply->body_length));
    json_decref(answer);
    return seen;
}

/* ---------------------------------------------------------- other answers */

/* A refusal's words are the target's own, but for what express-session says
 * of its options. */
json_t *fuzz_see_answer(long status, const json_t *answer)
{
    json_t *seen = json_pack("{s:i}", "status", (int)status);

    if (status == 200 && answer)
        json_object_set_new(seen, "answer", json_deep_copy(answer));
    return seen;
}

static int by_text(const void *one, const void *other)
{
    const json_t *const *a = one, *const *b = other;

    return strcmp(json_string_value(*a), json_string_value(*b));
}

/* A new list. */
static json_t *in_order(const json_t *items,
                        int (*compare)(const void *, const void *))
{
    size_t count = json_array_size(items), i;
    json_t **list = calloc(count + 1, sizeof *list), *one;
    json_t *ordered = json_array();

    must(list);
    json_array_foreach((json_t *)items, i, one)
    {
        list[i] = one;
    }
    qsort(list, count, sizeof *list, compare);
    for (i = 0; i < count; i++)
        json_array_append(ordered, list[i]);
    free(list);
    return ordered;
}

static bool are_texts(const json_t *list)
{
    json_t *one;
    size_t i;

    json_array_foreach((json_t *)list, i, one)
    {
        if (!json_is_string(one))
            return false;
    }
    return json_is_array(list);
}

json_t *fuzz_see_made(long status, const json_t *answer)
{
    json_t *seen = json_pack("{s:i}", "status", (int)status);
    const json_t *operations =
        json_object_get(json_object_get(answer, "store"), "operations");
    json_t *error = json_object_get(answer, "error");
    json_t *warnings = json_object_get(answer, "warnings");

    if (status == 422 && error)
        json_object_set_new(seen, "error", json_deep_copy(error));
    if (warnings)
        json_object_set_new(seen, "warnings", json_deep_copy(warnings));
    if (are_texts(operations))
        json_object_set_new(seen, "operations", in_order(operations, by_text));
    return seen;
}

static int by_sid(const void *one, const void *other)
{
    const json_t *const *a = one, *const *b = other;
    const char *x = json_string_value(json_object_get(*a, "sid"));
    const char *y = json_string_value(json_object_get(*b, "sid"));

    return strcmp(x ? x : "", y ? y : "");
}

json_t *fuzz_see_in_order(const json_t *sessions)
{
    return in_order(sessions, by_sid);
}

static json_t *see_all(const json_t *sessions)
{
    json_t *seen = json_array(), *one, *ordered;
    size_t i;

    json_array_foreach((json_t *)sessions, i, one)
    {
        json_t *session = cookie_first(json_object_get(one, "session"));

        json_array_append_new(seen, json_pack("{s:O*,s:o*}", "sid",
                                              json_object_get(one, "sid"),
                                              "session", session));
    }
    ordered = fuzz_see_in_order(seen);
    json_decref(seen);
    return ordered;
}

/* Its shape is a documented divergence. */
json_t *fuzz_see_stored(long status, const json_t *answer)
{
    json_t *seen = fuzz_see_answer(status, answer);
    json_t *shown = json_object_get(seen, "answer");
    const json_t *session = json_object_get(shown, "session");
    const json_t *sessions = json_object_get(shown, "sessions");

    if (session)
        json_object_set_new(shown, "session", cookie_first(session));
    if (sessions)
        json_object_set_new(shown, "sessions", see_all(sessions));
    json_object_del(shown, "shape");
    return seen;
}

/* ----------------------------------------------------------------- traces */

static json_t *picked(const json_t *event, const char *const *names)
{
    json_t *seen = json_object();

    for (; *names; names++) {
        json_t *value = json_object_get(event, *names);

        if (value && strcmp(*names, "session") == 0)
            json_object_set_new(seen, *names, cookie_first(value));
        else if (value)
            json_object_set_new(seen, *names, json_deep_copy(value));
    }
    return seen;
}

static int by_event(const void *one, const void *other)
{
    static const char *const members[] = { "event", "text", "op", NULL };
    const json_t *const *a = one, *const *b = other;
    int order = 0;

    for (size_t i = 0; !order && members[i]; i++) {
        const char *x = json_string_value(json_object_get(*a, members[i]));
        const char *y = json_string_value(json_object_get(*b, members[i]));

        order = strcmp(x ? x : "", y ? y : "");
    }
    return order;
}

/* Of several requests at once the label says whose call it is. */
static json_t *see_call(const json_t *event)
{
    static const char *const shown[] = { "op", "sid", "session", "outcome",
                                         NULL };
    const char *label = json_string_value(json_object_get(event, "request"));
    json_t *seen = picked(event, shown);

    if (label && label[strspn(label, "r0123456789")])
        json_object_set(seen, "request", json_object_get(event, "request"));
    return seen;
}

/* What a process of Node's alone can tell: no server in C throws. */
static bool is_of_node(const json_t *event)
{
    static const char *const words[] = { "uncaught-exception", "thrown",
                                         "options-mutated", NULL };
    const char *word = json_string_value(json_object_get(event, "event"));

    for (size_t i = 0; word && words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

void fuzz_see_trace(json_t *seen, const json_t *trace)
{
    static const char *const of_event[] = { "event", "text", "op", NULL };
    json_t *steps = json_object_get(seen, "steps");
    json_t *events = json_object_get(seen, "events"), *event;
    size_t i;

    json_array_foreach(json_object_get(trace, "events"), i, event)
    {
        const char *label =
            json_string_value(json_object_get(event, "request"));
        json_t *step = label && *label == 'r'
                           ? json_array_get(steps, strtoul(label + 1, NULL, 10))
                           : NULL;

        if (is_of_node(event))
            continue;
        if (json_object_get(event, "event"))
            json_array_append_new(events, picked(event, of_event));
        else if (json_object_get(step, "calls"))
            json_array_append_new(json_object_get(step, "calls"),
                                  see_call(event));
        else if (step) { /* of one that broke off */
            json_object_set_new(step, "calls", json_array());
            json_array_append_new(json_object_get(step, "calls"),
                                  see_call(event));
        } else
            json_array_append_new(events, see_call(event));
    }
    /* Errors of the end come when they come: a turn after the answer. */
    json_object_set_new(seen, "events", in_order(events, by_event));
}
