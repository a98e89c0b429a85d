/* sqlite_link.c: a connection to the database of the store `sqlite` */
#include "sqlite_link.h"

#include "base/fail.h"
#include "base/nap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How many steps of its machine SQLite takes between two looks at the clock:
 * well under a millisecond's. */
#define STEPS_BETWEEN_LOOKS 1000

/* The primary key is in the order of bytes: BLOBs have no collation. `expires`
 * is in Unix ms, the last of all numbers being never. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS sessions ("
                             " namespace BLOB NOT NULL,"
                             " sid BLOB NOT NULL,"
                             " expires INTEGER NOT NULL,"
                             " cookie BLOB NOT NULL,"
                             " cookie_sum INTEGER NOT NULL,"
                             " data BLOB NOT NULL,"
                             " data_sum INTEGER NOT NULL,"
                             " PRIMARY KEY (namespace, sid));"
                             "CREATE INDEX IF NOT EXISTS sessions_by_expiry"
                             " ON sessions (namespace, expires);";

struct config {
    char *path;
    bool fsync;
};

/* ---- Errors ------------------------------------------------------------- */

/* Their names are what SQLite's clients for Node put into err.code. */
/* clang-format off */
#define RESULTS(X)                                                          \
    X(SQLITE_BUSY,      SSTORE_E_TIMEOUT)                                   \
    X(SQLITE_LOCKED,    SSTORE_E_TIMEOUT)                                   \
    X(SQLITE_INTERRUPT, SSTORE_E_TIMEOUT)                                   \
    X(SQLITE_NOMEM,     SSTORE_E_NOMEM)                                     \
    X(SQLITE_TOOBIG,    SSTORE_E_TOOBIG)                                    \
    X(SQLITE_CORRUPT,   SSTORE_E_CORRUPT)                                   \
    X(SQLITE_NOTADB,    SSTORE_E_CORRUPT)                                   \
    X(SQLITE_FULL,      SSTORE_E_IO)                                        \
    X(SQLITE_IOERR,     SSTORE_E_IO)                                        \
    X(SQLITE_READONLY,  SSTORE_E_IO)                                        \
    X(SQLITE_CANTOPEN,  SSTORE_E_IO)                                        \
    X(SQLITE_PERM,      SSTORE_E_IO)
/* clang-format on */

/* SQLite's words name tables and columns, but no values. */
int sqlite_link_fail(struct sqlite_link *link, int result, const char *what,
                     struct sstore_err *err)
{
    const char *words =
        link->db ? sqlite3_errmsg(link->db) : sqlite3_errstr(result);

    switch (result & 0xff) {
#define X(name, code)                                                          \
    case name:                                                                 \
        return fail(err, code, result, #name, "sqlite: %s: %s", what, words);
        RESULTS(X)
#undef X
    default:
        return fail(err, SSTORE_E_IO, result, "SQLITE_ERROR", "sqlite: %s: %s",
                    what, words);
    }
}

/* ---- Open and close ----------------------------------------------------- */

/* Another process writes. SQLite counts how often it has asked before. */
static int wait_longer(void *arg, int asked)
{
    const struct sqlite_link *link = arg;
    int naps = asked < 5 ? asked : 5;

    return nap(link->deadline_ns, &naps);
}

static int is_late(void *arg)
{
    const struct sqlite_link *link = arg;

    return clock_now_ns() >= link->deadline_ns;
}

static void link_close(void *arg)
{
    struct sqlite_link *link = arg;

    for (unsigned i = 0; i < SQLITE_LINK_STATEMENTS; i++)
        sqlite3_finalize(link->statements[i]);
    sqlite3_close(link->db);
    free(link);
}

/* While another turns WAL on, SQLite does not ask whether to wait. */
static int execute(struct sqlite_link *link, const char *sql)
{
    int naps = 0, result;

    do
        result = sqlite3_exec(link->db, sql, NULL, NULL, NULL);
    while ((result & 0xff) == SQLITE_BUSY && nap(link->deadline_ns, &naps));
    return result;
}

static int link_begin(struct sqlite_link *link, const struct config *config)
{
    /* SQLite would let others read it. One that is there stays as it is. */
    mknod(config->path, S_IFREG | 0600, 0);
    int result =
        sqlite3_open_v2(config->path, &link->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK)
        return result;
    sqlite3_extended_result_codes(link->db, 1);
    sqlite3_busy_handler(link->db, wait_longer, link);
    sqlite3_progress_handler(link->db, STEPS_BETWEEN_LOOKS, is_late, link);
    result = execute(link, config->fsync ? "PRAGMA synchronous = FULL"
                                         : "PRAGMA synchronous = NORMAL");
    if (result == SQLITE_OK)
        result = execute(link, "PRAGMA journal_mode = WAL");
    return result == SQLITE_OK ? execute(link, schema) : result;
}

static int link_open(const void *config, int64_t deadline_ns, void **opened,
                     struct sstore_err *err)
{
    struct sqlite_link *link = calloc(1, sizeof *link);

