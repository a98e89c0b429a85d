/* file.c: the store `file`: a session a file, a folder a namespace
 *
 *     DIR/ns-NAMESPACE/ID.session
 *
 * What it promises
 *   A session's file holds one whole set() or touch(), whatever dies meanwhile:
 *   it is written beside and renamed. One that is cut short or altered is
 *   SSTORE_E_CORRUPT until it is set or destroyed. An id cannot leave the
 *   folder, and no two ids share a file. Any number of threads and processes of
 *   one machine may share a folder. Files of others in it are left alone.
 *
 * Options
 *   path=DIR    the folder of all; made if its parent is there
 *   fsync=yes   wait for the disk, so that what was set survives a loss of
 *               power, not only a crash of the program; default: no
 *
 * Limits
 *   A local file system: locks and renames of network file systems are less
 *   than they seem. all(), length(), and a reap() that is due, open every file
 *   of the namespace. A call under way takes up to four descriptors. Files are
 *   of this machine's byte order.
 *
 * How files, names and locks go together is file_folder.h's; what stands in a
 * file, base/image.h's.
 */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_file /* it is linked into its host */
#endif
#include "session_store.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/image.h"
#include "base/option_table.h"
#include "file_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    char *root;   /* DIR, absolute */
    char *folder; /* the namespace's, in it; made by the first set */
    bool sync;
};

/* No file is named, for its name tells the id, and who knows that has the
 * session. ENOENT would mean to express-session that there is no such session:
 * what is missing here was there a moment ago. */
static int fail_doing(struct sstore_err *err, const char *what)
{
    int number = errno;

    if (number == EFBIG)
        return fail(err, SSTORE_E_TOOBIG, EFBIG, "EFBIG",
                    "file: %s: too big for the file system", what);
    return fail_errno(err, number == ENOENT ? EIO : number, what);
}

static int fail_corrupt(struct sstore_err *err)
{
    return fail(err, SSTORE_E_CORRUPT, 0, "",
                "file: a session's file is not as it was written");
}

/* ---- One session -------------------------------------------------------- */

/* One call at work in the namespace's folder. */
struct work {
    struct folder folder;
    const struct sstore_call *call;
    struct sstore_err *err;
    char name[FOLDER_NAME]; /* of the session's file */
};

/* SSTORE_MISS where there is no folder, and so no session. On SSTORE_OK alone
 * there is something to end. */
static int work_begin(struct work *work, const struct file *file,
                      enum folder_lock lock, bool make)
{
    work->folder = (struct folder){ .root = file->root,
                                    .path = file->folder,
                                    .sync = file->sync,
                                    .deadline_ns = work->call->deadline_ns };
    if (folder_enter(&work->folder, lock, work->name, make) == 0)
        return SSTORE_OK;
    return errno == ENOENT ? SSTORE_MISS
                           : fail_doing(work->err, "file: enter the folder");
}

static int session_begin(struct work *work, void *inst,
                         const struct sstore_call *call, struct sstore_str sid,
                         struct sstore_err *err, enum folder_lock lock,
                         bool make)
{
    work->call = call;
    work->err = err;
    folder_name(work->name, "", sid.p, sid.n, ".session");
    return work_begin(work, inst, lock, make);
}

static int work_end(struct work *work, int code)
{
    folder_leave(&work->folder);
    return code;
}

/* The live session in the file, else SSTORE_MISS. `*bytes` are the caller's to
 * free, whatever comes of it. */
static int image_load(const struct work *work, const char *name,
                      struct image *image, char **bytes)
{
    size_t length;

    *bytes = folder_read(&work->folder, name, &length);
    if (!*bytes)
        return errno == ENOENT ? SSTORE_MISS
                               : fail_doing(work->err, "file: read a session");
    if (!image_read(image, *bytes, length))
        return fail_corrupt(work->err);
    return clock_is_live(image->record.expires_ms, work->call->now_ms)
               ? SSTORE_OK
               : SSTORE_MISS;
}

/* The same of an id. */
static int session_load(const struct work *work, struct sstore_str sid,
                        struct image *image, char **bytes)
{
    int code = image_load(work, work->name, image, bytes);

