/* test_redis.c: the store `redis` on a Redis server of its own */
#include "../base/url.h"
#include "contract_server.h"

#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- The server, seen from outside -------------------------------------- */

static redisContext *outside(void)
{
    struct url url;
    struct sstore_err err;

    assert_int_equal(url_parse(&url, contract_server.spec, 6379, &err), 0);
    redisContext *context = redisConnect(url.host, url.port);
    assert_non_null(context);
    assert_int_equal(context->err, 0);
    url_free(&url);
    return context;
}

/* The number that a command gives. */
__attribute__((format(printf, 1, 2))) static long long ask(const char *format,
                                                           ...)
{
    redisContext *context = outside();
    va_list args;

    va_start(args, format);
    redisReply *reply = redisvCommand(context, format, args);
    va_end(args);
    assert_non_null(reply);
    if (reply->type == REDIS_REPLY_ERROR)
        fail_msg("%s: %s", format, reply->str);
    long long number = reply->integer;
    freeReplyObject(reply);
    redisFree(context);
    return number;
}

/* But for the one that asks. */
static int connections(void)
{
    redisContext *context = outside();
    redisReply *reply = redisCommand(context, "CLIENT LIST TYPE normal");
    int count = -1;

    assert_non_null(reply);
    for (const char *at = reply->str; *at; at++)
        count += *at == '\n';
    freeReplyObject(reply);
    redisFree(context);
    return count;
}

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

static void assert_refused(const char *spec, int code, const char *symbol,
                           const char *part)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(store_open(&store, spec, "n", &test_host, &err), code);
    assert_string_equal(err.symbol, symbol);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, err.text);
}

/* ---- What is on the server ---------------------------------------------- */

static void test_a_session_is_a_hash_under_its_namespace(void **state)
{
    struct store *store = open_with("", "n:s");

    (void)state;
    set(store, 10, "a", "{\"n\":1}", "{}", 99);
    assert_int_equal(ask("HLEN sessionspec:3:n:s:a"), 3);
    assert_int_equal(ask("HSTRLEN sessionspec:3:n:s:a data"), 7);
    destroy(store, 10, "a");
    assert_int_equal(ask("EXISTS sessionspec:3:n:s:a"), 0);
    store_close(store);
}

static void test_its_ttl_is_a_day_longer_than_its_life(void **state)
{
    static const long long day = 24 * 60 * 60;
    static const int64_t month_ms = INT64_C(31) * 24 * 60 * 60 * 1000;
    struct store *store = open_with("", "t");

    (void)state;
    set(store, 10, "a", "1", "{}", 10 + 5000);
    assert_in_range(ask("TTL sessionspec:1:t:a"), day, day + 6);
    touch(store, 10, "a", "{}", 10 + month_ms);
    assert_in_range(ask("TTL sessionspec:1:t:a"), 32 * day - 60, 32 * day + 1);
    touch(store, 10, "a", "{}", SSTORE_NEVER);
    assert_int_equal(ask("TTL sessionspec:1:t:a"), -1);
    set(store, 10, "a", "1", "{}", 5);
    assert_in_range(ask("TTL sessionspec:1:t:a"), day - 60, day);
    set(store, 10, "a", "1", "{}", SSTORE_NEVER);
    assert_int_equal(ask("TTL sessionspec:1:t:a"), -1);
    set(store, INT64_MIN, "a", "1", "{}", SSTORE_NEVER - 1);
    assert_int_equal(ask("TTL sessionspec:1:t:a"), -1);
    destroy(store, 10, "a");
    store_close(store);
}

static void test_clear_leaves_all_other_keys(void **state)
{
    struct store *store = open_with("", "a*");
    struct sstore_call call = at(10);

    (void)state;
    ask("SET sessionspec:2:ab:x 1");
    ask("SET sessionspec:2:a* 1");
    ask("SET other 1");
    set(store, 10, "x", "1", "{}", 99);
    assert_int_equal(length_of(store, 10), 1);
    assert_int_equal(store_clear(store, &call, NULL), SSTORE_OK);
    assert_int_equal(ask("EXISTS sessionspec:2:ab:x sessionspec:2:a* other"),
                     3);
    assert_int_equal(length_of(store, 10), 0);
    ask("DEL sessionspec:2:ab:x sessionspec:2:a* other");
    store_close(store);
}

