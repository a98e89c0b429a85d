/* test_conduct.c: what a store may not do is an error of the call
 *
 * One plugin whose every operation does what the test tells it to.
 */
#include "store_help.h"

#include "../conduct.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the next call does. */
static struct {
    int code;
    unsigned rows;
    int64_t seen_deadline_ns;
    bool fills_err; /* to the last byte */
} told;

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int told_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    (void)host;
    (void)opt;
    (void)nopt;
    (void)err;
    *inst = &told;
    return SSTORE_OK;
}

static void told_close(void *inst)
{
    (void)inst;
}

static int do_as_told(const struct sstore_call *call, struct sstore_err *err)
{
    assert_int_equal(err->native, 0);
    assert_string_equal(err->symbol, "");
    assert_string_equal(err->text, "");
    told.seen_deadline_ns = call->deadline_ns;
    if (told.fills_err)
        memset(err, 'x', sizeof *err);
    return told.code;
}

static int told_get(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, sstore_row_fn *row, void *arg,
                    struct sstore_err *err)
{
    struct sstore_record record = { str("{}"), str("{}"), SSTORE_NEVER };

    (void)inst;
    for (unsigned i = 0; i < told.rows; i++)
        row(arg, sid, &record);
    return do_as_told(call, err);
}

static int told_set(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, const struct sstore_record *rec,
                    struct sstore_err *err)
{
    (void)inst;
    (void)sid;
    (void)rec;
    return do_as_told(call, err);
}

static int told_sid(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, struct sstore_err *err)
{
    (void)inst;
    (void)sid;
    return do_as_told(call, err);
}

static int told_call(void *inst, const struct sstore_call *call,
                     struct sstore_err *err)
{
    (void)inst;
    return do_as_told(call, err);
}

static const struct sstore_plugin told_plugin = {
    SSTORE_HEAD,         .threads = SSTORE_THREADS_PARALLEL,
    .name = "told",      .version = "1",
    .options = "",       .open = told_open,
    .close = told_close, .get = told_get,
    .set = told_set,     .destroy = told_sid,
    .touch = told_set,   .clear = told_call,
    .spoil = told_sid,
};

static int open_told(void **state)
{
    struct sstore_err err;

    return store_open_plugin((struct store **)state, &told_plugin, NULL, 0,
                             &test_host, &err);
}

static int close_told(void **state)
{
    store_close(*state);
    return 0;
}

static int ask_to_stop(void *arg, struct sstore_str sid,
                       const struct sstore_record *rec)
{
    (void)arg;
    (void)sid;
    (void)rec;
    return 1;
}

static void assert_get_is(struct store *store, int given, unsigned rows,
                          int expected, const char *part)
{
    struct sstore_call call = at(10);
    struct sstore_err err;
    char text[500] = "";

    told.code = given;
    told.rows = rows;
    assert_int_equal(store_get(store, &call, str("a"), note_row, text, &err),
                     expected);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" is without \"%s\"", err.text, part);
}

static void test_a_code_that_is_none_is_an_error(void **state)
{
    assert_get_is(*state, 9, 0, SSTORE_E_IO, "get returned 9");
    assert_get_is(*state, -99, 0, SSTORE_E_IO, "get returned -99");
    assert_get_is(*state, SSTORE_STOP, 0, SSTORE_E_IO, "get returned 2");
}

static void test_only_some_operations_can_miss(void **state)
{
    struct sstore_call call = at(10);

    told.code = SSTORE_MISS;
    assert_int_equal(touch(*state, 10, "a", "c", 99), SSTORE_MISS);
    assert_int_equal(store_spoil(*state, &call, str("a"), NULL), SSTORE_MISS);
    assert_int_equal(set(*state, 10, "a", "d", "c", 99), SSTORE_E_IO);
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_E_IO);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_E_IO);
}

static void test_a_get_calls_its_row_for_what_it_found_alone(void **state)
{
    assert_get_is(*state, SSTORE_OK, 1, SSTORE_OK, "");
    assert_get_is(*state, SSTORE_MISS, 0, SSTORE_MISS, "");
    assert_get_is(*state, SSTORE_OK, 2, SSTORE_E_IO,
                  "SSTORE_OK and called its row callback 2 times");
    assert_get_is(*state, SSTORE_OK, 0, SSTORE_E_IO,
                  "SSTORE_OK and called its row callback 0 times");
    assert_get_is(*state, SSTORE_MISS, 1, SSTORE_E_IO,
                  "SSTORE_MISS and called its row callback 1 times");
    assert_get_is(*state, SSTORE_E_IO, 1, SSTORE_E_IO, "");
}

