/* match.c: does what came fit what the case asks for? */
#include "match.h"

#include "setcookie.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    SHOWN_MAX = 600,       /* bytes of a value that a person is shown */
    NEAR_DEFAULT_MS = 1000 /* of a `near` without `within`            */
};

static bool match_scalar(const struct match *match, const struct node *pattern,
                         const json_t *actual, enum match_as as);
static bool match_map(const struct match *match, const struct node *pattern,
                      const json_t *actual);
static bool match_list(const struct match *match, const struct node *pattern,
                       const json_t *actual);
static bool match_regex(const struct node *regex, const json_t *actual);
static bool match_one_of(const struct match *match, const struct node *list,
                         const json_t *actual, enum match_as as);
static bool match_number(const struct match *match, const struct node *pattern,
                         const json_t *actual, enum match_as as);

static bool fits(const struct match *match, const struct node *pattern,
                 const json_t *actual, enum match_as as)
{
    if (match_is_absent(pattern))
        return !actual;
    if (pattern->kind == NODE_LIST)
        return match_list(match, pattern, actual);
    if (pattern->kind == NODE_SCALAR)
        return match_scalar(match, pattern, actual, as);
    if (pattern->count == 1 && node_get(pattern, "matches"))
        return match_regex(node_get(pattern, "matches"), actual);
    if (pattern->count == 1 && node_get(pattern, "one-of"))
        return match_one_of(match, node_get(pattern, "one-of"), actual, as);
    if (node_get(pattern, "near") || node_get(pattern, "at-most"))
        return match_number(match, pattern, actual, as);
    return match_map(match, pattern, actual);
}

bool match_value(const struct match *match, const struct node *pattern,
                 const json_t *actual, enum match_as as, const char **expected)
{
    if (fits(match, pattern, actual, as))
        return true;
    *expected = match_describe(match, pattern, as);
    return false;
}

bool match_is_absent(const struct node *pattern)
{
    return pattern->kind == NODE_SCALAR && !pattern->quoted &&
           strcmp(pattern->text, "absent") == 0;
}

/* ------------------------------------------------------------- equality */

static bool equal_objects(const json_t *one, const json_t *other)
{
    const char *key;
    json_t *value;

    if (json_object_size(one) != json_object_size(other))
        return false;
    json_object_foreach((json_t *)one, key, value)
    {
        const json_t *counterpart = json_object_get(other, key);

        if (!counterpart || !match_equal(value, counterpart))
            return false;
    }
    return true;
}

static bool equal_arrays(const json_t *one, const json_t *other)
{
    size_t count = json_array_size(one);

    if (count != json_array_size(other))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!match_equal(json_array_get(one, i), json_array_get(other, i)))
            return false;
    return true;
}

bool match_equal(const json_t *one, const json_t *other)
{
    if (!one || !other)
        return one == other;
    if (json_is_integer(one) && json_is_integer(other))
        return json_integer_value(one) == json_integer_value(other);
    if (json_is_number(one) && json_is_number(other))
        return json_number_value(one) == json_number_value(other);
    if (json_is_object(one) && json_is_object(other))
        return equal_objects(one, other);
    if (json_is_array(one) && json_is_array(other))
        return equal_arrays(one, other);
    return json_equal(one, other);
}

/* ---------------------------------------------------------------- times */

/* Of the Gregorian calendar; years begin in March here, so that the leap day
 * is the last of its year. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    return year * 365 + year / 4 - year / 100 + year / 400 +
           (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 719469;
}

static bool iso_time(const char *text, int64_t *ms)
{
    unsigned year, month, day, hour, minute, second, milli = 0;
    int used = 0;

    if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour,
               &minute, &second, &used) != 6)
        return false;
    text += used;
    if (*text == '.') {
        if (sscanf(text, ".%3u%n", &milli, &used) != 1 || used != 4)
            return false;
        text += used;
    }
    if (strcmp(text, "Z") != 0 || month < 1 || month > 12)
        return false;
    *ms = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) *
              60000 +
          (int64_t)second * 1000 + milli;
    return true;
}

bool match_time(const json_t *value, int64_t *ms)
{
    const char *text = json_string_value(value);

    if (json_is_number(value)) {
        *ms = (int64_t)json_number_value(value);
        return true;
    }
    return text && (iso_time(text, ms) || http_date_parse(text, ms));
}

static int64_t cut_to_second(int64_t ms)
{
    int64_t rest = ms % 1000;

    return ms - (rest < 0 ? rest + 1000 : rest);
}

/* What a scalar means as milliseconds, where that is asked for; `want` is its
 * value. A plain +60s counts from the time of what is judged, which may be
 * earlier than that of the variables. */
