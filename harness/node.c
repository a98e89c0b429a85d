/* node.c: looks into a tree of nodes, merges two, reads durations */
#include "node.h"

#include <stdint.h>
#include <string.h>

const struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->items[i]->key, key) == 0)
            return map->items[i];
    return NULL;
}

const char *node_get_text(const struct node *map, const char *key)
{
    const struct node *item = node_get(map, key);

    return item && item->kind == NODE_SCALAR ? item->text : NULL;
}

/* The item under a key, where both maps may have it. */
static const struct node *
merge_item(struct arena *arena, const struct node *base, const struct node *top)
{
    struct node *merged;

    if (!base || !top || base->kind != NODE_MAP || top->kind != NODE_MAP)
        return top ? top : base;
    merged = arena_alloc(arena, sizeof *merged);
    *merged = *node_merge(arena, base, top);
    merged->key = top->key;
    merged->key_at = top->key_at;
    return merged;
}

const struct node *node_merge(struct arena *arena, const struct node *base,
                              const struct node *top)
{
    struct node *merged;

    if (!base || !top || base->kind != NODE_MAP || top->kind != NODE_MAP)
        return top ? top : base;
    merged = arena_alloc(arena, sizeof *merged);
    *merged = *top;
    merged->items =
        arena_alloc(arena, (base->count + top->count) * sizeof *merged->items);
    merged->count = 0;
    for (size_t i = 0; i < base->count; i++)
        merged->items[merged->count++] = merge_item(
            arena, base->items[i], node_get(top, base->items[i]->key));
    for (size_t i = 0; i < top->count; i++)
        if (!node_get(base, top->items[i]->key))
            merged->items[merged->count++] = top->items[i];
    return merged;
}

static struct node *map_copy(struct arena *arena, const struct node *map,
                             size_t room)
{
    struct node *copy = arena_alloc(arena, sizeof *copy);

    *copy = *map;
    copy->items = arena_alloc(arena, (map->count + room) * sizeof *copy->items);
    if (map->count)
        memcpy(copy->items, map->items, map->count * sizeof *map->items);
    return copy;
}

const struct node *node_with(struct arena *arena, const struct node *map,
                             const char *key, const struct node *value)
{
    struct node *copy = map_copy(arena, map, 1);
    struct node *item = arena_alloc(arena, sizeof *item);
    size_t place = 0;

    *item = *value;
    item->key = arena_strdup(arena, key);
    while (place < map->count && strcmp(map->items[place]->key, key) != 0)
        place++;
    if (place < map->count)
        item->key_at = map->items[place]->key_at;
    else if (!value->key)
        item->key_at = value->at;
    copy->items[place] = item;
    copy->count = place < map->count ? map->count : map->count + 1;
    return copy;
}

const struct node *node_without(struct arena *arena, const struct node *map,
                                const char *key)
{
    struct node *copy = map_copy(arena, map, 0);

    copy->count = 0;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->items[i]->key, key) != 0)
            copy->items[copy->count++] = map->items[i];
    return copy;
}

const struct node *node_list(struct arena *arena, const struct node *like,
                             const struct node *const *items, size_t count)
{
    struct node *list = arena_alloc(arena, sizeof *list);

    *list = *like;
    list->kind = NODE_LIST;
    list->items = arena_alloc(arena, count * sizeof *list->items);
    if (count)
        memcpy(list->items, items, count * sizeof *items);
    list->count = count;
    return list;
}

/* Units in the order of their length: "ms" has to be tried before "m". */
static const struct {
    const char *name;
    long long ms;
} units[] = { { "ms", 1 },
              { "s", 1000 },
              { "m", 60 * 1000 },
              { "h", 60 * 60 * 1000 },
              { "d", 24 * 60 * 60 * 1000 } };

bool node_duration(const char *text, long long *ms)
{
    bool negative = *text == '-';
    long long number = 0;
    const char *digit;

    if (*text == '+' || *text == '-')
        text++;
    for (digit = text; *digit >= '0' && *digit <= '9'; digit++) {
        if (number > INT64_MAX / 1000)
            return false;
        number = number * 10 + (*digit - '0');
    }
    if (digit == text)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(digit, units[i].name) != 0)
            continue;
        /* Past 2^53 a double, which is what JavaScript counts in, is no
         * longer exact. */
        if (number > (1LL << 53) / units[i].ms)
            return false;
        number *= units[i].ms;
        *ms = negative ? -number : number;
        return true;
    }
    return false;
}

bool node_is_null(const struct node *scalar)
{
    return scalar->kind == NODE_SCALAR && !scalar->quoted &&
           (scalar->length == 0 || strcmp(scalar->text, "null") == 0 ||
            strcmp(scalar->text, "~") == 0);
}
