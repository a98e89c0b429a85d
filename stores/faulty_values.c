/* faulty_values.c: faults of `faulty` in the values that come back */
#include "faulty_store.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Numbers, booleans, null -------------------------------------------- */

/* A new value in place of one that is let go of. */
static json_t *instead(json_t *value, json_t *with)
{
    json_decref(value);
    return with;
}

static json_t *value_int32(const char *key, json_t *value)
{
    (void)key;
    if (!json_is_integer(value))
        return value;
    return instead(value,
                   json_integer((int32_t)(uint32_t)json_integer_value(value)));
}

static json_t *value_float(const char *key, json_t *value)
{
    (void)key;
    if (!json_is_number(value) || json_number_value(value) > 1e38 ||
        json_number_value(value) < -1e38)
        return value;
    return instead(value, json_real((double)(float)json_number_value(value)));
}

static json_t *value_number_as_text(const char *key, json_t *value)
{
    char text[40];

    (void)key;
    if (!json_is_number(value))
        return value;
    snprintf(text, sizeof text, "%.17g", json_number_value(value));
    return instead(value, json_string(text));
}

static json_t *value_boolean_as_number(const char *key, json_t *value)
{
    (void)key;
    return json_is_boolean(value)
               ? instead(value, json_integer(json_is_true(value)))
               : value;
}

static json_t *value_without_null(const char *key, json_t *value)
{
    (void)key;
    return json_is_null(value) ? instead(value, NULL) : value;
}

/* ---- Texts -------------------------------------------------------------- */

/* The text with each byte through `change`, which gives -1 to drop it. */
static json_t *each_byte(json_t *value, int (*change)(unsigned char byte))
{
    size_t size = json_string_length(value), length = 0;
    char *text = json_is_string(value) ? malloc(size + 1) : NULL;

    if (!text)
        return value;
    for (size_t i = 0; i < size; i++) {
        int byte = change((unsigned char)json_string_value(value)[i]);

        if (byte >= 0)
            text[length++] = (char)byte;
    }
    json_t *changed = json_stringn(text, length);
    free(text);
    return changed ? instead(value, changed) : value;
}

static int no_return(unsigned char byte)
{
    return byte == '\r' ? -1 : byte;
}

static int no_control(unsigned char byte)
{
    return byte < 0x20 ? ' ' : byte;
}

static json_t *value_without_returns(const char *key, json_t *value)
{
    (void)key;
    return each_byte(value, no_return);
}

static json_t *value_without_controls(const char *key, json_t *value)
{
    (void)key;
    return each_byte(value, no_control);
}

/* Each character of `least` bytes or more becomes one question mark. */
static json_t *without_long_characters(json_t *value, unsigned char least)
{
    size_t size = json_string_length(value), length = 0;
    char *text = json_is_string(value) ? malloc(size + 1) : NULL;
    bool is_long = false;

    if (!text)
        return value;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)json_string_value(value)[i];
        bool goes_on = (byte & 0xC0) == 0x80;

        if (!goes_on)
            is_long = byte >= least;
        if (!is_long || !goes_on)
            text[length++] = is_long ? '?' : (char)byte;
    }
    json_t *changed = json_stringn(text, length);
    free(text);
    return changed ? instead(value, changed) : value;
}

static json_t *value_ucs2(const char *key, json_t *value)
{
    (void)key;
    return without_long_characters(value, 0xF0);
}

static json_t *value_latin1(const char *key, json_t *value)
{
    (void)key;
    return without_long_characters(value, 0xC4);
}

/* The first `most` bytes of a text of ASCII. */
static json_t *cut(json_t *value, size_t most)
{
    if (!json_is_string(value) || json_string_length(value) <= most)
        return value;
    json_t *start = json_stringn(json_string_value(value), most);
    return start ? instead(value, start) : value;
}

static json_t *value_cut_at_64k(const char *key, json_t *value)
{
    (void)key;
    return cut(value, 65535);
}

static json_t *value_cut_at_nul(const char *key, json_t *value)
{
    (void)key;
    return json_is_string(value) ? cut(value, strlen(json_string_value(value)))
                                 : value;
}

static json_t *value_trimmed(const char *key, json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);

    (void)key;
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    return cut(value, length);
}

static json_t *value_without_empty_text(const char *key, json_t *value)
{
    (void)key;
    return json_is_string(value) && json_string_length(value) == 0
               ? instead(value, NULL)
               : value;
}

static json_t *value_text_as_number(const char *key, json_t *value)
{
    const char *text = json_string_value(value);
    char *end;

    (void)key;
    if (!text || !isdigit((unsigned char)*text))
        return value;
    long long number = strtoll(text, &end, 10);
    return *end ? value : instead(value, json_integer(number));
}

static json_t *value_text_as_word(const char *key, json_t *value)
{
    const char *text = json_string_value(value);

    (void)key;
    if (text && strcmp(text, "true") == 0)
        return instead(value, json_true());
    if (text && strcmp(text, "null") == 0)
        return instead(value, json_null());
    return value;
}

/* What looks like a date is read as one and written again, in UTC and with
 * milliseconds; here the zone is cut off. */
static json_t *value_date(const char *key, json_t *value)
{
    const char *text = json_string_value(value);

    (void)key;
    return text && json_string_length(value) > 19 && text[4] == '-' &&
                   text[7] == '-' && text[10] == 'T' && text[13] == ':'
               ? cut(value, 19)
               : value;
}

