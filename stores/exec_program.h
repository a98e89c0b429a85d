/* exec_program.h: the programs of this process' stores, one for a command
 *
 * Like plugins that were loaded, they stay for as long as the process. Any
 * thread may call.
 */
#ifndef STORES_EXEC_PROGRAM_H
#define STORES_EXEC_PROGRAM_H

#include "exec_talk.h"
#include "session_store.h"

#include <pthread.h>

struct program {
    struct sstore_plugin table; /* the first member; not written again */
    struct program *next;
    char *command;
    struct talk *talk;
    char *about;            /* JSON, or NULL; not written again */
    pthread_mutex_t making; /* guards is_made */
    bool is_made;
};

/* Fills in table and about, by what the program has said of itself. */
typedef void program_make_fn(struct program *program);

/* The one of that command, which is taken; `make` is called once it has said
 * hello for the first time. NULL with `err`. */
struct program *program_get(char *command, int hello_ms, program_make_fn *make,
                            struct sstore_err *err);
/* One that there is. */
struct program *program_find(const char *command);

/* Ends them all, until they are asked again. */
void programs_end(void);

#endif
