/* lmdb.c: the store `lmdb`: all namespaces in one memory-mapped database
 *
 *     sessions   hash of the namespace, id (or its hash): base/image.h
 *     due        hash of the namespace: when its next session expires
 *
 * What it promises
 *   Each operation is one transaction, to other threads and processes as after
 *   a crash. Readers wait for nobody, and see one moment. A record that was
 *   altered is SSTORE_E_CORRUPT until it is set or destroyed. An id of any
 *   length is kept whole; a long one's key is a hash.
 *
 * Options
 *   path=DIR    the folder of the database; made if its parent is there
 *   most=MIB    to what the database may grow; 1 to 4194304, default: 65536
 *   fsync=yes   wait until what was set would survive a loss of power; default:
 *               no. Then the last write may be gone, but all that is there is
 *               whole
 *
 * Limits
 *   A local file system. One writes at a time; for other programs that write to
 *   the database (mdb_load) there is no deadline. 1,024 readers at once. The
 * file does not shrink: what was removed makes room for what comes. Who cuts
 * the file while it is open ends the process. One process opens it by one copy
 * of this store (linked in, or the plugin), and not across a fork.
 */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_lmdb /* it is linked into its host */
#endif
#include "session_store.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/image.h"
#include "base/option_table.h"
#include "lmdb_env.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define HASH SHA256_DIGEST_LENGTH
/* What LMDB takes; a key is the namespace's hash, a byte that says which, and
 * an id or a hash. */
#define KEY_MOST  511
#define ID_PLAIN  (KEY_MOST - HASH - 1)
#define MOST_MIB  65536
#define MOST_MOST 4194304

struct instance {
    struct lmdb_env *env;
    unsigned char space[HASH]; /* of the namespace: none begins another */
};

/* One call, and what comes of it. */
struct work {
    const struct instance *instance;
    const struct sstore_call *call;
    struct sstore_err *err;
    struct sstore_str sid;
    const struct sstore_record *rec;
    sstore_row_fn *row;
    void *arg;
    int code; /* where LMDB has nothing to say */
    uint64_t count;
    unsigned char key[KEY_MOST];
    size_t key_length;
};

static int fail_corrupt(struct sstore_err *err)
{
    return fail(err, SSTORE_E_CORRUPT, 0, "",
                "lmdb: a session's record is not as it was written");
}

/* ---- Keys and values ---------------------------------------------------- */

static void hash_of(unsigned char hash[HASH], struct sstore_str text)
{
    SHA256((const unsigned char *)(text.n ? text.p : ""), text.n, hash);
}

static struct work work_on(const void *instance, const struct sstore_call *call,
                           struct sstore_str sid, struct sstore_err *err)
{
    struct work work = {
        .instance = instance, .call = call, .err = err, .sid = sid
    };
    unsigned char *end = work.key + HASH;

    memcpy(work.key, work.instance->space, HASH);
    *end++ = sid.n > ID_PLAIN;
    if (sid.n > ID_PLAIN)
        hash_of(end, sid);
    else if (sid.n)
        memcpy(end, sid.p, sid.n);
    work.key_length = HASH + 1 + (sid.n > ID_PLAIN ? HASH : sid.n);
    return work;
}

static MDB_val key_of(struct work *work)
{
    return (MDB_val){ work->key_length, work->key };
}

static MDB_val space_of(const struct work *work)
{
    return (MDB_val){ HASH, (void *)work->instance->space };
}

static bool is_of_space(const struct work *work, const MDB_val *key)
{
    return key->mv_size > HASH &&
           memcmp(key->mv_data, work->instance->space, HASH) == 0;
}

/* The live session of the call's id; work->code says what else there is. */
static bool find(const struct lmdb_txn *txn, struct work *work,
                 struct image *image, int *result)
{
    MDB_val key = key_of(work), value;

    *result = mdb_get(txn->txn, txn->sessions, &key, &value);
    work->code = SSTORE_MISS;
    if (*result == MDB_NOTFOUND)
        *result = 0;
    else if (*result != 0)
        return false;
    else if (!image_read(image, value.mv_data, value.mv_size) ||
             image->sid.n != work->sid.n ||
             memcmp(image->sid.p, work->sid.p ? work->sid.p : "",
                    work->sid.n) != 0)
        work->code = fail_corrupt(work->err);
    else if (clock_is_live(image->record.expires_ms, work->call->now_ms))
        work->code = SSTORE_OK;
    return work->code == SSTORE_OK;
}

