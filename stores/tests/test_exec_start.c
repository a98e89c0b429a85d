/* test_exec_start.c: stores that are programs: how they begin and end */
#include "exec_help.h"

#include "../base/nap.h"
#include "../exec_talk.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static void assert_refused(const char *spec, int code, const char *words)
{
    struct sstore_err err;
    struct store *store;
    int got = store_open(&store, spec, "test", &test_host, &err);

    assert_null(store);
    if (got != code || !strstr(err.text, words))
        fail_msg("%s: %d \"%s\" instead of %d \"%s\"", spec, got, err.text,
                 code, words);
}

/* Nobody with that process id: ended, and its parent has been told. */
static bool is_gone(pid_t process)
{
    return kill(process, 0) != 0 && errno == ESRCH;
}

/* It may be init who has to hear of its end; below 0 is a group. */
static void assert_gone_soon(pid_t process)
{
    int64_t deadline_ns = clock_now_ns() + 10000 * CLOCK_NS_IN_MS;
    int naps = 0;

    while (!is_gone(process) && nap(deadline_ns, &naps))
        ;
    assert_true(is_gone(process));
}

/* ---- Beginnings --------------------------------------------------------- */

static void test_a_program_that_ends_at_once_says_why(void **state)
{
    (void)state;
    assert_refused("exec:true", SSTORE_E_INVAL,
                   "the store's program ended with exit code 0 before its "
                   "hello");
    assert_refused("exec:echo no network >&2; exit 7", SSTORE_E_INVAL,
                   "no network (the store's program ended with exit code 7");
    assert_refused("exec:printf '\\303 \\033[1m\\n' >&2", SSTORE_E_INVAL,
                   "?  [1m (");
    assert_refused("exec:kill -SEGV $$", SSTORE_E_INVAL, "SIGSEGV");
    assert_refused("exec:/no/such/program", SSTORE_E_INVAL, "exit code 127");
    assert_refused("exec:", SSTORE_E_INVAL, "no command stands behind");
}

#define HELLO(rest) "exec:echo '{\"protocol\":1," rest "}'; cat >/dev/null"
#define NAMED       "\"name\":\"x\",\"version\":\"1\","
#define WHOLE                                                                  \
    NAMED "\"operations\":[\"open\",\"close\",\"get\",\"set\",\"destroy\"]"

