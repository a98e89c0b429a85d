/* file_folder.c: a folder of small files that threads and processes share */
#define _FILE_OFFSET_BITS 64
#include "file_folder.h"

#include "base/clock.h"
#include "siphash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* File systems take names of 255 bytes. */
#define NAME_PLAIN 200

/* Bytes of `.lock`: the first for the note, each of the others for some name
 * by its hash. */
enum { LOCK_NOTE, LOCK_NAMES };

/* ---- Names -------------------------------------------------------------- */

/* "=" stands in no name that is spelt out. */
static void name_hash(char *to, size_t room, const char *bytes, size_t length)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    size_t used = (size_t)snprintf(to, room, "=");

    SHA256((const unsigned char *)bytes, length, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        used += (size_t)snprintf(to + used, room - used, "%02x", hash[i]);
}

void folder_name(char name[FOLDER_NAME], const char *prefix, const char *bytes,
                 size_t length, const char *suffix)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t begin = (size_t)snprintf(name, FOLDER_NAME, "%s", prefix);
    size_t used = begin, i;

    for (i = 0; i < length && used < NAME_PLAIN; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool is_plain = byte && strchr(plain, byte);
        used += (size_t)snprintf(name + used, FOLDER_NAME - used,
                                 is_plain ? "%c" : "%%%02x", byte);
    }
    if (length == 0)
        snprintf(name + begin, FOLDER_NAME - begin, "%%");
    else if (i < length)
        name_hash(name + begin, FOLDER_NAME - begin, bytes, length);
    used = strlen(name);
    snprintf(name + used, FOLDER_NAME - used, "%s", suffix);
}

static bool name_ends(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);

    return length >= end && strcmp(name + length - end, suffix) == 0;
}

bool folder_name_is_session(const char *name)
{
    return name_ends(name, ".session");
}

static void name_of_new(char new_name[FOLDER_NAME], const char *name)
{
    size_t stem = strlen(name) - strlen(".session");

    snprintf(new_name, FOLDER_NAME, "%.*s.new", (int)stem, name);
}

static uint64_t byte_of(const char *name)
{
    static const struct siphash_key key = { 0, 0 };

    return LOCK_NAMES + (siphash(&key, name, strlen(name)) >> 3);
}

/* ---- Enter and leave ---------------------------------------------------- */

static void close_folder(struct folder *folder)
{
    int number = errno;

    if (folder->lock >= 0)
        close(folder->lock);
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = folder->lock = -1;
    errno = number;
}

void folder_leave(struct folder *folder)
{
    bool locked = folder->lock >= 0;

    close_folder(folder);
    if (locked)
        range_lock_end(&folder->range);
}

static int open_folder(struct folder *folder, bool make)
{
    struct stat root;

    folder->fd =
        open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->fd >= 0 || errno != ENOENT)
        return folder->fd >= 0 ? 0 : -1;
    if (stat(folder->root, &root) != 0) {
        errno = errno == ENOENT ? ENOTDIR : errno;
        return -1;
    }
    if (make && mkdir(folder->path, 0700) != 0 && errno != EEXIST)
        return -1;
    errno = make ? EAGAIN : ENOENT;
    return -1;
}

static int lock_folder(struct folder *folder)
{
    folder->lock = openat(folder->fd, ".lock",
                          O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (folder->lock >= 0)
        return range_lock_file(&folder->range, folder->lock);
    errno = errno == ENOENT ? EAGAIN : errno;
    return -1;
}

/* What was locked may be nobody else's `.lock` any more: then errno is EAGAIN,
 * as wherever the folder is made or removed meanwhile. */
static int still_there(const struct folder *folder)
{
    struct stat lock;

    if (fstat(folder->lock, &lock) != 0)
        return -1;
    errno = EAGAIN;
    return lock.st_nlink > 0 ? 0 : -1;
}

int folder_enter(struct folder *folder, enum folder_lock lock, const char *name,
                 bool make)
{
    int result;

    folder->range = (struct range_lock){
        .path = folder->path,
        .byte = lock == FOLDER_ONE ? byte_of(name) : 0,
        .all = lock != FOLDER_ONE,
        .shared = lock == FOLDER_ALL_READING,
        .deadline_ns = folder->deadline_ns,
    };
    if (lock != FOLDER_OPEN && range_lock_wait(&folder->range) != 0)
        return -1;
    do {
        folder->fd = folder->lock = -1;
        result = open_folder(folder, make);
        if (result == 0 && lock != FOLDER_OPEN)
            result = lock_folder(folder);
        if (result == 0 && lock != FOLDER_OPEN)
            result = still_there(folder);
        if (result != 0)
            close_folder(folder);
    } while (result != 0 && errno == EAGAIN);
    if (result != 0 && lock != FOLDER_OPEN)
        range_lock_end(&folder->range);
    return result;
}

/* ---- Files -------------------------------------------------------------- */

static int open_file(const struct folder *folder, const char *name,
                     uint64_t *length)
{
    struct stat file;
    int fd = openat(folder->fd, name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fstat(fd, &file) != 0) {
        close(fd);
        return -1;
    }
    *length = (uint64_t)file.st_size;
    return fd;
}

/* How many bytes were read: fewer only where there are no more. */
static ssize_t read_bytes(int fd, char *bytes, size_t length)
{
    size_t had = 0;

    while (had < length) {
        ssize_t got = read(fd, bytes + had, length - had);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        had += (size_t)got;
    }
    return (ssize_t)had;
}

char *folder_read(const struct folder *folder, const char *name, size_t *length)
{
    uint64_t whole;
    int fd = open_file(folder, name, &whole);
    char *bytes = fd >= 0 ? malloc(whole ? whole : 1) : NULL;
    ssize_t got = bytes ? read_bytes(fd, bytes, whole) : -1;
    int number = errno;

    if (fd >= 0)
        close(fd);
    if (got < 0)
        free(bytes);
    errno = number;
    *length = got < 0 ? 0 : (size_t)got;
    return got < 0 ? NULL : bytes;
}

int folder_peek(const struct folder *folder, const char *name, char *bytes,
                size_t most, uint64_t *length)
{
    int fd = open_file(folder, name, length);
    ssize_t got = fd >= 0 ? read_bytes(fd, bytes, most) : -1;
    int number = errno;

    if (fd >= 0)
        close(fd);
    errno = number;
    if (got >= 0 && (size_t)got < most)
        *length = (uint64_t)got;
    return got < 0 ? -1 : 0;
}

static int write_bytes(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, bytes, length);
        if (put < 0)
            return -1;
        bytes += put;
        length -= (size_t)put;
    }
    return 0;
}

