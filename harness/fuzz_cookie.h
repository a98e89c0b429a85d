/* fuzz_cookie.h: session cookies of the fuzzer's own making, good and bad */
#ifndef HARNESS_FUZZ_COOKIE_H
#define HARNESS_FUZZ_COOKIE_H

#include "fuzz_random.h"

#include <jansson.h>
#include <stddef.h>

/* The bytes of a secret as an app has it: a text, or {"base64"}. NULL for
 * what is neither. The caller frees. */
char *fuzz_secret_bytes(const json_t *secret, size_t *length);

/* NAME=VALUE with the value percent-encoded; NULL where the secret is none.
 * The caller frees. */
char *fuzz_cookie_pair(const char *name, const char *sid, const json_t *secret);

/* A whole Cookie header with that pair in it, spoilt, quoted, doubled, or
 * dressed up. The caller frees. */
char *fuzz_cookie_odd(struct fuzz_random *random, const char *name,
                      const char *sid, const json_t *secret);

/* `header`, with one character of the value of the cookie `name` changed,
 * counted as the language's `tampered` counts. NULL where it has none such.
 * The caller frees. */
char *fuzz_cookie_tamper(const char *header, const char *name, long long at);

/* The name of the session cookie under these options. */
const char *fuzz_cookie_name(const json_t *options);

#endif
