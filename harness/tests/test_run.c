/* test_run.c: many cases at a time, deaths of the target, the wish to end
 *
 * What plays a case here is play_fake: the case's title says what becomes of
 * it. The target is this program itself, started with FAKE_TARGET set.
 */
#include "../run.h"
#include "fake_server.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CASES 40

static void be_a_target(void)
{
    static const char body[] = "{\"protocol\":1,\"target\":\"fake\","
                               "\"abilities\":[\"virtual-clock\","
                               "\"break-backend\"]}";
    unsigned port;
    int listener = fake_listen(&port);

    printf("http://127.0.0.1:%u\n", port);
    fflush(stdout);
    for (;;) {
        char request[4096];
        int fd = accept(listener, NULL, NULL);
        if (fake_read(fd, request, sizeof request)) {
            if (strncmp(request, "GET /die ", 9) == 0) {
                fprintf(stderr, "it was the butler\n");
                signal(SIGSEGV, SIG_DFL);
                raise(SIGSEGV);
            }
            snprintf(request, sizeof request,
                     "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     strlen(body), body);
            fake_write(fd, request);
        }
        close(fd);
    }
}

struct fixture {
    struct test_case list[CASES];
    const struct test_case *cases[CASES];
    char ids[CASES][32];
    struct run_options options;
    struct http_pool *pool;
    struct target *target;
    struct run_plan plan;
    struct run_results results;
    atomic_bool stop;
};

/* For play_fake, which is told nothing else: what they meet at, and how many
 * still have to. Whoever is played again later is alone. */
static pthread_barrier_t barrier;
static atomic_int to_meet;

static void meet(void)
{
    if (atomic_fetch_sub(&to_meet, 1) > 0)
        pthread_barrier_wait(&barrier);
}

/* For who wants to be alone: how many there are beside it, in all; how many
 * have begun, and have ended. */
static int others;
static atomic_int begun, played;

static bool exchange_ok(struct target *target, struct http_pool *pool,
                        const char *path)
{
    struct http_request request = { .method = "GET",
                                    .base = target_base(target, false),
                                    .target = path,
                                    .timeout_ms = 10000 };
    struct http_reply reply = { .status = 0 };
    struct http_client *client = http_pool_take(pool);
    bool ok;

    http_send(client, &request, &reply);
    ok = reply.transport == HTTP_OK;
    http_reply_clear(&reply);
    http_pool_give(pool, client);
    return ok;
}

static void play_title(const struct test_case *test, struct target *target,
                       struct http_pool *pool, struct result_case *result,
                       bool *lost)
{
    result->outcome = OUTCOME_PASS;
    if (strcmp(test->title, "fails") == 0)
        result->outcome = OUTCOME_FAIL;
    if (strcmp(test->title, "meets") == 0)
        pthread_barrier_wait(&barrier);
    if (strcmp(test->title, "is-alone") == 0 &&
        (atomic_load(&played) < others ||
         atomic_load(&begun) != atomic_load(&played) + 1))
        result->outcome = OUTCOME_FAIL;
    if (strcmp(test->title, "is-first") == 0 && atomic_load(&begun) != 1)
        result->outcome = OUTCOME_FAIL;
    if (strcmp(test->title, "kills") == 0) {
        *lost = !exchange_ok(target, pool, "/die");
        result->outcome = OUTCOME_ERROR;
        result->reason = "connection reset";
    }
    if (strcmp(test->title, "loses") == 0) {
        *lost = true;
        result->outcome = OUTCOME_ERROR;
        result->reason = "connection reset";
    }
    if (strcmp(test->title, "sees-the-restart") == 0 &&
        atomic_load(&to_meet) > 0) {
        unsigned generation = target_generation(target);
        meet();
        while (target_generation(target) == generation)
            ;
        result->outcome = OUTCOME_FAIL;
    }
    if (strcmp(test->title, "meets-and-kills") == 0) {
        meet();
        *lost = !exchange_ok(target, pool, "/die");
        result->outcome = OUTCOME_ERROR;
    }
    if (strcmp(test->title, "kills-in-company") == 0 &&
        atomic_load(&to_meet) > 0) {
        meet();
        *lost = !exchange_ok(target, pool, "/die");
        result->outcome = OUTCOME_ERROR;
    }
    if (strcmp(test->title, "kills-slowly") == 0) {
        *lost = !exchange_ok(target, pool, "/die");
        result->outcome = OUTCOME_ERROR;
        result->seconds = 25;
    }
}

static void play_fake(const struct test_case *test, unsigned long serial,
                      struct target *target, struct http_pool *pool,
                      const struct play_options *options, struct arena *arena,
                      struct result_case *result, bool *lost)
{
    (void)serial, (void)options, (void)arena;
    atomic_fetch_add(&begun, 1);
    play_title(test, target, pool, result, lost);
    atomic_fetch_add(&played, 1);
}

/* Presses Ctrl-C, as it were, while it plays. */
static atomic_bool *to_stop;

static void play_and_stop(const struct test_case *test, unsigned long serial,
                          struct target *target, struct http_pool *pool,
                          const struct play_options *options,
                          struct arena *arena, struct result_case *result,
                          bool *lost)
{
    if (strcmp(test->title, "stops") == 0 ||
        strcmp(test->title, "is-cut-short") == 0)
        atomic_store(to_stop, true);
    play_fake(test, serial, target, pool, options, arena, result, lost);
    if (strcmp(test->title, "is-cut-short") == 0)
        result->outcome = OUTCOME_ERROR;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    static char self[512];
    struct target_options options = { .server = self };
    struct fault fault;

    *state = fixture;
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return -1;
    setenv("FAKE_TARGET", "1", 1);
    fixture->pool = http_pool_new();
    if (target_open(&fixture->target, &options, fixture->pool, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.text);
        return -1;
    }
    for (size_t i = 0; i < CASES; i++) {
        struct test_case *test = &fixture->list[i];
        snprintf(fixture->ids[i], sizeof fixture->ids[i], "s/c%zu", i);
        test->id = fixture->ids[i];
        test->suite = "s";
        test->title = "passes";
        test->at.file = "s.yml";
        test->max_tracks = 1;
        fixture->cases[i] = test;
    }
    fixture->options.program = "sessionspec";
    fixture->plan = (struct run_plan){ .cases = fixture->cases,
                                       .count = CASES,
                                       .options = &fixture->options,
                                       .target = fixture->target,
                                       .pool = fixture->pool,
                                       .play = play_fake,
                                       .jobs = 8,
                                       .stop = &fixture->stop };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    run_results_free(&fixture->results);
    target_close(fixture->target);
    http_pool_free(fixture->pool);
    free(fixture);
    return 0;
}

static void run_with(struct fixture *fixture, size_t count, unsigned jobs)
{
    fixture->plan.count = count;
    fixture->plan.jobs = jobs;
    run_cases(&fixture->plan, &fixture->results);
}

static enum outcome outcome(const struct fixture *fixture, size_t i)
{
    return fixture->results.cases[i].outcome;
}

static void test_results_stand_in_the_order_of_the_cases(void **state)
{
    struct fixture *fixture = *state;

    fixture->list[3].title = "fails";
    run_with(fixture, CASES, 8);
    assert_int_equal(fixture->results.count, CASES);
    for (size_t i = 0; i < CASES; i++) {
        assert_string_equal(fixture->results.cases[i].id, fixture->ids[i]);
        assert_int_equal(outcome(fixture, i),
                         i == 3 ? OUTCOME_FAIL : OUTCOME_PASS);
        assert_non_null(fixture->results.cases[i].replay);
        assert_non_null(fixture->results.cases[i].transcript);
    }
}

static void test_so_many_cases_as_jobs_run_at_a_time(void **state)
{
    struct fixture *fixture = *state;

    pthread_barrier_init(&barrier, NULL, 4);
    for (size_t i = 0; i < 4; i++)
        fixture->list[i].title = "meets"; /* else it hangs */
    run_with(fixture, 6, 4);
    pthread_barrier_destroy(&barrier);
    assert_int_equal(fixture->results.count, 6);
}

static void test_what_does_not_apply_is_skipped_with_the_reason(void **state)
{
    struct fixture *fixture = *state;
    const char *needs[] = { "touch" };

    fixture->list[1].title = "fails";
    fixture->list[1].needs = (struct words){ needs, 1 };
    run_with(fixture, 3, 2);
    assert_int_equal(outcome(fixture, 0), OUTCOME_PASS);
    assert_int_equal(outcome(fixture, 1), OUTCOME_SKIP);
    assert_non_null(strstr(fixture->results.cases[1].reason, "\"touch\""));
}

static void test_who_waits_begins_first(void **state)
{
    struct fixture *fixture = *state;
    const char *needs[] = { "real-time" };

    atomic_store(&begun, 0);
    fixture->list[2].title = "is-first";
    fixture->list[2].needs = (struct words){ needs, 1 };
    run_with(fixture, 4, 1);
    assert_string_equal(fixture->results.cases[2].id, fixture->ids[2]);
    assert_int_equal(outcome(fixture, 2), OUTCOME_PASS);
}

static void test_a_death_costs_the_running_case_alone(void **state)
{
    struct fixture *fixture = *state;

    fixture->list[1].title = "kills";
    run_with(fixture, 4, 1);
    assert_int_equal(outcome(fixture, 0), OUTCOME_PASS);
    assert_int_equal(outcome(fixture, 1), OUTCOME_CRASH);
    assert_string_equal(fixture->results.cases[1].reason,
                        "the target was running it and was killed by signal "
                        "11 (SIGSEGV); its last words: it was the butler");
    assert_int_equal(outcome(fixture, 2), OUTCOME_PASS);
    assert_int_equal(outcome(fixture, 3), OUTCOME_PASS);
    assert_int_equal(target_generation(fixture->target), 1);
}

static void meeting_of(int count)
{
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    atomic_store(&to_meet, count);
}

static void test_who_was_lost_with_another_is_played_again_alone(void **state)
{
    struct fixture *fixture = *state;

    meeting_of(2);
    fixture->list[0].title = "meets-and-kills";
    fixture->list[1].title = "sees-the-restart";
    fixture->list[2].title = "fails";
    run_with(fixture, 3, 2);
    pthread_barrier_destroy(&barrier);
    assert_int_equal(outcome(fixture, 0), OUTCOME_CRASH);
    assert_int_equal(outcome(fixture, 1), OUTCOME_PASS);
    assert_int_equal(outcome(fixture, 2), OUTCOME_FAIL);
    assert_int_equal(target_generation(fixture->target), 2);
}

static void test_a_death_that_takes_company_stays_a_crash_of_all(void **state)
{
    struct fixture *fixture = *state;

    meeting_of(2);
    fixture->list[0].title = "kills-in-company";
    fixture->list[1].title = "sees-the-restart";
    run_with(fixture, 3, 2);
    pthread_barrier_destroy(&barrier);
    assert_int_equal(outcome(fixture, 0), OUTCOME_CRASH);
    assert_int_equal(outcome(fixture, 1), OUTCOME_CRASH);
    assert_non_null(strstr(fixture->results.cases[0].reason, "SIGSEGV"));
    assert_non_null(
        strstr(fixture->results.cases[0].reason, "alone it does not"));
    assert_int_equal(outcome(fixture, 2), OUTCOME_PASS);
}

static void test_after_a_minute_of_deaths_no_more_is_played(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 3; i++)
        fixture->list[i].title = "kills-slowly";
    run_with(fixture, 5, 1);
    assert_int_equal(outcome(fixture, 2), OUTCOME_CRASH);
    assert_int_equal(outcome(fixture, 3), OUTCOME_ERROR);
    assert_string_equal(fixture->results.cases[4].reason,
                        "not played: the target has died 3 times, which took "
                        "75 s");
}

