/* contract_threads.c: what every store owes to many callers at once
 *
 * A thread does not fail a test: it counts what went wrong, and keeps the first
 * of it in words for the one who joins it.
 */
#include "contract.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 32, SESSIONS = 500 };

struct crew {
    struct store *store;
    contract_open_fn *open;
    const char *spec, *name_space;
    pthread_barrier_t start;
    atomic_int next;  /* the next piece of work, or thread */
    atomic_int wrong; /* how much went wrong */
    atomic_bool done;
    pthread_mutex_t lock;
    char first[512]; /* what went wrong first; under lock */
};

static void wrong(struct crew *crew, const char *what, const char *sid,
                  int code, const struct sstore_err *err)
{
    pthread_mutex_lock(&crew->lock);
    if (crew->wrong++ == 0)
        snprintf(crew->first, sizeof crew->first, "%.200s of %.40s: %d %.200s",
                 what, sid, code, err ? err->text : "");
    pthread_mutex_unlock(&crew->lock);
}

static void crew_run(struct crew *crew, void *(*work)(void *), int count)
{
    pthread_t threads[THREADS];

    pthread_barrier_init(&crew->start, NULL, (unsigned)count);
    crew->next = 0;
    crew->done = false;
    for (int i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, crew), 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crew->start);
    if (crew->wrong)
        fail_msg("%d went wrong, first %s", crew->wrong, crew->first);
}

static struct crew crew_of(const struct contract *contract)
{
    return (struct crew){
        .store = contract->store,
        .open = contract->open,
        .spec = contract->spec,
        .name_space = contract->name_space,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

/* ---- Calls that say what went wrong ------------------------------------- */

static void crew_set(struct crew *crew, const char *sid, int number,
                     int64_t expires_ms)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    char text[20];

    snprintf(text, sizeof text, "%d", number);
    struct sstore_record rec = { str(text), str(text), expires_ms };
    int code = store_set(crew->store, &call, str(sid), &rec, &err);
    if (code != SSTORE_OK)
        wrong(crew, "set", sid, code, &err);
}

static bool crew_touch(struct crew *crew, const char *sid, int number,
                       int64_t expires_ms)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    char text[20];

    snprintf(text, sizeof text, "%d", number);
    struct sstore_record rec = { { NULL, 0 }, str(text), expires_ms };
    int code = store_touch(crew->store, &call, str(sid), &rec, &err);
    if (code < 0)
        wrong(crew, "touch", sid, code, &err);
    return code == SSTORE_OK;
}

static void crew_destroy(struct crew *crew, const char *sid)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    int code = store_destroy(crew->store, &call, str(sid), &err);

    if (code != SSTORE_OK)
        wrong(crew, "destroy", sid, code, &err);
}

struct numbers {
    int data, cookie;
    int64_t expires_ms;
};

static int number_of(struct sstore_str text)
{
    int number = 0;

    for (size_t i = 0; i < text.n; i++)
        number = number * 10 + (text.p[i] - '0');
    return number;
}

static int take_numbers(void *arg, struct sstore_str sid,
                        const struct sstore_record *rec)
{
    struct numbers *numbers = arg;

    (void)sid;
    numbers->data = number_of(rec->data);
    numbers->cookie = number_of(rec->cookie);
    numbers->expires_ms = rec->expires_ms;
    return 0;
}

/* -1 in data is a miss. */
static struct numbers crew_get(struct crew *crew, const char *sid)
{
    struct numbers numbers = { -1, -1, 0 };
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    int code =
        store_get(crew->store, &call, str(sid), take_numbers, &numbers, &err);

    if (code < 0)
        wrong(crew, "get", sid, code, &err);
    return numbers;
}

static void crew_expect(struct crew *crew, const char *sid, int data,
                        int cookie)
{
    struct numbers numbers = crew_get(crew, sid);

    if (numbers.data != data || numbers.cookie != cookie)
        wrong(crew, "what was got", sid, numbers.data, NULL);
}

/* ---- Sessions of their own ---------------------------------------------- */

static void *live_sessions(void *arg)
{
    struct crew *crew = arg;
    bool touches = SSTORE_HAS(store_plugin(crew->store), touch);
    char sid[20];
    int number;

    pthread_barrier_wait(&crew->start);
    while ((number = crew->next++) < SESSIONS) {
        snprintf(sid, sizeof sid, "%d", number);
        crew_expect(crew, sid, -1, -1);
        crew_set(crew, sid, number, 99);
        crew_expect(crew, sid, number, number);
        crew_set(crew, sid, number + 1, 99);
        if (touches && !crew_touch(crew, sid, 7, 98))
            wrong(crew, "touch", sid, SSTORE_MISS, NULL);
        crew_expect(crew, sid, number + 1, touches ? 7 : number + 1);
        if (number % 2)
            crew_destroy(crew, sid);
        if (number % 2)
            crew_expect(crew, sid, -1, -1);
    }
    return NULL;
}

