/* test_threads.c: the lock that each thread model asks for, and `memory`
 *
 * Run with SAN=thread: the plugins here count without any lock of their own.
 */
#include "store_help.h"

#include <pthread.h>

enum { THREADS = 8, ROUNDS = 2000 };

/* What a plugin shares: all its instances, or one. */
static long plugin_calls;

static int count_open(const struct sstore_host *host,
                      const struct sstore_opt *opt, size_t nopt, void **inst,
                      struct sstore_err *err)
{
    (void)host;
    (void)opt;
    (void)nopt;
    (void)err;
    *inst = calloc(1, sizeof(long));
    return *inst ? SSTORE_OK : SSTORE_E_NOMEM;
}

static void count_close(void *inst)
{
    free(inst);
}

static int count_plugin(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)err;
    plugin_calls++;
    return SSTORE_OK;
}

static int count_instance(void *inst, const struct sstore_call *call,
                          struct sstore_str sid, struct sstore_err *err)
{
    (void)call;
    (void)sid;
    (void)err;
    ++*(long *)inst;
    return SSTORE_OK;
}

static int count_get(void *inst, const struct sstore_call *call,
                     struct sstore_str sid, sstore_row_fn *row, void *arg,
                     struct sstore_err *err)
{
    struct sstore_record counted = { .expires_ms = *(long *)inst };

    (void)call;
    (void)err;
    return row(arg, sid, &counted) == 0 ? SSTORE_OK : SSTORE_STOP;
}

static int take_count(void *arg, struct sstore_str sid,
                      const struct sstore_record *rec)
{
    (void)sid;
    *(long *)arg = (long)rec->expires_ms;
    return 0;
}

static int count_set(void *inst, const struct sstore_call *call,
                     struct sstore_str sid, const struct sstore_record *rec,
                     struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)rec;
    (void)err;
    return SSTORE_OK;
}

/* clang-format off */
#define COUNTER(model, operation)                                           \
    {                                                                       \
        SSTORE_HEAD, .threads = model, .name = "counter", .version = "1",   \
        .options = "", .open = count_open, .close = count_close,            \
        .get = count_get, .set = count_set, .destroy = operation,           \
    }
/* clang-format on */

static const struct sstore_plugin one_plugin =
    COUNTER(SSTORE_THREADS_ONE_PLUGIN, count_plugin);
static const struct sstore_plugin one_instance =
    COUNTER(SSTORE_THREADS_ONE_INSTANCE, count_instance);

static void *destroy_often(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        destroy(arg, 0, "a");
    return NULL;
}

/* Thread i works on stores[i % count]. */
static void run_threads(void *(*work)(void *), struct store *stores[],
                        size_t count)
{
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, work, stores[i % count]), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static struct store *store_with(const struct sstore_plugin *plugin)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(
        store_open_plugin(&store, plugin, NULL, 0, &test_host, &err),
        SSTORE_OK);
    return store;
}

static void test_one_plugin_means_one_call_in_all_instances(void **state)
{
    struct store *stores[2] = { store_with(&one_plugin),
                                store_with(&one_plugin) };

    (void)state;
    plugin_calls = 0;
    run_threads(destroy_often, stores, 2);
    assert_int_equal(plugin_calls, (long)THREADS * ROUNDS);
    store_close(stores[0]);
    store_close(stores[1]);
}

static void test_one_instance_means_one_call_in_each(void **state)
{
    struct store *stores[2] = { store_with(&one_instance),
                                store_with(&one_instance) };
    struct sstore_call call = at(0);

    (void)state;
    run_threads(destroy_often, stores, 2);
    for (int i = 0; i < 2; i++) {
        long calls = 0;
        store_get(stores[i], &call, str("a"), take_count, &calls, NULL);
        assert_int_equal(calls, (long)THREADS / 2 * ROUNDS);
        store_close(stores[i]);
    }
}

static void *open_and_close(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS / 10; i++) {
        struct store *store = NULL;
        struct sstore_err err;
        if (store_open_plugin(&store, &one_plugin, NULL, 0, &test_host, &err))
            abort();
        destroy(store, 0, "a");
        store_close(store);
    }
    return NULL;
}