static void test_who_must_be_alone_comes_last_one_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    const char *needs[] = { "break-backend" };

    others = CASES - 3;
    atomic_store(&begun, 0);
    atomic_store(&played, 0);
    for (size_t i = 0; i < 3; i++) {
        fixture->list[i].title = "is-alone";
        fixture->list[i].needs = (struct words){ needs, 1 };
    }
    run_with(fixture, CASES, 8);
    assert_int_equal(fixture->results.count, CASES);
    for (size_t i = 0; i < CASES; i++)
        assert_int_equal(outcome(fixture, i), OUTCOME_PASS);
}

static void test_a_death_of_who_is_alone_is_its_own(void **state)
{
    struct fixture *fixture = *state;
    const char *needs[] = { "break-backend" };

    fixture->list[1].title = "kills";
    fixture->list[1].needs = (struct words){ needs, 1 };
    run_with(fixture, 4, 4);
    assert_int_equal(outcome(fixture, 1), OUTCOME_CRASH);
    assert_null(strstr(fixture->results.cases[1].reason, "alone"));
    assert_int_equal(target_generation(fixture->target), 1);
}

static void test_a_lost_connection_to_a_living_target_is_an_error(void **state)
{
    struct fixture *fixture = *state;

    fixture->list[0].title = "loses";
    run_with(fixture, 2, 1);
    assert_int_equal(outcome(fixture, 0), OUTCOME_ERROR);
    assert_string_equal(fixture->results.cases[0].reason, "connection reset");
    assert_int_equal(outcome(fixture, 1), OUTCOME_PASS);
    assert_int_equal(target_generation(fixture->target), 0);
}

