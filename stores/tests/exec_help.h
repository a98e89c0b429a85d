/* exec_help.h: what the tests of exec share: a program, and calls of it
 *
 * The program is tests/exec/store.py: the id of a session tells it what to do.
 */
#ifndef STORES_TESTS_EXEC_HELP_H
#define STORES_TESTS_EXEC_HELP_H

#include "store_help.h"

#include "../base/clock.h"
#include "../exec.h"
#include "../tree.h"

#include <jansson.h>
#include <unistd.h>

/* The SPEC of tests/exec/store.py with arguments; skips the test without
 * Python. */
static inline const char *told(const char *arguments)
{
    static char spec[TREE_PATH + 300];
    char path[TREE_PATH];

    if (system("command -v python3 >/dev/null") != 0)
        skip();
    assert_true(tree_find(path, "tests/exec/store.py", R_OK));
    snprintf(spec, sizeof spec, "exec:exec python3 '%s' %s", path, arguments);
    return spec;
}

static inline int open_told(void **state)
{
    *state = store_of(told(""));
    return 0;
}

static inline int close_told(void **state)
{
    store_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_told, close_told)

static inline int drop_row(void *arg, struct sstore_str sid,
                           const struct sstore_record *rec)
{
    (void)arg;
    (void)sid;
    (void)rec;
    return 0;
}

static inline int keep_data(void *arg, struct sstore_str sid,
                            const struct sstore_record *rec)
{
    (void)sid;
    *(json_t **)arg =
        json_loadb(rec->data.p, rec->data.n, JSON_DECODE_ANY, NULL);
    return 0;
}

/* What a get gives as data, a new reference; NULL for a miss. It must be no
 * failure. */
static inline json_t *data_of(struct store *store, const char *sid)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    json_t *data = NULL;

    if (store_get(store, &call, str(sid), keep_data, &data, &err) < 0)
        fail_msg("%s: %s", sid, err.text);
    return data;
}

/* A get fails, with that code and those words. */
static inline void assert_fails(struct store *store, const char *sid, int code,
                                const char *words)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    json_t *data = NULL;
    int got = store_get(store, &call, str(sid), keep_data, &data, &err);

    json_decref(data);
    if (got != code || !strstr(err.text, words))
        fail_msg("%s: %d \"%s\" instead of %d \"%s\"", sid, got, err.text, code,
                 words);
}

/* The process of the program that has answered. */
static inline pid_t process_of(struct store *store)
{
    json_t *data = data_of(store, "about");
    pid_t pid = (pid_t)json_integer_value(json_object_get(data, "pid"));

    json_decref(data);
    assert_true(pid > 0);
    return pid;
}

#endif
