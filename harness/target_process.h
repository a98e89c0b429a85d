/* target_process.h: a child process, watched from its start to its end
 *
 * Each has a thread of its own, which starts it, drains its pipes and waits
 * for it. It must be that thread that forks: the kernel ends a child with
 * PR_SET_PDEATHSIG when the *thread* that made it ends, and workers come and
 * go. The child leads a process group, which ends with it.
 */
#ifndef HARNESS_TARGET_PROCESS_H
#define HARNESS_TARGET_PROCESS_H

#include "base/fault.h"
#include "target_log.h"

#include <stdbool.h>
#include <stddef.h>

struct process;

/* Runs argv[0]. Its stderr goes to `log`, which outlives it. Until its first
 * line has come, it is ended when the descriptor `interrupt` (0: none)
 * becomes readable. */
int process_start(struct process **process, char *const *argv,
                  struct target_log *log, int interrupt, struct fault *fault);

enum process_line { PROCESS_LINE, PROCESS_ENDED, PROCESS_LATE };
/* Waits for the first line of its stdout, which lives as long as `process`. */
enum process_line process_first_line(struct process *process, long timeout_ms,
                                     const char **line);

/* What it has written to stderr up to now is in the log when this returns.
 * Any thread. */
void process_catch_up(struct process *process);

/* Whether it has ended, at the latest after `wait_ms`; `how` says it:
 * "killed by signal 11 (SIGSEGV)", "exited with code 1". Any thread. */
bool process_ended(struct process *process, long wait_ms, char *how,
                   size_t size);

/* Kills it and its group at once. Any thread. */
void process_kill(struct process *process);

/* Ends it where it has not ended, and frees it. */
void process_stop(struct process *process);

#endif
