/* jsjson.c: JSON as JavaScript has it: its order of members, its numbers */
#include "jsjson.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_value(FILE *out, const json_t *value, unsigned depth);
static bool write_object(FILE *out, const json_t *object, const char *without,
                         unsigned depth);

static char *stringify(const json_t *value, const char *without, size_t *length)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;

    bool ok = without && json_is_object(value)
                  ? write_object(out, value, without, 1)
                  : write_value(out, value, 0);

    if (ferror(out))
        ok = false;
    if (fclose(out) != 0)
        ok = false;
    if (!ok) {
        free(text);
        return NULL;
    }
    if (length)
        *length = size;
    return text;
}

char *jsjson_stringify(const json_t *value, size_t *length)
{
    return stringify(value, NULL, length);
}

char *jsjson_stringify_without(const json_t *object, const char *top_level_key,
                               size_t *length)
{
    return stringify(object, top_level_key, length);
}

json_t *jsjson_parse(const char *text, size_t length,
                     struct jsjson_error *error)
{
    const size_t flags =
        JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    json_error_t why;

    json_t *value = json_loadb(text ? text : "", length, flags, &why);
    if (!value && error) {
        /* jansson quotes the text near the fault, line ends and all, and may
         * cut it within a character. */
        snprintf(error->text, sizeof error->text, "line %d column %d: %s",
                 why.line, why.column, why.text);
        for (char *p = error->text; *p; p++)
            if (*p < 0x20 || *p > 0x7e)
                *p = '?';
    }
    return value;
}

/* ---- Strings ------------------------------------------------------------ */

/* The two-character escapes; 0 where a control character has none. */
static char short_escape(unsigned char c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)c;
    default:
        return 0;
    }
}

static void write_string(FILE *out, const char *text, size_t length)
{
    size_t plain = 0; /* where the characters begin that need no escape */

    putc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char escape = short_escape(c);
        if (c >= 0x20 && !escape)
            continue;
        fwrite(text + plain, 1, i - plain, out);
        plain = i + 1;
        if (escape)
            fprintf(out, "\\%c", escape);
        else
            fprintf(out, "\\u%04x", c);
    }
    fwrite(text + plain, 1, length - plain, out);
    putc('"', out);
}

/* ---- Numbers ------------------------------------------------------------ */

/* value = 0.DIGITS x 10^point; no zeros at the end of the digits. */
struct decimal {
    char digits[18];
    int count;
    int point;
};

/* "-d.ddde-xx", whatever the locale's decimal point is. */
static void decimal_read(struct decimal *decimal, const char *text)
{
    decimal->count = 0;
    for (; *text != 'e'; text++)
        if (*text >= '0' && *text <= '9')
            decimal->digits[decimal->count++] = *text;
    decimal->point = (int)strtol(text + 1, NULL, 10) + 1;
    while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0')
        decimal->count--;
}

/* One up in the last digit of "d.ddde-xx". False where all are nines. */
static bool digits_up(char *text)
{
    for (char *at = strchr(text, 'e') - 1; at >= text; at--) {
        if (*at >= '0' && *at < '9') {
            ++*at;
            return true;
        }
        if (*at == '9')
            *at = '0';
    }
    return false;
}

/* The fewest digits that read back as the value (finite, above 0). Any 15
 * digits survive a normal double, so with 15 the zeros at the end are all
 * that can be left out; a subnormal holds fewer, so all are tried. Below a
 * power of two the doubles lie closer than above it: there the nearest digits
 * can read back as the double below, while those one up are right. */
static void decimal_shortest(struct decimal *decimal, double value)
{
    char text[40];

    for (int digits = isnormal(value) ? 15 : 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value)
            break;
        if (digits == 16 && digits_up(text) && strtod(text, NULL) == value)
            break;
    }
    decimal_read(decimal, text);
}

static char *put_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

static char *put_digits(char *at, const struct decimal *decimal, int from,
                        int to)
{
    memcpy(at, decimal->digits + from, (size_t)(to - from));
    return at + (to - from);
}

