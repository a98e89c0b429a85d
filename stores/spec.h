/* spec.h: the text that names a store, taken to pieces
 *
 * NAME             a built-in store
 * SCHEME:REST      the same: `sqlite:PATH`, `redis://host:port/0`
 * PATH/TO/X.so     a plugin: what has a `/` in it, or ends in .so
 *
 * and behind any of them `?key=value&key=value`. A `%20` in a key, in a value
 * or behind a scheme that takes a path is a blank: so `?`, `&` and any other
 * byte but NUL can be said. A URL is left as it is, for its own reader.
 *
 * exec:COMMAND     a program: all behind the colon is the shell's, as it is;
 *                  options stand before it, exec?key=value&key=value:COMMAND
 * npm:… node:…     a store of Node's: all is stores/node's, options too
 */
#ifndef STORES_SPEC_H
#define STORES_SPEC_H

#include "session_store.h"

#include <stdbool.h>

/* Of a SPEC; a host that adds some has room for two more. */
#define SPEC_OPTIONS_MAX 32

struct spec {
    char *text;        /* owned: what stands before the `?` */
    char scheme[24];   /* "redis" of "redis://host:port/0"; "" for none */
    char *rest;        /* in `text`, behind the scheme's colon, or NULL */
    bool is_path;      /* `text` is that of a plugin's file */
    bool runs_program; /* of a scheme whose store is a program of its own */
    struct sstore_opt options[SPEC_OPTIONS_MAX + 2]; /* point into `text` */
    size_t count;
};

/* SSTORE_OK, or a failure with `err` and nothing to clear. */
int spec_parse(struct spec *spec, const char *text, struct sstore_err *err);
void spec_clear(struct spec *spec);

/* Turns every %XX in `text` into its byte, in place. False where one is
 * none, or is a NUL. */
bool spec_decode(char *text);

/* Fills `err` with one line; returns `code`. */
int spec_fail(struct sstore_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
