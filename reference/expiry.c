/* expiry.c: the sessions of a store and their dates, for who wants to hear of
 * their end */
#include "expiry.h"

#include "mutant.h"
#include "must.h"

#include <pthread.h>
#include <search.h>
#include <stdatomic.h>
#include <string.h>

struct record {
    json_t *sid, *session; /* its own copies */
    int64_t expires_ms;
    uint64_t age; /* of two that are due at once the older goes first */
    size_t place; /* in the heap */
};

struct watcher {
    struct watcher *next;
    expiry_gone_fn *gone;
    void *arg;
};

struct expiry {
    atomic_bool watched;
    pthread_mutex_t lock; /* guards all below */
    struct watcher *watchers;
    void *by_sid;         /* tsearch's tree of records */
    struct record **heap; /* the same records, the first due on top */
    size_t count, capacity;
    uint64_t ages;
};

/* ---- The heap ----------------------------------------------------------- */

static bool is_before(const struct record *a, const struct record *b)
{
    if (a->expires_ms != b->expires_ms)
        return a->expires_ms < b->expires_ms;
    return a->age < b->age;
}

static void put(struct expiry *expiry, struct record *record, size_t place)
{
    expiry->heap[place] = record;
    record->place = place;
}

static void rise(struct expiry *expiry, struct record *record)
{
    size_t place = record->place;

    while (place > 0 && is_before(record, expiry->heap[(place - 1) / 2])) {
        put(expiry, expiry->heap[(place - 1) / 2], place);
        place = (place - 1) / 2;
    }
    put(expiry, record, place);
}

static void sink(struct expiry *expiry, struct record *record)
{
    size_t place = record->place;

    for (;;) {
        size_t child = place * 2 + 1;

        if (child + 1 < expiry->count &&
            is_before(expiry->heap[child + 1], expiry->heap[child]))
            child++;
        if (child >= expiry->count || is_before(record, expiry->heap[child]))
            break;
        put(expiry, expiry->heap[child], place);
        place = child;
    }
    put(expiry, record, place);
}

static void settle(struct expiry *expiry, struct record *record)
{
    rise(expiry, record);
    sink(expiry, record);
}

/* ---- The records -------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct record *left = a, *right = b;
    size_t left_length = json_string_length(left->sid);
    size_t right_length = json_string_length(right->sid);

    if (left_length != right_length)
        return left_length < right_length ? -1 : 1;
    return memcmp(json_string_value(left->sid), json_string_value(right->sid),
                  left_length);
}

static struct record *find(struct expiry *expiry, const json_t *sid)
{
    const struct record key = { .sid = (json_t *)sid };
    struct record **found = tfind(&key, &expiry->by_sid, compare);

    return found ? *found : NULL;
}

static struct record *add(struct expiry *expiry, const json_t *sid)
{
    struct record *record = must_have(calloc(1, sizeof *record));

    record->sid = must_have(json_deep_copy(sid));
    must_have(tsearch(record, &expiry->by_sid, compare));
    if (expiry->count == expiry->capacity) {
        expiry->capacity = expiry->capacity ? expiry->capacity * 2 : 16;
        expiry->heap = must_have(
            realloc(expiry->heap, expiry->capacity * sizeof *expiry->heap));
    }
    put(expiry, record, expiry->count++);
    return record;
}

static void drop(struct expiry *expiry, struct record *record)
{
    struct record *last = expiry->heap[--expiry->count];

    if (last != record) {
        put(expiry, last, record->place);
        settle(expiry, last);
    }
    tdelete(record, &expiry->by_sid, compare);
    json_decref(record->sid);
    json_decref(record->session);
    free(record);
}

static void drop_all(struct expiry *expiry)
{
    while (expiry->count > 0)
        drop(expiry, expiry->heap[expiry->count - 1]);
}

/* It is gone, and that is told. */
static void tell(struct expiry *expiry, struct record *record, const char *op)
{
    for (struct watcher *at = expiry->watchers; at; at = at->next) {
        if (!mutant_silences(op))
            at->gone(at->arg, record->sid, record->session, op);
        if (mutant(MUTANT_EXPIRED_TOLD_TWICE))
            at->gone(at->arg, record->sid, record->session, op);
    }
    drop(expiry, record);
}

void expiry_set(struct expiry *expiry, const json_t *sid, const json_t *session,
                int64_t expires_ms)
{
    struct record *record = find(expiry, sid);

    if (!record)
        record = add(expiry, sid);
    if (!record->session || !mutant(MUTANT_SET_KEEPS_EXPIRY))
        record->expires_ms = expires_ms;
    json_decref(record->session);
    record->session = must_have(json_deep_copy(session));
    record->age = expiry->ages++;
    settle(expiry, record);
}

void expiry_touch(struct expiry *expiry, const json_t *sid,
                  const json_t *cookie, int64_t expires_ms)
{
    struct record *record = find(expiry, sid);

    if (!record)
        return;
    if (cookie && json_is_object(record->session))
        json_object_set_new(record->session, "cookie",
                            must_have(json_deep_copy(cookie)));
    record->expires_ms = expires_ms;
    settle(expiry, record);
}

void expiry_destroy(struct expiry *expiry, const json_t *sid)
{
    struct record *record = find(expiry, sid);

    if (record)
        tell(expiry, record, "destroy");
}

void expiry_clear(struct expiry *expiry)
{
    while (expiry->count > 0)
        tell(expiry, expiry->heap[0], "clear");
}

/* ---- Who listens, and when ---------------------------------------------- */

bool expiry_begin(struct expiry *expiry, int64_t now_ms)
{
    if (!atomic_load(&expiry->watched))
        return false;
    pthread_mutex_lock(&expiry->lock);
    while (expiry->count > 0 && expiry->heap[0]->expires_ms <= now_ms)
        tell(expiry, expiry->heap[0], NULL);
    return true;
}

void expiry_end(struct expiry *expiry)
{
    pthread_mutex_unlock(&expiry->lock);
}

void expiry_pass(struct expiry *expiry, int64_t now_ms)
{
    if (expiry_begin(expiry, now_ms))
        expiry_end(expiry);
}

bool expiry_watch(struct expiry *expiry, expiry_gone_fn *gone, void *arg)
{
    struct watcher *watcher = must_have(malloc(sizeof *watcher));
    bool first;

    pthread_mutex_lock(&expiry->lock);
    first = !expiry->watchers;
    *watcher = (struct watcher){ expiry->watchers, gone, arg };
    expiry->watchers = watcher;
    atomic_store(&expiry->watched, true);
    pthread_mutex_unlock(&expiry->lock);
    return first;
}

void expiry_unwatch(struct expiry *expiry, void *arg)
{
    pthread_mutex_lock(&expiry->lock);
    for (struct watcher **at = &expiry->watchers; *at;) {
        struct watcher *watcher = *at;

        if (watcher->arg == arg) {
            *at = watcher->next;
            free(watcher);
        } else {
            at = &watcher->next;
        }
    }
    if (!expiry->watchers) {
        atomic_store(&expiry->watched, false);
        drop_all(expiry);
    }
    pthread_mutex_unlock(&expiry->lock);
}

struct expiry *expiry_new(void)
{
    struct expiry *expiry = must_have(calloc(1, sizeof *expiry));

    atomic_init(&expiry->watched, false);
    pthread_mutex_init(&expiry->lock, NULL);
    return expiry;
}

void expiry_free(struct expiry *expiry)
{
    if (!expiry)
        return;
    must(!expiry->watchers);
    drop_all(expiry);
    pthread_mutex_destroy(&expiry->lock);
    free(expiry->heap);
    free(expiry);
}
