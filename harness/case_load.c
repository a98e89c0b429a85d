/* case_load.c: files and folders to a set of cases; see case_check.h for how */
#include "case.h"

#include "base/must.h"
#include "case_check.h"
#include "case_files.h"
#include "catalogue.h"
#include "var.h"

#include <stdlib.h>
#include <string.h>

/* One file. */
struct load {
    struct case_set *set;
    struct check check;
    json_t *ids; /* object: the ids of all files -> where */
    const char *suite;
    const struct node *defaults, *fragments;
    const struct node *test;   /* the case at hand, merged and folded */
    const struct node *source; /* as the file has it */
    size_t before;             /* problems that there were before this case */
};

static void load_cases(struct load *load, const struct node *cases);

static void load_file(struct load *load, const char *path)
{
    const struct node *root =
        node_load(&load->set->arena, path, load->check.problems);
    const struct node *cases = node_get(root, "cases");

    if (!root)
        return;
    load->check.open = true;
    check_map(&load->check, PLACE_FILE, root);
    load->check.open = false;
    load->suite = node_get_text(root, "suite");
    load->defaults = node_get(root, "defaults");
    load->fragments = node_get(root, "fragments");
    if (cases && cases->kind == NODE_LIST)
        load_cases(load, cases);
}

bool case_load(struct case_set *set, const char *const *paths, size_t count,
               struct problems *problems)
{
    struct load load = { .set = set,
                         .check = { .arena = &set->arena,
                                    .problems = problems },
                         .ids = json_object() };
    size_t before = problems->count;
    struct case_files files;

    must(load.ids);
    for (size_t i = 0; i < set->count; i++)
        json_object_set_new(load.ids, set->cases[i].id,
                            json_string(set->cases[i].at.file));
    case_files_find(&files, &set->arena, paths, count, problems);
    for (size_t i = 0; i < files.count; i++)
        load_file(&load, files.list[i]);
    json_decref(load.ids);
    problems_sort(problems);
    return problems->count == before;
}

bool case_has_check(const struct test_case *test, const char *id)
{
    for (size_t i = 0; i < test->checks.count; i++)
        if (strcmp(test->checks.list[i], id) == 0)
            return true;
    return false;
}

void case_set_free(struct case_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        json_decref(set->cases[i].bindings);
    arena_free(&set->arena);
    memset(set, 0, sizeof *set);
}

/* --------------------------------------------------------------- defaults */

/* Both lists, each word once. */
static const struct node *union_of(struct arena *arena, const struct node *base,
                                   const struct node *top)
{
    const struct node **items;
    size_t count = 0;

    if (!base || base->kind != NODE_LIST)
        return top ? top : base;
    if (!top || top->kind != NODE_LIST)
        return top ? top : base;
    items = arena_alloc(arena, (base->count + top->count) * sizeof *items);
    for (size_t i = 0; i < base->count + top->count; i++) {
        const struct node *item =
            i < base->count ? base->items[i] : top->items[i - base->count];
        size_t known = 0;

        while (known < count && (items[known]->kind != NODE_SCALAR ||
                                 item->kind != NODE_SCALAR ||
                                 strcmp(items[known]->text, item->text) != 0))
            known++;
        if (known == count)
            items[count++] = item;
    }
    return node_list(arena, top, items, count);
}

static const struct node *with_defaults(struct arena *arena,
                                        const struct node *defaults,
                                        const struct node *test)
{
    const struct schema_key *key = schema_places[PLACE_DEFAULTS].keys;

    for (; key->name; key++) {
        const struct node *base = node_get(defaults, key->name);
        const struct node *top = node_get(test, key->name);

        if (!base)
            continue;
        test = node_with(arena, test, key->name,
                         key->accepts & ACCEPT_LIST
                             ? union_of(arena, base, top)
                             : node_merge(arena, base, top));
    }
    return test;
}

/* Each app has what the case says, and over it what it says itself. */
static const struct node *with_apps(struct arena *arena,
                                    const struct node *test)
{
    static const char *const parts[] = { "options", "settings" };
    const struct node *apps = node_get(test, "apps");
    const struct node *merged = apps;

    for (size_t i = 0; apps && apps->kind == NODE_MAP && i < apps->count; i++) {
        const struct node *app = apps->items[i];
        struct node *empty;

        if (node_is_null(app)) {
            empty = arena_alloc(arena, sizeof *empty);
            *empty = *app;
            empty->kind = NODE_MAP;
            app = empty;
        }
        for (size_t p = 0; app->kind == NODE_MAP && p < 2; p++) {
            const struct node *base = node_get(test, parts[p]);
            const struct node *top = node_get(app, parts[p]);

            if (base)
                app = node_with(arena, app, parts[p],
                                node_merge(arena, base, top));
        }
        merged = node_with(arena, merged, app->key, app);
    }
    return apps ? node_with(arena, test, "apps", merged) : test;
}

