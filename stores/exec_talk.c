/* exec_talk.c: the talk with a store's program: started, asked, ended */
#include "exec_talk.h"

#include "base/clock.h"
#include "base/fail.h"
#include "exec_life.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define ID_ROOM 32 /* for {"id":18446744073709551615, */

static void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t how;

    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &how);
    pthread_condattr_destroy(&how);
}

/* 0 or ETIMEDOUT; may return early. */
static int wait_until(pthread_cond_t *cond, pthread_mutex_t *lock,
                      int64_t deadline_ns)
{
    const int64_t second_ns = 1000 * CLOCK_NS_IN_MS;
    struct timespec end = { .tv_sec = (time_t)(deadline_ns / second_ns),
                            .tv_nsec = (long)(deadline_ns % second_ns) };

    return pthread_cond_timedwait(cond, lock, &end);
}

struct talk *talk_new(const char *command, int hello_ms)
{
    struct talk *talk = calloc(1, sizeof *talk);

    if (!talk)
        return NULL;
    *talk = (struct talk){
        .command = command, .hello_ms = hello_ms, .process = -1, .next_id = 1
    };
    talk->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (talk->wake < 0) {
        free(talk);
        return NULL;
    }
    pthread_mutex_init(&talk->lock, NULL);
    pthread_mutex_init(&talk->listeners_lock, NULL);
    cond_init(&talk->changed);
    return talk;
}

void talk_free(struct talk *talk)
{
    if (talk->has_hello)
        hello_clear(&talk->hello);
    pthread_cond_destroy(&talk->changed);
    pthread_mutex_destroy(&talk->listeners_lock);
    pthread_mutex_destroy(&talk->lock);
    close(talk->wake);
    free(talk);
}

static void tell_life(const struct talk *talk)
{
    const uint64_t news = 1;

    /* It fails where so much is told already that the life cannot miss it. */
    if (write(talk->wake, &news, sizeof news) < 0)
        return;
}

/* ---- Start and end ------------------------------------------------------ */

/* With the lock held. The last life's thread needs no lock any more. */
static int begin_life(struct talk *talk, struct sstore_err *err)
{
    if (talk->has_thread)
        pthread_join(talk->thread, NULL);
    talk->has_thread = false;
    talk->is_unwanted = false;
    int failed = pthread_create(&talk->thread, NULL, life_run, talk);
    if (failed)
        return fail_errno(err, failed, "exec: a thread");
    talk->has_thread = true;
    talk->state = TALK_STARTING;
    talk->life++;
    return SSTORE_OK;
}

/* With the lock held. */
static int fail_ended(const struct talk *talk, struct sstore_err *err)
{
    *err = talk->err;
    return talk->code != SSTORE_OK ? talk->code : SSTORE_E_IO;
}

/* With the lock held. */
static int await_hello(struct talk *talk, int64_t deadline_ns,
                       struct sstore_err *err)
{
    bool tried = false;

    while (talk->state != TALK_UP) {
        if (talk->state == TALK_ENDED && tried)
            return fail_ended(talk, err);
        if (talk->state == TALK_ENDED) {
            int code = begin_life(talk, err);
            if (code != SSTORE_OK)
                return code;
        }
        tried = true;
        if (wait_until(&talk->changed, &talk->lock, deadline_ns) == ETIMEDOUT &&
            talk->state == TALK_STARTING)
            return fail(err, SSTORE_E_TIMEOUT, 0, "ETIMEDOUT",
                        "%s: the store's program has not said hello yet",
                        life_name(talk));
    }
    return SSTORE_OK;
}

int talk_start(struct talk *talk, int64_t deadline_ns, unsigned *life,
               struct sstore_err *err)
{
    pthread_mutex_lock(&talk->lock);
    int code = await_hello(talk, deadline_ns, err);
    *life = talk->life;
    pthread_mutex_unlock(&talk->lock);
    return code;
}

bool talk_lives(struct talk *talk, unsigned life)
{
    pthread_mutex_lock(&talk->lock);
    bool lives = talk->state == TALK_UP && talk->life == life;
    pthread_mutex_unlock(&talk->lock);
    return lives;
}

int talk_fail_ended(struct talk *talk, struct sstore_err *err)
{
    pthread_mutex_lock(&talk->lock);
    int code = fail_ended(talk, err);
    pthread_mutex_unlock(&talk->lock);
    return code;
}

void talk_end(struct talk *talk)
{
    pthread_mutex_lock(&talk->lock);
    bool joins = talk->has_thread;
    pthread_t thread = talk->thread;
    talk->has_thread = false;
    talk->is_unwanted = true;
    pthread_mutex_unlock(&talk->lock);
    if (!joins)
        return;
    tell_life(talk);
    pthread_join(thread, NULL);
}

const struct hello *talk_hello(const struct talk *talk)
{
    return &talk->hello;
}

pid_t talk_process(struct talk *talk)
{
    pthread_mutex_lock(&talk->lock);
    pid_t process = talk->process;
    pthread_mutex_unlock(&talk->lock);
    return process;
}

/* ---- Calls -------------------------------------------------------------- */

/* With the lock held: puts the call at the end of the list, its id before its
 * text. NULL without memory. */
static struct call *call_queue(struct talk *talk, const struct request *request,
                               struct waiter *waiter)
{
    struct call *call = calloc(1, sizeof *call), **place = &talk->calls;
    char *line = malloc(ID_ROOM + request->length);

