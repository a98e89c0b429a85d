/* memcached.c: the store `memcached`: sessions in memcached, by libmemcached
 *
 * A session is an item: a line with its expiry and two lengths, the cookie, the
 * data. Its key is a prefix and the SHA-256 of namespace and id in hex, for a
 * key of memcached has at most 250 bytes, and no blanks or control characters:
 * so ids may be of any bytes and any length.
 *
 * Promises. set and destroy are one command. touch reads, and writes by
 * compare-and-swap, again and again until nobody came between: it makes no
 * session, revives none and undoes no set. Expiry is judged by call->now_ms.
 * The item's own TTL only collects garbage, a day after the session has
 * expired; memcached takes one of more than 30 days for a date, so then it is
 * sent one.
 *
 * Deadlines hold for a free connection, for connecting and for each wait. A
 * call whose connection breaks is an error, and never sent a second time. The
 * next call makes a new one.
 *
 * Options
 *     url=memcached://HOST[:PORT]
 *     pool=N      connections at most, for the whole process
 *
 * Limits. memcached is a cache: it forgets sessions when it is restarted, and
 * the least recently used ones when its memory is full (-m); so the store is
 * not `durable`. It does not list its keys: there are no all, length, clear
 * and reap, and an app that is deleted leaves its sessions to their TTL. A
 * session that does not fit into an item (-I, 1 MiB unless the server is told
 * otherwise) is SSTORE_E_TOOBIG. A server that sends an answer byte by byte may
 * go beyond the deadline.
 */
#include "session_store.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/server.h"
#include "base/url.h"

#include <errno.h>
#include <libmemcached/memcached.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PORT_DEFAULT 11211
#define PREFIX       "sessionspec:"
#define KEY_LENGTH   (sizeof PREFIX - 1 + 64)
/* What an item needs beside its bytes: 48 to 56 for itself, its key, and some
 * for the pages that it is cut into. */
#define ITEM_OVERHEAD 512
/* The first line of an item, at most: three numbers and "session". */
#define HEAD_SIZE 80
/* A connection that was used that lately is taken for sound: no server dies
 * and comes back in that time. */
#define FRESH_NS (1 * CLOCK_NS_IN_MS)
/* A relative TTL is no more than that, in seconds. */
#define RELATIVE_MOST (30 * 24 * 60 * 60)

/* ---- A connection ------------------------------------------------------- */

struct link {
    memcached_st *memcached;
    int64_t used_ns;  /* CLOCK_MONOTONIC, when it was last sound */
    size_t item_most; /* bytes of an item; what the server says */
    bool is_broken;
};

/* What Node would say, where errno says nothing. */
static int fail_as(struct link *link, memcached_return_t result,
                   struct sstore_err *err)
{
    int number = memcached_last_error_errno(link->memcached);

    link->is_broken = true;
    switch (result) {
    case MEMCACHED_E2BIG:
        link->is_broken = false;
        return fail(err, SSTORE_E_TOOBIG, 0, "E2BIG",
                    "memcached: the session is too large for an item");
    case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
        link->is_broken = false;
        return fail(err, SSTORE_E_IO, 0, "ENOSPC",
                    "memcached: the server is out of memory");
    case MEMCACHED_MEMORY_ALLOCATION_FAILURE:
        return fail_errno(err, ENOMEM, "memcached");
    case MEMCACHED_TIMEOUT:
    case MEMCACHED_IN_PROGRESS:
        return fail_errno(err, ETIMEDOUT,
                          "memcached: no answer by the deadline");
    case MEMCACHED_HOST_LOOKUP_FAILURE:
        return fail(err, SSTORE_E_IO, 0, "ENOTFOUND",
                    "memcached: there is no such host");
    case MEMCACHED_CONNECTION_FAILURE:
    case MEMCACHED_ERRNO:
        return fail_errno(err, number ? number : ECONNRESET, "memcached");
    default:
        return fail(err, SSTORE_E_IO, (int)result, "EIO", "memcached: %s",
                    memcached_strerror(link->memcached, result));
    }
}

