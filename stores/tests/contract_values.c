/* contract_values.c: what every store owes ids, names and bytes */
#include "contract.h"

#include <dirent.h>
#include <sys/types.h>

/* Ids that are alike to someone: file systems, patterns, SQL, C, collations. */
static const struct sstore_str ids[] = {
#define ID(text)                                                               \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }
    ID("a"),
    ID("A"),
    ID("a "),
    ID(" a"),
    ID("a\t"),
    ID("a\n"),
    ID("ab"),
    ID("*"),
    ID("a*"),
    ID("?"),
    ID("[a]"),
    ID("%"),
    ID("a%"),
    ID("%61"),
    ID("_"),
    ID("\\"),
    ID("a\\"),
    ID("'"),
    ID("\""),
    ID("`"),
    ID("a'; DROP TABLE sessions; --"),
    ID("$(touch x)"),
    ID("."),
    ID(".."),
    ID("/"),
    ID("a/b"),
    ID("../a"),
    ID("../../etc/passwd"),
    ID("a:b"),
    ID("a\r\nget b\r\n"),
    ID("0"),
    ID("-1"),
    ID("null"),
    ID("__proto__"),
    ID("\xc3\xa9"),
    ID("e\xcc\x81"),
    ID("\xc3\x89"),
    ID("\xf0\x9f\x8d\xaa"),
#undef ID
};
/* Ids of any bytes, for those who declare SSTORE_CAP_BINARY_SID. */
static const struct sstore_str binary_ids[] = {
#define ID(text)                                                               \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }
    ID(""),     ID("\0"),   ID("\0\0"), ID("a\0"),
    ID("a\0b"), ID("a\0c"), ID("\xff"), ID("\xff\xff"),
    ID("\x01"), ID("\x7f"), ID("\xc3"), ID("\xed\xa0\x80"),
#undef ID
};

static int take_number(void *arg, struct sstore_str sid,
                       const struct sstore_record *rec)
{
    (void)sid;
    snprintf(arg, 20, "%.*s", (int)rec->data.n, rec->data.p);
    return 0;
}

static int set_number(struct store *store, struct sstore_str sid, int number)
{
    struct sstore_call call = at(10);
    char data[20];

    snprintf(data, sizeof data, "%d", number);
    struct sstore_record rec = { str(data), str("{}"), 99 };
    return store_set(store, &call, sid, &rec, NULL);
}

/* The number that is stored under the id, -1 where there is none. */
static int number_at(struct store *store, struct sstore_str sid)
{
    struct sstore_call call = at(10);
    char data[20] = "-1";

    int code = store_get(store, &call, sid, take_number, data, NULL);
    assert_int_equal(code, strcmp(data, "-1") == 0 ? SSTORE_MISS : SSTORE_OK);
    return (int)strtol(data, NULL, 10);
}

static void keep_apart(struct store *store, const struct sstore_str *sids,
                       int count)
{
    struct sstore_call call = at(10);

    for (int i = 0; i < count; i++) {
        assert_int_equal(number_at(store, sids[i]), -1);
        assert_int_equal(set_number(store, sids[i], i), SSTORE_OK);
    }
    for (int i = 0; i < count; i++)
        assert_int_equal(number_at(store, sids[i]), i);
    if (SSTORE_HAS(store_plugin(store), length))
        assert_int_equal(length_of(store, 10), count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(store_destroy(store, &call, sids[i], NULL), SSTORE_OK);
        assert_int_equal(number_at(store, sids[i]), -1);
        if (i + 1 < count)
            assert_int_equal(number_at(store, sids[i + 1]), i + 1);
    }
}

static void test_two_ids_never_meet(void **state)
{
    struct contract *contract = *state;

    keep_apart(contract->store, ids, sizeof ids / sizeof *ids);
}

static void test_ids_of_any_bytes_never_meet(void **state)
{
    struct contract *contract = *state;

    if (!contract_has_cap(contract, SSTORE_CAP_BINARY_SID))
        skip();
    keep_apart(contract->store, binary_ids,
               sizeof binary_ids / sizeof *binary_ids);
    /* Without bytes there may be no pointer: it is the empty id. */
    set_number(contract->store, (struct sstore_str){ NULL, 0 }, 7);
    assert_int_equal(number_at(contract->store, str("")), 7);
    assert_int_equal(number_at(contract->store, (struct sstore_str){ NULL, 0 }),
                     7);
}

/* Ids of one length that differ in the last byte, and one that is shorter. A
 * length that the store cannot hold is said to be so, by every operation that
 * would have to hold it, and is nobody's. */
