/* contract.c: what every store owes, asked by one caller */
#include "contract.h"

#include <unistd.h>

/* ---- The operations ----------------------------------------------------- */

static void test_what_was_set_comes_back(void **state)
{
    struct contract *contract = *state;

    assert_int_equal(set(contract->store, 10, "a", "{\"n\":1}", "{}", 99),
                     SSTORE_OK);
    assert_get(contract->store, 10, "a", "a={\"n\":1}/{}@99 ");
}

static void test_an_unknown_session_is_a_miss(void **state)
{
    struct contract *contract = *state;

    assert_get(contract->store, 10, "a", "");
}

static void test_a_set_replaces_the_whole_record(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "{\"long\":\"data\"}", "{\"x\":12345}", 99);
    set(contract->store, 10, "a", "1", "{}", SSTORE_NEVER);
    assert_get(contract->store, 1000, "a", "a=1/{}@9223372036854775807 ");
}

static void test_a_destroyed_session_is_a_miss_until_it_is_set(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "1", "{}", 99);
    assert_int_equal(destroy(contract->store, 10, "a"), SSTORE_OK);
    assert_get(contract->store, 10, "a", "");
    set(contract->store, 10, "a", "2", "{}", 99);
    assert_get(contract->store, 10, "a", "a=2/{}@99 ");
}

static void test_destroying_what_is_not_there_is_done(void **state)
{
    struct contract *contract = *state;

    assert_int_equal(destroy(contract->store, 10, "a"), SSTORE_OK);
    set(contract->store, 10, "a", "1", "{}", 20);
    assert_int_equal(destroy(contract->store, 20, "a"), SSTORE_OK);
    assert_int_equal(destroy(contract->store, 20, "a"), SSTORE_OK);
}

/* ---- Expiry, by the host's clock ---------------------------------------- */

static void test_a_session_is_expired_at_the_very_millisecond(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "1", "{}", 20);
    assert_get(contract->store, 19, "a", "a=1/{}@20 ");
    assert_get(contract->store, 20, "a", "");
}

/* The host's time is not the machine's: it stands, and may go back. */
static void test_the_hosts_time_alone_counts(void **state)
{
    struct contract *contract = *state;
    int64_t far = INT64_C(32503680000000); /* the year 3000 */

    set(contract->store, far, "a", "1", "{}", far + 5);
    assert_get(contract->store, far + 4, "a", "a=1/{}@32503680000005 ");
    assert_get(contract->store, far + 5, "a", "");
    set(contract->store, -1000, "b", "1", "{}", -5);
    assert_get(contract->store, -6, "b", "b=1/{}@-5 ");
    assert_get(contract->store, -5, "b", "");
}

static void test_any_expiry_is_kept(void **state)
{
    static const int64_t table[] = {
        1,
        INT64_C(2147483647),
        INT64_C(2147483648),
        INT64_C(4294967296),
        INT64_C(2592000001), /* 30 days */
        INT64_C(2147483648000),
        INT64_C(8640000000000000), /* the last that JavaScript's Date has */
        SSTORE_NEVER - 1,
        SSTORE_NEVER,
    };
    struct contract *contract = *state;
    char expected[60];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set(contract->store, 0, "a", "1", "{}", table[i]);
        snprintf(expected, sizeof expected, "a=1/{}@%lld ",
                 (long long)table[i]);
        assert_get(contract->store, table[i] - 1, "a", expected);
    }
}

static void test_a_session_without_expiry_stays(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "1", "{}", SSTORE_NEVER);
    if (SSTORE_HAS(store_plugin(contract->store), reap))
        assert_int_equal(reap(contract->store, INT64_MAX), 0);
    assert_get(contract->store, INT64_MAX, "a", "a=1/{}@9223372036854775807 ");
}

static void test_setting_an_expired_session_is_done_and_a_miss(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "1", "{}", 99);
    assert_int_equal(set(contract->store, 10, "a", "2", "{}", 10), SSTORE_OK);
    assert_get(contract->store, 10, "a", "");
    assert_int_equal(set(contract->store, 10, "b", "2", "{}", -5), SSTORE_OK);
    assert_get(contract->store, 10, "b", "");
    assert_int_equal(set(contract->store, 10, "c", "2", "{}", INT64_MIN),
                     SSTORE_OK);
    assert_get(contract->store, 10, "c", "");
}

