/* observation.c: what a step saw, in one form for requests, stores, restarts */
#include "observation.h"

#include "probe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const transport_words[] = {
    [HTTP_OK] = "ok",
    [HTTP_REFUSED] = "refused",
    [HTTP_RESET] = "reset",
    [HTTP_TIMEOUT] = "timeout",
};

void observation_start(struct observation *seen, struct scene_app *app,
                       int64_t now_ms)
{
    observation_clear(seen);
    seen->view = json_object();
    seen->app = app;
    seen->now_ms = now_ms;
}

void observation_clear(struct observation *seen)
{
    json_decref(seen->view);
    free(seen->sent_sid);
    if (seen->has_cookie)
        set_cookie_clear(&seen->cookie);
    memset(seen, 0, sizeof *seen);
}

/* Text that may be no UTF-8: then its bytes are taken for Latin-1, so that
 * something can be shown and compared. */
static json_t *any_text(const char *bytes, size_t length)
{
    json_t *text = json_stringn(bytes, length);
    char *wide;
    size_t used = 0;

    if (text)
        return text;
    wide = malloc(length * 2 + 1);
    for (size_t i = 0; wide && i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte < 0x80) {
            wide[used++] = (char)byte;
        } else {
            wide[used++] = (char)(0xC0 | byte >> 6);
            wide[used++] = (char)(0x80 | (byte & 0x3F));
        }
    }
    text = wide ? json_stringn(wide, used) : json_string("");
    free(wide);
    return text;
}

static void view_header(json_t *headers, const struct http_header *header)
{
    char *name = strdup(header->name);
    json_t *values;

    for (char *c = name; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    values = name ? json_object_get(headers, name) : NULL;
    if (name && !values) {
        values = json_array();
        json_object_set_new(headers, name, values);
    }
    json_array_append_new(values,
                          any_text(header->value, strlen(header->value)));
    free(name);
}

static void view_set_cookie(struct observation *seen, const char *header,
                            const char *cookie_name)
{
    struct set_cookie cookie;

    if (!set_cookie_parse(&cookie, header))
        return;
    if (seen->has_cookie || strcmp(cookie.name, cookie_name) != 0) {
        set_cookie_clear(&cookie);
        return;
    }
    seen->has_cookie = true;
    seen->cookie = cookie;
    json_object_set_new(seen->view, "set-cookie",
                        any_text(cookie.value, strlen(cookie.value)));
}

/* A session as a store gives it has its cookie in it. */
static void view_session(json_t *view, const json_t *session)
{
    json_t *data = json_copy((json_t *)session);
    json_t *cookie = json_object_get(session, "cookie");

    if (cookie)
        json_object_set(view, "cookie", cookie);
    if (json_is_object(data))
        json_object_del(data, "cookie");
    json_object_set_new(view, "session", data);
}

static void view_cookie_fields(json_t *view)
{
    static const char *const fields[] = { "maxAge", "originalMaxAge",
                                          "expires" };
    const json_t *cookie = json_object_get(view, "cookie");

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        json_t *value = json_object_get(cookie, fields[i]);

        if (value)
            json_object_set(view, fields[i], value);
    }
}

static void view_members(json_t *view, const json_t *answer)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)answer, key, value)
    {
        if (!json_object_get(view, key))
            json_object_set(view, key, value);
    }
}

void observation_reply(struct observation *seen, const struct http_reply *reply,
                       const char *cookie_name)
{
    json_t *headers = json_object();
    json_t *body = probe_json(reply->body, reply->body_length);
    const json_t *now = json_object_get(body, "now");

    json_object_set_new(seen->view, "transport",
                        json_string(transport_words[reply->transport]));
    if (reply->status)
        json_object_set_new(seen->view, "status", json_integer(reply->status));
    json_object_set_new(seen->view, "body",
                        any_text(reply->body, reply->body_length));
    json_object_set_new(seen->view, "headers", headers);
    for (size_t i = 0; i < reply->headers.count; i++) {
        const struct http_header *header = &reply->headers.list[i];

        view_header(headers, header);
        if (strcasecmp(header->name, "set-cookie") == 0)
            view_set_cookie(seen, header->value, cookie_name);
    }
    if (json_is_object(body))
        view_members(seen->view, body);
    if (json_is_integer(now))
        seen->now_ms = json_integer_value(now);
    view_cookie_fields(seen->view);
    json_decref(body);
}

void observation_answer(struct observation *seen, const char *op, long status,
                        const json_t *answer)
{
    json_t *session = json_object_get(answer, "session");

    json_object_set_new(seen->view, "status", json_integer(status));
    if (session) {
        json_object_set_new(seen->view, "found",
                            json_boolean(!json_is_null(session)));
        view_session(seen->view, session);
    }
    if (strcmp(op, "all") == 0)
        json_object_set_new(seen->view, "length",
                            json_integer((json_int_t)json_array_size(
                                json_object_get(answer, "sessions"))));
    view_members(seen->view, answer);
    view_cookie_fields(seen->view);
}

static const json_t *member(const json_t *value, const char *name,
                            size_t length)
{
    char key[256];

    if (length >= sizeof key)
        return NULL;
    memcpy(key, name, length);
    key[length] = '\0';
    if (json_is_array(value))
        return json_array_get(value, strtoul(key, NULL, 10));
    return json_object_get(value, key);
}

const json_t *observation_find(const struct observation *seen, const char *path)
{
    const json_t *value = seen->view;
    bool is_header = strncasecmp(path, "headers.", 8) == 0;

    while (value && *path) {
        size_t length = strcspn(path, ".");

        value = member(value, path, length);
        path += length + (path[length] == '.');
    }
    return is_header && json_is_array(value) ? json_array_get(value, 0) : value;
}
