/* memory.c: the store `memory`: sessions in this process, gone with it
 *
 * A hash table finds a session, a list keeps the order in which they came, a
 * heap knows which expires next. So every operation takes the same time
 * however many sessions there are (log n where an expiry moves), and what has
 * expired is freed without looking at the rest: by reap(), by length(), and a
 * little by every set().
 *
 * One lock an instance; row callbacks are called under it.
 */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_memory /* it is linked into its host */
#endif
#include "session_store.h"
#include "siphash.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Buckets at least; a power of two. */
#define BUCKETS_MIN 16
/* How many expired sessions one set() frees: two, so that they become fewer
 * even where nobody ever calls reap(). */
#define FREED_BY_SET 2
/* The place of an entry that never expires. */
#define NOT_QUEUED SIZE_MAX

struct entry {
    struct entry *next;          /* in its bucket */
    struct entry *older, *newer; /* in the order of insertion */
    uint64_t hash;
    int64_t expires_ms;
    size_t place;                   /* in the queue, or NOT_QUEUED */
    struct sstore_str data, cookie; /* owned copies */
    size_t sid_length;
    char sid[];
};

struct memory {
    pthread_mutex_t lock; /* over all below but the key */
    struct siphash_key key;
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;        /* of entries, expired ones included */
    struct entry *oldest, *newest;
    struct entry **queue; /* a heap: queue[i] expires before its children */
    size_t queue_length;
    size_t queue_room; /* never below `count`: queueing cannot fail */
};

static int fail_memory(struct sstore_err *err)
{
    err->native = ENOMEM;
    snprintf(err->symbol, sizeof err->symbol, "ENOMEM");
    snprintf(err->text, sizeof err->text, "memory: out of memory");
    return SSTORE_E_NOMEM;
}

/* ---- The queue: which session expires next ------------------------------ */

static void queue_put(struct memory *memory, size_t place, struct entry *entry)
{
    memory->queue[place] = entry;
    entry->place = place;
}

/* The entry stands at `place`, where it may be out of order. */
static void queue_settle(struct memory *memory, size_t place,
                         struct entry *entry)
{
    while (place > 0) {
        struct entry *parent = memory->queue[(place - 1) / 2];
        if (parent->expires_ms <= entry->expires_ms)
            break;
        queue_put(memory, place, parent);
        place = (place - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= memory->queue_length)
            break;
        if (child + 1 < memory->queue_length &&
            memory->queue[child + 1]->expires_ms <
                memory->queue[child]->expires_ms)
            child++;
        if (memory->queue[child]->expires_ms >= entry->expires_ms)
            break;
        queue_put(memory, place, memory->queue[child]);
        place = child;
    }
    queue_put(memory, place, entry);
}

static void queue_remove(struct memory *memory, struct entry *entry)
{
    size_t place = entry->place;

    if (place == NOT_QUEUED)
        return;
    entry->place = NOT_QUEUED;
    struct entry *last = memory->queue[--memory->queue_length];
    memory->queue[memory->queue_length] = NULL;
    if (last != entry)
        queue_settle(memory, place, last);
}

/* What expires next; NULL where nothing does. */
static struct entry *queue_first(const struct memory *memory)
{
    return memory->queue_length ? memory->queue[0] : NULL;
}

static void queue_move(struct memory *memory, struct entry *entry,
                       int64_t expires_ms)
{
    entry->expires_ms = expires_ms;
    if (expires_ms == SSTORE_NEVER)
        queue_remove(memory, entry);
    else if (entry->place == NOT_QUEUED)
        queue_settle(memory, memory->queue_length++, entry);
    else
        queue_settle(memory, entry->place, entry);
}

/* ---- The table: finding a session --------------------------------------- */

static uint64_t hash_of(const struct memory *memory, struct sstore_str sid)
{
    return siphash(&memory->key, sid.p, sid.n);
}

static struct entry **bucket_of(const struct memory *memory, uint64_t hash)
{
    return &memory->buckets[hash & (memory->bucket_count - 1)];
}