static void test_a_set_moves_the_expiry_either_way(void **state)
{
    struct contract *contract = *state;

    set(contract->store, 10, "a", "1", "{}", 50);
    set(contract->store, 10, "a", "1", "{}", 20);
    assert_get(contract->store, 20, "a", "");
    set(contract->store, 20, "a", "1", "{}", 90);
    assert_get(contract->store, 89, "a", "a=1/{}@90 ");
    set(contract->store, 20, "a", "1", "{}", SSTORE_NEVER);
    assert_get(contract->store, 90, "a", "a=1/{}@9223372036854775807 ");
}

/* ---- touch -------------------------------------------------------------- */

static void test_touch_replaces_cookie_and_expiry_alone(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, touch);
    set(contract->store, 10, "a", "{\"n\":1}", "{}", 20);
    assert_int_equal(touch(contract->store, 15, "a", "{\"p\":2}", 30),
                     SSTORE_OK);
    assert_get(contract->store, 29, "a", "a={\"n\":1}/{\"p\":2}@30 ");
    assert_int_equal(touch(contract->store, 29, "a", "", SSTORE_NEVER),
                     SSTORE_OK);
    assert_get(contract->store, 99, "a", "a={\"n\":1}/@9223372036854775807 ");
    assert_int_equal(touch(contract->store, 99, "a", "{}", 100), SSTORE_OK);
    assert_get(contract->store, 100, "a", "");
}

static void test_touch_with_the_same_again_is_done(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, touch);
    set(contract->store, 10, "a", "1", "{}", 20);
    for (int i = 0; i < 3; i++)
        assert_int_equal(touch(contract->store, 10, "a", "{}", 20), SSTORE_OK);
    assert_get(contract->store, 19, "a", "a=1/{}@20 ");
}

static void test_touch_makes_no_session(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, touch);
    assert_int_equal(touch(contract->store, 10, "a", "{}", 99), SSTORE_MISS);
    assert_get(contract->store, 10, "a", "");
    set(contract->store, 10, "b", "1", "{}", 99);
    destroy(contract->store, 10, "b");
    assert_int_equal(touch(contract->store, 10, "b", "{}", 99), SSTORE_MISS);
    assert_get(contract->store, 10, "b", "");
}

static void test_touch_does_not_revive(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, touch);
    set(contract->store, 10, "a", "1", "{}", 20);
    assert_int_equal(touch(contract->store, 20, "a", "{}", 99), SSTORE_MISS);
    assert_get(contract->store, 20, "a", "");
}

static void test_touch_may_end_a_session(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, touch);
    set(contract->store, 10, "a", "1", "{}", 99);
    assert_int_equal(touch(contract->store, 10, "a", "{}", 10), SSTORE_OK);
    assert_get(contract->store, 10, "a", "");
    assert_int_equal(touch(contract->store, 10, "a", "{}", 99), SSTORE_MISS);
}

/* ---- all, length, clear, reap ------------------------------------------- */

struct listing {
    char *rows[50];
    size_t count;
};

static int list_row(void *arg, struct sstore_str sid,
                    const struct sstore_record *rec)
{
    struct listing *listing = arg;
    char text[500] = "";

    assert_true(listing->count < 50);
    note_row(text, sid, rec);
    listing->rows[listing->count++] = strdup(text);
    return 0;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* As assert_all, whatever the order: `expected` is sorted. */
static void assert_listed(struct store *store, int64_t now_ms,
                          const char *expected)
{
    struct sstore_call call = at(now_ms);
    struct listing listing = { .count = 0 };
    char text[500] = "";

    assert_int_equal(store_all(store, &call, list_row, &listing, NULL),
                     SSTORE_OK);
    qsort(listing.rows, listing.count, sizeof *listing.rows, compare_texts);
    for (size_t i = 0; i < listing.count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s", listing.rows[i]);
        free(listing.rows[i]);
    }
    assert_string_equal(text, expected);
}

static void test_all_gives_each_live_session_once(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, all);
    assert_listed(contract->store, 10, "");
    set(contract->store, 10, "c", "1", "{}", 99);
    set(contract->store, 10, "b", "2", "{}", 20);
    set(contract->store, 10, "a", "3", "{}", 99);
    set(contract->store, 10, "d", "4", "{}", SSTORE_NEVER);
    set(contract->store, 10, "c", "5", "[]", 98);
    destroy(contract->store, 10, "a");
    assert_listed(contract->store, 10,
                  "b=2/{}@20 c=5/[]@98 d=4/{}@9223372036854775807 ");
    assert_listed(contract->store, 20, "c=5/[]@98 d=4/{}@9223372036854775807 ");
    assert_listed(contract->store, INT64_MAX, "d=4/{}@9223372036854775807 ");
}

