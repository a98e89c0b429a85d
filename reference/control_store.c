/* control_store.c: operations straight on an app's store */
#include "control_store.h"

#include "cookie.h"
#include "members.h"
#include "must.h"
#include "reply.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static int op_destroy(struct operation *operation)
{
    return backing_destroy(operation->backing, &operation->how, operation->sid,
                           &operation->error);
}

static int op_set(struct operation *operation)
{
    return backing_set(operation->backing, &operation->how, operation->sid,
                       operation->session, &operation->error);
}

/* MemoryStore puts the cookie on what it has, which throws where that is a
 * scalar that was set raw. What cannot be read is the store's own affair. */
static int check_holder(struct operation *operation)
{
    json_t *stored = NULL, *text;
    struct js_error unread;

    if (backing_get(operation->backing, &operation->how, operation->sid,
                    &stored, &unread) ||
        !stored || json_is_object(stored) || json_is_array(stored)) {
        json_decref(stored);
        return 0;
    }
    text = js_string(stored);
    js_throw(&operation->error, "TypeError",
             "Cannot create property 'cookie' on %s '%.100s'",
             json_is_string(stored)   ? "string"
             : json_is_number(stored) ? "number"
                                      : "boolean",
             json_string_value(text));
    json_decref(text);
    json_decref(stored);
    return -1;
}

static int op_touch(struct operation *operation)
{
    if (check_holder(operation))
        return -1;
    return backing_touch(operation->backing, &operation->how, operation->sid,
                         operation->session, &operation->error);
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

static int op_reap(struct operation *operation)
{
    return backing_reap(operation->backing, &operation->how, &operation->error);
}

static int op_spoil(struct operation *operation)
{
    return backing_spoil(operation->backing, &operation->how, operation->sid,
                         &operation->error);
}

/* ---- The backend -------------------------------------------------------- */

static const struct backend_act {
    const char *name;
    int (*run)(struct backend *backend, char error[BACKEND_ERROR]);
} backend_acts[] = { { "break", backend_break }, { "mend", backend_mend } };

static const struct backend_act *find_act(const char *name)
{
    for (size_t i = 0; i < sizeof backend_acts / sizeof *backend_acts; i++) {
        if (strcmp(backend_acts[i].name, name) == 0)
            return &backend_acts[i];
    }
    return NULL;
}

/* The server that the app's store is on, where it may be stopped. */
static struct backend *backend_of(const struct control *control)
{
    struct backend *backend = control->about->breakable;
    const char *spec = backing_spec(control->app->backing);

    return backend && backend_serves(backend, spec) ? backend : NULL;
}

/* The store's own way, for this app alone. */
static void run_own_act(struct control *control, const struct backend_act *act)
{
    const struct backing_call how = { app_now(control->app), "" };
    struct js_error error;

    if (backing_act(control->app->backing, &how, act->name, &error) == 0)
        reply_json(control->response, 200, json_object());
    else
        reply_json(control->response, 200,
                   json_pack("{s:o}", "error", js_error_coded(&error)));
}

static void run_act(struct control *control, const struct backend_act *act)
{
    struct backend *backend = backend_of(control);
    char error[BACKEND_ERROR];

    if (backing_can(control->app->backing, act->name))
        run_own_act(control, act);
    else if (!backend)
        reply_refusal(control->response, 501,
                      "the store has no backend that this server may stop");
    else if (act->run(backend, error) == 0)
        reply_json(control->response, 200, json_object());
    else
        reply_json(control->response, 200,
                   json_pack("{s:{s:s}}", "error", "message", error));
}

static size_t count_entries(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;

    while (entries && readdir(entries))
        count++;
    if (entries)
        closedir(entries);
    return count;
}

/* What keeps a process alive, or grows in it: threads and open files, as
 * Linux shows them. */
static size_t count_alive(pid_t process)
{
    char tasks[40], files[40];

    snprintf(tasks, sizeof tasks, "/proc/%ld/task", (long)process);
    snprintf(files, sizeof files, "/proc/%ld/fd", (long)process);
    return count_entries(tasks) + count_entries(files);
}

/* A store's process, and what its main thread has started: the command of a
 * SPEC is a shell's. */
static size_t count_family(pid_t process, int levels)
{
    size_t alive = count_alive(process), room = 0;
    char path[60], *line = NULL, *at, *end;
    FILE *children;
    long child;

    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)process,
             (long)process);
    children = levels > 0 ? fopen(path, "re") : NULL;
    if (children && getline(&line, &room, children) > 0) {
        for (at = line; (child = strtol(at, &end, 10)) > 0; at = end)
            alive += count_family((pid_t)child, levels - 1);
    }
    if (children)
        fclose(children);
    free(line);
    return alive;
}

/* In this process, and in the store's own where it has one. */
static int op_reopen(struct operation *operation)
{
    enum { LEVELS = 3 };
    int rc = backing_reopen(operation->backing, &operation->error);
    pid_t process = backing_process(operation->backing);
    size_t alive = count_alive(getpid()) +
                   (process > 0 ? count_family(process, LEVELS) : 0);

    json_object_set_new(operation->answer, "alive", json_real((double)alive));
    return rc;
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
                  { "clear", false, false, op_clear },
                  { "reap", false, false, op_reap },
                  { "spoil", true, false, op_spoil },
                  { "reopen", false, false, op_reopen } };

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

static const struct store_op *find_op(const char *name)
{
    for (size_t i = 0; i < sizeof store_ops / sizeof *store_ops; i++) {
        if (strcmp(store_ops[i].name, name) == 0)
            return &store_ops[i];
    }
    return NULL;
}

static bool is_lacking(struct backing *backing, const char *name)
{
    return find_op(name) && strcmp(name, "reopen") != 0 &&
           !backing_has(backing, name);
}

void control_store(struct control *control)
{
    static const char *const known[] = { "op",       "sid",   "session", "raw",
                                         "callback", "event", NULL };
    const char *name = json_string_value(json_object_get(control->body, "op"));
    const struct store_op *op = name ? find_op(name) : NULL;
    const struct backend_act *act = name ? find_act(name) : NULL;
    struct js_error error;

    if (members_check(control->body, known, "a store operation", &error))
        reply_error(control->response, 400, &error);
    else if (name && strcmp(name, "emit") == 0)
        emit(control);
    else if (act)
        run_act(control, act);
    else if (name && is_lacking(control->app->backing, name))
        reply_refusal(control->response, 501,
                      "the store has no such operation");
    else if (op)
        run_operation(control, op);
    else
        reply_refusal(control->response, 400, "unknown store operation");
}
