/* test_header.c: what the ABI promises for the whole of MAJOR 1
 *
 * Codes, bits, members' places: a plugin that was built with an older 1.x
 * header has them inside. A failure here is a broken ABI, not a wrong test.
 */
#include "store_help.h"

static void test_codes_keep_their_numbers(void **state)
{
    static const struct {
        int code, value;
    } table[] = {
        { SSTORE_OK, 0 },         { SSTORE_MISS, 1 },
        { SSTORE_STOP, 2 },       { SSTORE_E_INVAL, -1 },
        { SSTORE_E_NOMEM, -2 },   { SSTORE_E_IO, -3 },
        { SSTORE_E_TIMEOUT, -4 }, { SSTORE_E_CORRUPT, -5 },
        { SSTORE_E_TOOBIG, -6 },  { SSTORE_E_NOTSUP, -7 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(table[i].code, table[i].value);
        assert_non_null(store_code_name(table[i].code));
        assert_non_null(store_code_text(table[i].code));
    }
    assert_string_equal(store_code_name(SSTORE_E_TOOBIG), "SSTORE_E_TOOBIG");
    assert_string_equal(store_code_text(SSTORE_OK), "done");
    assert_null(store_code_name(-8));
    assert_null(store_code_text(3));
}

static void test_capabilities_keep_their_bits(void **state)
{
    (void)state;
    assert_int_equal(SSTORE_CAP_DURABLE, 1);
    assert_int_equal(SSTORE_CAP_SHARED, 2);
    assert_int_equal(SSTORE_CAP_HOST_CLOCK, 4);
    assert_int_equal(SSTORE_CAP_NATIVE_TTL, 8);
    assert_int_equal(SSTORE_CAP_NAMESPACE, 16);
    assert_int_equal(SSTORE_CAP_BINARY_SID, 32);
    assert_int_equal(SSTORE_THREADS_ONE_PLUGIN, 0);
    assert_int_equal(SSTORE_THREADS_ONE_INSTANCE, 1);
    assert_int_equal(SSTORE_THREADS_PARALLEL, 2);
}

static void test_frozen_structs_keep_their_layout(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    assert_int_equal(sizeof(struct sstore_str), 16);
    assert_int_equal(sizeof(struct sstore_record), 40);
    assert_int_equal(sizeof(struct sstore_err), 256);
    assert_int_equal(sizeof(struct sstore_opt), 16);
    assert_int_equal(sizeof(enum sstore_code), 4);
    assert_int_equal(sizeof(enum sstore_cap), 4);
    assert_int_equal(offsetof(struct sstore_record, cookie), 16);
    assert_int_equal(offsetof(struct sstore_record, expires_ms), 32);
}

static void test_growing_structs_keep_what_they_have(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    assert_int_equal(offsetof(struct sstore_call, now_ms), 8);
    assert_int_equal(offsetof(struct sstore_call, trace), 24);
    assert_int_equal(offsetof(struct sstore_host, ctx), 8);
    assert_int_equal(offsetof(struct sstore_host, ready), 24);
    assert_int_equal(offsetof(struct sstore_plugin, threads), 8);
    assert_int_equal(offsetof(struct sstore_plugin, name), 16);
    assert_int_equal(offsetof(struct sstore_plugin, open), 40);
    assert_int_equal(offsetof(struct sstore_plugin, destroy), 72);
    assert_int_equal(offsetof(struct sstore_plugin, touch), 80);
    assert_int_equal(offsetof(struct sstore_plugin, reap), 112);
    assert_int_equal(offsetof(struct sstore_plugin, spoil), 120);
}

static void test_an_operation_past_the_plugins_end_is_absent(void **state)
{
    struct sstore_plugin plugin;

    (void)state;
    memset(&plugin, 0xff, sizeof plugin);
    plugin.size = sizeof plugin;
    assert_true(SSTORE_HAS(&plugin, spoil));
    plugin.size = offsetof(struct sstore_plugin, spoil);
    assert_false(SSTORE_HAS(&plugin, spoil));
    assert_true(SSTORE_HAS(&plugin, reap));
    plugin.size = offsetof(struct sstore_plugin, reap);
    assert_false(SSTORE_HAS(&plugin, reap));
    assert_true(SSTORE_HAS(&plugin, length));
    plugin.length = NULL;
    assert_false(SSTORE_HAS(&plugin, length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_keep_their_numbers),
        cmocka_unit_test(test_capabilities_keep_their_bits),
        cmocka_unit_test(test_frozen_structs_keep_their_layout),
        cmocka_unit_test(test_growing_structs_keep_what_they_have),
        cmocka_unit_test(test_an_operation_past_the_plugins_end_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
