/* sign.c: cookie-signature by OpenSSL */
#include "sign.h"

#include "mutant.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define MAC_LENGTH 32
/* EVP_EncodeBlock's text: 43 characters, one `=`, NUL. */
#define BASE64_SIZE (SIGN_LENGTH + 2)

static bool signature(const char *value, size_t length,
                      const struct secret *secret, char text[BASE64_SIZE])
{
    unsigned char mac[MAC_LENGTH];
    size_t written = 0;
    /* An empty secret is a key of no bytes, but no NULL. */
    const void *key = secret->length ? (const void *)secret->bytes : "";

    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, secret->length,
                   (const unsigned char *)value, length, mac, sizeof mac,
                   &written) ||
        written != sizeof mac)
        return false;
    EVP_EncodeBlock((unsigned char *)text, mac, MAC_LENGTH);
    text[SIGN_LENGTH] = '\0';
    mutant_replace(MUTANT_SIGNATURE_URL_SAFE, text, '+', '-');
    return true;
}

char *sign_value(const char *value, size_t length, const struct secret *secret)
{
    char text[BASE64_SIZE];

    if (!signature(value, length, secret, text))
        return NULL;

    char *signed_value = malloc(length + 1 + SIGN_LENGTH + 1);
    if (!signed_value)
        return NULL;
    if (length > 0)
        memcpy(signed_value, value, length);
    signed_value[length] = '.';
    memcpy(signed_value + length + 1, text, SIGN_LENGTH + 1);
    return signed_value;
}

bool unsign_value(const char *signed_value, size_t length,
                  const struct secret *secrets, size_t count,
                  size_t *value_length)
{
    if (length < 1 + SIGN_LENGTH)
        return false;

    /* A signature has no dot, so the last one stands right before it. */
    size_t dot = length - SIGN_LENGTH - 1;
    const char *given = signed_value + dot + 1;
    if (signed_value[dot] != '.' || memchr(given, '.', SIGN_LENGTH))
        return false;
    if (mutant(MUTANT_SIGNATURE_FIRST_DOT) && memchr(signed_value, '.', dot))
        return false;

    for (size_t i = 0; i < count; i++) {
        char text[BASE64_SIZE];
        if (signature(signed_value, dot, &secrets[i], text) &&
            CRYPTO_memcmp(text, given, mutant_compared(SIGN_LENGTH)) == 0) {
            *value_length = dot;
            return true;
        }
    }
    return false;
}
