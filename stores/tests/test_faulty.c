/* test_faulty.c: the store `faulty`: right without a fault, wrong with one */
#include "store_help.h"

#include "../faulty.h"

/* ---- The table ---------------------------------------------------------- */

struct seen {
    size_t count;
    const char *names[500];
};

static void note_fault(void *arg, const struct faulty_fault *fault)
{
    struct seen *seen = arg;

    assert_true(seen->count < sizeof seen->names / sizeof *seen->names);
    assert_int_equal(
        strspn(fault->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
        strlen(fault->name));
    assert_true(strlen(fault->text) > 10);
    assert_null(strpbrk(fault->text, "\t\n"));
    assert_int_not_equal(fault->text[strlen(fault->text) - 1], '.');
    assert_ptr_equal(faulty_find(fault->name), fault);
    for (size_t i = 0; i < seen->count; i++)
        assert_string_not_equal(seen->names[i], fault->name);
    seen->names[seen->count++] = fault->name;
}

static void test_every_fault_has_a_name_of_its_own_and_a_sentence(void **state)
{
    struct seen seen = { 0 };

    (void)state;
    faulty_each(note_fault, &seen);
    assert_true(seen.count >= 40);
    assert_null(faulty_find("none"));
    assert_null(faulty_find(""));
}

/* ---- Opening ------------------------------------------------------------ */

static void assert_refused(const char *spec, const char *part)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(store_open(&store, spec, NULL, &test_host, &err),
                     SSTORE_E_INVAL);
    assert_null(store);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" gave \"%s\" without \"%s\"", spec, err.text, part);
}

static void test_an_unknown_fault_is_answered_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("faulty?fault=touch-create", "(touch-creates?)");
    assert_refused("faulty?fault=set-merge", "(set-merges?)");
    assert_refused("faulty?fault=", "unknown fault \"\"");
    assert_refused("faulty?fault=x&fault=set-merges", "unknown fault \"x\"");
}

static void test_a_fault_of_any_length_is_refused(void **state)
{
    char spec[5000] = "faulty?fault=";

    (void)state;
    memset(spec + strlen(spec), 'x', sizeof spec - strlen(spec) - 1);
    assert_refused(spec, "unknown fault \"xxx");
}

static void test_an_unknown_option_is_refused(void **state)
{
    (void)state;
    assert_refused("faulty?fualt=set-merges", "unknown option \"fualt\"");
}

/* ---- Without a fault ---------------------------------------------------- */

static void test_without_a_fault_it_is_right(void **state)
{
    struct store *store = store_of("faulty");

    (void)state;
    assert_get(store, 10, "a", "");
    assert_int_equal(set(store, 10, "a", "{\"n\":1}", "{c}", 20), SSTORE_OK);
    assert_int_equal(set(store, 10, "b", "{}", "", SSTORE_NEVER), SSTORE_OK);
    assert_all(store, 19, "a={\"n\":1}/{c}@20 b={}/@9223372036854775807 ");
    assert_int_equal(touch(store, 19, "a", "{d}", 30), SSTORE_OK);
    assert_int_equal(touch(store, 19, "c", "{d}", 30), SSTORE_MISS);
    assert_get(store, 29, "a", "a={\"n\":1}/{d}@30 ");
    assert_get(store, 30, "a", "");
    assert_int_equal(touch(store, 30, "a", "{d}", 40), SSTORE_MISS);
    assert_int_equal(length_of(store, 30), 1);
    assert_int_equal(reap(store, 29), 0);
    assert_int_equal(reap(store, 30), 1);
    assert_int_equal(destroy(store, 30, "b"), SSTORE_OK);
    assert_int_equal(destroy(store, 30, "b"), SSTORE_OK);
    assert_int_equal(length_of(store, 30), 0);
    store_close(store);
}

/* ---- With one ----------------------------------------------------------- */

static void test_touch_creates_makes_a_session(void **state)
{
    struct store *store = store_of("faulty?fault=touch-creates");

    (void)state;
    touch(store, 10, "a", "{c}", 20);
    assert_int_equal(length_of(store, 10), 1);
    store_close(store);
}

static void test_a_folded_id_finds_another(void **state)
{
    struct store *store = store_of("faulty?fault=id-case-is-ignored");

    (void)state;
    set(store, 10, "Ab", "1", "c", 20);
    assert_get(store, 10, "aB", "ab=1/c@20 ");
    store_close(store);
}

static void test_a_changed_value_is_changed_wherever_it_stands(void **state)
{
    struct store *store = store_of("faulty?fault=null-is-dropped");

    (void)state;
    set(store, 10, "a", "{\"x\":null,\"y\":[null,{\"z\":null,\"n\":1}]}", "c",
        20);
    assert_get(store, 10, "a", "a={\"y\":[{\"n\":1}]}/c@20 ");
    store_close(store);
}