/* What is left of the deadline is the limit of each wait that follows. False
 * where nothing is. */
static bool limit_waits(struct link *link, int64_t deadline_ns)
{
    int left_ms = clock_left_ms(deadline_ns, 60 * 1000);

    memcached_behavior_set(link->memcached, MEMCACHED_BEHAVIOR_POLL_TIMEOUT,
                           (uint64_t)left_ms);
    memcached_behavior_set(link->memcached, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT,
                           (uint64_t)left_ms);
    return left_ms > 0;
}

/* Is the server there? libmemcached shows its socket to nobody, and asks for a
 * version but once; of what it has, removing a key that no session has is the
 * least, and the one whose failure says why. */
static memcached_return_t probe(struct link *link)
{
    static const char key[] = PREFIX "none";
    memcached_return_t result =
        memcached_delete(link->memcached, key, sizeof key - 1, 0);

    return result == MEMCACHED_NOTFOUND ? MEMCACHED_SUCCESS : result;
}

/* One of the server's settings. */
static memcached_return_t take_setting(const memcached_instance_st *server,
                                       const char *key, size_t key_length,
                                       const char *value, size_t value_length,
                                       void *context)
{
    static const char name[] = "item_size_max";

    (void)server;
    (void)value_length;
    if (key_length == sizeof name - 1 && memcmp(key, name, key_length) == 0)
        *(size_t *)context = strtoul(value, NULL, 10);
    return MEMCACHED_SUCCESS;
}

static void link_destroy(void *connection)
{
    struct link *link = connection;

    if (link->memcached)
        memcached_free(link->memcached);
    free(link);
}

/* The server is asked for its limit: no session that is too large is ever sent,
 * for which memcached would drop the one it has. */
static int link_create(const void *config, int64_t deadline_ns,
                       void **connection, struct sstore_err *err)
{
    const struct url *url = config;
    struct link *link = calloc(1, sizeof *link);
    memcached_return_t result = MEMCACHED_MEMORY_ALLOCATION_FAILURE;

    if (link)
        link->memcached = memcached_create(NULL);
    if (!link || !link->memcached) {
        free(link);
        return fail_errno(err, ENOMEM, "memcached");
    }
    memcached_behavior_set(link->memcached, MEMCACHED_BEHAVIOR_NO_BLOCK, 1);
    memcached_behavior_set(link->memcached, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
    memcached_behavior_set(link->memcached, MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1);
    limit_waits(link, deadline_ns);
    result = memcached_server_add(link->memcached, url->host, url->port);
    if (result == MEMCACHED_SUCCESS)
        result = probe(link);
    if (result == MEMCACHED_SUCCESS)
        result = memcached_stat_execute(link->memcached, "settings",
                                        take_setting, &link->item_most);
    if (result != MEMCACHED_SUCCESS) {
        int code = fail_as(link, result, err);
        link_destroy(link);
        return code;
    }
    link->used_ns = clock_now_ns();
    *connection = link;
    return SSTORE_OK;
}

static bool link_check(void *connection, int64_t deadline_ns)
{
    struct link *link = connection;

    if (clock_now_ns() - link->used_ns < FRESH_NS)
        return true;
    return limit_waits(link, deadline_ns) && probe(link) == MEMCACHED_SUCCESS;
}

static const struct pool_kind links = {
    .create = link_create,
    .destroy = link_destroy,
    .check = link_check,
    .free_config = server_free_config,
};

static int take(struct server *server, const struct sstore_call *call,
                struct link **link, struct sstore_err *err)
{
    void *connection = NULL;
    int code = pool_take(server->pool, call->deadline_ns, &connection, err);

    *link = connection;
    if (code == SSTORE_OK)
        limit_waits(*link, call->deadline_ns);
    return code;
}

static void give(struct server *server, struct link *link)
{
    link->used_ns = clock_now_ns();
    pool_give(server->pool, link, !link->is_broken);
}

/* ---- Keys and items ----------------------------------------------------- */

/* A namespace has no NUL in it, so no two of these are told by one text. */
static bool make_key(const struct server *server, struct sstore_str sid,
                     char key[KEY_LENGTH + 1])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done =
        context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
        EVP_DigestUpdate(context, server->name_space.p, server->name_space.n) &&
        EVP_DigestUpdate(context, "", 1) &&
        EVP_DigestUpdate(context, sid.p, sid.n) &&
        EVP_DigestFinal_ex(context, hash, &length);

    EVP_MD_CTX_free(context);
    memcpy(key, PREFIX, sizeof PREFIX);
    for (unsigned i = 0; i < length; i++)
        snprintf(key + sizeof PREFIX - 1 + 2 * i, 3, "%02x", hash[i]);
    return done;
}

