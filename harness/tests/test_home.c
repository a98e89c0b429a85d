/* test_home.c: where the things are that come with the program */
#include "../home.h"

#include "../base/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_home_XXXXXX";

static void assert_below(const char *path, const char *name)
{
    char expected[128];

    snprintf(expected, sizeof expected, "%s/%s", folder, name);
    assert_string_equal(path, expected);
}

static void test_the_environment_names_the_folder(void **state)
{
    (void)state;
    assert_below(home_cases(), "cases");
    assert_below(home_express(), "harness/targets/express");
    assert_below(home_stores(), "stores");
}

/* The server that was built with this program goes first. */
static void test_there_is_always_a_server_to_try(void **state)
{
    const char *name = strrchr(home_server(), '/');

    (void)state;
    assert_non_null(name);
    assert_string_equal(name, "/sessionspec-server");
}

static void test_the_answer_stays_the_same(void **state)
{
    const char *before = home_cases();

    (void)state;
    must(setenv("SESSIONSPEC_HOME", "/nowhere", 1) == 0);
    assert_ptr_equal(home_cases(), before);
    assert_below(home_cases(), "cases");
}

int main(void)
{
    static const char *const folders[] = { "cases", "stores", "harness",
                                           "harness/targets",
                                           "harness/targets/express" };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_environment_names_the_folder),
        cmocka_unit_test(test_there_is_always_a_server_to_try),
        cmocka_unit_test(test_the_answer_stays_the_same),
    };
    char path[128];
    int failed;

    must(mkdtemp(folder));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        must(mkdir(path, 0700) == 0);
    }
    must(setenv("SESSIONSPEC_HOME", folder, 1) == 0);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = sizeof folders / sizeof *folders; i-- > 0;) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        must(remove(path) == 0);
    }
    must(remove(folder) == 0);
    return failed;
}
