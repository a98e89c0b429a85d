/* test_load.c: plugins in files of their own, those that are none too
 *
 * The files are made from stores/tests/plugins, beside this program.
 */
#include "store_help.h"

#include "../load.h"

#include <pthread.h>
#include <unistd.h>

static const char *plugin_path(const char *name)
{
    static char path[4200];
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    assert_true(length > 0);
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(path, sizeof path, "%s/plugins/%s", self, name);
    return path;
}

static void assert_refused(const char *path, const char *part)
{
    struct sstore_err err = { 0 };

    assert_null(load_plugin(path, &err));
    if (!strstr(err.text, part))
        fail_msg("%s gave \"%s\" without \"%s\"", path, err.text, part);
    assert_null(strchr(err.text, '\n'));
}

static void test_what_is_no_plugin_is_told_apart(void **state)
{
    (void)state;
    assert_refused("./no/such.so", "cannot be read: No such file");
    assert_refused("nosuch.so", "cannot be read: No such file");
    assert_refused("/", "no regular file");
    assert_refused("/dev/null", "no regular file");
    assert_refused("/proc/self/environ", "does not begin as an ELF");
    assert_refused("/proc/self/exe", "cannot be loaded");
    assert_refused(plugin_path("no_entry.so"), "has no sstore_plugin_v1");
    assert_refused(plugin_path("next_major.so"), "is for ABI 2, not 1");
    assert_refused(plugin_path("no_table.so"), "gave NULL");
    assert_refused(plugin_path("no_library.so"), "a_function_of_no_library");
}

static void test_a_path_of_any_length_is_answered(void **state)
{
    char path[9000];

    (void)state;
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_refused(path, "too long");
    path[4090] = '\0';
    assert_refused(path, "cannot be read");
}

static void assert_works(const char *name)
{
    char spec[4300];
    struct store *store;
    struct sstore_call call = at(10);

    snprintf(spec, sizeof spec, "%s?", plugin_path(name));
    store = store_of(spec);
    assert_int_equal(set(store, 10, "a", "data", "cookie", 99), SSTORE_OK);
    assert_get(store, 10, "a", "a=data/cookie@99 ");
    assert_int_equal(store_spoil(store, &call, str("a"), NULL),
                     SSTORE_E_NOTSUP);
    assert_int_equal(touch(store, 10, "a", "c", 99), SSTORE_E_NOTSUP);
    store_close(store);
}

static void test_a_plugin_of_the_frozen_header_works(void **state)
{
    struct sstore_err err;
    const struct sstore_plugin *plugin =
        load_plugin(plugin_path("old_abi.so"), &err);

    (void)state;
    assert_non_null(plugin);
    assert_int_equal(plugin->minor, 0);
    assert_true(plugin->size < sizeof *plugin);
    assert_works("old_abi.so");
}

static void test_a_plugin_of_a_later_minor_works(void **state)
{
    (void)state;
    assert_works("newer.so");
}

static void test_a_path_is_loaded_once(void **state)
{
    struct sstore_err err;
    const char *path = plugin_path("old_abi.so");

    (void)state;
    assert_ptr_equal(load_plugin(path, &err), load_plugin(path, &err));
}

static void *load_often(void *arg)
{
    struct sstore_err err;

    for (int i = 0; i < 200; i++)
        assert_non_null(load_plugin(arg, &err));
    return NULL;
}

static void test_threads_load_side_by_side(void **state)
{
    char *path = strdup(plugin_path("newer.so"));
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_often, path),
                         0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_plugin_is_told_apart),
        cmocka_unit_test(test_a_path_of_any_length_is_answered),
        cmocka_unit_test(test_a_plugin_of_the_frozen_header_works),
        cmocka_unit_test(test_a_plugin_of_a_later_minor_works),
        cmocka_unit_test(test_a_path_is_loaded_once),
        cmocka_unit_test(test_threads_load_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
