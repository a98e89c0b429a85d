/* mariadb_link.c: a connection to MariaDB, used until a deadline
 *
 * The client library's calls come in pairs: X_start begins, and says what it
 * waits for; X_cont goes on once that has come. Between them is poll().
 */
#include "mariadb_link.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errmsg.h>
#include <errno.h>
#include <limits.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* For the server, which does not know of deadlines: seconds, above all of
 * them. What stands in the comment MySQL does not read. */
#define STATEMENT_S "10"

struct mariadb_link {
    MYSQL *mysql;
    bool has_failed;
    bool is_late;      /* the deadline of the call passed */
    size_t packet_max; /* bytes that the server takes at once */
    MYSQL_STMT *statements[MARIADB_STATEMENTS];
};

/* ---- Waiting ------------------------------------------------------------ */

/* Waits for what X_start or X_cont asks for, gives what came of it. Past the
 * deadline that is a timeout, and X_cont gives up. */
static int await(struct mariadb_link *link, int wanted, int64_t deadline_ns)
{
    short events = (short)((wanted & MYSQL_WAIT_READ ? POLLIN : 0) |
                           (wanted & MYSQL_WAIT_WRITE ? POLLOUT : 0) |
                           (wanted & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
    struct pollfd file = { mysql_get_socket(link->mysql), events, 0 };
    int ready;

    do
        ready = poll(&file, 1, clock_left_ms(deadline_ns, INT_MAX));
    while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        link->is_late = true;
        return MYSQL_WAIT_TIMEOUT;
    }
    if (file.revents & (POLLERR | POLLHUP)) /* it will find out */
        return wanted & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE);
    return (file.revents & POLLIN ? MYSQL_WAIT_READ : 0) |
           (file.revents & POLLOUT ? MYSQL_WAIT_WRITE : 0) |
           (file.revents & POLLPRI ? MYSQL_WAIT_EXCEPT : 0);
}

/* `call` with its result and its first argument, which all go on with; X_start
 * has the rest. */
