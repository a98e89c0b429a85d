/* postgres.c: the store `postgres`: sessions in PostgreSQL, through libpq
 *
 * A session is a row of the table `sessionspec_sessions`, which the first
 * connection makes where it is missing. Its key is two SHA-256, that of the
 * namespace and that of the id, computed by the server: so ids and namespaces
 * may be of any bytes and any length, and never meet. An index on namespace and
 * expiry finds what is to be reaped.
 *
 * Promises. Each operation is one prepared statement, and so one atomic step,
 * READ COMMITTED; whatever comes from outside is a parameter. Parallel calls
 * wait for each other, never deadlock: only clear locks more than one row and
 * waits, and it does so in the order of ids. Expiry is judged by call->now_ms
 * alone; rows go by reap, for the server has no clock in this. A sum stands
 * beside each text: what was altered by others is SSTORE_E_CORRUPT.
 *
 * Deadlines hold for a free connection, for connecting, and for every answer;
 * what the server still does then, it gives up after STATEMENT_MS. A
 * connection on which a call failed is closed, and never is a call sent twice;
 * the next one connects anew. Connections that broke while they were idle are
 * not noticed by callers.
 *
 * Options
 *     url=postgres://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]
 *     pool=N      connections at most, for the whole process
 *
 * What the address leaves out is libpq's to find: PGUSER, PGPASSFILE,
 * PGSSLMODE, PGSSLROOTCERT and so on.
 *
 * Limits. PostgreSQL 11 or newer, not behind a pooler that shares connections
 * by transaction. The user must own the table, or have the rights to read and
 * write it. RECORD_MAX for id, data and cookie together. A host's name is
 * looked up without a deadline.
 */
#include "session_store.h"

#include "base/fail.h"
#include "base/server.h"
#include "base/sum.h"
#include "postgres_link.h"

#include <errno.h>
#include <pg_config.h>
#include <stdio.h>
#include <string.h>

#define PORT_DEFAULT 5432
/* For the server, which does not know of deadlines; above all of them. */
#define STATEMENT_MS "10000"
/* Bytes; a message of the protocol ends at 1 GiB. */
#define RECORD_MAX (512u << 20)

/* ---- Statements --------------------------------------------------------- */

#define TABLE   "sessionspec_sessions"
#define COLUMNS "sid, data, data_sum, cookie, cookie_sum, expires_ms"
#define SPACE   "space = sha256($1)"
#define SESSION SPACE " AND id = sha256($2)"

/* The lock keeps two who make it at once apart: IF NOT EXISTS does not. */
static const char create_table[] =
    "SELECT pg_advisory_xact_lock(x'73657373696f6e73'::bigint);"
    "CREATE TABLE IF NOT EXISTS " TABLE " ("
    "  space bytea NOT NULL,"
    "  id bytea NOT NULL,"
    "  sid bytea NOT NULL,"
    "  data bytea NOT NULL,"
    "  data_sum bigint NOT NULL,"
    "  cookie bytea NOT NULL,"
    "  cookie_sum bigint NOT NULL,"
    "  expires_ms bigint NOT NULL,"
    "  PRIMARY KEY (space, id));"
    "CREATE INDEX IF NOT EXISTS " TABLE "_expiry"
    "  ON " TABLE " (space, expires_ms)";

/* In each $1 is the namespace. */
/* clang-format off */
#define STATEMENTS(X)                                                          \
    /* id, now */                                                              \
    X(get, "SELECT " COLUMNS " FROM " TABLE                                    \
        " WHERE " SESSION " AND expires_ms > $3")                              \
    /* id, data, its sum, cookie, its sum, expiry */                           \
    X(set, "INSERT INTO " TABLE " (space, id, " COLUMNS ")"                    \
        " VALUES (sha256($1), sha256($2), $2, $3, $4, $5, $6, $7)"             \
        " ON CONFLICT (space, id) DO UPDATE SET data = EXCLUDED.data,"         \
        " data_sum = EXCLUDED.data_sum, cookie = EXCLUDED.cookie,"             \
        " cookie_sum = EXCLUDED.cookie_sum, expires_ms = EXCLUDED.expires_ms") \
    /* id */                                                                   \
    X(destroy, "DELETE FROM " TABLE " WHERE " SESSION)                         \
    /* id, now, cookie, its sum, expiry */                                     \
    X(touch, "UPDATE " TABLE                                                   \
        " SET cookie = $4, cookie_sum = $5, expires_ms = $6"                   \
        " WHERE " SESSION " AND expires_ms > $3")                              \
    /* now */                                                                  \
    X(all, "SELECT " COLUMNS " FROM " TABLE                                    \
        " WHERE " SPACE " AND expires_ms > $2")                                \
    X(clear, "DELETE FROM " TABLE " WHERE " SPACE " AND id IN ("               \
        " SELECT id FROM " TABLE " WHERE " SPACE " ORDER BY id FOR UPDATE)")   \
    /* now */                                                                  \
    X(length, "SELECT count(*) FROM " TABLE                                    \
        " WHERE " SPACE " AND expires_ms > $2")                                \
    /* now; a row that somebody is at is left to the next time */              \
    X(reap, "DELETE FROM " TABLE " WHERE expires_ms <= $2 AND ctid = ANY("     \
        "ARRAY(SELECT ctid FROM " TABLE " WHERE " SPACE                        \
        " AND expires_ms <= $2 FOR UPDATE SKIP LOCKED))")                      \
    /* id, now */                                                              \
    X(spoil, "UPDATE " TABLE " SET data = '\\x7b22ff'"                         \
        " WHERE " SESSION " AND expires_ms > $3")
