/* lmdb_env.c: the database of the store `lmdb`, opened once in a process */
#include "lmdb_env.h"

#include "base/fail.h"
#include "base/range_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
/* What the map is at first; it doubles when it is full. */
#define MAP_FIRST (16 * MIB)
/* Those who may read at once, in all processes. */
#define READERS 1024
/* How often a call tries again, each time for a reason. */
#define TRIES 50

/* A result of ours: what is open is not the database in the folder. */
enum { STALE = MDB_KEYEXIST - 1000 };

struct lmdb_env {
    char *path;            /* of the folder, absolute */
    char *file_path;       /* of the database in it */
    char *lock_path;       /* of the file whose lock writers wait for */
    unsigned users;        /* under all_lock */
    struct lmdb_env *next; /* under all_lock */

    /* Held for reading by every transaction; for writing by who changes what
     * follows, which LMDB bears only while there is none. */
    pthread_rwlock_t lock;
    MDB_env *env; /* NULL: it could not be opened anew */
    struct lmdb_txn handles;
    struct stat file; /* the database that is open */
    bool fsync;
    size_t most; /* bytes that the map may have */
};

/* ---- Errors ------------------------------------------------------------- */

/* clang-format off */
#define RESULTS(X)                                                          \
    X(MDB_CORRUPTED,        SSTORE_E_CORRUPT)                               \
    X(MDB_PAGE_NOTFOUND,    SSTORE_E_CORRUPT)                               \
    X(MDB_INVALID,          SSTORE_E_CORRUPT)                               \
    X(MDB_VERSION_MISMATCH, SSTORE_E_CORRUPT)                               \
    X(MDB_BAD_VALSIZE,      SSTORE_E_TOOBIG)                                \
    X(MDB_TXN_FULL,         SSTORE_E_TOOBIG)                                \
    X(MDB_MAP_FULL,         SSTORE_E_IO)                                    \
    X(MDB_READERS_FULL,     SSTORE_E_IO)                                    \
    X(MDB_PANIC,            SSTORE_E_IO)
/* clang-format on */

/* ENOENT would mean to express-session that there is no such session. */
int lmdb_env_fail(int result, const char *what, struct sstore_err *err)
{
    switch (result) {
#define X(name, code)                                                          \
    case name:                                                                 \
        return fail(err, code, result, #name, "%s: %s", what,                  \
                    mdb_strerror(result));
        RESULTS(X)
#undef X
    case STALE:
        return fail(err, SSTORE_E_IO, 0, "EIO", "%s: the file was replaced",
                    what);
    default:
        if (result > 0)
            return fail_errno(err, result == ENOENT ? EIO : result, what);
        return fail(err, SSTORE_E_IO, result, "MDB_ERROR", "%s: %s", what,
                    mdb_strerror(result));
    }
}

/* ---- Open and close: under the lock for writing, or alone --------------- */

static int open_handles(struct lmdb_env *env, unsigned txn_flags,
                        unsigned flags)
{
    struct lmdb_txn *handles = &env->handles;
    int result = mdb_txn_begin(env->env, NULL, txn_flags, &handles->txn);

    if (result != 0)
        return result;
    result = mdb_dbi_open(handles->txn, "sessions", flags, &handles->sessions);
    if (result == 0)
        result = mdb_dbi_open(handles->txn, "due", flags, &handles->due);
    if (result == 0)
        return mdb_txn_commit(handles->txn);
    mdb_txn_abort(handles->txn);
    return result;
}