/* What other programs may leave where a session was. */
static void test_foreign_values_are_no_sessions(void **state)
{
    static const char *const table[] = {
        "SET sessionspec:1:f:a garbage",
        "LPUSH sessionspec:1:f:a garbage",
        "HSET sessionspec:1:f:a expires 99",
        "HSET sessionspec:1:f:a expires 99 cookie {}",
        "HSET sessionspec:1:f:a expires 1x data 1 cookie {}",
        "HSET sessionspec:1:f:a data 1 cookie {}",
        "HSET sessionspec:1:f:a expires 99999999999999999999 data 1 cookie {}",
    };
    struct store *store = open_with("", "f");
    struct sstore_call call = at(10);
    struct sstore_err err;
    char text[500] = "";

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set(store, 10, "b", "2", "{}", 99);
        redisContext *context = outside();
        freeReplyObject(redisCommand(context, "DEL sessionspec:1:f:a"));
        freeReplyObject(redisCommand(context, table[i]));
        redisFree(context);
        assert_int_equal(
            store_get(store, &call, str("a"), note_row, text, &err),
            SSTORE_E_CORRUPT);
        assert_string_equal(text, "");
        assert_all(store, 10, "b=2/{}@99 ");
        assert_int_equal(length_of(store, 10), 1);
        assert_int_equal(reap(store, 10), 0);
        assert_int_equal(set(store, 10, "a", "1", "{}", 98), SSTORE_OK);
        assert_get(store, 10, "a", "a=1/{}@98 ");
    }
    store_clear(store, &call, NULL);
    store_close(store);
}

static void test_scripts_that_the_server_forgot_are_sent_again(void **state)
{
    struct store *store = open_with("", "s");

    (void)state;
    set(store, 10, "a", "1", "{}", 99);
    ask("SCRIPT FLUSH");
    assert_int_equal(touch(store, 10, "a", "[]", 98), SSTORE_OK);
    ask("SCRIPT FLUSH");
    assert_int_equal(reap(store, 98), 1);
    store_close(store);
}

static void test_what_the_server_refuses_is_an_error_with_its_word(void **state)
{
    struct store *store = open_with("", "o");
    struct sstore_call call = at(10);
    struct sstore_record rec = { str("2"), str("{}"), 99 };
    struct sstore_err err;

    (void)state;
    set(store, 10, "a", "1", "{}", 99);
    ask("CONFIG SET maxmemory 1");
    assert_int_equal(store_set(store, &call, str("a"), &rec, &err),
                     SSTORE_E_IO);
    assert_string_equal(err.symbol, "OOM");
    ask("CONFIG SET maxmemory 0");
    assert_get(store, 10, "a", "a=1/{}@99 ");
    destroy(store, 10, "a");
    store_close(store);
}

/* ---- Addresses and options ---------------------------------------------- */

static void test_what_is_wrong_with_an_address_is_said(void **state)
{
    (void)state;
    assert_refused("redis://127.0.0.1:0", SSTORE_E_INVAL, "ERR_INVALID_URL",
                   "port");
    assert_refused("redis:///1", SSTORE_E_INVAL, "ERR_INVALID_URL", "host");
    assert_refused("redis://u:%zz@h", SSTORE_E_INVAL, "ERR_INVALID_URL", "%25");
    assert_refused("rediss://127.0.0.1:1", SSTORE_E_INVAL, "EINVAL", "TLS");
    assert_refused("redis://h?pool=0", SSTORE_E_INVAL, "EINVAL", "pool=");
    assert_refused("redis://127.0.0.1:1", SSTORE_E_IO, "ECONNREFUSED",
                   "127.0.0.1:1");
    assert_refused("redis://[::1]:1", SSTORE_E_IO, "ECONNREFUSED", "::1:1");
    assert_refused("redis://nowhere.invalid", SSTORE_E_IO, "ENOTFOUND",
                   "nowhere.invalid");
}

