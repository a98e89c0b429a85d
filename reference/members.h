/* members.h: refusing what nobody would look at
 *
 * A typo in a control body must not pass in silence.
 */
#ifndef REFERENCE_MEMBERS_H
#define REFERENCE_MEMBERS_H

#include "js.h"

#include <jansson.h>

/* 0, or -1 with `error` where `value` is no object or has another member than
 * the `known`, a list that ends with NULL. */
int members_check(const json_t *value, const char *const *known,
                  const char *what, struct js_error *error);

#endif
