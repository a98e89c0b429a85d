/* test_backend.c: a throwaway server, as its starter is spoken with
 *
 * The starter here is a script of this test, found by $SESSIONSPEC_HOME. The
 * real one has its own test, backends/test.sh.
 */
#include "../backend.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct home {
    char path[64], script[128], seen[128];
};

static void make_folder(const char *home, const char *below)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", home, below);
    assert_int_equal(mkdir(path, 0755), 0);
}

static int set_up(void **state)
{
    struct home *home = calloc(1, sizeof *home);

    *state = home;
    snprintf(home->path, sizeof home->path, "/tmp/test_backend.XXXXXX");
    assert_non_null(mkdtemp(home->path));
    make_folder(home->path, "stores");
    make_folder(home->path, "stores/backends");
    snprintf(home->script, sizeof home->script, "%s/stores/backends/start",
             home->path);
    snprintf(home->seen, sizeof home->seen, "%s/seen", home->path);
    setenv("SESSIONSPEC_HOME", home->path, 1);
    setenv("SEEN", home->seen, 1);
    signal(SIGPIPE, SIG_IGN); /* as the server has it */
    return 0;
}

static int tear_down(void **state)
{
    struct home *home = *state;
    char path[128];

    unlink(home->script);
    unlink(home->seen);
    snprintf(path, sizeof path, "%s/stores/backends", home->path);
    rmdir(path);
    snprintf(path, sizeof path, "%s/stores", home->path);
    rmdir(path);
    assert_int_equal(rmdir(home->path), 0);
    free(home);
    return 0;
}

/* What the starter does. It notes in $SEEN what it was told. */
static void script(const struct home *home, const char *text)
{
    FILE *file = fopen(home->script, "w");

    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s\n", text);
    assert_int_equal(fchmod(fileno(file), 0755), 0);
    assert_int_equal(fclose(file), 0);
}

static const char obedient[] =
    "echo \"$1\" >\"$SEEN\"\n"
    "echo \"$1://127.0.0.1:7\"\n"
    "while read -r word; do\n"
    "    echo \"$word\" >>\"$SEEN\"\n"
    "    case $word in stop) echo stopped ;; start) echo started ;; esac\n"
    "done\n"
    "echo end >>\"$SEEN\"\n";

static void assert_seen(const struct home *home, const char *expected)
{
    char seen[256];
    FILE *file = fopen(home->seen, "r");
    size_t length;

    assert_non_null(file);
    length = fread(seen, 1, sizeof seen - 1, file);
    seen[length] = '\0';
    fclose(file);
    assert_string_equal(seen, expected);
}

static void test_a_name_without_an_address_is_meant(void **state)
{
    (void)state;
    assert_true(backend_is_meant("redis"));
    assert_true(backend_is_meant("postgres?table=x"));
    assert_true(backend_is_meant("mariadb"));
    assert_true(backend_is_meant("memcached?"));
    assert_false(backend_is_meant("redis://127.0.0.1:6379"));
    assert_false(backend_is_meant("redis:"));
    assert_false(backend_is_meant("rediss"));
    assert_false(backend_is_meant("memory"));
    assert_false(backend_is_meant("./redis"));
    assert_false(backend_is_meant(""));
}

static void
test_what_stood_behind_the_name_stands_behind_the_address(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, obedient);
    backend = backend_start("redis?prefix=a&n=1", error);
    assert_non_null(backend);
    assert_string_equal(backend_spec(backend),
                        "redis://127.0.0.1:7?prefix=a&n=1");
    backend_stop(backend);
}

static void test_it_serves_its_own_address_and_no_other(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, obedient);
    backend = backend_start("redis", error);
    assert_non_null(backend);
    assert_true(backend_serves(backend, "redis://127.0.0.1:7"));
    assert_true(backend_serves(backend, "redis://127.0.0.1:7?prefix=a"));
    assert_false(backend_serves(backend, "redis://127.0.0.1:77"));
    assert_false(backend_serves(backend, "redis://127.0.0.1:"));
    assert_false(backend_serves(backend, "memory"));
    backend_stop(backend);
}

