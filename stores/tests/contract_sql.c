/* contract_sql.c: what a store owes whose backend is an SQL server: few
 * connections, deadlines on the server's side, its table
 */
#include "contract_sql.h"

#include "../base/nap.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define TABLE "sessionspec_sessions"

static const struct contract_sql *sql;

static long ask(const char *text)
{
    return sql->ask(contract_server.spec, text, NULL);
}

/* With options behind the address; "?pool=2". */
static struct store *open_with(const char *options, const char *name_space)
{
    struct store *store;
    struct sstore_err err;
    char spec[300];

    snprintf(spec, sizeof spec, "%s%s", contract_server.spec, options);
    if (store_open(&store, spec, name_space, &test_host, &err) != SSTORE_OK)
        fail_msg("%s: %s", spec, err.text);
    return store;
}

/* A server needs a moment to see that one is gone. */
static void assert_connections(long expected)
{
    int64_t end_ns = clock_now_ns() + INT64_C(60000000000);
    long count = ask(sql->count);
    int naps = 0;

    while (count != expected && nap(end_ns, &naps))
        count = ask(sql->count);
    assert_int_equal(count, expected);
}

/* ---- Connections -------------------------------------------------------- */

static void test_instances_of_one_spec_share_one_connection(void **state)
{
    enum { INSTANCES = 50 };
    struct store *stores[INSTANCES];
    char name[20];

    (void)state;
    for (int i = 0; i < INSTANCES; i++) {
        snprintf(name, sizeof name, "%d", i);
        stores[i] = open_with("", name);
        set(stores[i], 10, "a", "1", "{}", 99);
    }
    assert_connections(1);
    for (int i = 0; i < INSTANCES; i++) {
        destroy(stores[i], 10, "a");
        store_close(stores[i]);
    }
    assert_connections(0);
}

enum { CALLERS = 32, POOL = 4 };

static void *set_and_get(void *arg)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int numbers;
    struct sstore_call call = at(10);
    char sid[20], text[500];
    long wrong = 0;

    pthread_mutex_lock(&lock);
    snprintf(sid, sizeof sid, "%d", numbers++);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 20; i++) {
        *text = '\0';
        wrong += set(arg, 10, sid, sid, "{}", 99) != SSTORE_OK;
        wrong +=
            store_get(arg, &call, str(sid), note_row, text, NULL) != SSTORE_OK;
    }
    return (void *)wrong;
}

static void test_32_callers_use_no_more_than_the_pool_has(void **state)
{
    struct store *store = open_with("?pool=4", "pool");
    struct sstore_call call = at(10);
    pthread_t threads[CALLERS];

    (void)state;
    for (int i = 0; i < CALLERS; i++)
        pthread_create(&threads[i], NULL, set_and_get, store);
    for (int i = 0; i < CALLERS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_in_range(ask(sql->count), 1, POOL);
    assert_int_equal(length_of(store, 10), CALLERS);
    store_clear(store, &call, NULL);
    store_close(store);
}

static void test_a_connection_that_the_server_ended_is_not_noticed(void **state)
{
    struct store *store = open_with("", "kill");

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(set(store, 10, "a", "1", "{}", 99), SSTORE_OK);
        ask(sql->kill);
        assert_connections(0);
        assert_get(store, 10, "a", "a=1/{}@99 ");
    }
    destroy(store, 10, "a");
    store_close(store);
}

/* ---- Deadlines ---------------------------------------------------------- */

static void test_a_lock_is_waited_for_until_the_deadline(void **state)
{
    const struct sstore_plugin *plugin = sql->entry();
    const struct sstore_opt options[] = { { "url", contract_server.spec },
                                          { "namespace", "lock" } };
    struct sstore_call call = at(10);
    struct sstore_record rec = { str("1"), str("{}"), 99 };
    struct sstore_err err = { .native = 0 };
    void *inst, *held;

    (void)state;
    assert_int_equal(plugin->open(&test_host, options, 2, &inst, &err),
                     SSTORE_OK);
    sql->ask(contract_server.spec, sql->lock, &held);
    call.deadline_ns = clock_now_ns() + 200000000;
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_true(clock_now_ns() >= call.deadline_ns);
    assert_string_equal(err.symbol, "ETIMEDOUT");
    sql->release(held);
    call.deadline_ns = clock_now_ns() + INT64_C(60000000000);
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err), SSTORE_OK);
    assert_int_equal(plugin->destroy(inst, &call, str("a"), &err), SSTORE_OK);
    plugin->close(inst);
}

/* ---- The table ---------------------------------------------------------- */

static void test_a_missing_table_is_an_error_then_made_anew(void **state)
{
    struct store *store = open_with("", "table");
    struct sstore_call call = at(10);
    struct sstore_err err;
    char text[500] = "";

    (void)state;
    set(store, 10, "a", "1", "{}", 99);
    ask("DROP TABLE " TABLE);
    assert_int_equal(store_get(store, &call, str("a"), note_row, text, &err),
                     SSTORE_E_IO);
    assert_string_equal(err.symbol, sql->no_table);
    assert_int_equal(set(store, 10, "a", "2", "{}", 99), SSTORE_OK);
    assert_get(store, 10, "a", "a=2/{}@99 ");
    destroy(store, 10, "a");
    store_close(store);
}

