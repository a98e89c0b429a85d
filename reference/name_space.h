/* name_space.h: the namespaces of this process' stores on a shared backend
 *
 * No two that are taken at once are equal, nor any of another process, however
 * that ended: what it left in a lasting backend is not seen. Any thread.
 */
#ifndef REFERENCE_NAME_SPACE_H
#define REFERENCE_NAME_SPACE_H

/* A namespace for the app `id`, which it ends with, so that apps with nested
 * names get nested namespaces. Returned by name_space_leave. */
char *name_space_take(const char *id);
void name_space_leave(char *name);

#endif
