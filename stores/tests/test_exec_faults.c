/* test_exec_faults.c: stores that are programs: how they fail, many at once,
 * and what a call hears of their end */
#include "exec_help.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* ---- Failures and faults ------------------------------------------------ */

static void test_a_failure_is_told_in_the_stores_words(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;

    assert_fails(*state, "fails", SSTORE_E_IO, "no room for \xc3\xa9");
    store_get(*state, &call, str("fails"), drop_row, NULL, &err);
    assert_string_equal(err.symbol, "ENOSPC");
    assert_int_equal(
        store_get(*state, &call, str("fails_at_length"), drop_row, NULL, &err),
        SSTORE_E_CORRUPT);
    assert_in_range(strlen(err.text), 200, sizeof err.text - 1);
    assert_int_equal(strlen(err.text) % 2, 0); /* no half a letter */
}

static void test_a_wrong_answer_fails_its_call_alone(void **state)
{
    struct sstore_call call = at(10);
    uint64_t count;

    assert_fails(*state, "has_no_session", SSTORE_E_IO,
                 "answered get without a \"session\"");
    assert_fails(*state, "has_an_odd_error", SSTORE_E_IO,
                 "answered get with an \"error\"");
    assert_int_equal(touch(*state, 10, "odd", "{}", 99), SSTORE_E_IO);
    set(*state, 10, "odd", "{}", "{}", 99);
    assert_int_equal(store_all(*state, &call, drop_row, NULL, NULL),
                     SSTORE_E_IO);
    assert_int_equal(store_length(*state, &call, &count, NULL), SSTORE_E_IO);
    destroy(*state, 10, "odd");
    assert_in_range(length_of(*state, 10), 0, 9);
}

static void test_what_is_no_answer_fails_the_call_at_once(void **state)
{
    pid_t pid = process_of(*state);

    assert_fails(*state, "prints", SSTORE_E_IO,
                 "wrote what is no JSON object: \"debug: it is ?? here\"");
    assert_fails(*state, "gives_an_array", SSTORE_E_IO, "no JSON object");
    assert_fails(*state, "answers_another", SSTORE_E_IO, "which nobody made");
    assert_fails(*state, "answers_a_text", SSTORE_E_IO, "\"id\", a number");
    assert_fails(*state, "answers_nobody", SSTORE_E_IO, "\"id\", a number");
    assert_null(data_of(*state, "writes_blank_lines"));
    assert_int_equal(process_of(*state), pid);
}

static void *ask_in_vain(void *arg)
{
    struct sstore_call call = at(10);
    struct sstore_err *err = calloc(1, sizeof *err);

    store_get(arg, &call, str("is_silent"), drop_row, NULL, err);
    return err;
}

/* The other one waits until the program ends. */
static void test_an_answer_that_begins_with_its_id_fails_its_call(void **state)
{
    struct sstore_err *err;
    pthread_t thread;
    void *result;

    process_of(*state);
    assert_int_equal(pthread_create(&thread, NULL, ask_in_vain, *state), 0);
    for (int i = 0; i < 20; i++)
        assert_fails(*state, "is_cut_short", SSTORE_E_IO, "no JSON object");
    assert_fails(*state, "exits", SSTORE_E_IO, "exit code 3");
    pthread_join(thread, &result);
    err = result;
    if (!strstr(err->text, "exit code 3") && *err->text)
        fail_msg("%s", err->text);
    free(err);
}

/* The next call is told, or the one after: nobody knows when it is read. */
static void test_a_second_answer_is_told_to_the_next_call(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    int code = SSTORE_OK;

    assert_null(data_of(*state, "answers_twice"));
    for (int i = 0; i < 3 && code >= 0; i++)
        code = store_get(*state, &call, str("none"), drop_row, NULL, &err);
    assert_int_equal(code, SSTORE_E_IO);
    assert_non_null(strstr(err.text, "twice"));
    assert_null(data_of(*state, "none"));
}

/* An instance that is called by its table, with deadlines of our own. */
struct direct {
    const struct sstore_plugin *plugin;
    struct spec spec;
    void *inst;
};

static struct direct open_direct(void)
{
    struct sstore_err err = { .native = 0 };
    struct direct direct;

    assert_int_equal(spec_parse(&direct.spec, told(""), &err), SSTORE_OK);
    direct.plugin = exec_plugin(&direct.spec, &err);
    assert_non_null(direct.plugin);
    assert_int_equal(direct.plugin->open(&test_host, direct.spec.options,
                                         direct.spec.count, &direct.inst, &err),
                     SSTORE_OK);
    return direct;
}

static void close_direct(struct direct *direct)
{
    direct->plugin->close(direct->inst);
    spec_clear(&direct->spec);
}

static void assert_get_within(const struct direct *direct, const char *sid,
                              int ms, int code, const char *words)
{
    struct sstore_err err = { .native = 0 };
    struct sstore_call call = at(10);

    call.deadline_ns = clock_now_ns() + ms * CLOCK_NS_IN_MS;
    int got = direct->plugin->get(direct->inst, &call, str(sid), drop_row, NULL,
                                  &err);
    if (got != code || !strstr(err.text, words))
        fail_msg("%s: %d \"%s\"", sid, got, err.text);
}

static void test_a_late_answer_is_dropped(void **state)
{
    struct direct direct = open_direct();

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_get_within(&direct, "is_silent", 20, SSTORE_E_TIMEOUT,
                          "get was not answered in time");
    assert_get_within(&direct, "answers_the_silent", 60000, SSTORE_MISS, "");
    assert_get_within(&direct, "none", 60000, SSTORE_MISS, "");
    close_direct(&direct);
}