static void test_what_is_wrong_about_a_hello_is_named(void **state)
{
    static const struct {
        const char *spec, *words;
    } table[] = {
        { "exec:echo hello; cat", "no JSON object: \"hello\"" },
        { "exec:echo; cat", "no JSON object: \"\"" },
        { "exec:echo '[]'; cat", "no JSON object" },
        { "exec:echo '{}'; cat", "no \"protocol\"" },
        { "exec:echo '{\"protocol\":2}'; cat",
          "version of the protocol than 1" },
        { "exec:echo '{\"protocol\":\"1\"}'; cat", "another version" },
        { HELLO("\"name\":7"), "\"name\" is not" },
        { HELLO("\"name\":\"My Store\""), "\"name\" is not" },
        { HELLO("\"name\":\"x\\u0000y\""), "\"name\" is not" },
        { HELLO("\"name\":\"x\""), "\"version\" is no text" },
        { HELLO("\"name\":\"x\",\"version\":\"\\u00e9\""), "\"version\"" },
        { HELLO(NAMED "\"operations\":\"get\""), "\"operations\" is no array" },
        { HELLO(NAMED "\"operations\":[7]"), "\"operations\" is no array" },
        { HELLO(NAMED "\"operations\":[\"open\",\"close\",\"set\"]"),
          "has no \"get\", which is required" },
        { HELLO(WHOLE ",\"clock\":\"mine\""), "\"clock\" is neither" },
        { HELLO(WHOLE ",\"threads\":4"), "\"threads\" is none of" },
        { HELLO(WHOLE ",\"capabilities\":{}"), "\"capabilities\" is no array" },
        { HELLO(WHOLE ",\"capabilities\":[\"A b\"]"), "capability \"A b\"" },
        { HELLO(WHOLE ",\"resolution\":\"1s\""),
          "\"resolution\" is no number" },
        { HELLO(WHOLE ",\"licence\":\"MIT\""), "\"licence\" is no array" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_refused(table[i].spec, SSTORE_E_INVAL, table[i].words);
}

static void add_word(void *arg, const char *word)
{
    strncat(arg, word, 150);
    strncat(arg, " ", 2);
}

/* Says hello, and that it has done whatever it is asked. */
#define SHELL_STORE(rest)                                                      \
    "exec:echo '{\"protocol\":1," WHOLE rest "}'; n=0; while read -r line; "   \
    "do n=$((n + 1)); echo \"{\\\"id\\\":$n,\\\"session\\\":null}\"; done"

static void test_a_real_clock_is_said_to_be_one(void **state)
{
    char words[200] = "";
    struct store *store = store_of(SHELL_STORE(",\"clock\":\"real\""));

    (void)state;
    store_capabilities(store, add_word, words);
    assert_string_equal(words, "real-clock ");
    assert_null(store_about(store));
    assert_int_equal(store_plugin(store)->threads, SSTORE_THREADS_PARALLEL);
    assert_get(store, 10, "a", "");
    store_close(store);
}

static void test_the_name_may_be_that_of_a_scoped_package(void **state)
{
    struct store *store = store_of(
        "exec:echo '{\"protocol\":1,\"name\":\"@x/y-z\",\"version\":\"1\","
        "\"operations\":[\"open\",\"close\",\"get\",\"set\",\"destroy\"],"
        "\"threads\":\"one-instance\"}'; "
        "read -r line; echo '{\"id\":1}'; cat >/dev/null");

    (void)state;
    assert_string_equal(store_plugin(store)->name, "@x/y-z");
    assert_int_equal(store_plugin(store)->threads, SSTORE_THREADS_ONE_INSTANCE);
    exec_end();
    store_close(store);
}

static void test_options_before_the_colon_alone_are_ours(void **state)
{
    (void)state;
    assert_refused("exec?namespace=x:true", SSTORE_E_INVAL, "namespace");
    assert_refused("exec?a=%0:true", SSTORE_E_INVAL, "%20");
    assert_refused("exec:exit 4 # ?namespace=x&a=%0", SSTORE_E_INVAL,
                   "exit code 4");
    assert_refused("exec?a=1", SSTORE_E_INVAL, "no store \"exec\"");
    assert_false(store_spec_is_builtin("exec:true"));
    assert_false(store_spec_is_builtin("exec?a=1:true"));
    assert_false(store_spec_is_builtin("npm:memorystore"));
    assert_false(store_spec_is_builtin("node:./x.mjs"));
}

/* ---- In time ------------------------------------------------------------ */

static void test_a_program_without_hello_is_ended(void **state)
{
    struct talk *talk = talk_new("sleep 1000 & sleep 1000", 100);
    int64_t deadline_ns = clock_now_ns() + 5000 * CLOCK_NS_IN_MS;
    struct sstore_err err;
    unsigned life;

    (void)state;
    assert_non_null(talk);
    assert_int_equal(talk_start(talk, deadline_ns, &life, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.text,
                        "the store's program did not say hello within 100 ms");
    assert_int_equal(talk_process(talk), -1);
    talk_end(talk);
    talk_free(talk);
}

static void test_a_caller_waits_for_a_hello_until_its_deadline(void **state)
{
    struct talk *talk = talk_new("sleep 1000", 60000);
    int64_t deadline_ns = clock_now_ns() + 50 * CLOCK_NS_IN_MS;
    struct sstore_err err;
    unsigned life;

    (void)state;
    assert_int_equal(talk_start(talk, deadline_ns, &life, &err),
                     SSTORE_E_TIMEOUT);
    assert_non_null(strstr(err.text, "has not said hello yet"));
    talk_end(talk);
    talk_free(talk);
}

/* ---- Again -------------------------------------------------------------- */

/* A file that its programs see whether there was one before. */
static char path[40];

static struct store *open_with_file(const char *beginning)
{
    char arguments[120];

    snprintf(path, sizeof path, "/tmp/test_exec.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    snprintf(arguments, sizeof arguments, "%s %s", beginning, path);
    return store_of(told(arguments));
}

static void crash(struct store *store)
{
    assert_fails(store, "aborts", SSTORE_E_IO, "SIGABRT");
}

static void test_an_instance_is_opened_again_as_it_was(void **state)
{
    struct store *store = store_of(told("")), *other;
    struct sstore_err err;
    json_t *data, *opened;

    (void)state;
    assert_int_equal(store_open(&other, told(""), "other", &test_host, &err),
                     SSTORE_OK);
    crash(store);
    data = data_of(other, "about");
    opened = json_object_get(data, "opened");
    assert_string_equal(json_string_value(json_object_get(opened, "namespace")),
                        "other");
    json_decref(data);
    store_close(other);
    assert_null(data_of(store, "none"));
    store_close(store);
}

static void test_a_program_may_not_become_another(void **state)
{
    struct store *store = open_with_file("says_another_hello_each_time");

    (void)state;
    crash(store);
    assert_fails(store, "none", SSTORE_E_IO, "says something else of itself");
    store_close(store);
    unlink(path);
}

static void test_an_instance_that_cannot_be_opened_again_fails(void **state)
{
    struct store *store = open_with_file("fails_to_open_again");

    (void)state;
    crash(store);
    assert_fails(store, "none", SSTORE_E_IO, "not today");
    assert_fails(store, "none", SSTORE_E_IO, "not today");
    store_close(store);
    unlink(path);
}

static void test_a_program_that_cannot_bear_an_open_is_an_error(void **state)
{
    (void)state;
    assert_refused("exec:echo '{\"protocol\":1," WHOLE
                   "}'; read -r line; exit 9",
                   SSTORE_E_IO, "ended with exit code 9");
}

static void test_a_program_that_ends_after_its_hello_is_an_error(void **state)
{
    struct sstore_err err;
    struct store *store;

    (void)state;
    assert_true(store_open(&store, "exec:echo '{\"protocol\":1," WHOLE "}'",
                           NULL, &test_host, &err) < 0);
    assert_non_null(strstr(err.text, "the store's program end"));
}

/* ---- The end ------------------------------------------------------------ */

static void test_the_end_of_its_stdin_ends_a_program(void **state)
{
    struct store *store = store_of(told(""));
    pid_t process = process_of(store);

    (void)state;
    store_close(store);
    assert_false(is_gone(process)); /* for the next that is opened */
    exec_end();
    assert_true(is_gone(process));
    exec_end();
    store = store_of(told(""));
    assert_int_not_equal(process_of(store), process);
    store_close(store);
}

static void test_a_stubborn_program_is_killed(void **state)
{
    struct store *store = store_of(told("ignores_all_signs"));
    pid_t process = process_of(store);

    (void)state;
    store_close(store);
    exec_end();
    assert_true(is_gone(process));
}

/* It is in the group of the program, which is its process' id. */
static void test_what_a_program_has_started_ends_with_it(void **state)
{
    struct store *store = store_of(told("has_a_child"));
    pid_t group = process_of(store);

    (void)state;
    assert_int_equal(kill(-group, 0), 0);
    store_close(store);
    exec_end();
    assert_gone_soon(-group);
}

/* As this program, run once more: opens a store, says its process' id, and is
 * killed. */
static void open_and_wait(const char *spec)
{
    struct store *store = store_of(spec);

    printf("%ld\n", (long)process_of(store));
    fflush(stdout);
    for (;;)
        pause();
}

static pid_t run_again(const char *spec, FILE **out)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "opener", spec, (char *)NULL);
        _exit(3);
    }
    close(ends[1]);
    *out = fdopen(ends[0], "r");
    return child;
}

static void test_a_program_dies_with_its_host(void **state)
{
    FILE *out;
    pid_t host = run_again(told("ignores_all_signs; true"), &out);
    long process = 0;

    (void)state;
    assert_int_equal(fscanf(out, "%ld", &process), 1);
    assert_false(is_gone((pid_t)process));
    kill(host, SIGKILL);
    waitpid(host, NULL, 0);
    assert_gone_soon((pid_t)process);
    fclose(out);
}

/* Each test before has closed what it opened. */
static void test_no_child_is_left(void **state)
{
    (void)state;
    exec_end();
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_program_that_ends_at_once_says_why),
        cmocka_unit_test(test_what_is_wrong_about_a_hello_is_named),
        cmocka_unit_test(test_a_real_clock_is_said_to_be_one),
        cmocka_unit_test(test_the_name_may_be_that_of_a_scoped_package),
        cmocka_unit_test(test_options_before_the_colon_alone_are_ours),
        cmocka_unit_test(test_a_program_without_hello_is_ended),
        cmocka_unit_test(test_a_caller_waits_for_a_hello_until_its_deadline),
        cmocka_unit_test(test_an_instance_is_opened_again_as_it_was),
        cmocka_unit_test(test_a_program_may_not_become_another),
        cmocka_unit_test(test_an_instance_that_cannot_be_opened_again_fails),
        cmocka_unit_test(test_a_program_that_cannot_bear_an_open_is_an_error),
        cmocka_unit_test(test_a_program_that_ends_after_its_hello_is_an_error),
        cmocka_unit_test(test_the_end_of_its_stdin_ends_a_program),
        cmocka_unit_test(test_a_stubborn_program_is_killed),
        cmocka_unit_test(test_what_a_program_has_started_ends_with_it),
        cmocka_unit_test(test_a_program_dies_with_its_host),
        cmocka_unit_test(test_no_child_is_left),
    };

    if (argc == 2 && strcmp(argv[0], "opener") == 0)
        open_and_wait(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
