/* cookie_parse.h: the Cookie header, read as the npm package cookie@0.7.2 does
 *
 * Node hands header bytes over as latin1: a raw byte of 0x80 and above is the
 * character of that number, so two bytes in our UTF-8. Names are taken as
 * they stand, values are percent-decoded as decodeURIComponent does, and left
 * as they stand where that would throw. Names and values may hold any text;
 * a value also NUL (`%00`).
 *
 * Of two cookies of one name the first counts, and there is never a cookie
 * `__proto__` (assigning it to an object makes no member).
 *
 * All functions may be called by any thread.
 */
#ifndef REFERENCE_COOKIE_PARSE_H
#define REFERENCE_COOKIE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the first cookie of that name, NUL-terminated, *length (may be
 * NULL) without the NUL; the caller frees. NULL where there is none, or
 * without memory. `name` is UTF-8. */
char *cookie_parse_get(const char *header, const char *name, size_t *length);

/* encodeURIComponent of UTF-8 text. NUL-terminated; the caller frees. NULL
 * without memory. */
char *cookie_encode(const char *value, size_t length);

#endif
