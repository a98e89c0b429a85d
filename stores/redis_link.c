/* redis_link.c: one connection to a Redis server: commands, answers, deadlines
 */
#include "redis_link.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/server.h"
#include "base/url.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char *const scripts[] = {
#define X(name, text) text,
    SCRIPTS(X)
#undef X
};

struct link {
    redisContext *context; /* does not block */
    unsigned pending;      /* answers that are still to come */
    char sha1[SCRIPT_COUNT][41];
};

bool link_is_sound(const struct link *link)
{
    return !link->context->err && link->pending == 0;
}

/* ---- Commands ----------------------------------------------------------- */

void command_add(struct command *command, struct sstore_str text)
{
    command->argv[command->count] = text.n ? text.p : "";
    command->lengths[command->count++] = text.n;
}

void command_add_text(struct command *command, const char *text)
{
    command_add(command, (struct sstore_str){ text, strlen(text) });
}

void command_add_number(struct command *command, int64_t number)
{
    char *text = command->numbers[command->number_count++];

    snprintf(text, sizeof *command->numbers, "%lld", (long long)number);
    command_add_text(command, text);
}

void command_begin(struct command *command, const char *name)
{
    command->script = NO_SCRIPT;
    command->count = 0;
    command->number_count = 0;
    command_add_text(command, name);
}

/* Keys and arguments are to follow. */
void command_begin_script(struct command *command, enum script script,
                          size_t key_count)
{
    command_begin(command, "EVALSHA");
    command->script = (int)script;
    command_add_text(command,
                     ""); /* each connection knows its own: see ask() */
    command_add_number(command, (int64_t)key_count);
}

/* ---- What is sent, and what is waited for ---------------------------------
 */

/* What hiredis says is wrong with the connection. */
static int fail_link(const redisContext *context, struct sstore_err *err)
{
    int number = errno;

    switch (context->err) {
    case REDIS_ERR_IO:
        return fail_errno(err, number, "redis");
    case REDIS_ERR_EOF:
        return fail(err, SSTORE_E_IO, ECONNRESET, "ECONNRESET",
                    "redis: the server closed the connection");
    case REDIS_ERR_OOM:
        return fail(err, SSTORE_E_NOMEM, ENOMEM, "ENOMEM",
                    "redis: out of memory");
    default:
        return fail(err, SSTORE_E_IO, 0, "EPROTO", "redis: %s",
                    context->errstr);
    }
}

/* Until the socket is ready for what poll(2) calls `events`. */
static int await(const struct link *link, short events, int64_t deadline_ns,
                 struct sstore_err *err)
{
    struct pollfd file = { .fd = link->context->fd, .events = events };
    int ready;

    do
        ready = poll(&file, 1, clock_left_ms(deadline_ns, INT_MAX));
    while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return fail_errno(err, errno, "redis: poll");
    if (ready == 0)
        return fail_errno(err, ETIMEDOUT, "redis: no answer by the deadline");
    return SSTORE_OK;
}

int link_send(struct link *link, struct command *command,
              struct sstore_err *err)
{
    if (redisAppendCommandArgv(link->context, command->count, command->argv,
                               command->lengths) != REDIS_OK)
        return fail_link(link->context, err);
    link->pending++;
    return SSTORE_OK;
}

int link_flush(struct link *link, int64_t deadline_ns, struct sstore_err *err)
{
    int code = SSTORE_OK, done = 0;

    while (code == SSTORE_OK) {
        if (redisBufferWrite(link->context, &done) != REDIS_OK)
            return fail_link(link->context, err);
        if (done)
            break;
        code = await(link, POLLOUT, deadline_ns, err);
    }
    return code;
}

/* SSTORE_OK where it is an answer, and the caller's to free; a failure where
 * it is an error of the server's, which leaves the connection sound. */
static int check_reply(redisReply *reply, struct sstore_err *err)
{
    char symbol[sizeof err->symbol];

    if (reply->type != REDIS_REPLY_ERROR)
        return SSTORE_OK;
    snprintf(symbol, sizeof symbol, "%.*s", (int)strcspn(reply->str, " "),
             reply->str);
    int code =
        strcmp(symbol, "WRONGTYPE") == 0 ? SSTORE_E_CORRUPT : SSTORE_E_IO;
    fail(err, code, 0, symbol, "redis: %s", reply->str);
    freeReplyObject(reply);
    return code;
}

int link_reply(struct link *link, int64_t deadline_ns, redisReply **reply,
               struct sstore_err *err)
{
    void *next = NULL;

    for (;;) {
        if (redisGetReplyFromReader(link->context, &next) != REDIS_OK)
            return fail_link(link->context, err);
        if (next)
            break;
        int code = await(link, POLLIN, deadline_ns, err);
        if (code != SSTORE_OK)
            return code;
        if (redisBufferRead(link->context) != REDIS_OK)
            return fail_link(link->context, err);
    }
    link->pending--;
    *reply = next;
    return check_reply(*reply, err);
}

static int link_ask_once(struct link *link, int64_t deadline_ns,
                         struct command *command, redisReply **reply,
                         struct sstore_err *err)
{
    int code = link_send(link, command, err);

