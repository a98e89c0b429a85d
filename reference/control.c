/* control.c: the endpoints below /_spec, by which a harness steers
 *
 * The routes stand in the table at the end.
 */
#include "control.h"

#include "control_store.h"
#include "fault.h"
#include "jsjson.h"
#include "members.h"
#include "must.h"
#include "reply.h"

#include <string.h>

/* ---- The server -------------------------------------------------------- */

static void get_about(struct control *control)
{
    static const char *const abilities[] = { "virtual-clock",   "schedule",
                                             "fault",           "store-spec",
                                             "expiry-callback", "debug" };
    const struct control_about *about = control->about;
    json_t *list = must_have(json_array());
    json_t *body;

    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        json_array_append_new(list, json_string(abilities[i]));
    if (about->tls_url)
        json_array_append_new(list, json_string("tls"));
    if (about->breakable)
        json_array_append_new(list, json_string("break-backend"));
    body = must_have(json_pack("{s:f, s:s, s:s, s:s, s:f, s:o}", "protocol",
                               1.0, "target", "sessionspec-reference",
                               "version", about->version, "implements",
                               "express-session 1.19.0", "connections",
                               (double)about->connections, "abilities", list));
    if (about->tls_url)
        json_object_set_new(body, "tls", json_string(about->tls_url));
    reply_json(control->response, 200, body);
}

/* ---- Apps -------------------------------------------------------------- */

static void put_app(struct control *control)
{
    json_t *answer = NULL;
    struct js_error error;
    int status =
        apps_put(control->apps, control->id, control->body, &answer, &error);

    if (answer)
        reply_json(control->response, status, answer);
    else
        reply_error(control->response, status, &error);
}

static void delete_app(struct control *control)
{
    apps_delete(control->apps, control->id);
    reply_json(control->response, 200, json_object());
}

static void post_clock(struct control *control)
{
    static const char *const known[] = { "advance", NULL };
    const json_t *advance = json_object_get(control->body, "advance");
    double ms = js_number(advance);
    struct js_error error;
    int64_t now;

    if (members_check(control->body, known, "a clock call", &error)) {
        reply_error(control->response, 400, &error);
        return;
    }
    if (!json_is_number(advance) || !app_is_time(ms) || ms < 0) {
        reply_refusal(control->response, 400, "`advance` is a number of ms");
        return;
    }
    switch (app_advance(control->app, (int64_t)ms, &now)) {
    case APP_ADVANCED:
        app_pass(control->app);
        reply_json(control->response, 200,
                   json_pack("{s:f}", "now", (double)now));
        break;
    case APP_NOT_FROZEN:
        reply_refusal(control->response, 409, "the clock is not frozen");
        break;
    case APP_END_OF_TIME:
        reply_refusal(control->response, 400,
                      "`advance` goes beyond the end of time");
        break;
    }
}

static void post_fault(struct control *control)
{
    struct js_error error;
    int rc;

    pthread_mutex_lock(&control->app->lock);
    rc = fault_add(&control->app->faults, control->body, &error);
    pthread_mutex_unlock(&control->app->lock);
    if (rc == 0)
        reply_json(control->response, 200, json_object());
    else
        reply_error(control->response, 400, &error);
}

/* The number behind `key=` in the query; 0 where there is none. False where
 * that is no number. */
static bool query_number(const struct request *request, const char *key,
                         unsigned long *number)
{
    const char *at = request->query;
    size_t length = strlen(key);

    *number = 0;
    while (at && *at) {
        const char *end = at + strcspn(at, "&");

        if (strncmp(at, key, length) == 0 && at[length] == '=') {
            const char *digits = at + length + 1;
            size_t count = strspn(digits, "0123456789");

            *number = strtoul(digits, NULL, 10);
            return count >= 1 && count <= 9 && digits + count == end;
        }
        at = *end ? end + 1 : end;
    }
    return true;
}

static void get_trace(struct control *control)
{
    unsigned long since;

    app_hear(control->app);
    app_pass(control->app);
    if (query_number(control->request, "since", &since))
        reply_json(control->response, 200,
                   trace_since(control->app->trace, since));
    else
        reply_refusal(control->response, 400, "`since` is not a number");
}

/* ---- Schedules --------------------------------------------------------- */

/* An app that there is not cannot be steered: a typo would wait for ever. */
static bool apps_exist(struct control *control)
{
    size_t index;
    json_t *id;

    json_array_foreach(json_object_get(control->body, "apps"), index, id)
    {
        struct app *app = json_is_string(id)
                              ? apps_hold(control->apps, json_string_value(id))
                              : NULL;

        if (!app)
            return false;
        app_release(app);
    }
    return true;
}

/* Its state, with no wait. */
static void reply_schedule(struct control *control, int status)
{
    json_t *state =
        schedules_get(apps_schedules(control->apps), control->id, 0);

    reply_json(control->response, status, state ? state : json_object());
}

static void put_schedule(struct control *control)
{
    struct js_error error;

    if (!apps_exist(control))
        reply_refusal(control->response, 404, "`apps` names one there is not");
    else if (schedules_put(apps_schedules(control->apps), control->id,
                           control->body, &error))
        reply_error(control->response, 400, &error);
    else
        reply_schedule(control, 201);
}

static void reply_no_schedule(struct control *control)
{
    reply_refusal(control->response, 404, "no such schedule");
}