static void test_500_sessions_by_32_threads_are_none_lost(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);
    char sid[20];

    crew_run(&crew, live_sessions, THREADS);
    for (int i = 0; i < SESSIONS; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        assert_int_equal(crew_get(&crew, sid).data, i % 2 ? -1 : i + 1);
    }
    if (SSTORE_HAS(store_plugin(contract->store), length))
        assert_int_equal(length_of(contract->store, 10), SESSIONS / 2);
}

/* ---- One session of all ------------------------------------------------- */

enum { ROUNDS = 25, SETTERS = 16 };

/* In each round all set one new id at once. */
static void *set_the_same(void *arg)
{
    struct crew *crew = arg;
    int own = crew->next++;
    char sid[20];

    for (int round = 0; round < ROUNDS; round++) {
        snprintf(sid, sizeof sid, "%d", round);
        pthread_barrier_wait(&crew->start);
        crew_set(crew, sid, own, 100 + own);
        struct numbers numbers = crew_get(crew, sid);
        if (numbers.data != numbers.cookie || numbers.data < 0 ||
            numbers.expires_ms != 100 + numbers.data)
            wrong(crew, "a whole record", sid, numbers.data, NULL);
    }
    return NULL;
}

static void test_parallel_sets_of_one_new_id_are_no_error(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);

    crew_run(&crew, set_the_same, SETTERS);
    if (SSTORE_HAS(store_plugin(contract->store), length))
        assert_int_equal(length_of(contract->store, 10), ROUNDS);
}

enum { VERSIONS = 300, TOUCHERS = 4 };

/* The first sets one version after the other, the others touch. */
static void *set_or_touch(void *arg)
{
    struct crew *crew = arg;
    int own = crew->next++;

    pthread_barrier_wait(&crew->start);
    while (own > 0 && !crew->done)
        crew_touch(crew, "a", 7, 98);
    for (int version = 1; own == 0 && version <= VERSIONS; version++) {
        crew_set(crew, "a", version, 99);
        int data = crew_get(crew, "a").data;
        if (data != version)
            wrong(crew, "a set that a touch undid", "a", data, NULL);
    }
    if (own == 0)
        crew->done = true;
    return NULL;
}

static void test_touch_undoes_no_set_beside_it(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);

    NEEDS(contract, touch);
    crew_set(&crew, "a", 0, 99);
    crew_run(&crew, set_or_touch, 1 + TOUCHERS);
}

/* The first sets and destroys, the others touch. */
static void *destroy_or_touch(void *arg)
{
    struct crew *crew = arg;
    int own = crew->next++;

    pthread_barrier_wait(&crew->start);
    while (own > 0 && !crew->done)
        crew_touch(crew, "a", 7, 98);
    for (int round = 0; own == 0 && round < VERSIONS; round++) {
        crew_set(crew, "a", round, 99);
        crew_destroy(crew, "a");
        if (crew_get(crew, "a").data != -1)
            wrong(crew, "a destroy that a touch undid", "a", round, NULL);
    }
    if (own == 0)
        crew->done = true;
    return NULL;
}

static void test_touch_undoes_no_destroy_beside_it(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);

    NEEDS(contract, touch);
    crew_run(&crew, destroy_or_touch, 1 + TOUCHERS);
}

/* ---- Reaped, listed and cleared beside ---------------------------------- */

static atomic_bool kept[SESSIONS];

/* The sessions expire at 20: at 10 they are live, to a reaper at 30 not. */
static void *touch_or_reap(void *arg)
{
    struct crew *crew = arg;
    char sid[20];
    int number;

    pthread_barrier_wait(&crew->start);
    while ((number = crew->next++) < SESSIONS) {
        snprintf(sid, sizeof sid, "%d", number);
        kept[number] = crew_touch(crew, sid, 7, 50);
        if (number % 20 == 0)
            reap(crew->store, 30);
    }
    return NULL;
}

static void test_reaping_leaves_what_was_touched_meanwhile(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);
    char sid[20];

    NEEDS(contract, touch);
    NEEDS(contract, reap);
    for (int i = 0; i < SESSIONS; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        crew_set(&crew, sid, i, 20);
    }
    crew_run(&crew, touch_or_reap, 8);
    reap(contract->store, 30);
    for (int i = 0; i < SESSIONS; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        assert_int_equal(crew_get(&crew, sid).data, kept[i] ? i : -1);
    }
}

enum { LISTED = 60, LISTINGS = 30 };

static int mark_row(void *arg, struct sstore_str sid,
                    const struct sstore_record *rec)
{
    int *seen = arg;
    int number = number_of(sid);

    (void)rec;
    if (number < LISTED)
        seen[number]++;
    return 0;
}

static void list_once(struct crew *crew)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    int seen[LISTED] = { 0 };
    int code = store_all(crew->store, &call, mark_row, seen, &err);

    if (code != SSTORE_OK)
        wrong(crew, "all", "", code, &err);
    for (int i = 0; i < LISTED; i++)
        if (seen[i] != 1)
            wrong(crew, "a row of all", "", seen[i], NULL);
}

