/* paths.h: reading and changing session data along paths like `user.name`
 *
 * Missing objects (or null) on the way are made; a way through a scalar is
 * the error `not an object`; an array takes an index.
 *
 * Source: DESIGN section 4, actions.
 */
#ifndef REFERENCE_PATHS_H
#define REFERENCE_PATHS_H

#include "js.h"

#include <jansson.h>

/* A hole in an array costs its length when it is written as JSON. */
enum { PATH_LARGEST_INDEX = 65535 };

/* All return 0, or -1 with `error`; `value` is copied, `amount` a number. */
int path_set(json_t *data, const char *path, const json_t *value,
             struct js_error *error);
int path_delete(json_t *data, const char *path, struct js_error *error);
int path_add(json_t *data, const char *path, const json_t *amount,
             struct js_error *error);
int path_push(json_t *data, const char *path, const json_t *value,
              struct js_error *error);
/* *value is borrowed; NULL where there is nothing. */
int path_read(json_t *data, const char *path, const json_t **value,
              struct js_error *error);

#endif
