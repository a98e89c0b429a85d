/* exec_program.c: the programs of this process' stores, one for a command */
#include "exec_program.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond what a start may take: the program is ended within that. */
#define END_MS 5000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct program *programs; /* under lock; new ones come to the front */

/* With the lock held. */
static struct program *find(const char *command)
{
    struct program *program = programs;

    while (program && strcmp(program->command, command) != 0)
        program = program->next;
    return program;
}

struct program *program_find(const char *command)
{
    pthread_mutex_lock(&lock);
    struct program *program = find(command);
    pthread_mutex_unlock(&lock);
    return program;
}

/* With the lock held. NULL without memory or a free descriptor. */
static struct program *add(char *command, int hello_ms)
{
    struct program *program = calloc(1, sizeof *program);

    if (program)
        program->talk = talk_new(command, hello_ms);
    if (!program || !program->talk) {
        free(program);
        return NULL;
    }
    program->command = command;
    pthread_mutex_init(&program->making, NULL);
    program->next = programs;
    programs = program;
    return program;
}

static int make_once(struct program *program, int hello_ms,
                     program_make_fn *make, struct sstore_err *err)
{
    int64_t deadline_ns = clock_now_ns() + (hello_ms + END_MS) * CLOCK_NS_IN_MS;
    int code = SSTORE_OK;
    unsigned life;

    pthread_mutex_lock(&program->making);
    if (!program->is_made) {
        code = talk_start(program->talk, deadline_ns, &life, err);
        program->is_made = code == SSTORE_OK;
        if (program->is_made)
            make(program);
    }
    pthread_mutex_unlock(&program->making);
    return code;
}

struct program *program_get(char *command, int hello_ms, program_make_fn *make,
                            struct sstore_err *err)
{
    pthread_mutex_lock(&lock);
    struct program *program = find(command);
    bool is_new = !program;
    if (is_new)
        program = add(command, hello_ms);
    pthread_mutex_unlock(&lock);
    if (!is_new || !program)
        free(command);
    if (!program) {
        fail_errno(err, ENOMEM, "exec");
        return NULL;
    }
    return make_once(program, hello_ms, make, err) == SSTORE_OK ? program
                                                                : NULL;
}

void programs_end(void)
{
    pthread_mutex_lock(&lock);
    struct program *program = programs;
    pthread_mutex_unlock(&lock);
    for (; program; program = program->next)
        talk_end(program->talk);
}