#define RUN(link, deadline_ns, call, result, subject, ...)                     \
    for (int wanted_ = call##_start(result, subject __VA_ARGS__); wanted_;     \
         wanted_ =                                                             \
             call##_cont(result, subject, await(link, wanted_, deadline_ns)))  \
        ;

/* ---- Errors ------------------------------------------------------------- */

/* Those that a store comes to, under the names that Node's clients give. */
/* clang-format off */
#define ERRORS(X)                                                              \
    X(ER_ACCESS_DENIED_ERROR) X(ER_BAD_DB_ERROR) X(ER_BAD_FIELD_ERROR)         \
    X(ER_CON_COUNT_ERROR) X(ER_DATA_TOO_LONG) X(ER_DBACCESS_DENIED_ERROR)      \
    X(ER_DISK_FULL) X(ER_LOCK_DEADLOCK) X(ER_LOCK_WAIT_TIMEOUT)                \
    X(ER_NET_PACKET_TOO_LARGE) X(ER_NO_SUCH_TABLE)                             \
    X(ER_QUERY_INTERRUPTED) X(ER_RECORD_FILE_FULL) X(ER_SERVER_SHUTDOWN)       \
    X(ER_STATEMENT_TIMEOUT) X(ER_TABLEACCESS_DENIED_ERROR)                     \
    X(ER_TOO_BIG_ROWSIZE)
/* clang-format on */

static const char *symbol_of(unsigned number)
{
    switch (number) {
#define X(name)                                                                \
    case name:                                                                 \
        return #name;
        ERRORS(X)
#undef X
    default:
        return NULL;
    }
}

static int code_of(unsigned number)
{
    switch (number) {
    case ER_DATA_TOO_LONG:
    case ER_NET_PACKET_TOO_LARGE:
    case ER_TOO_BIG_ROWSIZE:
    case CR_NET_PACKET_TOO_LARGE:
        return SSTORE_E_TOOBIG;
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_STATEMENT_TIMEOUT:
        return SSTORE_E_TIMEOUT;
    case CR_OUT_OF_MEMORY:
        return SSTORE_E_NOMEM;
    default:
        return SSTORE_E_IO;
    }
}

/* "Can't connect to server on '127.0.0.1' (111)": the library keeps the errno
 * there alone. */
static int find_errno(const char *message)
{
    const char *at = strrchr(message, '(');
    long number = at ? strtol(at + 1, NULL, 10) : 0;

    return number > 0 && number < 4096 ? (int)number : ECONNRESET;
}

static int fail_with(struct mariadb_link *link, unsigned number,
                     const char *state, const char *message,
                     struct sstore_err *err)
{
    const char *symbol = symbol_of(number);

    link->has_failed = true;
    if (link->is_late)
        return fail(err, SSTORE_E_TIMEOUT, ETIMEDOUT, "ETIMEDOUT",
                    "mariadb: no answer by the deadline");
    if (number == CR_CONN_HOST_ERROR || number == CR_CONNECTION_ERROR) {
        fail_errno(err, find_errno(message), "mariadb");
        snprintf(err->text, sizeof err->text, "mariadb: %s", message);
        return SSTORE_E_IO;
    }
    if (number == CR_SERVER_LOST || number == CR_SERVER_GONE_ERROR)
        symbol = "PROTOCOL_CONNECTION_LOST";
    else if (number == CR_UNKNOWN_HOST)
        symbol = "ENOTFOUND";
    return fail(err, code_of(number), (int)number, symbol ? symbol : state,
                "mariadb: %s", message);
}

static int fail_link(struct mariadb_link *link, struct sstore_err *err)
{
    return fail_with(link, mysql_errno(link->mysql),
                     mysql_sqlstate(link->mysql), mysql_error(link->mysql),
                     err);
}

static int fail_statement(struct mariadb_link *link, MYSQL_STMT *statement,
                          struct sstore_err *err)
{
    return fail_with(link, mysql_stmt_errno(statement),
                     mysql_stmt_sqlstate(statement),
                     mysql_stmt_error(statement), err);
}

static void begin(struct mariadb_link *link)
{
    link->has_failed = link->is_late = false;
}

/* ---- Connecting, and the end -------------------------------------------- */

/* What the server is to be like, whatever its defaults: nothing is cut short
 * silently, no gap between rows is locked. */
static int set_options(MYSQL *mysql)
{
    static const unsigned tcp = MYSQL_PROTOCOL_TCP, no = 0;

    return mysql_options(mysql, MYSQL_OPT_NONBLOCK, NULL) ||
           mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp) ||
           mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no) ||
           mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4") ||
           mysql_options(mysql, MYSQL_INIT_COMMAND,
                         "SET SESSION sql_mode = 'STRICT_ALL_TABLES',"
                         " autocommit = 1"
                         " /*M!100101 , max_statement_time = " STATEMENT_S
                         " */") ||
           mysql_options(mysql, MYSQL_INIT_COMMAND,
                         "SET SESSION TRANSACTION ISOLATION LEVEL"
                         " READ COMMITTED");
}

static int take_packet_max(void *arg, const struct mariadb_cell *row,
                           struct sstore_err *err)
{
    struct mariadb_link *link = arg;

    (void)err;
    link->packet_max = (size_t)row[0].number;
    return SSTORE_OK;
}

/* With a statement that has no place of its own: the first to be prepared
 * takes its. */
static int read_packet_max(struct mariadb_link *link, int64_t deadline_ns,
                           struct sstore_err *err)
{
    static const struct mariadb_params none = { .count = 0 };
    uint64_t ignored;
    int code = mariadb_link_prepare(
        link, deadline_ns, 0, "SELECT CAST(@@max_allowed_packet AS SIGNED)",
        err);

    link->packet_max = SIZE_MAX;
    if (code == SSTORE_OK)
        code = mariadb_link_run(link, deadline_ns, 0, &none, take_packet_max,
                                link, &ignored, err);
    return code;
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
    mysql_library_init(0, NULL, NULL);
}

int mariadb_link_new(struct mariadb_link **made, const struct url *url,
                     int64_t deadline_ns, struct sstore_err *err)
{
    struct mariadb_link *link = calloc(1, sizeof *link);
    const char *database = *url->path ? url->path : NULL;
    MYSQL *connected = NULL;

    pthread_once(&library_once, library_init);
    *made = link;
    if (link)
        link->mysql = mysql_init(NULL);
    if (!link || !link->mysql || set_options(link->mysql))
        return fail_errno(err, ENOMEM, "mariadb");
    RUN(link, deadline_ns, mysql_real_connect, &connected, link->mysql, ,
        url->host, url->user, url->password, database, url->port, NULL,
        CLIENT_FOUND_ROWS)
    return connected ? read_packet_max(link, deadline_ns, err)
                     : fail_link(link, err);
}

