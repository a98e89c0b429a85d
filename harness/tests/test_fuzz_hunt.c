/* test_fuzz_hunt.c: two servers that do the same, and two that do not */
#include "../fuzz_hunt.h"

#include "../fuzz_judge.h"
#include "../home.h"
#include "fake_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

struct fixture {
    struct fuzz_hunt hunt;
    struct http_pool *pool;
    struct target *server, *fake;
    atomic_bool stop;
    char *text; /* what is reported */
    size_t size;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct target_options options = { .server = home_server(),
                                      .connections = 32 };
    struct fault fault;

    f->pool = http_pool_new();
    if (target_open(&f->server, &options, f->pool, &fault)) {
        print_error("%s\n", fault.text);
        return -1;
    }
    f->hunt.one = (struct fuzz_side){ "one", f->server, f->pool };
    f->hunt.other = (struct fuzz_side){ "other", f->server, f->pool };
    f->hunt.seed = 1;
    f->hunt.jobs = 3;
    f->hunt.schedules = true;
    f->hunt.stop = &f->stop;
    f->hunt.to = open_memstream(&f->text, &f->size);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    fclose(f->hunt.to);
    free(f->text);
    fuzz_hunt_clear(&f->hunt);
    http_pool_free(f->pool);
    if (f->fake)
        target_close(f->fake);
    target_close(f->server);
    free(f);
    return 0;
}

static void test_a_target_does_what_it_does_itself(void **state)
{
    struct fixture *f = *state;

    f->hunt.steps_max = 2000;
    fuzz_hunt(&f->hunt);
    fflush(f->hunt.to);
    if (f->hunt.found)
        fail_msg("%s", f->text);
    assert_int_equal(f->hunt.steps, 2000);
}

static void test_one_scenario_can_be_played_alone(void **state)
{
    struct fixture *f = *state;

    f->hunt.first = 17;
    f->hunt.scenarios_max = 1;
    fuzz_hunt(&f->hunt);
    assert_int_equal(f->hunt.scenarios, 1);
    assert_true(f->hunt.steps > 0);
    assert_int_equal(f->hunt.found, 0);
}

static void test_it_ends_when_it_is_told_to(void **state)
{
    struct fixture *f = *state;

    atomic_store(&f->stop, true);
    fuzz_hunt(&f->hunt);
    assert_int_equal(f->hunt.steps, 0);
}

static void test_it_ends_when_the_time_is_over(void **state)
{
    struct fixture *f = *state;

    f->hunt.seconds_max = 0.2;
    fuzz_hunt(&f->hunt);
    assert_true(f->hunt.steps > 0);
    assert_true(f->hunt.seconds < 10);
}

/* ------------------------------------------------------ one that differs */

/* Answers all that it is asked as a target that makes every app and gives
 * every request status 418. */
static void *answer_wrongly(void *arg)
{
    static const char about[] = "{\"protocol\":1,\"target\":\"fake\"}";
    int fd = *(int *)arg, client;
    char request[65536], reply[1024];

    while ((client = accept(fd, NULL, NULL)) >= 0) {
        while (fake_read(client, request, sizeof request)) {
            bool is_spec = strncmp(request, "GET /_spec ", 11) == 0;
            const char *status = strncmp(request, "PUT ", 4) == 0 ? "201"
                                 : strstr(request, "Spec-Label")  ? "418"
                                                                  : "200";
            const char *body = is_spec ? about : "{}";

            snprintf(reply, sizeof reply,
                     "HTTP/1.1 %s OK\r\nContent-Length: %zu\r\n\r\n%s", status,
                     strncmp(request, "HEAD ", 5) == 0 ? 0 : strlen(body),
                     strncmp(request, "HEAD ", 5) == 0 ? "" : body);
            fake_write(client, reply);
        }
        close(client);
    }
    return NULL;
}

static void test_what_differs_is_found_shrunk_and_reported(void **state)
{
    struct fixture *f = *state;
    struct target_options options = { .connections = 2 };
    struct fault fault;
    unsigned port;
    int fd = fake_listen(&port);
    char url[64];
    pthread_t thread;

    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    options.name = url;
    pthread_create(&thread, NULL, answer_wrongly, &fd);
    if (target_open(&f->fake, &options, f->pool, &fault))
        fail_msg("%s", fault.text);
    f->hunt.one = (struct fuzz_side){ "fake", f->fake, f->pool };
    f->hunt.jobs = 1;
    f->hunt.schedules = false;
    f->hunt.steps_max = 300;
    fuzz_hunt(&f->hunt);
    fflush(f->hunt.to);
    assert_true(f->hunt.found > 0);
    assert_non_null(strstr(f->text, "divergence at "));
    assert_non_null(strstr(f->text, "suite: fuzz"));
    shutdown(fd, SHUT_RDWR);
    http_pool_forget(f->pool);
    http_pool_free(f->pool);
    f->pool = http_pool_new();
    pthread_join(thread, NULL);
    close(fd);
}

/* The reference with a known fault; its URL is written to `url`. */
static pid_t start_faulty(const char *fault, char *url, int size)
{
    char *server = strdup(home_server());
    char *argv[] = { server, "--port", "0", "--fault", strdup(fault), NULL };
    posix_spawn_file_actions_t actions;
    int pipes[2];
    pid_t child;
    FILE *from;

    assert_int_equal(pipe(pipes), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipes[0]);
    assert_int_equal(posix_spawn(&child, server, &actions, NULL, argv, environ),
                     0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    from = fdopen(pipes[0], "r");
    assert_non_null(fgets(url, size, from));
    url[strcspn(url, "\n")] = '\0';
    fclose(from);
    free(argv[4]);
    free(server);
    return child;
}

static void
test_a_fault_that_shows_in_many_places_is_reported_once(void **state)
{
    struct fixture *f = *state;
    struct target_options options = { .connections = 32 };
    struct fault fault;
    char url[64];
    pid_t child = start_faulty("regenerate-keeps-id", url, sizeof url);

    options.name = url;
    if (target_open(&f->fake, &options, f->pool, &fault))
        fail_msg("%s", fault.text);
    f->hunt.one = (struct fuzz_side){ "faulty", f->fake, f->pool };
    f->hunt.jobs = 2;
    f->hunt.steps_max = 3000;
    fuzz_hunt(&f->hunt);
    fflush(f->hunt.to);
    http_pool_forget(f->pool);
    http_pool_free(f->pool); /* the server waits for its connections */
    f->pool = http_pool_new();
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    if (f->hunt.found != 1)
        print_error("%s", f->text);
    assert_int_equal(f->hunt.found, 1);
    assert_true(f->hunt.findings[0].places > 0);
    assert_true(f->hunt.findings[0].times > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_target_does_what_it_does_itself),
        TEST(test_one_scenario_can_be_played_alone),
        TEST(test_it_ends_when_it_is_told_to),
        TEST(test_it_ends_when_the_time_is_over),
        TEST(test_what_differs_is_found_shrunk_and_reported),
        TEST(test_a_fault_that_shows_in_many_places_is_reported_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
