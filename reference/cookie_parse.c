/* cookie_parse.c: the Cookie header, as cookie@0.7.2 takes it apart */
#include "cookie_parse.h"

#include "mutant.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One pair of the header: trimmed, unquoted, not yet decoded. */
struct pair {
    const char *name, *name_end;
    const char *value, *value_end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **from, const char **to)
{
    if (mutant(MUTANT_BLANKS_KEPT))
        return;
    while (*from < *to && is_blank(**from))
        ++*from;
    while (*to > *from && is_blank((*to)[-1]))
        --*to;
}

/* A lone quote is a quoted value too, and an empty one. */
static void unquote(struct pair *pair)
{
    if (mutant(MUTANT_QUOTES_KEPT) || pair->value == pair->value_end ||
        *pair->value != '"' || pair->value_end[-1] != '"')
        return;
    pair->value++;
    if (pair->value < pair->value_end)
        pair->value_end--;
}

/* Takes the next pair off *header; false at the end. A piece without `=` is
 * skipped. */
static bool pair_next(const char **header, struct pair *pair)
{
    const char *at = *header;
    const char *equals = strchr(at, '=');
    if (!equals)
        return false;

    const char *semicolon;
    while ((semicolon = memchr(at, ';', (size_t)(equals - at))))
        at = semicolon + 1;

    pair->name = at;
    pair->name_end = equals;
    trim(&pair->name, &pair->name_end);
    pair->value = equals + 1;
    pair->value_end = pair->value + strcspn(pair->value, ";");
    *header = pair->value_end + (*pair->value_end == ';');
    trim(&pair->value, &pair->value_end);
    unquote(pair);
    return true;
}

/* ---- Text --------------------------------------------------------------- */

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

/* The byte of a `%XX` at `at`, or -1. */
static int escape_byte(const char *at, const char *end)
{
    if (end - at < 3 || at[0] != '%')
        return -1;
    int high = hex_digit(at[1]), low = hex_digit(at[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* How many bytes the UTF-8 character takes that begins with this one; 0 where
 * none begins so. */
static int utf8_length(int first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* May `second` follow `first`? Not in an overlong form, a surrogate, or
 * beyond U+10FFFF. */
static bool utf8_second(int first, int second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0 && second <= 0xbf;
    case 0xed:
        return second >= 0x80 && second <= 0x9f;
    case 0xf0:
        return second >= 0x90 && second <= 0xbf;
    case 0xf4:
        return second >= 0x80 && second <= 0x8f;
    default:
        return second >= 0x80 && second <= 0xbf;
    }
}

/* Appends a latin1 character as UTF-8. */
static char *put_latin1(char *to, char c)
{
    unsigned char byte = (unsigned char)c;

    if (byte < 0x80) {
        *to++ = c;
    } else {
        *to++ = (char)(0xc0 | byte >> 6);
        *to++ = (char)(0x80 | (byte & 0x3f));
    }
    return to;
}

/* Appends the character that the escapes at *from stand for, and goes past
 * them. NULL where they stand for none. */
static char *put_escaped(char *to, const char **from, const char *end)
{
    int first = escape_byte(*from, end);
    int length = first < 0 ? 0 : utf8_length(first);
    if (length == 0)
        return NULL;

    *to++ = (char)first;
    *from += 3;
    for (int i = 1; i < length; i++, *from += 3) {
        int byte = escape_byte(*from, end);
        if (byte < 0x80 || byte > 0xbf || (i == 1 && !utf8_second(first, byte)))
            return NULL;
        *to++ = (char)byte;
    }
    return to;
}

/* What decodeURIComponent makes of latin1 text, in UTF-8. NULL where it would
 * throw. `to` has room for twice as much, and stays without a NUL. */
static char *put_decoded(char *to, const char *from, const char *end)
{
    while (from < end && to) {
        if (*from == '%') {
            to = put_escaped(to, &from, end);
        } else {
            bool blank = *from == '+' && mutant(MUTANT_PLUS_IS_BLANK);

            to = put_latin1(to, blank ? ' ' : *from);
            from++;
        }
    }
    return to;
}

static char *put_plain(char *to, const char *from, const char *end)
{
    while (from < end)
        to = put_latin1(to, *from++);
    return to;
}

/* Fresh and NUL-terminated, or NULL without memory. */
static char *text_of(const char *from, const char *end, size_t *length)
{
    char *text = malloc(2 * (size_t)(end - from) + 1);
    if (!text)
        return NULL;

    char *to =
        mutant(MUTANT_VALUE_NOT_DECODED) ? NULL : put_decoded(text, from, end);
    if (!to && mutant(MUTANT_MALFORMED_ESCAPE_DROPPED))
        to = text;
    if (!to)
        to = put_plain(text, from, end);
    *to = '\0';
    if (length)
        *length = (size_t)(to - text);
    return text;
}

/* ---- What others call --------------------------------------------------- */

/* A header of one character is not looked at: `=` alone is no pair. */
static bool is_too_short(const char *header)
{
    return header[0] == '\0' || header[1] == '\0';
}

static bool is_prototype(const struct pair *pair)
{
    static const char prototype[] = "__proto__";
    return pair->name_end - pair->name == sizeof prototype - 1 &&
           memcmp(pair->name, prototype, sizeof prototype - 1) == 0;
}

/* Is the latin1 text the same as that UTF-8 text? */
static bool name_equals(const struct pair *pair, const char *name)
{
    for (const char *at = pair->name; at < pair->name_end; at++) {
        char one[3] = { 0 };
        put_latin1(one, *at);
        size_t length = strlen(one);
        if ((mutant(MUTANT_NAME_ANY_CASE) ? strncasecmp : strncmp)(name, one,
                                                                   length) != 0)
            return *name == '\0' && mutant(MUTANT_NAME_BY_PREFIX);
        name += length;
    }
    return *name == '\0';
}

char *cookie_parse_get(const char *header, const char *name, size_t *length)
{
    struct pair pair;

    if (is_too_short(header))
        return NULL;
    while (pair_next(&header, &pair)) {
        if (name_equals(&pair, name) && !is_prototype(&pair) &&
            !(mutant(MUTANT_LAST_COOKIE_COUNTS) && strstr(header, name)))
            return text_of(pair.value, pair.value_end, length);
        if (mutant(MUTANT_FIRST_PAIR_ONLY))
            break;
    }
    return NULL;
}

char *cookie_encode(const char *value, size_t length)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz"
                               "0123456789-_.!~*'()";
    static const char hex[] = "0123456789ABCDEF";

    if (length > (SIZE_MAX - 1) / 3)
        return NULL;
    char *text = malloc(3 * length + 1);
    char *to = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)value[i];
        if (memchr(kept, c, sizeof kept - 1) ||
            (mutant(MUTANT_HALF_ENCODED) && memchr("/:+", c, 3))) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    *to = '\0';
    return text;
}
