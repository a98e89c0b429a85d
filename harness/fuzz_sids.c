/* fuzz_sids.c: random IDs become numbers, so that two targets can be compared
 */
#include "fuzz_see.h"

#include "base/must.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SID_LENGTH = 32 };

static bool is_sid_letter(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static void put_sid(FILE *to, json_t *known, const char *sid)
{
    char key[SID_LENGTH + 1];

    memcpy(key, sid, SID_LENGTH);
    key[SID_LENGTH] = '\0';
    if (!json_object_get(known, key))
        json_object_set_new(
            known, key, json_integer((json_int_t)json_object_size(known) + 1));
    fprintf(to, "(sid %" JSON_INTEGER_FORMAT ")",
            json_integer_value(json_object_get(known, key)));
}

static json_t *text_without(json_t *known, const json_t *value)
{
    const char *from = json_string_value(value);
    const char *end = from + json_string_length(value);
    char *text = NULL;
    size_t size = 0, run;
    FILE *to = open_memstream(&text, &size);
    json_t *result;

    must(to);
    while (from < end) {
        /* An escape's digits belong to no word. */
        if (*from == '%' && end - from > 2) {
            fwrite(from, 1, 3, to);
            from += 3;
            continue;
        }
        for (run = 0; from + run < end && is_sid_letter(from[run]); run++)
            ;
        if (run == SID_LENGTH)
            put_sid(to, known, from);
        else
            fwrite(from, 1, run ? run : 1, to);
        from += run ? run : 1;
    }
    must(fclose(to) == 0);
    result = json_stringn(text, size);
    free(text);
    return result ? result : json_incref((json_t *)value);
}

static json_t *without(json_t *known, const json_t *value)
{
    json_t *copy, *item;
    const char *key;
    size_t i;

    if (json_is_string(value))
        return text_without(known, value);
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, item)
        {
            json_array_append_new(copy, without(known, item));
        }
        return copy;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, item)
    {
        json_t *shown = without(known, item);

        if (strcmp(key, "sessions") == 0 && json_is_array(shown)) {
            json_object_set_new(copy, key, fuzz_see_in_order(shown));
            json_decref(shown);
        } else {
            json_object_set_new(copy, key, shown);
        }
    }
    return copy;
}

json_t *fuzz_see_sids(const json_t *seen)
{
    json_t *known = json_object();
    json_t *copy = without(known, seen);

    json_decref(known);
    return copy;
}