static json_t *value_escaped(const char *key, json_t *value)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = json_is_string(value) ? open_memstream(&text, &length) : NULL;

    (void)key;
    if (!out)
        return value;
    for (size_t i = 0; i < json_string_length(value); i++) {
        char c = json_string_value(value)[i];

        if (c == '<')
            fputs("&lt;", out);
        else
            fputc(c, out);
    }
    json_t *changed = fclose(out) == 0 ? json_stringn(text, length) : NULL;
    free(text);
    return changed ? instead(value, changed) : value;
}

/* ---- Arrays and objects ------------------------------------------------- */

static json_t *value_without_empty(const char *key, json_t *value)
{
    (void)key;
    return (json_is_array(value) && json_array_size(value) == 0) ||
                   (json_is_object(value) && json_object_size(value) == 0)
               ? instead(value, NULL)
               : value;
}

static json_t *value_single(const char *key, json_t *value)
{
    (void)key;
    return json_is_array(value) && json_array_size(value) == 1
               ? instead(value, json_incref(json_array_get(value, 0)))
               : value;
}

/* How deep an array or object is nested within. */
static size_t depth_of(const json_t *value)
{
    size_t deepest = 0, index;
    const char *key;
    json_t *inner;

    json_array_foreach((json_t *)value, index, inner)
    {
        size_t depth = depth_of(inner);
        deepest = depth > deepest ? depth : deepest;
    }
    json_object_foreach((json_t *)value, key, inner)
    {
        size_t depth = depth_of(inner);
        deepest = depth > deepest ? depth : deepest;
    }
    return json_is_array(value) || json_is_object(value) ? deepest + 1 : 0;
}

static json_t *value_shallow(const char *key, json_t *value)
{
    (void)key;
    return depth_of(value) > 5 ? instead(value, json_null()) : value;
}

/* ---- Keys --------------------------------------------------------------- */

static json_t *value_without_dots(const char *key, json_t *value)
{
    return strchr(key, '.') ? instead(value, NULL) : value;
}

static json_t *value_without_dollars(const char *key, json_t *value)
{
    return *key == '$' ? instead(value, NULL) : value;
}

static json_t *value_without_underscores(const char *key, json_t *value)
{
    return strncmp(key, "__", 2) == 0 ? instead(value, NULL) : value;
}

static json_t *value_without_cookie(const char *key, json_t *value)
{
    return strcmp(key, "cookie") == 0 ? instead(value, NULL) : value;
}

static json_t *value_without_columns(const char *key, json_t *value)
{
    static const char *const columns[] = { "sid", "_id", "expires", NULL };

    for (const char *const *column = columns; *column; column++) {
        if (strcmp(key, *column) == 0)
            return instead(value, NULL);
    }
    return value;
}

const struct fault faulty_values[] = {
    { .is = { "number-is-int32", "whole numbers are kept in 32 bits" },
      .value = value_int32 },
    { .is = { "number-is-a-float", "numbers are kept in single precision" },
      .value = value_float },
    { .is = { "number-is-a-text", "numbers come back as texts" },
      .value = value_number_as_text },
    { .is = { "boolean-is-a-number", "true and false come back as 1 and 0" },
      .value = value_boolean_as_number },
    { .is = { "null-is-dropped", "members that are null are lost" },
      .value = value_without_null },
    { .is = { "text-loses-returns", "\\r\\n comes back as \\n" },
      .value = value_without_returns },
    { .is = { "text-loses-controls", "tabs and line ends become blanks" },
      .value = value_without_controls },
    { .is = { "text-is-ucs-2", "characters beyond U+FFFF become ?" },
      .value = value_ucs2 },
    { .is = { "text-is-latin-1", "characters beyond U+00FF become ?" },
      .value = value_latin1 },
    { .is = { "text-is-cut-at-64k", "only 65,535 bytes of a text are kept" },
      .value = value_cut_at_64k },
    { .is = { "text-is-cut-at-nul", "a text ends at a NUL in it" },
      .value = value_cut_at_nul },
    { .is = { "text-is-trimmed", "blanks at the end of a text are lost" },
      .value = value_trimmed },
    { .is = { "text-is-dropped-if-empty", "empty texts are lost" },
      .value = value_without_empty_text },
    { .is = { "text-is-a-number", "texts of digits come back as numbers" },
      .value = value_text_as_number },
    { .is = { "text-is-a-word",
              "the texts true and null come back as these values" },
      .value = value_text_as_word },
    { .is = { "text-is-a-date", "texts that look like dates are rewritten" },
      .value = value_date },
    { .is = { "text-is-escaped", "< comes back as &lt;" },
      .value = value_escaped },
    { .is = { "empty-is-dropped", "empty arrays and objects are lost" },
      .value = value_without_empty },
    { .is = { "array-of-one-is-its-element", "[1] comes back as 1" },
      .value = value_single },
    { .is = { "deep-is-null", "what nests deeper than 5 comes back as null" },
      .value = value_shallow },
    { .is = { "key-with-a-dot-is-dropped", "keys with a . are lost" },
      .value = value_without_dots },
    { .is = { "key-with-a-dollar-is-dropped",
              "keys that begin with $ are lost" },
      .value = value_without_dollars },
    { .is = { "key-with-underscores-is-dropped",
              "keys that begin with __ are lost" },
      .value = value_without_underscores },
    { .is = { "key-cookie-is-dropped",
              "a member called cookie is lost, however deep it stands" },
      .value = value_without_cookie },
    { .is = { "key-of-a-column-is-dropped",
              "members called sid, _id and expires are lost" },
      .value = value_without_columns },
    { .is = { NULL, NULL } },
};