static void get_schedule(struct control *control)
{
    static const unsigned long longest_wait_ms = 600000;
    json_t *state;
    unsigned long wait;

    if (!query_number(control->request, "wait", &wait)) {
        reply_refusal(control->response, 400, "`wait` is not a number");
        return;
    }
    state =
        schedules_get(apps_schedules(control->apps), control->id,
                      (long)(wait < longest_wait_ms ? wait : longest_wait_ms));
    if (state)
        reply_json(control->response, 200, state);
    else
        reply_no_schedule(control);
}

static void post_schedule(struct control *control)
{
    const char *label = json_string_value(json_object_get(control->body, "go"));
    struct js_error error;
    int rc;

    if (!label || json_object_size(control->body) != 1) {
        reply_refusal(control->response, 400, "{\"go\":label}, not this");
        return;
    }
    rc =
        schedules_go(apps_schedules(control->apps), control->id, label, &error);
    if (rc > 0)
        reply_no_schedule(control);
    else if (rc < 0)
        reply_error(control->response, 409, &error);
    else
        reply_schedule(control, 200);
}

static void delete_schedule(struct control *control)
{
    if (schedules_delete(apps_schedules(control->apps), control->id))
        reply_json(control->response, 200, json_object());
    else
        reply_no_schedule(control);
}

/* ---- Routing ----------------------------------------------------------- */

static const struct route {
    const char *method, *kind, *part; /* /_spec/kind/ID/part */
    bool reads_body;
    bool needs_app; /* one of that id */
    void (*run)(struct control *control);
} routes[] = { { "GET", "", "", false, false, get_about },
               { "PUT", "apps", "", true, false, put_app },
               { "DELETE", "apps", "", false, true, delete_app },
               { "POST", "apps", "clock", true, true, post_clock },
               { "POST", "apps", "store", true, true, control_store },
               { "POST", "apps", "fault", true, true, post_fault },
               { "GET", "apps", "trace", false, true, get_trace },
               { "PUT", "schedules", "", true, false, put_schedule },
               { "GET", "schedules", "", false, false, get_schedule },
               { "POST", "schedules", "", true, false, post_schedule },
               { "DELETE", "schedules", "", false, false, delete_schedule } };

static const char prefix[] = "/_spec";

bool control_is(const struct request *request)
{
    size_t length = sizeof prefix - 1;

    return strncmp(request->target, prefix, length) == 0 &&
           (request->target[length] == '\0' || request->target[length] == '/');
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) % 16 : -1;
}

/* Undoes %XX in place; what is malformed stays as it is. */
static void percent_decode(char *text)
{
    char *to = text;

    for (; *text; text++, to++) {
        int high = *text == '%' ? hex_digit(text[1]) : -1;
        int low = high >= 0 ? hex_digit(text[2]) : -1;

        *to = low >= 0 && high + low > 0 ? (char)(high * 16 + low) : *text;
        if (low >= 0 && high + low > 0)
            text += 2;
    }
    *to = '\0';
}

/* The next segment of the path, cut off and decoded; "" at the end. */
static char *segment(char **path)
{
    char *start = *path + (**path == '/');
    size_t length = strcspn(start, "/");

    *path = start + length;
    if (**path)
        *(*path)++ = '\0';
    percent_decode(start);
    return start;
}

static const struct route *find_route(const char *method, const char *kind,
                                      const char *part, bool *known)
{
    *known = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].kind, kind) != 0 ||
            strcmp(routes[i].part, part) != 0)
            continue;
        *known = true;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
    }
    return NULL;
}

/* A body is an object: *body, or a refusal. */
static bool read_body(struct control *control)
{
    struct jsjson_error malformed;
    char text[256];

    control->body = jsjson_parse(control->request->body,
                                 control->request->body_length, &malformed);
    if (js_is_too_deep(control->body, 0)) {
        reply_refusal(control->response, 400, "the body is too deep");
        return false;
    }
    if (json_is_object(control->body))
        return true;
    snprintf(text, sizeof text, "the body is %s%s",
             control->body ? "not an object" : "not JSON: ",
             control->body ? "" : malformed.text);
    reply_refusal(control->response, 400, text);
    return false;
}

static void run_route(struct control *control, const struct route *route)
{
    if (route->reads_body && !read_body(control))
        return;
    if (route->needs_app)
        control->app = apps_hold(control->apps, control->id);
    if (route->needs_app && !control->app)
        reply_refusal(control->response, 404, "no such app");
    else
        route->run(control);
}

void control_run(struct apps *apps, const struct control_about *about,
                 const struct request *request, struct response *response)
{
    struct control control = {
        .apps = apps, .about = about, .request = request, .response = response
    };
    char *path = must_have(strdup(request->target + sizeof prefix - 1));
    char *rest = path;
    const char *kind = segment(&rest);
    const struct route *route;
    const char *part;
    bool known;

    control.id = segment(&rest);
    part = segment(&rest);
    route = find_route(request->method, kind, part, &known);
    if (!known || *rest || (*kind && !*control.id))
        reply_refusal(response, 404, "no such endpoint");
    else if (!route)
        reply_refusal(response, 405, "the endpoint has no such method");
    else
        run_route(&control, route);
    app_release(control.app);
    json_decref(control.body);
    free(path);
}
