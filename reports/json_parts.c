/* json_parts.c: JSON built piece by piece, where memory may run out */
#include "json_parts.h"

#include "report.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>

json_t *json_set(json_t *object, const char *key, json_t *value)
{
    if (object == NULL) {
        json_decref(value);
        return NULL;
    }
    if (json_object_set_new(object, key, value) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *json_append(json_t *array, json_t *value)
{
    if (array == NULL) {
        json_decref(value);
        return NULL;
    }
    if (json_array_append_new(array, value) != 0) {
        json_decref(array);
        return NULL;
    }
    return array;
}

json_t *json_count(size_t value)
{
    return json_integer((json_int_t)value);
}

json_t *json_text(const char *value)
{
    char *valid = text_valid(value);
    json_t *json = valid != NULL ? json_string(valid) : NULL;

    free(valid);
    return json;
}

json_t *json_texts(const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        array = json_append(array, json_text(list[i]));
    return array;
}

json_t *json_totals(const struct result_totals *totals)
{
    json_t *object = json_object();

    object = json_set(object, "cases", json_count(totals->cases));
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        object = json_set(object, outcome_count_words[outcome],
                          json_count(result_counted(totals, outcome)));
    return object;
}

int json_parts_write(json_t *object, FILE *to)
{
    if (object == NULL)
        return -ENOMEM;
    /* A failed write is kept by the stream, where report_finish finds it. */
    (void)json_dumpf(object, to, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    putc('\n', to);
    json_decref(object);
    return report_finish(to);
}
