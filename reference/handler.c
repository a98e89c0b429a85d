/* handler.c: one request to an app: middleware, actions, answer */
#include "handler.h"

#include "actions.h"
#include "held_cookie.h"
#include "jsjson.h"
#include "middleware.h"
#include "must.h"
#include "reply.h"

#include <string.h>

/* ---- The answer -------------------------------------------------------- */

static json_t *or_null(json_t *value)
{
    return value ? value : json_null();
}

/* All of the session but the cookie. */
static json_t *shown_data(const struct session *session)
{
    json_t *data = must_have(json_deep_copy(session->data));

    json_object_del(data, "cookie");
    return data;
}

static json_t *report(const struct visit *visit, json_t *log)
{
    json_t *id = json_is_string(visit->session_id)
                     ? json_incref(visit->session_id)
                     : NULL;
    int64_t now = app_now(visit->app);
    json_t *data = NULL, *cookie = NULL;

    if (visit->session) {
        data = shown_data(visit->session);
        cookie = held_cookie_shown(visit->session, now);
    }
    return must_have(json_pack(
        "{s:f, s:o, s:o, s:o, s:b, s:O}", "now", (double)now, "sessionID",
        or_null(id), "session", or_null(data), "cookie", or_null(cookie),
        "secure", (int)visit_express_says_secure(visit), "log", log));
}

/* What Express does with an exception that comes too late for an answer. */
static void cut(struct visit *visit, const struct js_error *error)
{
    visit_late_error(visit, error);
    visit->response->gone = true;
    response_end(visit->response, NULL, 0);
}

/* The middleware's own end() threw: it will not end this response. */
static void fail_past_middleware(struct visit *visit,
                                 const struct js_error *error)
{
    visit_drop_session(visit);
    if (visit->response->built)
        cut(visit, error);
    else
        reply_error(visit->response, 500, error);
}

/* Goes out by the middleware's end(). Steals `body`. */
static int end_with_json(struct visit *visit, json_t *body,
                         struct js_error *error)
{
    size_t length;
    char *text = reply_prepare(visit->response, must_have(body), &length);
    int rc = visit_end(visit, text, length, error);

    free(text);
    return rc;
}

/* An exception of the handler, or an error given to next: the answer, where
 * there is none yet. */
static void fail(struct visit *visit, const struct js_error *error)
{
    struct js_error thrown;

    if (visit->response->built) {
        cut(visit, error);
        return;
    }
    visit->response->status = 500;
    if (end_with_json(visit, json_pack("{s:o}", "error", js_error_named(error)),
                      &thrown))
        fail_past_middleware(visit, &thrown);
}

/* res.end() once for each text; the first is the body. */
static int end_with_texts(struct visit *visit, const json_t *texts,
                          struct js_error *error)
{
    size_t index;
    json_t *text;

    json_array_foreach(texts, index, text)
    {
        if (visit_end(visit, json_string_value(text), json_string_length(text),
                      error))
            return -1;
    }
    return 0;
}

static void answer(struct visit *visit, const struct deeds *deeds)
{
    struct js_error thrown;
    int rc;

    if (json_array_size(deeds->endings) > 0)
        rc = end_with_texts(visit, deeds->endings, &thrown);
    else if (visit->response->built)
        rc = visit_end(visit, NULL, 0, &thrown);
    else
        rc = end_with_json(visit, report(visit, deeds->log), &thrown);
    if (rc != 0)
        fail_past_middleware(visit, &thrown);
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
        if (!*actions)
            rc = js_throw(error, "SyntaxError", "Spec-Do: %s", malformed.text);
        else if (js_is_too_deep(*actions, 0))
            rc = js_throw(error, "RangeError", "Spec-Do is too deep");
        else
            rc = actions_check(*actions, error);
    }
    free(header);
    return rc;
}

static void visit_app(struct apps *apps, struct app *app,
                      const struct request *request, struct response *response,
                      const json_t *actions)
{
    char *label = request_header_text(request, "Spec-Label");
    struct visit visit = { .app = app,
                           .middleware = app_middleware(app),
                           .request = request,
                           .response = response,
                           .label = label,
                           .slot = schedule_join(apps_schedules(apps), app->id,
                                                 label) };

    serve(&visit, actions);
    visit_deliver_deferred(&visit);
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
        reply_error(response, 404, &error);
    } else if (read_actions(request, &actions, &error)) {
        reply_error(response, 400, &error);
    } else {
        visit_app(apps, app, request, response, actions);
    }
    json_decref(actions);
    app_release(app);
    free(id);
}
