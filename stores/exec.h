/* exec.h: stores that are programs of their own
 *
 * `exec:CMD` runs a command, `npm:…` and `node:…` the host of Node's stores.
 * One program for a command, whatever the number of its instances; it runs
 * until exec_end. README.md has the protocol. Any thread may call.
 */
#ifndef STORES_EXEC_H
#define STORES_EXEC_H

#include "session_store.h"
#include "spec.h"

#include <stdbool.h>
#include <sys/types.h>

/* The table of the program that a SPEC means (`spec->runs_program`), which is
 * started to say what it can; the SPEC's options get one that leads to it. The
 * table lives as long as this process. NULL with `err`. */
const struct sstore_plugin *exec_plugin(struct spec *spec,
                                        struct sstore_err *err);

/* Of any plugin; nothing for one that is no program. */

/* What it can that the ABI does not know. */
typedef void exec_word_fn(void *arg, const char *word);
void exec_words(const struct sstore_plugin *plugin, exec_word_fn *each,
                void *arg);
/* Can it make its backend fail for one instance ("break"), and undo that
 * ("mend")? To be called as the operations of a plugin are. */
bool exec_can(const struct sstore_plugin *plugin, const char *act);
int exec_act(void *inst, const char *act, const struct sstore_call *call,
             struct sstore_err *err);
/* {"resolution"?, "licence"?} as JSON, or NULL. */
const char *exec_about(const struct sstore_plugin *plugin);
/* Its process, or -1. */
pid_t exec_process(const struct sstore_plugin *plugin);

/* Ends all programs. A store that is open may be called nevertheless, and
 * starts its own again. */
void exec_end(void);

#endif
