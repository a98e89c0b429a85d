/* exec_command.h: the command that a SPEC of a program means */
#ifndef STORES_EXEC_COMMAND_H
#define STORES_EXEC_COMMAND_H

#include "spec.h"

/* For /bin/sh -c, the caller's to free; *hello_ms is how long its start may
 * take. NULL with `err`. */
char *command_of(const struct spec *spec, int *hello_ms,
                 struct sstore_err *err);

#endif