static void test_break_and_mend_wait_for_their_answers(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, obedient);
    backend = backend_start("postgres", error);
    assert_non_null(backend);
    assert_int_equal(backend_break(backend, error), 0);
    assert_seen(*state, "postgres\nstop\n");
    assert_int_equal(backend_mend(backend, error), 0);
    assert_seen(*state, "postgres\nstop\nstart\n");
    backend_stop(backend);
}

static void test_what_went_wrong_is_handed_on(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, "echo redis://127.0.0.1:7\n"
                   "while read -r word; do echo \"failed: no $word\"; done");
    backend = backend_start("redis", error);
    assert_non_null(backend);
    assert_int_equal(backend_mend(backend, error), -1);
    assert_string_equal(error, "the backend: failed: no start");
    backend_stop(backend);
}

static void test_a_starter_that_is_gone_is_an_error(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, "echo redis://127.0.0.1:7; exec <&- >&-; exit 1");
    backend = backend_start("redis", error);
    assert_non_null(backend);
    assert_int_equal(backend_break(backend, error), -1);
    assert_string_equal(error, "the backend's starter does not answer");
    assert_int_equal(backend_break(backend, error), -1);
    backend_stop(backend);
}

static void assert_no_start(const struct home *home, const char *text)
{
    char error[BACKEND_ERROR];

    script(home, text);
    assert_null(backend_start("redis", error));
    assert_string_equal(error, "its server could not be started");
}

static void test_without_an_address_there_is_no_server(void **state)
{
    assert_no_start(*state, "exit 3");
    assert_no_start(*state, "echo nonsense; cat");
    assert_no_start(*state, "printf redis://127.0.0.1:7");
}

static void test_a_long_line_is_cut_and_harms_nobody(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, "echo redis://127.0.0.1:7; read -r word\n"
                   "head -c 100000 /dev/zero | tr '\\0' x; echo\n"
                   "read -r word; echo started");
    backend = backend_start("redis", error);
    assert_non_null(backend);
    assert_int_equal(backend_break(backend, error), -1);
    assert_true(strlen(error) < BACKEND_ERROR);
    assert_int_equal(backend_mend(backend, error), 0);
    backend_stop(backend);
}

/* The harness ends the server's whole process group. */
static void test_the_starter_has_a_process_group_of_its_own(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    script(*state, "echo redis://127.0.0.1:7; read -r word\n"
                   "read -r _ _ _ _ group _ </proc/$$/stat\n"
                   "[ $group = $$ ] && echo stopped");
    backend = backend_start("redis", error);
    assert_non_null(backend);
    assert_int_equal(backend_break(backend, error), 0);
    backend_stop(backend);
}

/* This process's other children hold no end of its pipes. */
static void test_the_end_of_its_stdin_reaches_it(void **state)
{
    char error[BACKEND_ERROR];
    struct backend *first, *second;

    script(*state, obedient);
    first = backend_start("redis", error);
    second = backend_start("memcached", error);
    assert_non_null(first);
    assert_non_null(second);
    backend_stop(first); /* else it hangs */
    backend_stop(second);
}

static void test_stopping_none_is_nothing(void **state)
{
    (void)state;
    backend_stop(NULL);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_a_name_without_an_address_is_meant),
        T(test_what_stood_behind_the_name_stands_behind_the_address),
        T(test_it_serves_its_own_address_and_no_other),
        T(test_break_and_mend_wait_for_their_answers),
        T(test_what_went_wrong_is_handed_on),
        T(test_a_starter_that_is_gone_is_an_error),
        T(test_without_an_address_there_is_no_server),
        T(test_a_long_line_is_cut_and_harms_nobody),
        T(test_the_starter_has_a_process_group_of_its_own),
        T(test_the_end_of_its_stdin_reaches_it),
        T(test_stopping_none_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
