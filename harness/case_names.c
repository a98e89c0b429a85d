/* case_names.c: has every $name of a case a value when it is needed?
 *
 * Steps are read in their order, as they will be played. What a track saves
 * is known to that track, and to all that comes behind the `parallel`, but
 * not to the other tracks, which run at the same time.
 */
#include "case_check.h"

#include "var.h"

#include <string.h>

struct known {
    const char *name;
    const struct node *track; /* that saves it, or NULL */
    struct mark at;           /* of its name             */
};

struct scope {
    const struct check *check;
    struct known *list; /* those that have a value by now */
    size_t count, capacity;
    struct known *saved; /* all that any step saves */
    size_t saved_count, saved_capacity;
    const struct node *track; /* in which we are, or NULL */
    const struct node *at;    /* the text that is being read */
    struct mark mark;
};

static void read_steps(struct scope *scope, const struct node *steps);
static void find_saves(struct scope *scope, const struct node *steps,
                       const struct node *track);

/* ------------------------------------------------------------------ names */

static void scope_add(struct scope *scope, const char *name, struct mark at)
{
    struct known *known;

    scope->list = arena_grow(scope->check->arena, scope->list, scope->count,
                             &scope->capacity, sizeof *scope->list);
    known = &scope->list[scope->count++];
    known->name = name;
    known->track = scope->track;
    known->at = at;
}

static bool scope_has(const struct scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->count; i++)
        if (strcmp(scope->list[i].name, name) == 0)
            return true;
    return false;
}

static const struct known *saved_find(const struct scope *scope,
                                      const char *name)
{
    for (size_t i = 0; i < scope->saved_count; i++)
        if (strcmp(scope->saved[i].name, name) == 0)
            return &scope->saved[i];
    return NULL;
}

static const char *nearest_name(struct scope *scope, const char *name)
{
    const char **names =
        arena_alloc(scope->check->arena, (scope->count + 1) * sizeof *names);

    for (size_t i = 0; i < scope->count; i++)
        names[i] = scope->list[i].name;
    return problem_suggest(name, names);
}

static bool is_function(const char *name)
{
    for (size_t i = 0; var_functions[i]; i++)
        if (strcmp(var_functions[i], name) == 0)
            return true;
    return false;
}

static void name_used(void *arg, const char *name)
{
    struct scope *scope = arg;
    const struct known *saved = saved_find(scope, name);
    const char *near;

    if (scope_has(scope, name))
        return;
    near = nearest_name(scope, name);
    if (saved && saved->track && scope->track && saved->track != scope->track)
        problem_add(scope->check->problems, scope->mark,
                    "undefined variable \"$%s\": the track \"%s\", which saves "
                    "it, runs at the same time",
                    name, saved->track->key);
    else if (saved)
        problem_add(scope->check->problems, scope->mark,
                    "undefined variable \"$%s\": it is saved only later, in "
                    "line %u",
                    name, saved->at.line);
    else if (near)
        problem_add(scope->check->problems, scope->mark,
                    "undefined variable \"$%s\" ($%s?)", name, near);
    else if (is_function(name))
        problem_add(scope->check->problems, scope->mark,
                    "undefined variable \"$%s\"; the function is written "
                    "$%s(…)",
                    name, name);
    else
        problem_add(scope->check->problems, scope->mark,
                    "undefined variable \"$%s\": no step before saves it, and "
                    "no `each` gives it ($$ is a dollar)",
                    name);
}

static void reference_wrong(void *arg, const char *message)
{
    struct scope *scope = arg;

    problem_add(scope->check->problems, scope->mark, "%s", message);
}

/* ------------------------------------------------------------------ texts */

static void read_text(struct scope *scope, const char *text, struct mark mark)
{
    scope->mark = mark;
    var_scan(text, scope, name_used, reference_wrong);
}

/* Everything in a node but regular expressions, in which `$` is an end. */
static void read_node(struct scope *scope, const struct node *node)
{
    if (!node)
        return;
    if (node->key && strcmp(node->key, "matches") == 0)
        return;
    if (node->kind == NODE_SCALAR)
        read_text(scope, node->text, node->at);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP)
            read_text(scope, node->items[i]->key, node->items[i]->key_at);
        read_node(scope, node->items[i]);
    }
}

