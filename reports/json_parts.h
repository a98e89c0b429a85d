/* json_parts.h: JSON built piece by piece, where memory may run out
 *
 * Each builder gives NULL without memory, and passes on a NULL that it gets,
 * so that one look at the end is enough. It takes what it is given.
 */
#ifndef REPORTS_JSON_PARTS_H
#define REPORTS_JSON_PARTS_H

#include "result.h"

#include <jansson.h>
#include <stdio.h>

json_t *json_set(json_t *object, const char *key, json_t *value);
json_t *json_append(json_t *array, json_t *value);

json_t *json_count(size_t value);
json_t *json_totals(const struct result_totals *totals);
/* Broken UTF-8 is replaced, all else is kept exactly. */
json_t *json_text(const char *value);
json_t *json_texts(const char *const *list, size_t count);

/* Writes the object, and frees it. 0, or a negative errno: -ENOMEM for NULL. */
int json_parts_write(json_t *object, FILE *to);

#endif
