/* other_process.h: a test program started once more, to use a store beside it
 *
 * Started anew, not forked: databases do not bear to be forked.
 */
#ifndef STORES_TESTS_OTHER_PROCESS_H
#define STORES_TESTS_OTHER_PROCESS_H

#include "store_help.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHER_PROCESS_ROUNDS = 300, OTHER_PROCESS_BIG = 20 };

static inline int set_a_mebibyte(struct store *store, const char *sid)
{
    enum { MEBIBYTE = 1 << 20 };
    struct sstore_call call = at(10);
    char *bytes = malloc(MEBIBYTE);

    assert_non_null(bytes);
    memset(bytes, '1', MEBIBYTE);
    struct sstore_record rec = { { bytes, MEBIBYTE }, str("{}"), 99 };
    int code = store_set(store, &call, str(sid), &rec, NULL);
    free(bytes);
    return code;
}

/* What the other does over and over with a session: `set` it to 1, 2, 3…, data
 * and cookie alike, or `touch` it; or `grow`: set others of 1 MiB each. */
static inline pid_t other_process(const char *spec, const char *what,
                                  const char *sid)
{
    pid_t child = fork();

    if (child == 0) {
        execl("/proc/self/exe", "other", spec, what, sid, (char *)NULL);
        _exit(3);
    }
    assert_true(child > 0);
    return child;
}

/* For the beginning of main(): is it the other? Then it does not return. */
static inline void other_process_main(int argc, char **argv)
{
    if (argc != 4 || strcmp(argv[0], "other") != 0)
        return;
    struct store *store;
    struct sstore_err err;
    if (store_open(&store, argv[1], "test", &test_host, &err) != SSTORE_OK)
        _exit(2);
    for (int i = 1; i <= OTHER_PROCESS_ROUNDS; i++) {
        char text[20];
        snprintf(text, sizeof text, "%d", i);
        int code = SSTORE_OK;
        if (strcmp(argv[2], "set") == 0)
            code = set(store, 10, argv[3], text, text, 99);
        else if (strcmp(argv[2], "touch") == 0)
            code = touch(store, 10, argv[3], text, 99);
        else if (i <= OTHER_PROCESS_BIG)
            code = set_a_mebibyte(store, text);
        if (code < 0)
            _exit(1);
    }
    store_close(store);
    _exit(0);
}

static inline int take_text(void *arg, struct sstore_str sid,
                            const struct sstore_record *rec)
{
    (void)sid;
    snprintf(arg, 20, "%.*s", (int)rec->data.n, rec->data.p);
    return 0;
}

/* Two others touch session "a" while it is set again and again. */
static inline void touch_undoes_no_set(struct store *store, const char *spec)
{
    struct sstore_call call = at(10);
    pid_t child[2];
    int status;

    set(store, 10, "a", "0", "{}", 99);
    for (int i = 0; i < 2; i++)
        child[i] = other_process(spec, "touch", "a");
    for (int i = 1; i <= OTHER_PROCESS_ROUNDS; i++) {
        char data[20], got[20] = "";
        snprintf(data, sizeof data, "%d", i);
        assert_int_equal(set(store, 10, "a", data, "{}", 99), SSTORE_OK);
        store_get(store, &call, str("a"), take_text, got, NULL);
        assert_string_equal(got, data);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
}

static inline int whole_row(void *arg, struct sstore_str sid,
                            const struct sstore_record *rec)
{
    ++*(int *)arg;
    assert_int_equal(rec->data.n, rec->cookie.n);
    assert_memory_equal(rec->data.p, rec->cookie.p, rec->data.n);
    assert_int_equal(sid.n, 1);
    return 0;
}

/* Two others set sessions "p" and "q", and are killed at any moment. */
static inline void killed_leaves_all_whole(struct store *store,
                                           const char *spec)
{
    struct sstore_call call = at(10);

    for (int round = 0; round < 12; round++) {
        destroy(store, 10, "p");
        pid_t child[2] = { other_process(spec, "set", "p"),
                           other_process(spec, "set", "q") };
        char got[20] = "";
        int rows = 0;

        while (store_get(store, &call, str("p"), take_text, got, NULL) ==
               SSTORE_MISS)
            ;
        for (int i = 0; i < round * 4; i++)
            assert_int_equal(set(store, 10, "a", "1", "1", 99), SSTORE_OK);
        for (int i = 0; i < 2; i++) {
            kill(child[i], SIGKILL);
            waitpid(child[i], NULL, 0);
        }
        assert_int_equal(store_all(store, &call, whole_row, &rows, NULL),
                         SSTORE_OK);
        assert_in_range(rows, 1, 3);
        assert_int_equal(set(store, 10, "q", "1", "1", 99), SSTORE_OK);
    }
}

#endif
