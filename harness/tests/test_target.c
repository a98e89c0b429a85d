/* test_target.c: starting, watching and finding the thing under test
 *
 * The targets started here are this program itself: what it then does is said
 * by the environment variable FAKE_TARGET.
 */
#include "../target.h"
#include "fake_server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <cmocka.h>

#define ABOUT                                                                  \
    "{\"protocol\":1,\"target\":\"fake\",\"abilities\":[\"schedule\"],"        \
    "\"tls\":\"https://127.0.0.1:9\",\"pid\":%ld,\"arguments\":\"%s\"}"

/* ---- the target that is started ---- */

static void answer(int fd, const char *status, const char *body)
{
    char text[2048];

    snprintf(text, sizeof text,
             "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n"
             "%s",
             status, strlen(body), body);
    fake_write(fd, text);
}

static void serve_one(int fd, const char *arguments)
{
    char request[4096], body[1024];

    if (!fake_read(fd, request, sizeof request))
        return;
    if (strncmp(request, "GET /die ", 9) == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would print and exit */
        raise(SIGSEGV);
    }
    if (strncmp(request, "GET /say ", 9) == 0)
        fputs("runtime error: said\n", stderr);
    snprintf(body, sizeof body, ABOUT, (long)getpid(), arguments);
    answer(fd, "200 OK", body);
}

static bool mode_is(const char *mode)
{
    const char *asked = getenv("FAKE_TARGET");

    return asked && strcmp(asked, mode) == 0;
}

static int be_a_target(int argc, char **argv)
{
    const char *flag = getenv("FAKE_FLAG");
    char arguments[512] = "";
    unsigned port;
    int listener;

    for (int i = 1; i < argc; i++)
        snprintf(arguments + strlen(arguments),
                 sizeof arguments - strlen(arguments), "%s%s", i > 1 ? " " : "",
                 argv[i]);
    if (mode_is("exits") ||
        (mode_is("exits-later") && flag && access(flag, F_OK) == 0)) {
        fputs("\nno such store: x\nsay --help for help\n\n", stderr);
        return 2;
    }
    if (mode_is("silent"))
        for (;;)
            pause();
    if (mode_is("stubborn"))
        signal(SIGTERM, SIG_IGN);
    if (mode_is("no-url"))
        puts("listening");
    listener = fake_listen(&port);
    printf("http://127.0.0.1:%u\n", port);
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        serve_one(fd, arguments);
        close(fd);
    }
}

/* ---- the tests ---- */

struct fixture {
    struct http_pool *pool;
    struct target *target;
    struct target_options options;
    struct fault fault;
    char self[512];
};

static int open_mode(struct fixture *fixture, const char *mode)
{
    ssize_t length =
        readlink("/proc/self/exe", fixture->self, sizeof fixture->self - 1);

    assert_true(length > 0);
    fixture->self[length] = '\0';
    setenv("FAKE_TARGET", mode, 1);
    fixture->options.server = fixture->self;
    fixture->fault.text[0] = '\0';
    return target_open(&fixture->target, &fixture->options, fixture->pool,
                       &fixture->fault);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->pool = http_pool_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->target)
        target_close(fixture->target);
    http_pool_free(fixture->pool);
    free(fixture);
    return 0;
}

static enum http_transport ask_within(struct fixture *fixture, const char *path,
                                      long timeout_ms)
{
    struct http_request request = { .method = "GET",
                                    .base = target_base(fixture->target, false),
                                    .target = path,
                                    .timeout_ms = timeout_ms };
    struct http_reply reply = { .status = 0 };
    struct http_client *client = http_pool_take(fixture->pool);
    enum http_transport transport;

    http_send(client, &request, &reply);
    transport = reply.transport;
    http_reply_clear(&reply);
    http_pool_give(fixture->pool, client);
    return transport;
}

static enum http_transport ask(struct fixture *fixture, const char *path)
{
    return ask_within(fixture, path, 10000);
}

static pid_t pid_of(struct fixture *fixture)
{
    return (pid_t)json_integer_value(
        json_object_get(target_about(fixture->target), "pid"));
}

static const char *arguments_of(struct fixture *fixture)
{
    return json_string_value(
        json_object_get(target_about(fixture->target), "arguments"));
}

