/* node.h: a YAML document as a tree in which each thing knows its place
 *
 * Parsed once by libyaml, then read only: any thread may read it. A node
 * lives as long as the arena it was loaded into. A map keeps its order and,
 * since duplicate keys are a problem, has each key once.
 */
#ifndef HARNESS_NODE_H
#define HARNESS_NODE_H

#include "base/arena.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct mark at;     /* of the value                                 */
    const char *key;    /* of a map's item, else NULL                   */
    struct mark key_at; /* of a map's item                              */
    const char *text;   /* of a scalar: UTF-8, ends with NUL            */
    size_t length;      /* its bytes, since it may hold NULs            */
    bool quoted;        /* "true" is the text, true is the boolean      */
    const struct node **items; /* of a list or map                      */
    size_t count;
    unsigned end_line; /* the last line that it stands on */
};

/* Every limit of a file; reaching one is a problem, with its place. */
enum {
    NODE_FILE_MAX = 4 * 1024 * 1024, /* bytes of one file            */
    NODE_DEPTH_MAX = 64              /* lists and maps in each other */
};

/* The document in `path`, or NULL with the problem added. Duplicate keys,
 * anchors, aliases and tags are problems too, but the rest of the document is
 * read on, so that all its problems are found at once. */
const struct node *node_load(struct arena *arena, const char *path,
                             struct problems *problems);
/* The same from text; `name` stands where the path would. */
const struct node *node_parse(struct arena *arena, const char *name,
                              const char *text, size_t length,
                              struct problems *problems);

/* NULL where the map (which may be NULL) has no such key. */
const struct node *node_get(const struct node *map, const char *key);
/* The text of a map's scalar, or NULL. */
const char *node_get_text(const struct node *map, const char *key);

/* A map with all of `base`, over which `top` wins; maps within are merged the
 * same way. Either may be NULL. */
const struct node *node_merge(struct arena *arena, const struct node *base,
                              const struct node *top);

/* A map like `map`, in which `key` (its text, and the marks) has another
 * value; it is the last where it was not there. */
const struct node *node_with(struct arena *arena, const struct node *map,
                             const char *key, const struct node *value);
/* A map like `map` without `key`. */
const struct node *node_without(struct arena *arena, const struct node *map,
                                const char *key);
/* A list of nodes, which stands where `like` does. */
const struct node *node_list(struct arena *arena, const struct node *like,
                             const struct node *const *items, size_t count);

/* Milliseconds of `1500ms`, `30s`, `-5m`, `+25h`, `7d`; false where `text` is
 * no duration. */
bool node_duration(const char *text, long long *ms);

/* An unquoted scalar that is null or ~ or empty. */
bool node_is_null(const struct node *scalar);

#endif
