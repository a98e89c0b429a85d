/* form.c: the fields of an HTML form, application/x-www-form-urlencoded */
#include "form.h"

#include "must.h"

#include <stdbool.h>
#include <string.h>

/* A piece of the body; not NUL-terminated. */
struct piece {
    const char *start, *end;
};

/* Up to the byte, which is skipped, or to the end. */
static struct piece cut(struct piece *rest, char at)
{
    size_t length = (size_t)(rest->end - rest->start);
    const char *found = length ? memchr(rest->start, at, length) : NULL;
    struct piece piece = { rest->start, found ? found : rest->end };

    rest->start = found ? found + 1 : rest->end;
    return piece;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of the escape %XX that starts the piece; -1 where it is none. */
static int escaped_byte(struct piece piece)
{
    int high, low;

    if (*piece.start != '%' || piece.end - piece.start < 3)
        return -1;
    high = hex_digit(piece.start[1]);
    low = hex_digit(piece.start[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Decoded bytes, never more than came; the caller frees. */
static char *decode(struct piece piece, size_t *length)
{
    char *bytes = must_have(malloc((size_t)(piece.end - piece.start) + 1));
    char *to = bytes;

    while (piece.start < piece.end) {
        int byte = escaped_byte(piece);

        if (byte >= 0)
            *to++ = (char)byte;
        else
            *to++ = *piece.start == '+' ? ' ' : *piece.start;
        piece.start += byte >= 0 ? 3 : 1;
    }
    *length = (size_t)(to - bytes);
    return bytes;
}

static bool is_named(struct piece piece, const char *name)
{
    size_t length;
    char *bytes = decode(piece, &length);
    bool is = length == strlen(name) && memcmp(bytes, name, length) == 0;

    free(bytes);
    return is;
}

json_t *form_field(const char *body, size_t length, const char *name)
{
    struct piece rest = { body, body + length };

    while (rest.start < rest.end) {
        struct piece value = cut(&rest, '&');
        struct piece key = cut(&value, '=');
        json_t *field;
        char *bytes;

        if (!is_named(key, name))
            continue;
        bytes = decode(value, &length);
        field = json_stringn(bytes, length);
        free(bytes);
        return field;
    }
    return NULL;
}
