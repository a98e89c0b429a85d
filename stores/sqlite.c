/* sqlite.c: the store `sqlite`: all namespaces in one table of one file
 *
 * What it promises
 *   Each operation is one statement, and so one step that is done or not, to
 *   other threads and processes as after a crash. In WAL mode reading waits for
 *   nobody. Ids and texts are parameters, never SQL. A row whose bytes are not
 *   what was set is SSTORE_E_CORRUPT until it is set or destroyed.
 *
 * Options
 *   path=FILE   the database; made if its folder is there
 *   pool=N      connections at most, made when they are needed, shared by all
 *               instances of the process; 1 to 64, default: 8
 *   fsync=yes   wait for the disk at every write, so that what was set survives
 *               a loss of power (PRAGMA synchronous=FULL); default: no. Then
 *               the last writes may be gone, but all that is there is whole
 *
 * Limits
 *   A local file system, for WAL needs memory that processes share. One writes
 *   at a time. A session takes up to 10^9 bytes with its id. The file does not
 *   shrink: what was removed makes room for what comes. Rows are this store's:
 *   one that was altered by hand does not fit its sums any more.
 */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_sqlite /* it is linked into its host */
#endif
#include "session_store.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/option_table.h"
#include "base/range_lock.h"
#include "base/sum.h"
#include "sqlite_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define POOL_DEFAULT 8
#define POOL_MOST    64
/* What opening may take; operations have deadlines of their own. */
#define OPEN_MS 4000

/* What is behind the numbers of all statements. */
enum parameter {
    P_NAMESPACE = 1,
    P_SID,
    P_NOW,
    P_EXPIRES,
    P_COOKIE,
    P_COOKIE_SUM,
    P_DATA,
    P_DATA_SUM,
};

/* clang-format off */
#define STATEMENTS(X)                                                       \
    X(GET, "SELECT sid, expires, cookie, cookie_sum, data, data_sum"        \
           " FROM sessions"                                                 \
           " WHERE namespace = ?1 AND sid = ?2 AND expires > ?3")           \
    X(SET, "INSERT INTO sessions (namespace, sid, expires, cookie,"         \
           " cookie_sum, data, data_sum)"                                   \
           " VALUES (?1, ?2, ?4, ?5, ?6, ?7, ?8)"                           \
           " ON CONFLICT (namespace, sid) DO UPDATE SET expires = ?4,"      \
           " cookie = ?5, cookie_sum = ?6, data = ?7, data_sum = ?8")       \
    X(DESTROY, "DELETE FROM sessions WHERE namespace = ?1 AND sid = ?2")    \
    X(TOUCH, "UPDATE sessions SET expires = ?4, cookie = ?5,"               \
             " cookie_sum = ?6"                                             \
             " WHERE namespace = ?1 AND sid = ?2 AND expires > ?3")         \
    X(ALL, "SELECT sid, expires, cookie, cookie_sum, data, data_sum"        \
           " FROM sessions WHERE namespace = ?1 AND expires > ?3")          \
    X(CLEAR, "DELETE FROM sessions WHERE namespace = ?1")                   \
    X(LENGTH, "SELECT count(*) FROM sessions"                               \
              " WHERE namespace = ?1 AND expires > ?3")                     \
    X(DUE, "SELECT 1 FROM sessions"                                         \
           " WHERE namespace = ?1 AND expires <= ?3 LIMIT 1")               \
    X(REAP, "DELETE FROM sessions WHERE namespace = ?1 AND expires <= ?3")  \
    X(SPOIL, "UPDATE sessions SET data = x'7b22ff'"                         \
             " WHERE namespace = ?1 AND sid = ?2 AND expires > ?3")
/* clang-format on */