static void test_fail_fast_starts_no_more(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.fail_fast = true;
    fixture->list[2].title = "fails";
    run_with(fixture, CASES, 1);
    assert_int_equal(fixture->results.count, 3);
}

static void test_a_skip_is_no_reason_to_end(void **state)
{
    struct fixture *fixture = *state;
    const char *needs[] = { "touch" };

    fixture->options.fail_fast = true;
    fixture->list[0].needs = (struct words){ needs, 1 };
    run_with(fixture, 5, 1);
    assert_int_equal(fixture->results.count, 5);
}

static void test_after_the_wish_to_end_no_case_starts(void **state)
{
    struct fixture *fixture = *state;

    to_stop = &fixture->stop;
    fixture->plan.play = play_and_stop;
    fixture->list[4].title = "stops";
    run_with(fixture, CASES, 1);
    assert_int_equal(fixture->results.count, 5); /* it came to its end */
}

static void test_what_was_cut_short_is_not_reported(void **state)
{
    struct fixture *fixture = *state;

    to_stop = &fixture->stop;
    fixture->plan.play = play_and_stop;
    fixture->list[4].title = "is-cut-short";
    run_with(fixture, CASES, 1);
    assert_int_equal(fixture->results.count, 4);
}

static void test_the_hungriest_cases_are_reckoned_with(void **state)
{
    struct test_case list[3] = { { .max_tracks = 1 },
                                 { .max_tracks = 4 },
                                 { .max_tracks = 2 } };
    const struct test_case *cases[] = { &list[0], &list[1], &list[2] };

    (void)state;
    assert_int_equal(run_connections(cases, 3, 1), 2 + 9);
    assert_int_equal(run_connections(cases, 3, 2), 2 + 9 + 5);
    assert_int_equal(run_connections(cases, 3, 32), 2 + 9 + 5 + 3);
    assert_int_equal(run_jobs_within(cases, 3, 32, 19), 32);
    assert_int_equal(run_jobs_within(cases, 3, 32, 18), 2);
    assert_int_equal(run_jobs_within(cases, 3, 32, 15), 1);
    assert_int_equal(run_jobs_within(cases, 3, 32, 0), 1);
}

