/* facts.c: what a target says of itself, and of its store */
#include "facts.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key,
                           const char *without)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && *text ? text : without;
}

static bool list_has(const json_t *list, const char *word)
{
    const json_t *one;
    size_t i;

    json_array_foreach((json_t *)list, i, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), word) == 0)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------- the target */

const char *about_name(const json_t *about)
{
    return text_of(about, "target", "of that name");
}

const char *about_implements(const json_t *about)
{
    return text_of(about, "implements", "");
}

bool about_has(const json_t *about, const char *ability)
{
    return list_has(json_object_get(about, "abilities"), ability);
}

/* -------------------------------------------------------------- the store */

const char *store_name(const json_t *store)
{
    return text_of(store, "name", "of this target");
}

bool store_is_memory_store(const json_t *store)
{
    const char *name = store_name(store);

    return strcmp(name, "memory") == 0 || strcmp(name, "express-session") == 0;
}

bool store_has_operation(const json_t *store, const char *name)
{
    return list_has(json_object_get(store, "operations"), name);
}

bool store_has(const json_t *store, const char *word)
{
    return store_has_operation(store, word) ||
           list_has(json_object_get(store, "capabilities"), word);
}

bool store_has_real_clock(const json_t *store)
{
    return store_has(store, "real-clock");
}

int64_t store_resolution_ms(const json_t *store)
{
    double ms = json_number_value(json_object_get(store, "resolution"));

    return ms > 0 && ms < 1e15 ? (int64_t)ms : 0;
}

/* ------------------------------------------------------------ the licence */

/* In "STO-31, STO-20", or in a list of such texts. */
static bool names(const json_t *checks, const char *id)
{
    const char *text = json_string_value(checks);
    const json_t *one;
    size_t i;

    while (text && *text) {
        size_t length = strcspn(text, ", ");

        if (length == strlen(id) && strncmp(text, id, length) == 0)
            return true;
        text += length + strspn(text + length, ", ");
    }
    json_array_foreach((json_t *)checks, i, one)
    {
        if (json_is_string(one) && names(one, id))
            return true;
    }
    return false;
}

static const json_t *licence_of(const json_t *store, const char *id)
{
    const json_t *one;
    size_t i;

    json_array_foreach(json_object_get(store, "licence"), i, one)
    {
        if (names(json_object_get(one, "checks"), id))
            return one;
    }
    return NULL;
}

const char *store_licence(const json_t *store, const struct test_case *test,
                          struct arena *arena)
{
    const json_t *licence = NULL;

    for (size_t i = test->checks.count; i-- > 0;) {
        licence = licence_of(store, test->checks.list[i]);
        if (!licence)
            return NULL;
    }
    if (!licence)
        return NULL;
    return arena_printf(arena, "not promised by the store %s: %s (%s)",
                        store_name(store), text_of(licence, "why", "no reason"),
                        text_of(licence, "source", "no source"));
}