static void test_a_line_over_the_limit_is_a_fault(void **state)
{
    struct direct direct = open_direct();

    (void)state;
    assert_get_within(&direct, "writes_too_long_a_line", 60000, SSTORE_E_IO,
                      "wrote a line of more than 64 MiB");
    assert_get_within(&direct, "none", 60000, SSTORE_MISS, "");
    close_direct(&direct);
}

/* Its stderr is this program's, and dropped here. */
static void test_a_full_stderr_is_in_nobodys_way(void **state)
{
    int kept = dup(STDERR_FILENO);

    assert_non_null(freopen("/dev/null", "w", stderr));
    json_t *data = data_of(*state, "fills_stderr");
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_null(data);
}

/* ---- Many at once ------------------------------------------------------- */

enum { CALLERS = 32 };

struct crew {
    struct store *store;
    const char *sid;
    pthread_barrier_t start;
    atomic_int next, right;
};

static int take_now(void *arg, struct sstore_str sid,
                    const struct sstore_record *rec)
{
    (void)sid;
    snprintf(arg, 40, "%.*s", (int)rec->data.n, rec->data.p);
    return 0;
}

/* Each asks at a time of its own, and must be told that time. */
static void *ask_for_own(void *arg)
{
    struct crew *crew = arg;
    struct sstore_call call = at(1000 + crew->next++);
    char got[40] = "", expected[40];

    snprintf(expected, sizeof expected, "{\"now\":%lld}",
             (long long)call.now_ms);
    pthread_barrier_wait(&crew->start);
    store_get(crew->store, &call, str(crew->sid), take_now, got, NULL);
    crew->right += strcmp(got, expected) == 0;
    return NULL;
}

static void *expect_its_end(void *arg)
{
    struct crew *crew = arg;
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    bool is_last = crew->next++ == CALLERS - 1;

    pthread_barrier_wait(&crew->start);
    int code =
        store_get(crew->store, &call, str(is_last ? "aborts" : crew->sid),
                  drop_row, NULL, &err);
    crew->right += code == SSTORE_E_IO && strstr(err.text, "SIGABRT");
    return NULL;
}

static int crew_run(struct store *store, const char *sid, void *(*work)(void *))
{
    struct crew crew = { .store = store, .sid = sid };
    pthread_t threads[CALLERS];

    pthread_barrier_init(&crew.start, NULL, CALLERS);
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &crew), 0);
    for (int i = 0; i < CALLERS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crew.start);
    return crew.right;
}

/* The program waits for all, and answers the last first. */
static void test_32_callers_get_each_his_own_answer(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(crew_run(*state, "waits_for_32", ask_for_own),
                         CALLERS);
}

/* Some may begin only after the crash, and are then answered by the next. */
static void test_a_crash_fails_all_calls_under_way(void **state)
{
    assert_in_range(crew_run(*state, "is_silent", expect_its_end), 1, CALLERS);
    assert_null(data_of(*state, "none"));
}

/* ---- The end of the program --------------------------------------------- */

static void assert_restarts(struct store *store, const char *sid,
                            const char *words)
{
    pid_t before = process_of(store);

    assert_fails(store, sid, SSTORE_E_IO, words);
    pid_t after = process_of(store);
    assert_int_not_equal(before, after);
    assert_int_equal(kill(before, 0), -1);
}

static void test_a_call_tells_how_the_program_ended(void **state)
{
    assert_restarts(*state, "aborts", "ended with SIGABRT");
    assert_restarts(*state, "exits", "ended with exit code 3");
    assert_restarts(*state, "closes_stdout", "closed its stdout");
}

/* A call that may be under way before the program's end is known. */
static void try(struct store *store)
{
    struct sstore_call call = at(10);

    store_get(store, &call, str("none"), drop_row, NULL, NULL);
}

static void test_what_was_answered_before_the_end_counts(void **state)
{
    pid_t before = process_of(*state);

    assert_null(data_of(*state, "answers_and_exits"));
    try(*state);
    assert_int_not_equal(process_of(*state), before);
}

static void test_an_idle_program_that_was_killed_is_started_again(void **state)
{
    for (int i = 0; i < 5; i++) {
        pid_t before = process_of(*state);
        kill(before, SIGKILL);
        try(*state);
        assert_int_not_equal(process_of(*state), before);
    }
}

static void test_a_program_that_reads_no_more_is_started_again(void **state)
{
    pid_t before = process_of(*state);

    assert_null(data_of(*state, "closes_stdin"));
    for (int i = 0; i < 3 && store_process(*state) == before; i++)
        try(*state);
    assert_int_not_equal(process_of(*state), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_a_failure_is_told_in_the_stores_words),
        TEST(test_a_wrong_answer_fails_its_call_alone),
        TEST(test_what_is_no_answer_fails_the_call_at_once),
        TEST(test_an_answer_that_begins_with_its_id_fails_its_call),
        TEST(test_a_second_answer_is_told_to_the_next_call),
        TEST(test_a_late_answer_is_dropped),
        TEST(test_a_line_over_the_limit_is_a_fault),
        TEST(test_a_full_stderr_is_in_nobodys_way),
        TEST(test_32_callers_get_each_his_own_answer),
        TEST(test_a_crash_fails_all_calls_under_way),
        TEST(test_a_call_tells_how_the_program_ended),
        TEST(test_what_was_answered_before_the_end_counts),
        TEST(test_an_idle_program_that_was_killed_is_started_again),
        TEST(test_a_program_that_reads_no_more_is_started_again),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    exec_end();
    return failed;
}