static void test_the_reference_is_started_and_asked(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.store = "sqlite:/tmp/x y";
    fixture->options.connections = 70;
    assert_int_equal(open_mode(fixture, "serves"), 0);
    assert_string_equal(arguments_of(fixture),
                        "--port 0 --tls-port 0 --store sqlite:/tmp/x y "
                        "--threads 70");
    assert_true(target_can(fixture->target, "schedule"));
    assert_false(target_can(fixture->target, "tls"));
    assert_string_equal(target_base(fixture->target, true),
                        "https://127.0.0.1:9");
    assert_int_equal(target_generation(fixture->target), 0);
}

static void test_the_reference_may_restart_its_backend(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.store = "redis";
    fixture->options.restart_backend = true;
    assert_int_equal(open_mode(fixture, "serves"), 0);
    assert_string_equal(
        arguments_of(fixture),
        "--port 0 --tls-port 0 --store redis --restart-backend");
}

static void test_so_may_the_express_target(void **state)
{
    struct fixture *fixture = *state;
    char folder[] = "/tmp/sessionspec-test.XXXXXX", script[64], self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    assert_true(length > 0 && mkdtemp(folder));
    self[length] = '\0';
    snprintf(script, sizeof script, "%s/start.sh", folder);
    assert_int_equal(symlink(self, script), 0);
    fixture->options.name = "express";
    fixture->options.express = folder;
    fixture->options.store = "npm:x";
    fixture->options.restart_backend = true;
    int code = open_mode(fixture, "serves");
    unlink(script);
    rmdir(folder);
    assert_int_equal(code, 0);
    assert_string_equal(
        arguments_of(fixture),
        "-- --port 0 --tls-port 0 --store npm:x --restart-backend");
}

static void test_closing_ends_the_process(void **state)
{
    struct fixture *fixture = *state;
    pid_t pid;

    assert_int_equal(open_mode(fixture, "serves"), 0);
    pid = pid_of(fixture);
    assert_int_equal(kill(pid, 0), 0);
    target_close(fixture->target);
    fixture->target = NULL;
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void test_who_ignores_sigterm_is_killed(void **state)
{
    struct fixture *fixture = *state;
    pid_t pid;

    assert_int_equal(open_mode(fixture, "stubborn"), 0);
    pid = pid_of(fixture);
    target_close(fixture->target);
    fixture->target = NULL;
    assert_int_equal(kill(pid, 0), -1);
}

static void test_who_exits_at_once_is_reported_with_his_words(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_mode(fixture, "exits"), FAULT_UNREACHABLE);
    assert_non_null(strstr(fixture->fault.text, fixture->self));
    assert_non_null(
        strstr(fixture->fault.text,
               "exited with code 2 before it was ready: no such store: x / "
               "say --help for help"));
}

static void test_a_first_line_that_is_no_url_is_refused(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_mode(fixture, "no-url"), FAULT_PROTOCOL);
    assert_non_null(strstr(fixture->fault.text, "\"listening\""));
}

static void test_a_start_can_be_interrupted(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.interrupt = eventfd(1, EFD_CLOEXEC);
    assert_int_equal(open_mode(fixture, "silent"), FAULT_UNREACHABLE);
    assert_non_null(strstr(fixture->fault.text, "SIGTERM"));
    close(fixture->options.interrupt);
}

static void test_a_missing_server_is_named(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.server = "/nonexistent/sessionspec-server";
    assert_int_equal(target_open(&fixture->target, &fixture->options,
                                 fixture->pool, &fixture->fault),
                     FAULT_LOCAL);
    assert_string_equal(fixture->fault.text,
                        "cannot run /nonexistent/sessionspec-server: "
                        "No such file or directory");
}

static void test_one_that_died_is_started_again(void **state)
{
    struct fixture *fixture = *state;
    char how[64] = "";
    pid_t first;
    struct fault fault;

    assert_int_equal(open_mode(fixture, "serves"), 0);
    first = pid_of(fixture);
    assert_int_equal(ask(fixture, "/die"), HTTP_RESET);
    assert_true(target_died(fixture->target, 0, how, sizeof how));
    assert_string_equal(how, "killed by signal 11 (SIGSEGV)");
    assert_int_equal(target_generation(fixture->target), 1);
    assert_int_not_equal(pid_of(fixture), first);
    assert_int_equal(ask(fixture, "/"), HTTP_OK);
    assert_true(target_ready(fixture->target, &fault));
    assert_false(target_died(fixture->target, 1, how, sizeof how));
    assert_int_equal(target_generation(fixture->target), 1);
}