static void long_ids(struct store *store, size_t length)
{
    char *text = malloc(length);

    assert_non_null(text);
    memset(text, 'x', length);
    struct sstore_str sid = { text, length };
    struct sstore_str shorter = { text, length - 1 };
    int code = set_number(store, sid, 1);
    if (code == SSTORE_E_TOOBIG || code == SSTORE_E_INVAL) {
        assert_true(length > 255);
        assert_int_equal(set_number(store, sid, 1), code);
    } else {
        assert_int_equal(code, SSTORE_OK);
        text[length - 1] = 'y';
        assert_int_equal(number_at(store, sid), -1);
        assert_int_equal(set_number(store, sid, 2), SSTORE_OK);
        assert_int_equal(set_number(store, shorter, 3), SSTORE_OK);
        assert_int_equal(number_at(store, sid), 2);
        assert_int_equal(number_at(store, shorter), 3);
        text[length - 1] = 'x';
        assert_int_equal(number_at(store, sid), 1);
    }
    free(text);
}

static void test_long_ids_never_meet(void **state)
{
    static const size_t table[] = {
        64,  128, 199, 200, 201, 240,  250,  255,
        256, 470, 480, 511, 512, 1024, 4000, 65536
    };
    struct contract *contract = *state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        long_ids(contract->store, table[i]);
}

static void test_all_gives_the_ids_as_they_were(void **state)
{
    struct contract *contract = *state;
    char id[4000];

    NEEDS(contract, all);
    memset(id, 'x', sizeof id);
    for (size_t length = 1; length <= sizeof id; length = length * 3 + 1) {
        struct sstore_call call = at(10);
        struct sstore_str sid = { id, length };
        char text[500] = "", expected[500];

        id[0] = '%';
        if (set_number(contract->store, sid, 7) != SSTORE_OK)
            continue;
        snprintf(expected, sizeof expected, "%.*s=7/{}@99 ", (int)length, id);
        assert_int_equal(
            store_all(contract->store, &call, note_row, text, NULL), SSTORE_OK);
        assert_string_equal(text, expected);
        store_destroy(contract->store, &call, sid, NULL);
    }
}

/* ---- Bytes -------------------------------------------------------------- */

static int compare_record(void *arg, struct sstore_str sid,
                          const struct sstore_record *rec)
{
    const struct sstore_record *expected = arg;

    (void)sid;
    assert_int_equal(rec->data.n, expected->data.n);
    assert_memory_equal(rec->data.p, expected->data.p, rec->data.n);
    assert_int_equal(rec->cookie.n, expected->cookie.n);
    if (rec->cookie.n)
        assert_memory_equal(rec->cookie.p, expected->cookie.p, rec->cookie.n);
    assert_true(rec->expires_ms == expected->expires_ms);
    return 0;
}

static void assert_survives(struct store *store, struct sstore_str data,
                            struct sstore_str cookie)
{
    struct sstore_call call = at(10);
    struct sstore_record rec = { data, cookie, 99 };

    assert_int_equal(store_set(store, &call, str("a"), &rec, NULL), SSTORE_OK);
    assert_int_equal(
        store_get(store, &call, str("a"), compare_record, &rec, NULL),
        SSTORE_OK);
}

/* A JSON string of that many bytes. */
static void test_data_of_any_size_survive(void **state)
{
    static const size_t table[] = { 2,     3,     255,   256,   1023,   1024,
                                    4039,  4040,  4095,  4096,  4097,   16384,
                                    65534, 65535, 65536, 65537, 1 << 20 };
    struct contract *contract = *state;
    char *bytes = malloc(1 << 20);

    assert_non_null(bytes);
    memset(bytes, 'x', 1 << 20);
    bytes[0] = '"';
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sstore_str data = { bytes, table[i] };
        bytes[table[i] - 1] = '"';
        assert_survives(contract->store, data, str("{}"));
        bytes[table[i] - 1] = 'x';
    }
    free(bytes);
}

static void test_text_of_any_script_survives(void **state)
{
    static const char *const table[] = {
        "{\"ключ\":\"значение\",\"a\\u0000b\":\"\\ud800\"}",
        "{\"\":\"🍪 👩‍💻\",\"$\":{\".\":[null]}}",
        "\"\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\x7f'\\\"`;--%s%n\"",
        "\"a\\r\\nEND\\r\\n\"",
        "null",
    };
    struct contract *contract = *state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_survives(contract->store, str(table[i]), str(table[i]));
    assert_survives(contract->store, str("{}"), (struct sstore_str){ NULL, 0 });
}

