/* paths.c: reading and changing session data along paths like `user.name` */
#include "paths.h"

#include "must.h"

#include <stdbool.h>
#include <string.h>

/* Where a path's last key stands, or is to stand. */
struct place {
    json_t *holder; /* object or array; NULL where the way ends before */
    char *key;      /* owned */
    size_t index;   /* the key of an array */
};

static bool is_missing(const json_t *value)
{
    return !value || json_is_null(value);
}

static int not_an_object(struct js_error *error)
{
    return js_throw(error, "Error", "not an object");
}

static bool read_index(const char *key, size_t *index)
{
    size_t digits = strspn(key, "0123456789");

    if (digits == 0 || digits > 5 || key[digits] ||
        (digits > 1 && key[0] == '0'))
        return false;
    *index = strtoul(key, NULL, 10);
    return *index <= PATH_LARGEST_INDEX;
}

static json_t *get_at(const struct place *place)
{
    return json_is_array(place->holder)
               ? json_array_get(place->holder, place->index)
               : json_object_get(place->holder, place->key);
}

/* Steals `value`. An array grows with holes, which are null as JSON. */
static void put_at(const struct place *place, json_t *value)
{
    must(value);
    if (!json_is_array(place->holder)) {
        must(json_object_set_new(place->holder, place->key, value) == 0);
        return;
    }
    while (json_array_size(place->holder) <= place->index)
        json_array_append_new(place->holder, json_null());
    must(json_array_set_new(place->holder, place->index, value) == 0);
}

/* `holder` may be held by the key: an object by any, an array by an index. */
static int check_key(struct place *place, struct js_error *error)
{
    if (json_is_array(place->holder) && !read_index(place->key, &place->index))
        return not_an_object(error);
    return 0;
}

static bool is_too_deep(const char *path, const json_t *value)
{
    size_t levels = 2; /* the data, and a new array around the value */

    for (; *path; path++)
        levels += *path == '.';
    return js_is_too_deep(value, levels);
}

/* Walks to the last key. With `makes`, what is missing on the way is made;
 * else `holder` is NULL then. `value` is what is to stand there. */
static int walk(json_t *data, const char *path, bool makes, const json_t *value,
                struct place *place, struct js_error *error)
{
    const char *dot;

    *place = (struct place){ .holder = data };
    if (makes && is_too_deep(path, value))
        return js_throw(error, "RangeError", "too deep");
    for (; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        json_t *next;

        place->key = must_have(strndup(path, (size_t)(dot - path)));
        if (check_key(place, error))
            return -1;
        next = get_at(place);
        if (is_missing(next)) {
            if (!makes) {
                place->holder = NULL;
                return 0;
            }
            next = json_object();
            put_at(place, next);
        } else if (!json_is_object(next) && !json_is_array(next)) {
            return not_an_object(error);
        }
        free(place->key);
        place->key = NULL;
        place->holder = next;
    }
    place->key = must_have(strdup(path));
    return check_key(place, error);
}

int path_set(json_t *data, const char *path, const json_t *value,
             struct js_error *error)
{
    struct place place;
    int rc = walk(data, path, true, value, &place, error);

    if (rc == 0)
        put_at(&place, json_deep_copy(value));
    free(place.key);
    return rc;
}

int path_delete(json_t *data, const char *path, struct js_error *error)
{
    struct place place;
    int rc = walk(data, path, false, NULL, &place, error);

    if (rc == 0 && json_is_object(place.holder))
        json_object_del(place.holder, place.key);
    else if (rc == 0 && get_at(&place))
        put_at(&place, json_null()); /* a hole */
    free(place.key);
    return rc;
}

int path_add(json_t *data, const char *path, const json_t *amount,
             struct js_error *error)
{
    struct place place;
    int rc = walk(data, path, true, amount, &place, error);
    const json_t *old = rc == 0 ? get_at(&place) : NULL;
    json_t *sum;

    if (rc == 0 && !is_missing(old) && !json_is_number(old))
        rc = js_throw(error, "Error", "not a number");
    if (rc == 0) {
        sum = json_real((old ? js_number(old) : 0) + js_number(amount));
        put_at(&place, sum ? sum : json_null()); /* Infinity, as JSON */
    }
    free(place.key);
    return rc;
}

int path_push(json_t *data, const char *path, const json_t *value,
              struct js_error *error)
{
    struct place place;
    int rc = walk(data, path, true, value, &place, error);
    json_t *array = rc == 0 ? get_at(&place) : NULL;

    if (rc == 0 && is_missing(array)) {
        array = json_array();
        put_at(&place, array);
    }
    if (rc == 0 && !json_is_array(array))
        rc = js_throw(error, "Error", "not an array");
    if (rc == 0)
        json_array_append_new(array, must_have(json_deep_copy(value)));
    free(place.key);
    return rc;
}

int path_read(json_t *data, const char *path, const json_t **value,
              struct js_error *error)
{
    struct place place;
    int rc = walk(data, path, false, NULL, &place, error);

    *value = rc == 0 && place.holder ? get_at(&place) : NULL;
    free(place.key);
    return rc;
}
