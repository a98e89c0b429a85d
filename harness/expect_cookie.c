/* expect_cookie.c: judges the session cookie that a reply set
 *
 * Read by the harness's own parser, its signature verified by the harness
 * itself.
 */
#include "expect.h"

#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The attributes, in the order in which they are sent. */
static const struct cookie_attribute {
    const char *key, *name;
    bool is_flag;
    enum match_as as;
} attributes[] = {
    { "domain", "Domain", false, MATCH_TEXT },
    { "path", "Path", false, MATCH_TEXT },
    { "expires", "Expires", false, MATCH_HTTP_TIME },
    { "maxAge", "Max-Age", false, MATCH_TEXT },
    { "httpOnly", "HttpOnly", true, MATCH_DATA },
    { "secure", "Secure", true, MATCH_DATA },
    { "partitioned", "Partitioned", true, MATCH_DATA },
    { "priority", "Priority", false, MATCH_WORD },
    { "sameSite", "SameSite", false, MATCH_WORD },
};

enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

static void judge_attribute(struct judging *judging,
                            const struct cookie_attribute *attribute,
                            const struct node *pattern);
static void judge_signature(struct judging *judging,
                            const struct node *pattern);
static void judge_cookie_sid(struct judging *judging,
                             const struct node *pattern);
static void judge_cookie_value(struct judging *judging,
                               const struct node *pattern);
static void judge_cookie_name(struct judging *judging,
                              const struct node *pattern);
static void judge_only(struct judging *judging, const struct node *cookie);

static bool is_word(const struct node *pattern, const char *word)
{
    return pattern && pattern->kind == NODE_SCALAR && !pattern->quoted &&
           strcmp(pattern->text, word) == 0;
}

static const char *show_cookie(struct judging *judging)
{
    json_t *headers = json_object_get(judging->seen->view, "headers");

    return match_show(judging->match.arena,
                      json_object_get(headers, "set-cookie"));
}

void judge_cookie(struct judging *judging, const struct node *pattern)
{
    if (is_word(pattern, "none") || match_is_absent(pattern)) {
        if (judging->seen->has_cookie)
            judge_wrong(judging, pattern, "cookie", "no session cookie",
                        show_cookie(judging));
        return;
    }
    if (!judging->seen->has_cookie) {
        judge_wrong(judging, pattern, "cookie", "a session cookie is set",
                    show_cookie(judging));
        return;
    }
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (node_get(pattern, attributes[i].key))
            judge_attribute(judging, &attributes[i],
                            node_get(pattern, attributes[i].key));
    if (node_get(pattern, "signed-by"))
        judge_signature(judging, node_get(pattern, "signed-by"));
    if (node_get(pattern, "sid"))
        judge_cookie_sid(judging, node_get(pattern, "sid"));
    if (node_get(pattern, "value"))
        judge_cookie_value(judging, node_get(pattern, "value"));
    if (node_get(pattern, "name"))
        judge_cookie_name(judging, node_get(pattern, "name"));
    if (is_word(node_get(pattern, "only"), "true"))
        judge_only(judging, pattern);
}

static json_t *sent_value(const struct judging *judging,
                          const struct cookie_attribute *attribute)
{
    const struct set_cookie_attribute *sent =
        set_cookie_attribute(&judging->seen->cookie, attribute->name);
    json_t *text;

    if (attribute->is_flag)
        return json_boolean(sent != NULL);
    if (!sent)
        return NULL;
    text = json_string(sent->value ? sent->value : "");
    return text ? text : json_string("(no UTF-8)");
}

/* `absent` of a flag is false; false of a text (`sameSite: false`) is absent;
 * `sameSite: true` is Strict, as the option has it. */