static bool wanted_ms(const struct match *match, const struct node *pattern,
                      const json_t *want, enum match_as as, int64_t *ms)
{
    const char *text = json_string_value(want);
    long long duration;

    if (as == MATCH_DURATION && text && node_duration(text, &duration)) {
        *ms = duration;
        return true;
    }
    if (as != MATCH_TIME && as != MATCH_HTTP_TIME)
        return false;
    if ((!pattern->quoted && node_duration(pattern->text, &duration)) ||
        (text && node_duration(text, &duration)))
        *ms = match->now_ms + duration;
    else if (!match_time(want, ms))
        return false;
    if (as == MATCH_HTTP_TIME)
        *ms = cut_to_second(*ms);
    return true;
}

/* -------------------------------------------------------------- scalars */

static bool match_text(const struct match *match, const struct node *pattern,
                       const json_t *actual, enum match_as as)
{
    struct fault fault;
    char *want = var_text(match->vars, pattern, &fault);
    const char *text = json_string_value(actual);
    bool same;

    if (want && as == MATCH_WORD)
        same = text && strcasecmp(want, text) == 0;
    else
        same = want && text && strlen(want) == json_string_length(actual) &&
               strcmp(want, text) == 0;
    free(want);
    return same;
}

static bool is_that_time(const struct match *match, int64_t want_ms,
                         const json_t *actual)
{
    int64_t ms;

    return match_time(actual, &ms) && ms >= want_ms - match->slack_ms &&
           ms <= want_ms + match->slack_ms;
}

static bool match_scalar(const struct match *match, const struct node *pattern,
                         const json_t *actual, enum match_as as)
{
    struct fault fault;
    int64_t want_ms;
    json_t *want;
    bool same;

    if ((as == MATCH_TEXT || as == MATCH_WORD) && !node_is_null(pattern))
        return match_text(match, pattern, actual, as);
    want = var_value(match->vars, pattern, &fault);
    if (!want)
        return false;
    if (wanted_ms(match, pattern, want, as, &want_ms))
        same = is_that_time(match, want_ms, actual);
    else if (as == MATCH_DURATION && json_is_integer(want) &&
             json_is_integer(actual)) /* as 30s is, under the key maxAge */
        same = is_that_time(match, json_integer_value(want), actual);
    else
        same = match_equal(want, actual);
    json_decref(want);
    return same;
}

/* ----------------------------------------------------- maps and lists */

/* A key may hold references as any text may. The caller frees. */
static char *key_text(const struct match *match, const struct node *item)
{
    struct node scalar = { .kind = NODE_SCALAR,
                           .at = item->key_at,
                           .text = item->key,
                           .length = strlen(item->key),
                           .quoted = true };
    struct fault fault;

    return var_text(match->vars, &scalar, &fault);
}

static bool match_map(const struct match *match, const struct node *pattern,
                      const json_t *actual)
{
    size_t present = 0;

    if (!json_is_object(actual))
        return false;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct node *item = pattern->items[i];
        char *key = key_text(match, item);
        const json_t *value = key ? json_object_get(actual, key) : NULL;
        bool fitted = key && fits(match, item, value, MATCH_DATA);

        free(key);
        if (!fitted)
            return false;
        present += value != NULL;
    }
    return match->part || present == json_object_size(actual);
}

static bool match_list(const struct match *match, const struct node *pattern,
                       const json_t *actual)
{
    if (!json_is_array(actual) || json_array_size(actual) != pattern->count)
        return false;
    for (size_t i = 0; i < pattern->count; i++)
        if (!fits(match, pattern->items[i], json_array_get(actual, i),
                  MATCH_DATA))
            return false;
    return true;
}

/* ------------------------------------------------------------- patterns */

static bool regex_search(const char *regex, const char *text, size_t length)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
    pcre2_match_data *data;
    bool found;

    if (!code)
        return false;
    data = pcre2_match_data_create_from_pattern(code, NULL);
    found = data &&
            pcre2_match(code, (PCRE2_SPTR)text, length, 0, 0, data, NULL) > 0;
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found;
}

/* A regular expression is taken as it stands: its `$` is the end of the text,
 * never a reference. What is no string is matched by its JSON text. */
static bool match_regex(const struct node *regex, const json_t *actual)
{
    char *text;
    bool found;

    if (!actual || json_is_null(actual))
        return false;
    if (json_is_string(actual))
        return regex_search(regex->text, json_string_value(actual),
                            json_string_length(actual));
    text = json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY);
    found = text && regex_search(regex->text, text, strlen(text));
    free(text);
    return found;
}

static bool match_one_of(const struct match *match, const struct node *list,
                         const json_t *actual, enum match_as as)
{
    for (size_t i = 0; i < list->count; i++)
        if (fits(match, list->items[i], actual, as))
            return true;
    return false;
}

static bool number_of(const struct match *match, const struct node *scalar,
                      enum match_as as, double *number)
{
    struct fault fault;
    json_t *value = var_value(match->vars, scalar, &fault);
    const char *text = json_string_value(value);
    long long duration;
    int64_t ms;
    bool known = true;

