/* js.c: what JavaScript makes of a value: truthiness, text, thrown errors */
#include "js.h"

#include "jsjson.h"
#include "must.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

int js_throw(struct js_error *error, const char *name, const char *format, ...)
{
    va_list args;

    memset(error, 0, sizeof *error);
    snprintf(error->name, sizeof error->name, "%s", name);
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return -1;
}

/* A text of fixed size may have been cut within a character. */
static json_t *clean_text(const char *text)
{
    size_t length = strlen(text);
    json_t *string = json_stringn(text, length);

    while (!string && length > 0)
        string = json_stringn(text, --length);
    return must_have(string);
}

json_t *js_error_named(const struct js_error *error)
{
    return must_have(json_pack("{s:o, s:o}", "name", clean_text(error->name),
                               "message", clean_text(error->message)));
}

json_t *js_error_coded(const struct js_error *error)
{
    json_t *object =
        must_have(json_pack("{s:o}", "message", clean_text(error->message)));

    if (error->code[0])
        json_object_set_new(object, "code", clean_text(error->code));
    return object;
}

bool js_truthy(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    if (json_is_number(value))
        return json_number_value(value) != 0;
    return true;
}

bool js_is_inherited(const char *name)
{
    static const char *const names[] = {
        "constructor",      "__defineGetter__", "__defineSetter__",
        "__lookupGetter__", "__lookupSetter__", "__proto__",
        "hasOwnProperty",   "isPrototypeOf",    "propertyIsEnumerable",
        "toLocaleString",   "toString",         "valueOf"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

double js_number(const json_t *value)
{
    return json_number_value(value);
}

/* ---- Number(value) ----------------------------------------------------- */

/* The bytes of the white space that `text` begins with; 0 for none. */
static size_t space_length(const char *text, size_t length)
{
    static const char *const spaces[] = {
        "\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u00a0",
        "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
        "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029",
        "\u202f", "\u205f", "\u3000", "\ufeff"
    };

    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        size_t size = strlen(spaces[i]);

        if (size <= length && memcmp(text, spaces[i], size) == 0)
            return size;
    }
    return 0;
}

static void trim(const char **text, size_t *length)
{
    size_t size;
    bool more = true;

    while ((size = space_length(*text, *length)) > 0) {
        *text += size;
        *length -= size;
    }
    while (more) {
        more = false;
        for (size = 1; size <= 3 && size <= *length && !more; size++) {
            more = space_length(*text + *length - size, size) == size;
            *length -= more ? size : 0;
        }
    }
}

static size_t digits_at(const char *text)
{
    size_t length = 0;

    while (isdigit((unsigned char)text[length]))
        length++;
    return length;
}

/* How long a decimal number is that `text` begins with; 0 where it does not.
 * strtod takes more: hexadecimal ones, and words. */
static size_t decimal_length(const char *text)
{
    const char *at = text + (*text == '+' || *text == '-');
    size_t whole, part = 0, exponent;

    if (strncmp(at, "Infinity", strlen("Infinity")) == 0)
        return (size_t)(at - text) + strlen("Infinity");
    whole = digits_at(at);
    at += whole;
    if (*at == '.') {
        part = digits_at(at + 1);
        at += whole + part > 0 ? 1 + part : 0;
    }
    if (whole + part == 0)
        return 0;
    if (*at == 'e' || *at == 'E') {
        exponent = 1 + (at[1] == '+' || at[1] == '-');
        if (digits_at(at + exponent) > 0)
            at += exponent + digits_at(at + exponent);
    }
    return (size_t)(at - text);
}

/* 0x, 0o and 0b, without a sign; NaN where it is none of them. */
static double number_of_base(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    int base = *text != '0'                       ? 0
               : text[1] == 'x' || text[1] == 'X' ? 16
               : text[1] == 'o' || text[1] == 'O' ? 8
               : text[1] == 'b' || text[1] == 'B' ? 2
                                                  : 0;
    double number = 0;

    if (base == 0 || text[2] == '\0')
        return NAN;
    for (text += 2; *text; text++) {
        const char *digit = strchr(digits, tolower((unsigned char)*text));

        if (!digit || digit - digits >= base)
            return NAN;
        number = number * base + (double)(digit - digits);
    }
    return number;
}

static double number_of_text(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    char *copy;
    double number = 0; /* of no text at all */

    if (strlen(text) != length)
        return NAN;
    trim(&text, &length);
    copy = must_have(strndup(text, length));
    if (length > 0)
        number = decimal_length(copy) == length ? strtod(copy, NULL)
                                                : number_of_base(copy);
    free(copy);
    return number;
}

double js_to_number(const json_t *value)
{
    json_t *text;
    double number;

    if (json_is_number(value))
        return js_number(value);
    if (json_is_boolean(value) || json_is_null(value))
        return json_is_true(value);
    if (!json_is_string(value) && !json_is_array(value))
        return NAN;
    text = js_string(value);
    number = number_of_text(text);
    json_decref(text);
    return number;
}

/* ---- Depth ------------------------------------------------------------- */

/* Gives up beyond JS_DEEPEST. */
static size_t depth_of(const json_t *value, size_t around)
{
    size_t deepest = around, depth, index;
    const char *key;
    json_t *item;

    if (!json_is_array(value) && !json_is_object(value))
        return around;
    deepest = ++around;
    if (around > JS_DEEPEST)
        return around;
    json_array_foreach((json_t *)value, index, item)
    {
        depth = depth_of(item, around);
        deepest = depth > deepest ? depth : deepest;
    }
    json_object_foreach((json_t *)value, key, item)
    {
        depth = depth_of(item, around);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

bool js_is_too_deep(const json_t *value, size_t around)
{
    return around > JS_DEEPEST || depth_of(value, around) > JS_DEEPEST;
}

/* ---- String(value) ----------------------------------------------------- */

/* Array.prototype.join(","): null and undefined become nothing. */
static json_t *join_array(const json_t *array)
{
    char *text = NULL;
    size_t size = 0, index;
    const json_t *item;
    json_t *joined;
    FILE *out = must_have(open_memstream(&text, &size));

    json_array_foreach(array, index, item)
    {
        json_t *part = json_is_null(item) ? json_string("") : js_string(item);

        if (index > 0)
            fputc(',', out);
        fwrite(json_string_value(part), 1, json_string_length(part), out);
        json_decref(part);
    }
    must(fclose(out) == 0);
    joined = must_have(json_stringn(text, size));
    free(text);
    return joined;
}

json_t *js_string(const json_t *value)
{
    char number[32];

    if (!value)
        return json_string("undefined");
    switch (json_typeof(value)) {
    case JSON_STRING:
        return must_have(
            json_stringn(json_string_value(value), json_string_length(value)));
    case JSON_REAL:
    case JSON_INTEGER:
        jsjson_number(js_number(value), number);
        return json_string(number);
    case JSON_ARRAY:
        return join_array(value);
    case JSON_OBJECT:
        return json_string("[object Object]");
    case JSON_TRUE:
        return json_string("true");
    case JSON_FALSE:
        return json_string("false");
    case JSON_NULL:
        break;
    }
    return json_string("null");
}

char *js_latin1(const char *bytes)
{
    size_t length = strlen(bytes);
    char *text = must_have(malloc(2 * length + 1)), *to = text;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte < 0x80) {
            *to++ = (char)byte;
        } else {
            *to++ = (char)(0xC0 | byte >> 6);
            *to++ = (char)(0x80 | (byte & 0x3F));
        }
    }
    *to = '\0';
    return text;
}
