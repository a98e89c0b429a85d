/* actions.c: what the handler of a request does, as `Spec-Do` lists it
 *
 * All verbs stand in the table at the end: what their arguments are, and
 * whether they need a session.
 */
#include "actions.h"

#include "held_cookie.h"
#include "mutant.h"
#include "must.h"
#include "schedule.h"
#include "session_paths.h"

#include <math.h>
#include <string.h>

/* One action under way. */
struct act {
    struct visit *visit;
    struct deeds *deeds;
    const json_t *first, *second; /* arguments, as the verb's kinds say */
    json_t *entry;                /* of the log */
    struct js_error error;        /* where it fails */
};

static const char *first_text(const struct act *act)
{
    return json_string_value(act->first);
}

/* ---- The session's data ------------------------------------------------ */

static int do_set(struct act *act)
{
    return session_set(act->visit->session, first_text(act), act->second,
                       app_now(act->visit->app), &act->error);
}

static int do_delete(struct act *act)
{
    return session_delete(act->visit->session, first_text(act),
                          app_now(act->visit->app), &act->error);
}

static int do_add(struct act *act)
{
    return session_add(act->visit->session, first_text(act), act->second,
                       app_now(act->visit->app), &act->error);
}

static int do_push(struct act *act)
{
    return session_push(act->visit->session, first_text(act), act->second,
                        app_now(act->visit->app), &act->error);
}

static int do_read(struct act *act)
{
    json_t *value;
    int rc = session_read(act->visit->session, first_text(act),
                          app_now(act->visit->app), &value, &act->error);

    if (rc == 0)
        json_object_set_new(act->entry, "value", value ? value : json_null());
    return rc;
}

/* ---- The session's methods --------------------------------------------- */

static int do_save(struct act *act)
{
    return visit_save(act->visit, &act->error);
}

static int do_reload(struct act *act)
{
    return visit_reload(act->visit, &act->error);
}

static int do_regenerate(struct act *act)
{
    return visit_regenerate(act->visit, &act->error);
}

static int do_destroy(struct act *act)
{
    return visit_destroy(act->visit, &act->error);
}

static int do_touch(struct act *act)
{
    if (mutant(MUTANT_TOUCH_METHOD_IDLE))
        return 0;
    return visit_touch(act->visit, "session", &act->error);
}

static int do_cookie(struct act *act)
{
    return held_cookie_set(act->visit->session, first_text(act), act->second,
                           app_now(act->visit->app), &act->error);
}

static int do_unset(struct act *act)
{
    if (!mutant(MUTANT_UNSET_IGNORED))
        visit_drop_session(act->visit);
    return 0;
}

static int do_session_id(struct act *act)
{
    visit_set_session_id(act->visit, (json_t *)act->first);
    return 0;
}

/* ---- The response ------------------------------------------------------ */

/* What a C string would hide is to be refused, as NUL is: by a line's end. */
static const char *header_text(const json_t *text)
{
    const char *bytes = json_string_value(text);

    return strlen(bytes) == json_string_length(text) ? bytes : "\n";
}

/* A list becomes one header each. It is checked as the text it would be, as
 * Node does it. */
static int do_header(struct act *act)
{
    struct response *response = act->visit->response;
    const char *name = first_text(act);
    json_t *text = js_string(act->second), *item;
    size_t index;
    int rc =
        response_set_header(response, name, header_text(text), &act->error);

    if (rc == 0 && json_is_array(act->second)) {
        response_remove_header(response, name);
        json_array_foreach(act->second, index, item)
            response_add_header(response, name, json_string_value(item));
    }
    json_decref(text);
    return rc;
}

static int do_status(struct act *act)
{
    act->visit->response->status = (int)js_number(act->first);
    return 0;
}

static int do_redirect(struct act *act)
{
    int rc = response_set_header(act->visit->response, "Location",
                                 header_text(act->first), &act->error);

    if (rc == 0)
        act->visit->response->status = 302;
    return rc;
}

static int do_write(struct act *act)
{
    return response_write(act->visit->response, first_text(act),
                          json_string_length(act->first), &act->error);
}

static int do_end(struct act *act)
{
    json_array_append(act->deeds->endings, (json_t *)act->first);
    return 0;
}

static int do_point(struct act *act)
{
    json_t *where =
        must_have(json_pack("{s:s, s:O}", "op", "point", "name", act->first));

    schedule_park(act->visit->slot, where);
    json_decref(where);
    return 0;
}

static int do_throw(struct act *act)
{
    act->deeds->threw = true;
    js_throw(&act->deeds->thrown, "Error", "%s", first_text(act));
    return 0;
}

