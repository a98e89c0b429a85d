/* backing.c: the store behind an app: sessions in and out, as JSON */
#include "backing.h"

#include "../stores/registry.h"
#include "cookie.h"
#include "jsjson.h"
#include "mutant.h"
#include "must.h"
#include "name_space.h"
#include "record.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct backing {
    const struct sstore_plugin *plugin;
    char *spec, *name_space;
    pthread_rwlock_t opening; /* of `store`, which others replace, never lack:
                                 each call holds it for reading */
    struct store *store;      /* NULL: it could not be opened anew */
    struct sstore_host host;
    struct expiry *expiry;
    atomic_uint news;     /* see backing_news */
    pthread_mutex_t lock; /* guards refs */
    unsigned refs;
};

static void log_line(void *ctx, int level, const char *line)
{
    (void)ctx;
    if (level >= SSTORE_WARN)
        fprintf(stderr, "store: %s\n", line);
}

/* Called by any thread, in the midst of a call too: it only counts. */
static void hear_ready(void *ctx, int up)
{
    struct backing *backing = ctx;
    unsigned news = atomic_load(&backing->news);

    while ((news % 2 == 0) != (up != 0) &&
           !atomic_compare_exchange_weak(&backing->news, &news, news + 1))
        ;
}

unsigned backing_news(const struct backing *backing)
{
    return atomic_load(&backing->news);
}

/* A store's failure as the error that a Node store would call back with. */
static int failed(struct js_error *error, int code,
                  const struct sstore_err *err)
{
    const char *text = err->text[0] ? err->text : store_code_text(code);

    js_throw(error, "Error", "%s", text ? text : "the store failed");
    snprintf(error->code, sizeof error->code, "%s", err->symbol);
    return -1;
}

bool backing_spec_is_builtin(const char *spec)
{
    return store_spec_is_builtin(spec);
}

struct backing *backing_open(const char *spec, const char *id,
                             struct js_error *error)
{
    struct backing *backing = must_have(calloc(1, sizeof *backing));
    struct sstore_err err;
    int code;

    backing->host = (struct sstore_host){ .size = sizeof backing->host,
                                          .major = SSTORE_MAJOR,
                                          .minor = SSTORE_MINOR,
                                          .ctx = backing,
                                          .log = log_line,
                                          .ready = hear_ready };
    backing->refs = 1;
    backing->spec = must_have(strdup(spec));
    backing->name_space = name_space_take(id);
    backing->expiry = expiry_new();
    pthread_mutex_init(&backing->lock, NULL);
    pthread_rwlock_init(&backing->opening, NULL);
    code = store_open(&backing->store, spec, backing->name_space,
                      &backing->host, &err);
    if (code == SSTORE_OK) {
        backing->plugin = store_plugin(backing->store);
        return backing;
    }
    failed(error, code, &err);
    backing_release(backing);
    return NULL;
}

struct backing *backing_hold(struct backing *backing)
{
    pthread_mutex_lock(&backing->lock);
    backing->refs++;
    pthread_mutex_unlock(&backing->lock);
    return backing;
}

/* What it stored is dropped, where the store can say what that is; at the time
 * 0 nothing has expired. By clear() only where a spoilt record is in the way:
 * one that clears too much would harm the apps beside it. */
static void drop_all(struct backing *backing)
{
    const struct backing_call call = { 0, "" };
    struct js_error error;
    json_t *sessions, *row;
    size_t i;

    if (!backing->store || !SSTORE_HAS(backing->plugin, all))
        return;
    if (backing_all(backing, &call, &sessions, &error)) {
        backing_clear(backing, &call, &error);
        return;
    }
    json_array_foreach(sessions, i, row)
    {
        if (json_object_get(row, "sid"))
            backing_destroy(backing, &call, json_object_get(row, "sid"),
                            &error);
        else
            backing_clear(backing, &call, &error);
    }
    json_decref(sessions);
}

void backing_release(struct backing *backing)
{
    unsigned left;

    if (!backing)
        return;
    pthread_mutex_lock(&backing->lock);
    left = --backing->refs;
    pthread_mutex_unlock(&backing->lock);
    if (left > 0)
        return;
    drop_all(backing);
    store_close(backing->store);
    expiry_free(backing->expiry);
    pthread_rwlock_destroy(&backing->opening);
    pthread_mutex_destroy(&backing->lock);
    free(backing->spec);
    name_space_leave(backing->name_space);
    free(backing);
}