static void test_length_counts_what_all_gives(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, length);
    assert_int_equal(length_of(contract->store, 10), 0);
    set(contract->store, 10, "a", "1", "{}", 20);
    set(contract->store, 10, "b", "1", "{}", 30);
    set(contract->store, 10, "b", "2", "{}", 30);
    set(contract->store, 10, "c", "1", "{}", SSTORE_NEVER);
    assert_int_equal(length_of(contract->store, 10), 3);
    assert_int_equal(length_of(contract->store, 20), 2);
    destroy(contract->store, 20, "b");
    assert_int_equal(length_of(contract->store, 20), 1);
    assert_int_equal(length_of(contract->store, INT64_MAX), 1);
}

static int stop_at_the_second(void *arg, struct sstore_str sid,
                              const struct sstore_record *rec)
{
    (void)sid;
    (void)rec;
    return ++*(int *)arg == 2;
}

static void test_a_row_can_stop_the_rest(void **state)
{
    struct contract *contract = *state;
    struct sstore_call call = at(10);
    int rows = 1;

    for (const char *sid = "abcd"; *sid; sid++)
        set(contract->store, 10, sid, "1", "{}", 99);
    assert_int_equal(store_get(contract->store, &call, str("d"),
                               stop_at_the_second, &rows, NULL),
                     SSTORE_STOP);
    NEEDS(contract, all);
    rows = 0;
    assert_int_equal(
        store_all(contract->store, &call, stop_at_the_second, &rows, NULL),
        SSTORE_STOP);
    assert_int_equal(rows, 2);
    assert_get(contract->store, 10, "d", "d=1/{}@99 ");
}

static void test_clear_leaves_an_empty_store_that_works(void **state)
{
    struct contract *contract = *state;
    struct sstore_call call = at(10);
    char sid[20];

    NEEDS(contract, clear);
    assert_int_equal(store_clear(contract->store, &call, NULL), SSTORE_OK);
    for (int i = 0; i < 300; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        set(contract->store, 10, sid, "1", "{}", i % 3 ? 99 : 5);
    }
    assert_int_equal(store_clear(contract->store, &call, NULL), SSTORE_OK);
    assert_get(contract->store, 10, "7", "");
    set(contract->store, 10, "7", "1", "{}", 99);
    assert_get(contract->store, 10, "7", "7=1/{}@99 ");
    if (SSTORE_HAS(store_plugin(contract->store), length))
        assert_int_equal(length_of(contract->store, 4), 1);
}

static void test_reap_frees_what_has_expired_and_no_more(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, reap);
    assert_int_equal(reap(contract->store, INT64_MAX), 0);
    set(contract->store, 10, "a", "1", "{}", 20);
    set(contract->store, 10, "b", "1", "{}", 20);
    set(contract->store, 10, "c", "1", "{}", 21);
    set(contract->store, 10, "d", "1", "{}", SSTORE_NEVER);
    set(contract->store, 10, "b", "2", "{}", 30);
    assert_int_equal(reap(contract->store, 19), 0);
    assert_int_equal(reap(contract->store, 20), 1);
    assert_int_equal(reap(contract->store, 20), 0);
    assert_get(contract->store, 20, "b", "b=2/{}@30 ");
    assert_get(contract->store, 20, "c", "c=1/{}@21 ");
    assert_int_equal(reap(contract->store, INT64_MAX), 2);
    assert_get(contract->store, 20, "d", "d=1/{}@9223372036854775807 ");
}