static void test_a_death_between_cases_is_mended_before_the_next(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;

    assert_int_equal(open_mode(fixture, "serves"), 0);
    kill(pid_of(fixture), SIGKILL);
    while (ask(fixture, "/") == HTTP_OK)
        ;
    /* Its sockets go before the process has ended for its parent. */
    for (int i = 0; i < 1000000 && target_generation(fixture->target) == 0; i++)
        assert_true(target_ready(fixture->target, &fault));
    assert_int_equal(target_generation(fixture->target), 1);
    assert_int_equal(ask(fixture, "/"), HTTP_OK);
}

struct asker {
    struct fixture *fixture;
    pthread_t thread;
    bool died;
    char how[64];
};

static void *ask_whether_it_died(void *arg)
{
    struct asker *asker = arg;

    asker->died =
        target_died(asker->fixture->target, 0, asker->how, sizeof asker->how);
    return NULL;
}

static void test_many_who_ask_get_one_restart(void **state)
{
    struct fixture *fixture = *state;
    struct asker askers[8];

    assert_int_equal(open_mode(fixture, "serves"), 0);
    assert_int_equal(ask(fixture, "/die"), HTTP_RESET);
    for (size_t i = 0; i < 8; i++) {
        askers[i].fixture = fixture;
        pthread_create(&askers[i].thread, NULL, ask_whether_it_died,
                       &askers[i]);
    }
    for (size_t i = 0; i < 8; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].died);
        assert_string_equal(askers[i].how, "killed by signal 11 (SIGSEGV)");
    }
    assert_int_equal(target_generation(fixture->target), 1);
    /* The thread that started it again has ended; the target has not. */
    assert_int_equal(ask(fixture, "/"), HTTP_OK);
}

/* The first who asks loses patience, and ends it; the others, who began a
 * little later, find a connection that was closed. */
static void test_many_who_ask_one_that_hangs_hear_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct asker askers[4];

    assert_int_equal(open_mode(fixture, "serves"), 0);
    kill(pid_of(fixture), SIGSTOP);
    for (size_t i = 0; i < 4; i++) {
        askers[i].fixture = fixture;
        pthread_create(&askers[i].thread, NULL, ask_whether_it_died,
                       &askers[i]);
        assert_int_equal(ask_within(fixture, "/", 100), HTTP_TIMEOUT);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].died);
        assert_non_null(strstr(askers[i].how, "hung: for 10 s"));
    }
    assert_int_equal(target_generation(fixture->target), 1);
}

static void test_one_that_will_not_start_again_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    char how[64], flag[] = "/tmp/test_target.XXXXXX";
    int fd = mkstemp(flag);
    struct fault fault;

    close(fd);
    unlink(flag);
    setenv("FAKE_FLAG", flag, 1);
    assert_int_equal(open_mode(fixture, "exits-later"), 0);
    close(open(flag, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(ask(fixture, "/die"), HTTP_RESET);
    assert_true(target_died(fixture->target, 0, how, sizeof how));
    assert_false(target_ready(fixture->target, &fault));
    assert_non_null(strstr(fault.text, "could not be started again (3 tries)"));
    assert_non_null(strstr(fault.text, "no such store: x"));
    assert_int_equal(ask(fixture, "/"), HTTP_REFUSED);
    unlink(flag);
}

static void test_what_it_says_on_stderr_can_be_read_on(void **state)
{
    struct fixture *fixture = *state;
    size_t to = 0, end = 0;
    char *text;

    assert_int_equal(open_mode(fixture, "serves"), 0);
    assert_int_equal(ask(fixture, "/say"), HTTP_OK);
    text = target_stderr(fixture->target, 0, &to);
    assert_string_equal(text, "runtime error: said\n");
    free(text);
    text = target_stderr(fixture->target, to, &end);
    assert_string_equal(text, "");
    assert_int_equal(to, end);
    free(text);
}

/* ---- somebody else's server ---- */

struct other {
    int listener;
    char url[64];
    const char *status, *body;
    pthread_t thread;
};

static void *answer_once(void *arg)
{
    struct other *other = arg;
    char request[4096];
    int fd = accept(other->listener, NULL, NULL);

    if (fake_read(fd, request, sizeof request))
        answer(fd, other->status, other->body);
    close(fd);
    return NULL;
}

static int open_other(struct fixture *fixture, const char *status,
                      const char *body)
{
    struct other other = { .status = status, .body = body };
    unsigned port;
    int result;

    other.listener = fake_listen(&port);
    snprintf(other.url, sizeof other.url, "http://127.0.0.1:%u/", port);
    fixture->options.name = other.url;
    pthread_create(&other.thread, NULL, answer_once, &other);
    result = target_open(&fixture->target, &fixture->options, fixture->pool,
                         &fixture->fault);
    pthread_join(other.thread, NULL);
    close(other.listener);
    return result;
}

static void test_somebody_elses_server_is_used_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    char how[64];
    struct fault fault;

    assert_int_equal(open_other(fixture, "200 OK", "{\"protocol\":1}"), 0);
    assert_null(target_base(fixture->target, true));
    assert_int_not_equal(
        target_base(fixture->target,
                    false)[strlen(target_base(fixture->target, false)) - 1],
        '/');
    assert_false(target_died(fixture->target, 0, how, sizeof how));
    assert_true(target_ready(fixture->target, &fault));
}