void jsjson_number(double value, char text[static JSJSON_NUMBER_SIZE])
{
    if (!isfinite(value) || value == 0) {
        snprintf(text, JSJSON_NUMBER_SIZE, "%s",
                 isnan(value)     ? "NaN"
                 : value == 0     ? "0"
                 : signbit(value) ? "-Infinity"
                                  : "Infinity");
        return;
    }

    struct decimal decimal;
    decimal_shortest(&decimal, fabs(value));
    int count = decimal.count, point = decimal.point;
    char *at = text;

    if (value < 0)
        *at++ = '-';
    if (point > 21 || point < -5) {
        at = put_digits(at, &decimal, 0, 1);
        if (count > 1) {
            *at++ = '.';
            at = put_digits(at, &decimal, 1, count);
        }
        snprintf(at, 8, "e%+d", point - 1);
        return;
    }
    if (point <= 0) {
        *at++ = '0';
        *at++ = '.';
        at = put_zeros(at, -point);
        at = put_digits(at, &decimal, 0, count);
    } else if (point >= count) {
        at = put_digits(at, &decimal, 0, count);
        at = put_zeros(at, point - count);
    } else {
        at = put_digits(at, &decimal, 0, point);
        *at++ = '.';
        at = put_digits(at, &decimal, point, count);
    }
    *at = '\0';
}

static void write_number(FILE *out, double value)
{
    char text[JSJSON_NUMBER_SIZE];

    jsjson_number(value, text);
    fputs(isfinite(value) ? text : "null", out);
}

/* ---- Objects ------------------------------------------------------------ */

static bool index_read(const char *key, size_t length, uint32_t *index)
{
    uint64_t number = 0;

    if (length == 0 || length > 10 || (key[0] == '0' && length > 1))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (key[i] < '0' || key[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(key[i] - '0');
    }
    *index = (uint32_t)number;
    return number < UINT32_MAX;
}

struct member {
    const char *key;
    size_t length;
    const json_t *value;
    bool is_index;
    uint32_t index;
    size_t place; /* in the order of insertion */
};

static int member_compare(const void *left, const void *right)
{
    const struct member *a = left, *b = right;

    if (a->is_index != b->is_index)
        return a->is_index ? -1 : 1;
    if (a->is_index && a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* The members in JavaScript's order; NULL without memory. */
static struct member *members_of(const json_t *object, size_t *count)
{
    json_t *walked = (json_t *)object; /* jansson's iterators are not const */
    struct member *members =
        malloc((json_object_size(object) + 1) * sizeof *members);
    bool any_index = false;

    *count = 0;
    if (!members)
        return NULL;
    for (void *at = json_object_iter(walked); at;
         at = json_object_iter_next(walked, at)) {
        struct member *member = &members[*count];
        member->key = json_object_iter_key(at);
        member->length = json_object_iter_key_len(at);
        member->value = json_object_iter_value(at);
        member->place = (*count)++;
        member->is_index =
            index_read(member->key, member->length, &member->index);
        any_index |= member->is_index;
    }
    if (any_index)
        qsort(members, *count, sizeof *members, member_compare);
    return members;
}

static bool write_object(FILE *out, const json_t *object, const char *without,
                         unsigned depth)
{
    size_t without_length = without ? strlen(without) : 0;
    size_t count;
    struct member *members = members_of(object, &count);
    const char *comma = "";
    bool ok = members != NULL;

    putc('{', out);
    for (size_t i = 0; ok && i < count; i++) {
        const struct member *member = &members[i];
        if (without && member->length == without_length &&
            memcmp(member->key, without, without_length) == 0)
            continue;
        fputs(comma, out);
        comma = ",";
        write_string(out, member->key, member->length);
        putc(':', out);
        ok = write_value(out, member->value, depth);
    }
    putc('}', out);
    free(members);
    return ok;
}

static bool write_array(FILE *out, const json_t *array, unsigned depth)
{
    bool ok = true;

    putc('[', out);
    for (size_t i = 0; ok && i < json_array_size(array); i++) {
        if (i > 0)
            putc(',', out);
        ok = write_value(out, json_array_get(array, i), depth);
    }
    putc(']', out);
    return ok;
}

/* `depth` levels are open around the value. */
static bool write_value(FILE *out, const json_t *value, unsigned depth)
{
    if (!value)
        return false;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return depth < JSJSON_DEPTH &&
               write_object(out, value, NULL, depth + 1);
    case JSON_ARRAY:
        return depth < JSJSON_DEPTH && write_array(out, value, depth + 1);
    case JSON_STRING:
        write_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        write_number(out, json_number_value(value));
        break;
    case JSON_TRUE:
        fputs("true", out);
        break;
    case JSON_FALSE:
        fputs("false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
    return true;
}