enum statement {
#define X(name, sql) name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

static const char *const statements[] = {
#define X(name, sql) sql,
    STATEMENTS(X)
#undef X
};

/* What stands in the columns of GET and ALL. */
enum column { C_SID, C_EXPIRES, C_COOKIE, C_COOKIE_SUM, C_DATA, C_DATA_SUM };

struct instance {
    struct pool *pool;
    char *path; /* writers of one path stand in one line */
    char *name_space;
};

/* ---- Statements --------------------------------------------------------- */

/* One call with its statement. */
struct work {
    const struct instance *instance;
    const struct sstore_call *call;
    struct sstore_err *err;
    struct sqlite_link *link;
    sqlite3_stmt *statement;
};

/* What a statement has no number for it does not get. No bytes are an empty
 * BLOB, for SQLite's pointer would make NULL of them. */
static int bind_bytes(const struct work *work, enum parameter at,
                      struct sstore_str bytes)
{
    if ((int)at > sqlite3_bind_parameter_count(work->statement))
        return SQLITE_OK;
    return sqlite3_bind_blob64(work->statement, (int)at, bytes.n ? bytes.p : "",
                               bytes.n, SQLITE_STATIC);
}

static int bind_number(const struct work *work, enum parameter at,
                       int64_t number)
{
    if ((int)at > sqlite3_bind_parameter_count(work->statement))
        return SQLITE_OK;
    return sqlite3_bind_int64(work->statement, (int)at, number);
}

static int bind_record(const struct work *work, const struct sstore_record *rec)
{
    int result = bind_number(work, P_EXPIRES, rec->expires_ms);

    if (result == SQLITE_OK)
        result = bind_bytes(work, P_COOKIE, rec->cookie);
    if (result == SQLITE_OK)
        result = bind_number(work, P_COOKIE_SUM, sum_of(rec->cookie));
    if (result != SQLITE_OK ||
        sqlite3_bind_parameter_count(work->statement) < P_DATA)
        return result; /* touch: rec->data is not to be used */
    result = bind_bytes(work, P_DATA, rec->data);
    return result == SQLITE_OK
               ? bind_number(work, P_DATA_SUM, sum_of(rec->data))
               : result;
}

/* `expires > now` is to hold for SSTORE_NEVER at any time, be it the last. */
static int bind_all(const struct work *work, struct sstore_str sid,
                    const struct sstore_record *rec)
{
    const char *name_space = work->instance->name_space;
    struct sstore_str space = { name_space, strlen(name_space) };
    int64_t now_ms = work->call->now_ms;
    int result = bind_bytes(work, P_NAMESPACE, space);

    if (result == SQLITE_OK)
        result = bind_bytes(work, P_SID, sid);
    if (result == SQLITE_OK)
        result = bind_number(work, P_NOW,
                             now_ms < SSTORE_NEVER ? now_ms : SSTORE_NEVER - 1);
    return result == SQLITE_OK && rec ? bind_record(work, rec) : result;
}

static int work_end(struct work *work, int code)
{
    if (work->statement) {
        sqlite3_reset(work->statement);
        sqlite3_clear_bindings(work->statement);
    }
    pool_give(work->instance->pool, work->link,
              code >= 0 || code == SSTORE_E_TIMEOUT);
    return code;
}

/* On SSTORE_OK alone there is something to step through, and to end. */
static int work_begin(struct work *work, enum statement which,
                      struct sstore_str sid, const struct sstore_record *rec)
{
    void *link;
    int code = pool_take(work->instance->pool, work->call->deadline_ns, &link,
                         work->err);

    if (code != SSTORE_OK)
        return code;
    work->link = link;
    work->link->deadline_ns = work->call->deadline_ns;
    code = sqlite_link_prepare(work->link, which, statements[which],
                               &work->statement, work->err);
    if (code == SSTORE_OK) {
        int result = bind_all(work, sid, rec);
        if (result == SQLITE_OK)
            return SSTORE_OK;
        code = sqlite_link_fail(work->link, result, "bind", work->err);
    }
    return work_end(work, code);
}

static int step(struct work *work)
{
    return sqlite_link_step(work->link, work->statement, work->err);
}

/* A statement that writes, and how many rows it wrote. Writers of this process
 * stand in line, so that none starves; those of others SQLite has wait. */
static int change(void *inst, const struct sstore_call *call,
                  enum statement which, struct sstore_str sid,
                  const struct sstore_record *rec, uint64_t *rows,
                  struct sstore_err *err)
{
    struct work work = { .instance = inst, .call = call, .err = err };
    struct range_lock line = { .path = work.instance->path,
                               .all = true,
                               .deadline_ns = call->deadline_ns };

