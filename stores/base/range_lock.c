/* range_lock.c: bytes of a file, locked between threads and processes */
#define _GNU_SOURCE       /* F_OFD_SETLK, which POSIX has since 2024 */
#define _FILE_OFFSET_BITS 64
#include "range_lock.h"

#include "nap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- Threads ------------------------------------------------------------ */

/* Who holds or waits, in the order in which they came. */
static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;
static struct range_lock *line; /* under line_lock */

static bool in_the_way(const struct range_lock *a, const struct range_lock *b)
{
    if (strcmp(a->path, b->path) != 0)
        return false;
    if (a->all || b->all)
        return !(a->shared && b->shared);
    return a->byte == b->byte;
}

static void join(struct range_lock *lock)
{
    struct range_lock **end = &line;

    lock->next = NULL;
    lock->before = 0;
    for (; *end; end = &(*end)->next)
        lock->before += in_the_way(*end, lock);
    *end = lock;
}

static void leave(struct range_lock *lock)
{
    struct range_lock **place = &line;

    while (*place != lock)
        place = &(*place)->next;
    *place = lock->next;
    for (struct range_lock *at = lock->next; at; at = at->next)
        if (in_the_way(lock, at) && --at->before == 0)
            pthread_cond_signal(&at->served);
}

static int cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    int number = pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
    return number;
}

int range_lock_wait(struct range_lock *lock)
{
    struct timespec deadline = {
        .tv_sec = (time_t)(lock->deadline_ns / (1000 * CLOCK_NS_IN_MS)),
        .tv_nsec = (long)(lock->deadline_ns % (1000 * CLOCK_NS_IN_MS)),
    };
    int number = cond_init(&lock->served);

    if (number != 0) {
        errno = number;
        return -1;
    }
    pthread_mutex_lock(&line_lock);
    join(lock);
    while (lock->before > 0 && number == 0)
        number = pthread_cond_timedwait(&lock->served, &line_lock, &deadline);
    bool served = lock->before == 0;
    if (!served)
        leave(lock);
    pthread_mutex_unlock(&line_lock);
    if (served)
        return 0;
    pthread_cond_destroy(&lock->served);
    errno = number;
    return -1;
}

void range_lock_end(struct range_lock *lock)
{
    pthread_mutex_lock(&line_lock);
    leave(lock);
    pthread_mutex_unlock(&line_lock);
    pthread_cond_destroy(&lock->served);
}

/* ---- Processes ---------------------------------------------------------- */

/* The locks of open file descriptions. Who wants all locks the turn first,
 * which the others pass, so that those who hold a byte end and nobody new
 * begins. */
enum { TURN, BYTES };

/* Zero, or -1 with errno. A length of 0 is all from there. */
static int lock_try(int fd, short type, off_t from, off_t length)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = length
    };
    return fcntl(fd, F_OFD_SETLK, &lock);
}

static int lock_try_in_turn(int fd, short type, off_t from, off_t length)
{
    if (lock_try(fd, F_RDLCK, TURN, 1) != 0)
        return -1;
    int result = lock_try(fd, type, from, length);
    int number = errno;
    lock_try(fd, F_UNLCK, TURN, 1);
    errno = number;
    return result;
}

typedef int lock_fn(int fd, short type, off_t from, off_t length);

/* The kernel would wait, but not until a deadline. */
static int lock_wait(int fd, lock_fn *lock, short type, off_t from,
                     off_t length, int64_t deadline_ns)
{
    int naps = 0;

    while (lock(fd, type, from, length) != 0) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return -1;
        if (!nap(deadline_ns, &naps)) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
    return 0;
}

int range_lock_file(const struct range_lock *lock, int fd)
{
    if (!lock->all)
        return lock_wait(fd, lock_try_in_turn, F_WRLCK,
                         BYTES + (off_t)lock->byte, 1, lock->deadline_ns);
    if (lock_wait(fd, lock_try, F_WRLCK, TURN, 1, lock->deadline_ns) != 0)
        return -1;
    return lock_wait(fd, lock_try, lock->shared ? F_RDLCK : F_WRLCK, BYTES, 0,
                     lock->deadline_ns);
}

/* Not in turn: who waits there for all waits for us. */
int range_lock_also(int fd, uint64_t byte, int64_t deadline_ns)
{
    return lock_wait(fd, lock_try, F_WRLCK, BYTES + (off_t)byte, 1,
                     deadline_ns);
}
