/* test_progress.c: when the progress line is drawn, and what it says */
#include "../progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

/* A terminal of our own: what is written to `to` is read from `master`. */
struct terminal {
    int master;
    FILE *to;
    char seen[8192];
};

static void terminal_open(struct terminal *terminal, unsigned short columns)
{
    const struct winsize size = { .ws_row = 24, .ws_col = columns };
    int slave;

    terminal->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(terminal->master >= 0);
    assert_int_equal(grantpt(terminal->master), 0);
    assert_int_equal(unlockpt(terminal->master), 0);
    slave = open(ptsname(terminal->master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
    terminal->to = fdopen(slave, "w");
    assert_non_null(terminal->to);
}

/* Ends with a mark, so that the reader knows when it has all. */
static const char *terminal_read(struct terminal *terminal)
{
    size_t length = 0;

    fputs("#", terminal->to);
    fflush(terminal->to);
    do {
        ssize_t got = read(terminal->master, terminal->seen + length,
                           sizeof terminal->seen - 1 - length);

        assert_true(got > 0);
        length += (size_t)got;
        terminal->seen[length] = '\0';
    } while (strchr(terminal->seen, '#') == NULL);
    return terminal->seen;
}

static void terminal_close(struct terminal *terminal)
{
    fclose(terminal->to);
    close(terminal->master);
}

static int plain_terminal(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    return 0;
}

static void run_three(struct progress *progress, FILE *to)
{
    progress_start(progress, 3, to);
    progress_step(progress, OUTCOME_PASS);
    progress_step(progress, OUTCOME_CRASH);
    progress_step(progress, OUTCOME_PASS);
    progress_end(progress);
}

static void test_a_terminal_sees_how_far_it_is(void **state)
{
    struct terminal terminal;
    struct progress progress;
    const char *seen;

    (void)state;
    terminal_open(&terminal, 80);
    run_three(&progress, terminal.to);
    seen = terminal_read(&terminal);
    assert_non_null(strstr(seen, "[                    ] 0/3"));
    assert_non_null(
        strstr(seen, "[====================] 3/3  2 passed, 1 crashed"));
    terminal_close(&terminal);
}

static void test_the_line_is_gone_at_the_end(void **state)
{
    struct terminal terminal;
    struct progress progress;
    const char *seen;

    (void)state;
    terminal_open(&terminal, 80);
    run_three(&progress, terminal.to);
    seen = terminal_read(&terminal);
    assert_string_equal(strstr(seen, "crashed"), "crashed\r\033[K#");
    terminal_close(&terminal);
}

static void test_no_color_leaves_out_the_colours_only(void **state)
{
    struct terminal terminal;
    struct progress progress;

    (void)state;
    terminal_open(&terminal, 80);
    run_three(&progress, terminal.to);
    assert_null(strstr(terminal_read(&terminal), "\033[3"));
    terminal_close(&terminal);

    unsetenv("NO_COLOR");
    terminal_open(&terminal, 80);
    run_three(&progress, terminal.to);
    assert_non_null(strstr(terminal_read(&terminal), "\033[31m"));
    terminal_close(&terminal);
}

static void test_a_narrow_terminal_is_not_wrapped(void **state)
{
    struct terminal terminal;
    struct progress progress;

    (void)state;
    terminal_open(&terminal, 24);
    run_three(&progress, terminal.to);
    assert_non_null(strstr(terminal_read(&terminal),
                           "\r\033[K[====================] \r\033[K#"));
    terminal_close(&terminal);
}

static void test_a_dumb_terminal_sees_nothing(void **state)
{
    struct terminal terminal;
    struct progress progress;

    (void)state;
    setenv("TERM", "dumb", 1);
    terminal_open(&terminal, 80);
    run_three(&progress, terminal.to);
    assert_string_equal(terminal_read(&terminal), "#");
    terminal_close(&terminal);
}

static void test_a_file_sees_nothing(void **state)
{
    struct progress progress;
    FILE *to = tmpfile();

    (void)state;
    assert_non_null(to);
    run_three(&progress, to);
    assert_int_equal(ftell(to), 0);
    assert_int_equal(progress.done.cases, 3);
    fclose(to);
}

/* So many that threads without a lock would get in each other's way. */
enum { STEPS = 100000 };

static void *take_steps(void *progress)
{
    for (int i = 0; i < STEPS; i++)
        progress_step(progress, OUTCOME_PASS);
    return NULL;
}

static void test_threads_lose_no_step(void **state)
{
    struct progress progress;
    pthread_t threads[4];
    FILE *to = tmpfile();

    (void)state;
    assert_non_null(to);
    progress_start(&progress, 4 * STEPS, to);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, take_steps, &progress), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(progress.done.passed, 4 * STEPS);
    progress_end(&progress);
    fclose(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_terminal_sees_how_far_it_is,
                               plain_terminal),
        cmocka_unit_test_setup(test_the_line_is_gone_at_the_end,
                               plain_terminal),
        cmocka_unit_test_setup(test_no_color_leaves_out_the_colours_only,
                               plain_terminal),
        cmocka_unit_test_setup(test_a_narrow_terminal_is_not_wrapped,
                               plain_terminal),
        cmocka_unit_test_setup(test_a_dumb_terminal_sees_nothing,
                               plain_terminal),
        cmocka_unit_test_setup(test_a_file_sees_nothing, plain_terminal),
        cmocka_unit_test(test_threads_lose_no_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
