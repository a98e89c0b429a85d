/* exec_life.h: what exec_talk.c, exec_life.c and exec_answers.c share
 *
 * The callers' side of a talk, the thread that lives with the program, and what
 * the program's lines mean.
 */
#ifndef STORES_EXEC_LIFE_H
#define STORES_EXEC_LIFE_H

#include "exec_child.h"
#include "exec_lines.h"
#include "exec_talk.h"

#include <pthread.h>
#include <stdint.h>

/* A caller, for as long as it waits. */
struct waiter {
    pthread_cond_t woken;
    bool done;
    json_t *answer; /* owned; NULL: `code` and `err` say why */
    int code;
    struct sstore_err err;
};

/* A request under way, until it is answered. */
struct call {
    struct call *next;
    uint64_t id;
    const char *op;
    char *line; /* what is sent, NULL once all is */
    size_t length, sent;
    struct waiter
        *waiter; /* NULL: who asked has gone, and the answer is late */
};

enum talk_state { TALK_ENDED, TALK_STARTING, TALK_UP };

struct talk {
    const char *command;
    int hello_ms;
    int wake;                       /* an eventfd: there is news for the life */
    pthread_mutex_t listeners_lock; /* guards listeners; taken last */
    struct listener *listeners;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    enum talk_state state;
    unsigned life; /* counts the starts */
    bool is_unwanted;
    pthread_t thread;
    bool has_thread; /* that is to be joined */
    pid_t process;
    struct hello hello; /* the first; not written again */
    bool has_hello;
    struct call *calls; /* in the order of their ids */
    uint64_t next_id;
    char fault[224]; /* that nobody was told of yet, or "" */
    int code;        /* how the last life ended, and `err` */
    struct sstore_err err;
};

/* Why a life is over. */
enum over {
    OVER_NOT,
    OVER_UNWANTED,
    OVER_HELLO,  /* what it said instead, or that it did not */
    OVER_PIPE,   /* it closed its stdin or stdout */
    OVER_MEMORY, /* there is none for its lines */
    OVER_ENDED,  /* by itself */
};

/* Characters of a line on stderr. */
#define LIFE_WORDS_MOST 2000

/* The thread's own. */
struct life {
    struct talk *talk;
    struct child child;
    struct lines out, err;
    uint64_t first_id; /* ids before that are of other lives */
    int64_t hello_deadline_ns;
    enum over over;
    const char *closed; /* "stdin" or "stdout", of OVER_PIPE */
    char last_words[LIFE_WORDS_MOST + 2]; /* on its stderr */
    bool holds_words;                     /* which are not said yet */
    int code;                             /* of OVER_HELLO, and `why` */
    struct sstore_err why;
};

/* The thread's function; its argument is the talk. */
void *life_run(void *arg);

/* A line that came on the program's stdout. */
void answers_take(struct life *life, char *line, size_t length);

/* Puts a `?` for each byte that JSON, if it is cut there, or a terminal could
 * mind: for words of the program's in a message of ours. */
void life_make_plain(char *text);

/* Says the last words on this process' stderr, where they were held back. */
void life_say(struct life *life);

/* What the program is called: by itself, or "exec". */
const char *life_name(const struct talk *talk);

/* With the lock held. Wakes who waits for the call; with an answer, whose
 * reference it takes, or else with a failure. */
void call_answer(struct call *call, json_t *answer);
void call_fail(struct call *call, int code, const struct sstore_err *err);
/* Out of the list at `place`, and freed. */
void call_remove(struct call **place);

#endif