static void test_stores_open_and_close_in_parallel(void **state)
{
    struct store *none[1] = { NULL };

    (void)state;
    plugin_calls = 0;
    run_threads(open_and_close, none, 1);
    assert_int_equal(plugin_calls, (long)THREADS * (ROUNDS / 10));
}

/* ---- memory ------------------------------------------------------------- */

/* Data and cookie that one set wrote together must come back together. */
static int whole_row(void *arg, struct sstore_str sid,
                     const struct sstore_record *rec)
{
    (void)arg;
    (void)sid;
    if (rec->data.n != rec->cookie.n ||
        memcmp(rec->data.p, rec->cookie.p, rec->data.n) != 0)
        abort();
    return 0;
}

static void *use_memory(void *arg)
{
    struct store *store = arg;

    for (int i = 0; i < ROUNDS; i++) {
        struct sstore_call call = at(i);
        char sid[20], text[20];
        snprintf(sid, sizeof sid, "%d", i % 13);
        snprintf(text, sizeof text, "%d", i);
        set(store, i, sid, text, text, i + i % 29);
        store_get(store, &call, str(sid), whole_row, NULL, NULL);
        if (i % 5 == 0)
            destroy(store, i, sid);
        if (i % 50 == 0)
            store_all(store, &call, whole_row, NULL, NULL);
        if (i % 70 == 0)
            reap(store, i);
        if (i % 700 == 0)
            store_clear(store, &call, NULL);
    }
    return NULL;
}

static void test_memory_gives_whole_records_to_parallel_threads(void **state)
{
    struct store *store = store_of("memory");

    (void)state;
    run_threads(use_memory, &store, 1);
    assert_in_range(length_of(store, ROUNDS), 0, 13);
    store_close(store);
}

enum { PER_THREAD = 500 };

static int any_row(void *arg, struct sstore_str sid,
                   const struct sstore_record *rec)
{
    (void)arg;
    (void)sid;
    (void)rec;
    return 0;
}

/* One thread's own sessions, and which of them it found in time to touch. */
struct toucher {
    struct store *store;
    int number;
    bool kept[PER_THREAD];
};

static void sid_of(const struct toucher *toucher, int i, char sid[static 30])
{
    snprintf(sid, 30, "%d-%d", toucher->number, i);
}

/* The sessions expire at 20: at 10 they are live, to a reaper at 30 not. */
static void *touch_own(void *arg)
{
    struct toucher *toucher = arg;
    char sid[30];

    for (int i = 0; i < PER_THREAD; i++) {
        sid_of(toucher, i, sid);
        toucher->kept[i] = touch(toucher->store, 10, sid, "c", 50) == SSTORE_OK;
        if (i % 50 == 0)
            reap(toucher->store, 30);
    }
    return NULL;
}

static void test_reaping_leaves_what_was_touched_meanwhile(void **state)
{
    struct store *store = store_of("memory");
    static struct toucher touchers[THREADS];
    pthread_t threads[THREADS];
    char sid[30];

    (void)state;
    for (int t = 0; t < THREADS; t++) {
        touchers[t].store = store;
        touchers[t].number = t;
        for (int i = 0; i < PER_THREAD; i++) {
            sid_of(&touchers[t], i, sid);
            set(store, 10, sid, "d", "c", 20);
        }
    }
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(
            pthread_create(&threads[t], NULL, touch_own, &touchers[t]), 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < PER_THREAD; i++) {
            struct sstore_call call = at(30);
            sid_of(&touchers[t], i, sid);
            assert_int_equal(
                store_get(store, &call, str(sid), any_row, NULL, NULL),
                touchers[t].kept[i] ? SSTORE_OK : SSTORE_MISS);
        }
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_plugin_means_one_call_in_all_instances),
        cmocka_unit_test(test_one_instance_means_one_call_in_each),
        cmocka_unit_test(test_stores_open_and_close_in_parallel),
        cmocka_unit_test(test_memory_gives_whole_records_to_parallel_threads),
        cmocka_unit_test(test_reaping_leaves_what_was_touched_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