static int open_database(struct lmdb_env *env)
{
    unsigned flags = MDB_NOTLS | (env->fsync ? 0 : MDB_NOMETASYNC);
    int dead, fd, result = mdb_env_create(&env->env);

    if (result != 0)
        return result;
    mdb_env_set_maxdbs(env->env, 2);
    mdb_env_set_maxreaders(env->env, READERS);
    result = mdb_env_set_mapsize(env->env,
                                 MAP_FIRST < env->most ? MAP_FIRST : env->most);
    if (result == 0)
        result = mdb_env_open(env->env, env->path, flags, 0600);
    if (result == 0)
        result = mdb_reader_check(env->env, &dead);
    if (result == 0) {
        result = open_handles(env, MDB_RDONLY, 0);
        if (result == MDB_NOTFOUND)
            result = open_handles(env, 0, MDB_CREATE);
    }
    if (result == 0)
        result = mdb_env_get_fd(env->env, &fd);
    if (result == 0 && fstat(fd, &env->file) != 0)
        result = errno;
    if (result != 0) {
        mdb_env_close(env->env);
        env->env = NULL;
    }
    return result;
}

static void close_database(struct lmdb_env *env)
{
    if (env->env)
        mdb_env_close(env->env);
    env->env = NULL;
}

/* ---- Transactions ------------------------------------------------------- */

static bool is_current(const struct lmdb_env *env)
{
    struct stat file;

    return env->env && stat(env->file_path, &file) == 0 &&
           file.st_ino == env->file.st_ino && file.st_dev == env->file.st_dev;
}

/* The map is full: of `most` there is no more. */
static int grow(struct lmdb_env *env)
{
    MDB_envinfo info;
    int result = mdb_env_info(env->env, &info);

    if (result != 0)
        return result;
    if (info.me_mapsize >= env->most)
        return MDB_MAP_FULL;
    return mdb_env_set_mapsize(env->env, info.me_mapsize < env->most / 2
                                             ? info.me_mapsize * 2
                                             : env->most);
}

/* Does what helps against a result, else gives it back. */
static int mend(struct lmdb_env *env, int result)
{
    pthread_rwlock_wrlock(&env->lock);
    if (result == MDB_PANIC || !is_current(env)) {
        close_database(env);
        result = open_database(env);
    } else if (result == STALE) {
        result = 0; /* another thread was here before */
    } else if (result == MDB_MAP_FULL) {
        result = grow(env);
    } else if (result == MDB_MAP_RESIZED) {
        result = mdb_env_set_mapsize(env->env, 0); /* as another process did */
    }
    pthread_rwlock_unlock(&env->lock);
    return result;
}

static int transact_once(struct lmdb_env *env, unsigned flags, lmdb_env_fn *fn,
                         void *arg)
{
    struct lmdb_txn txn = env->handles;

    if (!is_current(env))
        return STALE;
    int result = mdb_txn_begin(env->env, NULL, flags, &txn.txn);
    if (result != 0)
        return result;
    result = fn(&txn, arg);
    if (result == 0 && !(flags & MDB_RDONLY))
        return mdb_txn_commit(txn.txn);
    mdb_txn_abort(txn.txn);
    return result;
}

static bool can_be_mended(int result)
{
    return result == STALE || result == MDB_PANIC || result == MDB_MAP_FULL ||
           result == MDB_MAP_RESIZED;
}

static int transact(struct lmdb_env *env, unsigned flags, lmdb_env_fn *fn,
                    void *arg)
{
    int result, tries = 0;

    do {
        pthread_rwlock_rdlock(&env->lock);
        result = transact_once(env, flags, fn, arg);
        pthread_rwlock_unlock(&env->lock);
        if (!can_be_mended(result) || ++tries == TRIES)
            return result;
        result = mend(env, result);
    } while (result == 0);
    return result;
}

int lmdb_env_read(struct lmdb_env *env, lmdb_env_fn *fn, void *arg)
{
    return transact(env, MDB_RDONLY, fn, arg);
}

/* LMDB has a lock for writers too, but none that is waited for until a
 * deadline; and it was seen to be waited for without end, in version 0.9.24,
 * once two other processes had been killed at it. So nobody waits there. */
