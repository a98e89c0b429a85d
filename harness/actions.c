/* actions.c: a request's `do`, as the case has it, in the form of Spec-Do */
#include "actions.h"

#include "base/must.h"

#include <stdlib.h>
#include <string.h>

static bool add_bare(json_t *actions, struct vars *vars,
                     const struct node *action, struct fault *fault);
static bool add_text(json_t *actions, struct vars *vars,
                     const struct node *action, struct fault *fault);
static bool add_value(json_t *actions, struct vars *vars,
                      const struct node *action, struct fault *fault);
static bool add_pairs(json_t *actions, struct vars *vars,
                      const struct node *action, struct fault *fault);
static bool add_text_pairs(json_t *actions, struct vars *vars,
                           const struct node *action, struct fault *fault);

static const struct action_kind {
    const char *verb;
    bool (*add)(json_t *actions, struct vars *vars, const struct node *action,
                struct fault *fault);
} kinds[] = {
    { "set", add_pairs },
    { "add", add_pairs },
    { "push", add_pairs },
    { "cookie", add_pairs },
    { "header", add_text_pairs },
    { "delete", add_text },
    { "read", add_text },
    { "write", add_text },
    { "end", add_text },
    { "point", add_text },
    { "throw", add_text },
    { "redirect", add_text },
    { "sessionID", add_value },
    { "status", add_value },
    { "save", add_bare },
    { "reload", add_bare },
    { "regenerate", add_bare },
    { "destroy", add_bare },
    { "touch", add_bare },
    { "unset", add_bare },
    { "delete-session", add_bare },
};

static const struct action_kind *find(const char *verb)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].verb, verb) == 0)
            return &kinds[i];
    return NULL;
}

json_t *actions_of(struct vars *vars, const struct node *list,
                   struct fault *fault)
{
    json_t *actions = json_array();

    must(actions);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *map = list->items[i];

        for (size_t k = 0; k < map->count; k++) {
            const struct action_kind *kind = find(map->items[k]->key);

            must(kind);
            if (!kind->add(actions, vars, map->items[k], fault)) {
                json_decref(actions);
                return NULL;
            }
        }
    }
    return actions;
}

static bool add_bare(json_t *actions, struct vars *vars,
                     const struct node *action, struct fault *fault)
{
    (void)vars;
    (void)fault;
    json_array_append_new(actions, json_pack("[s]", action->key));
    return true;
}

static json_t *text_of(struct vars *vars, const struct node *scalar,
                       struct fault *fault)
{
    char *text;
    json_t *value;

    if (node_is_null(scalar))
        return json_string("");
    text = var_text(vars, scalar, fault);
    value = text ? json_string(text) : NULL;
    if (text && !value)
        fault_set(fault, FAULT_LOCAL, "%s: no text in UTF-8", scalar->key);
    free(text);
    return value;
}

static bool add_one(json_t *actions, const struct node *action, json_t *value)
{
    if (!value)
        return false;
    json_array_append_new(actions, json_pack("[s, o]", action->key, value));
    return true;
}

static bool add_text(json_t *actions, struct vars *vars,
                     const struct node *action, struct fault *fault)
{
    return add_one(actions, action, text_of(vars, action, fault));
}

static bool add_value(json_t *actions, struct vars *vars,
                      const struct node *action, struct fault *fault)
{
    return add_one(actions, action, var_value(vars, action, fault));
}

static void add_each(json_t *actions, const struct node *action,
                     const json_t *pairs)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)pairs, key, value)
    {
        json_array_append_new(actions,
                              json_pack("[s, s, O]", action->key, key, value));
    }
}

static bool add_pairs(json_t *actions, struct vars *vars,
                      const struct node *action, struct fault *fault)
{
    json_t *pairs = var_value(vars, action, fault);
    bool added = json_is_object(pairs);

    if (pairs && !added)
        fault_set(fault, FAULT_LOCAL, "%s takes a map", action->key);
    if (added)
        add_each(actions, action, pairs);
    json_decref(pairs);
    return added;
}

/* A header's value is a text, whatever it looks like. */
static bool add_text_pairs(json_t *actions, struct vars *vars,
                           const struct node *action, struct fault *fault)
{
    for (size_t i = 0; i < action->count; i++) {
        const struct node *item = action->items[i];
        json_t *value = text_of(vars, item, fault);

        if (!value)
            return false;
        json_array_append_new(
            actions, json_pack("[s, s, o]", action->key, item->key, value));
    }
    return true;
}
