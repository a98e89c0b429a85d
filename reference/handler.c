/* handler.c: one request to an app: middleware, actions, answer */
#include "handler.h"

#include "actions.h"
#include "jsjson.h"
#include "middleware.h"
#include "must.h"

#include <string.h>

static void set_header(struct response *response, const char *name,
                       const char *value)
{
    struct js_error ignored;

    response_set_header(response, name, value, &ignored);
}

/* The headers of a JSON body; its text is the caller's to free. */
static char *prepare_json(struct response *response, const json_t *body,
                          size_t *length)
{
    char *text = must_have(jsjson_stringify(body, length));
    char number[32];

    if (!response_header(response, "Content-Type"))
        set_header(response, "Content-Type", "application/json");
    snprintf(number, sizeof number, "%zu", *length);
    if (response->status != 204 && response->status != 304)
        set_header(response, "Content-Length", number);
    return text;
}

void handler_send_json(struct response *response, int status, json_t *body)
{
    size_t length;
    char *text;

    response->status = status;
    text = prepare_json(response, body, &length);
    response_end(response, text, length);
    free(text);
    json_decref(body);
}

void handler_send_error(struct response *response, int status,
                        const struct js_error *error)
{
    handler_send_json(response, status,
                      must_have(json_pack("{s:o}", "error",
                                          js_error_named(error))));
}

/* ---- The answer -------------------------------------------------------- */

/* Steals `body`; goes out by the middleware's end(). */
static void end_with_json(struct visit *visit, json_t *body)
{
    size_t length;
    char *text = prepare_json(visit->response, body, &length);

    visit_end(visit, text, length);
    free(text);
    json_decref(body);
}

static json_t *or_null(json_t *value)
{
    return value ? value : json_null();
}

static json_t *shown_cookie(const struct visit *visit)
{
    json_t *cookie, *max_age;

    if (!visit->session)
        return json_null();
    cookie = cookie_json(visit->session->cookie);
    max_age = cookie_get(visit->session->cookie, "maxAge",
                         app_now(visit->app));
    if (max_age)
        json_object_set_new(cookie, "maxAge", max_age);
    return cookie;
}

static json_t *report(const struct visit *visit, json_t *log)
{
    json_t *id = json_is_string(visit->session_id)
                     ? json_incref(visit->session_id)
                     : NULL;
    json_t *data =
        visit->session ? json_deep_copy(visit->session->data) : NULL;

    return must_have(json_pack(
        "{s:f, s:o, s:o, s:o, s:b, s:O}", "now", (double)app_now(visit->app),
        "sessionID", or_null(id), "session", or_null(data), "cookie",
        shown_cookie(visit), "secure", (int)visit_express_says_secure(visit),
        "log", log));
}

/* An exception of the handler, or an error given to next: the answer, where
 * there is none yet. */
static void fail(struct visit *visit, const struct js_error *error)
{
    if (visit->response->built) {
        visit_late_error(visit, error);
        visit->response->gone = true;
        visit_end(visit, NULL, 0);
        return;
    }
    visit->response->status = 500;
    end_with_json(visit, must_have(json_pack("{s:o}", "error",
                                             js_error_named(error))));
}

static void answer(struct visit *visit, const struct deeds *deeds)
{
    const json_t *ending = json_array_get(deeds->endings, 0);

    if (ending)
        visit_end(visit, json_string_value(ending),
                  json_string_length(ending));
    else if (visit->response->built)
        visit_end(visit, NULL, 0);
    else
        end_with_json(visit, report(visit, deeds->log));
}

static void serve(struct visit *visit, const json_t *actions)
{
    struct js_error error;
    struct deeds deeds;

    if (visit_enter(visit, &error)) {
        fail(visit, &error);
        return;
    }
    actions_run(visit, actions, &deeds);
    if (deeds.threw)
        fail(visit, &deeds.thrown);
    else
        answer(visit, &deeds);
    deeds_clear(&deeds);
}

/* ---- The request ------------------------------------------------------- */

static bool body_is_actions(const struct request *request)
{
    char *type = request_header(request, "Content-Type");
    bool is = type && strncmp(type, "application/spec+json",
                              strlen("application/spec+json")) == 0;

    free(type);
    return is;
}

/* *actions is a new reference, or NULL where the request has none. */
static int read_actions(const struct request *request, json_t **actions,
                        struct js_error *error)
{
    char *header = request_header(request, "Spec-Do");
    const char *text = header;
    size_t length = header ? strlen(header) : 0;
    struct jsjson_error malformed;
    int rc = 0;

    *actions = NULL;
    if (!header && body_is_actions(request)) {
        text = request->body;
        length = request->body_length;
    }
    if (text) {
        *actions = jsjson_parse(text, length, &malformed);
        rc = *actions
                 ? actions_check(*actions, error)
                 : js_throw(error, "SyntaxError", "Spec-Do: %s",
                            malformed.text);
    }
    free(header);
    return rc;
}

static void visit_app(struct apps *apps, struct app *app,
                      const struct request *request,
                      struct response *response, const json_t *actions)
{
    char *label = request_header_text(request, "Spec-Label");
    struct visit visit = {
        .app = app,
        .middleware = app_middleware(app),
        .request = request,
        .response = response,
        .label = label,
        .slot = schedule_join(apps_schedules(apps), app->id, label)
    };

    serve(&visit, actions);
    schedule_leave(visit.slot);
    middleware_release(visit.middleware);
    visit_clear(&visit);
    free(label);
}

void handler_run(struct apps *apps, const struct request *request,
                 struct response *response)
{
    char *id = request_header_text(request, "Spec-App");
    struct app *app = id ? apps_hold(apps, id) : NULL;
    json_t *actions = NULL;
    struct js_error error;

    if (!app) {
        js_throw(&error, "Error", id ? "no app \"%s\"" : "no Spec-App%s",
                 id ? id : "");
        handler_send_error(response, 404, &error);
    } else if (read_actions(request, &actions, &error)) {
        handler_send_error(response, 400, &error);
    } else {
        visit_app(apps, app, request, response, actions);
    }
    json_decref(actions);
    app_release(app);
    free(id);
}