/* ---- The table --------------------------------------------------------- */

static bool is_any(const json_t *value)
{
    return value != NULL;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

/* jansson's members have C strings for names (a listed limit). */
static bool is_path(const json_t *value)
{
    const char *text = json_string_value(value);

    return text && strlen(text) == json_string_length(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_status(const json_t *value)
{
    double status = js_number(value);

    return json_is_number(value) && status >= 200 && status <= 599 &&
           status == trunc(status);
}

static bool is_cookie_field(const json_t *value)
{
    return json_is_string(value) &&
           session_is_cookie_field(json_string_value(value));
}

static bool is_header_value(const json_t *value)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)value, index, item)
    {
        if (!json_is_string(item))
            return false;
    }
    return json_is_string(value) || json_is_number(value) ||
           json_is_array(value);
}

typedef bool kind_fn(const json_t *value);

static const struct verb {
    const char *name;
    bool needs_session;
    kind_fn *first, *second; /* NULL: takes no such argument */
    int (*run)(struct act *act);
} verbs[] = { { "set", true, is_path, is_any, do_set },
              { "delete", true, is_path, NULL, do_delete },
              { "add", true, is_path, is_number, do_add },
              { "push", true, is_path, is_any, do_push },
              { "read", true, is_path, NULL, do_read },
              { "save", true, NULL, NULL, do_save },
              { "reload", true, NULL, NULL, do_reload },
              { "regenerate", true, NULL, NULL, do_regenerate },
              { "destroy", true, NULL, NULL, do_destroy },
              { "touch", true, NULL, NULL, do_touch },
              { "cookie", true, is_cookie_field, is_any, do_cookie },
              { "unset", false, NULL, NULL, do_unset },
              { "delete-session", false, NULL, NULL, do_unset },
              { "sessionID", false, is_any, NULL, do_session_id },
              { "header", false, is_text, is_header_value, do_header },
              { "status", false, is_status, NULL, do_status },
              { "redirect", false, is_text, NULL, do_redirect },
              { "write", false, is_text, NULL, do_write },
              { "end", false, is_text, NULL, do_end },
              { "point", false, is_text, NULL, do_point },
              { "throw", false, is_text, NULL, do_throw } };

static const struct verb *find_verb(const json_t *action)
{
    const char *name = json_string_value(json_array_get(action, 0));

    for (size_t i = 0; name && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int check_action(const json_t *action, size_t number,
                        struct js_error *error)
{
    const struct verb *verb = find_verb(action);
    size_t wanted;

    if (!verb)
        return js_throw(error, "Error", "action %zu: unknown verb", number);
    wanted = 1 + (verb->first != NULL) + (verb->second != NULL);
    if (json_array_size(action) != wanted)
        return js_throw(error, "Error",
                        "action %zu: \"%s\" takes %zu argument(s)", number,
                        verb->name, wanted - 1);
    if ((verb->first && !verb->first(json_array_get(action, 1))) ||
        (verb->second && !verb->second(json_array_get(action, 2))))
        return js_throw(error, "Error",
                        "action %zu: an argument of \"%s\" is wrong", number,
                        verb->name);
    return 0;
}

int actions_check(const json_t *list, struct js_error *error)
{
    size_t index;
    json_t *action;

    if (list && !json_is_array(list))
        return js_throw(error, "Error", "actions are a list");
    json_array_foreach((json_t *)list, index, action)
    {
        if (check_action(action, index + 1, error))
            return -1;
    }
    return 0;
}

static void run_action(struct visit *visit, const json_t *action,
                       struct deeds *deeds)
{
    const struct verb *verb = must_have((void *)find_verb(action));
    struct act act = { .visit = visit,
                       .deeds = deeds,
                       .first = json_array_get(action, 1),
                       .second = json_array_get(action, 2) };
    int rc;

    act.entry = must_have(json_pack("{s:s}", "do", verb->name));
    json_array_append_new(deeds->log, act.entry);
    if (verb->needs_session && !visit->session)
        rc = js_throw(&act.error, "Error", "no session");
    else
        rc = verb->run(&act);
    if (rc != 0)
        json_object_set_new(act.entry, "error", js_error_coded(&act.error));
}

void actions_run(struct visit *visit, const json_t *list, struct deeds *deeds)
{
    size_t index;
    json_t *action;

    *deeds = (struct deeds){ .log = json_array(), .endings = json_array() };
    json_array_foreach((json_t *)list, index, action)
    {
        run_action(visit, action, deeds);
        if (deeds->threw)
            return;
    }
}

void deeds_clear(struct deeds *deeds)
{
    json_decref(deeds->log);
    json_decref(deeds->endings);
}