/* For free(); NULL without memory. */
static char *make_item(const struct sstore_record *rec, size_t *length)
{
    char head[HEAD_SIZE];
    size_t head_length = (size_t)snprintf(
        head, sizeof head, "session %lld %zu %zu\n", (long long)rec->expires_ms,
        rec->cookie.n, rec->data.n);
    char *item = malloc(head_length + rec->cookie.n + rec->data.n);

    if (!item)
        return NULL;
    memcpy(item, head, head_length);
    if (rec->cookie.n)
        memcpy(item + head_length, rec->cookie.p, rec->cookie.n);
    if (rec->data.n)
        memcpy(item + head_length + rec->cookie.n, rec->data.p, rec->data.n);
    *length = head_length + rec->cookie.n + rec->data.n;
    return item;
}

/* The record points into the item. False for what make_item() did not make. */
static bool parse_item(struct sstore_str item, struct sstore_record *rec)
{
    char head[HEAD_SIZE], again[HEAD_SIZE];
    const char *end = memchr(item.p, '\n', item.n);
    size_t length = end ? (size_t)(end - item.p) + 1 : 0;
    long long expires_ms;

    if (length == 0 || length >= sizeof head)
        return false;
    memcpy(head, item.p, length);
    head[length] = '\0';
    if (sscanf(head, "session %lld %zu %zu", &expires_ms, &rec->cookie.n,
               &rec->data.n) != 3)
        return false;
    snprintf(again, sizeof again, "session %lld %zu %zu\n", expires_ms,
             rec->cookie.n, rec->data.n);
    if (strcmp(head, again) != 0 || rec->cookie.n > item.n - length ||
        rec->data.n != item.n - length - rec->cookie.n)
        return false;
    rec->expires_ms = expires_ms;
    rec->cookie.p = item.p + length;
    rec->data.p = rec->cookie.p + rec->cookie.n;
    return true;
}

/* Never early: it is a date by this machine's clock, with a day to spare. */
static time_t ttl_of(int64_t expires_ms, int64_t now_ms)
{
    int64_t keep_s = clock_keep_s(expires_ms, now_ms);

    if (keep_s > RELATIVE_MOST)
        keep_s += time(NULL);
    return keep_s > INT32_MAX ? 0 : (time_t)keep_s; /* memcached's is 32 bits */
}

/* ---- One session -------------------------------------------------------- */

/* What one operation works with. */
struct work {
    struct server *server;
    const struct sstore_call *call;
    struct sstore_err *err;
    struct link *link;
    char key[KEY_LENGTH + 1];
};

static int work_begin(struct work *work, void *inst,
                      const struct sstore_call *call, struct sstore_str sid,
                      struct sstore_err *err)
{
    work->server = inst;
    work->call = call;
    work->err = err;
    if (!make_key(work->server, sid, work->key))
        return fail_errno(err, ENOMEM, "memcached: hash");
    return take(work->server, call, &work->link, err);
}

static void work_end(struct work *work)
{
    give(work->server, work->link);
}

/* The live record, which points into *item: that is for memcached_result_free,
 * whatever is returned, and may be NULL. */