static void test_reap_goes_by_the_last_set_or_touch(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, reap);
    NEEDS(contract, touch);
    set(contract->store, 10, "a", "1", "{}", 20);
    touch(contract->store, 10, "a", "{}", 40);
    assert_int_equal(reap(contract->store, 39), 0);
    touch(contract->store, 39, "a", "{}", 39);
    assert_int_equal(reap(contract->store, 39), 1);
    set(contract->store, 39, "a", "1", "{}", 50);
    destroy(contract->store, 39, "a");
    assert_int_equal(reap(contract->store, 60), 0);
}

/* An instance that did not set them frees them all the same. */
static void test_any_instance_may_reap(void **state)
{
    struct contract *contract = *state;

    NEEDS(contract, reap);
    if (!contract_has_cap(contract, SSTORE_CAP_SHARED))
        skip();
    struct store *other = contract_open(contract, contract->name_space);
    assert_int_equal(reap(other, 10), 0);
    set(contract->store, 10, "a", "1", "{}", 20);
    assert_int_equal(reap(other, 20), 1);
    store_close(other);
}

/* ---- Against a model ---------------------------------------------------- */

enum { MODEL_IDS = 20, MODEL_STEPS = 3000 };

/* The expiry of each id, INT64_MIN where it has been destroyed. */
static void model_step(struct store *store, int64_t model[MODEL_IDS],
                       int64_t *now, unsigned *seed)
{
    unsigned random = (*seed = *seed * 1103515245u + 12345u) >> 8;
    unsigned id = random % MODEL_IDS;
    unsigned dice = random / MODEL_IDS % 16;
    int64_t expires =
        dice == 3 ? SSTORE_NEVER : *now + (int64_t)(random / 1024 % 500);
    char sid[12];

    snprintf(sid, sizeof sid, "%u", id);
    if (dice < 8) {
        assert_int_equal(set(store, *now, sid, sid, "{}", expires), SSTORE_OK);
        model[id] = expires;
    } else if (dice < 12 && SSTORE_HAS(store_plugin(store), touch)) {
        bool live = model[id] > *now;
        assert_int_equal(touch(store, *now, sid, "[]", expires),
                         live ? SSTORE_OK : SSTORE_MISS);
        if (live)
            model[id] = expires;
    } else if (dice < 14) {
        assert_int_equal(destroy(store, *now, sid), SSTORE_OK);
        model[id] = INT64_MIN;
    } else if (dice == 14 && SSTORE_HAS(store_plugin(store), reap)) {
        reap(store, *now);
    } else {
        *now += random / 4096 % 60;
    }
}

static int take_expiry(void *arg, struct sstore_str sid,
                       const struct sstore_record *rec)
{
    (void)sid;
    *(int64_t *)arg = rec->expires_ms;
    return 0;
}

static void assert_modelled(struct store *store, const int64_t *model,
                            int64_t now)
{
    struct sstore_call call = at(now);
    uint64_t live = 0;

    for (unsigned id = 0; id < MODEL_IDS; id++) {
        int64_t expires = INT64_MIN;
        char sid[12];

        snprintf(sid, sizeof sid, "%u", id);
        live += model[id] > now;
        assert_int_equal(
            store_get(store, &call, str(sid), take_expiry, &expires, NULL),
            model[id] > now ? SSTORE_OK : SSTORE_MISS);
        assert_true(expires == (model[id] > now ? model[id] : INT64_MIN));
    }
    if (SSTORE_HAS(store_plugin(store), length))
        assert_int_equal(length_of(store, now), live);
}

static void test_random_operations_agree_with_a_model(void **state)
{
    struct contract *contract = *state;
    int64_t model[MODEL_IDS], now = 1000;
    unsigned seed = 42;

    for (int id = 0; id < MODEL_IDS; id++)
        model[id] = INT64_MIN;
    for (int step = 0; step < MODEL_STEPS; step++) {
        model_step(contract->store, model, &now, &seed);
        if (step % 40 == 0)
            assert_modelled(contract->store, model, now);
    }
}