static void test_user_password_and_database_are_taken(void **state)
{
    struct url url;
    struct sstore_err err;
    struct store *store;
    char spec[100];

    (void)state;
    ask("ACL SETUSER tobi on >k@y ~* +@all");
    assert_int_equal(url_parse(&url, contract_server.spec, 6379, &err), 0);
    snprintf(spec, sizeof spec, "redis://tobi:k%%40y@127.0.0.1:%d/3", url.port);
    assert_int_equal(store_open(&store, spec, "p", &test_host, &err), 0);
    set(store, 10, "a", "1", "{}", 99);
    assert_int_equal(ask("EXISTS sessionspec:1:p:a"), 0);
    destroy(store, 10, "a");
    store_close(store);

    snprintf(spec, sizeof spec, "redis://tobi:secret@127.0.0.1:%d", url.port);
    assert_refused(spec, SSTORE_E_IO, "WRONGPASS", "redis: ");
    assert_int_equal(store_open(&store, spec, "p", &test_host, &err),
                     SSTORE_E_IO);
    assert_null(strstr(err.text, "secret"));
    snprintf(spec, sizeof spec, "redis://127.0.0.1:%d/x", url.port);
    assert_refused(spec, SSTORE_E_IO, "ERR", "integer");
    url_free(&url);
    ask("ACL DELUSER tobi");
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

/* ---- Deadlines ---------------------------------------------------------- */

static int64_t in_ms(int64_t ms)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec * INT64_C(1000) + ms) * 1000000 + now.tv_nsec;
}

/* The operations themselves: the host would set a deadline of its own. */
static const struct sstore_plugin *plugin_of(void **inst)
{
    struct store *store = open_with("", "d");
    const struct sstore_plugin *plugin = store_plugin(store);
    struct sstore_opt options[] = { { "url", contract_server.spec },
                                    { "pool", "1" } };
    struct sstore_err err;

    store_close(store);
    assert_int_equal(plugin->open(&test_host, options, 2, inst, &err), 0);
    return plugin;
}

static void test_a_server_that_is_silent_is_a_timeout(void **state)
{
    void *inst;
    const struct sstore_plugin *plugin = plugin_of(&inst);
    struct sstore_call call = at(10);
    struct sstore_record rec = { str("1"), str("{}"), 99 };
    struct sstore_err err = { .native = 0 };
    char text[500] = "";

    (void)state;
    ask("CLIENT PAUSE 600000 WRITE");
    call.deadline_ns = in_ms(50);
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.symbol, "ETIMEDOUT");
    assert_true(in_ms(0) >= call.deadline_ns);
    ask("CLIENT UNPAUSE");
    call.deadline_ns = in_ms(60000);
    assert_int_equal(plugin->get(inst, &call, str("a"), note_row, text, &err),
                     SSTORE_MISS);
    plugin->close(inst);
}

/* A listener whose queue is full does not answer a connect. */
static void test_connecting_ends_by_the_deadline(void **state)
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
    snprintf(spec, sizeof spec, "redis://127.0.0.1:%d",
             ntohs(address.sin_port));
    assert_refused(spec, SSTORE_E_TIMEOUT, "ETIMEDOUT", "deadline");
    close(listener);
}

int main(void)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(test_a_session_is_a_hash_under_its_namespace),
        cmocka_unit_test(test_its_ttl_is_a_day_longer_than_its_life),
        cmocka_unit_test(test_clear_leaves_all_other_keys),
        cmocka_unit_test(test_foreign_values_are_no_sessions),
        cmocka_unit_test(test_scripts_that_the_server_forgot_are_sent_again),
        cmocka_unit_test(
            test_what_the_server_refuses_is_an_error_with_its_word),
        cmocka_unit_test(test_what_is_wrong_with_an_address_is_said),
        cmocka_unit_test(test_user_password_and_database_are_taken),
        cmocka_unit_test(
            test_connections_are_reused_by_all_and_closed_at_the_end),
        cmocka_unit_test(test_a_server_that_is_silent_is_a_timeout),
        cmocka_unit_test(test_connecting_ends_by_the_deadline),
    };
    return contract_run_server("redis", own, sizeof own / sizeof *own);
}
