/* fuzz_compare.c: the first thing that two targets did differently
 *
 * Exact, order of members included, but for what is nobody's contract: the
 * words in which a JavaScript engine reports an error, and what follows from
 * them (the length of that answer).
 */
#include "fuzz_compare.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    struct fuzz_difference *difference;
    bool excused; /* an engine's words differ in this step */
};

static bool same(struct walk *walk, const char *path, const json_t *one,
                 const json_t *other);

/* ------------------------------------------------------- what was different */

static char *shown(const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

    if (!text)
        text = strdup("nothing");
    must(text);
    return text;
}

static bool differ(struct walk *walk, const char *path, const json_t *one,
                   const json_t *other)
{
    struct fuzz_difference *difference = walk->difference;

    snprintf(difference->path, sizeof difference->path, "%s", path);
    difference->one = shown(one);
    difference->other = shown(other);
    return false;
}

void fuzz_difference_clear(struct fuzz_difference *difference)
{
    free(difference->one);
    free(difference->other);
    memset(difference, 0, sizeof *difference);
}

/* ------------------------------------------------------- the engine's words */

/* Parts of what V8 and Node's own modules say. */
static const char *const engine_words[] = { "Cannot ",
                                            " is not a function",
                                            " is not iterable",
                                            "must be of type",
                                            "must be one of type",
                                            "Received ",
                                            "Invalid time value",
                                            "Invalid array length",
                                            "Invalid character in header",
                                            "circular structure",
                                            "object is not extensible",
                                            "read only property",
                                            "Reflect.",
                                            "has only a getter",
                                            NULL };

bool fuzz_is_engine_worded(const json_t *text)
{
    for (size_t i = 0; json_is_string(text) && engine_words[i]; i++)
        if (strstr(json_string_value(text), engine_words[i]))
            return true;
    return false;
}

static bool are_excused(struct walk *walk, const char *key, const json_t *one,
                        const json_t *other)
{
    bool words = strcmp(key, "message") == 0 || strcmp(key, "text") == 0;

    if (!words || !json_is_string(one) || !json_is_string(other) ||
        (!fuzz_is_engine_worded(one) && !fuzz_is_engine_worded(other)))
        return false;
    walk->excused = true;
    return true;
}

/* ------------------------------------------------------------------ values */

/* `a.b`, cut where it grows too long. */
static void join(char *to, size_t size, const char *path, const char *key)
{
    snprintf(to, size, "%.180s%s%.60s", path, *path && *key ? "." : "", key);
}

static bool same_objects(struct walk *walk, const char *path, const json_t *one,
                         const json_t *other)
{
    json_t *a = (json_t *)one, *b = (json_t *)other, *value;
    void *at = json_object_iter(b);
    bool in_order = true;
    char inner[256];
    const char *key;

    json_object_foreach(a, key, value)
    {
        json_t *counterpart = json_object_get(b, key);

        join(inner, sizeof inner, path, key);
        if (!counterpart)
            return differ(walk, inner, value, NULL);
        if (!are_excused(walk, key, value, counterpart) &&
            !same(walk, inner, value, counterpart))
            return false;
        in_order = in_order && at && strcmp(json_object_iter_key(at), key) == 0;
        at = at ? json_object_iter_next(b, at) : NULL;
    }
    json_object_foreach(b, key, value)
    {
        join(inner, sizeof inner, path, key);
        if (!json_object_get(a, key))
            return differ(walk, inner, NULL, value);
    }
    join(inner, sizeof inner, path, "(order)");
    return in_order || differ(walk, inner, one, other);
}

static const char *op_of(const json_t *item)
{
    const char *op = json_string_value(json_object_get(item, "op"));

    if (!op)
        op = json_string_value(json_object_get(item, "event"));
    return op ? op : "";
}

static bool same_ops(const json_t *one, const json_t *other)
{
    if (json_array_size(one) != json_array_size(other))
        return false;
    for (size_t i = 0; i < json_array_size(one); i++)
        if (strcmp(op_of(json_array_get(one, i)),
                   op_of(json_array_get(other, i))) != 0)
            return false;
    return true;
}

static json_t *ops_of(const json_t *calls)
{
    json_t *ops = json_array(), *item;
    size_t i;

    json_array_foreach((json_t *)calls, i, item)
    {
        if (*op_of(item))
            json_array_append_new(ops, json_string(op_of(item)));
        else
            json_array_append(ops, item);
    }
    return ops;
}

static bool same_arrays(struct walk *walk, const char *path, const json_t *one,
                        const json_t *other)
{
    json_t *ops, *other_ops;
    char inner[256];

    if (!same_ops(one, other)) {
        ops = ops_of(one);
        other_ops = ops_of(other);
        differ(walk, path, ops, other_ops);
        json_decref(ops);
        json_decref(other_ops);
        return false;
    }
    for (size_t i = 0; i < json_array_size(one); i++) {
        const json_t *item = json_array_get(one, i);

        join(inner, sizeof inner, path, op_of(item));
        if (!same(walk, inner, item, json_array_get(other, i)))
            return false;
    }
    return true;
}

