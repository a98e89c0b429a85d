/* fuzz_cookie.c: session cookies of the fuzzer's own making, good and bad */
#include "fuzz_cookie.h"

#include "base/must.h"
#include "setcookie.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a header may look like. `%n` is the cookie's name, `%v` its good value
 * percent-encoded, `%p` the same in plain, `%b` one whose signature is cut,
 * `%l` the good one with small hexadecimal digits, `%s` the sid. */
static const char *const forms[] = { "%n=%v",
                                     "%n=%p",
                                     "%n=%l",
                                     "%n=\"%v\"",
                                     "%n=\"%p\"",
                                     "%n=\"%v",
                                     "%n= %v ",
                                     " %n = %v",
                                     "a=1; %n=%v",
                                     "%n=%v; a=1",
                                     "a=1;%n=%v;b=2",
                                     "a; %n=%v",
                                     "=x; %n=%v",
                                     ";; %n=%v;;",
                                     "%n=%v; %n=%b",
                                     "%n=%b; %n=%v",
                                     "%n=; %n=%v",
                                     "%n=%b",
                                     "%n=%v%",
                                     "%n=%v%%zz",
                                     "%n=%p%%zz",
                                     "%n=%v.",
                                     "%n=%v+",
                                     "%n=s:%s",
                                     "%n=s:%s.",
                                     "%n=s%%3A%s",
                                     "%n=%s",
                                     "%n=j:{\"a\":1}",
                                     "%n=j:{}",
                                     "%n=j:[]",
                                     "%n=j:0",
                                     "%n=j:x",
                                     "%n=j:\"%p\"",
                                     "%n=j:\"s:x\"",
                                     "%n",
                                     "%n=",
                                     "X%n=%v",
                                     "%nX=%v",
                                     "%n==%v",
                                     "__proto__=1; %n=%v",
                                     "%n=%v; $Path=/",
                                     "a=\"x;%n=%v\"",
                                     "a=%n=%v",
                                     "%n=%v,b=1",
                                     "a=1,%n=%v",
                                     NULL };

char *fuzz_secret_bytes(const json_t *secret, size_t *length)
{
    const char *text = json_string_value(secret);
    const char *base64 = json_string_value(json_object_get(secret, "base64"));
    char *bytes;
    int decoded;

    if (text) {
        *length = json_string_length(secret);
        bytes = strndup(text, *length);
        must(bytes);
        return bytes;
    }
    if (!base64)
        return NULL;
    bytes = calloc(1, strlen(base64) + 4);
    must(bytes);
    decoded =
        EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)base64,
                        (int)strlen(base64));
    *length = decoded < 0 ? 0 : (size_t)decoded;
    for (size_t i = strlen(base64); i > 0 && base64[i - 1] == '='; i--)
        if (*length)
            --*length;
    return bytes;
}

static char *value_of(const char *sid, const json_t *secret)
{
    size_t length;
    char *bytes = fuzz_secret_bytes(secret, &length);
    char *value = bytes ? signed_value(sid, bytes, length) : NULL;

    free(bytes);
    return value;
}

/* The text that `print` writes. */
static char *joined(const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 2;
    char *text = malloc(size);

    must(text);
    snprintf(text, size, "%s=%s", name, value);
    return text;
}

char *fuzz_cookie_pair(const char *name, const char *sid, const json_t *secret)
{
    char *value = value_of(sid, secret);
    char *encoded = value ? percent_encode(value) : NULL;
    char *pair = encoded ? joined(name, encoded) : NULL;

    free(encoded);
    free(value);
    return pair;
}

static void small_hex(char *text)
{
    for (; *text; text++)
        if (*text == '%' && text[1] && text[2])
            for (int i = 1; i <= 2; i++)
                if (text[i] >= 'A' && text[i] <= 'F')
                    text[i] = (char)(text[i] - 'A' + 'a');
}

struct parts {
    const char *name, *sid;
    char *plain, *encoded, *small, *bad;
};

static const char *part(const struct parts *parts, char letter)
{
    switch (letter) {
    case 'n':
        return parts->name;
    case 'v':
        return parts->encoded;
    case 'p':
        return parts->plain;
    case 'l':
        return parts->small;
    case 'b':
        return parts->bad;
    case 's':
        return parts->sid;
    default:
        return NULL;
    }
}

static char *filled(const char *form, const struct parts *parts)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    must(to);
    for (; *form; form++) {
        const char *piece = *form == '%' ? part(parts, form[1]) : NULL;

        if (piece)
            fputs(piece, to);
        else
            fputc(*form, to);
        if (*form == '%' && (piece || form[1] == '%'))
            form++;
    }
    must(fclose(to) == 0);
    return text;
}

char *fuzz_cookie_odd(struct fuzz_random *random, const char *name,
                      const char *sid, const json_t *secret)
{
    struct parts parts = { .name = name, .sid = sid };
    char *text;

    parts.plain = value_of(sid, secret);
    if (!parts.plain)
        return NULL;
    parts.encoded = percent_encode(parts.plain);
    parts.small = percent_encode(parts.plain);
    small_hex(parts.small);
    parts.bad = percent_encode(parts.plain);
    parts.bad[strlen(parts.bad) - 1] = '\0';
    text = filled(fuzz_pick(random, forms), &parts);
    free(parts.plain);
    free(parts.encoded);
    free(parts.small);
    free(parts.bad);
    return text;
}

char *fuzz_cookie_tamper(const char *header, const char *name, long long at)
{
    char *sent = cookie_header_value(header, name);
    char *value = sent ? percent_decode(sent) : NULL;
    long long length = value ? (long long)strlen(value) : 0;
    char *encoded, *pair = NULL;

    if (at < 0)
        at += length;
    if (value && at >= 0 && at < length) {
        value[at] = value[at] == 'A' ? 'B' : 'A';
        encoded = percent_encode(value);
        pair = joined(name, encoded);
        free(encoded);
    }
    free(value);
    free(sent);
    return pair;
}

static const char *text_option(const json_t *options, const char *key)
{
    const char *text = json_string_value(json_object_get(options, key));

    return text && *text ? text : NULL;
}

const char *fuzz_cookie_name(const json_t *options)
{
    const char *name = text_option(options, "name");

    if (!name)
        name = text_option(options, "key");
    return name ? name : "connect.sid";
}
