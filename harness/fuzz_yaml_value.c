/* fuzz_yaml_value.c: JSON as YAML in flow style, in the scenario language */
#include "fuzz_yaml.h"

#include "base/must.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The codepoint that begins at `text`, which is UTF-8. */
static unsigned read_code(const char *text, size_t *length)
{
    unsigned char first = (unsigned char)*text;
    unsigned code;

    *length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    code = first < 0x80 ? first : first & (0x7Fu >> *length);
    for (size_t i = 1; i < *length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3Fu);
    return code;
}

/* What YAML does not print as it stands. */
static bool is_unprintable(unsigned code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
           code == 0x2029 || code == 0xFEFF;
}

void fuzz_yaml_text(FILE *to, const char *text)
{
    size_t length;

    fputc('"', to);
    for (; *text; text += length) {
        unsigned code = read_code(text, &length);

        if (is_unprintable(code))
            fprintf(to, "\\u%04x", code);
        else if (code == '"' || code == '\\')
            fprintf(to, "\\%c", (int)code);
        else if (code == '$') /* else it would begin a variable */
            fputs("$$", to);
        else
            fwrite(text, 1, length, to);
    }
    fputc('"', to);
}

static bool is_word(const char *text)
{
    size_t length = 0;

    if (!isalpha((unsigned char)*text))
        return false;
    while (isalnum((unsigned char)text[length]) ||
           (text[length] && strchr("._- ", text[length])))
        length++;
    return !text[length] && text[length - 1] != ' ';
}

void fuzz_yaml_key(FILE *to, const char *key)
{
    if (is_word(key))
        fputs(key, to);
    else
        fuzz_yaml_text(to, key);
}

static void write_list(FILE *to, const json_t *list)
{
    json_t *item;
    size_t i;

    fputc('[', to);
    json_array_foreach((json_t *)list, i, item)
    {
        fputs(i ? ", " : " ", to);
        fuzz_yaml_value(to, item);
    }
    fputs(json_array_size(list) ? " ]" : "]", to);
}

const char *fuzz_yaml_members(FILE *to, const json_t *map)
{
    const char *key, *comma = " ";
    json_t *value;

    fputc('{', to);
    json_object_foreach((json_t *)map, key, value)
    {
        fputs(comma, to);
        fuzz_yaml_key(to, key);
        fputs(": ", to);
        fuzz_yaml_value(to, value);
        comma = ", ";
    }
    return comma;
}

static void write_map(FILE *to, const json_t *map)
{
    fuzz_yaml_members(to, map);
    fputs(json_object_size(map) ? " }" : "}", to);
}

void fuzz_yaml_value(FILE *to, const json_t *value)
{
    char *text;

    if (json_is_object(value)) {
        write_map(to, value);
    } else if (json_is_array(value)) {
        write_list(to, value);
    } else if (json_is_string(value)) {
        fuzz_yaml_text(to, json_string_value(value));
    } else {
        text = json_dumps(value, JSON_ENCODE_ANY);
        must(text);
        fputs(text, to);
        free(text);
    }
}
