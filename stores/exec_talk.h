/* exec_talk.h: the talk with a store's program: started, asked, ended
 *
 * One program, many callers: each call has an id, and waits for the answer that
 * has it too. A thread of its own writes, reads, and sees the program end; what
 * ended is started again by the next talk_start. A life is the time between.
 * Any thread may call.
 */
#ifndef STORES_EXEC_TALK_H
#define STORES_EXEC_TALK_H

#include "exec_hello.h"
#include "exec_request.h"
#include "session_store.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* Bytes of a line, in either direction. */
#define TALK_LINE_MOST ((size_t)64 << 20)
/* What a caller is told who must begin with talk_start again. */
#define TALK_AGAIN 1

struct talk;

/* The command is the caller's, and lives as long. `hello_ms`: how long a start
 * may take. NULL without memory. */
struct talk *talk_new(const char *command, int hello_ms);

/* Starts the program where it does not run, and waits until it has said hello.
 * *life tells this life from others. */
int talk_start(struct talk *talk, int64_t deadline_ns, unsigned *life,
               struct sstore_err *err);
/* Is it still that life? */
bool talk_lives(struct talk *talk, unsigned life);
/* How the last life ended, as a failure. */
int talk_fail_ended(struct talk *talk, struct sstore_err *err);
/* What it said, which never changes. Not before a talk_start was SSTORE_OK. */
const struct hello *talk_hello(const struct talk *talk);

/* Sends the request and waits for the answer, a new reference: an object that
 * has no "error". TALK_AGAIN where that life is over, and nothing was sent. */
int talk_ask(struct talk *talk, unsigned life, const struct request *request,
             int64_t deadline_ns, json_t **answer, struct sstore_err *err);

/* Who hears of the store's events: the caller's, from talk_join to talk_leave.
 */
struct listener {
    const char *instance;
    const struct sstore_host *host;
    struct listener *next;
};
void talk_join(struct talk *talk, struct listener *listener);
void talk_leave(struct talk *talk, struct listener *listener);

/* Ends the program: it reads the end of its stdin; is sent SIGTERM if it does
 * not heed that, and then SIGKILL. Nothing of it is left. */
void talk_end(struct talk *talk);

/* The program has ended, and nobody else knows of the talk. */
void talk_free(struct talk *talk);

/* The program's process, or -1. */
pid_t talk_process(struct talk *talk);

#endif
