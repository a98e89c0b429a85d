/* case_each.c: makes a case of each value, and puts the values in their place
 */
#include "case_check.h"

#include "base/must.h"
#include "var.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------- the combinations */

static bool each_is_sound(const struct check *check, const struct node *each)
{
    size_t product = 1;

    if (each->kind != NODE_MAP || each->count == 0)
        return false;
    for (size_t i = 0; i < each->count; i++) {
        const struct node *values = each->items[i];

        if (values->kind != NODE_LIST || values->count == 0 ||
            !var_name_ok(values->key))
            return false;
        if (values->count > CASE_EACH_MAX / product) {
            problem_add(check->problems, values->key_at,
                        "\"each\" makes more than %d cases of this one: "
                        "give it fewer values",
                        (int)CASE_EACH_MAX);
            return false;
        }
        product *= values->count;
    }
    return true;
}

bool case_each(const struct check *check, const struct node *each,
               void (*made)(void *arg, const struct binding *bindings,
                            size_t count),
               void *arg)
{
    struct binding *bindings;
    size_t *at, place;

    if (!each) {
        made(arg, NULL, 0);
        return true;
    }
    if (!each_is_sound(check, each))
        return false;
    at = arena_alloc(check->arena, each->count * sizeof *at);
    bindings = arena_alloc(check->arena, each->count * sizeof *bindings);
    do {
        for (size_t i = 0; i < each->count; i++) {
            bindings[i].name = each->items[i]->key;
            bindings[i].value = each->items[i]->items[at[i]];
        }
        made(arg, bindings, each->count);
        /* The last name turns fastest. */
        for (place = each->count; place > 0; place--) {
            if (++at[place - 1] < each->items[place - 1]->count)
                break;
            at[place - 1] = 0;
        }
    } while (place > 0);
    return true;
}

/* --------------------------------------------------- values in their place */

static const struct node *bound_scalar(struct arena *arena,
                                       const struct node *scalar,
                                       const struct binding *bindings,
                                       size_t count)
{
    struct node *bound;

    if (scalar->quoted || *scalar->text != '$')
        return scalar;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(scalar->text + 1, bindings[i].name) != 0)
            continue;
        bound = arena_alloc(arena, sizeof *bound);
        *bound = *bindings[i].value;
        bound->key = scalar->key;
        bound->key_at = scalar->key_at;
        /* A failure is shown where the expectation stands. */
        bound->at = scalar->at;
        bound->end_line = scalar->end_line;
        return bound;
    }
    return scalar;
}

const struct node *case_bind(struct arena *arena, const struct node *node,
                             const struct binding *bindings, size_t count)
{
    struct node *copy = NULL;

    if (node->kind == NODE_SCALAR)
        return bound_scalar(arena, node, bindings, count);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item =
            case_bind(arena, node->items[i], bindings, count);

        if (item == node->items[i])
            continue;
        if (!copy) {
            copy = arena_alloc(arena, sizeof *copy);
            *copy = *node;
            copy->items = arena_alloc(arena, node->count * sizeof *copy->items);
            memcpy(copy->items, node->items, node->count * sizeof *copy->items);
        }
        copy->items[i] = item;
    }
    return copy ? copy : node;
}

/* --------------------------------------------------------- in id and JSON */

static json_t *binding_value(const struct binding *binding)
{
    struct fault fault;
    struct vars vars;
    json_t *value;

    vars_init(&vars, NULL);
    value = var_value(&vars, binding->value, &fault);
    vars_clear(&vars);
    return value ? value : json_null(); /* case_names has complained */
}

static const char *value_text(struct arena *arena,
                              const struct binding *binding)
{
    json_t *value;
    const char *copy;
    char *text;

    if (binding->value->kind == NODE_SCALAR)
        return binding->value->text;
    value = binding_value(binding);
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    must(text);
    copy = arena_strdup(arena, text);
    free(text);
    json_decref(value);
    return copy;
}

const char *case_bindings_text(struct arena *arena,
                               const struct binding *bindings, size_t count)
{
    const char *text = "";

    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%s=%s", text, i ? "," : "[",
                            bindings[i].name, value_text(arena, &bindings[i]));
    return count ? arena_printf(arena, "%s]", text) : text;
}

json_t *case_bindings_json(const struct binding *bindings, size_t count)
{
    json_t *object = json_object();

    must(object);
    for (size_t i = 0; i < count; i++)
        must(json_object_set_new(object, bindings[i].name,
                                 binding_value(&bindings[i])) == 0);
    return object;
}
