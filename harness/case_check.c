/* case_check.c: is a map what its place in the schema says? */
#include "case_check.h"

#include "var.h"

#include <string.h>

static void check_value(const struct check *check, const struct schema_key *key,
                        unsigned accepts, const struct node *value);
static void check_step(const struct check *check, const struct node *step);

/* ------------------------------------------------------------------ maps */

static void unknown_key(const struct check *check, enum place place,
                        const struct node *item)
{
    const char *near = schema_suggest(place, item->key);
    enum place other = schema_elsewhere(item->key, place);
    const struct schema_key *row = schema_places[place].keys;
    char *names = "";

    if (near) {
        problem_add(check->problems, item->key_at, "unknown key \"%s\" (%s?)",
                    item->key, near);
        return;
    }
    if (other != PLACE_NONE) {
        problem_add(check->problems, item->key_at,
                    "unknown key \"%s\" in %s; it belongs in %s", item->key,
                    schema_places[place].what, schema_places[other].what);
        return;
    }
    for (; row->name; row++)
        names = arena_printf(check->arena, "%s%s%s", names, *names ? ", " : "",
                             row->name);
    problem_add(check->problems, item->key_at,
                "unknown key \"%s\" in %s, which has %s", item->key,
                schema_places[place].what, names);
}

void check_map(const struct check *check, enum place place,
               const struct node *map)
{
    const struct schema_key *row = schema_places[place].keys;

    if (map->kind != NODE_MAP) {
        problem_add(check->problems, map->at,
                    "%s must be a map of keys, as in %s",
                    schema_places[place].what, row->example);
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct schema_key *key = schema_find(place, map->items[i]->key);

        if (key)
            check_value(check, key, key->accepts, map->items[i]);
        else
            unknown_key(check, place, map->items[i]);
    }
    for (; row->name; row++)
        if (row->accepts & ACCEPT_REQUIRED && !node_get(map, row->name))
            problem_add(check->problems, map->at, "%s needs \"%s\": %s",
                        schema_places[place].what, row->name, row->example);
}

/* The verb of a step, and what may stand beside it. */
static void check_step(const struct check *check, const struct node *step)
{
    const char *verb = step_verb(step);
    enum place beside;

    if (!verb) {
        /* A misspelt verb says enough. */
        bool near = false;

        for (size_t i = 0; i < step->count; i++)
            if (schema_suggest(PLACE_STEP, step->items[i]->key)) {
                unknown_key(check, PLACE_STEP, step->items[i]);
                near = true;
            }
        if (!near)
            problem_add(check->problems, step->at,
                        "a step needs a verb, as in { request: GET / }; there "
                        "are request, parallel, advance, wait, store, fault, "
                        "emit, restart, calls, use and repeat");
        return;
    }
    beside = schema_find(PLACE_STEP, verb)->beside;
    for (size_t i = 0; i < step->count; i++) {
        const struct node *item = step->items[i];
        const struct schema_key *key = schema_find(
            strcmp(item->key, verb) == 0 ? PLACE_STEP : beside, item->key);

        if (key)
            check_value(check, key, key->accepts, item);
        else if (schema_find(PLACE_STEP, item->key))
            problem_add(check->problems, item->key_at,
                        "\"%s\" is a step of its own: a step has one verb, and "
                        "this one has \"%s\"",
                        item->key, verb);
        else if (schema_places[beside].keys[0].name)
            unknown_key(check, beside, item);
        else
            problem_add(check->problems, item->key_at,
                        "unknown key \"%s\": \"%s\" stands alone in its step",
                        item->key, verb);
    }
}

/* --------------------------------------------------------------- scalars */