static bool is_entry(const struct entry *entry, uint64_t hash,
                     struct sstore_str sid)
{
    return entry->hash == hash && entry->sid_length == sid.n &&
           (sid.n == 0 || memcmp(entry->sid, sid.p, sid.n) == 0);
}

/* NULL where there is none; an expired one is found. */
static struct entry *entry_find(const struct memory *memory,
                                struct sstore_str sid)
{
    uint64_t hash = hash_of(memory, sid);
    struct entry *entry = *bucket_of(memory, hash);

    while (entry && !is_entry(entry, hash, sid))
        entry = entry->next;
    return entry;
}

/* Without memory for it the table stays as it was, only slower. */
static void table_resize(struct memory *memory, size_t bucket_count)
{
    struct entry **buckets = calloc(bucket_count, sizeof *buckets);

    if (!buckets)
        return;
    free(memory->buckets);
    memory->buckets = buckets;
    memory->bucket_count = bucket_count;
    for (struct entry *entry = memory->oldest; entry; entry = entry->newer) {
        struct entry **bucket = bucket_of(memory, entry->hash);
        entry->next = *bucket;
        *bucket = entry;
    }
}

static bool queue_resize(struct memory *memory, size_t room)
{
    struct entry **queue = realloc(memory->queue, room * sizeof *queue);

    if (!queue)
        return false;
    memory->queue = queue;
    memory->queue_room = room;
    return true;
}

static bool room_for_one(struct memory *memory)
{
    if (memory->count == memory->queue_room &&
        !queue_resize(memory, 2 * memory->queue_room))
        return false;
    if (memory->count == memory->bucket_count)
        table_resize(memory, 2 * memory->bucket_count);
    return true;
}

/* After many have gone: half, so that growing and shrinking do not take turns
 * at one size. */
static void give_back(struct memory *memory)
{
    if (memory->bucket_count > BUCKETS_MIN &&
        memory->count < memory->bucket_count / 8)
        table_resize(memory, memory->bucket_count / 2);
    if (memory->queue_room > BUCKETS_MIN &&
        memory->count < memory->queue_room / 8)
        (void)queue_resize(memory, memory->queue_room / 2);
}

/* ---- Entries ------------------------------------------------------------ */

/* A copy, never NULL, NULL without memory. */
static char *copy_of(struct sstore_str text)
{
    char *copy = malloc(text.n ? text.n : 1);
    if (copy && text.n)
        memcpy(copy, text.p, text.n);
    return copy;
}

static void replace(struct sstore_str *text, char *copy, size_t length)
{
    free((char *)text->p);
    text->p = copy;
    text->n = length;
}

/* Last in the order, in its bucket, without texts, not queued. NULL without
 * memory. */
static struct entry *entry_new(struct memory *memory, struct sstore_str sid)
{
    if (!room_for_one(memory) || sid.n > SIZE_MAX - sizeof(struct entry))
        return NULL;

    struct entry *entry = calloc(1, sizeof *entry + sid.n);
    if (!entry)
        return NULL;
    entry->hash = hash_of(memory, sid);
    entry->expires_ms = SSTORE_NEVER;
    entry->place = NOT_QUEUED;
    entry->sid_length = sid.n;
    if (sid.n)
        memcpy(entry->sid, sid.p, sid.n);

    struct entry **bucket = bucket_of(memory, entry->hash);
    entry->next = *bucket;
    *bucket = entry;
    entry->older = memory->newest;
    *(memory->newest ? &memory->newest->newer : &memory->oldest) = entry;
    memory->newest = entry;
    memory->count++;
    return entry;
}

static void entry_free(struct entry *entry)
{
    free((char *)entry->data.p);
    free((char *)entry->cookie.p);
    free(entry);
}

static void entry_remove(struct memory *memory, struct entry *entry)
{
    struct entry **link = bucket_of(memory, entry->hash);

    queue_remove(memory, entry);
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    *(entry->older ? &entry->older->newer : &memory->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &memory->newest) = entry->older;
    memory->count--;
    entry_free(entry);
    give_back(memory);
}

