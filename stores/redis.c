/* redis.c: the store `redis`: sessions on a Redis server, through hiredis
 *
 * A session is a hash of three fields, `data`, `cookie` and `expires` (ms, in
 * decimal), under the key `sessionspec:LENGTH:NAMESPACE:SID`. The length is
 * that of the namespace, so none begins like another, whatever bytes it has.
 *
 * Promises. Each operation on one session is one atomic step: reading is one
 * HMGET, writing is one script on the server. Expiry is judged by
 * call->now_ms. The key's own TTL only collects garbage, a day after the
 * session has expired; a session that never expires has none. Sessions live as
 * long as the server keeps them: that is its `save`, `appendonly` and
 * `maxmemory-policy`.
 *
 * Deadlines hold for connecting, for a free connection and for every wait on
 * the socket. A call whose connection breaks is an error, and never sent a
 * second time: nobody knows what the server had done. The next call makes a
 * new connection. One that broke while it was idle is not noticed by callers.
 *
 * Options
 *     url=redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]
 *     pool=N      connections at most, for the whole process
 *
 * Limits. all, length, clear and reap walk through the keys of the whole
 * database (SCAN), and keep the ids of their namespace in memory. No TLS, no
 * cluster. A host's name is looked up without a deadline, and only its first
 * address is tried. What Redis sends while the peer is gone raises SIGPIPE,
 * which the host must ignore.
 */
#include "session_store.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/server.h"
#include "redis_keys.h"
#include "redis_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_DEFAULT 6379

struct redis {
    struct server *server;
    size_t prefix_length;
    char prefix[]; /* of its keys; without a NUL */
};

static int take(struct redis *redis, int64_t deadline_ns, struct link **link,
                struct sstore_err *err)
{
    void *connection = NULL;
    int code = pool_take(redis->server->pool, deadline_ns, &connection, err);

    *link = connection;
    return code;
}

static void give(struct redis *redis, struct link *link)
{
    pool_give(redis->server->pool, link, link_is_sound(link));
}

/* ---- One session -------------------------------------------------------- */

/* Adds the session's key, which is to be freed once the command was sent. NULL
 * without memory. */
static char *add_key(struct command *command, const struct redis *redis,
                     struct sstore_str sid)
{
    size_t length = redis->prefix_length + sid.n;
    char *key = malloc(length);

    if (!key)
        return NULL;
    memcpy(key, redis->prefix, redis->prefix_length);
    if (sid.n)
        memcpy(key + redis->prefix_length, sid.p, sid.n);
    command_add(command, (struct sstore_str){ key, length });
    return key;
}

/* Sends the command on whatever connection is free. `key` is that of add_key,
 * and freed. */
static int ask(struct redis *redis, const struct sstore_call *call,
               struct command *command, char *key, redisReply **reply,
               struct sstore_err *err)
{
    struct link *link;

    if (!key)
        return fail_errno(err, ENOMEM, "redis");
    int code = take(redis, call->deadline_ns, &link, err);
    if (code == SSTORE_OK) {
        code = link_ask(link, call->deadline_ns, command, reply, err);
        give(redis, link);
    }
    free(key);
    return code;
}

/* The same for what is answered with a number: SSTORE_MISS where it is 0. */
static int ask_number(struct redis *redis, const struct sstore_call *call,
                      struct command *command, char *key,
                      struct sstore_err *err)
{
    redisReply *reply = NULL;
    int code = ask(redis, call, command, key, &reply, err);

    if (code != SSTORE_OK)
        return code;
    code = reply->integer == 0 ? SSTORE_MISS : SSTORE_OK;
    freeReplyObject(reply);
    return code;
}

static bool parse_expiry(const redisReply *text, int64_t *expires_ms)
{
    char *end;

    if (text->type != REDIS_REPLY_STRING ||
        !(*text->str == '-' || (*text->str >= '0' && *text->str <= '9')))
        return false;
    errno = 0;
    *expires_ms = strtoll(text->str, &end, 10);
    return errno == 0 && end == text->str + text->len;
}

/* What HMGET expires, data, cookie gave: SSTORE_OK with a live record, which
 * points into it; SSTORE_MISS; SSTORE_E_CORRUPT. */
static int read_record(const redisReply *fields, int64_t now_ms,
                       struct sstore_record *rec)
{
    redisReply **field = fields->element;
    size_t missing = 0;

    for (size_t i = 0; i < fields->elements; i++)
        missing += field[i]->type == REDIS_REPLY_NIL;
    if (missing == 3)
        return SSTORE_MISS;
    if (missing > 0 || !parse_expiry(field[0], &rec->expires_ms))
        return SSTORE_E_CORRUPT;
    rec->data = str_of(field[1]);
    rec->cookie = str_of(field[2]);
    return clock_is_live(rec->expires_ms, now_ms) ? SSTORE_OK : SSTORE_MISS;
}

static void add_fields(struct command *command)
{
    command_add_text(command, "expires");
    command_add_text(command, "data");
    command_add_text(command, "cookie");
}

