/* mariadb.c: the store `mariadb`: sessions in MariaDB, through libmariadb
 *
 * A session is a row of the table `sessionspec_sessions`, which the first
 * connection makes where it is missing. Its key is two SHA-256, that of the
 * namespace and that of the id, computed by the server: so ids and namespaces
 * may be of any bytes and any length, and no collation has a say in what is
 * alike. Texts are blobs: no character set touches them. An index on namespace
 * and expiry finds what is to be reaped.
 *
 * Promises. Each operation is one prepared statement, and so one atomic step,
 * READ COMMITTED; whatever comes from outside is a parameter. Where InnoDB ends
 * a deadlock by taking one of them back, that one is run again. Expiry is
 * judged by call->now_ms alone; rows go by reap, for the server has no clock in
 * this. A sum stands beside each text: what was altered by others is
 * SSTORE_E_CORRUPT.
 *
 * Deadlines hold for a free connection, for connecting, and for every answer;
 * what MariaDB still does then, it gives up after ten seconds. A connection on
 * which a call failed is closed, and never is a call sent twice; the next one
 * connects anew. Connections that broke while they were idle are not noticed
 * by callers.
 *
 * Options
 *     url=mysql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE
 *     pool=N      connections at most, for the whole process
 *
 * Limits. The server's max_allowed_packet, for id, data and cookie together:
 * above it is SSTORE_E_TOOBIG. The user must have the rights to read and write
 * the table, or to make it. No TLS. A host's name is looked up without a
 * deadline.
 */
#include "session_store.h"

#include "base/fail.h"
#include "base/server.h"
#include "base/sum.h"
#include "mariadb_link.h"

#include <mariadb_version.h>
#include <stdio.h>
#include <string.h>

#define PORT_DEFAULT 3306

/* ---- Statements --------------------------------------------------------- */

#define TABLE   "sessionspec_sessions"
#define COLUMNS "sid, data, data_sum, cookie, cookie_sum, expires_ms"
/* Written by the primary key, never by that of the expiry: a scan of an index
 * in which another's touch moves the row misses it. */
#define BY_KEY  TABLE " FORCE INDEX (PRIMARY)"
#define SHA256  "UNHEX(SHA2(?, 256))"
#define SPACE   "space = " SHA256
#define SESSION SPACE " AND id = " SHA256

static const char create_table[] = "CREATE TABLE IF NOT EXISTS " TABLE " ("
                                   " space BINARY(32) NOT NULL,"
                                   " id BINARY(32) NOT NULL,"
                                   " sid LONGBLOB NOT NULL,"
                                   " data LONGBLOB NOT NULL,"
                                   " data_sum BIGINT NOT NULL,"
                                   " cookie LONGBLOB NOT NULL,"
                                   " cookie_sum BIGINT NOT NULL,"
                                   " expires_ms BIGINT NOT NULL,"
                                   " PRIMARY KEY (space, id),"
                                   " KEY expiry (space, expires_ms)"
                                   ") ENGINE = InnoDB";

/* Above each its parameters. */
/* clang-format off */
#define STATEMENTS(X)                                                          \
    /* namespace, id, now */                                                   \
    X(GET, "SELECT " COLUMNS " FROM " TABLE                                    \
        " WHERE " SESSION " AND expires_ms > ?")                               \
    /* namespace, id, id, data, its sum, cookie, its sum, expiry */            \
    X(SET, "INSERT INTO " TABLE " (space, id, " COLUMNS ")"                    \
        " VALUES (" SHA256 ", " SHA256 ", ?, ?, ?, ?, ?, ?)"                   \
        " ON DUPLICATE KEY UPDATE data = VALUES(data),"                        \
        " data_sum = VALUES(data_sum), cookie = VALUES(cookie),"               \
        " cookie_sum = VALUES(cookie_sum), expires_ms = VALUES(expires_ms)")   \
    /* namespace, id */                                                        \
    X(DESTROY, "DELETE " TABLE " FROM " BY_KEY " WHERE " SESSION)              \
    /* cookie, its sum, expiry, namespace, id, now */                          \
    X(TOUCH, "UPDATE " BY_KEY                                                  \
        " SET cookie = ?, cookie_sum = ?, expires_ms = ?"                      \
        " WHERE " SESSION " AND expires_ms > ?")                               \
    /* namespace, now */                                                       \
    X(ALL, "SELECT " COLUMNS " FROM " TABLE                                    \
        " WHERE " SPACE " AND expires_ms > ?")                                 \
    /* namespace */                                                            \
    X(CLEAR, "DELETE " TABLE " FROM " BY_KEY " WHERE " SPACE)                  \
    /* namespace, now */                                                       \
    X(LENGTH, "SELECT COUNT(*) FROM " TABLE                                    \
        " WHERE " SPACE " AND expires_ms > ?")                                 \
    /* namespace, now */                                                       \
    X(REAP, "DELETE FROM " TABLE " WHERE " SPACE " AND expires_ms <= ?")       \
    /* namespace, id, now */                                                   \
    X(SPOIL, "UPDATE " BY_KEY " SET data = X'7B22FF'"                          \
        " WHERE " SESSION " AND expires_ms > ?")