/* A new process, by exec: client libraries do not bear to be forked. */
static pid_t open_in_another(void)
{
    pid_t child = fork();

    if (child == 0) {
        execl("/proc/self/exe", "opener", contract_server.spec, (char *)NULL);
        _exit(3);
    }
    return child;
}

static void test_processes_that_make_the_table_at_once_all_can(void **state)
{
    enum { PROCESSES = 8, ROUNDS = 3 };
    pid_t children[PROCESSES];
    int status;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        ask("DROP TABLE " TABLE);
        for (int i = 0; i < PROCESSES; i++)
            children[i] = open_in_another();
        for (int i = 0; i < PROCESSES; i++) {
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_int_equal(status, 0);
        }
    }
}

static void test_what_others_altered_is_corrupt(void **state)
{
    struct store *store = open_with("", "altered");
    struct sstore_call call = at(10);
    char text[500] = "";

    (void)state;
    set(store, 10, "a", "1", "{}", 99);
    ask("UPDATE " TABLE " SET cookie = '[]'");
    assert_int_equal(store_get(store, &call, str("a"), note_row, text, NULL),
                     SSTORE_E_CORRUPT);
    assert_int_equal(store_all(store, &call, note_row, text, NULL),
                     SSTORE_E_CORRUPT);
    assert_string_equal(text, "");
    assert_int_equal(touch(store, 10, "a", "{}", 98), SSTORE_OK);
    assert_get(store, 10, "a", "a=1/{}@98 ");
    destroy(store, 10, "a");
    store_close(store);
}

static void test_nothing_is_left_of_sessions_that_went(void **state)
{
    struct store *store = open_with("", "rows");
    struct sstore_call call = at(10);

    (void)state;
    for (const char *sid = "abcde"; *sid; sid++)
        set(store, 10, sid, "1", "{}", 20);
    assert_int_equal(ask("SELECT COUNT(*) FROM " TABLE), 5);
    destroy(store, 10, "abcde");
    reap(store, 20);
    assert_int_equal(ask("SELECT COUNT(*) FROM " TABLE), 0);
    set(store, 10, "a", "1", "{}", 20);
    store_clear(store, &call, NULL);
    assert_int_equal(ask("SELECT COUNT(*) FROM " TABLE), 0);
    store_close(store);
}

/* ---- Addresses ---------------------------------------------------------- */

static void assert_refused(const char *host, const char *symbol)
{
    const char *scheme_end = strstr(contract_server.spec, "://");
    struct store *store;
    struct sstore_err err;
    char spec[300];

    snprintf(spec, sizeof spec, "%.*s://user:s3cret@%s/sessionspec",
             (int)(scheme_end - contract_server.spec), contract_server.spec,
             host);
    assert_true(store_open(&store, spec, "n", &test_host, &err) < 0);
    assert_string_equal(err.symbol, symbol);
    assert_null(strstr(err.text, "s3cret"));
    assert_null(strchr(err.text, '\n'));
}

static void test_a_wrong_address_is_refused_without_its_secret(void **state)
{
    (void)state;
    assert_refused("127.0.0.1:1", "ECONNREFUSED");
    assert_refused("s3cret@127.0.0.1:1", "ECONNREFUSED");
    assert_refused("127.0.0.1:x", "ERR_INVALID_URL");
}

static const struct CMUnitTest sql_tests[] = {
    cmocka_unit_test(test_instances_of_one_spec_share_one_connection),
    cmocka_unit_test(test_32_callers_use_no_more_than_the_pool_has),
    cmocka_unit_test(test_a_connection_that_the_server_ended_is_not_noticed),
    cmocka_unit_test(test_a_lock_is_waited_for_until_the_deadline),
    cmocka_unit_test(test_a_missing_table_is_an_error_then_made_anew),
    cmocka_unit_test(test_processes_that_make_the_table_at_once_all_can),
    cmocka_unit_test(test_what_others_altered_is_corrupt),
    cmocka_unit_test(test_nothing_is_left_of_sessions_that_went),
    cmocka_unit_test(test_a_wrong_address_is_refused_without_its_secret),
};

enum { SQL_TESTS = sizeof sql_tests / sizeof *sql_tests };

int contract_run_sql(const struct contract_sql *given,
                     const struct CMUnitTest *own, size_t count)
{
    struct CMUnitTest tests[SQL_TESTS + 10];

    sql = given;
    if (count > 10)
        abort();
    memcpy(tests, sql_tests, sizeof sql_tests);
    if (count)
        memcpy(tests + SQL_TESTS, own, count * sizeof *own);
    return contract_run_server(given->name, tests, SQL_TESTS + count);
}

void contract_sql_opener(int argc, char **argv)
{
    struct store *store;
    struct sstore_err err;

    if (argc != 2 || strcmp(argv[0], "opener") != 0)
        return;
    if (store_open(&store, argv[1], "opener", &test_host, &err) != SSTORE_OK)
        _exit(2);
    if (set(store, 10, "a", "1", "{}", 99) != SSTORE_OK ||
        destroy(store, 10, "a") != SSTORE_OK)
        _exit(1);
    store_close(store);
    _exit(0);
}
