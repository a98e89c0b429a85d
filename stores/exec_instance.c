/* exec_instance.c: one opened store in the talk with a program */
#include "exec_instance.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Neither has a deadline of its host's: both are within what it bears. */
#define OPEN_MS  4500
#define CLOSE_MS 4000
/* How often a program may end before it is asked, or while it opens. */
#define TRIES 3

struct instance {
    struct talk *talk;
    struct listener listener;
    char name[24];
    char *opening; /* the text of the request that opens it */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool is_opening;
    unsigned life; /* in which it was opened last; 0: in none */
};

const char *instance_store(const struct instance *instance)
{
    return talk_hello(instance->talk)->name;
}

/* ---- Opened in this life of the program --------------------------------- */

static int ask_to_open(struct instance *instance, unsigned life,
                       int64_t deadline_ns, struct sstore_err *err)
{
    struct request request = { .op = "open",
                               .text = strdup(instance->opening),
                               .length = strlen(instance->opening) };
    json_t *answer;

    if (!request.text)
        return fail_errno(err, ENOMEM, "exec");
    int code =
        talk_ask(instance->talk, life, &request, deadline_ns, &answer, err);
    free(request.text);
    json_decref(answer);
    return code;
}

/* With the lock held: until nobody else is opening it. */
static int await_opener(struct instance *instance, int64_t deadline_ns,
                        struct sstore_err *err)
{
    const int64_t second_ns = 1000 * CLOCK_NS_IN_MS;
    struct timespec end = { .tv_sec = (time_t)(deadline_ns / second_ns),
                            .tv_nsec = (long)(deadline_ns % second_ns) };

    while (instance->is_opening)
        if (pthread_cond_timedwait(&instance->changed, &instance->lock, &end))
            return fail(err, SSTORE_E_TIMEOUT, 0, "ETIMEDOUT",
                        "%s: open was not answered in time",
                        instance_store(instance));
    return SSTORE_OK;
}

/* SSTORE_OK, TALK_AGAIN or a failure. */
static int open_in(struct instance *instance, unsigned life,
                   int64_t deadline_ns, struct sstore_err *err)
{
    pthread_mutex_lock(&instance->lock);
    int code = await_opener(instance, deadline_ns, err);
    bool is_due = code == SSTORE_OK && instance->life != life;
    if (is_due)
        instance->is_opening = true;
    pthread_mutex_unlock(&instance->lock);
    if (!is_due)
        return code;
    code = ask_to_open(instance, life, deadline_ns, err);
    pthread_mutex_lock(&instance->lock);
    if (code == SSTORE_OK)
        instance->life = life;
    instance->is_opening = false;
    pthread_cond_broadcast(&instance->changed);
    pthread_mutex_unlock(&instance->lock);
    return code;
}

/* In whatever life there is, or a new one. Opening harms nobody twice: where
 * the program ends meanwhile, which may be another's doing, TALK_AGAIN. */
static int open_somewhere(struct instance *instance, int64_t deadline_ns,
                          unsigned *life, struct sstore_err *err)
{
    int code = talk_start(instance->talk, deadline_ns, life, err);

    if (code != SSTORE_OK)
        return code;
    code = open_in(instance, *life, deadline_ns, err);
    return code != SSTORE_OK && !talk_lives(instance->talk, *life) ? TALK_AGAIN
                                                                   : code;
}

/* ---- Calls -------------------------------------------------------------- */

void instance_begin(const struct instance *instance, struct request *request,
                    const char *op, struct sstore_err *err)
{
    request_begin(request, op, instance->name, err);
}

int instance_ask(struct instance *instance, struct request *request,
                 int64_t deadline_ns, json_t **answer, struct sstore_err *err)
{
    int code = request_end(request);
    unsigned life;

    *answer = NULL;
    if (code != SSTORE_OK)
        return code;
    code = TALK_AGAIN;
    for (int i = 0; i < TRIES && code == TALK_AGAIN; i++) {
        code = open_somewhere(instance, deadline_ns, &life, err);
        if (code == SSTORE_OK)
            code = talk_ask(instance->talk, life, request, deadline_ns, answer,
                            err);
    }
    free(request->text);
    return code == TALK_AGAIN ? talk_fail_ended(instance->talk, err) : code;
}

/* ---- Open and close ----------------------------------------------------- */

static void instance_free(struct instance *instance)
{
    pthread_cond_destroy(&instance->changed);
    pthread_mutex_destroy(&instance->lock);
    free(instance->opening);
    free(instance);
}

static struct instance *instance_new(struct talk *talk,
                                     const struct sstore_host *host)
{
    static atomic_uint count; /* names are for a program, and never again */
    struct instance *instance = calloc(1, sizeof *instance);
    pthread_condattr_t how;

    if (!instance)
        return NULL;
    instance->talk = talk;
    snprintf(instance->name, sizeof instance->name, "a%u",
             atomic_fetch_add(&count, 1) + 1);
    instance->listener =
        (struct listener){ .instance = instance->name, .host = host };
    pthread_mutex_init(&instance->lock, NULL);
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&instance->changed, &how);
    pthread_condattr_destroy(&how);
    return instance;
}

/* All options but the host's own. */
static int write_opening(struct instance *instance,
                         const struct sstore_opt *opt, size_t nopt,
                         struct sstore_err *err)
{
    struct sstore_str name_space = { "", 0 };
    struct request request;

    for (size_t i = 0; i < nopt; i++)
        if (strcmp(opt[i].key, "namespace") == 0)
            name_space =
                (struct sstore_str){ opt[i].value, strlen(opt[i].value) };
    instance_begin(instance, &request, "open", err);
    request_text(&request, "namespace", name_space);
    request_options(&request, opt, nopt);
    int code = request_end(&request);
    instance->opening = request.text;
    return code;
}

int instance_open(struct instance **opened, struct talk *talk,
                  const struct sstore_host *host, const struct sstore_opt *opt,
                  size_t nopt, struct sstore_err *err)
{
    int64_t deadline_ns = clock_now_ns() + OPEN_MS * CLOCK_NS_IN_MS;
    struct instance *instance = instance_new(talk, host);
    unsigned life;

    if (!instance)
        return fail_errno(err, ENOMEM, "exec");
    int code = write_opening(instance, opt, nopt, err);
    if (code == SSTORE_OK)
        code = TALK_AGAIN;
    for (int i = 0; i < TRIES && code == TALK_AGAIN; i++)
        code = open_somewhere(instance, deadline_ns, &life, err);
    if (code == TALK_AGAIN)
        code = talk_fail_ended(talk, err);
    if (code != SSTORE_OK) {
        instance_free(instance);
        return code;
    }
    talk_join(talk, &instance->listener);
    *opened = instance;
    return SSTORE_OK;
}

/* A program that has ended meanwhile is not started for that. */
void instance_close(struct instance *instance)
{
    int64_t deadline_ns = clock_now_ns() + CLOSE_MS * CLOCK_NS_IN_MS;
    struct sstore_err ignored;
    struct request request;
    json_t *answer = NULL;

    talk_leave(instance->talk, &instance->listener);
    instance_begin(instance, &request, "close", &ignored);
    if (request_end(&request) == SSTORE_OK) {
        talk_ask(instance->talk, instance->life, &request, deadline_ns, &answer,
                 &ignored);
        free(request.text);
    }
    json_decref(answer);
    instance_free(instance);
}
