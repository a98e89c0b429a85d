/* test_exec.c: stores that are programs: what they are asked and answer */
#include "exec_help.h"

#include <stdatomic.h>

/* ---- The protocol ------------------------------------------------------- */

static void add_word(void *arg, const char *word)
{
    strncat(arg, word, 150);
    strncat(arg, " ", 2);
}

static void test_the_hello_is_the_table(void **state)
{
    const struct sstore_plugin *plugin = store_plugin(*state);
    char words[200] = "";

    assert_string_equal(plugin->name, "told");
    assert_string_equal(plugin->version, "1.2");
    assert_int_equal(plugin->threads, SSTORE_THREADS_PARALLEL);
    assert_true(SSTORE_HAS(plugin, touch) && SSTORE_HAS(plugin, reap));
    assert_false(SSTORE_HAS(plugin, clear) || SSTORE_HAS(plugin, spoil));
    store_capabilities(*state, add_word, words);
    assert_string_equal(words,
                        "host-clock namespace binary-sid break singing ");
    assert_non_null(strstr(store_about(*state), "\"resolution\":1000"));
    assert_non_null(strstr(store_about(*state), "\"licence\":[{"));
}

/* The `set` or `touch` that the program had last, without its id. */
static void assert_last_set(struct store *store, const char *expected)
{
    json_t *data = data_of(store, "about");
    json_t *last = json_object_get(data, "set");
    char *text;

    assert_true(json_is_object(last));
    json_object_del(last, "id");
    json_object_del(last, "instance");
    text = json_dumps(last, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(data);
}

static void test_data_and_cookie_are_one_session(void **state)
{
    assert_int_equal(set(*state, 10, "a", "{\"n\":1.50}", "{\"p\":2}", 99),
                     SSTORE_OK);
    assert_last_set(*state, "{\"op\":\"set\",\"sid\":\"a\",\"session\":"
                            "{\"cookie\":{\"p\":2},\"n\":1.5},"
                            "\"expires\":99,\"now\":10}");
    set(*state, 10, "a", " { }", "{}", 99);
    assert_get(*state, 10, "a", "a={}/{}@9223372036854775807 ");
    set(*state, 10, "a", "{\"a\":\n[1]}", "", 99);
    assert_get(*state, 10, "a", "a={\"a\":[1]}/@9223372036854775807 ");
    set(*state, 10, "a", "7", "", 99);
    assert_get(*state, 10, "a", "a=7/@9223372036854775807 ");
    assert_int_equal(set(*state, 10, "a", "7", "{}", 99), SSTORE_E_INVAL);
}

static void test_without_expiry_it_is_null(void **state)
{
    set(*state, -5, "a", "{}", "{}", SSTORE_NEVER);
    assert_last_set(*state, "{\"op\":\"set\",\"sid\":\"a\",\"session\":"
                            "{\"cookie\":{}},\"expires\":null,\"now\":-5}");
}

static void test_a_touch_is_like_a_set_and_may_miss(void **state)
{
    set(*state, 10, "a", "{}", "{}", 99);
    assert_int_equal(touch(*state, 10, "a", "{\"p\":3}", 98), SSTORE_OK);
    assert_last_set(*state,
                    "{\"op\":\"touch\",\"sid\":\"a\",\"session\":"
                    "{\"cookie\":{\"p\":3}},\"expires\":98,\"now\":10}");
    assert_int_equal(touch(*state, 10, "b", "{}", 98), SSTORE_MISS);
}

static void test_the_expiry_is_that_of_the_cookie(void **state)
{
    static const struct {
        const char *text;
        long long ms;
    } table[] = {
        { "1970-01-01T00:00:00.000Z", 0 },
        { "2023-11-14T22:13:20.123Z", 1700000000123 },
        { "2024-02-29T12:00:00.000Z", 1709208000000 },
        { "1969-12-31T23:59:59.999Z", -1 },
        { "+275760-09-13T00:00:00.000Z", 8640000000000000 },
        { "-271821-04-20T00:00:00.000Z", -8640000000000000 },
        { "tomorrow", INT64_MAX },
        { "2024-02-29T12:00:00.000Z!", INT64_MAX },
        { "", INT64_MAX },
    };
    char cookie[80], expected[120];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(cookie, sizeof cookie, "{\"expires\":\"%s\"}", table[i].text);
        snprintf(expected, sizeof expected, "a={}/%s@%lld ", cookie,
                 table[i].ms);
        set(*state, 10, "a", "{}", cookie, 99);
        assert_get(*state, 10, "a", expected);
    }
}

static void test_numbers_come_back_as_they_were_written(void **state)
{
    assert_get(*state, 10, "has_big_numbers",
               "has_big_numbers={\"n\":1.2345678901234567e19,\"m\":7.0,"
               "\"f\":0.10000000000000001}/{}@9223372036854775807 ");
}

static int count_nameless(void *arg, struct sstore_str sid,
                          const struct sstore_record *rec)
{
    (void)rec;
    *(int *)arg += sid.p == NULL;
    return 0;
}

static void test_all_may_be_without_ids(void **state)
{
    struct sstore_call call = at(10);
    int nameless = 0;

    set(*state, 10, "a", "{}", "{}", 99);
    set(*state, 10, "b", "{}", "{}", 99);
    assert_int_equal(store_all(*state, &call, count_nameless, &nameless, NULL),
                     SSTORE_OK);
    assert_int_equal(nameless, 2);
    assert_int_equal(length_of(*state, 10), 2);
    assert_int_equal(reap(*state, 10), 2);
}

