/* test_range_lock.c: who gets which bytes of a file, and in which order */
#include "../base/range_lock.h"

#include "../base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct range_lock one(const char *path, uint64_t byte)
{
    return (struct range_lock){ .path = path,
                                .byte = byte,
                                .deadline_ns = INT64_MAX };
}

static struct range_lock all(const char *path, bool shared)
{
    return (struct range_lock){
        .path = path, .all = true, .shared = shared, .deadline_ns = INT64_MAX
    };
}

/* Does it have to wait behind those who are there? */
static bool waits(struct range_lock lock)
{
    lock.deadline_ns = clock_now_ns() + CLOCK_NS_IN_MS;
    if (range_lock_wait(&lock) == 0) {
        range_lock_end(&lock);
        return false;
    }
    assert_int_equal(errno, ETIMEDOUT);
    return true;
}

/* ---- Threads ------------------------------------------------------------ */

static void test_a_byte_excludes_itself_and_all(void **state)
{
    struct range_lock held = one("a", 7);

    (void)state;
    assert_int_equal(range_lock_wait(&held), 0);
    assert_true(waits(one("a", 7)));
    assert_true(waits(all("a", false)));
    assert_true(waits(all("a", true)));
    assert_false(waits(one("a", 8)));
    assert_false(waits(one("b", 7)));
    range_lock_end(&held);
    assert_false(waits(one("a", 7)));
}

static void test_those_who_share_all_exclude_the_others(void **state)
{
    struct range_lock held = all("a", true);

    (void)state;
    assert_int_equal(range_lock_wait(&held), 0);
    assert_false(waits(all("a", true)));
    assert_true(waits(all("a", false)));
    assert_true(waits(one("a", 0)));
    assert_false(waits(one("b", 0)));
    range_lock_end(&held);
    assert_false(waits(all("a", false)));
}

/* Who waits for all comes before those who came later, and who gives up lets
 * them by. */
static void *wait_for_all(void *arg)
{
    struct range_lock lock = all("a", false);

    if (range_lock_wait(&lock) != 0)
        return NULL;
    atomic_store((atomic_bool *)arg, true);
    range_lock_end(&lock);
    return arg;
}

static void test_who_came_first_is_served_first(void **state)
{
    struct range_lock held = one("a", 7);
    atomic_bool served = false;
    pthread_t thread;
    void *result;

    (void)state;
    assert_int_equal(range_lock_wait(&held), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_all, &served), 0);
    while (!waits(one("a", 8)))
        ;
    assert_false(served);
    range_lock_end(&held);
    struct range_lock later = one("a", 8);
    assert_int_equal(range_lock_wait(&later), 0);
    assert_true(served);
    range_lock_end(&later);
    pthread_join(thread, &result);
    assert_ptr_equal(result, &served);
}

enum { THREADS = 16, ROUNDS = 300 };

static int inside[4];

/* One of four bytes, or all: nobody else may be there meanwhile. */
static void *come_and_go(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;

    for (int i = 0; i < ROUNDS; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned at = seed / 65536 % 5;
        struct range_lock lock = at < 4 ? one("a", at) : all("a", false);
        if (range_lock_wait(&lock) != 0)
            abort();
        for (unsigned byte = 0; byte < 4; byte++)
            if ((at == byte || at == 4) && inside[byte]++ != 0)
                abort();
        for (unsigned byte = 0; byte < 4; byte++)
            if (at == byte || at == 4)
                inside[byte]--;
        range_lock_end(&lock);
    }
    return NULL;
}

static void test_nobody_is_where_another_is(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, come_and_go, (void *)i), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* ---- Processes ---------------------------------------------------------- */

static char path[] = "/tmp/sstore-range-XXXXXX";

/* 0 where the bytes are had at once by somebody with an opening of his own. */
static int try_file(struct range_lock lock)
{
    int fd = open(path, O_RDWR);

    assert_true(fd >= 0);
    lock.deadline_ns = 0;
    int result = range_lock_file(&lock, fd);
    int number = errno;
    close(fd);
    return result == 0 ? 0 : number;
}

static void test_a_files_bytes_exclude_as_threads_do(void **state)
{
    struct range_lock byte = one(path, 7), whole = all(path, true);
    int fd = open(path, O_RDWR);

    (void)state;
    assert_int_equal(range_lock_file(&byte, fd), 0);
    assert_int_equal(try_file(one(path, 7)), ETIMEDOUT);
    assert_int_equal(try_file(all(path, false)), ETIMEDOUT);
    assert_int_equal(try_file(all(path, true)), ETIMEDOUT);
    assert_int_equal(try_file(one(path, 8)), 0);
    assert_int_equal(range_lock_also(fd, 0, 0), 0);
    assert_int_equal(try_file(one(path, 0)), ETIMEDOUT);
    close(fd);
    fd = open(path, O_RDWR);
    assert_int_equal(range_lock_file(&whole, fd), 0);
    assert_int_equal(try_file(one(path, 7)), ETIMEDOUT);
    assert_int_equal(try_file(all(path, false)), ETIMEDOUT);
    close(fd);
    assert_int_equal(try_file(all(path, false)), 0);
}

/* One more byte is had though another waits for all, and so for us. */
static void test_one_more_byte_is_had_before_who_waits_for_all(void **state)
{
    struct range_lock byte = one(path, 7), whole = all(path, false);
    int fd = open(path, O_RDWR), other = open(path, O_RDWR);

    (void)state;
    assert_int_equal(range_lock_file(&byte, fd), 0);
    whole.deadline_ns = clock_now_ns() + CLOCK_NS_IN_MS;
    assert_int_equal(range_lock_file(&whole, other), -1);
    assert_int_equal(try_file(one(path, 8)), ETIMEDOUT);
    assert_int_equal(range_lock_also(fd, 0, 0), 0);
    close(fd);
    close(other);
}

static void test_what_a_dead_process_held_is_free(void **state)
{
    int ends[2], status;
    char ready;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct range_lock whole = all(path, false);
        int fd = open(path, O_RDWR);
        if (range_lock_file(&whole, fd) == 0 && write(ends[1], "r", 1) == 1)
            pause();
        _exit(1);
    }
    assert_true(child > 0);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    assert_int_equal(try_file(one(path, 7)), ETIMEDOUT);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_int_equal(try_file(one(path, 7)), 0);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_byte_excludes_itself_and_all),
        cmocka_unit_test(test_those_who_share_all_exclude_the_others),
        cmocka_unit_test(test_who_came_first_is_served_first),
        cmocka_unit_test(test_nobody_is_where_another_is),
        cmocka_unit_test(test_a_files_bytes_exclude_as_threads_do),
        cmocka_unit_test(test_one_more_byte_is_had_before_who_waits_for_all),
        cmocka_unit_test(test_what_a_dead_process_held_is_free),
    };
    int fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