    if (range_lock_wait(&line) != 0)
        return fail_errno(err, errno, "sqlite: wait for who writes");
    int code = work_begin(&work, which, sid, rec);
    if (code == SSTORE_OK) {
        code = step(&work);
        *rows = (uint64_t)sqlite3_changes64(work.link->db);
        code = work_end(&work, code == SSTORE_MISS ? SSTORE_OK : code);
    }
    range_lock_end(&line);
    return code;
}

/* ---- One session -------------------------------------------------------- */

static const struct sstore_str no_sid = { "", 0 };

static struct sstore_str column(const struct work *work, enum column at)
{
    const char *bytes = sqlite3_column_blob(work->statement, at);

    return (struct sstore_str){ bytes, (size_t)sqlite3_column_bytes(
                                           work->statement, at) };
}

static int fail_corrupt(struct sstore_err *err)
{
    return fail(err, SSTORE_E_CORRUPT, 0, "",
                "sqlite: a session's row is not as it was written");
}

/* Hands back the row that was stepped to. */
static int give_row(const struct work *work, sstore_row_fn *row, void *arg)
{
    struct sstore_record rec = {
        .data = column(work, C_DATA),
        .cookie = column(work, C_COOKIE),
        .expires_ms = sqlite3_column_int64(work->statement, C_EXPIRES),
    };

    if (sqlite3_column_int64(work->statement, C_DATA_SUM) != sum_of(rec.data) ||
        sqlite3_column_int64(work->statement, C_COOKIE_SUM) !=
            sum_of(rec.cookie))
        return fail_corrupt(work->err);
    return row(arg, column(work, C_SID), &rec) == 0 ? SSTORE_OK : SSTORE_STOP;
}

static int sqlite_get(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, sstore_row_fn *row, void *arg,
                      struct sstore_err *err)
{
    struct work work = { .instance = inst, .call = call, .err = err };
    int code = work_begin(&work, GET, sid, NULL);

    if (code != SSTORE_OK)
        return code;
    code = step(&work);
    return work_end(&work,
                    code == SSTORE_OK ? give_row(&work, row, arg) : code);
}

static int sqlite_set(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    uint64_t rows = 0;

    return change(inst, call, SET, sid, rec, &rows, err);
}

static int sqlite_destroy(void *inst, const struct sstore_call *call,
                          struct sstore_str sid, struct sstore_err *err)
{
    uint64_t rows = 0;

    return change(inst, call, DESTROY, sid, NULL, &rows, err);
}

static int sqlite_touch(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    uint64_t rows = 0;
    int code = change(inst, call, TOUCH, sid, rec, &rows, err);

    return code == SSTORE_OK && rows == 0 ? SSTORE_MISS : code;
}

static int sqlite_spoil(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    uint64_t rows = 0;
    int code = change(inst, call, SPOIL, sid, NULL, &rows, err);

    return code == SSTORE_OK && rows == 0 ? SSTORE_MISS : code;
}

/* ---- All sessions ------------------------------------------------------- */

/* As they are at one moment. A row that cannot be read keeps nobody from the
 * others: that there was one is said at the end. */
static int sqlite_all(void *inst, const struct sstore_call *call,
                      sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct work work = { .instance = inst, .call = call, .err = err };
    int code = work_begin(&work, ALL, no_sid, NULL);
    bool corrupt = false;

    if (code != SSTORE_OK)
        return code;
    while ((code = step(&work)) == SSTORE_OK) {
        code = give_row(&work, row, arg);
        corrupt = corrupt || code == SSTORE_E_CORRUPT;
        if (code == SSTORE_STOP)
            break;
    }
    if (code == SSTORE_MISS)
        code = corrupt ? fail_corrupt(err) : SSTORE_OK;
    return work_end(&work, code);
}

static int sqlite_clear(void *inst, const struct sstore_call *call,
                        struct sstore_err *err)
{
    uint64_t rows = 0;