/* ------------------------------------------------------------------ steps */

static void read_save(struct scope *scope, const struct node *save)
{
    for (size_t i = 0; save && save->kind == NODE_MAP && i < save->count; i++)
        scope_add(scope, save->items[i]->key, save->items[i]->key_at);
}

static void read_parallel(struct scope *scope, const struct node *step)
{
    const struct node *tracks = node_get(step, "parallel");
    const struct node *outside = scope->track;
    size_t before = scope->count;

    for (size_t i = 0; i < tracks->count; i++) {
        scope->track = tracks->items[i];
        read_steps(scope, tracks->items[i]);
        scope->count = before;
    }
    scope->track = outside;
    for (size_t i = 0; i < scope->saved_count; i++)
        for (size_t t = 0; t < tracks->count; t++)
            if (scope->saved[i].track == tracks->items[t])
                scope_add(scope, scope->saved[i].name, scope->saved[i].at);
    read_steps(scope, node_get(step, "then"));
    read_node(scope, node_get(step, "always"));
    read_node(scope, node_get(step, "can"));
    read_node(scope, node_get(step, "never"));
}

static void read_step(struct scope *scope, const struct node *step)
{
    const struct node *repeat = node_get(step, "repeat");

    if (step->kind != NODE_MAP)
        return;
    if (node_get(step, "parallel")) {
        read_parallel(scope, step);
        return;
    }
    if (repeat) {
        read_steps(scope, node_get(repeat, "steps"));
        return;
    }
    for (size_t i = 0; i < step->count; i++)
        if (strcmp(step->items[i]->key, "save") != 0)
            read_node(scope, step->items[i]);
    read_save(scope, node_get(step, "save"));
}

static void read_steps(struct scope *scope, const struct node *steps)
{
    if (!steps || steps->kind != NODE_LIST)
        return;
    for (size_t i = 0; i < steps->count; i++)
        read_step(scope, steps->items[i]);
}

/* ----------------------------------------------------- who saves which */

static void saved_add(struct scope *scope, const struct node *save,
                      const struct node *track)
{
    for (size_t i = 0; save && save->kind == NODE_MAP && i < save->count; i++) {
        struct known *known;

        scope->saved =
            arena_grow(scope->check->arena, scope->saved, scope->saved_count,
                       &scope->saved_capacity, sizeof *scope->saved);
        known = &scope->saved[scope->saved_count++];
        known->name = save->items[i]->key;
        known->track = track;
        known->at = save->items[i]->key_at;
    }
}

static void find_saves(struct scope *scope, const struct node *steps,
                       const struct node *track)
{
    for (size_t i = 0; steps && steps->kind == NODE_LIST && i < steps->count;
         i++) {
        const struct node *step = steps->items[i];
        const struct node *tracks = node_get(step, "parallel");

        saved_add(scope, node_get(step, "save"), track);
        find_saves(scope, node_get(node_get(step, "repeat"), "steps"), track);
        find_saves(scope, node_get(step, "then"), track);
        for (size_t t = 0; tracks && t < tracks->count; t++)
            find_saves(scope, tracks->items[t], tracks->items[t]);
    }
}

/* ------------------------------------------------------------ the case */

void case_names(const struct check *check, const struct node *test,
                const struct binding *bindings, size_t count)
{
    static const char *const parts[] = { "options", "settings", "store", "apps",
                                         "clients" };
    struct scope scope = { .check = check };

    /* The values of an `each` stand alone. */
    read_node(&scope, node_get(test, "each"));
    scope_add(&scope, VAR_BASE, (struct mark){ 0 }); /* the player's */
    for (size_t i = 0; i < count; i++)
        scope_add(&scope, bindings[i].name, bindings[i].value->at);
    find_saves(&scope, node_get(test, "steps"), NULL);
    for (size_t i = 0; i < scope.saved_count; i++)
        for (size_t b = 0; b < count; b++)
            if (strcmp(scope.saved[i].name, bindings[b].name) == 0)
                problem_add(check->problems, scope.saved[i].at,
                            "\"save\": \"%s\" is the name of an `each` already",
                            scope.saved[i].name);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        read_node(&scope, node_get(test, parts[i]));
    read_steps(&scope, node_get(test, "steps"));
}
