/* sid.c: session ids: 24 random bytes, base64url */
#include "sid.h"

#include "mutant.h"
#include "must.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define SID_BYTES 24

void sid_random(char text[static SID_LENGTH + 1])
{
    unsigned char bytes[SID_BYTES];

    must(RAND_bytes(bytes, sizeof bytes) == 1);
    if (mutant(MUTANT_SID_REPEATS))
        memset(bytes, 0, sizeof bytes);
    EVP_EncodeBlock((unsigned char *)text, bytes, SID_BYTES);
    for (char *at = text; *at; at++) {
        if (*at == '+')
            *at = '-';
        else if (*at == '/')
            *at = '_';
    }
    if (mutant(MUTANT_SID_SHORT))
        text[SID_LENGTH / 2] = '\0';
}
