/* signature.c: percent-encoding and signed cookie values
 *
 * A signed value is `s:SID.SIGNATURE`: HMAC-SHA256 in standard base64 without
 * the trailing `=`. Written from that sentence; see setcookie.h.
 */
#include "setcookie.h"
#include "base/must.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256's 32 bytes are 44 characters of base64, one `=` among them. */
#define SIGNATURE_LENGTH 43

static void sign(const char *sid, const void *secret, size_t secret_length,
                 char signature[SIGNATURE_LENGTH + 2])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_length = 0;

    must(secret_length <= INT_MAX);
    must(HMAC(EVP_sha256(), secret, (int)secret_length,
              (const unsigned char *)sid, strlen(sid), mac, &mac_length));
    must(mac_length == 32);
    EVP_EncodeBlock((unsigned char *)signature, mac, (int)mac_length);
    signature[SIGNATURE_LENGTH] = '\0';
}

char *signed_value(const char *sid, const void *secret, size_t secret_length)
{
    char signature[SIGNATURE_LENGTH + 2];
    size_t size = strlen("s:") + strlen(sid) + 1 + SIGNATURE_LENGTH + 1;
    char *value = malloc(size);

    must(value);
    sign(sid, secret, secret_length, signature);
    snprintf(value, size, "s:%s.%s", sid, signature);
    return value;
}

bool signed_value_sid(const char *value, char **sid)
{
    char *decoded = percent_decode(value);
    char *dot = strrchr(decoded, '.');
    bool is_signed = dot && strncmp(decoded, "s:", 2) == 0;

    if (is_signed) {
        *sid = strndup(decoded + 2, (size_t)(dot - decoded - 2));
        must(*sid);
    }
    free(decoded);
    return is_signed;
}

bool signed_value_verify(const char *value, const void *secret,
                         size_t secret_length)
{
    char *decoded = percent_decode(value);
    char *sid = NULL, *right = NULL;
    bool same = false;

    if (signed_value_sid(value, &sid)) {
        right = signed_value(sid, secret, secret_length);
        same = strcmp(right, decoded) == 0;
    }
    free(right);
    free(sid);
    free(decoded);
    return same;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *percent_decode(const char *text)
{
    char *decoded = malloc(strlen(text) + 1);
    char *to = decoded;

    must(decoded);
    while (*text) {
        int high = *text == '%' ? hex_digit(text[1]) : -1;
        int low = high < 0 ? -1 : hex_digit(text[2]);
        /* %00 stays, or the rest would be hidden behind the NUL. */
        if (low >= 0 && (high | low) != 0) {
            *to++ = (char)(high << 4 | low);
            text += 3;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
    return decoded;
}

char *percent_encode(const char *text)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz"
                               "0123456789-_.!~*'()";
    static const char hex[] = "0123456789ABCDEF";
    char *encoded = malloc(3 * strlen(text) + 1);
    char *to = encoded;

    must(encoded);
    for (; *text; text++) {
        if (strchr(kept, *text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = hex[(unsigned char)*text >> 4];
            *to++ = hex[(unsigned char)*text & 15];
        }
    }
    *to = '\0';
    return encoded;
}
