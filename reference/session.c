/* session.c: req.session: an ID, data, and a cookie */
#include "session.h"

#include "jsjson.h"
#include "mutant.h"
#include "must.h"

#include <string.h>

struct session *session_new(json_t *id, struct cookie *cookie)
{
    struct session *session = must_have(calloc(1, sizeof *session));

    session->id = json_incref(id);
    session->data = must_have(json_object());
    session->cookie = cookie;
    return session;
}

/* Is it the name of a member that every session has itself? */
static bool is_own_name(const char *name)
{
    static const char *const names[] = { "req",         "id",        "touch",
                                         "resetMaxAge", "save",      "reload",
                                         "destroy",     "regenerate" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return js_is_inherited(name) && !mutant(MUTANT_INHERITED_LOADED);
}

struct session *session_from_stored(json_t *id, const json_t *stored,
                                    int64_t now_ms, struct js_error *error)
{
    struct cookie *cookie =
        cookie_from_stored(json_object_get(stored, "cookie"), now_ms, error);
    struct session *session;
    const char *key;
    json_t *value;

    if (!cookie)
        return NULL;
    session = session_new(id, cookie);
    json_object_foreach((json_t *)stored, key, value)
    {
        if (strcmp(key, "cookie") != 0 &&
            (!is_own_name(key) || mutant(MUTANT_HIDDEN_MEMBERS_LOADED)))
            must(json_object_set_new(session->data, key,
                                     json_deep_copy(value)) == 0);
    }
    return session;
}

void session_free(struct session *session)
{
    if (!session)
        return;
    json_decref(session->id);
    json_decref(session->data);
    cookie_free(session->cookie);
    json_decref(session->array_members);
    json_decref(session->plain_date);
    free(session);
}

void session_drop_date(struct session *session)
{
    json_decref(session->plain_date);
    session->plain_date = NULL;
}

void session_drop_cookie(struct session *session)
{
    cookie_free(session->cookie);
    session->cookie = NULL;
    json_decref(session->array_members);
    session->array_members = NULL;
    session_drop_date(session);
}

void session_wrap(struct session *session)
{
    session->save = METHOD_WRAPPED;
    session->reload = METHOD_WRAPPED;
}

int session_need_method(const struct session *session, const char *owner,
                        const char *name, struct js_error *error)
{
    bool replaced =
        json_object_get(session->data, name) ||
        (strcmp(name, "save") == 0 && session->save == METHOD_REPLACED) ||
        (strcmp(name, "reload") == 0 && session->reload == METHOD_REPLACED);

    return replaced ? js_throw(error, "TypeError", "%s.%s is not a function",
                               owner, name)
                    : 0;
}

json_t *session_json(const struct session *session)
{
    json_t *object = must_have(json_object()), *value;
    const char *key;

    value = session->cookie
                ? cookie_json(session->cookie)
                : json_deep_copy(json_object_get(session->data, "cookie"));
    if (value)
        json_object_set_new(object, "cookie", value);
    json_object_foreach(session->data, key, value)
    {
        if (!json_is_null(value) || !mutant(MUTANT_NULL_DROPPED))
            json_object_set_new(object, key, json_deep_copy(value));
    }
    if (mutant(MUTANT_ID_STORED))
        json_object_set(object, "id", session->id);
    return object;
}

char *session_state(const json_t *data)
{
    char *spoilt = mutant_state(data);
    size_t length;

    return spoilt
               ? spoilt
               : must_have(jsjson_stringify_without(data, "cookie", &length));
}