    if (code == SSTORE_OK &&
        (image->sid.n != sid.n ||
         (sid.n && memcmp(image->sid.p, sid.p, sid.n) != 0)))
        return fail_corrupt(work->err); /* another's file under this name */
    return code;
}

/* For who is alone with the session: its file, and when to reap. A crash
 * between the two puts the reaping off, no more. */
static int session_save(const struct work *work, struct sstore_str sid,
                        const struct sstore_record *rec)
{
    size_t length;
    char *bytes = image_make(sid, rec, &length);
    int result =
        bytes ? folder_write(&work->folder, work->name, bytes, length) : -1;

    if (result == 0 && rec->expires_ms != SSTORE_NEVER)
        result = folder_note_lower(&work->folder, rec->expires_ms);
    if (result != 0)
        result = fail_doing(work->err, "file: write a session");
    free(bytes);
    return result;
}

static int file_get(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, sstore_row_fn *row, void *arg,
                    struct sstore_err *err)
{
    struct work work;
    struct image image = { .sid = { NULL, 0 } };
    char *bytes;
    int code = session_begin(&work, inst, call, sid, err, FOLDER_OPEN, false);

    if (code != SSTORE_OK)
        return code;
    code = session_load(&work, sid, &image, &bytes);
    if (code == SSTORE_OK && row(arg, sid, &image.record) != 0)
        code = SSTORE_STOP;
    free(bytes);
    return work_end(&work, code);
}

static int file_set(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, const struct sstore_record *rec,
                    struct sstore_err *err)
{
    struct work work;
    int code = session_begin(&work, inst, call, sid, err, FOLDER_ONE, true);

    if (code != SSTORE_OK)
        return code;
    return work_end(&work, session_save(&work, sid, rec));
}

static int file_destroy(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    struct work work;
    int code = session_begin(&work, inst, call, sid, err, FOLDER_ONE, false);

    if (code != SSTORE_OK)
        return code == SSTORE_MISS ? SSTORE_OK : code;
    if (folder_remove(&work.folder, work.name) != 0 ||
        folder_flush(&work.folder) != 0)
        code = fail_doing(err, "file: remove a session");
    return work_end(&work, code);
}

/* What was read is still so when it is written: nobody else is at the name. */
static int file_touch(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    struct work work;
    struct image image = { .sid = { NULL, 0 } };
    char *bytes;
    int code = session_begin(&work, inst, call, sid, err, FOLDER_ONE, false);

    if (code != SSTORE_OK)
        return code;
    code = session_load(&work, sid, &image, &bytes);
    if (code == SSTORE_OK) {
        image.record.cookie = rec->cookie;
        image.record.expires_ms = rec->expires_ms;
        code = session_save(&work, sid, &image.record);
    }
    free(bytes);
    return work_end(&work, code);
}

/* Half a file, as a crash of the machine may leave it. */
static int file_spoil(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, struct sstore_err *err)
{
    struct work work;
    struct image image = { .sid = { NULL, 0 } };
    char *bytes;
    int code = session_begin(&work, inst, call, sid, err, FOLDER_ONE, false);

    if (code != SSTORE_OK)
        return code;
    code = session_load(&work, sid, &image, &bytes);
    if (code == SSTORE_OK &&
        folder_write(&work.folder, work.name, bytes, IMAGE_HEAD + sid.n) != 0)
        code = fail_doing(err, "file: spoil a session");
    free(bytes);
    return work_end(&work, code);
}

/* ---- All sessions ------------------------------------------------------- */

/* A walk through the folder. A session that cannot be read keeps nobody from
 * the others: that there was one is said at the end. */
struct walk {
    struct work work;
    int code; /* what ended it */
    bool corrupt;
    sstore_row_fn *row; /* all() */
    void *arg;
    uint64_t count;      /* length(): live ones; reap(): removed ones */
    int64_t earliest_ms; /* reap(): when the first of the others expires */
};

static struct walk walk_of(const struct sstore_call *call,
                           struct sstore_err *err)
{
    return (struct walk){
        .work = { .call = call, .err = err },
        .earliest_ms = SSTORE_NEVER,
    };
}

