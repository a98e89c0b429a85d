/* secret.c: a secret as a case writes it: a text, or {base64: …} for bytes */
#include "secret.h"

#include "base/must.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* EVP_DecodeBlock counts the padding as zero bytes. */
static char *decode(const char *text, size_t *length, struct fault *fault)
{
    size_t size = strlen(text);
    unsigned char *bytes = calloc(1, size + 4);
    int decoded;

    must(bytes);
    decoded = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)size);
    if (decoded < 0) {
        fault_set(fault, FAULT_LOCAL, "\"%.60s\" is no base64", text);
        free(bytes);
        return NULL;
    }
    *length = (size_t)decoded;
    while (size > 0 && *length > 0 && text[--size] == '=')
        --*length;
    return (char *)bytes;
}

char *secret_bytes(struct vars *vars, const struct node *secret, size_t *length,
                   struct fault *fault)
{
    const struct node *base64 = node_get(secret, "base64");
    char *text = var_text(vars, base64 ? base64 : secret, fault);
    char *bytes;

    if (!base64 || !text) {
        *length = text ? strlen(text) : 0;
        return text;
    }
    bytes = decode(text, length, fault);
    free(text);
    return bytes;
}