/* clang-format on */

static const char prepare_all[] =
#define X(name, sql) "PREPARE \"" #name "\" AS " sql ";"
    STATEMENTS(X)
#undef X
    ;

/* SSTORE_NEVER is later than any now. */
static void add_now(struct postgres_params *params,
                    const struct sstore_call *call)
{
    postgres_add_number(params, call->now_ms < SSTORE_NEVER ? call->now_ms
                                                            : SSTORE_NEVER - 1);
}

/* ---- A connection with its statements ----------------------------------- */

/* Makes the table where that is what preparing fails for. */
static int greet(struct postgres_link *link, int64_t deadline_ns,
                 struct sstore_err *err)
{
    static const char settings[] =
        "SET statement_timeout = " STATEMENT_MS ";"
        "SET default_transaction_isolation = 'read committed'";
    int code = postgres_link_script(link, deadline_ns, settings, err);

    if (code == SSTORE_OK)
        code = postgres_link_script(link, deadline_ns, prepare_all, err);
    if (code == SSTORE_OK || strcmp(err->symbol, "42P01") != 0)
        return code;
    code = postgres_link_script(link, deadline_ns, create_table, err);
    if (code == SSTORE_OK)
        code = postgres_link_script(link, deadline_ns, prepare_all, err);
    return code;
}

static int create(const void *config, int64_t deadline_ns, void **connection,
                  struct sstore_err *err)
{
    struct postgres_link *link;
    int code = postgres_link_new(&link, config, deadline_ns, err);

    if (code == SSTORE_OK)
        code = greet(link, deadline_ns, err);
    if (code == SSTORE_OK)
        *connection = link;
    else if (link)
        postgres_link_free(link);
    return code;
}

/* ---- The operations ----------------------------------------------------- */

/* A statement on a connection of its own. */
static int run(struct server *server, const struct sstore_call *call,
               const char *name, const struct postgres_params *params,
               postgres_each_fn *each, void *arg, uint64_t *changed,
               struct sstore_err *err)
{
    void *connection;
    int code = pool_take(server->pool, call->deadline_ns, &connection, err);

    if (code != SSTORE_OK)
        return code;
    struct postgres_link *link = connection;
    code = postgres_link_run(link, call->deadline_ns, name, params, each, arg,
                             changed, err);
    pool_give(server->pool, link, postgres_link_is_sound(link));
    return code;
}

/* The first of all parameters, and for most the second. Numbers are added to
 * what it gives, not here: they point into their struct. */
static struct postgres_params params_of(const struct server *server,
                                        const struct sstore_str *sid)
{
    struct postgres_params params = { .count = 0 };

    postgres_add_bytes(&params, server->name_space);
    if (sid)
        postgres_add_bytes(&params, *sid);
    return params;
}

static int check_size(size_t n, struct sstore_err *err)
{
    if (n <= RECORD_MAX)
        return SSTORE_OK;
    return fail(err, SSTORE_E_TOOBIG, EMSGSIZE, "EMSGSIZE",
                "postgres: %zu bytes are more than %u", n, RECORD_MAX);
}

/* One that finds or changes a session, or does not. */
static int run_on_live(struct server *server, const struct sstore_call *call,
                       const char *name, const struct postgres_params *params,
                       struct sstore_err *err)
{
    uint64_t changed = 0;
    int code = run(server, call, name, params, NULL, NULL, &changed, err);

    return code == SSTORE_OK && changed == 0 ? SSTORE_MISS : code;
}

/* The host's callback, and how often it was called. */
struct rows {
    sstore_row_fn *row;
    void *arg;
    uint64_t count;
};

static int give_row(void *arg, const PGresult *result, struct sstore_err *err)
{
    struct rows *rows = arg;
    struct sstore_record record = { .data = postgres_bytes_at(result, 1),
                                    .cookie = postgres_bytes_at(result, 3),
                                    .expires_ms =
                                        postgres_number_at(result, 5) };

    if (postgres_number_at(result, 2) != sum_of(record.data) ||
        postgres_number_at(result, 4) != sum_of(record.cookie))
        return fail(err, SSTORE_E_CORRUPT, 0, "EBADMSG",
                    "postgres: a session is not what was set");
    rows->count++;
    return rows->row(rows->arg, postgres_bytes_at(result, 0), &record) == 0
               ? SSTORE_OK
               : SSTORE_STOP;
}