static void judge_attribute(struct judging *judging,
                            const struct cookie_attribute *attribute,
                            const struct node *pattern)
{
    const char *what =
        arena_printf(judging->match.arena, "cookie.%s", attribute->key);
    json_t *actual = sent_value(judging, attribute);
    bool none = match_is_absent(pattern) ||
                (!attribute->is_flag && is_word(pattern, "false"));
    bool strict = attribute->as == MATCH_WORD && is_word(pattern, "true");

    if (none && (attribute->is_flag ? json_is_true(actual) : actual != NULL))
        judge_wrong(judging, pattern, what, "nothing",
                    match_show(judging->match.arena, actual));
    else if (strict &&
             !(actual && strcasecmp(json_string_value(actual), "strict") == 0))
        judge_wrong(judging, pattern, what, "\"Strict\"",
                    match_show(judging->match.arena, actual));
    else if (!none && !strict)
        judge_value(judging, pattern, what, actual, attribute->as);
    json_decref(actual);
}

static void judge_signature(struct judging *judging, const struct node *pattern)
{
    struct arena *arena = judging->match.arena;
    const char *value = judging->seen->cookie.value;
    struct fault fault;
    size_t length;
    char *secret = secret_bytes(judging->match.vars, pattern, &length, &fault);

    if (!secret || !signed_value_verify(value, secret, length))
        judge_wrong(
            judging, pattern, "cookie.signed-by",
            arena_printf(arena, "a value signed by %s",
                         match_describe(&judging->match, pattern, MATCH_TEXT)),
            arena_strdup(arena, value));
    free(secret);
}

void judge_sid(struct judging *judging, const struct node *pattern,
               const char *what, const json_t *actual)
{
    struct arena *arena = judging->match.arena;
    const char *sent = judging->seen->sent_sid;
    const char *sid = json_string_value(actual);
    bool kept = sent && sid && strcmp(sent, sid) == 0;

    if (is_word(pattern, "same") && !kept)
        judge_wrong(judging, pattern, what,
                    arena_printf(arena, "the one that was sent, %s",
                                 sent ? sent : "but none was"),
                    match_show(arena, actual));
    else if (is_word(pattern, "new") && (!sid || kept))
        judge_wrong(judging, pattern, what,
                    arena_printf(arena, "another than was sent, %s",
                                 sent ? sent : "none"),
                    match_show(arena, actual));
    else if (!is_word(pattern, "same") && !is_word(pattern, "new"))
        judge_value(judging, pattern, what, actual, MATCH_TEXT);
}

static void judge_cookie_sid(struct judging *judging,
                             const struct node *pattern)
{
    char *sid = NULL;
    json_t *actual = NULL;

    if (signed_value_sid(judging->seen->cookie.value, &sid))
        actual = json_string(sid);
    free(sid);
    if (actual)
        judge_sid(judging, pattern, "cookie.sid", actual);
    else
        judge_wrong(
            judging, pattern, "cookie.sid", "a signed session ID",
            arena_strdup(judging->match.arena, judging->seen->cookie.value));
    json_decref(actual);
}

static void judge_cookie_value(struct judging *judging,
                               const struct node *pattern)
{
    judge_value(judging, pattern, "cookie.value",
                json_object_get(judging->seen->view, "set-cookie"), MATCH_TEXT);
}

static void judge_cookie_name(struct judging *judging,
                              const struct node *pattern)
{
    json_t *name = json_string(judging->seen->cookie.name);

    judge_value(judging, pattern, "cookie.name", name, MATCH_TEXT);
    json_decref(name);
}

static bool is_named(const struct node *cookie, const char *name)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (strcasecmp(attributes[i].name, name) == 0)
            return node_get(cookie, attributes[i].key) != NULL;
    return false;
}

static void judge_only(struct judging *judging, const struct node *cookie)
{
    const struct set_cookie *set = &judging->seen->cookie;

    for (size_t i = 0; i < set->attribute_count; i++)
        if (!is_named(cookie, set->attributes[i].name))
            judge_wrong(
                judging, node_get(cookie, "only"), "cookie.only",
                "no attribute but those named",
                arena_strdup(judging->match.arena, set->attributes[i].name));
}