    return change(inst, call, CLEAR, no_sid, NULL, &rows, err);
}

static int sqlite_length(void *inst, const struct sstore_call *call,
                         uint64_t *count, struct sstore_err *err)
{
    struct work work = { .instance = inst, .call = call, .err = err };
    int code = work_begin(&work, LENGTH, no_sid, NULL);

    if (code != SSTORE_OK)
        return code;
    code = step(&work);
    if (code == SSTORE_OK)
        *count = (uint64_t)sqlite3_column_int64(work.statement, 0);
    return work_end(&work, code);
}

/* The host may call it often: looking first leaves those alone who write. */
static int sqlite_reap(void *inst, const struct sstore_call *call,
                       uint64_t *count, struct sstore_err *err)
{
    struct work work = { .instance = inst, .call = call, .err = err };
    uint64_t rows = 0;
    int code = work_begin(&work, DUE, no_sid, NULL);

    if (code == SSTORE_OK)
        code = work_end(&work, step(&work));
    if (code == SSTORE_OK)
        code = change(inst, call, REAP, no_sid, NULL, &rows, err);
    if (code < 0)
        return code;
    *count = rows;
    return SSTORE_OK;
}

/* ---- Open and close ----------------------------------------------------- */

static void sqlite_close(void *inst)
{
    struct instance *instance = inst;

    if (instance->pool)
        pool_leave(instance->pool);
    free(instance->path);
    free(instance->name_space);
    free(instance);
}

/* What cannot work is said now, not by the first visitor's set. */
static int try_connection(struct pool *pool, struct sstore_err *err)
{
    int64_t deadline_ns = clock_now_ns() + OPEN_MS * CLOCK_NS_IN_MS;
    void *connection;
    int code = pool_take(pool, deadline_ns, &connection, err);

    if (code == SSTORE_OK)
        pool_give(pool, connection, true);
    return code;
}

static int sqlite_open(const struct sstore_host *host,
                       const struct sstore_opt *opt, size_t nopt, void **inst,
                       struct sstore_err *err)
{
    const char *path = "", *name_space = "";
    unsigned size = POOL_DEFAULT;
    bool fsync = false;
    const struct option table[] = {
        { "path", OPTION_TEXT, &path, 0, 0 },
        { "pool", OPTION_NUMBER, &size, 1, POOL_MOST },
        { "fsync", OPTION_YES_NO, &fsync, 0, 0 },
        { "namespace", OPTION_TEXT, &name_space, 0, 0 },
    };
    int code = option_table_read("sqlite", table, sizeof table / sizeof *table,
                                 opt, nopt, err);

    (void)host;
    if (code != SSTORE_OK)
        return code;
    /* What is in memory or nameless would be each connection's own. */
    if (!*path || *path == ':')
        return fail(err, SSTORE_E_INVAL, 0, "",
                    "sqlite: it needs path=FILE, a file on the disk");

    struct instance *instance = calloc(1, sizeof *instance);
    if (instance) {
        instance->name_space = strdup(name_space);
        instance->path = strdup(path);
        instance->pool = sqlite_link_join(path, size, fsync);
    }
    if (!instance || !instance->name_space || !instance->path ||
        !instance->pool)
        code = fail_errno(err, ENOMEM, "sqlite");
    else
        code = try_connection(instance->pool, err);
    if (code == SSTORE_OK)
        *inst = instance;
    else if (instance)
        sqlite_close(instance);
    return code;
}

static const struct sstore_plugin sqlite_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "sqlite",
    .version = "1.0 (SQLite " SQLITE_VERSION ")",
    .options = "path=FILE   the database; made if its folder is there\n"
               "pool=N      connections at most, 1 to 64; default: 8\n"
               "fsync=yes   what was set survives a loss of power; default: no",
    .open = sqlite_open,
    .close = sqlite_close,
    .get = sqlite_get,
    .set = sqlite_set,
    .destroy = sqlite_destroy,
    .touch = sqlite_touch,
    .all = sqlite_all,
    .clear = sqlite_clear,
    .length = sqlite_length,
    .reap = sqlite_reap,
    .spoil = sqlite_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &sqlite_plugin;
}
