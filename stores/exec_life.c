/* exec_life.c: the thread that lives with a store's program
 *
 * It starts the program, writes to it and reads from it without ever blocking,
 * and tells those who wait how it ended.
 */
#include "exec_life.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECE = 65536,         /* bytes read at once */
    GRACE_MS = 1000,       /* from a closed pipe to the end that explains it */
    EOF_MS = 1500,         /* the end of its stdin is to end it within that, */
    TERM_MS = 500,         /* and SIGTERM within this */
    FOR_EVER_MS = 1000000, /* SIGKILL needs no patience */
};

const char *life_name(const struct talk *talk)
{
    return talk->has_hello ? talk->hello.name : "exec";
}

void life_make_plain(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* ---- Calls -------------------------------------------------------------- */

void call_remove(struct call **place)
{
    struct call *call = *place;

    *place = call->next;
    free(call->line);
    free(call);
}

static void wake(struct call *call)
{
    call->waiter->done = true;
    pthread_cond_signal(&call->waiter->woken);
    call->waiter = NULL;
}

void call_answer(struct call *call, json_t *answer)
{
    if (!call->waiter) {
        json_decref(answer);
        return;
    }
    call->waiter->answer = answer;
    wake(call);
}

void call_fail(struct call *call, int code, const struct sstore_err *err)
{
    if (!call->waiter)
        return;
    call->waiter->code = code;
    call->waiter->err = *err;
    wake(call);
}

/* ---- Reading and writing ------------------------------------------------ */

static void end_life(struct life *life, enum over why)
{
    if (life->over == OVER_NOT)
        life->over = why;
}

static void find_closed(struct life *life, const char *pipe)
{
    if (life->over == OVER_NOT)
        life->closed = pipe;
    end_life(life, OVER_PIPE);
}

static struct call *find_unsent(struct talk *talk)
{
    struct call *call = talk->calls;

    while (call && !call->line)
        call = call->next;
    return call;
}

/* As much as goes into the pipe. */
static void write_calls(struct life *life)
{
    struct talk *talk = life->talk;
    struct call *call;
    ssize_t wrote = 0;

    pthread_mutex_lock(&talk->lock);
    while (wrote >= 0 && (call = find_unsent(talk))) {
        wrote = write(life->child.in, call->line + call->sent,
                      call->length - call->sent);
        if (wrote > 0)
            call->sent += (size_t)wrote;
        if (call->sent == call->length) {
            free(call->line);
            call->line = NULL;
        }
    }
    pthread_mutex_unlock(&talk->lock);
    if (wrote < 0 && errno != EAGAIN && errno != EINTR) {
        child_close(&life->child.in);
        find_closed(life, "stdin");
    }
}

static void take_answer(void *arg, char *line, size_t length)
{
    answers_take(arg, line, length);
}

static bool is_up(struct talk *talk)
{
    pthread_mutex_lock(&talk->lock);
    bool up = talk->state == TALK_UP;
    pthread_mutex_unlock(&talk->lock);
    return up;
}

void life_say(struct life *life)
{
    if (life->holds_words)
        fprintf(stderr, "store %s: %s\n", life_name(life->talk),
                life->last_words);
    life->holds_words = false;
}

/* A line for whoever reads this process' stderr, and the case's transcript.
 * Before the hello the last is held back: it may be why there is none, and
 * then be told with that. */
static void take_words(void *arg, char *line, size_t length)
{
    struct life *life = arg;

    (void)length;
    life_say(life);
    snprintf(life->last_words, sizeof life->last_words, "%s", line);
    life->holds_words = true;
    if (is_up(life->talk))
        life_say(life);
}

/* What is there, up to a piece. False at the end, and where there is nothing.
 */
static bool read_piece(struct life *life, int *fd, struct lines *lines,
                       lines_fn *take)
{
    char piece[PIECE];
    ssize_t got = *fd >= 0 ? read(*fd, piece, sizeof piece) : -1;

    if (got > 0) {
        if (lines_feed(lines, piece, (size_t)got, take, life) != 0)
            end_life(life, OVER_MEMORY);
        return true;
    }
    if (got == 0)
        child_close(fd);
    return false;
}

static void read_answers(struct life *life)
{
    read_piece(life, &life->child.out, &life->out, take_answer);
    if (life->child.out < 0)
        find_closed(life, "stdout");
}

/* ---- One round ---------------------------------------------------------- */

enum { WAKE, IN, OUT, ERR, PROCESS, FILES };

/* Whether there is something to write; notes that the life is not wanted. */
static bool look(struct life *life)
{
    struct talk *talk = life->talk;
    bool has_unsent;

    pthread_mutex_lock(&talk->lock);
    has_unsent = find_unsent(talk) != NULL;
    if (talk->is_unwanted)
        end_life(life, OVER_UNWANTED);
    pthread_mutex_unlock(&talk->lock);
    return has_unsent && life->child.in >= 0;
}

/* Waits for something to do, up to the deadline, and does it. False once the
 * program has ended. */
static bool serve(struct life *life, int64_t deadline_ns)
{
    bool was_over = life->over != OVER_NOT, writes = look(life);
    struct pollfd files[FILES] = {
        [WAKE] = { .fd = life->talk->wake, .events = POLLIN },
        [IN] = { .fd = writes ? life->child.in : -1, .events = POLLOUT },
        [OUT] = { .fd = life->child.out, .events = POLLIN },
        [ERR] = { .fd = life->child.err, .events = POLLIN },
        [PROCESS] = { .fd = life->child.pidfd, .events = POLLIN },
    };
    uint64_t news;

    if (!was_over && life->over != OVER_NOT)
        return true; /* what woke us for that may not do so again */
    if (poll(files, FILES, clock_left_ms(deadline_ns, FOR_EVER_MS)) <= 0)
        return true;
    if (files[WAKE].revents && read(life->talk->wake, &news, sizeof news) < 0)
        return true; /* another round looks again */
    if (files[IN].revents)
        write_calls(life);
    if (files[ERR].revents)
        read_piece(life, &life->child.err, &life->err, take_words);
    if (files[OUT].revents)
        read_answers(life);
    return !files[PROCESS].revents;
}

/* Until the life is over, one way or another. */
static void live(struct life *life)
{
    bool up = false;

    while (life->over == OVER_NOT) {
        up = up || is_up(life->talk);
        if (!serve(life, up ? INT64_MAX : life->hello_deadline_ns))
            end_life(life, OVER_ENDED);
        up = up || is_up(life->talk);
        if (up || clock_now_ns() < life->hello_deadline_ns)
            continue;
        life->code = fail(&life->why, SSTORE_E_TIMEOUT, 0, "ETIMEDOUT",
                          "the store's program did not say hello within %d ms",
                          life->talk->hello_ms);
        end_life(life, OVER_HELLO);
    }
}

/* ---- The end ------------------------------------------------------------ */

/* Has the program ended within that time? */
static bool ends_within(struct life *life, int ms)
{
    int64_t deadline_ns = clock_now_ns() + ms * CLOCK_NS_IN_MS;
    bool runs = true;

    while (runs && clock_now_ns() < deadline_ns)
        runs = serve(life, deadline_ns);
    return !runs;
}

/* waitpid's status. */
static int wind_up(struct life *life)
{
    bool ended = life->over == OVER_ENDED;

    if (life->over == OVER_PIPE && ends_within(life, GRACE_MS)) {
        life->over = OVER_ENDED;
        ended = true;
    }
    child_close(&life->child.in);
    if (!ended && life->over == OVER_UNWANTED)
        ended = ends_within(life, EOF_MS);
    if (!ended) {
        child_signal(&life->child, SIGTERM);
        ended = ends_within(life, TERM_MS);
    }
    if (!ended)
        child_signal(&life->child, SIGKILL);
    int status = child_reap(&life->child);
    while (read_piece(life, &life->child.out, &life->out, take_answer))
        ;
    while (read_piece(life, &life->child.err, &life->err, take_words))
        ;
    lines_finish(&life->err, take_words, life);
    return status;
}

/* Why, in words: SSTORE_OK where it was not wanted any more. */
static int explain(struct life *life, int status, struct sstore_err *err)
{
    const char *name = life_name(life->talk), *words = life->last_words;
    bool up = is_up(life->talk);
    char how[CHILD_HOW];

    child_how(status, how);
    switch (life->over) {
    case OVER_UNWANTED:
        return SSTORE_OK;
    case OVER_HELLO:
        *err = life->why;
        return life->code;
    case OVER_MEMORY:
        return fail_errno(err, ENOMEM, name);
    case OVER_PIPE:
        return fail(err, SSTORE_E_IO, 0, "EPIPE",
                    "%s: the store's program closed its %s", name,
                    life->closed);
    default:
        return up ? fail(err, SSTORE_E_IO, 0, "ECONNRESET",
                         "%s: the store's program ended with %s", name, how)
                  : fail(err, SSTORE_E_IO, 0, "ECONNRESET",
                         "%s%sthe store's program ended with %s before its "
                         "hello%s",
                         words, *words ? " (" : "", how, *words ? ")" : "");
    }
}

/* Those who wait are told, those who start it may. Nothing of the talk is
 * touched afterwards. */
static void tell(struct talk *talk, int code, struct sstore_err *err)
{
    life_make_plain(err->text);
    pthread_mutex_lock(&talk->lock);
    if (code != SSTORE_OK && talk->state == TALK_UP)
        fprintf(stderr, "store: %s\n", err->text);
    talk->state = TALK_ENDED;
    talk->process = -1;
    talk->code = code;
    talk->err = *err;
    while (talk->calls) {
        call_fail(talk->calls, code != SSTORE_OK ? code : SSTORE_E_IO, err);
        call_remove(&talk->calls);
    }
    pthread_cond_broadcast(&talk->changed);
    pthread_mutex_unlock(&talk->lock);
}

/* What ends a life early is told by poll(); a signal is for other threads. */
static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
}