static int write_new(const struct folder *folder, const char *name,
                     const char *bytes, size_t length)
{
    int fd =
        openat(folder->fd, name,
               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return -1;
    int result = write_bytes(fd, bytes, length);
    if (result == 0 && folder->sync)
        result = fsync(fd);
    int number = errno;
    if (close(fd) != 0 && result == 0)
        return -1;
    errno = number;
    return result;
}

/* Alone with the name, so that its one `.new` is ours. */
int folder_write(const struct folder *folder, const char *name,
                 const char *bytes, size_t length)
{
    char new_name[FOLDER_NAME];

    name_of_new(new_name, name);
    int result = write_new(folder, new_name, bytes, length);
    if (result == 0)
        result = renameat(folder->fd, new_name, folder->fd, name);
    if (result == 0)
        return folder_flush(folder);
    int number = errno;
    unlinkat(folder->fd, new_name, 0);
    errno = number;
    return -1;
}

int folder_remove(const struct folder *folder, const char *name)
{
    return unlinkat(folder->fd, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

int folder_flush(const struct folder *folder)
{
    return folder->sync ? fsync(folder->fd) : 0;
}

int folder_walk(const struct folder *folder, folder_visit_fn *visit, void *arg)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    int result = list ? 0 : -1;
    struct dirent *entry;

    while (result == 0 && (errno = 0, entry = readdir(list)) != NULL) {
        if (clock_now_ns() >= folder->deadline_ns) {
            errno = ETIMEDOUT;
            result = -1;
        } else if (name_ends(entry->d_name, ".session") ||
                   name_ends(entry->d_name, ".new")) {
            result = visit(arg, entry->d_name);
        }
    }
    int number = errno;
    if (list)
        closedir(list);
    else if (fd >= 0)
        close(fd);
    errno = number;
    return result == 0 && number != 0 ? -1 : result;
}

/* ---- The note ----------------------------------------------------------- */

int64_t folder_note(const struct folder *folder)
{
    int fd = openat(folder->fd, ".lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int64_t value;

    if (fd < 0)
        return INT64_MIN;
    if (pread(fd, &value, sizeof value, 0) != sizeof value)
        value = INT64_MIN;
    close(fd);
    return value;
}

/* Read without a lock at first: nobody raises it meanwhile. */
int folder_note_lower(const struct folder *folder, int64_t value)
{
    int64_t noted;

    if (pread(folder->lock, &noted, sizeof noted, 0) != sizeof noted ||
        noted <= value)
        return 0;
    if (range_lock_also(folder->lock, LOCK_NOTE, folder->deadline_ns) != 0)
        return -1;
    if (pread(folder->lock, &noted, sizeof noted, 0) != sizeof noted ||
        noted <= value)
        return 0;
    return folder_note_set(folder, value);
}

int folder_note_set(const struct folder *folder, int64_t value)
{
    return pwrite(folder->lock, &value, sizeof value, 0) == sizeof value ? 0
                                                                         : -1;
}

/* ---- Tidying up --------------------------------------------------------- */

static int found_one(void *arg, const char *name)
{
    (void)arg;
    (void)name;
    return 1;
}

/* Foreign files keep the folder. The lock is tried, not waited for. */
void folder_tidy(struct folder *folder)
{
    folder->deadline_ns = INT64_MIN;
    if (folder_enter(folder, FOLDER_ALL, NULL, false) != 0)
        return;
    folder->deadline_ns = INT64_MAX;
    if (folder_walk(folder, found_one, NULL) == 0) {
        unlinkat(folder->fd, ".lock", 0);
        rmdir(folder->path);
    }
    folder_leave(folder);
}
