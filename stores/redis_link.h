/* redis_link.h: one connection to a Redis server: commands, answers, deadlines
 *
 * hiredis speaks the protocol; here is what it leaves to its caller: that no
 * wait is longer than the call's deadline. A connection is one caller's at a
 * time. After a failure it may still be sound (the server refused a command)
 * or not (it is broken, or an answer is still to come).
 */
#ifndef STORES_REDIS_LINK_H
#define STORES_REDIS_LINK_H

#include "base/pool.h"
#include "redis_scripts.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>

struct link;

/* The bytes of an answer that is a string. */
static inline struct sstore_str str_of(const redisReply *reply)
{
    return (struct sstore_str){ reply->str, (size_t)reply->len };
}

/* For pool_join; its config is a `struct url`, in malloc's memory. */
extern const struct pool_kind link_kind;

bool link_is_sound(const struct link *link);

/* ---- Commands ----------------------------------------------------------- */

/* How many keys or other words follow a command's own. */
#define COMMAND_WORDS 64

/* A command in the making. What it is given is not copied, but for numbers. */
struct command {
    int script; /* which it runs, or NO_SCRIPT */
    int count;
    const char *argv[COMMAND_WORDS + 4];
    size_t lengths[COMMAND_WORDS + 4];
    unsigned number_count;
    char numbers[4][24];
};

#define NO_SCRIPT (-1)

void command_begin(struct command *command, const char *name);
/* Its keys, then its arguments are to follow. */
void command_begin_script(struct command *command, enum script script,
                          size_t key_count);
void command_add(struct command *command, struct sstore_str text);
void command_add_text(struct command *command, const char *text);
void command_add_number(struct command *command, int64_t number);

/* ---- Sending and waiting ------------------------------------------------ */

/* One command, one answer: the caller's, for freeReplyObject. An error that
 * the server answers is a failure, SSTORE_E_CORRUPT where the key holds what no
 * session is. */
int link_ask(struct link *link, int64_t deadline_ns, struct command *command,
             redisReply **reply, struct sstore_err *err);

/* The same for many at once, which may not be scripts: send each, flush, then
 * take the answers in their order. */
int link_send(struct link *link, struct command *command,
              struct sstore_err *err);
int link_flush(struct link *link, int64_t deadline_ns, struct sstore_err *err);
int link_reply(struct link *link, int64_t deadline_ns, redisReply **reply,
               struct sstore_err *err);

#endif