static void test_one_who_speaks_another_protocol_is_refused(void **state)
{
    static const struct {
        const char *status, *body, *says;
    } rows[] = {
        { "200 OK", "<html>", "does not speak the probe protocol" },
        { "200 OK", "[1]", "does not speak the probe protocol" },
        { "404 Not Found", "{\"protocol\":1}", "status 404" },
        { "200 OK", "{}", "version (none)" },
        { "200 OK", "{\"protocol\":2}", "version 2" },
        { "200 OK", "{\"protocol\":\"1\"}", "version \"1\"" },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(open_other(fixture, rows[i].status, rows[i].body),
                         FAULT_PROTOCOL);
        assert_non_null(strstr(fixture->fault.text, rows[i].says));
    }
}

static void test_nobody_at_the_url_is_said_with_what_was_tried(void **state)
{
    struct fixture *fixture = *state;
    unsigned port;
    char url[64];

    close(fake_listen(&port));
    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    fixture->options.name = url;
    assert_int_equal(target_open(&fixture->target, &fixture->options,
                                 fixture->pool, &fixture->fault),
                     FAULT_UNREACHABLE);
    assert_non_null(strstr(fixture->fault.text, url));
    assert_non_null(strstr(fixture->fault.text, "tried GET /_spec"));
}

static void test_names_of_targets(void **state)
{
    static const char *const valid[] = { "reference", "express",
                                         "express@1.15.6", "http://h:1",
                                         "https://h/" };
    static const char *const invalid[] = { "",          "express@",
                                           "expresss",  "http://",
                                           "http:///x", "http://h/path",
                                           "ftp://h",   "http://h?x" };

    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(target_name_valid(valid[i]));
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        assert_false(target_name_valid(invalid[i]));
}

int main(int argc, char **argv)
{
#define WITH_FIXTURE(test)                                                     \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_the_reference_is_started_and_asked),
        WITH_FIXTURE(test_the_reference_may_restart_its_backend),
        WITH_FIXTURE(test_so_may_the_express_target),
        WITH_FIXTURE(test_closing_ends_the_process),
        WITH_FIXTURE(test_who_ignores_sigterm_is_killed),
        WITH_FIXTURE(test_who_exits_at_once_is_reported_with_his_words),
        WITH_FIXTURE(test_a_first_line_that_is_no_url_is_refused),
        WITH_FIXTURE(test_a_start_can_be_interrupted),
        WITH_FIXTURE(test_a_missing_server_is_named),
        WITH_FIXTURE(test_one_that_died_is_started_again),
        WITH_FIXTURE(test_a_death_between_cases_is_mended_before_the_next),
        WITH_FIXTURE(test_many_who_ask_get_one_restart),
        WITH_FIXTURE(test_many_who_ask_one_that_hangs_hear_the_same),
        WITH_FIXTURE(test_one_that_will_not_start_again_is_given_up),
        WITH_FIXTURE(test_what_it_says_on_stderr_can_be_read_on),
        WITH_FIXTURE(test_somebody_elses_server_is_used_as_it_is),
        WITH_FIXTURE(test_one_who_speaks_another_protocol_is_refused),
        WITH_FIXTURE(test_nobody_at_the_url_is_said_with_what_was_tried),
        cmocka_unit_test(test_names_of_targets),
    };

    if (getenv("FAKE_TARGET"))
        return be_a_target(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