/* ---- When to reap ------------------------------------------------------- */

/* INT64_MIN where nothing is noted. */
static int due_read(const struct lmdb_txn *txn, const struct work *work,
                    int64_t *due_ms)
{
    MDB_val key = space_of(work), value;
    int result = mdb_get(txn->txn, txn->due, &key, &value);

    *due_ms = INT64_MIN;
    if (result == 0 && value.mv_size == sizeof *due_ms)
        memcpy(due_ms, value.mv_data, sizeof *due_ms);
    return result == MDB_NOTFOUND ? 0 : result;
}

static int due_write(const struct lmdb_txn *txn, const struct work *work,
                     int64_t due_ms)
{
    MDB_val key = space_of(work), value = { sizeof due_ms, &due_ms };

    return mdb_put(txn->txn, txn->due, &key, &value, 0);
}

/* Nothing in the namespace expires before what is noted. */
static int due_by(const struct lmdb_txn *txn, const struct work *work,
                  int64_t expires_ms)
{
    int64_t due_ms;
    int result = due_read(txn, work, &due_ms);

    return result == 0 && expires_ms < due_ms ? due_write(txn, work, expires_ms)
                                              : result;
}

/* ---- One session -------------------------------------------------------- */

static int end(struct work *work, int result, const char *what)
{
    return result == 0 ? work->code : lmdb_env_fail(result, what, work->err);
}

static int get_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    struct image image;
    int result;

    if (find(txn, work, &image, &result) &&
        work->row(work->arg, work->sid, &image.record) != 0)
        work->code = SSTORE_STOP;
    return result;
}

static int lmdb_get(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, sstore_row_fn *row, void *arg,
                    struct sstore_err *err)
{
    struct work work = work_on(inst, call, sid, err);

    work.row = row;
    work.arg = arg;
    return end(&work, lmdb_env_read(work.instance->env, get_in, &work),
               "lmdb: read a session");
}

static int put(const struct lmdb_txn *txn, struct work *work,
               const struct sstore_record *rec)
{
    MDB_val key = key_of(work), value;
    char *bytes = image_make(work->sid, rec, &value.mv_size);

    if (!bytes)
        return ENOMEM;
    value.mv_data = bytes;
    int result = mdb_put(txn->txn, txn->sessions, &key, &value, 0);
    free(bytes);
    return result == 0 ? due_by(txn, work, rec->expires_ms) : result;
}

static int set_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;

    return put(txn, work, work->rec);
}

static int lmdb_set(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, const struct sstore_record *rec,
                    struct sstore_err *err)
{
    struct work work = work_on(inst, call, sid, err);

    work.rec = rec;
    return end(
        &work,
        lmdb_env_write(work.instance->env, call->deadline_ns, set_in, &work),
        "lmdb: write a session");
}

static int destroy_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    MDB_val key = key_of(work);
    int result = mdb_del(txn->txn, txn->sessions, &key, NULL);

    return result == MDB_NOTFOUND ? 0 : result;
}

static int lmdb_destroy(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    struct work work = work_on(inst, call, sid, err);

    return end(&work,
               lmdb_env_write(work.instance->env, call->deadline_ns, destroy_in,
                              &work),
               "lmdb: remove a session");
}

/* What was found stays as it is until the put: nobody else writes. */
static int touch_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    struct image image;
    int result;

    if (!find(txn, work, &image, &result))
        return result;
    image.record.cookie = work->rec->cookie;
    image.record.expires_ms = work->rec->expires_ms;
    return put(txn, work, &image.record);
}

static int lmdb_touch(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    struct work work = work_on(inst, call, sid, err);

    work.rec = rec;
    return end(
        &work,
        lmdb_env_write(work.instance->env, call->deadline_ns, touch_in, &work),
        "lmdb: touch a session");
}

static int spoil_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    char rubbish[] = "rubbish";
    MDB_val key = key_of(work), value = { sizeof rubbish, rubbish };
    struct image image;
    int result;

    return find(txn, work, &image, &result)
               ? mdb_put(txn->txn, txn->sessions, &key, &value, 0)
               : result;
}

