/* range_lock.h: bytes of a file, locked between threads and processes
 *
 * One locks a byte, or all. Among the threads of a process who came first is
 * served first, all or one, so that nobody waits for ever; among processes
 * whoever tries at the right moment. What a process holds ends with it, however
 * it ends.
 */
#ifndef STORES_BASE_RANGE_LOCK_H
#define STORES_BASE_RANGE_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A caller's, from range_lock_wait to range_lock_end. */
struct range_lock {
    /* What is wanted: set by the caller. */
    const char *path;    /* of what is locked: one text for one file */
    uint64_t byte;       /* below 2^62, or with `all` nothing */
    bool all, shared;    /* all bytes, alone or beside others who share */
    int64_t deadline_ns; /* CLOCK_MONOTONIC */

    /* Ours, under the lock of all. */
    struct range_lock *next;
    unsigned before; /* how many in front of it are in its way */
    pthread_cond_t served;
};

/* First among the threads; then `fd`, the caller's own opening of the file,
 * holds the bytes until it is closed. Each gives 0, or -1 with errno, ETIMEDOUT
 * where the deadline has passed: then only the first needs no range_lock_end.
 */
int range_lock_wait(struct range_lock *lock);
int range_lock_file(const struct range_lock *lock, int fd);
void range_lock_end(struct range_lock *lock);

/* One more byte, for who has locked one, and locks none besides these two. */
int range_lock_also(int fd, uint64_t byte, int64_t deadline_ns);

#endif