/* How a visit ends: 0 is on to the next. */
static int visited(struct walk *walk, int code)
{
    walk->corrupt = walk->corrupt || code == SSTORE_E_CORRUPT;
    if (code == SSTORE_OK || code == SSTORE_MISS || code == SSTORE_E_CORRUPT)
        return 0;
    walk->code = code;
    return 1;
}

static int walk_inside(struct walk *walk, folder_visit_fn *visit)
{
    if (folder_walk(&walk->work.folder, visit, walk) < 0)
        walk->code = fail_doing(walk->work.err, "file: list the folder");
    if (walk->code == SSTORE_OK && walk->corrupt)
        walk->code = fail_corrupt(walk->work.err);
    return walk->code;
}

static int walk_locked(struct walk *walk, void *inst, enum folder_lock lock,
                       folder_visit_fn *visit)
{
    int code = work_begin(&walk->work, inst, lock, false);

    if (code != SSTORE_OK)
        return code == SSTORE_MISS ? SSTORE_OK : code;
    return work_end(&walk->work, walk_inside(walk, visit));
}

static int give_row(void *arg, const char *name)
{
    struct walk *walk = arg;
    struct image image = { .sid = { NULL, 0 } };
    char *bytes;

    if (!folder_name_is_session(name))
        return 0;
    int code = image_load(&walk->work, name, &image, &bytes);
    if (code == SSTORE_OK &&
        walk->row(walk->arg, image.sid, &image.record) != 0)
        code = SSTORE_STOP;
    free(bytes);
    return visited(walk, code);
}

static int file_all(void *inst, const struct sstore_call *call,
                    sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct walk walk = walk_of(call, err);

    walk.row = row;
    walk.arg = arg;
    return walk_locked(&walk, inst, FOLDER_ALL_READING, give_row);
}

/* When the session in a file expires, live or not. */
static int expiry_load(const struct walk *walk, const char *name,
                       int64_t *expires_ms)
{
    char head[IMAGE_HEAD];
    uint64_t length;

    if (folder_peek(&walk->work.folder, name, head, sizeof head, &length) != 0)
        return fail_doing(walk->work.err, "file: read a session");
    return image_expiry(expires_ms, head, length)
               ? SSTORE_OK
               : fail_corrupt(walk->work.err);
}

static int count_live(void *arg, const char *name)
{
    struct walk *walk = arg;
    int64_t expires_ms = 0;

    if (!folder_name_is_session(name))
        return 0;
    int code = expiry_load(walk, name, &expires_ms);
    if (code == SSTORE_OK && clock_is_live(expires_ms, walk->work.call->now_ms))
        walk->count++;
    return visited(walk, code);
}

static int file_length(void *inst, const struct sstore_call *call,
                       uint64_t *count, struct sstore_err *err)
{
    struct walk walk = walk_of(call, err);
    int code = walk_locked(&walk, inst, FOLDER_ALL_READING, count_live);

    if (code == SSTORE_OK)
        *count = walk.count;
    return code;
}

static int remove_any(void *arg, const char *name)
{
    struct walk *walk = arg;

    if (folder_remove(&walk->work.folder, name) == 0)
        return 0;
    return visited(walk, fail_doing(walk->work.err, "file: remove a session"));
}

static int file_clear(void *inst, const struct sstore_call *call,
                      struct sstore_err *err)
{
    struct walk walk = walk_of(call, err);
    int code = work_begin(&walk.work, inst, FOLDER_ALL, false);

    if (code != SSTORE_OK)
        return code == SSTORE_MISS ? SSTORE_OK : code;
    code = walk_inside(&walk, remove_any);
    if (code == SSTORE_OK && folder_flush(&walk.work.folder) != 0)
        code = fail_doing(err, "file: remove the sessions");
    return work_end(&walk.work, code);
}

/* A damaged session does not say when it expires, and stays to be looked at.
 * Nobody writes, so what is still being written was left over. */
static int remove_expired(void *arg, const char *name)
{
    struct walk *walk = arg;
    int64_t expires_ms = 0;

    if (!folder_name_is_session(name))
        return remove_any(walk, name);
    int code = expiry_load(walk, name, &expires_ms);
    if (code != SSTORE_OK)
        return code == SSTORE_E_CORRUPT ? 0 : visited(walk, code);
    if (!clock_is_live(expires_ms, walk->work.call->now_ms)) {
        walk->count++;
        return remove_any(walk, name);
    }
    if (expires_ms < walk->earliest_ms)
        walk->earliest_ms = expires_ms;
    return 0;
}