    if (!link)
        return fail_errno(err, ENOMEM, "sqlite");
    link->deadline_ns = deadline_ns;
    int result = link_begin(link, config);
    if (result != SQLITE_OK) {
        int code = sqlite_link_fail(link, result, "open", err);
        link_close(link);
        return code;
    }
    *opened = link;
    return SSTORE_OK;
}

/* A file that was removed or replaced is the database no more. */
static bool link_check(void *arg, int64_t deadline_ns)
{
    struct sqlite_link *link = arg;
    int moved = 0;

    (void)deadline_ns;
    sqlite3_file_control(link->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return !moved;
}

static void config_free(void *arg)
{
    struct config *config = arg;

    free(config->path);
    free(config);
}

static const struct pool_kind links = {
    .create = link_open,
    .destroy = link_close,
    .check = link_check,
    .free_config = config_free,
};

static struct config *config_new(const char *path, bool fsync)
{
    struct config *config = calloc(1, sizeof *config);

    if (config) {
        config->fsync = fsync;
        config->path = strdup(path);
    }
    if (!config || config->path)
        return config;
    free(config);
    return NULL;
}

struct pool *sqlite_link_join(const char *path, unsigned size, bool fsync)
{
    size_t room = strlen(path) + 40;
    char *key = malloc(room);
    struct config *config = key ? config_new(path, fsync) : NULL;
    struct pool *pool = NULL;

    if (config) {
        snprintf(key, room, "%u %d %s", size, fsync, path);
        pool = pool_join(&links, key, size, config);
    }
    free(key);
    return pool;
}

/* ---- Statements --------------------------------------------------------- */

int sqlite_link_prepare(struct sqlite_link *link, unsigned number,
                        const char *sql, sqlite3_stmt **statement,
                        struct sstore_err *err)
{
    int result = SQLITE_OK;

    if (!link->statements[number])
        result =
            sqlite3_prepare_v3(link->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                               &link->statements[number], NULL);
    *statement = link->statements[number];
    return result == SQLITE_OK ? SSTORE_OK
                               : sqlite_link_fail(link, result, "prepare", err);
}

/* There are moments at which SQLite is busy and does not ask whether to wait:
 * nothing was done then, and all can be done again. */
int sqlite_link_step(struct sqlite_link *link, sqlite3_stmt *statement,
                     struct sstore_err *err)
{
    int naps = 0, result;

    while (((result = sqlite3_step(statement)) & 0xff) == SQLITE_BUSY &&
           nap(link->deadline_ns, &naps))
        sqlite3_reset(statement);
    switch (result) {
    case SQLITE_ROW:
        return SSTORE_OK;
    case SQLITE_DONE:
        return SSTORE_MISS;
    default:
        return sqlite_link_fail(link, result, "query", err);
    }
}