static void test_what_is_no_json_is_kept_as_it_is(void **state)
{
    struct store *store = store_of("faulty?fault=null-is-dropped");

    (void)state;
    set(store, 10, "a", "{\"x\":", "", 20);
    assert_get(store, 10, "a", "a={\"x\":/@20 ");
    store_close(store);
}

static void test_clear_reaches_the_neighbour_with_that_fault_alone(void **state)
{
    static const char *const specs[] = {
        "faulty", "faulty?fault=namespace-ends-early-for-clear"
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sstore_call call = at(10);
        struct store *store = store_of(specs[i]), *neighbour;
        struct sstore_err err;

        assert_int_equal(
            store_open(&neighbour, specs[i], "test:b", &test_host, &err),
            SSTORE_OK);
        set(neighbour, 10, "a", "1", "c", 20);
        assert_int_equal(store_clear(store, &call, NULL), SSTORE_OK);
        assert_int_equal(length_of(neighbour, 10), i == 0);
        store_close(store);
        store_close(neighbour);
    }
}

static void test_instances_share_a_shelf_with_that_fault_alone(void **state)
{
    struct store *one = store_of("faulty?fault=namespace-is-ignored");
    struct store *two = store_of("faulty?fault=namespace-is-ignored");
    struct store *other = store_of("faulty");

    (void)state;
    set(one, 10, "a", "1", "c", 20);
    assert_get(two, 10, "a", "a=1/c@20 ");
    assert_get(other, 10, "a", "");
    store_close(one);
    assert_get(two, 10, "a", "a=1/c@20 ");
    store_close(two);
    store_close(other);
    two = store_of("faulty?fault=namespace-is-ignored");
    assert_get(two, 10, "a", "");
    store_close(two);
}

/* ---- All of them, with what is odd -------------------------------------- */

static const char *const odd_texts[] = {
    "",     "a",    "{}",       "{\"a\":[1,{\"cookie\":null}],\"\":\"\"}",
    "{",    "[[]]", "\"x\"",    "{\"a\":1e300,\"b\":-9223372036854775808}",
    "null", "%_*?", "../a//b/", "{\"a\":\"\\u0000<\\ud83d\\ude00 \\r\\n\"}",
};
static const int64_t odd_times[] = { INT64_MIN,     -1,          0, 10,
                                     INT64_MAX - 1, SSTORE_NEVER };

/* Whatever it does, it does no harm: for the sanitizers. */
static void try_all(void *arg, const struct faulty_fault *fault)
{
    char spec[200];
    struct store *store;

    (void)arg;
    snprintf(spec, sizeof spec, "faulty?fault=%s", fault->name);
    store = store_of(spec);
    for (size_t i = 0; i < sizeof odd_texts / sizeof *odd_texts; i++) {
        for (size_t j = 0; j < sizeof odd_times / sizeof *odd_times; j++) {
            const char *text = odd_texts[i];
            struct sstore_call call = at(odd_times[(i + j) % 6]);
            int64_t now_ms = call.now_ms;
            char rows[500] = "";
            uint64_t count;

            touch(store, now_ms, text, text, odd_times[j]);
            set(store, now_ms, text, text, text, odd_times[j]);
            store_get(store, &call, str(text), note_row, rows, NULL);
            touch(store, now_ms, text, text, odd_times[5 - j]);
            set(store, now_ms, text, odd_texts[j], text, odd_times[5 - j]);
            store_length(store, &call, &count, NULL);
            if (i % 3 == 0)
                destroy(store, now_ms, text);
            if (i % 4 == 0)
                store_reap(store, &call, &count, NULL);
        }
    }
    struct sstore_call call = at(0);
    store_clear(store, &call, NULL);
    store_close(store);
}

static void test_no_fault_does_harm_to_its_host(void **state)
{
    (void)state;
    faulty_each(try_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fault_has_a_name_of_its_own_and_a_sentence),
        cmocka_unit_test(test_an_unknown_fault_is_answered_with_the_nearest),
        cmocka_unit_test(test_a_fault_of_any_length_is_refused),
        cmocka_unit_test(test_an_unknown_option_is_refused),
        cmocka_unit_test(test_without_a_fault_it_is_right),
        cmocka_unit_test(test_touch_creates_makes_a_session),
        cmocka_unit_test(test_a_folded_id_finds_another),
        cmocka_unit_test(test_a_changed_value_is_changed_wherever_it_stands),
        cmocka_unit_test(test_what_is_no_json_is_kept_as_it_is),
        cmocka_unit_test(
            test_clear_reaches_the_neighbour_with_that_fault_alone),
        cmocka_unit_test(test_instances_share_a_shelf_with_that_fault_alone),
        cmocka_unit_test(test_no_fault_does_harm_to_its_host),
    };
    return cmocka_run_group_tests_name("faulty", tests, NULL, NULL);
}
