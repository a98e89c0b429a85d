/* jsjson.h: JSON as JavaScript has it, on jansson's trees
 *
 * All numbers in our trees are JSON reals (doubles); an integer that a caller
 * put there himself is written as the double it equals.
 *
 * What JSON.parse takes and jansson does not (listed limits): lone surrogates
 * (`"\ud800"`), a NUL in a member's name, numbers beyond double (`1e400`),
 * more than JSJSON_DEPTH levels.
 *
 * All functions may be called by any thread; a tree by one at a time.
 */
#ifndef REFERENCE_JSJSON_H
#define REFERENCE_JSJSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Levels of arrays and objects, read or written: jansson's own bound. */
#define JSJSON_DEPTH 2048

#define JSJSON_NUMBER_SIZE 32

struct jsjson_error {
    char text[200]; /* one line of ASCII: "line 1 column 5: …" */
};

/* Any value at top level. NULL with `error` filled (it may be NULL) on
 * malformed text, trailing text, or a limit. The caller owns the result. */
json_t *jsjson_parse(const char *text, size_t length,
                     struct jsjson_error *error);

/* The text that JSON.stringify gives: members whose names are array indices
 * first, ascending, then the others as they were inserted; numbers and
 * strings in JavaScript's form. NUL-terminated, *length (may be NULL) is
 * without the NUL; the caller frees. NULL where the tree is deeper than
 * JSJSON_DEPTH or memory ran out. */
char *jsjson_stringify(const json_t *value, size_t *length);
/* The same, leaving out one member of the top-level object. */
char *jsjson_stringify_without(const json_t *object, const char *top_level_key,
                               size_t *length);

/* ECMAScript's Number::toString: the fewest digits that read back as the same
 * double. "NaN", "Infinity" and "-Infinity" are text too. */
void jsjson_number(double value, char text[static JSJSON_NUMBER_SIZE]);

#endif
