/* control_store.c: operations straight on an app's store */
#include "control_store.h"

#include "cookie.h"
#include "handler.h"
#include "must.h"

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
    return backing_destroy(operation->backing, &operation->how,
                           operation->sid, &operation->error);
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

    json_object_set_new(operation->answer, "length",
                        json_real((double)length));
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
} store_ops[] = {
    { "get", true, false, op_get },         { "set", true, true, op_set },
    { "destroy", true, false, op_destroy }, { "touch", true, true, op_touch },
    { "all", false, false, op_all },        { "length", false, false, op_length },
    { "clear", false, false, op_clear }
};

static int refuse(struct control *control, int status, const char *text)
{
    struct js_error error;

    js_throw(&error, "Error", "%s", text);
    handler_send_error(control->response, status, &error);
    return status;
}

static int emit(struct control *control)
{
    const char *event =
        json_string_value(json_object_get(control->body, "event"));

    if (!event || (strcmp(event, "connect") != 0 &&
                   strcmp(event, "disconnect") != 0))
        return refuse(control, 400, "event is connect or disconnect");
    apps_emit(control->apps, control->app, strcmp(event, "connect") == 0);
    handler_send_json(control->response, 200, json_object());
    return 200;
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

/* 0, or the status of a refusal with `error`. */
static int read_arguments(struct operation *operation,
                          const struct store_op *op)
{
    const json_t *body = operation->control->body;
    json_t *session = json_object_get(body, "session");

    operation->sid = json_object_get(body, "sid");
    if (op->takes_sid && !json_is_string(operation->sid)) {
        js_throw(&operation->error, "Error", "sid is a text");
        return 400;
    }
    if (!op->takes_session)
        return 0;
    if (session && json_is_true(json_object_get(body, "raw"))) {
        operation->session = json_incref(session);
        return 0;
    }
    if (!json_is_object(session)) {
        js_throw(&operation->error, "Error", "session is an object");
        return 400;
    }
    operation->session =
        as_handed_over(session, operation->how.now_ms, &operation->error);
    return operation->session ? 0 : 400;
}

static int run_operation(struct control *control, const struct store_op *op)
{
    struct operation operation = { .control = control,
                                   .backing = control->app->backing,
                                   .how = { app_now(control->app), "" },
                                   .answer = json_object() };
    int status = read_arguments(&operation, op);

    if (status != 0) {
        handler_send_error(control->response, status, &operation.error);
    } else {
        status = 200;
        if (op->run(&operation) != 0) {
            json_object_clear(operation.answer);
            json_object_set_new(operation.answer, "error",
                                js_error_coded(&operation.error));
        }
        handler_send_json(control->response, status,
                          json_incref(operation.answer));
    }
    json_decref(operation.answer);
    json_decref(operation.session);
    return status;
}

/* What stores of later protocols' backends can do, and this one cannot. */
static bool is_lacking(const char *name)
{
    static const char *const names[] = { "reopen", "spoil", "break", "mend" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

int control_store(struct control *control)
{
    const char *name = json_string_value(json_object_get(control->body, "op"));

    if (!name)
        return refuse(control, 400, "op is a store operation");
    if (strcmp(name, "emit") == 0)
        return emit(control);
    for (size_t i = 0; i < sizeof store_ops / sizeof *store_ops; i++) {
        if (strcmp(store_ops[i].name, name) != 0)
            continue;
        if (!backing_has(control->app->backing, name))
            return refuse(control, 501, "the store has no such operation");
        return run_operation(control, &store_ops[i]);
    }
    if (is_lacking(name))
        return refuse(control, 501, "the store has no such operation");
    return refuse(control, 400, "unknown store operation");
}
