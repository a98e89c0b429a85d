/* control.c: the endpoints below /_spec, by which a harness steers
 *
 * The routes stand in the table at the end.
 */
#include "control.h"

#include "control_store.h"
#include "fault.h"
#include "handler.h"
#include "jsjson.h"
#include "must.h"

#include <math.h>
#include <string.h>

static int refuse(struct control *control, int status, const char *text)
{
    struct js_error error;

    js_throw(&error, "Error", "%s", text);
    handler_send_error(control->response, status, &error);
    return status;
}

static int send(struct control *control, int status, json_t *body)
{
    handler_send_json(control->response, status, body);
    return status;
}

/* ---- The server -------------------------------------------------------- */

static int get_about(struct control *control)
{
    static const char *const abilities[] = { "virtual-clock", "schedule",
                                             "fault", "store-spec" };
    const struct control_about *about = control->about;
    json_t *list = must_have(json_array());
    json_t *body;

    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        json_array_append_new(list, json_string(abilities[i]));
    if (about->tls_url)
        json_array_append_new(list, json_string("tls"));
    body = must_have(json_pack(
        "{s:f, s:s, s:s, s:s, s:f, s:o}", "protocol", 1.0, "target",
        "sessionspec-reference", "version", about->version, "implements",
        "express-session 1.19.0", "connections", (double)about->connections,
        "abilities", list));
    if (about->tls_url)
        json_object_set_new(body, "tls", json_string(about->tls_url));
    return send(control, 200, body);
}

/* ---- Apps -------------------------------------------------------------- */

static int put_app(struct control *control)
{
    json_t *answer = NULL;
    struct js_error error;
    int status = apps_put(control->apps, control->id, control->body, &answer,
                          &error);

    if (answer)
        return send(control, status, answer);
    handler_send_error(control->response, status, &error);
    return status;
}

static int delete_app(struct control *control)
{
    apps_delete(control->apps, control->id);
    return send(control, 200, json_object());
}

static int post_clock(struct control *control)
{
    const json_t *advance = json_object_get(control->body, "advance");
    double ms = js_number(advance);
    int64_t now = 0;

    if (!json_is_number(advance) || ms != trunc(ms) || fabs(ms) > 8.64e15)
        return refuse(control, 400, "advance is a whole number of ms");
    if (!app_advance(control->app, (int64_t)ms, &now))
        return refuse(control, 409, "the app has no frozen clock");
    return send(control, 200, json_pack("{s:f}", "now", (double)now));
}

static int post_fault(struct control *control)
{
    struct js_error error;
    int rc;

    pthread_mutex_lock(&control->app->lock);
    rc = fault_add(&control->app->faults, control->body, &error);
    pthread_mutex_unlock(&control->app->lock);
    return rc == 0 ? send(control, 200, json_object())
                   : refuse(control, 400, error.message);
}

/* The number behind `key=` in the query, or 0. */
static double query_number(const struct request *request, const char *key)
{
    const char *at = request->query;
    size_t length = strlen(key);

    while (at && *at) {
        if (strncmp(at, key, length) == 0 && at[length] == '=') {
            double number = strtod(at + length + 1, NULL);

            return number > 0 && number < 9e15 ? number : 0;
        }
        at += strcspn(at, "&");
        at += *at == '&';
    }
    return 0;
}

static int get_trace(struct control *control)
{
    uint64_t since = (uint64_t)query_number(control->request, "since");

    return send(control, 200, trace_since(control->app->trace, since));
}

/* ---- Schedules --------------------------------------------------------- */

static int put_schedule(struct control *control)
{
    struct js_error error;

    if (schedules_put(apps_schedules(control->apps), control->id,
                      control->body, &error))
        return refuse(control, 400, error.message);
    return send(control, 201, json_object());
}

static int get_schedule(struct control *control)
{
    static const double longest_wait_ms = 600000;
    double wait = query_number(control->request, "wait");
    json_t *state = schedules_get(
        apps_schedules(control->apps), control->id,
        (long)(wait < longest_wait_ms ? wait : longest_wait_ms));

    return state ? send(control, 200, state)
                 : refuse(control, 404, "no such schedule");
}

static int post_schedule(struct control *control)
{
    const char *label =
        json_string_value(json_object_get(control->body, "go"));
    struct js_error error;
    int rc;

    if (!label)
        return refuse(control, 400, "go is a label");
    rc = schedules_go(apps_schedules(control->apps), control->id, label,
                      &error);
    if (rc > 0)
        return refuse(control, 404, "no such schedule");
    return rc == 0 ? send(control, 200, json_object())
                   : refuse(control, 409, error.message);
}

static int delete_schedule(struct control *control)
{
    if (!schedules_delete(apps_schedules(control->apps), control->id))
        return refuse(control, 404, "no such schedule");
    return send(control, 200, json_object());
}

/* ---- Routing ----------------------------------------------------------- */

static const struct route {
    const char *method, *kind, *part; /* /_spec/kind/ID/part */
    bool reads_body;
    bool needs_app; /* one of that id */
    int (*run)(struct control *control);
} routes[] = {
    { "GET", "", "", false, false, get_about },
    { "PUT", "apps", "", true, false, put_app },
    { "DELETE", "apps", "", false, true, delete_app },
    { "POST", "apps", "clock", true, true, post_clock },
    { "POST", "apps", "store", true, true, control_store },
    { "POST", "apps", "fault", true, true, post_fault },
    { "GET", "apps", "trace", false, true, get_trace },
    { "PUT", "schedules", "", true, false, put_schedule },
    { "GET", "schedules", "", false, false, get_schedule },
    { "POST", "schedules", "", true, false, post_schedule },
    { "DELETE", "schedules", "", false, false, delete_schedule }
};

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

static void run_route(struct control *control, const struct route *route)
{
    struct jsjson_error malformed;
    char text[256];

    if (route->needs_app) {
        control->app = apps_hold(control->apps, control->id);
        if (!control->app) {
            refuse(control, 404, "no such app");
            return;
        }
    }
    if (route->reads_body) {
        control->body = jsjson_parse(control->request->body,
                                     control->request->body_length,
                                     &malformed);
        if (!control->body) {
            snprintf(text, sizeof text, "malformed JSON: %s", malformed.text);
            refuse(control, 400, text);
            return;
        }
    }
    route->run(control);
}

void control_run(struct apps *apps, const struct control_about *about,
                 const struct request *request, struct response *response)
{
    struct control control = { .apps = apps,
                               .about = about,
                               .request = request,
                               .response = response };
    char *path = must_have(strdup(request->target + sizeof prefix - 1));
    char *rest = path;
    const char *kind = segment(&rest);
    const struct route *route;
    const char *part;
    bool known;

    control.id = segment(&rest);
    part = segment(&rest);
    route = find_route(request->method, kind, part, &known);
    if (*rest || (*kind && !*control.id))
        refuse(&control, 404, "no such endpoint");
    else if (!route)
        refuse(&control, known ? 405 : 404,
               known ? "the endpoint has no such method"
                     : "no such endpoint");
    else
        run_route(&control, route);
    app_release(control.app);
    json_decref(control.body);
    free(path);
}