/* clang-format on */

enum statement {
#define X(name, sql) name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};
_Static_assert(STATEMENT_COUNT <= MARIADB_STATEMENTS, "a link has room");

static const char *const statements[] = {
#define X(name, sql) sql,
    STATEMENTS(X)
#undef X
};

/* SSTORE_NEVER is later than any now. */
static void add_now(struct mariadb_params *params,
                    const struct sstore_call *call)
{
    mariadb_add_number(params, call->now_ms < SSTORE_NEVER ? call->now_ms
                                                           : SSTORE_NEVER - 1);
}

static void add_session(struct mariadb_params *params,
                        const struct server *server, struct sstore_str sid)
{
    mariadb_add_bytes(params, server->name_space);
    mariadb_add_bytes(params, sid);
}

/* A text and its sum. */
static void add_text(struct mariadb_params *params, struct sstore_str text)
{
    mariadb_add_bytes(params, text);
    mariadb_add_number(params, sum_of(text));
}

/* ---- A connection with its statements ----------------------------------- */

static int prepare_all(struct mariadb_link *link, int64_t deadline_ns,
                       struct sstore_err *err)
{
    int code = SSTORE_OK;

    for (unsigned i = 0; code == SSTORE_OK && i < STATEMENT_COUNT; i++)
        code = mariadb_link_prepare(link, deadline_ns, i, statements[i], err);
    return code;
}

/* Makes the table where that is what preparing fails for. */
static int greet(struct mariadb_link *link, int64_t deadline_ns,
                 struct sstore_err *err)
{
    int code = prepare_all(link, deadline_ns, err);

    if (code == SSTORE_OK || strcmp(err->symbol, "ER_NO_SUCH_TABLE") != 0)
        return code;
    code = mariadb_link_query(link, deadline_ns, create_table, err);
    return code == SSTORE_OK ? prepare_all(link, deadline_ns, err) : code;
}

static int create(const void *config, int64_t deadline_ns, void **connection,
                  struct sstore_err *err)
{
    struct mariadb_link *link;
    int code = mariadb_link_new(&link, config, deadline_ns, err);

    if (code == SSTORE_OK)
        code = greet(link, deadline_ns, err);
    if (code == SSTORE_OK)
        *connection = link;
    else if (link)
        mariadb_link_free(link);
    return code;
}

/* ---- The operations ----------------------------------------------------- */

/* A statement on a connection of its own. */
static int run(struct server *server, const struct sstore_call *call,
               enum statement statement, const struct mariadb_params *params,
               mariadb_each_fn *each, void *arg, uint64_t *changed,
               struct sstore_err *err)
{
    void *connection;
    int code = pool_take(server->pool, call->deadline_ns, &connection, err);

    if (code != SSTORE_OK)
        return code;
    struct mariadb_link *link = connection;
    code = mariadb_link_run(link, call->deadline_ns, statement, params, each,
                            arg, changed, err);
    pool_give(server->pool, link, mariadb_link_is_sound(link));
    return code;
}

/* One that finds or changes a session, or does not. */
static int run_on_live(struct server *server, const struct sstore_call *call,
                       enum statement statement,
                       const struct mariadb_params *params,
                       struct sstore_err *err)
{
    uint64_t changed = 0;
    int code = run(server, call, statement, params, NULL, NULL, &changed, err);

    return code == SSTORE_OK && changed == 0 ? SSTORE_MISS : code;
}

/* The host's callback, and how often it was called. */
struct rows {
    sstore_row_fn *row;
    void *arg;
    uint64_t count;
};

static int give_row(void *arg, const struct mariadb_cell *row,
                    struct sstore_err *err)
{
    struct rows *rows = arg;
    struct sstore_record record = { .data = row[1].bytes,
                                    .cookie = row[3].bytes,
                                    .expires_ms = row[5].number };

    if (row[2].number != sum_of(record.data) ||
        row[4].number != sum_of(record.cookie))
        return fail(err, SSTORE_E_CORRUPT, 0, "EBADMSG",
                    "mariadb: a session is not what was set");
    rows->count++;
    return rows->row(rows->arg, row[0].bytes, &record) == 0 ? SSTORE_OK
                                                            : SSTORE_STOP;
}

static int mariadb_get(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, sstore_row_fn *row, void *arg,
                       struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };
    struct rows rows = { row, arg, 0 };
    uint64_t ignored;