static bool same(struct walk *walk, const char *path, const json_t *one,
                 const json_t *other)
{
    if (json_is_object(one) && json_is_object(other))
        return same_objects(walk, path, one, other);
    if (json_is_array(one) && json_is_array(other))
        return same_arrays(walk, path, one, other);
    if (!one && !other) /* of an app that was refused */
        return true;
    return json_equal(one, other) || differ(walk, path, one, other);
}

/* ------------------------------------------------------------------- steps */

/* In the order in which a reader looks for causes. The text, and its length,
 * come last: they show what the parsed answer cannot. */
static const char *const aspects[] = { "transport",  "status",   "calls",
                                       "answer",     "error",    "warnings",
                                       "operations", "sessions", "set-cookie",
                                       "headers",    "text",     NULL };

/* The words of an error are not there to be seen in the answer to a HEAD, but
 * its length is. And how a target words that it does not understand a request
 * is its own affair. */
static bool is_wordless(const json_t *step, const json_t *seen)
{
    const char *line = json_string_value(json_object_get(step, "request"));
    json_int_t status = json_integer_value(json_object_get(seen, "status"));

    return line &&
           (status == 400 || (status >= 500 && strncmp(line, "HEAD ", 5) == 0));
}

/* What an excuse covers too. */
static bool is_consequence(const char *aspect)
{
    return strcmp(aspect, "headers") == 0 || strcmp(aspect, "text") == 0 ||
           strcmp(aspect, "answer") == 0;
}

/* Several requests at once are requests: what differs in one of them may well
 * differ without the others. */
static const char *verb_of(const json_t *step)
{
    static const char *const verbs[] = { "request", "advance", "store", "fault",
                                         "emit",    "restart", NULL };

    for (size_t i = 0; verbs[i]; i++)
        if (json_object_get(step, verbs[i]))
            return verbs[i];
    return json_object_get(step, "parallel") ? "request" : "";
}

static bool same_step(struct walk *walk, const char *path, const json_t *one,
                      const json_t *other)
{
    char inner[256];

    for (size_t i = 0; aspects[i]; i++) {
        const json_t *a = json_object_get(one, aspects[i]);
        const json_t *b = json_object_get(other, aspects[i]);

        if ((!a && !b) || (walk->excused && is_consequence(aspects[i])))
            continue;
        join(inner, sizeof inner, path, aspects[i]);
        walk->difference->aspect = aspects[i];
        if (!a || !b ? !differ(walk, inner, a, b) : !same(walk, inner, a, b))
            return false;
    }
    return true;
}

/* Those of several requests at once, each as if it were a step. */
static bool same_replies(struct walk *walk, const json_t *step,
                         const json_t *one, const json_t *other)
{
    const json_t *requests =
        json_object_get(json_object_get(step, "parallel"), "requests");
    const json_t *list = json_object_get(one, "replies");
    const json_t *others = json_object_get(other, "replies");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *reply = json_array_get(list, i);

        walk->excused = is_wordless(json_array_get(requests, i), reply);
        if (!same_step(walk, "request", reply, json_array_get(others, i)))
            return false;
    }
    return true;
}

static bool same_steps(struct walk *walk, const json_t *one,
                       const json_t *other, const json_t *scenario)
{
    const json_t *steps = json_object_get(scenario, "steps");

    for (size_t i = 0; i < json_array_size(one) && i < json_array_size(other);
         i++) {
        const json_t *step = json_array_get(steps, i);
        const json_t *a = json_array_get(one, i), *b = json_array_get(other, i);

        walk->difference->step = i;
        walk->excused = is_wordless(step, a);
        if (!same_step(walk, verb_of(step), a, b) ||
            !same_replies(walk, step, a, b))
            return false;
    }
    return true;
}

bool fuzz_compare(const json_t *one, const json_t *other,
                  const json_t *scenario, struct fuzz_difference *difference)
{
    static const char *const made[] = { "made", "made-b", NULL };
    static const char *const rest[] = { "events", "holds", NULL };
    struct walk walk = { .difference = difference };

    memset(difference, 0, sizeof *difference);
    difference->step = FUZZ_NO_STEP;
    for (size_t i = 0; made[i]; i++) {
        if (same_step(&walk, made[i], json_object_get(one, made[i]),
                      json_object_get(other, made[i])))
            continue;
        difference->aspect = "made";
        return true;
    }
    if (!same_steps(&walk, json_object_get(one, "steps"),
                    json_object_get(other, "steps"), scenario))
        return true;
    difference->step = FUZZ_NO_STEP;
    for (size_t i = 0; rest[i]; i++) {
        difference->aspect = rest[i];
        if (!same(&walk, rest[i], json_object_get(one, rest[i]),
                  json_object_get(other, rest[i])))
            return true;
    }
    return false;
}