int main(void)
{
#define WITH_FIXTURE(test)                                                     \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_results_stand_in_the_order_of_the_cases),
        WITH_FIXTURE(test_so_many_cases_as_jobs_run_at_a_time),
        WITH_FIXTURE(test_what_does_not_apply_is_skipped_with_the_reason),
        WITH_FIXTURE(test_who_waits_begins_first),
        WITH_FIXTURE(test_a_death_costs_the_running_case_alone),
        WITH_FIXTURE(test_who_was_lost_with_another_is_played_again_alone),
        WITH_FIXTURE(test_a_death_that_takes_company_stays_a_crash_of_all),
        WITH_FIXTURE(test_after_a_minute_of_deaths_no_more_is_played),
        WITH_FIXTURE(test_who_must_be_alone_comes_last_one_at_a_time),
        WITH_FIXTURE(test_a_death_of_who_is_alone_is_its_own),
        WITH_FIXTURE(test_a_lost_connection_to_a_living_target_is_an_error),
        WITH_FIXTURE(test_fail_fast_starts_no_more),
        WITH_FIXTURE(test_a_skip_is_no_reason_to_end),
        WITH_FIXTURE(test_after_the_wish_to_end_no_case_starts),
        WITH_FIXTURE(test_what_was_cut_short_is_not_reported),
        cmocka_unit_test(test_the_hungriest_cases_are_reckoned_with),
    };

    if (getenv("FAKE_TARGET"))
        be_a_target();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