static void test_stop_is_for_who_was_asked_to(void **state)
{
    struct sstore_call call = at(10);

    told.code = SSTORE_STOP;
    told.rows = 1;
    assert_int_equal(
        store_get(*state, &call, str("a"), ask_to_stop, NULL, NULL),
        SSTORE_STOP);
    assert_get_is(*state, SSTORE_STOP, 1, SSTORE_E_IO, "get returned 2");
}

static void test_an_error_is_passed_on_and_cut_to_size(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;

    told.code = SSTORE_E_TOOBIG;
    told.fills_err = true;
    assert_int_equal(store_clear(*state, &call, &err), SSTORE_E_TOOBIG);
    told.fills_err = false;
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(strlen(err.symbol), sizeof err.symbol - 1);
}

static void test_the_deadline_is_some_seconds_from_now(void **state)
{
    struct sstore_call call = at(10);
    int64_t before = now_ns();

    told.code = SSTORE_OK;
    call.deadline_ns = 1;
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_OK);
    assert_true(told.seen_deadline_ns >=
                before + CONDUCT_DEADLINE_MS * INT64_C(1000000));
    assert_true(told.seen_deadline_ns <=
                now_ns() + CONDUCT_DEADLINE_MS * INT64_C(1000000));
}

/* With its beginning set back, so that nobody has to wait. */
static int late_by(int64_t ms, int code, struct sstore_err *err)
{
    struct conduct conduct;

    memset(err, 0, sizeof *err);
    conduct_begin(&conduct, "set", "");
    conduct.begun_ns -= (CONDUCT_DEADLINE_MS + ms) * INT64_C(1000000);
    return conduct_end(&conduct, code, err);
}

static void test_what_comes_back_late_is_an_error(void **state)
{
    struct sstore_err err;

    (void)state;
    assert_int_equal(late_by(-100, SSTORE_OK, &err), SSTORE_OK);
    assert_int_equal(late_by(100, SSTORE_OK, &err), SSTORE_E_IO);
    assert_non_null(strstr(err.text, "set took 51"));
    assert_int_equal(late_by(100, SSTORE_E_TIMEOUT, &err), SSTORE_E_TIMEOUT);
}

/* In a process of its own: how it ends, and whether it said why. */
static int watched(int64_t ms, char *said, size_t size)
{
    struct conduct conduct;
    int status, ends[2];
    ssize_t length;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL); /* cmocka's own handler goes on */
        conduct_begin(&conduct, "get", "r7");
        conduct.begun_ns -= ms * INT64_C(1000000);
        conduct_watch();
        _exit(0);
    }
    close(ends[1]);
    length = read(ends[0], said, size - 1);
    said[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void test_what_does_not_come_back_ends_the_process(void **state)
{
    char said[300];
    int status;

    (void)state;
    assert_int_equal(watched(CONDUCT_DEADLINE_MS + 500, said, sizeof said), 0);
    status = watched(CONDUCT_DEADLINE_MS + CONDUCT_SLACK_MS + 500, said,
                     sizeof said);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "get does not return"));
    assert_non_null(strstr(said, "request r7"));
}

static void *begin_and_end(void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++) {
        struct conduct conduct;
        struct sstore_err err;

        conduct_begin(&conduct, "set", "");
        assert_int_equal(conduct_end(&conduct, SSTORE_OK, &err), SSTORE_OK);
    }
    return NULL;
}

static void test_calls_of_many_threads_are_watched(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, begin_and_end, NULL),
                         0);
    for (int i = 0; i < 1000; i++)
        conduct_watch();
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_code_that_is_none_is_an_error),
        cmocka_unit_test(test_only_some_operations_can_miss),
        cmocka_unit_test(test_a_get_calls_its_row_for_what_it_found_alone),
        cmocka_unit_test(test_stop_is_for_who_was_asked_to),
        cmocka_unit_test(test_an_error_is_passed_on_and_cut_to_size),
        cmocka_unit_test(test_the_deadline_is_some_seconds_from_now),
        cmocka_unit_test(test_what_comes_back_late_is_an_error),
        cmocka_unit_test(test_what_does_not_come_back_ends_the_process),
        cmocka_unit_test(test_calls_of_many_threads_are_watched),
    };
    return cmocka_run_group_tests(tests, open_told, close_told);
}