static int lmdb_spoil(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, struct sstore_err *err)
{
    struct work work = work_on(inst, call, sid, err);

    return end(
        &work,
        lmdb_env_write(work.instance->env, call->deadline_ns, spoil_in, &work),
        "lmdb: spoil a session");
}

/* ---- All sessions ------------------------------------------------------- */

/* What a walk does with a record; 0 is on to the next. */
typedef int visit_fn(struct work *work, MDB_cursor *cursor,
                     const MDB_val *value);

static int walk(const struct lmdb_txn *txn, struct work *work, visit_fn *visit)
{
    MDB_val key = space_of(work), value;
    MDB_cursor *cursor;
    int result = mdb_cursor_open(txn->txn, txn->sessions, &cursor);

    if (result != 0)
        return result;
    result = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (result == 0 && is_of_space(work, &key)) {
        if (clock_now_ns() >= work->call->deadline_ns)
            result = ETIMEDOUT;
        else
            result = visit(work, cursor, &value);
        if (result == 0 && work->code != SSTORE_STOP)
            result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        else
            break;
    }
    mdb_cursor_close(cursor);
    return result == MDB_NOTFOUND ? 0 : result;
}

/* A record that cannot be read keeps nobody from the others. */
static int give_row(struct work *work, MDB_cursor *cursor, const MDB_val *value)
{
    struct image image;

    (void)cursor;
    if (!image_read(&image, value->mv_data, value->mv_size))
        work->code = fail_corrupt(work->err);
    else if (clock_is_live(image.record.expires_ms, work->call->now_ms) &&
             work->row(work->arg, image.sid, &image.record) != 0)
        work->code = SSTORE_STOP;
    return 0;
}

static int all_in(const struct lmdb_txn *txn, void *arg)
{
    return walk(txn, arg, give_row);
}

static const struct sstore_str no_sid = { "", 0 };

static int lmdb_all(void *inst, const struct sstore_call *call,
                    sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct work work = work_on(inst, call, no_sid, err);

    work.row = row;
    work.arg = arg;
    return end(&work, lmdb_env_read(work.instance->env, all_in, &work),
               "lmdb: read the sessions");
}

static int count_live(struct work *work, MDB_cursor *cursor,
                      const MDB_val *value)
{
    int64_t expires_ms;

    (void)cursor;
    if (value->mv_size < IMAGE_HEAD ||
        !image_expiry(&expires_ms, value->mv_data, value->mv_size))
        work->code = fail_corrupt(work->err);
    else if (clock_is_live(expires_ms, work->call->now_ms))
        work->count++;
    return 0;
}

static int length_in(const struct lmdb_txn *txn, void *arg)
{
    return walk(txn, arg, count_live);
}

static int lmdb_length(void *inst, const struct sstore_call *call,
                       uint64_t *count, struct sstore_err *err)
{
    struct work work = work_on(inst, call, no_sid, err);
    int code = end(&work, lmdb_env_read(work.instance->env, length_in, &work),
                   "lmdb: count the sessions");

    if (code == SSTORE_OK)
        *count = work.count;
    return code;
}

static int remove_any(struct work *work, MDB_cursor *cursor,
                      const MDB_val *value)
{
    (void)work;
    (void)value;
    return mdb_cursor_del(cursor, 0);
}

static int clear_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    MDB_val space = space_of(work);
    int result = walk(txn, work, remove_any);

    if (result == 0)
        result = mdb_del(txn->txn, txn->due, &space, NULL);
    return result == MDB_NOTFOUND ? 0 : result;
}

static int lmdb_clear(void *inst, const struct sstore_call *call,
                      struct sstore_err *err)
{
    struct work work = work_on(inst, call, no_sid, err);

    return end(
        &work,
        lmdb_env_write(work.instance->env, call->deadline_ns, clear_in, &work),
        "lmdb: remove the sessions");
}

/* A reaping counts what it removes, and finds out when the next is due. */
struct reaping {
    struct work work; /* first: a visit is given this */
    int64_t due_ms;
};