static int redis_get(void *inst, const struct sstore_call *call,
                     struct sstore_str sid, sstore_row_fn *row, void *arg,
                     struct sstore_err *err)
{
    struct command command;
    struct sstore_record rec;
    redisReply *reply = NULL;

    command_begin(&command, "HMGET");
    char *key = add_key(&command, inst, sid);
    add_fields(&command);
    int code = ask(inst, call, &command, key, &reply, err);
    if (code != SSTORE_OK)
        return code;
    code = read_record(reply, call->now_ms, &rec);
    if (code == SSTORE_E_CORRUPT)
        fail(err, code, 0, "ECORRUPT", "redis: the session is incomplete");
    else if (code == SSTORE_OK && row(arg, sid, &rec) != 0)
        code = SSTORE_STOP;
    freeReplyObject(reply);
    return code;
}

static int redis_set(void *inst, const struct sstore_call *call,
                     struct sstore_str sid, const struct sstore_record *rec,
                     struct sstore_err *err)
{
    struct command command;

    command_begin_script(&command, SCRIPT_SET, 1);
    char *key = add_key(&command, inst, sid);
    command_add(&command, rec->data);
    command_add(&command, rec->cookie);
    command_add_number(&command, rec->expires_ms);
    command_add_number(&command, clock_keep_s(rec->expires_ms, call->now_ms));
    return ask_number(inst, call, &command, key, err);
}

static int redis_touch(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, const struct sstore_record *rec,
                       struct sstore_err *err)
{
    struct command command;

    command_begin_script(&command, SCRIPT_TOUCH, 1);
    char *key = add_key(&command, inst, sid);
    command_add(&command, rec->cookie);
    command_add_number(&command, rec->expires_ms);
    command_add_number(&command, clock_keep_s(rec->expires_ms, call->now_ms));
    command_add_number(&command, call->now_ms);
    return ask_number(inst, call, &command, key, err);
}

static int redis_destroy(void *inst, const struct sstore_call *call,
                         struct sstore_str sid, struct sstore_err *err)
{
    struct command command;

    command_begin(&command, "DEL");
    char *key = add_key(&command, inst, sid);
    int code = ask_number(inst, call, &command, key, err);
    return code == SSTORE_MISS ? SSTORE_OK : code;
}

static int redis_spoil(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, struct sstore_err *err)
{
    struct command command;

    command_begin_script(&command, SCRIPT_SPOIL, 1);
    char *key = add_key(&command, inst, sid);
    command_add_number(&command, call->now_ms);
    return ask_number(inst, call, &command, key, err);
}

/* ---- All sessions ------------------------------------------------------- */

/* What is done with some of the keys; `arg` is the operation's own. */
typedef int batch_fn(struct redis *redis, struct link *link,
                     const struct sstore_call *call, const redisReply **keys,
                     size_t count, void *arg, struct sstore_err *err);

static int each_batch(struct redis *redis, const struct sstore_call *call,
                      batch_fn *batch, void *arg, struct sstore_err *err)
{
    struct sstore_str prefix = { redis->prefix, redis->prefix_length };
    struct keys keys;
    struct link *link;
    int code = take(redis, call->deadline_ns, &link, err);

    if (code != SSTORE_OK)
        return code;
    code = keys_scan(&keys, link, prefix, call->deadline_ns, err);
    for (size_t i = 0; code == SSTORE_OK && i < keys.count;
         i += COMMAND_WORDS) {
        size_t count = keys.count - i;
        if (count > COMMAND_WORDS)
            count = COMMAND_WORDS;
        code = batch(redis, link, call, keys.all + i, count, arg, err);
    }
    keys_free(&keys);
    give(redis, link);
    return code;
}

static void add_keys(struct command *command, const redisReply **keys,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        command_add(command, str_of(keys[i]));
}

static int clear_batch(struct redis *redis, struct link *link,
                       const struct sstore_call *call, const redisReply **keys,
                       size_t count, void *arg, struct sstore_err *err)
{
    struct command command;
    redisReply *reply = NULL;

    (void)redis;
    (void)arg;
    command_begin(&command, "DEL");
    add_keys(&command, keys, count);
    int code = link_ask(link, call->deadline_ns, &command, &reply, err);
    if (code == SSTORE_OK)
        freeReplyObject(reply);
    return code;
}

static int redis_clear(void *inst, const struct sstore_call *call,
                       struct sstore_err *err)
{
    return each_batch(inst, call, clear_batch, NULL, err);
}

/* What a script of many keys counts. */
struct tally {
    enum script script;
    uint64_t count;
};