static void test_what_is_stored_is_a_copy(void **state)
{
    struct contract *contract = *state;
    char sid[] = "sid", data[] = "\"data\"", cookie[] = "\"cookie\"";

    set(contract->store, 10, sid, data, cookie, 99);
    sid[1] = data[1] = cookie[1] = 'X';
    assert_get(contract->store, 10, "sid", "sid=\"data\"/\"cookie\"@99 ");
}

/* ---- Namespaces, instances, reopening ----------------------------------- */

static void test_namespaces_keep_apart(void **state)
{
    static const char *const names[] = { "n",   "N",  "n:",   "n*",  "n/x",
                                         "n%",  "",   "../n", "n'",  "n\\",
                                         "n_x", "ns", "n n",  "n n " };
    enum { COUNT = sizeof names / sizeof *names };
    struct contract *contract = *state;
    struct store *stores[COUNT];
    struct sstore_call call = at(10);

    if (!contract_has_cap(contract, SSTORE_CAP_NAMESPACE))
        skip();
    for (int i = 0; i < COUNT; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s",
                 *names[i] ? contract->name_space : "", names[i]);
        stores[i] = contract_open(contract, name);
        assert_int_equal(set_number(stores[i], str("a"), i), SSTORE_OK);
        assert_int_equal(set_number(stores[i], str(":a"), i), SSTORE_OK);
    }
    assert_get(contract->store, 10, "a", "");
    assert_get(contract->store, 10, ":a", "");
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(number_at(stores[i], str("a")), i);
    for (int i = 0; i < COUNT; i++) {
        store_destroy(stores[i], &call, str("a"), NULL);
        if (SSTORE_HAS(store_plugin(stores[i]), clear))
            store_clear(stores[i], &call, NULL);
        if (i + 1 < COUNT) {
            assert_int_equal(number_at(stores[i + 1], str("a")), i + 1);
            assert_int_equal(number_at(stores[i + 1], str(":a")), i + 1);
        }
        store_destroy(stores[i], &call, str(":a"), NULL);
        store_close(stores[i]);
    }
}

static void test_long_namespaces_keep_apart(void **state)
{
    struct contract *contract = *state;
    struct store *stores[2];
    char name[401];

    if (!contract_has_cap(contract, SSTORE_CAP_NAMESPACE))
        skip();
    for (int i = 0; i < 2; i++) {
        memset(name, 'n', 400);
        memcpy(name, contract->name_space, strlen(contract->name_space));
        name[399] = (char)('a' + i);
        name[400] = '\0';
        stores[i] = contract_open(contract, name);
        assert_int_equal(set_number(stores[i], str("a"), i), SSTORE_OK);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(number_at(stores[i], str("a")), i);
        destroy(stores[i], 10, "a");
        store_close(stores[i]);
    }
}

static void test_two_instances_see_each_other(void **state)
{
    struct contract *contract = *state;

    if (!contract_has_cap(contract, SSTORE_CAP_SHARED))
        skip();
    struct store *other = contract_open(contract, contract->name_space);
    set(contract->store, 10, "a", "1", "{}", 99);
    assert_get(other, 10, "a", "a=1/{}@99 ");
    set(other, 10, "a", "2", "{}", 98);
    assert_get(contract->store, 10, "a", "a=2/{}@98 ");
    destroy(contract->store, 10, "a");
    assert_get(other, 10, "a", "");
    store_close(other);
}

static void test_a_store_opened_anew_has_its_sessions(void **state)
{
    struct contract *contract = *state;

    if (!contract_has_cap(contract, SSTORE_CAP_DURABLE))
        skip();
    set(contract->store, 10, "a", "1", "{}", 20);
    set(contract->store, 10, "a", "2", "{}", 30);
    set(contract->store, 10, "b", "1", "{}", 30);
    destroy(contract->store, 10, "b");
    for (int i = 0; i < 3; i++) {
        store_close(contract->store);
        contract->store = contract_open(contract, contract->name_space);
    }
    assert_get(contract->store, 10, "a", "a=2/{}@30 ");
    assert_get(contract->store, 10, "b", "");
    assert_get(contract->store, 30, "a", "");
}

