/* backend.h: a throwaway server behind a store: started, broken, mended, ended
 *
 * What stands in backends/start, seen from C. The server is this process's own:
 * it ends with it, however it ends. Any thread may break and mend.
 */
#ifndef STORES_BACKEND_H
#define STORES_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

#define BACKEND_ERROR 256 /* size of a text that says what went wrong */

struct backend;

/* Is the SPEC the name of a store that has a server, "redis", and no address?
 * Options may stand behind it: "redis?prefix=x". */
bool backend_is_meant(const char *spec);

/* Starts the server that such a SPEC means. NULL with one line in `error`;
 * what the server said of it stands on stderr by then. To be called before
 * there are other threads. */
struct backend *backend_start(const char *spec, char error[BACKEND_ERROR]);

/* The SPEC with its address: "redis://127.0.0.1:31415?prefix=x". */
const char *backend_spec(const struct backend *backend);
/* Does the SPEC lead to this server? */
bool backend_serves(const struct backend *backend, const char *spec);

/* Kills the server as a crash would, and starts it again at the same address
 * with what it had on its disk. What is done already is no error. Both return
 * 0, or -1 with one line in `error`. */
int backend_break(struct backend *backend, char error[BACKEND_ERROR]);
int backend_mend(struct backend *backend, char error[BACKEND_ERROR]);

/* Ends the server; nothing of it is left. NULL does nothing. */
void backend_stop(struct backend *backend);

#endif