/* --------------------------------------------------------------- one case */

static struct words words_of(struct arena *arena, const struct node *list)
{
    struct words words = { NULL, 0 };

    if (!list)
        return words;
    words.list = arena_alloc(arena, (list->count + 1) * sizeof *words.list);
    for (; words.count < list->count; words.count++)
        words.list[words.count] = list->items[words.count]->text;
    return words;
}

static struct test_case *case_add(struct case_set *set)
{
    set->cases = arena_grow(&set->arena, set->cases, set->count, &set->capacity,
                            sizeof *set->cases);
    return &set->cases[set->count++];
}

static void id_problem(struct load *load, const char *id)
{
    const json_t *other = json_object_get(load->ids, id);

    if (other)
        problem_add(load->check.problems, node_get(load->source, "case")->at,
                    "the id \"%s\" is used twice; the other stands in %s", id,
                    json_string_value(other));
    else
        json_object_set_new(
            load->ids, id,
            json_sprintf("%s:%u", load->source->at.file,
                         node_get(load->source, "case")->at.line));
}

/* The title with the values of `each` in it. */
static const char *title_of(struct arena *arena, const struct node *title,
                            const json_t *bindings)
{
    struct fault fault;
    struct vars vars;
    const char *copy;
    char *text;

    vars_init(&vars, bindings);
    text = var_text(&vars, title, &fault);
    copy = arena_strdup(arena, text ? text : title->text);
    free(text);
    vars_clear(&vars);
    return copy;
}

static void case_fill(struct load *load, struct test_case *test,
                      const struct node *map, const struct binding *bindings,
                      size_t count)
{
    struct arena *arena = &load->set->arena;
    const struct node *title = node_get(map, "title");
    const struct node *diverges = node_get(map, "diverges");

    test->suite = load->suite;
    test->at = node_get(map, "case")->key_at;
    test->end_line = load->source->end_line;
    test->bindings = case_bindings_json(bindings, count);
    test->title = title ? title_of(arena, title, test->bindings)
                        : node_get_text(map, "case");
    test->checks = words_of(arena, node_get(map, "checks"));
    test->tags = words_of(arena, node_get(map, "tags"));
    test->needs = words_of(arena, node_get(map, "needs"));
    test->since = node_get_text(map, "since");
    test->diverges = node_get_text(diverges, "id");
    test->diverges_source = node_get_text(diverges, "source");
    test->options = node_get(map, "options");
    test->settings = node_get(map, "settings");
    test->store = node_get(map, "store");
    test->apps = node_get(map, "apps");
    test->clients = node_get(map, "clients");
    test->steps = node_get(map, "steps");
    test->source = load->source;
}

static void load_bound(void *arg, const struct binding *bindings, size_t count)
{
    struct load *load = arg;
    struct arena *arena = &load->set->arena;
    size_t tracks = 1;
    const struct node *map = case_bind(arena, load->test, bindings, count);
    const char *name = node_get_text(map, "case"), *id;
    struct test_case *test;

    /* The values stay as they are written. */
    if (node_get(load->test, "each"))
        map = node_with(arena, map, "each", node_get(load->test, "each"));
    check_map(&load->check, PLACE_CASE, map);
    case_rules(&load->check, map, &tracks);
    case_names(&load->check, map, bindings, count);
    if (!name || !load->suite)
        return;
    id = arena_printf(arena, "%s/%s%s", load->suite, name,
                      case_bindings_text(arena, bindings, count));
    id_problem(load, id);
    if (load->check.problems->count != load->before)
        return;
    test = case_add(load->set);
    test->id = id;
    test->max_tracks = tracks;
    case_fill(load, test, map, bindings, count);
}

/* An `each` that gives nothing sound: the rest is checked all the same. */
static void load_unbound(struct load *load)
{
    size_t tracks;

    load->check.open = true;
    check_map(&load->check, PLACE_CASE, load->test);
    load->check.open = false;
    case_rules(&load->check, load->test, &tracks);
}

static void load_cases(struct load *load, const struct node *cases)
{
    struct arena *arena = &load->set->arena;

    for (size_t i = 0; i < cases->count; i++) {
        const struct node *test = cases->items[i];
        const struct node *steps;

        if (test->kind != NODE_MAP)
            continue; /* the check of the file has said so */
        load->source = test;
        load->before = load->check.problems->count;
        test = with_apps(arena, with_defaults(arena, load->defaults, test));
        steps = node_get(test, "steps");
        if (steps)
            test = node_with(arena, test, "steps",
                             case_fold(&load->check, load->fragments, steps));
        load->test = test;
        if (!case_each(&load->check, node_get(test, "each"), load_bound, load))
            load_unbound(load);
    }
}
