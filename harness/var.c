/* var.c: the variables of a case, and what a scalar means with them */
#include "var.h"

#include "base/must.h"
#include "var_ref.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool expand(const struct vars *vars, const char *text, const char *end,
                   FILE *out, unsigned depth, struct fault *fault);

void vars_init(struct vars *vars, const json_t *bindings)
{
    memset(vars, 0, sizeof *vars);
    must(pthread_mutex_init(&vars->lock, NULL) == 0);
    vars->values = bindings ? json_deep_copy(bindings) : json_object();
    must(vars->values);
}

void vars_clear(struct vars *vars)
{
    json_decref(vars->values);
    vars->values = NULL;
    pthread_mutex_destroy(&vars->lock);
}

void vars_set(struct vars *vars, const char *name, json_t *value)
{
    pthread_mutex_lock(&vars->lock);
    json_object_set_new(vars->values, name, value ? value : json_null());
    pthread_mutex_unlock(&vars->lock);
}

void vars_set_now(struct vars *vars, int64_t now_ms)
{
    pthread_mutex_lock(&vars->lock);
    vars->now_ms = now_ms;
    pthread_mutex_unlock(&vars->lock);
}

/* ------------------------------------------------- references in a text */

/* The value, which stays the variables'; NULL with the fault filled. */
static json_t *variable(const struct vars *vars, const char *name,
                        struct fault *fault)
{
    json_t *value = json_object_get(vars->values, name);

    if (!value)
        fault_set(fault, FAULT_LOCAL, "the variable \"$%s\" has no value yet",
                  name);
    return value;
}

static void print_value(const json_t *value, FILE *out)
{
    char *text;

    if (json_is_string(value)) {
        fwrite(json_string_value(value), 1, json_string_length(value), out);
        return;
    }
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    must(text);
    fputs(text, out);
    free(text);
}

static char *expand_piece(const struct vars *vars, const struct piece *piece,
                          unsigned depth, struct fault *fault)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool fine;

    must(out);
    fine = expand(vars, piece->text, piece->text + piece->length, out, depth,
                  fault);
    must(fclose(out) == 0);
    if (fine)
        return text;
    free(text);
    return NULL;
}

static bool expand_call(const struct vars *vars, const struct ref *ref,
                        FILE *out, unsigned depth, struct fault *fault)
{
    const struct var_function *function = var_function_find(ref->name);
    struct piece pieces[REF_ARGS_MAX];
    char *args[REF_ARGS_MAX] = { NULL, NULL };
    char *text = NULL;
    size_t length = 0, count, ready = 0;

    count = function ? ref_arguments(ref, function->most, pieces) : 0;
    if (!function || count < function->least || depth == VAR_DEPTH_MAX) {
        fault_set(fault, FAULT_LOCAL, "\"$%s(…)\" cannot be called so",
                  ref->name);
        return false;
    }
    while (ready < count &&
           (args[ready] = expand_piece(vars, &pieces[ready], depth + 1, fault)))
        ready++;
    if (ready == count)
        text = function->call(vars, args, count, &length, fault);
    if (text)
        fwrite(text, 1, length, out);
    free(text);
    free(args[0]);
    free(args[1]);
    return text != NULL;
}

static bool expand_ref(const struct vars *vars, const struct ref *ref,
                       FILE *out, unsigned depth, struct fault *fault)
{
    const json_t *value;

    switch (ref->kind) {
    case REF_TEXT:
        fwrite(ref->start, 1, ref->length, out);
        return true;
    case REF_DOLLAR:
        fputc('$', out);
        return true;
    case REF_VARIABLE:
        value = variable(vars, ref->name, fault);
        if (value)
            print_value(value, out);
        return value != NULL;
    case REF_CALL:
        return expand_call(vars, ref, out, depth, fault);
    case REF_LONG:
    case REF_OPEN:
        break;
    }
    fault_set(fault, FAULT_LOCAL, "\"%.60s\" is no reference", ref->start);
    return false;
}

static bool expand(const struct vars *vars, const char *text, const char *end,
                   FILE *out, unsigned depth, struct fault *fault)
{
    struct ref ref;

    for (; text < end; text += ref.length) {
        ref_read(text, end, &ref);
        if (!expand_ref(vars, &ref, out, depth, fault))
            return false;
    }
    return true;
}

/* --------------------------------------------------- a scalar as a value */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The grammar of RFC 8259: no `+1`, `01`, `.5` or `0x10`. */
static bool is_json_number(const char *text, bool *whole)
{
    *whole = true;
    if (*text == '-')
        text++;
    if (!is_digit(*text) || (*text == '0' && is_digit(text[1])))
        return false;
    while (is_digit(*text))
        text++;
    if (*text == '.') {
        *whole = false;
        if (!is_digit(*++text))
            return false;
        while (is_digit(*text))
            text++;
    }
    if (*text == 'e' || *text == 'E') {
        *whole = false;
        text++;
        if (*text == '+' || *text == '-')
            text++;
        if (!is_digit(*text))
            return false;
        while (is_digit(*text))
            text++;
    }
    return !*text;
}

