/* control_store.c: operations straight on an app's store */
#include "control_store.h"

#include "cookie.h"
#include "members.h"
#include "must.h"
#include "reply.h"

#include <string.h>

/* One operation: fills `answer`, or returns -1 with the store's `error`. */
struct operation {
    struct control *control;
    struct backing *backing;
    struct backing_call how;
    const json_t *sid;
    json_t *session; /* what is handed to set and touch, owned */
    json_t *answer;
    struct js_error error;
};

static int op_get(struct operation *operation)
{
    json_t *session = NULL;
    int rc = backing_get(operation->backing, &operation->how, operation->sid,
                         &session, &operation->error);

    json_object_set_new(operation->answer, "session",
                        session ? session : json_null());
    return rc;
}

static int op_set(struct operation *operation)
{
    return backing_set(operation->backing, &operation->how, operation->sid,
                       operation->session, &operation->error);
}

static int op_touch(struct operation *operation)
{
    return backing_touch(operation->backing, &operation->how, operation->sid,
                         operation->session, &operation->error);
}

static int op_destroy(struct operation *operation)
{
    return backing_destroy(operation->backing, &operation->how, operation->sid,
                           &operation->error);
}

/* An array, as the documents say; 1.19.0's MemoryStore gives an object. */
static int op_all(struct operation *operation)
{
    json_t *sessions = NULL;
    int rc = backing_all(operation->backing, &operation->how, &sessions,
                         &operation->error);

    json_object_set_new(operation->answer, "sessions", sessions);
    json_object_set_new(operation->answer, "shape", json_string("array"));
    return rc;
}

static int op_length(struct operation *operation)
{
    uint64_t length = 0;
    int rc = backing_length(operation->backing, &operation->how, &length,
                            &operation->error);

    json_object_set_new(operation->answer, "length", json_real((double)length));
    return rc;
}

static int op_clear(struct operation *operation)
{
    return backing_clear(operation->backing, &operation->how,
                         &operation->error);
}

static const struct store_op {
    const char *name;
    bool takes_sid, takes_session;
    int (*run)(struct operation *operation);
} store_ops[] = { { "get", true, false, op_get },
                  { "set", true, true, op_set },
                  { "destroy", true, false, op_destroy },
                  { "touch", true, true, op_touch },
                  { "all", false, false, op_all },
                  { "length", false, false, op_length },
                  { "clear", false, false, op_clear } };

static void emit(struct control *control)
{
    const char *event =
        json_string_value(json_object_get(control->body, "event"));
    bool up = event && strcmp(event, "connect") == 0;

    if (!up && (!event || strcmp(event, "disconnect") != 0)) {
        reply_refusal(control->response, 400,
                      "`event` is connect or disconnect");
        return;
    }
    apps_emit(control->apps, control->app, up);
    reply_json(control->response, 200, json_object());
}

/* The session as express-session would hand it over: its cookie a Cookie. */
static json_t *as_handed_over(const json_t *session, int64_t now_ms,
                              struct js_error *error)
{
    const json_t *fields = json_object_get(session, "cookie");
    const json_t *original = json_object_get(fields, "originalMaxAge");
    json_t *copy = must_have(json_copy((json_t *)session));
    struct cookie *cookie;

    if (!json_is_object(fields))
        return copy;
    cookie = cookie_from_options(fields, now_ms, error);
    if (!cookie) {
        json_decref(copy);
        return NULL;
    }
    if (original)
        cookie_set(cookie, "originalMaxAge", original, COOKIE_DATES_ARE_DATES,
                   now_ms, error);
    json_object_set_new(copy, "cookie", cookie_json(cookie));
    cookie_free(cookie);
    return copy;
}

/* 0, or -1 with `error` where the body has not what the operation takes. */
static int read_arguments(struct operation *operation,
                          const struct store_op *op)
{
    const json_t *body = operation->control->body;
    json_t *session = json_object_get(body, "session");

    operation->sid = json_object_get(body, "sid");
    if (op->takes_sid && !json_is_string(operation->sid))
        return js_throw(&operation->error, "Error", "`sid` is a text");
    if (!op->takes_session)
        return 0;
    if (session && json_is_true(json_object_get(body, "raw"))) {
        operation->session = json_incref(session);
        return 0;
    }
    if (!json_is_object(session))
        return js_throw(&operation->error, "Error", "`session` is an object");
    operation->session =
        as_handed_over(session, operation->how.now_ms, &operation->error);
    return operation->session ? 0 : -1;
}

/* `"callback":false`: nobody hears of the outcome. */
static bool is_blind(const struct control *control)
{
    return json_is_false(json_object_get(control->body, "callback"));
}

static void run_operation(struct control *control, const struct store_op *op)
{
    struct operation operation = { .control = control,
                                   .backing = control->app->backing,
                                   .how = { app_now(control->app), "" },
                                   .answer = json_object() };

    if (read_arguments(&operation, op)) {
        reply_error(control->response, 400, &operation.error);
    } else {
        int rc = op->run(&operation);

        if (rc != 0 || is_blind(control))
            json_object_clear(operation.answer);
        if (rc != 0 && !is_blind(control))
            json_object_set_new(operation.answer, "error",
                                js_error_coded(&operation.error));
        reply_json(control->response, 200, json_incref(operation.answer));
    }
    json_decref(operation.answer);
    json_decref(operation.session);
}

/* What backends of later stores can do, and memory cannot. */
static bool is_lacking(const char *name)
{
    static const char *const names[] = { "reopen", "spoil", "break", "mend" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static const struct store_op *find_op(const char *name)
{
    for (size_t i = 0; i < sizeof store_ops / sizeof *store_ops; i++) {
        if (strcmp(store_ops[i].name, name) == 0)
            return &store_ops[i];
    }
    return NULL;
}

void control_store(struct control *control)
{
    static const char *const known[] = { "op",       "sid",   "session", "raw",
                                         "callback", "event", NULL };
    const char *name = json_string_value(json_object_get(control->body, "op"));
    const struct store_op *op = name ? find_op(name) : NULL;
    struct js_error error;

    if (members_check(control->body, known, "a store operation", &error))
        reply_error(control->response, 400, &error);
    else if (name && strcmp(name, "emit") == 0)
        emit(control);
    else if (name && (is_lacking(name) ||
                      (op && !backing_has(control->app->backing, name))))
        reply_refusal(control->response, 501,
                      "the store has no such operation");
    else if (op)
        run_operation(control, op);
    else
        reply_refusal(control->response, 400, "unknown store operation");
}
