/* fuzz_cause.c: what a shrunk scenario cannot do without */
#include "fuzz_cause.h"

#include <stdio.h>
#include <string.h>

enum { PART_SIZE = 128 };

/* Each app has some, whatever else it shows. */
static bool is_common(const char *key)
{
    static const char *const common[] = { "secret", "genid", "request",
                                          "op",     "sid",   NULL };

    for (size_t i = 0; common[i]; i++)
        if (strcmp(common[i], key) == 0)
            return true;
    return false;
}

static void add(json_t *cause, const char *kind, const char *name)
{
    char part[PART_SIZE];

    snprintf(part, sizeof part, "%s %.80s", kind, name);
    json_object_set_new(cause, part, json_true());
}

static void add_members(json_t *cause, const char *kind, const json_t *members)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)members, key, value)
    {
        if (!is_common(key))
            add(cause, kind, key);
    }
}

static void add_app(json_t *cause, const json_t *app)
{
    json_t *options = json_copy(json_object_get(app, "options"));

    add_members(cause, "cookie option", json_object_get(options, "cookie"));
    json_object_del(options, "cookie");
    add_members(cause, "option", options);
    add_members(cause, "setting", json_object_get(app, "settings"));
    json_decref(options);
}

static void add_actions(json_t *cause, const json_t *actions)
{
    json_t *action;
    size_t i;

    json_array_foreach((json_t *)actions, i, action)
    {
        const char *verb = json_string_value(json_array_get(action, 0));
        const char *path = json_string_value(json_array_get(action, 1));
        bool of_cookie = path && (strcmp(verb, "cookie") == 0 ||
                                  strncmp(path, "cookie", 6) == 0);

        if (verb)
            add(cause, "do", verb);
        if (of_cookie)
            add(cause, "cookie", path);
    }
}

static void add_request(json_t *cause, const json_t *request)
{
    static const char *const plain[] = { "as", "https", "body", "via", NULL };
    const json_t *cookie = json_object_get(request, "cookie");

    add_actions(cause, json_object_get(request, "do"));
    add_members(cause, "header", json_object_get(request, "headers"));
    if (json_is_string(cookie))
        add(cause, "cookie header", json_string_value(cookie));
    add_members(cause, "cookie header", cookie);
    for (size_t i = 0; plain[i]; i++)
        if (json_object_get(request, plain[i]))
            add(cause, "request", plain[i]);
}

static void add_named(json_t *cause, const json_t *step, const char *verb)
{
    const json_t *body = json_object_get(step, verb);
    const char *op = json_string_value(json_object_get(body, "op"));

    if (body)
        add(cause, verb,
            op                     ? op
            : json_is_string(body) ? json_string_value(body)
                                   : "");
}

static void add_step(json_t *cause, const json_t *step)
{
    static const char *const verbs[] = { "advance", "store",   "fault",
                                         "emit",    "restart", NULL };
    const json_t *parallel = json_object_get(step, "parallel");
    json_t *request;
    size_t i;

    for (i = 0; verbs[i]; i++)
        add_named(cause, step, verbs[i]);
    add_app(cause, json_object_get(step, "restart"));
    add_request(cause, step);
    if (parallel)
        add(cause, "parallel", "");
    json_array_foreach(json_object_get(parallel, "requests"), i, request)
    {
        add_request(cause, request);
    }
}

json_t *fuzz_cause(const json_t *scenario)
{
    json_t *cause = json_object(), *step;
    size_t i;

    add_app(cause, scenario);
    add_app(cause, json_object_get(json_object_get(scenario, "apps"), "b"));
    add_members(cause, "store", json_object_get(scenario, "store"));
    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        add_step(cause, step);
    }
    return cause;
}

static bool is_within(const json_t *one, const json_t *other)
{
    const char *part;
    json_t *value;

    json_object_foreach((json_t *)one, part, value)
    {
        if (!json_object_get(other, part))
            return false;
    }
    return true;
}

bool fuzz_cause_alike(const json_t *one, const json_t *other)
{
    return is_within(one, other) || is_within(other, one);
}

void fuzz_cause_reduce(json_t *one, const json_t *other)
{
    if (!is_within(other, one))
        return;
    json_object_clear(one);
    json_object_update(one, (json_t *)other);
}
