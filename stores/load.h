/* load.h: plugins in files of their own
 *
 * A plugin is loaded once a path, and stays for as long as the program runs,
 * since its threads may. Any thread may call.
 */
#ifndef STORES_LOAD_H
#define STORES_LOAD_H

#include "session_store.h"

/* What load_check lets pass; or NULL with `err`. Each thing that can be wrong
 * with a file has a sentence of its own, which does not name the file. */
const struct sstore_plugin *load_plugin(const char *path,
                                        struct sstore_err *err);

/* Does the table say what it must before anything of it is called? SSTORE_OK,
 * or SSTORE_E_INVAL with `err`. */
int load_check(const struct sstore_plugin *plugin, struct sstore_err *err);

#endif
