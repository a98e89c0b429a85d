/* js.c: what JavaScript makes of a value: truthiness, text, thrown errors */
#include "js.h"

#include "jsjson.h"
#include "must.h"

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