static int tally_batch(struct redis *redis, struct link *link,
                       const struct sstore_call *call, const redisReply **keys,
                       size_t count, void *arg, struct sstore_err *err)
{
    struct tally *tally = arg;
    struct command command;
    redisReply *reply = NULL;

    (void)redis;
    command_begin_script(&command, tally->script, count);
    add_keys(&command, keys, count);
    command_add_number(&command, call->now_ms);
    int code = link_ask(link, call->deadline_ns, &command, &reply, err);
    if (code != SSTORE_OK)
        return code;
    tally->count += (uint64_t)reply->integer;
    freeReplyObject(reply);
    return SSTORE_OK;
}

static int redis_reap(void *inst, const struct sstore_call *call,
                      uint64_t *count, struct sstore_err *err)
{
    struct tally tally = { .script = SCRIPT_REAP };
    int code = each_batch(inst, call, tally_batch, &tally, err);

    if (code == SSTORE_OK)
        *count = tally.count;
    return code;
}

static int redis_length(void *inst, const struct sstore_call *call,
                        uint64_t *count, struct sstore_err *err)
{
    struct tally tally = { .script = SCRIPT_LENGTH };
    int code = each_batch(inst, call, tally_batch, &tally, err);

    if (code == SSTORE_OK)
        *count = tally.count;
    return code;
}

struct listing {
    sstore_row_fn *row;
    void *arg;
};

/* One session of the list; `reply` is what HMGET gave. One that cannot be read
 * is not in it: the others are no worse for it. */
static int list_one(const struct redis *redis, const struct sstore_call *call,
                    const redisReply *key, const redisReply *reply,
                    struct listing *listing)
{
    struct sstore_str sid = { key->str + redis->prefix_length,
                              (size_t)key->len - redis->prefix_length };
    struct sstore_record rec;

    if (read_record(reply, call->now_ms, &rec) != SSTORE_OK)
        return SSTORE_OK;
    if (listing->row(listing->arg, sid, &rec) != 0)
        return SSTORE_STOP;
    return SSTORE_OK;
}

/* All answers are taken, wanted or not: they are in the way of the next. */
static int list_batch(struct redis *redis, struct link *link,
                      const struct sstore_call *call, const redisReply **keys,
                      size_t count, void *arg, struct sstore_err *err)
{
    struct listing *listing = arg;
    int code = SSTORE_OK, answered = SSTORE_OK;

    for (size_t i = 0; code == SSTORE_OK && i < count; i++) {
        struct command command;
        command_begin(&command, "HMGET");
        add_keys(&command, &keys[i], 1);
        add_fields(&command);
        code = link_send(link, &command, err);
    }
    if (code == SSTORE_OK)
        code = link_flush(link, call->deadline_ns, err);
    for (size_t i = 0; code == SSTORE_OK && i < count; i++) {
        redisReply *reply = NULL;
        code = link_reply(link, call->deadline_ns, &reply, err);
        if (code == SSTORE_E_CORRUPT) {
            code = SSTORE_OK; /* as list_one() has it */
        } else if (code == SSTORE_OK) {
            if (answered == SSTORE_OK)
                answered = list_one(redis, call, keys[i], reply, listing);
            freeReplyObject(reply);
        }
    }
    return code == SSTORE_OK ? answered : code;
}

static int redis_all(void *inst, const struct sstore_call *call,
                     sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct listing listing = { .row = row, .arg = arg };
    return each_batch(inst, call, list_batch, &listing, err);
}

/* ---- Open and close ----------------------------------------------------- */

static void redis_close(void *inst)
{
    struct redis *redis = inst;

    server_close(redis->server);
    free(redis);
}

/* Has no server yet. */
static struct redis *redis_new(struct sstore_str name_space)
{
    size_t room = name_space.n + 40;
    struct redis *redis = calloc(1, sizeof *redis + room);

    if (redis)
        redis->prefix_length = (size_t)snprintf(
            redis->prefix, room, "sessionspec:%zu:%.*s:", name_space.n,
            (int)name_space.n, name_space.p);
    return redis;
}

static int redis_open(const struct sstore_host *host,
                      const struct sstore_opt *opt, size_t nopt, void **inst,
                      struct sstore_err *err)
{
    struct server *server;
    int code =
        server_open(&server, "redis", &link_kind, PORT_DEFAULT, opt, nopt, err);

    (void)host;
    if (code != SSTORE_OK)
        return code;
    struct redis *redis = redis_new(server->name_space);
    if (!redis) {
        server_close(server);
        return fail_errno(err, ENOMEM, "redis");
    }
    redis->server = server;
    *inst = redis;
    return SSTORE_OK;
}

#define TEXT_OF(value) #value
#define VERSION_OF(major, minor, patch)                                        \
    "1.0, hiredis " TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

static const struct sstore_plugin redis_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "redis",
    .version = VERSION_OF(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH),
    .options =
        "url=redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]  the server\n" OPTIONS_HELP,
    .open = redis_open,
    .close = redis_close,
    .get = redis_get,
    .set = redis_set,
    .destroy = redis_destroy,
    .touch = redis_touch,
    .all = redis_all,
    .clear = redis_clear,
    .length = redis_length,
    .reap = redis_reap,
    .spoil = redis_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &redis_plugin;
}