/* SSTORE_MISS where nothing can have expired yet, going by the folder's note:
 * the host may call reap() often. */
static int reap_is_due(struct walk *walk, void *inst)
{
    int code = work_begin(&walk->work, inst, FOLDER_OPEN, false);

    if (code != SSTORE_OK)
        return code;
    if (clock_is_live(folder_note(&walk->work.folder), walk->work.call->now_ms))
        code = SSTORE_MISS;
    return work_end(&walk->work, code);
}

static int file_reap(void *inst, const struct sstore_call *call,
                     uint64_t *count, struct sstore_err *err)
{
    struct walk walk = walk_of(call, err);
    int code = reap_is_due(&walk, inst);

    if (code == SSTORE_OK)
        code = work_begin(&walk.work, inst, FOLDER_ALL, false);
    if (code == SSTORE_OK) {
        code = walk_inside(&walk, remove_expired);
        if (code == SSTORE_OK &&
            folder_note_set(&walk.work.folder, walk.earliest_ms) != 0)
            code = fail_doing(err, "file: note when to reap");
        work_end(&walk.work, code);
    }
    if (code < 0)
        return code;
    *count = walk.count;
    return SSTORE_OK;
}

/* ---- Open and close ----------------------------------------------------- */

static void file_free(struct file *file)
{
    free(file->root);
    free(file->folder);
    free(file);
}

static void file_close(void *inst)
{
    struct file *file = inst;
    struct folder folder = { .root = file->root, .path = file->folder };

    folder_tidy(&folder);
    file_free(file);
}

/* What cannot work is said here, not by the first visitor's set. */
static int root_open(struct file *file, const char *path,
                     struct sstore_err *err)
{
    struct stat root;

    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail_errno(err, errno, "file: make the folder");
    file->root = realpath(path, NULL);
    if (!file->root || stat(file->root, &root) != 0)
        return fail_errno(err, errno, "file: open the folder");
    errno = ENOTDIR;
    if (!S_ISDIR(root.st_mode) || access(file->root, R_OK | W_OK | X_OK) != 0)
        return fail_errno(err, errno, "file: use the folder");
    return SSTORE_OK;
}

static int file_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    const char *path = "", *name_space = "";
    bool sync = false;
    const struct option table[] = {
        { "path", OPTION_TEXT, &path, 0, 0 },
        { "fsync", OPTION_YES_NO, &sync, 0, 0 },
        { "namespace", OPTION_TEXT, &name_space, 0, 0 },
    };
    int code = option_table_read("file", table, sizeof table / sizeof *table,
                                 opt, nopt, err);
    char name[FOLDER_NAME];

    (void)host;
    if (code != SSTORE_OK)
        return code;
    if (!*path)
        return fail(err, SSTORE_E_INVAL, 0, "",
                    "file: it needs path=DIR, the folder for its sessions");
    struct file *file = calloc(1, sizeof *file);
    if (!file)
        return fail_doing(err, "file: open");
    file->sync = sync;
    code = root_open(file, path, err);
    if (code == SSTORE_OK && file->root) {
        folder_name(name, "ns-", name_space, strlen(name_space), "");
        size_t room = strlen(file->root) + 1 + strlen(name) + 1;
        file->folder = malloc(room);
        if (file->folder)
            snprintf(file->folder, room, "%s/%s", file->root, name);
        else
            code = fail_doing(err, "file: open");
    }
    if (code != SSTORE_OK) {
        file_free(file);
        return code;
    }
    *inst = file;
    return SSTORE_OK;
}

static const struct sstore_plugin file_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "file",
    .version = "1.0",
    .options = "path=DIR    the folder of all; made if its parent is there\n"
               "fsync=yes   what was set survives a loss of power; default: no",
    .open = file_open,
    .close = file_close,
    .get = file_get,
    .set = file_set,
    .destroy = file_destroy,
    .touch = file_touch,
    .all = file_all,
    .clear = file_clear,
    .length = file_length,
    .reap = file_reap,
    .spoil = file_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &file_plugin;
}
