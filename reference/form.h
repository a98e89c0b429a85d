/* form.h: the fields of an HTML form, application/x-www-form-urlencoded */
#ifndef REFERENCE_FORM_H
#define REFERENCE_FORM_H

#include <jansson.h>
#include <stddef.h>

/* The first field of that name, decoded: `+` is a blank, %XX a byte, and a
 * malformed escape stands for itself. A new JSON string; NULL where there is
 * no such field, or where what it holds is no UTF-8. */
json_t *form_field(const char *body, size_t length, const char *name);

#endif