int lmdb_env_write(struct lmdb_env *env, int64_t deadline_ns, lmdb_env_fn *fn,
                   void *arg)
{
    struct range_lock line = { .path = env->path,
                               .all = true,
                               .deadline_ns = deadline_ns };
    int result, fd;

    if (range_lock_wait(&line) != 0)
        return errno;
    fd = open(env->lock_path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || range_lock_file(&line, fd) != 0)
        result = errno;
    else
        result = transact(env, 0, fn, arg);
    if (fd >= 0)
        close(fd);
    range_lock_end(&line);
    return result;
}

/* ---- Shared by all instances -------------------------------------------- */

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lmdb_env *all; /* under all_lock */

static void env_free(struct lmdb_env *env)
{
    free(env->path);
    free(env->file_path);
    free(env->lock_path);
    free(env);
}

/* Who changes the map is not kept waiting by readers that keep coming. */
static int lock_init(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attr;

    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    int result = pthread_rwlock_init(lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    return result;
}

/* "PATH/NAME"; NULL without memory. */
static char *path_in(const char *path, const char *name)
{
    size_t room = strlen(path) + 1 + strlen(name) + 1;
    char *joined = malloc(room);

    if (joined)
        snprintf(joined, room, "%s/%s", path, name);
    return joined;
}

static int env_new(struct lmdb_env **opened, const char *path, bool fsync,
                   size_t most)
{
    struct lmdb_env *env = calloc(1, sizeof *env);

    if (!env)
        return ENOMEM;
    env->fsync = fsync;
    env->most = most;
    env->path = strdup(path);
    env->file_path = path_in(path, "data.mdb");
    env->lock_path = path_in(path, "writers.lock");
    if (!env->path || !env->file_path || !env->lock_path ||
        lock_init(&env->lock) != 0) {
        env_free(env);
        return ENOMEM;
    }
    int result = open_database(env);
    if (result != 0) {
        pthread_rwlock_destroy(&env->lock);
        env_free(env);
        return result;
    }
    *opened = env;
    return 0;
}

/* Under all_lock. */
static int env_find(struct lmdb_env **found, const char *path, bool fsync,
                    size_t most)
{
    struct lmdb_env *env = all;

    while (env && strcmp(env->path, path) != 0)
        env = env->next;
    if (!env) {
        int result = env_new(&env, path, fsync, most);
        if (result != 0)
            return result;
        env->next = all;
        all = env;
    }
    env->users++;
    pthread_rwlock_wrlock(&env->lock);
    if (most > env->most)
        env->most = most;
    if (fsync && !env->fsync) {
        env->fsync = true;
        if (env->env)
            mdb_env_set_flags(env->env, MDB_NOMETASYNC, 0);
    }
    pthread_rwlock_unlock(&env->lock);
    *found = env;
    return 0;
}

void lmdb_env_leave(struct lmdb_env *env)
{
    pthread_mutex_lock(&all_lock);
    bool is_last = --env->users == 0;
    if (is_last) {
        struct lmdb_env **place = &all;
        while (*place != env)
            place = &(*place)->next;
        *place = env->next;
        close_database(env); /* before anyone may open it anew */
    }
    pthread_mutex_unlock(&all_lock);
    if (is_last) {
        pthread_rwlock_destroy(&env->lock);
        env_free(env);
    }
}

/* What was opened by others may be gone since. */
static int do_nothing(const struct lmdb_txn *txn, void *arg)
{
    (void)txn;
    (void)arg;
    return 0;
}

int lmdb_env_join(struct lmdb_env **env, const char *path, bool fsync,
                  unsigned most_mib, struct sstore_err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail_errno(err, errno, "lmdb: make the folder");
    char *absolute = realpath(path, NULL);
    if (!absolute)
        return fail_errno(err, errno, "lmdb: open the folder");
    pthread_mutex_lock(&all_lock);
    int result = env_find(env, absolute, fsync, most_mib * MIB);
    pthread_mutex_unlock(&all_lock);
    free(absolute);
    if (result == 0) {
        result = lmdb_env_read(*env, do_nothing, NULL);
        if (result == 0)
            return SSTORE_OK;
        lmdb_env_leave(*env);
    }
    return lmdb_env_fail(result, "lmdb: open the database", err);
}