static bool is_live(const struct entry *entry, int64_t now_ms)
{
    return entry &&
           (entry->expires_ms == SSTORE_NEVER || entry->expires_ms > now_ms);
}

/* Frees at most that many that have expired; gives how many it freed. */
static uint64_t expired_free(struct memory *memory, int64_t now_ms,
                             uint64_t most)
{
    uint64_t freed = 0;
    struct entry *first;

    while (freed < most && (first = queue_first(memory)) &&
           !is_live(first, now_ms)) {
        entry_remove(memory, first);
        freed++;
    }
    return freed;
}

static int entry_row(const struct entry *entry, sstore_row_fn *row, void *arg)
{
    struct sstore_str sid = { entry->sid, entry->sid_length };
    struct sstore_record record = {
        .data = entry->data,
        .cookie = entry->cookie,
        .expires_ms = entry->expires_ms,
    };
    return row(arg, sid, &record) == 0 ? SSTORE_OK : SSTORE_STOP;
}

/* ---- The operations ----------------------------------------------------- */

static int memory_get(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, sstore_row_fn *row, void *arg,
                      struct sstore_err *err)
{
    struct memory *memory = inst;
    int code = SSTORE_MISS;

    (void)err;
    pthread_mutex_lock(&memory->lock);
    const struct entry *entry = entry_find(memory, sid);
    if (is_live(entry, call->now_ms))
        code = entry_row(entry, row, arg);
    pthread_mutex_unlock(&memory->lock);
    return code;
}

static int memory_set(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    struct memory *memory = inst;
    struct entry *entry = NULL;
    char *data = copy_of(rec->data);
    char *cookie = copy_of(rec->cookie);

    pthread_mutex_lock(&memory->lock);
    if (data && cookie) {
        expired_free(memory, call->now_ms, FREED_BY_SET);
        entry = entry_find(memory, sid);
        if (!entry)
            entry = entry_new(memory, sid);
    }
    if (entry) {
        replace(&entry->data, data, rec->data.n);
        replace(&entry->cookie, cookie, rec->cookie.n);
        queue_move(memory, entry, rec->expires_ms);
    }
    pthread_mutex_unlock(&memory->lock);

    if (entry)
        return SSTORE_OK;
    free(data);
    free(cookie);
    return fail_memory(err);
}

static int memory_destroy(void *inst, const struct sstore_call *call,
                          struct sstore_str sid, struct sstore_err *err)
{
    struct memory *memory = inst;

    (void)call;
    (void)err;
    pthread_mutex_lock(&memory->lock);
    struct entry *entry = entry_find(memory, sid);
    if (entry)
        entry_remove(memory, entry);
    pthread_mutex_unlock(&memory->lock);
    return SSTORE_OK;
}

static int memory_touch(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    struct memory *memory = inst;
    char *cookie = copy_of(rec->cookie);
    int code = SSTORE_MISS;

    if (!cookie)
        return fail_memory(err);
    pthread_mutex_lock(&memory->lock);
    struct entry *entry = entry_find(memory, sid);
    if (is_live(entry, call->now_ms)) {
        replace(&entry->cookie, cookie, rec->cookie.n);
        queue_move(memory, entry, rec->expires_ms);
        cookie = NULL;
        code = SSTORE_OK;
    }
    pthread_mutex_unlock(&memory->lock);
    free(cookie);
    return code;
}

static int memory_all(void *inst, const struct sstore_call *call,
                      sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct memory *memory = inst;
    int code = SSTORE_OK;

    (void)err;
    pthread_mutex_lock(&memory->lock);
    for (struct entry *entry = memory->oldest; entry && code == SSTORE_OK;
         entry = entry->newer)
        if (is_live(entry, call->now_ms))
            code = entry_row(entry, row, arg);
    pthread_mutex_unlock(&memory->lock);
    return code;
}

static void entries_free(struct memory *memory)
{
    struct entry *newer;

    for (struct entry *entry = memory->oldest; entry; entry = newer) {
        newer = entry->newer;
        entry_free(entry);
    }
}

static int memory_clear(void *inst, const struct sstore_call *call,
                        struct sstore_err *err)
{
    struct memory *memory = inst;

