/* postgres_link.c: a connection to PostgreSQL, used until a deadline
 *
 * libpq's calls that do not block, with poll() between them.
 */
#include "postgres_link.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct postgres_link {
    PGconn *conn; /* does not block */
    bool has_failed;
};

/* ---- Parameters and results --------------------------------------------- */

void postgres_add_bytes(struct postgres_params *params, struct sstore_str bytes)
{
    params->values[params->count] = bytes.n ? bytes.p : "";
    params->lengths[params->count] = (int)bytes.n;
    params->formats[params->count++] = 1;
}

void postgres_add_number(struct postgres_params *params, int64_t number)
{
    char *bytes = params->numbers[params->count];

    for (int i = 0; i < 8; i++)
        bytes[i] = (char)((uint64_t)number >> (56 - 8 * i));
    postgres_add_bytes(params, (struct sstore_str){ bytes, 8 });
}

struct sstore_str postgres_bytes_at(const PGresult *result, int column)
{
    return (struct sstore_str){ PQgetvalue(result, 0, column),
                                (size_t)PQgetlength(result, 0, column) };
}

int64_t postgres_number_at(const PGresult *result, int column)
{
    struct sstore_str bytes = postgres_bytes_at(result, column);
    uint64_t number = 0;

    for (size_t i = 0; i < bytes.n; i++)
        number = number << 8 | (unsigned char)bytes.p[i];
    return (int64_t)number;
}

/* ---- A connection: what is sent, and what is waited for ----------------- */

/* What the server says; its primary message holds no data. */
static int fail_result(const PGresult *result, struct sstore_err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    int code = SSTORE_E_IO;

    if (!state)
        return fail(err, SSTORE_E_IO, ECONNRESET, "ECONNRESET",
                    "postgres: the connection broke");
    if (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0)
        code = SSTORE_E_TIMEOUT; /* STATEMENT_MS, or a limit for locks */
    else if (strncmp(state, "54", 2) == 0)
        code = SSTORE_E_TOOBIG;
    return fail(err, code, (int)strtol(state, NULL, 10), state, "postgres: %s",
                message ? message : state);
}

static int fail_broken(struct sstore_err *err)
{
    return fail_errno(err, ECONNRESET, "postgres");
}

/* Until the socket is ready for one of the events. */
static int await(const struct postgres_link *link, short events,
                 int64_t deadline_ns, struct sstore_err *err)
{
    struct pollfd file = { .fd = PQsocket(link->conn), .events = events };
    int ready;

    do
        ready = poll(&file, 1, clock_left_ms(deadline_ns, INT_MAX));
    while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return fail_errno(err, errno, "postgres");
    if (ready == 0)
        return fail(err, SSTORE_E_TIMEOUT, ETIMEDOUT, "ETIMEDOUT",
                    "postgres: no answer by the deadline");
    return SSTORE_OK;
}

/* A server that reads no more until it is read must not be waited for. */
static int link_flush(struct postgres_link *link, int64_t deadline_ns,
                      struct sstore_err *err)
{
    int code = SSTORE_OK, left;

    while (code == SSTORE_OK && (left = PQflush(link->conn)) != 0) {
        if (left < 0 || !PQconsumeInput(link->conn))
            return fail_broken(err);
        code = await(link, POLLIN | POLLOUT, deadline_ns, err);
    }
    return code;
}

/* The next result, NULL after the last. */
static int link_result(struct postgres_link *link, int64_t deadline_ns,
                       PGresult **result, struct sstore_err *err)
{
    while (PQisBusy(link->conn)) {
        int code = await(link, POLLIN, deadline_ns, err);
        if (code != SSTORE_OK)
            return code;
        if (!PQconsumeInput(link->conn))
            return fail_broken(err);
    }
    *result = PQgetResult(link->conn);
    return SSTORE_OK;
}

static int take_result(const PGresult *result, postgres_each_fn *each,
                       void *arg, uint64_t *changed, struct sstore_err *err)
{
    switch (PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
        return each ? each(arg, result, err) : SSTORE_OK;
    case PGRES_COMMAND_OK:
        *changed = strtoull(PQcmdTuples((PGresult *)result), NULL, 10);
        return SSTORE_OK;
    case PGRES_TUPLES_OK: /* the end of the rows */
        return SSTORE_OK;
    default:
        return fail_result(result, err);
    }
}

/* Takes all answers to what was sent, also those behind a failure: so the next
 * statement can be sent. *changed: rows of a command. */
static int link_finish(struct postgres_link *link, int64_t deadline_ns,
                       bool is_sent, postgres_each_fn *each, void *arg,
                       uint64_t *changed, struct sstore_err *err)
{
    struct sstore_err ignored;
    PGresult *result = NULL;
    int verdict = SSTORE_OK;
    int code = is_sent && PQsetSingleRowMode(link->conn)
                   ? link_flush(link, deadline_ns, err)
                   : fail_broken(err);

    while (code == SSTORE_OK) {
        code = link_result(link, deadline_ns, &result,
                           verdict == SSTORE_OK ? err : &ignored);
        if (code != SSTORE_OK || !result)
            break;
        if (verdict == SSTORE_OK)
            verdict = take_result(result, each, arg, changed, err);
        PQclear(result);
    }
    link->has_failed = code != SSTORE_OK || verdict < 0;
    return verdict != SSTORE_OK ? verdict : code;
}

