/* sign.h: cookie-signature, `value.signature`
 *
 * The signature is HMAC-SHA256 over the value's bytes, in standard base64
 * without the trailing `=`.
 *
 * All functions may be called by any thread.
 */
#ifndef REFERENCE_SIGN_H
#define REFERENCE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

/* Characters of a signature; a dot stands before it. */
#define SIGN_LENGTH 43

/* Borrowed bytes, any bytes, none included. */
struct secret {
    const unsigned char *bytes;
    size_t length;
};

/* `value.signature`, NUL-terminated, length + 1 + SIGN_LENGTH characters. The
 * caller frees. NULL without memory. */
char *sign_value(const char *value, size_t length, const struct secret *secret);

/* Is it signed by one of the secrets? Then *value_length says how much of it
 * is the value: what stands before the last dot, which may be nothing.
 * Compares in constant time. */
bool unsign_value(const char *signed_value, size_t length,
                  const struct secret *secrets, size_t count,
                  size_t *value_length);

#endif
