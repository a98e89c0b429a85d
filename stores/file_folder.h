/* file_folder.h: a folder of small files that threads and processes share
 *
 *     NAME.session   a file that is there: whole, whoever dies while it is
 *                    written
 *     NAME.new       one that is being written; after a crash left over
 *     .lock          locks, and a note of eight bytes
 *
 * Whoever works in the folder enters it, with a lock on a name or on all, until
 * a deadline, and leaves it. A folder that is empty may be removed by one while
 * another enters. All functions give 0, or -1 with errno: ETIMEDOUT once the
 * deadline has passed.
 */
#ifndef STORES_FILE_FOLDER_H
#define STORES_FILE_FOLDER_H

#include "base/range_lock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLDER_NAME 256 /* size of a name, its end included */

struct folder {
    const char *root; /* where the folder is, or will be */
    const char *path; /* its own */
    bool sync;        /* writes wait for the disk */
    int64_t deadline_ns;
    int fd, lock; /* within folder_enter and _leave; -1 where not opened */
    struct range_lock range; /* held with `lock` */
};

/* "ab%2f%42.session" for "ab/B": a name for any bytes that is no path, begins
 * with no dot, and is the same to file systems that ignore letters' case. What
 * would be too long becomes a hash. Two texts have two names. */
void folder_name(char name[FOLDER_NAME], const char *prefix, const char *bytes,
                 size_t length, const char *suffix);
bool folder_name_is_session(const char *name);

enum folder_lock {
    FOLDER_OPEN,        /* none */
    FOLDER_ONE,         /* alone with a name */
    FOLDER_ALL_READING, /* nobody writes */
    FOLDER_ALL,         /* alone */
};

/* ENOENT: there is none, where `make` does not make one. ENOTDIR: nor the root
 * any more. To be left only after a success. */
int folder_enter(struct folder *folder, enum folder_lock lock, const char *name,
                 bool make);
void folder_leave(struct folder *folder);

/* A file's bytes, the caller's to free; and its first bytes, `most` of them at
 * the most, with its whole length. */
char *folder_read(const struct folder *folder, const char *name,
                  size_t *length);
int folder_peek(const struct folder *folder, const char *name, char *bytes,
                size_t most, uint64_t *length);
/* Replaces a session as one step: for who is alone with its name. */
int folder_write(const struct folder *folder, const char *name,
                 const char *bytes, size_t length);
/* What is not there is removed already. */
int folder_remove(const struct folder *folder, const char *name);
/* With `sync` it waits until what was removed is so on the disk. */
int folder_flush(const struct folder *folder);

/* Calls `visit` for each session and each file left over. Gives what it gave
 * where that is not 0, and ends then. */
typedef int folder_visit_fn(void *arg, const char *name);
int folder_walk(const struct folder *folder, folder_visit_fn *visit, void *arg);

/* The note: INT64_MIN where none was made yet. Lowering it does nothing before
 * a note was made; it is for who is alone with a name, setting for who is
 * alone. */
int64_t folder_note(const struct folder *folder);
int folder_note_lower(const struct folder *folder, int64_t value);
int folder_note_set(const struct folder *folder, int64_t value);

/* Removes the folder if no session is in it and nobody at work. Not entered. */
void folder_tidy(struct folder *folder);

#endif
