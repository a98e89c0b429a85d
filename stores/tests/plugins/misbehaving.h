/* misbehaving.h: a store that is right but for what its one macro spoils
 *
 * Each plugin of these tests includes this after defining what goes wrong in
 * its get; the rest is a list under a lock, without expiry. With the id
 * "innocent" it does no wrong: a case on it must not be harmed.
 */
#ifndef STORES_TESTS_MISBEHAVING_H
#define STORES_TESTS_MISBEHAVING_H

#include "../../session_store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    struct kept *next;
    char *sid, *data, *cookie;
    size_t sid_n, data_n, cookie_n;
    int64_t expires_ms;
};

struct list {
    pthread_mutex_t lock; /* over all below */
    struct kept *first;
};

/* What is wrong: true where *code is what get() gives, whatever is stored. */
static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code);

static char *copy(struct sstore_str text)
{
    char *fresh = calloc(1, text.n + 1);

    if (!fresh)
        abort();
    if (text.n)
        memcpy(fresh, text.p, text.n);
    return fresh;
}

static struct kept **find(struct list *list, struct sstore_str sid)
{
    struct kept **at = &list->first;

    while (*at &&
           ((*at)->sid_n != sid.n || memcmp((*at)->sid, sid.p, sid.n) != 0))
        at = &(*at)->next;
    return at;
}

static void drop(struct kept **at)
{
    struct kept *kept = *at;

    *at = kept->next;
    free(kept->sid);
    free(kept->data);
    free(kept->cookie);
    free(kept);
}

static int list_get(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, sstore_row_fn *row, void *arg,
                    struct sstore_err *err)
{
    struct list *list = inst;
    int code = SSTORE_MISS;

    (void)err;
    if (!(sid.n == 8 && memcmp(sid.p, "innocent", 8) == 0) &&
        misbehave(call, row, arg, sid, &code))
        return code;
    pthread_mutex_lock(&list->lock);
    const struct kept *kept = *find(list, sid);
    if (kept) {
        struct sstore_record record = { { kept->data, kept->data_n },
                                        { kept->cookie, kept->cookie_n },
                                        kept->expires_ms };
        code = row(arg, sid, &record) == 0 ? SSTORE_OK : SSTORE_STOP;
    }
    pthread_mutex_unlock(&list->lock);
    return code;
}

static int list_destroy(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    struct list *list = inst;

    (void)call;
    (void)err;
    pthread_mutex_lock(&list->lock);
    struct kept **at = find(list, sid);
    if (*at)
        drop(at);
    pthread_mutex_unlock(&list->lock);
    return SSTORE_OK;
}

static int list_set(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, const struct sstore_record *rec,
                    struct sstore_err *err)
{
    struct list *list = inst;
    struct kept *kept = calloc(1, sizeof *kept);

    if (!kept)
        abort();
    list_destroy(inst, call, sid, err);
    *kept = (struct kept){ .sid = copy(sid),
                           .data = copy(rec->data),
                           .cookie = copy(rec->cookie),
                           .sid_n = sid.n,
                           .data_n = rec->data.n,
                           .cookie_n = rec->cookie.n,
                           .expires_ms = rec->expires_ms };
    pthread_mutex_lock(&list->lock);
    kept->next = list->first;
    list->first = kept;
    pthread_mutex_unlock(&list->lock);
    return SSTORE_OK;
}

static void list_close(void *inst)
{
    struct list *list = inst;

    while (list->first)
        drop(&list->first);
    pthread_mutex_destroy(&list->lock);
    free(list);
}

static int list_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    struct list *list = calloc(1, sizeof *list);

    (void)host;
    (void)opt;
    (void)nopt;
    (void)err;
    if (!list || pthread_mutex_init(&list->lock, NULL) != 0)
        abort();
    *inst = list;
    return SSTORE_OK;
}

static const struct sstore_plugin misbehaving = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_NAMESPACE,
    .name = "misbehaving",
    .version = "1",
    .options = "",
    .open = list_open,
    .close = list_close,
    .get = list_get,
    .set = list_set,
    .destroy = list_destroy,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &misbehaving;
}

#endif