/* A link that failed may not be waited for, so its socket goes first; its
 * statements go last, for they would say goodbye one by one. */
void mariadb_link_free(void *freed)
{
    struct mariadb_link *link = freed;

    if (link->has_failed && link->mysql &&
        mysql_get_socket(link->mysql) != MARIADB_INVALID_SOCKET)
        shutdown(mysql_get_socket(link->mysql), SHUT_RDWR);
    mysql_close(link->mysql);
    for (unsigned i = 0; i < MARIADB_STATEMENTS; i++)
        if (link->statements[i])
            mysql_stmt_close(link->statements[i]);
    free(link);
}

/* Readable while nothing was asked: it was closed, or will be. */
bool mariadb_link_check(void *checked, int64_t deadline_ns)
{
    struct mariadb_link *link = checked;
    struct pollfd file = { mysql_get_socket(link->mysql), POLLIN, 0 };

    (void)deadline_ns;
    return poll(&file, 1, 0) == 0;
}

bool mariadb_link_is_sound(const struct mariadb_link *link)
{
    return !link->has_failed;
}

/* ---- Statements --------------------------------------------------------- */

int mariadb_link_query(struct mariadb_link *link, int64_t deadline_ns,
                       const char *sql, struct sstore_err *err)
{
    int failed = 0;

    begin(link);
    RUN(link, deadline_ns, mysql_real_query, &failed, link->mysql, , sql,
        strlen(sql))
    return failed ? fail_link(link, err) : SSTORE_OK;
}

int mariadb_link_prepare(struct mariadb_link *link, int64_t deadline_ns,
                         unsigned at, const char *sql, struct sstore_err *err)
{
    MYSQL_STMT *statement = link->statements[at];
    int failed = 0;

    begin(link);
    if (!statement)
        statement = link->statements[at] = mysql_stmt_init(link->mysql);
    if (!statement)
        return fail_errno(err, ENOMEM, "mariadb");
    RUN(link, deadline_ns, mysql_stmt_prepare, &failed, statement, , sql,
        strlen(sql))
    return failed ? fail_statement(link, statement, err) : SSTORE_OK;
}

void mariadb_add_bytes(struct mariadb_params *params, struct sstore_str bytes)
{
    if (bytes.n == 0)
        bytes.p = "";
    params->values[params->count++] = (struct mariadb_cell){ bytes, 0 };
}

void mariadb_add_number(struct mariadb_params *params, int64_t number)
{
    params->values[params->count++] =
        (struct mariadb_cell){ { NULL, 0 }, number };
}

/* In a packet, at most: what is not bytes takes little. */
static size_t size_of(const struct mariadb_params *params)
{
    size_t size = 256;

    for (unsigned i = 0; i < params->count; i++)
        size += params->values[i].bytes.n;
    return size;
}

/* Until it is no deadlock: InnoDB took back the whole of the statement that it
 * chose to end one. */
static int execute(struct mariadb_link *link, MYSQL_STMT *statement,
                   const struct mariadb_params *params, int64_t deadline_ns)
{
    MYSQL_BIND binds[MARIADB_PARAMS] = { { .buffer = NULL } };
    int failed;

    for (unsigned i = 0; i < params->count; i++) {
        const struct mariadb_cell *value = &params->values[i];
        binds[i].buffer_type =
            value->bytes.p ? MYSQL_TYPE_BLOB : MYSQL_TYPE_LONGLONG;
        binds[i].buffer =
            value->bytes.p ? (void *)value->bytes.p : (void *)&value->number;
        binds[i].buffer_length = value->bytes.n;
    }
    do {
        failed = 1;
        if (mysql_stmt_bind_param(statement, binds))
            break;
        RUN(link, deadline_ns, mysql_stmt_execute, &failed, statement, )
    } while (failed && !link->is_late &&
             mysql_stmt_errno(statement) == ER_LOCK_DEADLOCK &&
             clock_left_ms(deadline_ns, 1) > 0);
    return failed;
}