static int fetch(struct work *work, memcached_result_st **item,
                 struct sstore_record *rec)
{
    memcached_st *memcached = work->link->memcached;
    const char *keys[] = { work->key };
    size_t lengths[] = { KEY_LENGTH };
    memcached_return_t result = memcached_mget(memcached, keys, lengths, 1);

    *item = NULL;
    if (result == MEMCACHED_SUCCESS)
        *item = memcached_fetch_result(memcached, NULL, &result);
    if (!*item)
        return result == MEMCACHED_END || result == MEMCACHED_NOTFOUND
                   ? SSTORE_MISS
                   : fail_as(work->link, result, work->err);
    /* The line END that follows must be taken as well. */
    memcached_result_st *none =
        memcached_fetch_result(memcached, NULL, &result);
    if (none || (result != MEMCACHED_END && result != MEMCACHED_NOTFOUND)) {
        memcached_result_free(none);
        return fail_as(work->link, result, work->err);
    }
    struct sstore_str bytes = { memcached_result_value(*item),
                                memcached_result_length(*item) };
    if (!parse_item(bytes, rec))
        return fail(work->err, SSTORE_E_CORRUPT, 0, "ECORRUPT",
                    "memcached: the item is no session");
    return clock_is_live(rec->expires_ms, work->call->now_ms) ? SSTORE_OK
                                                              : SSTORE_MISS;
}

/* Is the item more than the server takes? One that it refuses itself is no
 * longer there afterwards. */
static int check_size(struct work *work, size_t length)
{
    if (work->link->item_most == 0 ||
        length + ITEM_OVERHEAD <= work->link->item_most)
        return SSTORE_OK;
    return fail(work->err, SSTORE_E_TOOBIG, 0, "E2BIG",
                "memcached: %zu bytes are too many for an item of the "
                "server's, of %zu (its option -I)",
                length, work->link->item_most);
}

static int memcached_get_session(void *inst, const struct sstore_call *call,
                                 struct sstore_str sid, sstore_row_fn *row,
                                 void *arg, struct sstore_err *err)
{
    memcached_result_st *item;
    struct sstore_record rec = { 0 };
    struct work work = { 0 };
    int code = work_begin(&work, inst, call, sid, err);

    if (code != SSTORE_OK)
        return code;
    code = fetch(&work, &item, &rec);
    if (code == SSTORE_OK && row(arg, sid, &rec) != 0)
        code = SSTORE_STOP;
    memcached_result_free(item);
    work_end(&work);
    return code;
}

static int put(struct work *work, const struct sstore_record *rec)
{
    time_t ttl = ttl_of(rec->expires_ms, work->call->now_ms);
    size_t length;
    char *item = make_item(rec, &length);

    if (!item)
        return fail_errno(work->err, ENOMEM, "memcached");
    int code = check_size(work, length);
    if (code == SSTORE_OK) {
        memcached_return_t result = memcached_set(
            work->link->memcached, work->key, KEY_LENGTH, item, length, ttl, 0);
        if (result != MEMCACHED_SUCCESS)
            code = fail_as(work->link, result, work->err);
    }
    free(item);
    return code;
}

static int memcached_set_session(void *inst, const struct sstore_call *call,
                                 struct sstore_str sid,
                                 const struct sstore_record *rec,
                                 struct sstore_err *err)
{
    struct work work = { 0 };
    int code = work_begin(&work, inst, call, sid, err);

    if (code != SSTORE_OK)
        return code;
    code = put(&work, rec);
    work_end(&work);
    return code;
}

static int memcached_destroy_session(void *inst, const struct sstore_call *call,
                                     struct sstore_str sid,
                                     struct sstore_err *err)
{
    struct work work = { 0 };
    int code = work_begin(&work, inst, call, sid, err);

    if (code != SSTORE_OK)
        return code;
    memcached_return_t result =
        memcached_delete(work.link->memcached, work.key, KEY_LENGTH, 0);
    if (result != MEMCACHED_SUCCESS && result != MEMCACHED_NOTFOUND)
        code = fail_as(work.link, result, err);
    work_end(&work);
    return code;
}