/* The first lists, the others replace what it lists, and make and destroy. */
static void *list_or_replace(void *arg)
{
    struct crew *crew = arg;
    int own = crew->next++;
    char sid[20];

    pthread_barrier_wait(&crew->start);
    for (int i = 0; own > 0 && !crew->done; i++) {
        snprintf(sid, sizeof sid, "%d", (i + own * 7) % LISTED);
        crew_set(crew, sid, i, 99);
        snprintf(sid, sizeof sid, "%d%d", 1000 + own, i % 10);
        crew_set(crew, sid, i, 99);
        crew_destroy(crew, sid);
    }
    for (int i = 0; own == 0 && i < LISTINGS; i++)
        list_once(crew);
    if (own == 0)
        crew->done = true;
    return NULL;
}

static void test_all_gives_each_once_though_it_is_replaced(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);
    char sid[20];

    NEEDS(contract, all);
    for (int i = 0; i < LISTED; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        crew_set(&crew, sid, i, 99);
    }
    crew_run(&crew, list_or_replace, 4);
}

/* All operations at once: none may be an error, whatever comes of it. */
static void *do_all_at_once(void *arg)
{
    struct crew *crew = arg;
    const struct sstore_plugin *plugin = store_plugin(crew->store);
    unsigned seed = (unsigned)crew->next++;
    struct sstore_call call = at(10);
    int seen[LISTED] = { 0 };
    uint64_t count;

    pthread_barrier_wait(&crew->start);
    for (int i = 0; i < 60; i++) {
        char sid[20];

        seed = seed * 1103515245u + 12345u;
        snprintf(sid, sizeof sid, "%u", seed / 65536 % 10);
        crew_set(crew, sid, i, seed / 65536 % 30);
        crew_get(crew, sid);
        if (SSTORE_HAS(plugin, touch))
            crew_touch(crew, sid, i, 99);
        if (i % 4 == 0)
            crew_destroy(crew, sid);
        if (i % 5 == 0 && SSTORE_HAS(plugin, reap) &&
            store_reap(crew->store, &call, &count, NULL) < 0)
            wrong(crew, "reap", sid, 0, NULL);
        if (i % 10 == 0 && SSTORE_HAS(plugin, all) &&
            store_all(crew->store, &call, mark_row, seen, NULL) < 0)
            wrong(crew, "all", sid, 0, NULL);
        if (i % 15 == 0 && SSTORE_HAS(plugin, clear) &&
            store_clear(crew->store, &call, NULL) < 0)
            wrong(crew, "clear", sid, 0, NULL);
    }
    return NULL;
}

static void test_all_operations_at_once_are_no_error(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);

    crew_run(&crew, do_all_at_once, 12);
}

/* ---- Instances ---------------------------------------------------------- */

/* Some in namespaces of their own, some together. */
static void *open_use_close(void *arg)
{
    struct crew *crew = arg;
    int own = crew->next++;
    char name[60];

    snprintf(name, sizeof name, "%s/%d", crew->name_space, own % 4);
    pthread_barrier_wait(&crew->start);
    for (int i = 0; i < 10; i++) {
        struct contract contract = { .store = crew->store };
        struct crew mine = crew_of(&contract);
        struct sstore_err err = { .native = 0 };
        char sid[20];

        int code = crew->open(&mine.store, crew->spec, name, &test_host, &err);
        if (code != SSTORE_OK) {
            wrong(crew, "open", name, code, &err);
            break;
        }
        snprintf(sid, sizeof sid, "%d", own);
        crew_set(&mine, sid, i, 99);
        crew_expect(&mine, sid, i, i);
        crew_destroy(&mine, sid);
        store_close(mine.store);
        if (mine.wrong)
            wrong(crew, mine.first, name, mine.wrong, NULL);
    }
    return NULL;
}

static void test_instances_open_and_close_in_parallel(void **state)
{
    struct contract *contract = *state;
    struct crew crew = crew_of(contract);

    crew_run(&crew, open_use_close, 8);
}

const struct CMUnitTest contract_thread_tests[] = {
    CONTRACT_TEST(test_500_sessions_by_32_threads_are_none_lost),
    CONTRACT_TEST(test_parallel_sets_of_one_new_id_are_no_error),
    CONTRACT_TEST(test_touch_undoes_no_set_beside_it),
    CONTRACT_TEST(test_touch_undoes_no_destroy_beside_it),
    CONTRACT_TEST(test_reaping_leaves_what_was_touched_meanwhile),
    CONTRACT_TEST(test_all_gives_each_once_though_it_is_replaced),
    CONTRACT_TEST(test_all_operations_at_once_are_no_error),
    CONTRACT_TEST(test_instances_open_and_close_in_parallel),
    { .name = NULL },
};