const struct CMUnitTest contract_basic_tests[] = {
    CONTRACT_TEST(test_what_was_set_comes_back),
    CONTRACT_TEST(test_an_unknown_session_is_a_miss),
    CONTRACT_TEST(test_a_set_replaces_the_whole_record),
    CONTRACT_TEST(test_a_destroyed_session_is_a_miss_until_it_is_set),
    CONTRACT_TEST(test_destroying_what_is_not_there_is_done),
    CONTRACT_TEST(test_a_session_is_expired_at_the_very_millisecond),
    CONTRACT_TEST(test_the_hosts_time_alone_counts),
    CONTRACT_TEST(test_any_expiry_is_kept),
    CONTRACT_TEST(test_a_session_without_expiry_stays),
    CONTRACT_TEST(test_setting_an_expired_session_is_done_and_a_miss),
    CONTRACT_TEST(test_a_set_moves_the_expiry_either_way),
    CONTRACT_TEST(test_touch_replaces_cookie_and_expiry_alone),
    CONTRACT_TEST(test_touch_with_the_same_again_is_done),
    CONTRACT_TEST(test_touch_makes_no_session),
    CONTRACT_TEST(test_touch_does_not_revive),
    CONTRACT_TEST(test_touch_may_end_a_session),
    CONTRACT_TEST(test_all_gives_each_live_session_once),
    CONTRACT_TEST(test_length_counts_what_all_gives),
    CONTRACT_TEST(test_a_row_can_stop_the_rest),
    CONTRACT_TEST(test_clear_leaves_an_empty_store_that_works),
    CONTRACT_TEST(test_reap_frees_what_has_expired_and_no_more),
    CONTRACT_TEST(test_reap_goes_by_the_last_set_or_touch),
    CONTRACT_TEST(test_any_instance_may_reap),
    CONTRACT_TEST(test_random_operations_agree_with_a_model),
    { .name = NULL },
};

/* ---- Running them ------------------------------------------------------- */

struct store *contract_open(const struct contract *contract,
                            const char *name_space)
{
    struct store *store;
    struct sstore_err err;

    if (contract->open(&store, contract->spec, name_space, &test_host, &err) !=
        SSTORE_OK)
        fail_msg("%s: %s", contract->spec, err.text);
    return store;
}

bool contract_has_cap(const struct contract *contract, uint32_t cap)
{
    return (store_plugin(contract->store)->caps & cap) != 0;
}

/* What is to be opened, and how. */
struct way {
    contract_open_fn *open;
    const char *spec;
};

/* The state is first the way, then what is opened by it. */
static int begin(void **state)
{
    static unsigned number; /* tests run one at a time */
    struct contract *contract = calloc(1, sizeof *contract);
    const struct way *way = *state;

    if (!contract)
        return -1;
    contract->spec = way->spec;
    contract->open = way->open;
    snprintf(contract->name_space, sizeof contract->name_space,
             "contract/%ld/%u", (long)getpid(), number++);
    contract->store = contract_open(contract, contract->name_space);
    *state = contract;
    return 0;
}

static int end(void **state)
{
    struct contract *contract = *state;
    struct sstore_call call = at(0);

    if (SSTORE_HAS(store_plugin(contract->store), clear))
        store_clear(contract->store, &call, NULL);
    store_close(contract->store);
    free(contract);
    return 0;
}

static size_t table_length(const struct CMUnitTest *table)
{
    size_t length = 0;

    while (table[length].name)
        length++;
    return length;
}

int contract_run(const char *spec, const struct CMUnitTest *own, size_t count)
{
    return contract_run_by(store_open, spec, own, count);
}

int contract_run_by(contract_open_fn *open, const char *spec,
                    const struct CMUnitTest *own, size_t count)
{
    struct way way = { open, spec };
    static const struct CMUnitTest *const tables[] = {
        contract_basic_tests,
        contract_value_tests,
        contract_thread_tests,
    };
    struct CMUnitTest tests[160] = { { .name = NULL } };
    size_t used = 0;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t length = table_length(tables[i]);
        for (size_t at = 0; at < length; at++) {
            tests[used] = tables[i][at];
            tests[used].setup_func = begin;
            tests[used].teardown_func = end;
            tests[used++].initial_state = &way;
        }
    }
    if (used + count > sizeof tests / sizeof *tests)
        abort();
    memcpy(tests + used, own, count * sizeof *own);
    return cmocka_run_group_tests_name(spec, tests, NULL, NULL);
}
