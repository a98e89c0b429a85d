/* test_memcached.c: the store `memcached` on a memcached of its own */
#include "../base/url.h"
#include "contract_server.h"

#include <libmemcached/memcached.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- The server, seen from outside -------------------------------------- */

static memcached_st *outside(void)
{
    struct url url;
    struct sstore_err err;
    memcached_st *memcached = memcached_create(NULL);

    assert_non_null(memcached);
    assert_int_equal(url_parse(&url, contract_server.spec, 11211, &err), 0);
    memcached_server_add(memcached, url.host, url.port);
    url_free(&url);
    return memcached;
}

static memcached_return_t take_count(const memcached_instance_st *server,
                                     const char *key, size_t key_length,
                                     const char *value, size_t value_length,
                                     void *context)
{
    static const char name[] = "curr_connections";

    (void)server;
    (void)value_length;
    if (key_length == sizeof name - 1 && memcmp(key, name, key_length) == 0)
        *(int *)context = (int)strtol(value, NULL, 10);
    return MEMCACHED_SUCCESS;
}

static int connections(void)
{
    memcached_st *memcached = outside();
    int count = -1;

    assert_int_equal(
        memcached_stat_execute(memcached, NULL, take_count, &count),
        MEMCACHED_SUCCESS);
    memcached_free(memcached);
    return count;
}

/* The SHA-256 of "n", NUL, "a". */
static const char key_of_a[] =
    "sessionspec:"
    "e4d5e758324c0cd75004cfc922bbc5ee5ae3526cc180a40477059cf8372c18d0";

static struct store *open_with(const char *options, const char *name_space)
{
    struct store *store;
    struct sstore_err err;
    char spec[200];

    snprintf(spec, sizeof spec, "%s%s", contract_server.spec, options);
    if (store_open(&store, spec, name_space, &test_host, &err) != SSTORE_OK)
        fail_msg("%s: %s", spec, err.text);
    return store;
}

static void assert_refused(const char *spec, int code, const char *symbol)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(store_open(&store, spec, "n", &test_host, &err), code);
    assert_string_equal(err.symbol, symbol);
    assert_true(*err.text);
}

/* ---- What is on the server ---------------------------------------------- */

/* What other programs may leave where a session was. */
static void test_foreign_values_are_no_sessions(void **state)
{
    static const char *const table[] = {
        "",
        "\n",
        "garbage",
        "session 99 1 1\n",
        "session 99 1 1\n{}1",
        "session 99 1 1\n1",
        "session 99  1 1\n11",
        "session 0x63 1 1\n11",
        "session 99 18446744073709551615 3\n11",
        "session 99 1 18446744073709551615\n11",
        "session 99 -1 3\n11",
        "session 99999999999999999999 1 1\n11",
        "session 99 1 1 \n11",
    };
    struct store *store = open_with("", "n");
    struct sstore_call call = at(10);
    memcached_st *memcached = outside();
    char text[500] = "";

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        memcached_set(memcached, key_of_a, strlen(key_of_a), table[i],
                      strlen(table[i]), 0, 0);
        assert_int_equal(
            store_get(store, &call, str("a"), note_row, text, NULL),
            SSTORE_E_CORRUPT);
        assert_string_equal(text, "");
        assert_int_equal(touch(store, 10, "a", "{}", 98), SSTORE_E_CORRUPT);
        assert_int_equal(set(store, 10, "a", "1", "{}", 98), SSTORE_OK);
        assert_get(store, 10, "a", "a=1/{}@98 ");
    }
    memcached_set(memcached, key_of_a, strlen(key_of_a), "session 99 1 1\n12",
                  17, 0, 0);
    assert_get(store, 10, "a", "a=2/1@99 ");
    destroy(store, 10, "a");
    memcached_free(memcached);
    store_close(store);
}

/* A relative TTL beyond 30 days would be a date in 1970. */
static void test_a_life_of_months_is_kept(void **state)
{
    static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;
    static const int days[] = { 28, 29, 30, 31, 60, 365, 3649, 3651, 100000 };
    struct store *store = open_with("", "n");

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_int_equal(set(store, 10, "a", "1", "{}", days[i] * day_ms),
                         SSTORE_OK);
        assert_int_equal(touch(store, 10, "a", "[]", days[i] * day_ms + 1),
                         SSTORE_OK);
        char expected[60];
        snprintf(expected, sizeof expected, "a=1/[]@%lld ",
                 (long long)days[i] * day_ms + 1);
        assert_get(store, 10, "a", expected);
    }
    destroy(store, 10, "a");
    store_close(store);
}

