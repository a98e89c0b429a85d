/* target_log.h: the end of what a process wrote, readable while it writes
 *
 * Bounded: what was written first is dropped first. Positions count all bytes
 * ever added, so that a reader knows where to go on. Any thread.
 */
#ifndef HARNESS_TARGET_LOG_H
#define HARNESS_TARGET_LOG_H

#include <pthread.h>
#include <stddef.h>

/* How much of the end is kept: a sanitizer's report is some 10 KB. */
#define TARGET_LOG_LIMIT ((size_t)1 << 20)

struct target_log {
    pthread_mutex_t lock;
    char *bytes; /* the kept ones, the first being number `start` */
    size_t start, length, capacity;
};

void target_log_init(struct target_log *log);
void target_log_add(struct target_log *log, const char *bytes, size_t length);
/* Where the next byte goes: what to read from, to see the future alone. */
size_t target_log_end(struct target_log *log);
/* What was added since `from`; NULs become blanks; the caller frees. `*to` is
 * where to go on. */
char *target_log_read(struct target_log *log, size_t from, size_t *to);
/* The last lines since `from` on one line, for a message. */
void target_log_last_lines(struct target_log *log, size_t from, char *text,
                           size_t size);
void target_log_free(struct target_log *log);

#endif