/* What is damaged does not say when it expires, and stays to be looked at. */
static int remove_expired(struct work *work, MDB_cursor *cursor,
                          const MDB_val *value)
{
    struct reaping *reaping = (struct reaping *)work;
    int64_t expires_ms;

    if (value->mv_size < IMAGE_HEAD ||
        !image_expiry(&expires_ms, value->mv_data, value->mv_size))
        return 0;
    if (!clock_is_live(expires_ms, work->call->now_ms)) {
        work->count++;
        return mdb_cursor_del(cursor, 0);
    }
    if (expires_ms < reaping->due_ms)
        reaping->due_ms = expires_ms;
    return 0;
}

static int reap_in(const struct lmdb_txn *txn, void *arg)
{
    struct reaping *reaping = arg;

    reaping->work.count = 0;
    reaping->due_ms = SSTORE_NEVER;
    int result = walk(txn, &reaping->work, remove_expired);
    return result == 0 ? due_write(txn, &reaping->work, reaping->due_ms)
                       : result;
}

/* SSTORE_MISS where nothing can have expired yet: the host may call reap()
 * often, and this leaves those alone who write. */
static int due_in(const struct lmdb_txn *txn, void *arg)
{
    struct work *work = arg;
    int64_t due_ms;
    int result = due_read(txn, work, &due_ms);

    work->code =
        clock_is_live(due_ms, work->call->now_ms) ? SSTORE_MISS : SSTORE_OK;
    return result;
}

static int lmdb_reap(void *inst, const struct sstore_call *call,
                     uint64_t *count, struct sstore_err *err)
{
    struct reaping reaping = { .work = work_on(inst, call, no_sid, err) };
    struct lmdb_env *env = reaping.work.instance->env;
    int result = lmdb_env_read(env, due_in, &reaping.work);

    if (result == 0 && reaping.work.code == SSTORE_OK)
        result = lmdb_env_write(env, call->deadline_ns, reap_in, &reaping);
    if (result != 0)
        return lmdb_env_fail(result, "lmdb: remove what has expired", err);
    *count = reaping.work.count;
    return SSTORE_OK;
}

/* ---- Open and close ----------------------------------------------------- */

static void lmdb_close(void *inst)
{
    struct instance *instance = inst;

    lmdb_env_leave(instance->env);
    free(instance);
}

static int lmdb_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    const char *path = "", *name_space = "";
    unsigned most_mib = MOST_MIB;
    bool fsync = false;
    const struct option table[] = {
        { "path", OPTION_TEXT, &path, 0, 0 },
        { "most", OPTION_NUMBER, &most_mib, 1, MOST_MOST },
        { "fsync", OPTION_YES_NO, &fsync, 0, 0 },
        { "namespace", OPTION_TEXT, &name_space, 0, 0 },
    };
    int code = option_table_read("lmdb", table, sizeof table / sizeof *table,
                                 opt, nopt, err);

    (void)host;
    if (code != SSTORE_OK)
        return code;
    if (!*path)
        return fail(err, SSTORE_E_INVAL, 0, "",
                    "lmdb: it needs path=DIR, the folder for its database");
    struct instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return fail_errno(err, ENOMEM, "lmdb");
    hash_of(instance->space,
            (struct sstore_str){ name_space, strlen(name_space) });
    code = lmdb_env_join(&instance->env, path, fsync, most_mib, err);
    if (code == SSTORE_OK)
        *inst = instance;
    else
        free(instance);
    return code;
}

#define TEXT(x)  #x
#define VALUE(x) TEXT(x)

static const struct sstore_plugin lmdb_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "lmdb",
    .version = "1.0 (LMDB " VALUE(MDB_VERSION_MAJOR) "." VALUE(
        MDB_VERSION_MINOR) "." VALUE(MDB_VERSION_PATCH) ")",
    .options = "path=DIR    the folder of the database; made if its parent is\n"
               "most=MIB    to what it may grow, 1 to 4194304; default: 65536\n"
               "fsync=yes   what was set survives a loss of power; default: no",
    .open = lmdb_open,
    .close = lmdb_close,
    .get = lmdb_get,
    .set = lmdb_set,
    .destroy = lmdb_destroy,
    .touch = lmdb_touch,
    .all = lmdb_all,
    .clear = lmdb_clear,
    .length = lmdb_length,
    .reap = lmdb_reap,
    .spoil = lmdb_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &lmdb_plugin;
}