static bool in_words(const char *word, const char *const *words)
{
    for (; words && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static bool is_id(const char *text)
{
    size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return good && !text[good];
}

/* No `+`, no leading zero, at most 15 digits: every double can hold it. */
static bool is_count(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits && digits < 16 && !text[digits] &&
           (*text != '0' || digits == 1);
}

static bool is_bool(const struct node *scalar)
{
    return !scalar->quoted && (strcmp(scalar->text, "true") == 0 ||
                               strcmp(scalar->text, "false") == 0);
}

/* `$name` alone, which `each` may yet replace. */
static bool is_name(const struct node *scalar)
{
    return !scalar->quoted && *scalar->text == '$' &&
           var_name_ok(scalar->text + 1);
}

static bool scalar_fits(const struct check *check, const struct schema_key *key,
                        unsigned accepts, const struct node *scalar)
{
    const char *text = scalar->text;
    long long ms;

    if (check->open && is_name(scalar))
        return true;
    if (node_is_null(scalar))
        return accepts &
               (ACCEPT_NULL | ACCEPT_DATA | ACCEPT_VALUE | ACCEPT_TIME);
    if (accepts & (ACCEPT_DATA | ACCEPT_VALUE | ACCEPT_TIME | ACCEPT_TEXT))
        return true;
    if (accepts & ACCEPT_MATCHER && check_is_matcher(scalar))
        return true;
    return (accepts & ACCEPT_WORD && in_words(text, key->words)) ||
           (accepts & ACCEPT_ID && is_id(text)) ||
           (accepts & ACCEPT_BOOL && is_bool(scalar)) ||
           (accepts & ACCEPT_COUNT && !scalar->quoted && is_count(text)) ||
           (accepts & ACCEPT_INTEGER && !scalar->quoted &&
            is_count(text + (*text == '-'))) ||
           (accepts & ACCEPT_DURATION && node_duration(text, &ms) && ms >= 0);
}

/* --------------------------------------------------- what it is and is not */

static const char *kind_words(const struct check *check,
                              const struct node *value)
{
    if (value->kind == NODE_LIST)
        return "a list";
    if (value->kind == NODE_MAP)
        return "a map";
    if (node_is_null(value))
        return "nothing";
    return arena_printf(check->arena, "\"%.60s\"", value->text);
}

static const char *subject(const struct check *check,
                           const struct schema_key *key,
                           const struct node *value)
{
    if (value->key)
        return arena_printf(check->arena, "\"%s\"", value->key);
    return arena_printf(check->arena, "an item of \"%s\"", key->name);
}

static void wrong_value(const struct check *check, const struct schema_key *key,
                        unsigned accepts, const struct node *value)
{
    const char *near = NULL;

    if (value->kind == NODE_SCALAR && accepts & ACCEPT_WORD &&
        !node_is_null(value))
        near = problem_suggest(value->text, key->words);
    if (near)
        problem_add(check->problems, value->at,
                    "\"%s\": unknown word \"%s\" (%s?)", key->name, value->text,
                    near);
    else
        problem_add(check->problems, value->at, "%s must be %s, not %s: %s",
                    subject(check, key, value),
                    schema_accepts_words(check->arena, key, accepts),
                    kind_words(check, value), key->example);
}

/* ------------------------------------------------------ lists and names */

static const char *const header_chars =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    "!#$%&'*+-.^_`|~";

static void check_name(const struct check *check, const struct schema_key *key,
                       const struct node *item)
{
    const char *name = item->key;
    const char *what = NULL;

    if (strcmp(key->name, "save") == 0 || strcmp(key->name, "each") == 0) {
        if (!var_name_ok(name))
            what = "a $name has letters, digits and _, and begins with no "
                   "digit";
    } else if (strncmp(key->name, "header", strlen("header")) == 0) {
        if (!*name || name[strspn(name, header_chars)])
            what = "that is no name of a header, as location is";
    } else if (!is_id(name)) {
        what = "a name has letters, digits, - _ and .";
    }
    if (what)
        problem_add(check->problems, item->key_at, "\"%s\": \"%s\": %s",
                    key->name, name, what);
}

static void check_items(const struct check *check, const struct schema_key *key,
                        const struct node *value)
{
    /* Lists within: a track's steps, a fragment's, the values of an `each`. */
    struct schema_key within = *key;

    within.items = key->inner == PLACE_NONE ? ACCEPT_DATA : ACCEPT_MAP;
    for (size_t i = 0; i < value->count; i++) {
        const struct node *item = value->items[i];

        if (value->kind == NODE_MAP)
            check_name(check, key, item);
        if (key->items & ACCEPT_LIST && item->kind == NODE_LIST)
            check_value(check, &within, ACCEPT_LIST, item);
        else
            check_value(check, key, key->items, item);
    }
}

static bool is_empty(const struct check *check, const struct schema_key *key,
                     unsigned accepts, const struct node *value)
{
    if (value->count || accepts & (ACCEPT_EMPTY | ACCEPT_DATA | ACCEPT_VALUE))
        return false;
    problem_add(check->problems, value->at, "%s is empty: %s",
                subject(check, key, value), key->example);
    return true;
}

static void check_inner(const struct check *check, const struct schema_key *key,
                        const struct node *map)
{
    if (key->inner == PLACE_STEP)
        check_step(check, map);
    else if (key->inner != PLACE_CASE) /* checked one by one, after `each` */
        check_map(check, key->inner, map);
}

static void check_value(const struct check *check, const struct schema_key *key,
                        unsigned accepts, const struct node *value)
{
    bool data = accepts & (ACCEPT_DATA | ACCEPT_OBJECT);

    if (value->kind == NODE_SCALAR) {
        if (!scalar_fits(check, key, accepts, value))
            wrong_value(check, key, accepts, value);
        else if (accepts & ACCEPT_TIME)
            check_time(check, value);
        else if (accepts & ACCEPT_VALUE)
            check_pattern(check, value);
    } else if (is_empty(check, key, accepts, value)) {
        return;
    } else if (value->kind == NODE_LIST && accepts & ACCEPT_LIST) {
        check_items(check, key, value);
    } else if (value->kind == NODE_MAP && accepts & ACCEPT_NAMES) {
        check_items(check, key, value);
    } else if (value->kind == NODE_MAP && accepts & ACCEPT_MAP) {
        check_inner(check, key, value);
    } else if (accepts & (ACCEPT_VALUE | ACCEPT_TIME | ACCEPT_MATCHER)) {
        if (accepts & ACCEPT_VALUE || check_is_matcher(value))
            check_pattern(check, value);
        else
            wrong_value(check, key, accepts, value);
    } else if (data && (value->kind == NODE_MAP || accepts & ACCEPT_DATA)) {
        check_data(check, key, value);
    } else {
        wrong_value(check, key, accepts, value);
    }
}
