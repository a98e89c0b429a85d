/* json_help.h: JSON in tests: written with single quotes, compared as text */
#ifndef REFERENCE_TESTS_JSON_HELP_H
#define REFERENCE_TESTS_JSON_HELP_H

#include "../jsjson.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* `{'a':1}` as a tree; the caller's. */
static inline json_t *json_of(const char *text)
{
    char *copy = strdup(text);
    json_t *value;

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    value = jsjson_parse(copy, strlen(copy), NULL);
    free(copy);
    assert_non_null(value);
    return value;
}

/* The tree's text is that, single quotes for double ones. */
#define assert_json(value, expected) assert_json_at(value, expected, __LINE__)

static inline void assert_json_at(const json_t *value, const char *expected,
                                  int line)
{
    char *text = value ? jsjson_stringify(value, NULL) : NULL;

    for (char *c = text; c && *c; c++)
        *c = *c == '"' ? '\'' : *c;
    if (!text || strcmp(text, expected) != 0)
        print_error("line %d: expected %s\n         got %s\n", line, expected,
                    text ? text : "nothing");
    assert_true(text && strcmp(text, expected) == 0);
    free(text);
}

/* The same, and lets go of the tree. */
#define assert_json_of(value, expected)                                        \
    do {                                                                       \
        json_t *json_ = (value);                                               \
        assert_json(json_, expected);                                          \
        json_decref(json_);                                                    \
    } while (0)

#endif