pid_t backing_process(struct backing *backing)
{
    pid_t process = -1;

    pthread_rwlock_rdlock(&backing->opening);
    if (backing->store)
        process = store_process(backing->store);
    pthread_rwlock_unlock(&backing->opening);
    return process;
}

void backing_end_programs(void)
{
    store_end_programs();
}

/* Closed first: a store may write what it holds as it is closed. */
int backing_reopen(struct backing *backing, struct js_error *error)
{
    struct sstore_err err;
    int code;

    pthread_rwlock_wrlock(&backing->opening);
    store_close(backing->store);
    code = store_open(&backing->store, backing->spec, backing->name_space,
                      &backing->host, &err);
    pthread_rwlock_unlock(&backing->opening);
    if (code == SSTORE_OK)
        hear_ready(backing, true); /* up, as open() promises */
    return code == SSTORE_OK ? 0 : failed(error, code, &err);
}

/* ---- What it can ------------------------------------------------------- */

/* The operations of the documents' store contract, in their order there. */
static const char *const contract[] = { "get", "set",    "destroy", "touch",
                                        "all", "length", "clear",   NULL };

/* What a store may lend a test a hand with. */
static const char *const beyond[] = { "reap", "spoil", NULL };

bool backing_op_exists(const char *op)
{
    for (const char *const *at = contract; op && *at; at++) {
        if (strcmp(*at, op) == 0)
            return true;
    }
    return false;
}

const char *backing_name(const struct backing *backing)
{
    return backing->plugin->name;
}

const char *backing_spec(const struct backing *backing)
{
    return backing->spec;
}

struct wanted {
    const char *name;
    bool found;
};

static void find_name(void *arg, const char *name)
{
    struct wanted *wanted = arg;

    wanted->found = wanted->found || strcmp(wanted->name, name) == 0;
}

bool backing_has(struct backing *backing, const char *op)
{
    struct wanted wanted = { op, false };

    pthread_rwlock_rdlock(&backing->opening);
    if (backing->store)
        store_operations(backing->store, find_name, &wanted);
    pthread_rwlock_unlock(&backing->opening);
    return wanted.found;
}

static void add_name(void *arg, const char *name)
{
    json_array_append_new(arg, json_string(name));
}

json_t *backing_describe(struct backing *backing)
{
    json_t *operations = json_array(), *capabilities = json_array();
    json_t *about = NULL, *description;
    const struct sstore_plugin *plugin = backing->plugin;

    for (const char *const *op = contract; *op; op++) {
        if (backing_has(backing, *op))
            add_name(operations, *op);
    }
    pthread_rwlock_rdlock(&backing->opening);
    if (backing->store) {
        const char *text = store_about(backing->store);

        store_capabilities(backing->store, add_name, capabilities);
        about = text ? jsjson_parse(text, strlen(text), NULL) : NULL;
    }
    pthread_rwlock_unlock(&backing->opening);
    /* What the host does to any store, and what some stores lend a hand to. */
    add_name(capabilities, "reopen");
    add_name(capabilities, "emit");
    for (const char *const *op = beyond; *op; op++) {
        if (backing_has(backing, *op))
            add_name(capabilities, *op);
    }
    description = must_have(json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:s}", "name", plugin->name, "version",
        plugin->version, "operations", operations, "capabilities", capabilities,
        "threads", store_plugin_threads(plugin), "options", plugin->options));
    json_object_update(description, about);
    json_decref(about);
    return description;
}

/* ---- Calls ------------------------------------------------------------- */

/* One call: the sid as text, and the store's view of it. The store stays open
 * until the call's end. */
struct call {
    struct backing *backing;
    struct sstore_call store_call;
    json_t *sid_text;
    struct sstore_str sid;
    struct sstore_err err;
};

static void call_begin(struct call *call, struct backing *backing,
                       const struct backing_call *how, const json_t *sid)
{
    pthread_rwlock_rdlock(&backing->opening);
    *call = (struct call){ .backing = backing, .sid_text = js_string(sid) };
    call->store_call =
        (struct sstore_call){ .size = sizeof call->store_call,
                              .now_ms =
                                  how->now_ms - mutant(MUTANT_EXPIRED_ACCEPTED),
                              .trace = how->label };
    call->sid = (struct sstore_str){ json_string_value(call->sid_text),
                                     json_string_length(call->sid_text) };
}