static struct life life_begin(struct talk *talk)
{
    struct life life = {
        .talk = talk,
        .out = { .most = TALK_LINE_MOST },
        .err = { .most = LIFE_WORDS_MOST },
        .hello_deadline_ns = clock_now_ns() + talk->hello_ms * CLOCK_NS_IN_MS,
    };

    pthread_mutex_lock(&talk->lock);
    life.first_id = talk->next_id;
    pthread_mutex_unlock(&talk->lock);
    return life;
}

void *life_run(void *arg)
{
    struct talk *talk = arg;
    struct life life = life_begin(talk);
    struct sstore_err err = { .text = "the store's program was ended" };
    int code;

    block_signals();
    int failed = child_start(&life.child, talk->command);
    if (failed) {
        code = fail_errno(&err, failed, "the store's program cannot be run");
    } else {
        pthread_mutex_lock(&talk->lock);
        talk->process = life.child.pid;
        pthread_mutex_unlock(&talk->lock);
        live(&life);
        int status = wind_up(&life);
        code = explain(&life, status, &err);
        if (!strstr(err.text, life.last_words))
            life_say(&life);
    }
    child_close(&life.child.in);
    child_close(&life.child.out);
    child_close(&life.child.err);
    lines_free(&life.out);
    lines_free(&life.err);
    tell(talk, code, &err);
    return NULL;
}