    (void)call;
    (void)err;
    pthread_mutex_lock(&memory->lock);
    entries_free(memory);
    memory->oldest = memory->newest = NULL;
    memory->count = memory->queue_length = 0;
    memset(memory->buckets, 0, memory->bucket_count * sizeof(struct entry *));
    table_resize(memory, BUCKETS_MIN);
    (void)queue_resize(memory, BUCKETS_MIN);
    pthread_mutex_unlock(&memory->lock);
    return SSTORE_OK;
}

static int memory_reap(void *inst, const struct sstore_call *call,
                       uint64_t *count, struct sstore_err *err)
{
    struct memory *memory = inst;

    (void)err;
    pthread_mutex_lock(&memory->lock);
    *count = expired_free(memory, call->now_ms, UINT64_MAX);
    pthread_mutex_unlock(&memory->lock);
    return SSTORE_OK;
}

static int memory_length(void *inst, const struct sstore_call *call,
                         uint64_t *count, struct sstore_err *err)
{
    struct memory *memory = inst;

    (void)err;
    pthread_mutex_lock(&memory->lock);
    expired_free(memory, call->now_ms, UINT64_MAX);
    *count = memory->count;
    pthread_mutex_unlock(&memory->lock);
    return SSTORE_OK;
}

static int memory_spoil(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    static const struct sstore_str spoilt = { "{\"\xff", 3 };
    struct memory *memory = inst;
    char *data = copy_of(spoilt);
    int code = SSTORE_MISS;

    if (!data)
        return fail_memory(err);
    pthread_mutex_lock(&memory->lock);
    struct entry *entry = entry_find(memory, sid);
    if (is_live(entry, call->now_ms)) {
        replace(&entry->data, data, spoilt.n);
        data = NULL;
        code = SSTORE_OK;
    }
    pthread_mutex_unlock(&memory->lock);
    free(data);
    return code;
}

/* ---- Open and close ----------------------------------------------------- */

static void memory_close(void *inst)
{
    struct memory *memory = inst;

    entries_free(memory);
    pthread_mutex_destroy(&memory->lock);
    free(memory->buckets);
    free(memory->queue);
    free(memory);
}

/* Every instance is a namespace of its own, so that option says nothing. */
static bool options_known(const struct sstore_opt *opt, size_t nopt,
                          struct sstore_err *err)
{
    for (size_t i = 0; i < nopt; i++) {
        if (strcmp(opt[i].key, "namespace") == 0)
            continue;
        snprintf(err->text, sizeof err->text,
                 "memory: unknown option \"%.60s\" (it has none)", opt[i].key);
        return false;
    }
    return true;
}

static int memory_open(const struct sstore_host *host,
                       const struct sstore_opt *opt, size_t nopt, void **inst,
                       struct sstore_err *err)
{
    (void)host;
    if (!options_known(opt, nopt, err))
        return SSTORE_E_INVAL;

    struct memory *memory = calloc(1, sizeof *memory);
    if (!memory || pthread_mutex_init(&memory->lock, NULL) != 0) {
        free(memory);
        return fail_memory(err);
    }
    table_resize(memory, BUCKETS_MIN);
    if (!memory->buckets || !queue_resize(memory, BUCKETS_MIN)) {
        memory_close(memory);
        return fail_memory(err);
    }
    if (getrandom(&memory->key, sizeof memory->key, 0) !=
        (ssize_t)sizeof memory->key) {
        err->native = errno;
        snprintf(err->text, sizeof err->text, "memory: no random bytes");
        memory_close(memory);
        return SSTORE_E_IO;
    }
    *inst = memory;
    return SSTORE_OK;
}

static const struct sstore_plugin memory_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps =
        SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "memory",
    .version = "1.0",
    .options = "",
    .open = memory_open,
    .close = memory_close,
    .get = memory_get,
    .set = memory_set,
    .destroy = memory_destroy,
    .touch = memory_touch,
    .all = memory_all,
    .clear = memory_clear,
    .length = memory_length,
    .reap = memory_reap,
    .spoil = memory_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &memory_plugin;
}