static int call_end(struct call *call, int code, struct js_error *error)
{
    pthread_rwlock_unlock(&call->backing->opening);
    json_decref(call->sid_text);
    return code >= 0 ? 0 : failed(error, code, &call->err);
}

static int not_open(struct call *call)
{
    snprintf(call->err.text, sizeof call->err.text,
             "the store could not be opened anew");
    return SSTORE_E_IO;
}

/* The operation with what it takes behind `store_call`. */
#define CALL(call, op, ...)                                                    \
    ((call).backing->store                                                     \
         ? store_##op((call).backing->store, &(call).store_call, __VA_ARGS__,  \
                      &(call).err)                                             \
         : not_open(&(call)))

struct rows {
    json_t *list; /* of {"sid","session"} */
    bool corrupt;
    const json_t *sid; /* that a get asked for; NULL: the rows' own */
};

static int take_row(void *arg, struct sstore_str sid,
                    const struct sstore_record *record)
{
    struct rows *rows = arg;
    json_t *session = record_join(record);
    bool is_nameless = !rows->sid && !sid.p; /* its program did not say */
    json_t *name = rows->sid ? json_incref((json_t *)rows->sid)
                             : json_stringn(sid.p, sid.n);

    if (!session || (!name && !is_nameless) || js_is_too_deep(session, 0)) {
        rows->corrupt = true;
        json_decref(session);
        json_decref(name);
        return 0;
    }
    json_array_append_new(
        rows->list,
        must_have(json_pack("{s:o*, s:o}", "sid", name, "session", session)));
    return 0;
}

static int check_rows(struct call *call, const struct rows *rows, int code)
{
    if (code < 0 || !rows->corrupt)
        return code;
    snprintf(call->err.text, sizeof call->err.text,
             "the store gave back what is no JSON");
    return SSTORE_E_CORRUPT;
}

int backing_get(struct backing *backing, const struct backing_call *how,
                const json_t *sid, json_t **session, struct js_error *error)
{
    struct rows rows = { must_have(json_array()), false, sid };
    struct call call;
    int code;

    backing_pass(backing, how->now_ms);
    call_begin(&call, backing, how, sid);
    code = CALL(call, get, call.sid, take_row, &rows);
    code = check_rows(&call, &rows, code);
    *session =
        json_incref(json_object_get(json_array_get(rows.list, 0), "session"));
    json_decref(rows.list);
    return call_end(&call, code, error);
}

typedef int store_write_fn(struct store *store, const struct sstore_call *call,
                           struct sstore_str sid,
                           const struct sstore_record *record,
                           struct sstore_err *err);

static int write_record(struct backing *backing, const struct backing_call *how,
                        const json_t *sid, const json_t *session,
                        store_write_fn *write, struct js_error *error)
{
    char *data, *cookie;
    struct sstore_record record = record_split(session, &data, &cookie);
    struct call call;
    int code;

    call_begin(&call, backing, how, sid);
    code = backing->store ? write(backing->store, &call.store_call, call.sid,
                                  &record, &call.err)
                          : not_open(&call);
    free(data);
    free(cookie);
    return call_end(&call, code, error);
}

/* What has expired is freed here: stores have no timers of their own. */
static void reap(struct backing *backing, const struct backing_call *how)
{
    struct js_error ignored;

    if (SSTORE_HAS(backing->plugin, reap))
        backing_reap(backing, how, &ignored);
}

/* What the store has taken, for who listens; within expiry_begin and _end. */
static void note_written(struct backing *backing, const json_t *sid,
                         const json_t *session, bool touched)
{
    const json_t *cookie = json_object_get(session, "cookie");
    json_t *name = js_string(sid);

    if (touched)
        expiry_touch(backing->expiry, name, cookie,
                     cookie_stored_expiry(cookie));
    else
        expiry_set(backing->expiry, name, session,
                   cookie_stored_expiry(cookie));
    json_decref(name);
}

int backing_set(struct backing *backing, const struct backing_call *how,
                const json_t *sid, const json_t *session,
                struct js_error *error)
{
    bool watched;
    int rc;

    reap(backing, how);
    watched = expiry_begin(backing->expiry, how->now_ms);
    rc = write_record(backing, how, sid, session, store_set, error);
    if (watched && rc == 0)
        note_written(backing, sid, session, false);
    if (watched)
        expiry_end(backing->expiry);
    return rc;
}