static int postgres_get(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, sstore_row_fn *row, void *arg,
                        struct sstore_err *err)
{
    struct rows rows = { row, arg, 0 };
    struct postgres_params params = params_of(inst, &sid);
    uint64_t ignored;
    int code = check_size(sid.n, err);

    add_now(&params, call);
    if (code == SSTORE_OK)
        code = run(inst, call, "get", &params, give_row, &rows, &ignored, err);
    return code == SSTORE_OK && rows.count == 0 ? SSTORE_MISS : code;
}

static int postgres_set(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, &sid);
    uint64_t ignored;
    int code = check_size(sid.n + rec->data.n + rec->cookie.n, err);

    postgres_add_bytes(&params, rec->data);
    postgres_add_number(&params, sum_of(rec->data));
    postgres_add_bytes(&params, rec->cookie);
    postgres_add_number(&params, sum_of(rec->cookie));
    postgres_add_number(&params, rec->expires_ms);
    return code == SSTORE_OK
               ? run(inst, call, "set", &params, NULL, NULL, &ignored, err)
               : code;
}

static int postgres_destroy(void *inst, const struct sstore_call *call,
                            struct sstore_str sid, struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, &sid);
    uint64_t ignored;
    int code = check_size(sid.n, err);

    return code == SSTORE_OK
               ? run(inst, call, "destroy", &params, NULL, NULL, &ignored, err)
               : code;
}

static int postgres_touch(void *inst, const struct sstore_call *call,
                          struct sstore_str sid,
                          const struct sstore_record *rec,
                          struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, &sid);
    int code = check_size(sid.n + rec->cookie.n, err);

    add_now(&params, call);
    postgres_add_bytes(&params, rec->cookie);
    postgres_add_number(&params, sum_of(rec->cookie));
    postgres_add_number(&params, rec->expires_ms);
    return code == SSTORE_OK ? run_on_live(inst, call, "touch", &params, err)
                             : code;
}

static int postgres_spoil(void *inst, const struct sstore_call *call,
                          struct sstore_str sid, struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, &sid);
    int code = check_size(sid.n, err);

    add_now(&params, call);
    return code == SSTORE_OK ? run_on_live(inst, call, "spoil", &params, err)
                             : code;
}

static int postgres_all(void *inst, const struct sstore_call *call,
                        sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct rows rows = { row, arg, 0 };
    struct postgres_params params = params_of(inst, NULL);
    uint64_t ignored;

    add_now(&params, call);
    return run(inst, call, "all", &params, give_row, &rows, &ignored, err);
}

static int postgres_clear(void *inst, const struct sstore_call *call,
                          struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, NULL);
    uint64_t ignored;

    return run(inst, call, "clear", &params, NULL, NULL, &ignored, err);
}

static int take_number(void *arg, const PGresult *result,
                       struct sstore_err *err)
{
    (void)err;
    *(uint64_t *)arg = (uint64_t)postgres_number_at(result, 0);
    return SSTORE_OK;
}

static int postgres_length(void *inst, const struct sstore_call *call,
                           uint64_t *count, struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, NULL);
    uint64_t found = 0, ignored;

    add_now(&params, call);
    int code =
        run(inst, call, "length", &params, take_number, &found, &ignored, err);
    if (code == SSTORE_OK)
        *count = found;
    return code;
}

static int postgres_reap(void *inst, const struct sstore_call *call,
                         uint64_t *count, struct sstore_err *err)
{
    struct postgres_params params = params_of(inst, NULL);
    uint64_t changed = 0;

    add_now(&params, call);
    int code = run(inst, call, "reap", &params, NULL, NULL, &changed, err);
    if (code == SSTORE_OK)
        *count = changed;
    return code;
}

/* ---- Open and close ----------------------------------------------------- */

static const struct pool_kind links = {
    .create = create,
    .destroy = postgres_link_free,
    .check = postgres_link_check,
    .free_config = server_free_config,
};

static int postgres_open(const struct sstore_host *host,
                         const struct sstore_opt *opt, size_t nopt, void **inst,
                         struct sstore_err *err)
{
    struct server *server;
    int code =
        server_open(&server, "postgres", &links, PORT_DEFAULT, opt, nopt, err);

    (void)host;
    if (code == SSTORE_OK)
        *inst = server;
    return code;
}

static void postgres_close(void *inst)
{
    server_close(inst);
}

static const struct sstore_plugin postgres_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "postgres",
    .version = "1.0, libpq " PG_MAJORVERSION,
    .options = "url=postgres://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]  the "
               "server\n" OPTIONS_HELP,
    .open = postgres_open,
    .close = postgres_close,
    .get = postgres_get,
    .set = postgres_set,
    .destroy = postgres_destroy,
    .touch = postgres_touch,
    .all = postgres_all,
    .clear = postgres_clear,
    .length = postgres_length,
    .reap = postgres_reap,
    .spoil = postgres_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &postgres_plugin;
}
