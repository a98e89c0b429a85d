/* session_paths.c: paths into req.session: its data, its cookie, its own */
#include "session_paths.h"

#include "must.h"
#include "paths.h"

#include <string.h>

bool session_is_cookie_field(const char *name)
{
    static const char *const fields[] = {
        "originalMaxAge", "maxAge",   "expires",  "path",     "domain",
        "secure",         "httpOnly", "sameSite", "priority", "partitioned"
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(name, fields[i]) == 0)
            return true;
    }
    return false;
}

static bool first_is(const char *path, const char *key)
{
    size_t length = strlen(key);

    return strncmp(path, key, length) == 0 &&
           (path[length] == '.' || path[length] == '\0');
}

/* What is behind "cookie."; NULL for any other path. */
static const char *in_cookie(const char *path)
{
    return strncmp(path, "cookie.", strlen("cookie.")) == 0
               ? path + strlen("cookie.")
               : NULL;
}

static bool is_read_only(const char *path)
{
    return first_is(path, "id") || first_is(path, "req");
}

/* ---- What JSON does not show as it is ---------------------------------- */

/* What a handler has put on the Date to which, or into which, the path leads;
 * NULL where it does not. *rest is what is behind it: "" or ".x". */
static json_t *date_at(const struct session *session, const char *path,
                       const char **rest)
{
    const char *way = session->cookie ? "cookie._expires" : "cookie.expires";
    bool is_list = json_is_array(json_object_get(session->data, "cookie"));

    *rest = path;
    if (!first_is(path, way) || (!session->cookie && is_list))
        return NULL;
    *rest = path + strlen(way);
    return session->cookie ? cookie_date_members(session->cookie)
                           : session->plain_date;
}

static bool is_date(const struct session *session, const char *path)
{
    const char *rest;

    return date_at(session, path, &rest) && *rest == '\0';
}

/* A number that JSON shows as null: there is nothing in it, and arithmetic
 * leaves it as it is. */
static bool leads_to_nan(const struct session *session, const char *path)
{
    return session->cookie && first_is(path, "cookie.originalMaxAge") &&
           cookie_original_is_nan(session->cookie);
}

static bool leads_into_nan(const struct session *session, const char *path)
{
    return leads_to_nan(session, path) &&
           strcmp(path, "cookie.originalMaxAge") != 0;
}

/* ---- The cookie's fields ----------------------------------------------- */

/* Carries a change of one member over to the cookie: an assignment, which may
 * be refused, or its absence. */
static int carry_over(struct cookie *cookie, const json_t *members,
                      const char *path, int64_t now_ms, struct js_error *error)
{
    char *key = must_have(strndup(path, strcspn(path, ".")));
    const json_t *value = json_object_get(members, key);
    int rc = 0;

    if (value)
        rc = cookie_set(cookie, key, value, COOKIE_DATES_ARE_TEXT, now_ms,
                        error);
    else
        cookie_delete(cookie, key);
    free(key);
    return rc;
}

/* ---- Changes ----------------------------------------------------------- */

typedef int change_fn(json_t *data, const char *path, const json_t *value,
                      struct js_error *error);

/* The session's own method to which the path leads, or NULL. */
static enum session_method *own_method(struct session *session,
                                       const char *path)
{
    enum session_method *method = NULL;

    if (first_is(path, "save"))
        method = &session->save;
    else if (first_is(path, "reload"))
        method = &session->reload;
    return method && *method != METHOD_INHERITED ? method : NULL;
}

static int change_cookie(struct cookie *cookie, const char *path,
                         const json_t *value, change_fn *apply, int64_t now_ms,
                         struct js_error *error)
{
    json_t *members = cookie_members(cookie);
    int rc = apply(members, path, value, error);

    if (rc == 0)
        rc = carry_over(cookie, members, path, now_ms, error);
    json_decref(members);
    return rc;
}

static int change(struct session *session, const char *path,
                  const json_t *value, change_fn *apply, int64_t now_ms,
                  struct js_error *error)
{
    const char *rest = in_cookie(path), *behind;
    json_t *date = date_at(session, path, &behind);