static void test_options_and_namespace_come_with_open(void **state)
{
    char spec[TREE_PATH + 400];
    json_t *data, *opened;

    (void)state;
    snprintf(spec, sizeof spec, "exec?dir=/tmp/x%%20y&deep:%s",
             told("") + strlen("exec:"));
    struct store *store = store_of(spec);
    data = data_of(store, "about");
    opened = json_object_get(data, "opened");
    assert_string_equal(json_string_value(json_object_get(opened, "namespace")),
                        "test");
    opened = json_object_get(opened, "options");
    assert_int_equal(json_object_size(opened), 2);
    assert_string_equal(json_string_value(json_object_get(opened, "dir")),
                        "/tmp/x y");
    assert_string_equal(json_string_value(json_object_get(opened, "deep")), "");
    json_decref(data);
    store_close(store);
}

static void test_a_store_may_break_and_mend_for_one_instance(void **state)
{
    struct store *other = store_of(told(""));
    struct sstore_call call = at(10);
    struct sstore_err err;

    assert_true(store_can(*state, "break") && store_can(*state, "mend"));
    assert_false(store_can(*state, "dance"));
    assert_int_equal(store_act(*state, "break", &call, &err), SSTORE_OK);
    assert_fails(*state, "none", SSTORE_E_IO, "it is broken");
    assert_null(data_of(other, "none"));
    assert_int_equal(store_act(*state, "mend", &call, &err), SSTORE_OK);
    assert_null(data_of(*state, "none"));
    assert_int_equal(store_act(*state, "dance", &call, &err), SSTORE_E_NOTSUP);
    store_close(other);
}

static void test_instances_have_one_program(void **state)
{
    struct store *other = store_of(told(""));

    assert_int_equal(process_of(*state), process_of(other));
    assert_int_equal(store_process(*state), process_of(other));
    store_close(other);
    assert_true(process_of(*state) > 0);
}

/* Beyond any buffer. */
static void test_a_session_of_many_mebibytes_survives(void **state)
{
    enum { SIZE = 5 << 20 };
    char *bytes = malloc(SIZE + 1);
    json_t *data;

    assert_non_null(bytes);
    memset(bytes, 'x', SIZE);
    bytes[SIZE] = '\0';
    memcpy(bytes, "{\"s\":\"", 6);
    memcpy(bytes + SIZE - 2, "\"}", 2);
    assert_int_equal(set(*state, 10, "big", bytes, "{}", 99), SSTORE_OK);
    data = data_of(*state, "big");
    assert_int_equal(json_string_length(json_object_get(data, "s")), SIZE - 8);
    json_decref(data);
    destroy(*state, 10, "big");
    free(bytes);
}

static void test_a_request_over_the_limit_is_too_big(void **state)
{
    enum { SIZE = 65 << 20 };
    char *bytes = malloc(SIZE + 1);

    assert_non_null(bytes);
    memset(bytes, ' ', SIZE);
    bytes[SIZE] = '\0';
    memcpy(bytes, "{}", 2);
    assert_int_equal(set(*state, 10, "big", bytes, "{}", 99), SSTORE_E_TOOBIG);
    free(bytes);
}

static void test_an_id_that_is_no_text_is_refused(void **state)
{
    assert_int_equal(set(*state, 10, "\xff", "{}", "{}", 99), SSTORE_E_INVAL);
    assert_fails(*state, "\xed\xa0\x80", SSTORE_E_INVAL, "UTF-8");
}

/* ---- Events ------------------------------------------------------------- */

static void count_ready(void *ctx, int up)
{
    atomic_int *counts = ctx;

    counts[up]++;
}

static void test_events_reach_the_instances(void **state)
{
    static atomic_int counts[2];
    const struct sstore_host host = { .size = sizeof host,
                                      .major = SSTORE_MAJOR,
                                      .minor = SSTORE_MINOR,
                                      .ctx = counts,
                                      .ready = count_ready };
    struct sstore_err err;
    struct store *other;

    assert_int_equal(store_open(&other, told(""), "x", &host, &err), SSTORE_OK);
    assert_null(data_of(*state, "goes_down"));
    assert_int_equal(counts[0], 1);
    assert_null(data_of(*state, "comes_up"));
    assert_int_equal(counts[1], 0);
    assert_null(data_of(other, "comes_up"));
    assert_int_equal(counts[1], 1);
    assert_null(data_of(other, "tells_others"));
    assert_int_equal(counts[0], 1);
    assert_null(data_of(other, "has_an_odd_event"));
    assert_int_equal(counts[0] + counts[1], 2);
    store_close(other);
    assert_null(data_of(*state, "goes_down"));
    assert_int_equal(counts[0], 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_the_hello_is_the_table),
        TEST(test_data_and_cookie_are_one_session),
        TEST(test_without_expiry_it_is_null),
        TEST(test_a_touch_is_like_a_set_and_may_miss),
        TEST(test_the_expiry_is_that_of_the_cookie),
        TEST(test_numbers_come_back_as_they_were_written),
        TEST(test_all_may_be_without_ids),
        TEST(test_options_and_namespace_come_with_open),
        TEST(test_a_store_may_break_and_mend_for_one_instance),
        TEST(test_instances_have_one_program),
        TEST(test_a_session_of_many_mebibytes_survives),
        TEST(test_a_request_over_the_limit_is_too_big),
        TEST(test_an_id_that_is_no_text_is_refused),
        TEST(test_events_reach_the_instances),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    exec_end();
    return failed;
}
