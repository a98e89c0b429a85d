/* aftermath.h: the hidden assertions, which hold after every case
 *
 * The target is alive, every app was closed, no store call that the case did
 * not cause, no sanitizer text, no error event that no `expect` named.
 */
#ifndef HARNESS_AFTERMATH_H
#define HARNESS_AFTERMATH_H

#include "scene.h"

/* Judges, and takes the apps away. `stderr_from`: where the target's stderr
 * stood before the case. */
void aftermath(struct scene *scene, size_t stderr_from);

#endif
