/* test_memory.c: the store `memory`, as the host sees it */
#include "store_help.h"

#include <malloc.h>

static int open_memory(void **state)
{
    *state = store_of("memory");
    return 0;
}

static int close_memory(void **state)
{
    store_close(*state);
    return 0;
}

static void test_what_was_set_comes_back(void **state)
{
    assert_int_equal(set(*state, 10, "a", "{}", "{c}", 99), SSTORE_OK);
    assert_get(*state, 10, "a", "a={}/{c}@99 ");
}

static void test_an_unknown_session_is_a_miss(void **state)
{
    assert_get(*state, 10, "a", "");
}

static void test_a_set_replaces_the_whole_record(void **state)
{
    set(*state, 10, "a", "long data", "long cookie", 99);
    set(*state, 10, "a", "", "c", SSTORE_NEVER);
    assert_get(*state, 1000, "a", "a=/c@9223372036854775807 ");
    assert_int_equal(length_of(*state, 10), 1);
}

static void test_a_destroyed_session_is_a_miss_until_it_is_set(void **state)
{
    set(*state, 10, "a", "1", "c", 99);
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_OK);
    assert_get(*state, 10, "a", "");
    set(*state, 10, "a", "2", "c", 99);
    assert_get(*state, 10, "a", "a=2/c@99 ");
}

static void test_destroying_what_is_not_there_is_done(void **state)
{
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_OK);
}

static void test_what_is_stored_is_a_copy(void **state)
{
    char sid[] = "sid", data[] = "data", cookie[] = "cookie";

    set(*state, 10, sid, data, cookie, 99);
    sid[0] = data[0] = cookie[0] = 'X';
    assert_get(*state, 10, "sid", "sid=data/cookie@99 ");
}

static void test_a_session_is_expired_at_the_very_millisecond(void **state)
{
    set(*state, 10, "a", "1", "c", 20);
    assert_get(*state, 19, "a", "a=1/c@20 ");
    assert_get(*state, 20, "a", "");
}

static void test_a_session_without_expiry_stays(void **state)
{
    set(*state, 10, "a", "1", "c", SSTORE_NEVER);
    assert_int_equal(reap(*state, INT64_MAX), 0);
    assert_get(*state, INT64_MAX, "a", "a=1/c@9223372036854775807 ");
}

static void test_setting_an_expired_session_is_done_and_a_miss(void **state)
{
    set(*state, 10, "a", "1", "c", 99);
    assert_int_equal(set(*state, 10, "a", "2", "c", 10), SSTORE_OK);
    assert_get(*state, 10, "a", "");
    assert_int_equal(set(*state, 10, "b", "2", "c", -5), SSTORE_OK);
    assert_int_equal(length_of(*state, 10), 0);
}

static void test_a_set_moves_the_expiry_either_way(void **state)
{
    set(*state, 10, "a", "1", "c", 50);
    set(*state, 10, "a", "1", "c", 20);
    assert_get(*state, 20, "a", "");
    set(*state, 20, "a", "1", "c", 90);
    assert_get(*state, 89, "a", "a=1/c@90 ");
    set(*state, 20, "a", "1", "c", SSTORE_NEVER);
    assert_int_equal(length_of(*state, 90), 1);
}

static void test_touch_replaces_cookie_and_expiry_alone(void **state)
{
    set(*state, 10, "a", "data", "c", 20);
    assert_int_equal(touch(*state, 15, "a", "longer", 30), SSTORE_OK);
    assert_get(*state, 29, "a", "a=data/longer@30 ");
    assert_int_equal(touch(*state, 29, "a", "", SSTORE_NEVER), SSTORE_OK);
    assert_get(*state, 99, "a", "a=data/@9223372036854775807 ");
    assert_int_equal(touch(*state, 99, "a", "x", 100), SSTORE_OK);
    assert_get(*state, 100, "a", "");
}

static void test_touch_makes_no_session(void **state)
{
    assert_int_equal(touch(*state, 10, "a", "c", 99), SSTORE_MISS);
    assert_get(*state, 10, "a", "");
    assert_int_equal(length_of(*state, 10), 0);
}

