/* sid.c: session ids: 24 random bytes, base64url */
#include "sid.h"
#include "must.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#define SID_BYTES 24

void sid_random(char text[static SID_LENGTH + 1])
{
    unsigned char bytes[SID_BYTES];

    must(RAND_bytes(bytes, sizeof bytes) == 1);
    EVP_EncodeBlock((unsigned char *)text, bytes, SID_BYTES);
    for (char *at = text; *at; at++) {
        if (*at == '+')
            *at = '-';
        else if (*at == '/')
            *at = '_';
    }
}