    add_session(&params, inst, sid);
    add_now(&params, call);
    int code = run(inst, call, GET, &params, give_row, &rows, &ignored, err);
    return code == SSTORE_OK && rows.count == 0 ? SSTORE_MISS : code;
}

static int mariadb_set(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, const struct sstore_record *rec,
                       struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };
    uint64_t ignored;

    add_session(&params, inst, sid);
    mariadb_add_bytes(&params, sid);
    add_text(&params, rec->data);
    add_text(&params, rec->cookie);
    mariadb_add_number(&params, rec->expires_ms);
    return run(inst, call, SET, &params, NULL, NULL, &ignored, err);
}

static int mariadb_destroy(void *inst, const struct sstore_call *call,
                           struct sstore_str sid, struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };
    uint64_t ignored;

    add_session(&params, inst, sid);
    return run(inst, call, DESTROY, &params, NULL, NULL, &ignored, err);
}

static int mariadb_touch(void *inst, const struct sstore_call *call,
                         struct sstore_str sid, const struct sstore_record *rec,
                         struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };

    add_text(&params, rec->cookie);
    mariadb_add_number(&params, rec->expires_ms);
    add_session(&params, inst, sid);
    add_now(&params, call);
    return run_on_live(inst, call, TOUCH, &params, err);
}

static int mariadb_spoil(void *inst, const struct sstore_call *call,
                         struct sstore_str sid, struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };

    add_session(&params, inst, sid);
    add_now(&params, call);
    return run_on_live(inst, call, SPOIL, &params, err);
}

/* The parameters of what is about a whole namespace. */
static struct mariadb_params params_of(const struct server *server,
                                       const struct sstore_call *call)
{
    struct mariadb_params params = { .count = 0 };

    mariadb_add_bytes(&params, server->name_space);
    add_now(&params, call);
    return params;
}

static int mariadb_all(void *inst, const struct sstore_call *call,
                       sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct mariadb_params params = params_of(inst, call);
    struct rows rows = { row, arg, 0 };
    uint64_t ignored;

    return run(inst, call, ALL, &params, give_row, &rows, &ignored, err);
}

static int mariadb_clear(void *inst, const struct sstore_call *call,
                         struct sstore_err *err)
{
    struct mariadb_params params = { .count = 0 };
    struct server *server = inst;
    uint64_t ignored;

    mariadb_add_bytes(&params, server->name_space);
    return run(server, call, CLEAR, &params, NULL, NULL, &ignored, err);
}

static int take_number(void *arg, const struct mariadb_cell *row,
                       struct sstore_err *err)
{
    (void)err;
    *(uint64_t *)arg = (uint64_t)row[0].number;
    return SSTORE_OK;
}

static int mariadb_length(void *inst, const struct sstore_call *call,
                          uint64_t *count, struct sstore_err *err)
{
    struct mariadb_params params = params_of(inst, call);
    uint64_t found = 0, ignored;
    int code =
        run(inst, call, LENGTH, &params, take_number, &found, &ignored, err);

    if (code == SSTORE_OK)
        *count = found;
    return code;
}

static int mariadb_reap(void *inst, const struct sstore_call *call,
                        uint64_t *count, struct sstore_err *err)
{
    struct mariadb_params params = params_of(inst, call);
    uint64_t changed = 0;
    int code = run(inst, call, REAP, &params, NULL, NULL, &changed, err);

    if (code == SSTORE_OK)
        *count = changed;
    return code;
}

/* ---- Open and close ----------------------------------------------------- */

static const struct pool_kind links = {
    .create = create,
    .destroy = mariadb_link_free,
    .check = mariadb_link_check,
    .free_config = server_free_config,
};

static int mariadb_open(const struct sstore_host *host,
                        const struct sstore_opt *opt, size_t nopt, void **inst,
                        struct sstore_err *err)
{
    struct server *server;
    int code =
        server_open(&server, "mariadb", &links, PORT_DEFAULT, opt, nopt, err);

    (void)host;
    if (code == SSTORE_OK)
        *inst = server;
    return code;
}

static void mariadb_close(void *inst)
{
    server_close(inst);
}

static const struct sstore_plugin mariadb_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "mariadb",
    .version = "1.0, libmariadb " MARIADB_CLIENT_VERSION_STR,
    .options = "url=mysql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE  the "
               "server\n" OPTIONS_HELP,
    .open = mariadb_open,
    .close = mariadb_close,
    .get = mariadb_get,
    .set = mariadb_set,
    .destroy = mariadb_destroy,
    .touch = mariadb_touch,
    .all = mariadb_all,
    .clear = mariadb_clear,
    .length = mariadb_length,
    .reap = mariadb_reap,
    .spoil = mariadb_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &mariadb_plugin;
}