static void test_touch_does_not_revive(void **state)
{
    set(*state, 10, "a", "1", "c", 20);
    assert_int_equal(touch(*state, 20, "a", "c", 99), SSTORE_MISS);
    assert_get(*state, 20, "a", "");
    set(*state, 20, "b", "1", "c", 99);
    destroy(*state, 20, "b");
    assert_int_equal(touch(*state, 20, "b", "c", 99), SSTORE_MISS);
    assert_all(*state, 20, "");
}

static void test_all_gives_the_live_ones_as_they_came(void **state)
{
    set(*state, 10, "c", "1", "x", 99);
    set(*state, 10, "b", "2", "x", 20);
    set(*state, 10, "a", "3", "x", SSTORE_NEVER);
    set(*state, 10, "d", "4", "x", 40);
    set(*state, 10, "c", "5", "x", 98);
    destroy(*state, 10, "a");
    assert_all(*state, 10, "c=5/x@98 b=2/x@20 d=4/x@40 ");
    assert_all(*state, 20, "c=5/x@98 d=4/x@40 ");
    assert_int_equal(length_of(*state, 20), 2);
}

static int count_then_stop(void *arg, struct sstore_str sid,
                           const struct sstore_record *rec)
{
    (void)sid;
    (void)rec;
    return ++*(int *)arg == 2;
}

static void test_a_row_can_stop_the_rest(void **state)
{
    struct sstore_call call = at(10);
    int rows = 0;

    for (const char *sid = "abcd"; *sid; sid++)
        set(*state, 10, sid, "1", "c", 99);
    assert_int_equal(store_all(*state, &call, count_then_stop, &rows, NULL),
                     SSTORE_STOP);
    assert_int_equal(rows, 2);
    rows = 1;
    assert_int_equal(
        store_get(*state, &call, str("d"), count_then_stop, &rows, NULL),
        SSTORE_STOP);
}

static void test_clear_leaves_an_empty_store_that_works(void **state)
{
    struct sstore_call call = at(10);
    char sid[20];

    for (int i = 0; i < 1000; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        set(*state, 10, sid, "1", "c", i % 3 ? 99 : SSTORE_NEVER);
    }
    assert_int_equal(length_of(*state, 10), 1000);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_OK);
    assert_int_equal(length_of(*state, 10), 0);
    assert_all(*state, 10, "");
    assert_get(*state, 10, "7", "");
    set(*state, 10, "7", "1", "c", 99);
    assert_all(*state, 10, "7=1/c@99 ");
}

static void test_spoil_leaves_what_no_set_wrote(void **state)
{
    struct store *store = *state;
    struct sstore_call call = at(20);

    set(store, 10, "a", "{}", "c", 99);
    set(store, 10, "old", "{}", "c", 15);
    assert_int_equal(store_spoil(store, &call, str("a"), NULL), SSTORE_OK);
    assert_get(store, 20, "a", "a={\"\xff/c@99 ");
    assert_int_equal(store_spoil(store, &call, str("old"), NULL), SSTORE_MISS);
    assert_int_equal(store_spoil(store, &call, str("b"), NULL), SSTORE_MISS);
    set(store, 20, "a", "{}", "c", 99);
    assert_get(store, 20, "a", "a={}/c@99 ");
}

static void test_reap_frees_what_has_expired_and_no_more(void **state)
{
    set(*state, 10, "a", "1", "c", 20);
    set(*state, 10, "b", "1", "c", 20);
    set(*state, 10, "c", "1", "c", 20);
    set(*state, 10, "d", "1", "c", 21);
    set(*state, 10, "e", "1", "c", SSTORE_NEVER);
    touch(*state, 10, "b", "c", 30);
    set(*state, 10, "c", "2", "c", 30);
    assert_int_equal(reap(*state, 19), 0);
    assert_int_equal(reap(*state, 20), 1);
    assert_int_equal(reap(*state, 20), 0);
    assert_int_equal(length_of(*state, 20), 4);
}

static void test_expired_sessions_go_though_nobody_reaps(void **state)
{
    char sid[20];

    for (int i = 0; i < 10000; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        set(*state, i, sid, "1", "c", i + 10);
    }
    assert_in_range(reap(*state, 20000), 1, 12);
}

static void set_bytes(struct store *store, const char *sid, size_t length,
                      const char *data)
{
    struct sstore_call call = at(10);
    struct sstore_str id = { sid, length };
    struct sstore_record rec = { str(data), str("c"), 99 };

    assert_int_equal(store_set(store, &call, id, &rec, NULL), SSTORE_OK);
}

