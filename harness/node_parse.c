/* node_parse.c: YAML text to nodes, over libyaml's events
 *
 * Events instead of libyaml's own tree, since each key needs its place. What
 * a scenario file has no use for (anchors, tags, several documents) is
 * refused by name, not passed over.
 */
#include "node.h"

#include "base/must.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct parse {
    yaml_parser_t yaml;
    struct arena *arena;
    struct problems *problems;
    const char *name; /* of the file, as it is printed */
    const char *text;
    size_t length;
    bool broken; /* the rest cannot be read, and why was said */
};

static const struct node *
parse_value(struct parse *parse, const yaml_event_t *event, unsigned depth);

/* ------------------------------------------------------- what went wrong */

static struct mark mark_of(const struct parse *parse, yaml_mark_t at)
{
    struct mark mark = { parse->name, (unsigned)at.line + 1,
                         (unsigned)at.column + 1 };

    return mark;
}

static struct mark mark_of_offset(const struct parse *parse, size_t offset)
{
    struct mark mark = { parse->name, 1, 1 };

    for (size_t i = 0; i < offset && i < parse->length; i++) {
        if (parse->text[i] == '\n') {
            mark.line++;
            mark.column = 1;
        } else if (((unsigned char)parse->text[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

#define NO_TAGS                                                                \
    "there are none here; a quoted value is a string, a plain one what it "    \
    "looks like"

/* libyaml's words for the commonest mistakes, and what would be right. */
static const struct hint {
    const char *said, *hint;
    bool begun; /* it began elsewhere, which helps more than where it ended */
} hints[] = {
    { "found character that cannot start any token",
      "a text that begins with @ ` or % has to be quoted; indent with blanks, "
      "not tabs",
      false },
    { "found a tab character that violates indentation",
      "indent with blanks, not tabs", false },
    { "mapping values are not allowed in this context",
      "a text with \": \" in it has to be quoted, and an item's keys stand "
      "in one column",
      false },
    { "did not find expected key",
      "look for an item in another column, or a text to be quoted", false },
    { "did not find expected '-' indicator",
      "the items of a list stand in one column, each with \"- \"", false },
    { "could not find expected ':'", "a key needs \": \" behind it", true },
    { "did not find expected ',' or '}'", "a { is not closed", true },
    { "did not find expected ',' or ']'", "a [ is not closed", true },
    { "found unexpected end of stream", "a quote is not closed", true },
    { "incomplete UTF-8 octet sequence", "a file has to be UTF-8", false },
    { "invalid leading UTF-8 octet", "a file has to be UTF-8", false },
    { "invalid trailing UTF-8 octet", "a file has to be UTF-8", false },
};

static const struct hint *hint_for(const char *said)
{
    static const struct hint none = { "", NULL, false };

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (strcmp(hints[i].said, said) == 0)
            return &hints[i];
    return &none;
}

static void syntax_problem(struct parse *parse)
{
    const yaml_parser_t *yaml = &parse->yaml;
    const char *said = yaml->problem ? yaml->problem : "cannot be read";
    const struct hint *hint = hint_for(said);
    char begun[64] = "";
    struct mark at = yaml->error == YAML_READER_ERROR
                         ? mark_of_offset(parse, yaml->problem_offset)
                         : mark_of(parse, yaml->problem_mark);

    if (hint->begun && yaml->context)
        snprintf(begun, sizeof begun, ": the one in line %u",
                 mark_of(parse, yaml->context_mark).line);
    problem_add(parse->problems, at, "not valid YAML: %s%s%s%s", said,
                hint->hint ? ": " : "", hint->hint ? hint->hint : "", begun);
    parse->broken = true;
}

static bool next_event(struct parse *parse, yaml_event_t *event)
{
    if (yaml_parser_parse(&parse->yaml, event))
        return true;
    syntax_problem(parse);
    return false;
}

/* ------------------------------------------------------------- the tree */

static struct node *node_new(struct parse *parse, enum node_kind kind,
                             const yaml_event_t *event)
{
    struct node *node = arena_alloc(parse->arena, sizeof *node);

    node->kind = kind;
    node->at = mark_of(parse, event->start_mark);
    node->end_line = node->at.line;
    return node;
}

static void refuse_anchor_and_tag(struct parse *parse, struct mark at,
                                  const yaml_char_t *anchor,
                                  const yaml_char_t *tag)
{
    static const char standard[] = "tag:yaml.org,2002:";

    if (anchor)
        problem_add(parse->problems, at,
                    "anchor \"&%s\": there are none here; put steps that "
                    "repeat under fragments, and options under defaults",
                    (const char *)anchor);
    if (tag && strncmp((const char *)tag, standard, strlen(standard)) == 0)
        problem_add(parse->problems, at, "tag \"!!%s\": " NO_TAGS,
                    (const char *)tag + strlen(standard));
    else if (tag)
        problem_add(parse->problems, at, "tag \"%s\": " NO_TAGS,
                    (const char *)tag);
}

static const struct node *parse_scalar(struct parse *parse,
                                       const yaml_event_t *event)
{
    struct node *node = node_new(parse, NODE_SCALAR, event);
    yaml_mark_t end = event->end_mark;

    refuse_anchor_and_tag(parse, node->at, event->data.scalar.anchor,
                          event->data.scalar.tag);
    node->length = event->data.scalar.length;
    node->text = arena_memdup(
        parse->arena, (const char *)event->data.scalar.value, node->length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    /* A block scalar ends at the start of the line behind it. */
    node->end_line =
        (unsigned)(end.column || end.line == 0 ? end.line + 1 : end.line);
    if (node->end_line < node->at.line)
        node->end_line = node->at.line;
    return node;
}

static const struct node *parse_alias(struct parse *parse,
                                      const yaml_event_t *event)
{
    struct node *node = node_new(parse, NODE_SCALAR, event);

    problem_add(parse->problems, node->at,
                "alias \"*%s\": there are none here; put steps that repeat "
                "under fragments, and options under defaults",
                (const char *)event->data.alias.anchor);
    node->text = arena_printf(parse->arena, "*%s",
                              (const char *)event->data.alias.anchor);
    node->length = strlen(node->text);
    node->quoted = true;
    return node;
}

static void node_append(struct parse *parse, struct node *node,
                        const struct node *item, size_t *capacity)
{
    node->items = arena_grow(parse->arena, node->items, node->count, capacity,
                             sizeof *node->items);
    node->items[node->count++] = item;
    if (item->end_line > node->end_line)
        node->end_line = item->end_line;
}

/* A flow collection ends where its bracket does; a block one has no end of
 * its own but that of its last item. */
static void node_close(struct node *node, const yaml_event_t *event)
{
    if (event->end_mark.index > event->start_mark.index)
        node->end_line = (unsigned)event->end_mark.line + 1;
}

static const struct node *parse_list(struct parse *parse,
                                     const yaml_event_t *event, unsigned depth)
{
    struct node *node = node_new(parse, NODE_LIST, event);
    size_t capacity = 0;
    yaml_event_t item;

    refuse_anchor_and_tag(parse, node->at, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
    while (next_event(parse, &item)) {
        bool end = item.type == YAML_SEQUENCE_END_EVENT;

        if (end)
            node_close(node, &item);
        else
            node_append(parse, node, parse_value(parse, &item, depth),
                        &capacity);
        yaml_event_delete(&item);
        if (end || parse->broken)
            break;
    }
    return node;
}

/* The key, or NULL where it is none and that was said. */
static const char *parse_key(struct parse *parse, const yaml_event_t *event,
                             json_t *seen, struct mark *at)
{
    const char *key = (const char *)event->data.scalar.value;
    const json_t *first;

    *at = mark_of(parse, event->start_mark);
    if (event->type != YAML_SCALAR_EVENT) {
        problem_add(parse->problems, *at,
                    "a key has to be a text, as in status: 200");
        return NULL;
    }
    refuse_anchor_and_tag(parse, *at, event->data.scalar.anchor,
                          event->data.scalar.tag);
    if (strlen(key) != event->data.scalar.length) {
        problem_add(parse->problems, *at, "a key cannot hold a NUL");
        return NULL;
    }
    first = json_object_get(seen, key);
    if (first) {
        problem_add(parse->problems, *at,
                    "duplicate key \"%s\": it stands in line %d already", key,
                    (int)json_integer_value(first));
        return NULL;
    }
    must(json_object_set_new(seen, key, json_integer(at->line)) == 0);
    return arena_strdup(parse->arena, key);
}

/* One key and its value; false at the end of the map. */
static bool parse_item(struct parse *parse, struct node *map, json_t *seen,
                       size_t *capacity, unsigned depth)
{
    yaml_event_t event;
    struct node *item;
    const char *key;
    struct mark key_at;

    if (!next_event(parse, &event))
        return false;
    if (event.type == YAML_MAPPING_END_EVENT) {
        node_close(map, &event);
        yaml_event_delete(&event);
        return false;
    }
    key = parse_key(parse, &event, seen, &key_at);
    if (event.type != YAML_SCALAR_EVENT)
        parse_value(parse, &event, depth); /* takes what belongs to it */
    yaml_event_delete(&event);
    if (parse->broken || !next_event(parse, &event))
        return false;
    /* Nodes are read only to all others: this one is still being made. */
    item = (struct node *)parse_value(parse, &event, depth);
    yaml_event_delete(&event);
    if (parse->broken)
        return false;
    item->key = key;
    item->key_at = key_at;
    if (key)
        node_append(parse, map, item, capacity);
    return true;
}

static const struct node *parse_map(struct parse *parse,
                                    const yaml_event_t *event, unsigned depth)
{
    struct node *node = node_new(parse, NODE_MAP, event);
    json_t *seen = json_object(); /* key -> line: a map may have many keys */
    size_t capacity = 0;

    must(seen);
    refuse_anchor_and_tag(parse, node->at, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
    while (parse_item(parse, node, seen, &capacity, depth))
        continue;
    json_decref(seen);
    return node;
}

static const struct node *parse_value(struct parse *parse,
                                      const yaml_event_t *event, unsigned depth)
{
    bool nested = event->type == YAML_SEQUENCE_START_EVENT ||
                  event->type == YAML_MAPPING_START_EVENT;

    if (nested && depth == NODE_DEPTH_MAX) {
        problem_add(parse->problems, mark_of(parse, event->start_mark),
                    "lists and maps stand in each other more than %d deep",
                    (int)NODE_DEPTH_MAX);
        parse->broken = true;
        return node_new(parse, NODE_SCALAR, event);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return parse_list(parse, event, depth + 1);
    if (event->type == YAML_MAPPING_START_EVENT)
        return parse_map(parse, event, depth + 1);
    if (event->type == YAML_ALIAS_EVENT)
        return parse_alias(parse, event);
    must(event->type == YAML_SCALAR_EVENT);
    return parse_scalar(parse, event);
}

/* --------------------------------------------------------- the document */

static const struct node *parse_stream(struct parse *parse)
{
    const struct node *root = NULL;
    struct mark whole = { parse->name, 0, 0 };
    yaml_event_t event;
    bool end = false;

    while (!end && !parse->broken && next_event(parse, &event)) {
        end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && root) {
            problem_add(parse->problems, mark_of(parse, event.start_mark),
                        "a second document begins here: put it in a file of "
                        "its own");
            end = true;
        } else if (event.type != YAML_STREAM_START_EVENT &&
                   event.type != YAML_STREAM_END_EVENT &&
                   event.type != YAML_DOCUMENT_START_EVENT &&
                   event.type != YAML_DOCUMENT_END_EVENT) {
            root = parse_value(parse, &event, 0);
        }
        yaml_event_delete(&event);
    }
    if (!root && !parse->broken)
        problem_add(parse->problems, whole, "the file is empty");
    return parse->broken ? NULL : root;
}

const struct node *node_parse(struct arena *arena, const char *name,
                              const char *text, size_t length,
                              struct problems *problems)
{
    struct parse parse = { .arena = arena,
                           .problems = problems,
                           .name = arena_strdup(arena, name),
                           .text = text,
                           .length = length };
    const struct node *root;

    must(yaml_parser_initialize(&parse.yaml));
    yaml_parser_set_encoding(&parse.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parse.yaml, (const unsigned char *)text,
                                 length);
    root = parse_stream(&parse);
    yaml_parser_delete(&parse.yaml);
    return root;
}

const struct node *node_load(struct arena *arena, const char *path,
                             struct problems *problems)
{
    struct mark whole = { path, 0, 0 };
    const struct node *root = NULL;
    char *text = malloc(NODE_FILE_MAX + 1);
    FILE *file = fopen(path, "r");
    size_t length = 0;

    must(text);
    if (file)
        length = fread(text, 1, NODE_FILE_MAX + 1, file);
    if (!file || ferror(file))
        problem_add(problems, whole, "cannot be read: %s", strerror(errno));
    else if (length > NODE_FILE_MAX)
        problem_add(problems, whole, "is larger than %d bytes",
                    (int)NODE_FILE_MAX);
    else
        root = node_parse(arena, path, text, length, problems);
    if (file)
        fclose(file);
    free(text);
    return root;
}
