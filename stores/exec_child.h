/* exec_child.h: a program of a store: started, and brought to an end
 *
 * It runs in a process group of its own, which ends with it, and with this
 * process, however that ends: beside the program a guard waits for that, the
 * shell between need not be the program itself.
 */
#ifndef STORES_EXEC_CHILD_H
#define STORES_EXEC_CHILD_H

#include <sys/types.h>

struct child {
    pid_t pid;   /* and its process group; -1: none */
    pid_t guard; /* in that group; -1: none */
    int pidfd;   /* readable once the child has ended */
    int in;      /* our ends of its stdin, stdout and stderr, */
    int out;     /* which never block; -1: closed */
    int err;
    int life; /* our end of the pipe whose end the guard waits for */
};

/* Runs `/bin/sh -c command`. Returns 0 or errno. */
int child_start(struct child *child, const char *command);

void child_signal(const struct child *child, int number);

/* To be called when it has ended, or was sent SIGKILL: also ends what is left
 * of its group. Gives waitpid's status; the pipes stay open. */
int child_reap(struct child *child);

void child_close(int *fd);

#define CHILD_HOW 40

/* "exit code 3", "SIGSEGV" */
void child_how(int status, char how[CHILD_HOW]);

#endif