    if (!call || !line) {
        free(call);
        free(line);
        return NULL;
    }
    call->id = talk->next_id++;
    call->op = request->op;
    call->waiter = waiter;
    call->line = line;
    size_t head = (size_t)snprintf(line, ID_ROOM, "{\"id\":%llu,",
                                   (unsigned long long)call->id);
    memcpy(line + head, request->text, request->length);
    call->length = head + request->length;
    while (*place)
        place = &(*place)->next;
    *place = call;
    return call;
}

/* With the lock held, once nobody waits for it. What has begun to be sent is
 * sent, and will be answered some day. */
static void call_leave(struct talk *talk, uint64_t id)
{
    struct call **place = &talk->calls;

    while (*place && (*place)->id != id)
        place = &(*place)->next;
    if (!*place)
        return;
    (*place)->waiter = NULL;
    if ((*place)->sent == 0)
        call_remove(place);
}

/* With the lock held: waits for what comes of it. */
static int call_await(struct talk *talk, uint64_t id, const char *op,
                      struct waiter *waiter, int64_t deadline_ns,
                      json_t **answer, struct sstore_err *err)
{
    while (!waiter->done)
        if (wait_until(&waiter->woken, &talk->lock, deadline_ns) == ETIMEDOUT)
            break;
    if (!waiter->done) {
        call_leave(talk, id);
        return fail(err, SSTORE_E_TIMEOUT, 0, "ETIMEDOUT",
                    "%s: %s was not answered in time", life_name(talk), op);
    }
    *answer = waiter->answer;
    if (waiter->answer)
        return SSTORE_OK;
    *err = waiter->err;
    return waiter->code;
}

/* With the lock held. */
static int call_run(struct talk *talk, unsigned life,
                    const struct request *request, int64_t deadline_ns,
                    json_t **answer, struct sstore_err *err)
{
    struct waiter waiter = { .done = false };

    if (talk->state != TALK_UP || talk->life != life)
        return TALK_AGAIN;
    if (*talk->fault) {
        int code = fail(err, SSTORE_E_IO, 0, "EPROTO", "%s", talk->fault);
        *talk->fault = '\0';
        return code;
    }
    const struct call *call = call_queue(talk, request, &waiter);
    if (!call)
        return fail_errno(err, ENOMEM, life_name(talk));
    tell_life(talk);
    cond_init(&waiter.woken);
    int code = call_await(talk, call->id, request->op, &waiter, deadline_ns,
                          answer, err);
    pthread_cond_destroy(&waiter.woken);
    return code;
}

/* ---- Failures that the store tells of ----------------------------------- */

/* Those that have a code of their own in the ABI. */
static const struct {
    const char *symbol;
    int code;
} symbols[] = {
    { "EINVAL", SSTORE_E_INVAL },      { "ENOMEM", SSTORE_E_NOMEM },
    { "ETIMEDOUT", SSTORE_E_TIMEOUT }, { "ECORRUPT", SSTORE_E_CORRUPT },
    { "E2BIG", SSTORE_E_TOOBIG },      { "ENAMETOOLONG", SSTORE_E_TOOBIG },
    { "ENOTSUP", SSTORE_E_NOTSUP },
};

/* How much of a text of UTF-8 fits, without a character cut in two. */
static int fitting(const char *text, size_t room)
{
    size_t length = strnlen(text, room);

    if (length < room)
        return (int)length;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return (int)length;
}

/* SSTORE_OK where the answer tells of none. */
static int read_error(const char *name, const char *op, const json_t *answer,
                      struct sstore_err *err)
{
    const json_t *error = json_object_get(answer, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    const json_t *symbol = json_object_get(error, "code");
    const char *word = json_string_value(symbol);
    int code = SSTORE_E_IO;

    if (!error)
        return SSTORE_OK;
    if (!message || (symbol && !word && !json_is_null(symbol)))
        return fail(err, SSTORE_E_IO, 0, "EPROTO",
                    "%s: the store's program answered %s with an \"error\" "
                    "that is not {\"message\": text, \"code\"?: text}",
                    name, op);
    for (size_t i = 0; word && i < sizeof symbols / sizeof *symbols; i++)
        if (strcmp(word, symbols[i].symbol) == 0)
            code = symbols[i].code;
    return fail(err, code, 0, word ? word : "", "%.*s",
                fitting(message, sizeof err->text - 1), message);
}

int talk_ask(struct talk *talk, unsigned life, const struct request *request,
             int64_t deadline_ns, json_t **answer, struct sstore_err *err)
{
    int code;

    *answer = NULL;
    if (request->length + ID_ROOM > TALK_LINE_MOST) {
        code = fail(err, SSTORE_E_TOOBIG, 0, "E2BIG",
                    "%s: a request of more than %zu MiB",
                    talk_hello(talk)->name, TALK_LINE_MOST >> 20);
    } else {
        pthread_mutex_lock(&talk->lock);
        code = call_run(talk, life, request, deadline_ns, answer, err);
        pthread_mutex_unlock(&talk->lock);
    }
    if (code == SSTORE_OK)
        code = read_error(talk_hello(talk)->name, request->op, *answer, err);
    if (code != SSTORE_OK) {
        json_decref(*answer);
        *answer = NULL;
    }
    return code;
}

/* ---- Events ------------------------------------------------------------- */

void talk_join(struct talk *talk, struct listener *listener)
{
    pthread_mutex_lock(&talk->listeners_lock);
    listener->next = talk->listeners;
    talk->listeners = listener;
    pthread_mutex_unlock(&talk->listeners_lock);
}

void talk_leave(struct talk *talk, struct listener *listener)
{
    struct listener **place = &talk->listeners;

    pthread_mutex_lock(&talk->listeners_lock);
    while (*place != listener)
        place = &(*place)->next;
    *place = listener->next;
    pthread_mutex_unlock(&talk->listeners_lock);
}