    if (is_read_only(path))
        return 0;
    if (date && *behind == '.')
        return apply(date, behind + 1, value, error);
    if (leads_into_nan(session, path))
        return js_throw(error, "Error", "not an object");
    if (rest && session->cookie)
        return change_cookie(session->cookie, rest, value, apply, now_ms,
                             error);
    return apply(session->data, path, value, error);
}

/* As `change`, for what puts a value at the path: it takes the place of a
 * method. */
static int put(struct session *session, const char *path, const json_t *value,
               change_fn *apply, int64_t now_ms, struct js_error *error)
{
    enum session_method *method = own_method(session, path);

    if (!method)
        return change(session, path, value, apply, now_ms, error);
    *method = METHOD_REPLACED;
    return 0;
}

int session_set(struct session *session, const char *path, const json_t *value,
                int64_t now_ms, struct js_error *error)
{
    int rc = put(session, path, value, path_set, now_ms, error);

    if (rc == 0 && strcmp(path, "cookie") == 0)
        session_drop_cookie(session);
    if (rc == 0 && strcmp(path, "cookie.expires") == 0)
        session_drop_date(session);
    return rc;
}

static int delete_at(json_t *data, const char *path, const json_t *value,
                     struct js_error *error)
{
    (void)value;
    return path_delete(data, path, error);
}

int session_delete(struct session *session, const char *path, int64_t now_ms,
                   struct js_error *error)
{
    enum session_method *method = own_method(session, path);

    if (strcmp(path, "cookie") == 0)
        session_drop_cookie(session);
    if (strcmp(path, "cookie.expires") == 0)
        session_drop_date(session);
    if (!method)
        return change(session, path, NULL, delete_at, now_ms, error);
    if (!strchr(path, '.'))
        *method = METHOD_INHERITED;
    return 0;
}

int session_add(struct session *session, const char *path, const json_t *amount,
                int64_t now_ms, struct js_error *error)
{
    if ((session->cookie && strcmp(path, "cookie") == 0) ||
        is_date(session, path))
        return js_throw(error, "Error", "not a number");
    if (leads_to_nan(session, path) && !leads_into_nan(session, path))
        return 0;
    return put(session, path, amount, path_add, now_ms, error);
}

int session_push(struct session *session, const char *path, const json_t *value,
                 int64_t now_ms, struct js_error *error)
{
    if ((session->cookie && strcmp(path, "cookie") == 0) ||
        is_date(session, path) ||
        (leads_to_nan(session, path) && !leads_into_nan(session, path)))
        return js_throw(error, "Error", "not an array");
    return put(session, path, value, path_push, now_ms, error);
}

/* ---- Reading ----------------------------------------------------------- */

static int read_member(json_t *members, const char *path, json_t **value,
                       struct js_error *error)
{
    const json_t *found;
    int rc = path_read(members, path, &found, error);

    *value = found ? must_have(json_deep_copy(found)) : NULL;
    return rc;
}

int session_read(const struct session *session, const char *path,
                 int64_t now_ms, json_t **value, struct js_error *error)
{
    const char *rest = in_cookie(path), *behind;
    json_t *members;
    int rc;

    *value = NULL;
    if (strcmp(path, "id") == 0) {
        *value = json_incref(session->id);
        return 0;
    }
    if (is_read_only(path))
        return 0;
    if (session->cookie && strcmp(path, "cookie") == 0) {
        *value = cookie_json(session->cookie);
        return 0;
    }
    members = date_at(session, path, &behind);
    if (members && *behind == '.')
        return read_member(members, behind + 1, value, error);
    if (leads_into_nan(session, path))
        return js_throw(error, "Error", "not an object");
    if (!rest || !session->cookie)
        return read_member(session->data, path, value, error);
    if (session_is_cookie_field(rest)) {
        *value = cookie_get(session->cookie, rest, now_ms);
        return 0;
    }
    members = cookie_members(session->cookie);
    rc = read_member(members, rest, value, error);
    json_decref(members);
    return rc;
}
