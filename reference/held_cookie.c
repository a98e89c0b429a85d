/* held_cookie.c: session.cookie, be it a Cookie or what stands in its place */
#include "held_cookie.h"

#include "jsdate.h"
#include "must.h"

#include <string.h>

/* NULL: it has been deleted. */
static json_t *plain_value(const struct session *session)
{
    return json_object_get(session->data, "cookie");
}

/* What holds the plain value's members; NULL where it has none. */
static json_t *plain_members(const struct session *session)
{
    json_t *value = plain_value(session);

    if (json_is_array(value))
        return session->array_members;
    return json_is_object(value) ? value : NULL;
}

static const char *type_name(const json_t *value)
{
    if (json_is_string(value))
        return "string";
    return json_is_number(value) ? "number" : "boolean";
}

static bool is_nothing(const json_t *value)
{
    return !value || json_is_null(value);
}

static int refuse_access(const json_t *value, const char *access,
                         const char *verb, const char *key,
                         struct js_error *error)
{
    return js_throw(error, "TypeError", "Cannot %s properties of %s (%s '%s')",
                    access, value ? "null" : "undefined", verb, key);
}

/* Steals `member`; NULL is undefined, which JSON does not show. */
static int assign(struct session *session, const char *key, json_t *member,
                  struct js_error *error)
{
    json_t *value = plain_value(session), *members = plain_members(session);
    json_t *text;

    if (!json_is_object(value) && !json_is_array(value)) {
        text = js_string(value);
        js_throw(error, "TypeError",
                 "Cannot create property '%s' on %s '%.100s'", key,
                 type_name(value), json_string_value(text));
        json_decref(text);
        json_decref(member);
        return -1;
    }
    if (!members)
        members = session->array_members = must_have(json_object());
    if (member)
        must(json_object_set_new(members, key, member) == 0);
    else
        json_object_del(members, key);
    return 0;
}

int held_cookie_get(const struct session *session, const char *key,
                    int64_t now_ms, json_t **value, struct js_error *error)
{
    *value = NULL;
    if (session->cookie)
        *value = cookie_get(session->cookie, key, now_ms);
    else if (is_nothing(plain_value(session)))
        return refuse_access(plain_value(session), "read", "reading", key,
                             error);
    else
        *value = json_incref(json_object_get(plain_members(session), key));
    return 0;
}

static json_t *date_json(const json_t *value)
{
    char text[32];

    return jsdate_iso(jsdate_parse(json_string_value(value)), text)
               ? json_string(text)
               : json_null();
}

int held_cookie_set(struct session *session, const char *key,
                    const json_t *value, int64_t now_ms, struct js_error *error)
{
    bool is_date = strcmp(key, "expires") == 0 && json_is_string(value);

    if (session->cookie)
        return cookie_set(session->cookie, key, value, COOKIE_DATES_ARE_DATES,
                          now_ms, error);
    if (is_nothing(plain_value(session)))
        return refuse_access(plain_value(session), "set", "setting", key,
                             error);
    if (assign(session, key, is_date ? date_json(value) : json_deep_copy(value),
               error))
        return -1;
    if (strcmp(key, "expires") == 0)
        session_drop_date(session);
    if (is_date)
        session->plain_date = must_have(json_object());
    return 0;
}

int held_cookie_touch(struct session *session, int64_t now_ms,
                      struct js_error *error)
{
    json_t *original;

    if (session->cookie)
        return cookie_touch(session->cookie, now_ms, error);
    if (held_cookie_get(session, "originalMaxAge", now_ms, &original, error))
        return -1;
    return assign(session, "maxAge", original, error);
}

int held_cookie_expires(const struct session *session, bool *is_set,
                        struct js_error *error)
{
    json_t *expires;

    if (session->cookie) {
        *is_set = cookie_expires_is_set(session->cookie);
        return 0;
    }
    if (held_cookie_get(session, "expires", 0, &expires, error))
        return -1;
    *is_set = session->plain_date || !is_nothing(expires);
    json_decref(expires);
    return 0;
}

/* ---- Shown ------------------------------------------------------------- */

/* `{ ...list }` */
static json_t *spread_list(const json_t *list)
{
    json_t *object = must_have(json_object()), *item;
    char key[24];
    size_t index;

    json_array_foreach((json_t *)list, index, item)
    {
        snprintf(key, sizeof key, "%zu", index);
        json_object_set_new(object, key, json_deep_copy(item));
    }
    return object;
}

/* `{ ...text }`: by characters; those beyond U+FFFF are two in JavaScript,
 * and each half no text to jansson. */
static json_t *spread_text(const json_t *text)
{
    json_t *list = must_have(json_array()), *object;
    const char *at = json_string_value(text);
    const char *end = at + json_string_length(text);

    while (at < end) {
        size_t length = 1;

        while (at + length < end && ((unsigned char)at[length] & 0xC0) == 0x80)
            length++;
        json_array_append_new(list, json_stringn(at, length));
        at += length;
    }
    object = spread_list(list);
    json_decref(list);
    return object;
}

static json_t *spread_plain(const json_t *value)
{
    if (json_is_object(value))
        return must_have(json_deep_copy(value));
    if (json_is_array(value))
        return spread_list(value);
    return json_is_string(value) ? spread_text(value) : json_object();
}

json_t *held_cookie_shown(const struct session *session, int64_t now_ms)
{
    json_t *shown, *max_age = NULL;
    struct js_error error;

    if (!session->cookie && !js_truthy(plain_value(session)))
        return json_null();
    shown = session->cookie ? cookie_json(session->cookie)
                            : spread_plain(plain_value(session));
    must(held_cookie_get(session, "maxAge", now_ms, &max_age, &error) == 0);
    if (max_age)
        json_object_set_new(shown, "maxAge", max_age);
    else
        json_object_del(shown, "maxAge");
    return shown;
}

char *held_cookie_serialize(const struct session *session, const char *name,
                            const char *value, size_t length,
                            struct js_error *error)
{
    json_t *data;
    char *text = NULL;

    if (session->cookie)
        return cookie_serialize(session->cookie, name, value, length, error);
    if (held_cookie_get(session, "data", 0, &data, error))
        return NULL;
    text = cookie_serialize_plain(data, name, value, length, error);
    json_decref(data);
    return text;
}