/* Puts the bytes in the place of the item that was fetched: SSTORE_MISS where
 * it is gone. *again where another was put there meanwhile. */
static int swap(struct work *work, memcached_result_st *item, const char *bytes,
                size_t length, time_t ttl, bool *again)
{
    memcached_return_t result =
        memcached_cas(work->link->memcached, work->key, KEY_LENGTH, bytes,
                      length, ttl, 0, memcached_result_cas(item));

    *again = result == MEMCACHED_DATA_EXISTS;
    if (result == MEMCACHED_SUCCESS || *again)
        return SSTORE_OK;
    if (result == MEMCACHED_NOTFOUND)
        return SSTORE_MISS;
    return fail_as(work->link, result, work->err);
}

/* One try. */
static int renew(struct work *work, const struct sstore_record *rec,
                 bool *again)
{
    memcached_result_st *item;
    struct sstore_record renewed = { 0 };
    size_t length;
    int code = fetch(work, &item, &renewed);

    *again = false;
    if (code == SSTORE_OK) {
        renewed.cookie = rec->cookie;
        renewed.expires_ms = rec->expires_ms;
        char *bytes = make_item(&renewed, &length);
        code = bytes ? check_size(work, length)
                     : fail_errno(work->err, ENOMEM, "memcached");
        if (code == SSTORE_OK)
            code = swap(work, item, bytes, length,
                        ttl_of(rec->expires_ms, work->call->now_ms), again);
        free(bytes);
    }
    memcached_result_free(item);
    return code;
}

static int memcached_touch_session(void *inst, const struct sstore_call *call,
                                   struct sstore_str sid,
                                   const struct sstore_record *rec,
                                   struct sstore_err *err)
{
    struct work work = { 0 };
    bool again = true;
    int code = work_begin(&work, inst, call, sid, err);

    if (code != SSTORE_OK)
        return code;
    while (code == SSTORE_OK && again) {
        code = renew(&work, rec, &again);
        if (again && !limit_waits(work.link, call->deadline_ns))
            code = fail_errno(err, ETIMEDOUT,
                              "memcached: others kept changing the session");
    }
    work_end(&work);
    return code;
}

static int memcached_spoil_session(void *inst, const struct sstore_call *call,
                                   struct sstore_str sid,
                                   struct sstore_err *err)
{
    static const char spoilt[] = "session 1 2 3\nspoilt";
    memcached_result_st *item;
    struct sstore_record rec = { 0 };
    struct work work = { 0 };
    bool again;
    int code = work_begin(&work, inst, call, sid, err);

    if (code != SSTORE_OK)
        return code;
    code = fetch(&work, &item, &rec);
    if (code == SSTORE_OK)
        code = swap(&work, item, spoilt, sizeof spoilt,
                    ttl_of(rec.expires_ms, call->now_ms), &again);
    memcached_result_free(item);
    work_end(&work);
    return code;
}

/* ---- Open and close ----------------------------------------------------- */

static int memcached_open_store(const struct sstore_host *host,
                                const struct sstore_opt *opt, size_t nopt,
                                void **inst, struct sstore_err *err)
{
    struct server *server;
    int code =
        server_open(&server, "memcached", &links, PORT_DEFAULT, opt, nopt, err);

    (void)host;
    if (code == SSTORE_OK)
        *inst = server;
    return code;
}

static void memcached_close_store(void *inst)
{
    server_close(inst);
}

static const struct sstore_plugin memcached_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_NAMESPACE |
            SSTORE_CAP_BINARY_SID,
    .name = "memcached",
    .version = "1.0, libmemcached " LIBMEMCACHED_VERSION_STRING,
    .options = "url=memcached://HOST[:PORT]  the server\n" OPTIONS_HELP,
    .open = memcached_open_store,
    .close = memcached_close_store,
    .get = memcached_get_session,
    .set = memcached_set_session,
    .destroy = memcached_destroy_session,
    .touch = memcached_touch_session,
    .spoil = memcached_spoil_session,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &memcached_plugin;
}
