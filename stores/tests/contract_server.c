/* contract_server.c: what a store owes whose backend is a server: deadlines,
 * and service again once the server is back
 */
#include "contract_server.h"

#include "../base/nap.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

struct contract_server contract_server;

static struct store *open_in(const char *name_space)
{
    struct store *store;
    struct sstore_err err;

    if (store_open(&store, contract_server.spec, name_space, &test_host,
                   &err) != SSTORE_OK)
        fail_msg("%s: %s", contract_server.spec, err.text);
    return store;
}

static void stop(void)
{
    char error[BACKEND_ERROR];

    if (backend_break(contract_server.backend, error) != 0)
        fail_msg("%s", error);
}

static void start(void)
{
    char error[BACKEND_ERROR];

    if (backend_mend(contract_server.backend, error) != 0)
        fail_msg("%s", error);
}

static int get_code(struct store *store, struct sstore_err *err)
{
    struct sstore_call call = at(10);
    char text[500] = "";

    return store_get(store, &call, str("a"), note_row, text, err);
}

/* One line, a symbol, and no secrets. Who is refused need not wait for the
 * deadline. */
static void assert_error(int code, const struct sstore_err *err)
{
    if (code != SSTORE_E_IO)
        fail_msg("%d \"%s\" %s", code, err->symbol, err->text);
    assert_true(*err->symbol == 'E');
    assert_true(*err->text);
    assert_null(strchr(err->text, '\n'));
}

static void test_the_next_call_after_a_restart_works(void **state)
{
    struct store *store = open_in("restart");

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(set(store, 10, "a", "1", "{}", 99), SSTORE_OK);
        stop();
        start();
        assert_int_equal(set(store, 10, "a", "2", "{}", 99), SSTORE_OK);
        assert_get(store, 10, "a", "a=2/{}@99 ");
    }
    destroy(store, 10, "a");
    store_close(store);
}

static void test_all_operations_are_errors_while_it_is_gone(void **state)
{
    struct store *store = open_in("gone"), *other;
    struct sstore_call call = at(10);
    struct sstore_record rec = { str("1"), str("{}"), 99 };
    struct sstore_err err;
    uint64_t count;
    char text[500] = "";

    (void)state;
    stop();
    assert_error(get_code(store, &err), &err);
    assert_string_equal(err.symbol, "ECONNREFUSED");
    assert_error(store_set(store, &call, str("a"), &rec, &err), &err);
    assert_error(store_destroy(store, &call, str("a"), &err), &err);
    if (SSTORE_HAS(store_plugin(store), touch))
        assert_error(store_touch(store, &call, str("a"), &rec, &err), &err);
    if (SSTORE_HAS(store_plugin(store), all))
        assert_error(store_all(store, &call, note_row, text, &err), &err);
    if (SSTORE_HAS(store_plugin(store), length))
        assert_error(store_length(store, &call, &count, &err), &err);
    if (SSTORE_HAS(store_plugin(store), clear))
        assert_error(store_clear(store, &call, &err), &err);
    if (SSTORE_HAS(store_plugin(store), reap))
        assert_error(store_reap(store, &call, &count, &err), &err);
    assert_error(
        store_open(&other, contract_server.spec, "x", &test_host, &err), &err);
    start();
    assert_int_equal(set(store, 10, "a", "2", "{}", 99), SSTORE_OK);
    assert_get(store, 10, "a", "a=2/{}@99 ");
    store_close(store);
}

/* ---- Many callers while it dies and comes back --------------------------- */

enum { CALLERS = 16 };

struct crowd {
    struct store *store;
    atomic_bool ended;
    atomic_int era; /* even while the server is meant to serve */
    atomic_int errors, done, wrong, late;
};

/* Leaves the processor to the server while it comes up. */
static void rest(void)
{
    int naps = 5;

    nap(INT64_MAX, &naps);
}

static void *set_and_get(void *arg)
{
    struct crowd *crowd = arg;
    static atomic_int numbers;
    char sid[20], data[20];

    snprintf(sid, sizeof sid, "%d", numbers++);
    for (int i = 0; !crowd->ended; i++) {
        struct sstore_call call = at(10);
        char text[500] = "", expected[80];
        int era = crowd->era;

        snprintf(data, sizeof data, "%d", i);
        if (set(crowd->store, 10, sid, data, "{}", 99) != SSTORE_OK) {
            crowd->errors++;
            crowd->late += era % 2 == 0 && era == crowd->era;
            rest();
            continue;
        }
        int code =
            store_get(crowd->store, &call, str(sid), note_row, text, NULL);
        snprintf(expected, sizeof expected, "%s=%s/{}@99 ", sid, data);
        /* The server may have died in between, with all it had. */
        if (code == SSTORE_OK && strcmp(text, expected) != 0)
            crowd->wrong++;
        crowd->done++;
    }
    return NULL;
}

/* Of the calls that begin when it serves again none fails, so nobody waits for
 * more than one call. */
static void test_all_callers_are_served_once_it_is_back(void **state)
{
    struct crowd crowd = { .store = open_in("crowd") };
    pthread_t threads[CALLERS];

    (void)state;
    for (int i = 0; i < CALLERS; i++)
        pthread_create(&threads[i], NULL, set_and_get, &crowd);
    for (int round = 0; round < 3; round++) {
        crowd.era++;
        stop();
        int errors = crowd.errors;
        while (crowd.errors < errors + CALLERS)
            rest();
        start();
        crowd.era++;
        int done = crowd.done;
        while (crowd.done < done + CALLERS * 10)
            rest();
    }
    crowd.ended = true;
    for (int i = 0; i < CALLERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.wrong, 0);
    assert_int_equal(crowd.late, 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(set(crowd.store, 10, "a", "1", "{}", 99), SSTORE_OK);
    store_close(crowd.store);
}

static const struct CMUnitTest server_tests[] = {
    cmocka_unit_test(test_the_next_call_after_a_restart_works),
    cmocka_unit_test(test_all_operations_are_errors_while_it_is_gone),
    cmocka_unit_test(test_all_callers_are_served_once_it_is_back),
};

enum { SERVER_TESTS = sizeof server_tests / sizeof *server_tests };

int contract_run_server(const char *name, const struct CMUnitTest *own,
                        size_t count)
{
    struct CMUnitTest tests[SERVER_TESTS + 30];
    char error[BACKEND_ERROR];

    signal(SIGPIPE, SIG_IGN); /* as the server has it */
    contract_server.backend = backend_start(name, error);
    if (!contract_server.backend) {
        printf("skipped: %s: %s\n", name, error);
        return 0;
    }
    contract_server.spec = backend_spec(contract_server.backend);
    if (count > 30)
        abort();
    memcpy(tests, server_tests, sizeof server_tests);
    memcpy(tests + SERVER_TESTS, own, count * sizeof *own);
    int failed =
        contract_run(contract_server.spec, tests, SERVER_TESTS + count);
    backend_stop(contract_server.backend);
    return failed;
}