/* NULL where it is no number, or none that a double can hold. */
static json_t *number_value(const struct node *scalar)
{
    long long integer;
    double real;
    bool whole;

    if (strlen(scalar->text) != scalar->length ||
        !is_json_number(scalar->text, &whole))
        return NULL;
    errno = 0;
    integer = strtoll(scalar->text, NULL, 10);
    if (whole && errno == 0)
        return json_integer(integer);
    real = strtod(scalar->text, NULL);
    return isfinite(real) ? json_real(real) : NULL;
}

static json_t *plain_value(const struct node *scalar)
{
    if (node_is_null(scalar))
        return json_null();
    if (strcmp(scalar->text, "true") == 0)
        return json_true();
    if (strcmp(scalar->text, "false") == 0)
        return json_false();
    return number_value(scalar);
}

/* The rule for times, as var.h has it. */
static json_t *time_value(const struct vars *vars, const char *key,
                          const char *text)
{
    json_t *date;
    long long ms;
    size_t length;
    char *iso;

    if (!key || !node_duration(text, &ms))
        return NULL;
    if (strcmp(key, "maxAge") == 0 || strcmp(key, "originalMaxAge") == 0)
        return json_integer(ms);
    if (strcmp(key, "expires") != 0)
        return NULL;
    iso = var_iso_date(vars->now_ms + ms, &length);
    date = json_stringn(iso, length);
    free(iso);
    return date;
}

static char *expand_scalar(const struct vars *vars, const struct node *scalar,
                           size_t *length, struct fault *fault)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    bool fine;

    must(out);
    fine = expand(vars, scalar->text, scalar->text + scalar->length, out, 0,
                  fault);
    must(fclose(out) == 0);
    if (fine)
        return text;
    free(text);
    return NULL;
}

/* A plain scalar that is one variable alone: its value; else NULL. */
static json_t *lone_variable(const struct vars *vars, const struct node *scalar)
{
    struct ref ref;

    if (scalar->quoted || !scalar->length)
        return NULL;
    ref_read(scalar->text, scalar->text + scalar->length, &ref);
    if (ref.kind != REF_VARIABLE || ref.length != scalar->length)
        return NULL;
    return json_object_get(vars->values, ref.name);
}

static json_t *scalar_value(const struct vars *vars, const struct node *scalar,
                            struct fault *fault)
{
    json_t *value = scalar->quoted ? NULL : plain_value(scalar);
    const json_t *lone = lone_variable(vars, scalar);
    json_t *time = NULL;
    size_t length = 0;
    char *text;

    if (value)
        return value;
    if (lone && !json_is_string(lone))
        return json_deep_copy(lone);
    text = expand_scalar(vars, scalar, &length, fault);
    if (!text)
        return NULL;
    if (!scalar->quoted)
        time = time_value(vars, scalar->key, text);
    value = time ? time : json_stringn(text, length);
    free(text);
    if (!value)
        fault_set(fault, FAULT_LOCAL, "\"%.60s\" is no text in UTF-8",
                  scalar->text);
    return value;
}

/* -------------------------------------------------------- lists and maps */

static json_t *node_value(const struct vars *vars, const struct node *node,
                          struct fault *fault);

static json_t *list_value(const struct vars *vars, const struct node *list,
                          struct fault *fault)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < list->count; i++) {
        json_t *item = node_value(vars, list->items[i], fault);

        if (!item) {
            json_decref(array);
            return NULL;
        }
        must(json_array_append_new(array, item) == 0);
    }
    return array;
}

static bool map_add(const struct vars *vars, json_t *object,
                    const struct node *item, struct fault *fault)
{
    struct piece key_piece = { item->key, strlen(item->key) };
    char *key = expand_piece(vars, &key_piece, 0, fault);
    json_t *value = key ? node_value(vars, item, fault) : NULL;
    bool fine = value != NULL;

    if (value && json_object_set_new(object, key, value) != 0) {
        fault_set(fault, FAULT_LOCAL, "\"%.60s\" cannot be a key", key);
        fine = false;
    }
    free(key);
    return fine;
}

static json_t *map_value(const struct vars *vars, const struct node *map,
                         struct fault *fault)
{
    json_t *object = json_object();

    must(object);
    for (size_t i = 0; i < map->count; i++)
        if (!map_add(vars, object, map->items[i], fault)) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *node_value(const struct vars *vars, const struct node *node,
                          struct fault *fault)
{
    if (node->kind == NODE_LIST)
        return list_value(vars, node, fault);
    if (node->kind == NODE_MAP)
        return map_value(vars, node, fault);
    return scalar_value(vars, node, fault);
}

json_t *var_value(struct vars *vars, const struct node *node,
                  struct fault *fault)
{
    json_t *value;

    pthread_mutex_lock(&vars->lock);
    value = node_value(vars, node, fault);
    pthread_mutex_unlock(&vars->lock);
    return value;
}

char *var_text(struct vars *vars, const struct node *scalar,
               struct fault *fault)
{
    size_t length = 0;
    char *text;

    if (scalar->kind != NODE_SCALAR) {
        fault_set(fault, FAULT_LOCAL, "a %s stands where a text belongs",
                  scalar->kind == NODE_MAP ? "map" : "list");
        return NULL;
    }
    pthread_mutex_lock(&vars->lock);
    text = expand_scalar(vars, scalar, &length, fault);
    pthread_mutex_unlock(&vars->lock);
    return text;
}