static size_t count_entries(const char *folder)
{
    DIR *list = opendir(folder);
    size_t count = 0;

    assert_non_null(list);
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void use_and_close(const struct contract *contract)
{
    enum { INSTANCES = 40 };
    struct store *stores[INSTANCES];

    for (int i = 0; i < INSTANCES; i++) {
        char name[60];
        snprintf(name, sizeof name, "%s/%d", contract->name_space, i);
        stores[i] = contract_open(contract, name);
        set(stores[i], 10, "a", "1", "{}", 99);
        assert_get(stores[i], 10, "a", "a=1/{}@99 ");
        destroy(stores[i], 10, "a");
    }
    for (int i = 0; i < INSTANCES; i++)
        store_close(stores[i]);
}

/* Counted after a first round: what is pooled for the next is no leak. */
static void test_closed_stores_leave_no_descriptor_or_thread(void **state)
{
    struct contract *contract = *state;
    use_and_close(contract);
    size_t files = count_entries("/proc/self/fd");
    size_t threads = count_entries("/proc/self/task");

    for (int i = 0; i < 3; i++)
        use_and_close(contract);
    assert_in_range(count_entries("/proc/self/fd"), 0, files);
    assert_in_range(count_entries("/proc/self/task"), 0, threads);
}

static void test_an_unknown_option_is_refused_by_name(void **state)
{
    struct contract *contract = *state;
    struct store *store;
    struct sstore_err err;
    char spec[512];

    snprintf(spec, sizeof spec, "%s%csize=3", contract->spec,
             strchr(contract->spec, '?') ? '&' : '?');
    assert_int_equal(contract->open(&store, spec, NULL, &test_host, &err),
                     SSTORE_E_INVAL);
    assert_null(store);
    assert_non_null(strstr(err.text, "\"size\""));
}

/* ---- Spoilt records ----------------------------------------------------- */

static int spoil(struct store *store, const char *sid)
{
    struct sstore_call call = at(10);
    return store_spoil(store, &call, str(sid), NULL);
}

static void test_a_spoilt_record_is_no_session(void **state)
{
    struct contract *contract = *state;
    struct sstore_call call = at(10);

    NEEDS(contract, spoil);
    assert_int_equal(spoil(contract->store, "a"), SSTORE_MISS);
    set(contract->store, 10, "a", "{\"n\":1}", "{}", 99);
    set(contract->store, 10, "b", "{\"n\":2}", "{}", 99);
    assert_int_equal(spoil(contract->store, "a"), SSTORE_OK);
    for (int i = 0; i < 3; i++) {
        char text[500] = "";
        int code =
            store_get(contract->store, &call, str("a"), note_row, text, NULL);
        assert_string_equal(text, "");
        assert_true(code == SSTORE_E_CORRUPT || code == SSTORE_MISS);
        assert_get(contract->store, 10, "b", "b={\"n\":2}/{}@99 ");
    }
}

static void test_set_and_destroy_take_a_spoilt_record_away(void **state)
{
    struct contract *contract = *state;
    struct sstore_call call = at(10);

    NEEDS(contract, spoil);
    set(contract->store, 10, "a", "{\"n\":1}", "{}", 99);
    spoil(contract->store, "a");
    assert_int_equal(set(contract->store, 10, "a", "2", "{}", 98), SSTORE_OK);
    assert_get(contract->store, 10, "a", "a=2/{}@98 ");
    spoil(contract->store, "a");
    assert_int_equal(destroy(contract->store, 10, "a"), SSTORE_OK);
    assert_get(contract->store, 10, "a", "");
    set(contract->store, 10, "a", "3", "{}", 97);
    assert_get(contract->store, 10, "a", "a=3/{}@97 ");
    NEEDS(contract, clear);
    spoil(contract->store, "a");
    assert_int_equal(store_clear(contract->store, &call, NULL), SSTORE_OK);
    assert_get(contract->store, 10, "a", "");
}

const struct CMUnitTest contract_value_tests[] = {
    CONTRACT_TEST(test_two_ids_never_meet),
    CONTRACT_TEST(test_ids_of_any_bytes_never_meet),
    CONTRACT_TEST(test_long_ids_never_meet),
    CONTRACT_TEST(test_all_gives_the_ids_as_they_were),
    CONTRACT_TEST(test_data_of_any_size_survive),
    CONTRACT_TEST(test_text_of_any_script_survives),
    CONTRACT_TEST(test_what_is_stored_is_a_copy),
    CONTRACT_TEST(test_namespaces_keep_apart),
    CONTRACT_TEST(test_long_namespaces_keep_apart),
    CONTRACT_TEST(test_two_instances_see_each_other),
    CONTRACT_TEST(test_a_store_opened_anew_has_its_sessions),
    CONTRACT_TEST(test_closed_stores_leave_no_descriptor_or_thread),
    CONTRACT_TEST(test_an_unknown_option_is_refused_by_name),
    CONTRACT_TEST(test_a_spoilt_record_is_no_session),
    CONTRACT_TEST(test_set_and_destroy_take_a_spoilt_record_away),
    { .name = NULL },
};