static int take_length(void *arg, struct sstore_str sid,
                       const struct sstore_record *rec)
{
    (void)sid;
    *(size_t *)arg = rec->data.n;
    return 0;
}

/* memcached drops what it has, where it refuses what is to replace it: so no
 * size may come to that. */
static void test_a_session_too_large_leaves_the_one_that_is_there(void **state)
{
    enum { MOST = 8 << 20, STEP = 37 }; /* stores/backends/start has it so */
    struct store *store = open_with("", "n");
    struct sstore_call call = at(10);
    struct sstore_err err;
    char *bytes = malloc(MOST);
    size_t size, length = 0;
    int code = SSTORE_OK;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, '1', MOST);
    for (size = MOST - 1200; code == SSTORE_OK; size += STEP) {
        struct sstore_record rec = { { bytes, size }, str("{}"), 99 };
        code = store_set(store, &call, str("a"), &rec, &err);
    }
    assert_int_equal(code, SSTORE_E_TOOBIG);
    assert_string_equal(err.symbol, "E2BIG");
    assert_non_null(strstr(err.text, "8388608"));
    assert_int_equal(
        store_get(store, &call, str("a"), take_length, &length, NULL),
        SSTORE_OK);
    assert_int_equal(length, size - 2 * STEP);
    bytes[MOST - 1] = '\0';
    assert_int_equal(touch(store, 10, "a", bytes + MOST - 2000, 98),
                     SSTORE_E_TOOBIG);
    destroy(store, 10, "a");
    free(bytes);
    store_close(store);
}

/* ---- Addresses ---------------------------------------------------------- */

static void test_what_is_wrong_with_an_address_is_said(void **state)
{
    (void)state;
    assert_refused("memcached://127.0.0.1:0", SSTORE_E_INVAL,
                   "ERR_INVALID_URL");
    assert_refused("memcached://h?pool=0", SSTORE_E_INVAL, "EINVAL");
    assert_refused("memcached://127.0.0.1:1", SSTORE_E_IO, "ECONNREFUSED");
    assert_refused("memcached://nowhere.invalid", SSTORE_E_IO, "ENOTFOUND");
}

/* ---- Connections -------------------------------------------------------- */

enum { THREADS = 32, CALLS = 50 };

static void *set_and_destroy(void *arg)
{
    static _Atomic int next;
    long wrong = 0;
    char sid[20];

    for (int i = 0; i < CALLS; i++) {
        snprintf(sid, sizeof sid, "%d", next++);
        wrong += set(arg, 10, sid, "1", "{}", 99) != SSTORE_OK;
        wrong += destroy(arg, 10, sid) != SSTORE_OK;
    }
    return (void *)wrong;
}

static void
test_connections_are_reused_by_all_and_closed_at_the_end(void **state)
{
    enum { INSTANCES = 20 };
    struct store *stores[INSTANCES];
    pthread_t threads[THREADS];
    char name[20];

    (void)state;
    int before = connections();
    for (int i = 0; i < INSTANCES; i++) {
        snprintf(name, sizeof name, "c%d", i);
        stores[i] = open_with("?pool=5", name);
    }
    assert_int_equal(connections() - before, 1);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, set_and_destroy,
                       stores[i % INSTANCES]);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_int_equal((long)wrong, 0);
    }
    assert_in_range(connections() - before, 1, 5);
    for (int i = 0; i < INSTANCES; i++)
        store_close(stores[i]);
    while (connections() != before)
        sched_yield();
}

/* A listener that accepts, and says nothing. */
static void test_a_server_that_is_silent_is_a_timeout(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char spec[60];

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 5), 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    snprintf(spec, sizeof spec, "memcached://127.0.0.1:%d",
             ntohs(address.sin_port));
    assert_refused(spec, SSTORE_E_TIMEOUT, "ETIMEDOUT");
    close(listener);
}

int main(void)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(test_foreign_values_are_no_sessions),
        cmocka_unit_test(test_a_life_of_months_is_kept),
        cmocka_unit_test(test_a_session_too_large_leaves_the_one_that_is_there),
        cmocka_unit_test(test_what_is_wrong_with_an_address_is_said),
        cmocka_unit_test(
            test_connections_are_reused_by_all_and_closed_at_the_end),
        cmocka_unit_test(test_a_server_that_is_silent_is_a_timeout),
    };
    return contract_run_server("memcached", own, sizeof own / sizeof *own);
}