    if (wanted_ms(match, scalar, value, as, &ms))
        *number = (double)ms;
    else if (json_is_number(value))
        *number = json_number_value(value);
    else if (text && node_duration(text, &duration))
        *number = (double)duration;
    else
        known = false;
    json_decref(value);
    return known;
}

/* `near` and `at-most`, each with `within`. */
static bool match_number(const struct match *match, const struct node *pattern,
                         const json_t *actual, enum match_as as)
{
    const struct node *near = node_get(pattern, "near");
    const struct node *bound = near ? near : node_get(pattern, "at-most");
    const struct node *within = node_get(pattern, "within");
    double want, got, room = near ? NEAR_DEFAULT_MS : 0;
    int64_t ms;

    if (!number_of(match, bound, as, &want) ||
        (within && !number_of(match, within, MATCH_DATA, &room)))
        return false;
    if (json_is_number(actual))
        got = json_number_value(actual);
    else if (match_time(actual, &ms))
        got = (double)ms;
    else
        return false;
    return got <= want + room && (!near || got >= want - room);
}

/* ------------------------------------------------------------- in words */

const char *match_show(struct arena *arena, const json_t *value)
{
    char *text =
        value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *shown;

    if (!text)
        return value ? "what cannot be shown" : "nothing";
    if (strlen(text) > SHOWN_MAX)
        shown = arena_printf(arena, "%.*s… (%zu bytes)", (int)SHOWN_MAX, text,
                             strlen(text));
    else
        shown = arena_strdup(arena, text);
    free(text);
    return shown;
}

const char *match_show_time(struct arena *arena, int64_t ms)
{
    int64_t whole = cut_to_second(ms);
    time_t seconds = (time_t)(whole / 1000);
    struct tm tm;
    char text[64];

    if (!gmtime_r(&seconds, &tm) ||
        !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm))
        return arena_printf(arena, "%lld ms", (long long)ms);
    return arena_printf(arena, "%s.%03dZ", text, (int)(ms - whole));
}

static const char *describe_scalar(const struct match *match,
                                   const struct node *pattern, enum match_as as)
{
    struct fault fault;
    json_t *want = var_value(match->vars, pattern, &fault);
    bool wordy =
        (as == MATCH_TEXT || as == MATCH_WORD) && !node_is_null(pattern);
    const char *words;
    int64_t ms;

    if (!want)
        return arena_strdup(match->arena, fault.text);
    if (wordy && !json_is_string(want))
        words = arena_printf(match->arena, "\"%s\"", pattern->text);
    else if (as == MATCH_DURATION && wanted_ms(match, pattern, want, as, &ms))
        words = arena_printf(match->arena, "%lld (%s)", (long long)ms,
                             json_string_value(want));
    else if (wanted_ms(match, pattern, want, as, &ms))
        words = arena_printf(match->arena, "%s (%s)",
                             match_show_time(match->arena, ms), pattern->text);
    else
        words = match_show(match->arena, want);
    if (match->slack_ms && (as == MATCH_DURATION || as == MATCH_TIME))
        words = arena_printf(match->arena, "%s, give or take %lld ms", words,
                             (long long)match->slack_ms);
    json_decref(want);
    return words;
}

static const char *describe_items(const struct match *match,
                                  const struct node *list, enum match_as as,
                                  const char *open, const char *close)
{
    const char *words = open;

    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];

        words = arena_printf(match->arena, "%s%s%s%s%s", words, i ? ", " : "",
                             item->key ? item->key : "", item->key ? ": " : "",
                             match_describe(match, item, as));
    }
    return arena_printf(match->arena, "%s%s", words, close);
}

const char *match_describe(const struct match *match,
                           const struct node *pattern, enum match_as as)
{
    const struct node *within;

    if (match_is_absent(pattern))
        return "nothing";
    if (pattern->kind == NODE_SCALAR)
        return describe_scalar(match, pattern, as);
    if (pattern->kind == NODE_LIST)
        return describe_items(match, pattern, MATCH_DATA, "[", "]");
    if (pattern->count == 1 && node_get(pattern, "matches"))
        return arena_printf(match->arena, "what matches /%s/",
                            node_get(pattern, "matches")->text);
    if (pattern->count == 1 && node_get(pattern, "one-of"))
        return describe_items(match, node_get(pattern, "one-of"), as, "one of ",
                              "");
    within = node_get(pattern, "within");
    if (node_get(pattern, "near"))
        return arena_printf(
            match->arena, "%s, within %s",
            match_describe(match, node_get(pattern, "near"), as),
            within ? within->text : "1s");
    if (node_get(pattern, "at-most"))
        return arena_printf(
            match->arena, "at most %s%s%s%s",
            match_describe(match, node_get(pattern, "at-most"), as),
            within ? ", and " : "", within ? within->text : "",
            within ? " more" : "");
    return describe_items(match, pattern, MATCH_DATA, "{",
                          match->part ? ", …}" : "}");
}
