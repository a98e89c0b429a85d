/* text.c: valid UTF-8 and visible characters, whatever the target sent */
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>

struct range {
    uint32_t first, last;
};

/* Characters that act instead of being seen, or that XML 1.0 forbids. */
static const struct range acting[] = {
    { 0x01, 0x08 },     { 0x0b, 0x1f },     { 0x7f, 0x9f },
    { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
    { 0xfeff, 0xfeff }, { 0xfffe, 0xffff },
};

/* How the first byte of a character of N bytes looks, and the least that may
 * be written in so many. */
static const struct {
    unsigned char mask, lead;
    uint32_t least;
} shapes[] = {
    { 0x80, 0x00, 0x0 },
    { 0xe0, 0xc0, 0x80 },
    { 0xf0, 0xe0, 0x800 },
    { 0xf8, 0xf0, 0x10000 },
};

static bool is_character(uint32_t c, uint32_t least)
{
    return c >= least && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

uint32_t text_next(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;

    if (s == NULL || *s == '\0')
        return 0;
    for (size_t more = 0; more < sizeof shapes / sizeof *shapes; more++) {
        uint32_t c = s[0] & (unsigned char)~shapes[more].mask;
        size_t i = 1;

        if ((s[0] & shapes[more].mask) != shapes[more].lead)
            continue;
        /* The NUL at the end continues nothing, so this stops there. */
        for (; i <= more && (s[i] & 0xc0) == 0x80; i++)
            c = c << 6 | (s[i] & 0x3f);
        if (i <= more || !is_character(c, shapes[more].least))
            break;
        *at += i;
        return c;
    }
    *at += 1;
    return TEXT_REPLACEMENT;
}

static void put_utf8(FILE *to, uint32_t c)
{
    if (c < 0x80) {
        putc((int)c, to);
        return;
    }
    if (c >= 0x10000) {
        putc((int)(0xf0 | c >> 18), to);
        putc((int)(0x80 | (c >> 12 & 0x3f)), to);
    } else if (c >= 0x800) {
        putc((int)(0xe0 | c >> 12), to);
    }
    if (c >= 0x800)
        putc((int)(0x80 | (c >> 6 & 0x3f)), to);
    else
        putc((int)(0xc0 | c >> 6), to);
    putc((int)(0x80 | (c & 0x3f)), to);
}

void text_put(FILE *to, uint32_t character)
{
    for (size_t i = 0; i < sizeof acting / sizeof *acting; i++) {
        if (character < acting[i].first || character > acting[i].last)
            continue;
        fprintf(to, character < 0x100 ? "\\x%02x" : "\\u%04x",
                (unsigned)character);
        return;
    }
    put_utf8(to, character);
}

void text_write(FILE *to, const char *text)
{
    for (uint32_t c; (c = text_next(&text)) != 0;)
        text_put(to, c);
}

static char *copy(const char *text, void (*put)(FILE *to, uint32_t c))
{
    char *result = NULL;
    size_t length;
    FILE *to = open_memstream(&result, &length);

    if (to == NULL)
        return NULL;
    for (uint32_t c; (c = text_next(&text)) != 0;)
        put(to, c);
    if (fclose(to) != 0) {
        free(result);
        return NULL;
    }
    return result;
}

char *text_printable(const char *text)
{
    return copy(text, text_put);
}

char *text_valid(const char *text)
{
    return copy(text, put_utf8);
}
