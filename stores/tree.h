/* tree.h: where the files are that stores bring along, beside their code */
#ifndef STORES_TREE_H
#define STORES_TREE_H

#include <limits.h>
#include <stdbool.h>

#define TREE_PATH PATH_MAX

/* `file` below stores/ of the source tree, or where `make install` puts it:
 * share/sessionspec/stores or share/sessionspec. In $SESSIONSPEC_HOME, in a
 * folder above the executable, or from here; `mode` is access()'s. */
bool tree_find(char path[TREE_PATH], const char *file, int mode);

#endif
