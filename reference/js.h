/* js.h: what JavaScript makes of a value: truthiness, text, thrown errors
 *
 * A value is a jansson value; NULL stands for undefined. All numbers are
 * reals (see jsjson.h).
 */
#ifndef REFERENCE_JS_H
#define REFERENCE_JS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* An exception or an error argument: what `name`, `message` and `code` hold.
 * Fixed size, so that reporting an error cannot fail. */
struct js_error {
    char name[32];
    char message[256];
    char code[32]; /* "" where it has none */
};

/* Always returns -1, so that `return js_throw(...)` reads well. */
int js_throw(struct js_error *error, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The error as {"name","message"} or {"message","code"?}: new references. */
json_t *js_error_named(const struct js_error *error);
json_t *js_error_coded(const struct js_error *error);

/* Boolean(value) */
bool js_truthy(const json_t *value);

/* Has every object a member of that name, from Object.prototype? */
bool js_is_inherited(const char *name);

/* The number of a JSON number. */
double js_number(const json_t *value);

/* More levels of arrays and objects than this are taken from nobody, so that
 * what we write of them stays within JSJSON_DEPTH. */
enum { JS_DEEPEST = 1000 };

/* Is the value that deep, with so many levels around it? */
bool js_is_too_deep(const json_t *value, size_t around);

/* Number(value), which is NaN where it is none. */
double js_to_number(const json_t *value);

/* String(value), as a new JSON string. */
json_t *js_string(const json_t *value);

/* Bytes of a header, which Node reads as Latin-1, as UTF-8; the caller
 * frees. */
char *js_latin1(const char *bytes);

#endif