/* One of the prepared statements. */
int postgres_link_run(struct postgres_link *link, int64_t deadline_ns,
                      const char *name, const struct postgres_params *params,
                      postgres_each_fn *each, void *arg, uint64_t *changed,
                      struct sstore_err *err)
{
    bool is_sent = PQsendQueryPrepared(link->conn, name, params->count,
                                       params->values, params->lengths,
                                       params->formats, 1 /* binary results */);

    return link_finish(link, deadline_ns, is_sent, each, arg, changed, err);
}

/* Statements without parameters, one after the other. */
int postgres_link_script(struct postgres_link *link, int64_t deadline_ns,
                         const char *sql, struct sstore_err *err)
{
    uint64_t ignored;

    return link_finish(link, deadline_ns, PQsendQuery(link->conn, sql), NULL,
                       NULL, &ignored, err);
}

/* ---- Connecting, and the end -------------------------------------------- */

void postgres_link_free(void *connection)
{
    struct postgres_link *link = connection;

    PQfinish(link->conn);
    free(link);
}

/* Readable while nothing was asked: it was closed, or the server said that it
 * will be; or a setting changed. */
bool postgres_link_check(void *connection, int64_t deadline_ns)
{
    struct postgres_link *link = connection;
    struct pollfd file = { .fd = PQsocket(link->conn), .events = POLLIN };

    (void)deadline_ns;
    return poll(&file, 1, 0) == 0;
}

static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

/* The SQLSTATE in "FATAL:  28P01: ...", the first word in any language. */
static bool find_state(const char *message, char state[6])
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    for (const char *at = strstr(message, ":  "); at; at = strstr(at, ":  ")) {
        at += strlen(":  ");
        if (strspn(at, letters) == 5 && at[5] == ':') {
            snprintf(state, 6, "%.5s", at);
            return true;
        }
    }
    return false;
}

/* libpq keeps no number of what went wrong, only the system's words for it. */
static int find_errno(const char *message)
{
    static const int table[] = { ECONNREFUSED, ECONNRESET,   ETIMEDOUT,
                                 EHOSTUNREACH, ENETUNREACH,  EACCES,
                                 EMFILE,       EADDRNOTAVAIL };
    char text[100];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strerror_r(table[i], text, sizeof text) == 0 &&
            strstr(message, text))
            return table[i];
    return 0;
}

static int fail_connect(const PGconn *conn, struct sstore_err *err)
{
    const char *message = PQerrorMessage(conn);
    int length = (int)strcspn(message, "\n"), number = find_errno(message);
    char state[6];

    if (find_state(message, state))
        return fail(err, SSTORE_E_IO, (int)strtol(state, NULL, 10), state,
                    "postgres: %.*s", length, message);
    if (!number)
        return fail(err, SSTORE_E_IO, 0,
                    PQsocket(conn) < 0 ? "ENOTFOUND" : "ECONNRESET",
                    "postgres: %.*s", length, message);
    fail_errno(err, number, "postgres");
    snprintf(err->text, sizeof err->text, "postgres: %.*s", length, message);
    return SSTORE_E_IO;
}

static int link_connect(struct postgres_link *link, const struct url *url,
                        int64_t deadline_ns, struct sstore_err *err)
{
    char port[8];
    const char *names[] = { "host",     "port",   "user",
                            "password", "dbname", "fallback_application_name",
                            NULL };
    const char *values[] = { url->host, port,          url->user, url->password,
                             url->path, "sessionspec", NULL };
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    snprintf(port, sizeof port, "%d", url->port);
    link->conn = PQconnectStartParams(names, values, 0);
    if (!link->conn)
        return fail_errno(err, ENOMEM, "postgres");
    PQsetErrorVerbosity(link->conn, PQERRORS_VERBOSE); /* for find_state */
    PQsetNoticeReceiver(link->conn, ignore_notice, NULL);
    while (PQstatus(link->conn) != CONNECTION_BAD &&
           state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        int code =
            await(link, state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                  deadline_ns, err);
        if (code != SSTORE_OK)
            return code;
        state = PQconnectPoll(link->conn);
    }
    if (PQstatus(link->conn) != CONNECTION_OK ||
        PQsetnonblocking(link->conn, 1) != 0)
        return fail_connect(link->conn, err);
    return SSTORE_OK;
}

int postgres_link_new(struct postgres_link **link, const struct url *url,
                      int64_t deadline_ns, struct sstore_err *err)
{
    *link = calloc(1, sizeof **link);
    return *link ? link_connect(*link, url, deadline_ns, err)
                 : fail_errno(err, ENOMEM, "postgres");
}

bool postgres_link_is_sound(const struct postgres_link *link)
{
    return !link->has_failed;
}