    if (code == SSTORE_OK)
        code = link_flush(link, deadline_ns, err);
    if (code == SSTORE_OK)
        code = link_reply(link, deadline_ns, reply, err);
    return code;
}

/* One command, one answer. A script goes by its hash; a server that forgot it
 * (it was started anew) has done nothing, and is sent the text. */
int link_ask(struct link *link, int64_t deadline_ns, struct command *command,
             redisReply **reply, struct sstore_err *err)
{
    if (command->script == NO_SCRIPT)
        return link_ask_once(link, deadline_ns, command, reply, err);
    command->argv[1] = link->sha1[command->script];
    command->lengths[1] = strlen(command->argv[1]);
    int code = link_ask_once(link, deadline_ns, command, reply, err);
    if (code == SSTORE_OK || strcmp(err->symbol, "NOSCRIPT") != 0)
        return code;
    command->argv[0] = "EVAL";
    command->lengths[0] = strlen("EVAL");
    command->argv[1] = scripts[command->script];
    command->lengths[1] = strlen(scripts[command->script]);
    return link_ask_once(link, deadline_ns, command, reply, err);
}

/* ---- The pool's side: connect, check, close ----------------------------- */

static void link_destroy(void *connection)
{
    struct link *link = connection;

    redisFree(link->context);
    free(link);
}

/* Readable while nothing was asked: it was closed, or is out of step. */
static bool link_check(void *connection, int64_t deadline_ns)
{
    struct link *link = connection;
    struct pollfd file = { .fd = link->context->fd, .events = POLLIN };

    (void)deadline_ns;
    return poll(&file, 1, 0) == 0;
}

static int link_connect(struct link *link, const struct url *url,
                        int64_t deadline_ns, struct sstore_err *err)
{
    char what[100];
    int number = 0;
    socklen_t size = sizeof number;

    if (strcmp(url->scheme, "redis") != 0)
        return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                    "redis: an address is redis://HOST:PORT: there is no TLS");
    snprintf(what, sizeof what, "redis: connect to %.60s:%d", url->host,
             url->port);
    errno = 0;
    link->context = redisConnectNonBlock(url->host, url->port);
    if (!link->context)
        return fail_errno(err, ENOMEM, what);
    if (link->context->err == REDIS_ERR_OTHER)
        return fail(err, SSTORE_E_IO, 0, "ENOTFOUND", "%s: %.100s", what,
                    link->context->errstr);
    if (link->context->err)
        return fail_errno(err, errno, what);

    int code = await(link, POLLOUT, deadline_ns, err);
    if (code != SSTORE_OK)
        return fail_errno(err, err->native, what);
    getsockopt(link->context->fd, SOL_SOCKET, SO_ERROR, &number, &size);
    return number ? fail_errno(err, number, what) : SSTORE_OK;
}

/* Sends what makes a connection ours: who we are, which database. */
static int send_greeting(struct link *link, const struct url *url,
                         struct sstore_err *err)
{
    struct command command;
    int code = SSTORE_OK;

    if (url->password) {
        command_begin(&command, "AUTH");
        if (*url->user)
            command_add_text(&command, url->user);
        command_add_text(&command, url->password);
        code = link_send(link, &command, err);
    }
    if (code == SSTORE_OK && *url->path) {
        command_begin(&command, "SELECT");
        command_add_text(&command, url->path);
        code = link_send(link, &command, err);
    }
    return code;
}

static int send_scripts(struct link *link, struct sstore_err *err)
{
    struct command command;
    int code = SSTORE_OK;

    for (int i = 0; code == SSTORE_OK && i < SCRIPT_COUNT; i++) {
        command_begin(&command, "SCRIPT");
        command_add_text(&command, "LOAD");
        command_add_text(&command, scripts[i]);
        code = link_send(link, &command, err);
    }
    return code;
}

/* In one round trip. A server that loads no scripts says so when it is sent
 * the first. */
static int link_greet(struct link *link, const struct url *url,
                      int64_t deadline_ns, struct sstore_err *err)
{
    redisReply *reply;
    int code = send_greeting(link, url, err);

    if (code == SSTORE_OK)
        code = send_scripts(link, err);
    if (code == SSTORE_OK)
        code = link_flush(link, deadline_ns, err);
    while (code == SSTORE_OK && link->pending > 0) {
        code = link_reply(link, deadline_ns, &reply, err);
        if (code != SSTORE_OK)
            break;
        if (link->pending < SCRIPT_COUNT && reply->str)
            snprintf(link->sha1[SCRIPT_COUNT - 1 - link->pending],
                     sizeof *link->sha1, "%s", reply->str);
        freeReplyObject(reply);
    }
    return code;
}

static int link_create(const void *config, int64_t deadline_ns,
                       void **connection, struct sstore_err *err)
{
    struct link *link = calloc(1, sizeof *link);

    if (!link)
        return fail_errno(err, ENOMEM, "redis");
    int code = link_connect(link, config, deadline_ns, err);
    if (code == SSTORE_OK)
        code = link_greet(link, config, deadline_ns, err);
    if (code == SSTORE_OK)
        *connection = link;
    else
        link_destroy(link);
    return code;
}

const struct pool_kind link_kind = {
    .create = link_create,
    .destroy = link_destroy,
    .check = link_check,
    .free_config = server_free_config,
};
