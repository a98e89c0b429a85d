/* case_values.c: free data, and the patterns that expectations are made of */
#include "case_check.h"
#include "base/must.h"

#include "var.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* ------------------------------------------------------------------ times */

static bool is_time_key(const char *key)
{
    return key &&
           (strcmp(key, "maxAge") == 0 || strcmp(key, "originalMaxAge") == 0 ||
            strcmp(key, "expires") == 0);
}

/* A plain `60sec` or `1.5h` was meant as a duration; a date, which begins
 * with four digits and a dash, and a number were not. */
void check_time(const struct check *check, const struct node *scalar)
{
    const char *text = scalar->text, *digits = text;
    size_t length;
    long long ms;

    if (scalar->quoted || node_duration(text, &ms))
        return;
    digits += *text == '+' || *text == '-';
    length = strspn(digits, "0123456789");
    if (!length || (digits[length] == '-' && digits == text))
        return;
    if (digits == text + (*text == '-') &&
        !digits[strspn(digits, "0123456789.eE+-")])
        return;
    problem_add(check->problems, scalar->at,
                "\"%s\" is no duration: a whole number and ms, s, m, h or d, "
                "as in 90s (a text is quoted)",
                text);
}

/* -------------------------------------------------------------- free data */

/* A key that is not known but near to one that is was meant to be that one. */
static void check_misspelt(const struct check *check, const struct node *map,
                           const char *const *known)
{
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->items[i]->key;
        const char *near = problem_suggest(key, known);

        if (near && strcmp(near, key) != 0)
            problem_add(check->problems, map->items[i]->key_at,
                        "unknown key \"%s\" (%s?)", key, near);
    }
}

static void check_times(const struct check *check, const struct node *data)
{
    if (data->kind == NODE_SCALAR && is_time_key(data->key))
        check_time(check, data);
    for (size_t i = 0; i < data->count; i++)
        check_times(check, data->items[i]);
}

void check_data(const struct check *check, const struct schema_key *key,
                const struct node *data)
{
    const struct node *cookie = NULL;

    if (strcmp(key->name, "options") == 0) {
        check_misspelt(check, data, schema_options);
        cookie = node_get(data, "cookie");
    } else if (strcmp(key->name, "cookie") == 0) {
        cookie = data;
    }
    if (cookie && cookie->kind == NODE_MAP)
        check_misspelt(check, cookie, schema_cookie_fields);
    must(data);
    check_times(check, data);
}

/* --------------------------------------------------------------- patterns */

/* Options as match.c compiles it with. */
static void check_regex(const struct check *check, const struct node *regex)
{
    pcre2_code *code;
    PCRE2_SIZE offset;
    unsigned char words[128] = "";
    int error;

    if (regex->kind != NODE_SCALAR)
        return;
    code =
        pcre2_compile((PCRE2_SPTR)regex->text, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
    if (!code) {
        pcre2_get_error_message(error, words, sizeof words);
        problem_add(check->problems, regex->at,
                    "\"matches\": no regular expression, at character %zu of "
                    "\"%s\": %s",
                    (size_t)offset + 1, regex->text, (const char *)words);
    }
    pcre2_code_free(code);
}

static void check_matcher(const struct check *check, const struct node *matcher)
{
    static const char *const kinds[] = { "matches", "one-of", "near",
                                         "at-most" };
    bool is_number = node_get(matcher, "near") || node_get(matcher, "at-most");
    const struct node *list = node_get(matcher, "one-of");
    size_t found = 0;

    check_map(check, PLACE_MATCHER, matcher);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        found += node_get(matcher, kinds[i]) != NULL;
    if (found != 1)
        problem_add(check->problems, matcher->at,
                    "a matcher has one of matches, one-of, near and at-most");
    else if (node_get(matcher, "within") && !is_number)
        problem_add(check->problems, node_get(matcher, "within")->key_at,
                    "\"within\" goes with near and at-most: "
                    "{ near: 30s, within: 1s }");
    if (node_get(matcher, "matches"))
        check_regex(check, node_get(matcher, "matches"));
    for (size_t i = 0; list && i < list->count; i++)
        check_pattern(check, list->items[i]);
}

static bool is_matcher_map(const struct node *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (schema_find(PLACE_MATCHER, map->items[i]->key))
            return true;
    return false;
}

bool check_is_matcher(const struct node *value)
{
    if (value->kind == NODE_SCALAR)
        return !value->quoted &&
               (strcmp(value->text, "absent") == 0 || *value->text == '$');
    return value->kind == NODE_MAP && is_matcher_map(value);
}

static void check_pattern_word(const struct check *check,
                               const struct node *scalar)
{
    static const char *const absent[] = { "absent", NULL };
    const char *near;

    if (scalar->quoted || strlen(scalar->text) < strlen("absen"))
        return;
    near = problem_suggest(scalar->text, absent);
    if (near && strcmp(near, scalar->text) != 0)
        problem_add(check->problems, scalar->at,
                    "unknown word \"%s\" (absent? a text is quoted)",
                    scalar->text);
}

void check_pattern(const struct check *check, const struct node *pattern)
{
    if (pattern->kind == NODE_SCALAR) {
        check_pattern_word(check, pattern);
        if (is_time_key(pattern->key))
            check_time(check, pattern);
    } else if (pattern->kind == NODE_MAP && is_matcher_map(pattern)) {
        check_matcher(check, pattern);
    } else {
        for (size_t i = 0; i < pattern->count; i++)
            check_pattern(check, pattern->items[i]);
    }
}