static int copy_data(void *arg, struct sstore_str sid,
                     const struct sstore_record *rec)
{
    (void)sid;
    snprintf(arg, 20, "%.*s", (int)rec->data.n, rec->data.p);
    return 0;
}

static void test_two_ids_never_meet(void **state)
{
    static const struct {
        const char *sid;
        size_t length;
    } table[] = {
        { "", 0 },     { "\0", 1 },       { "\0\0", 2 },      { "a", 1 },
        { "A", 1 },    { "a ", 2 },       { " a", 2 },        { "a\0", 2 },
        { "a\0b", 3 }, { "a\0c", 3 },     { "ab", 2 },        { "*", 1 },
        { "%", 1 },    { "_", 1 },        { "../a", 4 },      { "a/b", 3 },
        { "\xff", 1 }, { "\xc3\xa9", 2 }, { "e\xcc\x81", 3 }, { "'", 1 },
    };
    enum { COUNT = sizeof table / sizeof *table };
    struct sstore_call call = at(10);

    for (int i = 0; i < COUNT; i++) {
        char data[20];
        snprintf(data, sizeof data, "%d", i);
        set_bytes(*state, table[i].sid, table[i].length, data);
    }
    assert_int_equal(length_of(*state, 10), COUNT);
    for (int i = 0; i < COUNT; i++) {
        struct sstore_str sid = { table[i].sid, table[i].length };
        char data[20], expected[20];
        snprintf(expected, sizeof expected, "%d", i);
        assert_int_equal(store_get(*state, &call, sid, copy_data, data, NULL),
                         SSTORE_OK);
        assert_string_equal(data, expected);
    }
}

static int compare_data(void *arg, struct sstore_str sid,
                        const struct sstore_record *rec)
{
    const struct sstore_str *expected = arg;

    (void)sid;
    assert_int_equal(rec->data.n, expected->n);
    assert_memory_equal(rec->data.p, expected->p, expected->n);
    return 0;
}

static void test_a_mebibyte_of_any_bytes_survives(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_str big = { NULL, (size_t)1 << 20 };
    char *bytes = malloc(big.n);

    assert_non_null(bytes);
    for (size_t i = 0; i < big.n; i++)
        bytes[i] = (char)(i * 31);
    big.p = bytes;
    struct sstore_record rec = { big, str("c"), 99 };
    store_set(*state, &call, str("a"), &rec, NULL);
    assert_int_equal(
        store_get(*state, &call, str("a"), compare_data, &big, NULL),
        SSTORE_OK);
    free(bytes);
}

static void test_two_stores_keep_apart(void **state)
{
    struct store *other = store_of("memory");
    struct sstore_call call = at(10);

    set(*state, 10, "a", "1", "c", 99);
    assert_get(other, 10, "a", "");
    set(other, 10, "a", "2", "c", 99);
    store_clear(other, &call, NULL);
    assert_get(*state, 10, "a", "a=1/c@99 ");
    store_close(other);
}

static void test_an_unknown_option_is_refused_by_name(void **state)
{
    struct store *store;
    struct sstore_err err;

    (void)state;
    assert_int_equal(
        store_open(&store, "memory?size=3", NULL, &test_host, &err),
        SSTORE_E_INVAL);
    assert_null(store);
    assert_non_null(strstr(err.text, "\"size\""));
}

/* ---- Against a model ---------------------------------------------------- */

enum { MODEL_IDS = 60, MODEL_STEPS = 30000 };

/* The expiry of each id, 0 where it has been destroyed. */
static void model_step(struct store *store, int64_t model[MODEL_IDS],
                       int64_t *now, unsigned *seed)
{
    unsigned random = (*seed = *seed * 1103515245u + 12345u) >> 8;
    unsigned id = random % MODEL_IDS;
    unsigned dice = random / MODEL_IDS % 16;
    int64_t expires =
        dice == 3 ? SSTORE_NEVER : *now + (int64_t)(random / 1024 % 500);
    char sid[8];

    snprintf(sid, sizeof sid, "%u", id);
    if (dice < 8) {
        assert_int_equal(set(store, *now, sid, sid, "c", expires), SSTORE_OK);
        model[id] = expires;
    } else if (dice < 12) {
        bool live = model[id] > *now;
        assert_int_equal(touch(store, *now, sid, "t", expires),
                         live ? SSTORE_OK : SSTORE_MISS);
        if (live)
            model[id] = expires;
    } else if (dice < 14) {
        destroy(store, *now, sid);
        model[id] = 0;
    } else if (dice == 14) {
        reap(store, *now);
    } else {
        *now += random / 4096 % 60;
    }
}