int backing_touch(struct backing *backing, const struct backing_call *how,
                  const json_t *sid, const json_t *session,
                  struct js_error *error)
{
    bool watched = expiry_begin(backing->expiry, how->now_ms);
    int rc = write_record(backing, how, sid, session, store_touch, error);

    if (watched && rc == 0)
        note_written(backing, sid, session, true);
    if (watched)
        expiry_end(backing->expiry);
    return rc;
}

int backing_destroy(struct backing *backing, const struct backing_call *how,
                    const json_t *sid, struct js_error *error)
{
    bool watched = expiry_begin(backing->expiry, how->now_ms);
    struct call call;
    int code;

    call_begin(&call, backing, how, sid);
    code = CALL(call, destroy, call.sid);
    if (watched && code >= 0)
        expiry_destroy(backing->expiry, call.sid_text);
    if (watched)
        expiry_end(backing->expiry);
    return call_end(&call, code, error);
}

int backing_all(struct backing *backing, const struct backing_call *how,
                json_t **sessions, struct js_error *error)
{
    struct rows rows = { must_have(json_array()), false, NULL };
    struct call call;
    int code;

    call_begin(&call, backing, how, NULL);
    code = CALL(call, all, take_row, &rows);
    code = check_rows(&call, &rows, code);
    *sessions = rows.list;
    return call_end(&call, code, error);
}

int backing_length(struct backing *backing, const struct backing_call *how,
                   uint64_t *length, struct js_error *error)
{
    struct call call;

    call_begin(&call, backing, how, NULL);
    return call_end(&call, CALL(call, length, length), error);
}

int backing_clear(struct backing *backing, const struct backing_call *how,
                  struct js_error *error)
{
    bool watched = expiry_begin(backing->expiry, how->now_ms);
    struct call call;
    int code;

    call_begin(&call, backing, how, NULL);
    code = backing->store
               ? store_clear(backing->store, &call.store_call, &call.err)
               : not_open(&call);
    if (watched && code >= 0)
        expiry_clear(backing->expiry);
    if (watched)
        expiry_end(backing->expiry);
    return call_end(&call, code, error);
}

int backing_reap(struct backing *backing, const struct backing_call *how,
                 struct js_error *error)
{
    struct call call;
    uint64_t count;

    call_begin(&call, backing, how, NULL);
    return call_end(&call, CALL(call, reap, &count), error);
}

int backing_spoil(struct backing *backing, const struct backing_call *how,
                  const json_t *sid, struct js_error *error)
{
    struct call call;

    call_begin(&call, backing, how, sid);
    return call_end(&call, CALL(call, spoil, call.sid), error);
}

bool backing_can(struct backing *backing, const char *act)
{
    bool can;

    pthread_rwlock_rdlock(&backing->opening);
    can = backing->store && store_can(backing->store, act);
    pthread_rwlock_unlock(&backing->opening);
    return can;
}

int backing_act(struct backing *backing, const struct backing_call *how,
                const char *act, struct js_error *error)
{
    struct call call;
    int code;

    call_begin(&call, backing, how, NULL);
    code = backing->store
               ? store_act(backing->store, act, &call.store_call, &call.err)
               : not_open(&call);
    return call_end(&call, code, error);
}

/* ---- Who wants to hear of their end ------------------------------------ */

void backing_watch(struct backing *backing, const struct backing_call *how,
                   expiry_gone_fn *gone, void *arg)
{
    bool first = expiry_watch(backing->expiry, gone, arg);
    json_t *sessions = NULL, *row;
    struct js_error ignored; /* what cannot be listed is not told of */
    size_t index;

    if (!first || !backing_has(backing, "all") ||
        !expiry_begin(backing->expiry, how->now_ms))
        return;
    backing_all(backing, how, &sessions, &ignored);
    json_array_foreach(sessions, index, row)
    {
        if (json_object_get(row, "sid"))
            note_written(backing, json_object_get(row, "sid"),
                         json_object_get(row, "session"), false);
    }
    expiry_end(backing->expiry);
    json_decref(sessions);
}

void backing_unwatch(struct backing *backing, void *arg)
{
    expiry_unwatch(backing->expiry, arg);
}

void backing_pass(struct backing *backing, int64_t now_ms)
{
    expiry_pass(backing->expiry, now_ms);
}