/* Where the columns of a row go: numbers at once; of bytes first the length,
 * then they are fetched, into one piece of memory for all. */
struct row {
    unsigned count;
    MYSQL_BIND binds[MARIADB_COLUMNS];
    unsigned long lengths[MARIADB_COLUMNS];
    struct mariadb_cell values[MARIADB_COLUMNS];
    char *bytes;
};

static bool row_bind(struct row *row, MYSQL_STMT *statement)
{
    MYSQL_RES *shape = mysql_stmt_result_metadata(statement);

    if (!shape)
        return false;
    const MYSQL_FIELD *fields = mysql_fetch_fields(shape);
    row->count = mysql_num_fields(shape);
    for (unsigned i = 0; i < row->count && i < MARIADB_COLUMNS; i++) {
        bool is_number = fields[i].type == MYSQL_TYPE_LONGLONG;
        row->binds[i].buffer_type =
            is_number ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_BLOB;
        row->binds[i].buffer = is_number ? &row->values[i].number : NULL;
        row->binds[i].length = &row->lengths[i];
    }
    mysql_free_result(shape);
    return row->count <= MARIADB_COLUMNS &&
           !mysql_stmt_bind_result(statement, row->binds);
}

/* False without memory. */
static bool row_fetch_bytes(struct row *row, MYSQL_STMT *statement)
{
    size_t size = 1;

    for (unsigned i = 0; i < row->count; i++)
        if (!row->binds[i].buffer)
            size += row->lengths[i];
    char *at = realloc(row->bytes, size);
    if (!at)
        return false;
    row->bytes = at;
    for (unsigned i = 0; i < row->count; i++) {
        if (row->binds[i].buffer)
            continue;
        MYSQL_BIND bind = { .buffer_type = MYSQL_TYPE_BLOB,
                            .buffer = at,
                            .buffer_length = row->lengths[i] };
        if (row->lengths[i] && mysql_stmt_fetch_column(statement, &bind, i, 0))
            return false;
        row->values[i].bytes = (struct sstore_str){ at, row->lengths[i] };
        at += row->lengths[i];
    }
    return true;
}

/* All rows that there are; those behind what ends it are read by the free. */
static int take_rows(struct mariadb_link *link, int64_t deadline_ns,
                     MYSQL_STMT *statement, mariadb_each_fn *each, void *arg,
                     struct sstore_err *err)
{
    struct row row = { .count = 0 };
    int code = row_bind(&row, statement) ? SSTORE_OK
                                         : fail_statement(link, statement, err);
    my_bool failed = 0;

    while (code == SSTORE_OK) {
        int fetched = 1;
        RUN(link, deadline_ns, mysql_stmt_fetch, &fetched, statement, )
        if (fetched == MYSQL_NO_DATA)
            break;
        if (fetched && fetched != MYSQL_DATA_TRUNCATED)
            code = fail_statement(link, statement, err);
        else if (!row_fetch_bytes(&row, statement))
            code = fail_errno(err, ENOMEM, "mariadb");
        else
            code = each(arg, row.values, err);
    }
    free(row.bytes);
    if (!link->has_failed)
        RUN(link, deadline_ns, mysql_stmt_free_result, &failed, statement, )
    link->has_failed = link->has_failed || failed || code < 0;
    return code;
}

int mariadb_link_run(struct mariadb_link *link, int64_t deadline_ns,
                     unsigned at, const struct mariadb_params *params,
                     mariadb_each_fn *each, void *arg, uint64_t *changed,
                     struct sstore_err *err)
{
    MYSQL_STMT *statement = link->statements[at];
    size_t size = size_of(params);

    begin(link);
    if (size > link->packet_max)
        return fail(err, SSTORE_E_TOOBIG, ER_NET_PACKET_TOO_LARGE,
                    "ER_NET_PACKET_TOO_LARGE",
                    "mariadb: %zu bytes are more than max_allowed_packet, %zu",
                    size, link->packet_max);
    if (execute(link, statement, params, deadline_ns))
        return fail_statement(link, statement, err);
    if (each)
        return take_rows(link, deadline_ns, statement, each, arg, err);
    *changed = mysql_stmt_affected_rows(statement);
    return SSTORE_OK;
}