static int collect(void *arg, struct sstore_str sid,
                   const struct sstore_record *rec)
{
    int64_t *seen = arg;
    int id = 0;

    assert_true(sid.n == rec->data.n);
    for (size_t i = 0; i < sid.n; i++)
        id = id * 10 + (rec->data.p[i] - '0');
    assert_in_range(id, 0, MODEL_IDS - 1);
    assert_int_equal(seen[id], 0);
    seen[id] = rec->expires_ms;
    return 0;
}

static void test_random_operations_agree_with_a_model(void **state)
{
    int64_t model[MODEL_IDS] = { 0 }, now = 1000;
    unsigned seed = 42;

    for (int step = 0; step < MODEL_STEPS; step++) {
        model_step(*state, model, &now, &seed);
        if (step % 7)
            continue;

        struct sstore_call call = at(now);
        int64_t seen[MODEL_IDS] = { 0 };
        uint64_t live = 0;
        store_all(*state, &call, collect, seen, NULL);
        for (int id = 0; id < MODEL_IDS; id++) {
            live += model[id] > now;
            assert_true(seen[id] == (model[id] > now ? model[id] : 0));
        }
        if (step % 49 == 0)
            assert_int_equal(length_of(*state, now), live);
    }
}

/* ---- Memory ------------------------------------------------------------- */

/* 32 characters of sid, 84 bytes of data and cookie together. */
static void set_many(struct store *store, int count)
{
    for (int i = 0; i < count; i++) {
        char sid[40];
        snprintf(sid, sizeof sid, "%032d", i);
        set(store, 10, sid, "{\"user\":\"tobi\",\"views\":1}",
            "{\"originalMaxAge\":60000,\"httpOnly\":true,\"path\":\"/\",\"x\":1}",
            1000 + i * 7919 % count);
    }
}

static void test_a_small_session_takes_under_496_bytes(void **state)
{
    enum { COUNT = 100000, LIMIT = 496 };
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;

    set_many(*state, COUNT);
    size_t taken = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    if (taken == 0)
        skip(); /* a sanitizer's malloc counts nothing */
    print_message("%zu bytes a session\n", taken / COUNT);
    assert_in_range(taken / COUNT, 84, LIMIT);
}

static void test_what_has_expired_gives_its_memory_back(void **state)
{
    enum { COUNT = 100000, LEFT = 64 * 1024 };
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;

    set_many(*state, COUNT);
    assert_int_equal(reap(*state, 10000000), COUNT);
    size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_true(after < before + LEFT);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_memory, close_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_set_comes_back),
        TEST(test_an_unknown_session_is_a_miss),
        TEST(test_a_set_replaces_the_whole_record),
        TEST(test_a_destroyed_session_is_a_miss_until_it_is_set),
        TEST(test_destroying_what_is_not_there_is_done),
        TEST(test_what_is_stored_is_a_copy),
        TEST(test_a_session_is_expired_at_the_very_millisecond),
        TEST(test_a_session_without_expiry_stays),
        TEST(test_setting_an_expired_session_is_done_and_a_miss),
        TEST(test_a_set_moves_the_expiry_either_way),
        TEST(test_touch_replaces_cookie_and_expiry_alone),
        TEST(test_touch_makes_no_session),
        TEST(test_touch_does_not_revive),
        TEST(test_all_gives_the_live_ones_as_they_came),
        TEST(test_a_row_can_stop_the_rest),
        TEST(test_clear_leaves_an_empty_store_that_works),
        TEST(test_spoil_leaves_what_no_set_wrote),
        TEST(test_reap_frees_what_has_expired_and_no_more),
        TEST(test_expired_sessions_go_though_nobody_reaps),
        TEST(test_two_ids_never_meet),
        TEST(test_a_mebibyte_of_any_bytes_survives),
        TEST(test_two_stores_keep_apart),
        TEST(test_an_unknown_option_is_refused_by_name),
        TEST(test_random_operations_agree_with_a_model),
        TEST(test_a_small_session_takes_under_496_bytes),
        TEST(test_what_has_expired_gives_its_memory_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
