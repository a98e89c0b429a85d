/* fuzz_shrink.c: the smallest scenario that still shows a difference
 *
 * First whole steps go, in halves, quarters and so on (Zeller's delta
 * debugging); then every member and item of what is left; then values become
 * plainer ones. Over and over, until nothing can go any more. It knows little
 * of what a scenario means: one that has become nonsense shows no difference.
 */
#include "fuzz_shrink.h"

#include "base/must.h"

#include <string.h>

struct shrinking {
    const struct fuzz_test *test;
    json_t *scenario; /* the smallest so far, changed in place */
    unsigned left;    /* of the budget */
    bool smaller;     /* in this round */
};

static void shrink_value(struct shrinking *shrinking, json_t *value,
                         unsigned depth);

/* Of the scenario as it is changed now. */
static bool shows(struct shrinking *shrinking)
{
    if (shrinking->left == 0)
        return false;
    shrinking->left--;
    if (!shrinking->test->shows(shrinking->test->arg, shrinking->scenario))
        return false;
    shrinking->smaller = true;
    return true;
}

/* ------------------------------------------------------------------- lists */

static bool cut(struct shrinking *shrinking, json_t *list, size_t from,
                size_t count)
{
    json_t *before = json_copy(list);
    bool fine;

    for (size_t i = 0; i < count; i++)
        json_array_remove(list, from);
    fine = shows(shrinking);
    if (!fine) {
        json_array_clear(list);
        json_array_extend(list, before);
    }
    json_decref(before);
    return fine;
}

static void shrink_list(struct shrinking *shrinking, json_t *list)
{
    for (size_t size = json_array_size(list); size > 0; size /= 2)
        for (size_t end = json_array_size(list); end > 0;) {
            size_t from = end > size ? end - size : 0;

            cut(shrinking, list, from, end - from);
            end = from < json_array_size(list) ? from : json_array_size(list);
        }
}

/* ------------------------------------------------------------------ values */

/* What an item may become, whatever it is. */
static json_t *plainer(const json_t *value, unsigned way)
{
    if (way == 1)
        return json_integer(1);
    return json_is_string(value) && json_string_length(value) > 1
               ? json_string("x")
               : NULL;
}

enum { WAYS = 2 };

/* No text that has a meaning of its own (a verb, a field of a cookie) is
 * worth trying; those are short, so little is lost by trying them. A request
 * among others can go, and become no other thing. */
static bool is_plain(const json_t *value)
{
    return json_object_get(value, "request") || json_is_null(value) ||
           json_is_boolean(value) ||
           (json_is_integer(value) && json_integer_value(value) >= -1 &&
            json_integer_value(value) <= 1) ||
           (json_is_string(value) &&
            strcmp(json_string_value(value), "x") == 0);
}

static bool replace_item(struct shrinking *shrinking, json_t *list, size_t at,
                         json_t *by)
{
    json_t *before = json_incref(json_array_get(list, at));

    json_array_set_new(list, at, by);
    if (shows(shrinking)) {
        json_decref(before);
        return true;
    }
    json_array_set_new(list, at, before);
    return false;
}

static bool replace_member(struct shrinking *shrinking, json_t *object,
                           const char *key, json_t *by)
{
    json_t *before = json_incref(json_object_get(object, key));

    json_object_set_new(object, key, by); /* in its place */
    if (shows(shrinking)) {
        json_decref(before);
        return true;
    }
    json_object_set_new(object, key, before);
    return false;
}

static void simplify_items(struct shrinking *shrinking, json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        for (unsigned way = 0; way < WAYS; way++) {
            json_t *value = json_array_get(list, i);
            json_t *by = is_plain(value) ? NULL : plainer(value, way);

            if (by && replace_item(shrinking, list, i, by))
                break;
        }
}

/* ----------------------------------------------------------------- objects */

/* The order of members counts, so one that is put back must stand where it
 * stood. */
static bool drop(struct shrinking *shrinking, json_t *object, const char *key)
{
    json_t *before = json_copy(object);
    bool fine;

    json_object_del(object, key);
    fine = shows(shrinking);
    if (!fine) {
        json_object_clear(object);
        json_object_update(object, before);
    }
    json_decref(before);
    return fine;
}

static json_t *keys_of(const json_t *object)
{
    json_t *keys = json_array(), *value;
    const char *key;

    json_object_foreach((json_t *)object, key, value)
    {
        json_array_append_new(keys, json_string(key));
    }
    return keys;
}

/* Members that are of one piece with the others. */
static bool is_needed(const char *key)
{
    static const char *const needed[] = { "steps",    "request",  "advance",
                                          "store",    "fault",    "emit",
                                          "restart",  "op",       "sid",
                                          "message",  "base64",   "var",
                                          "parallel", "requests", NULL };

    for (size_t i = 0; needed[i]; i++)
        if (strcmp(needed[i], key) == 0)
            return true;
    return false;
}

static void simplify_member(struct shrinking *shrinking, json_t *object,
                            const char *key)
{
    json_t *value = json_object_get(object, key), *by = NULL;

    if (strcmp(key, "request") == 0 && json_is_string(value) &&
        strcmp(json_string_value(value), "GET /") != 0)
        by = json_string("GET /");
    else if (strcmp(key, "secret") == 0 && json_is_string(value) &&
             strcmp(json_string_value(value), "cat") != 0)
        by = json_string("cat");
    else if (strcmp(key, "secret") == 0 && json_array_size(value) == 1)
        by = json_incref(json_array_get(value, 0));
    if (by)
        replace_member(shrinking, object, key, by);
}

static void shrink_object(struct shrinking *shrinking, json_t *object,
                          unsigned depth)
{
    json_t *keys = keys_of(object), *name;
    size_t i;

    json_array_foreach(keys, i, name)
    {
        const char *key = json_string_value(name);

        bool goes = depth == 0 ? strcmp(key, "steps") != 0 : !is_needed(key);

        if (goes && drop(shrinking, object, key))
            continue;
        simplify_member(shrinking, object, key);
        shrink_value(shrinking, json_object_get(object, key), depth + 1);
    }
    json_decref(keys);
}

enum { DEPTH_MAX = 8 };

static void shrink_value(struct shrinking *shrinking, json_t *value,
                         unsigned depth)
{
    if (depth > DEPTH_MAX)
        return;
    if (json_is_object(value)) {
        shrink_object(shrinking, value, depth);
    } else if (json_is_array(value)) {
        shrink_list(shrinking, value);
        simplify_items(shrinking, value);
        for (size_t i = 0; i < json_array_size(value); i++)
            shrink_value(shrinking, json_array_get(value, i), depth + 1);
    }
}

/* Of several requests at once, one that is left is a step of its own. */
static void shrink_parallel(struct shrinking *shrinking, json_t *steps)
{
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        json_t *requests =
            json_object_get(json_object_get(step, "parallel"), "requests");

        if (json_array_size(requests) == 1)
            replace_item(shrinking, steps, i,
                         json_incref(json_array_get(requests, 0)));
    }
}

json_t *fuzz_shrink(const json_t *scenario, const struct fuzz_test *test)
{
    struct shrinking shrinking = { .test = test,
                                   .scenario = json_deep_copy(scenario),
                                   .left = test->budget };

    must(shrinking.scenario);
    do {
        shrinking.smaller = false;
        shrink_list(&shrinking, json_object_get(shrinking.scenario, "steps"));
        shrink_value(&shrinking, shrinking.scenario, 0);
        shrink_parallel(&shrinking,
                        json_object_get(shrinking.scenario, "steps"));
    } while (shrinking.smaller && shrinking.left > 0);
    return shrinking.scenario;
}
