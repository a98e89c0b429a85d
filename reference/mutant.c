/* mutant.c: the faults that the reference can be given, one at a time */
#include "mutant.h"

#include "cookie.h"
#include "js.h"
#include "jsjson.h"
#include "must.h"
#include "options.h"
#include "session.h"
#include "visit.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* In the order of enum mutant, behind MUTANT_NONE. */
static const struct mutant_row rows[] = {
#define X(name, word, text) { word, text },
    MUTANTS(X)
#undef X
};

/* Written once, before there is a second thread. */
static enum mutant chosen = MUTANT_NONE;

bool mutant_choose(const char *name)
{
    chosen = MUTANT_NONE;
    for (size_t i = 0; name && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0)
            chosen = (enum mutant)(i + 1);
    }
    return !name || chosen != MUTANT_NONE;
}

bool mutant(enum mutant which)
{
    return chosen == which;
}

void mutant_each(void (*each)(void *arg, const struct mutant_row *row),
                 void *arg)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        each(arg, &rows[i]);
}

/* ---- Texts and numbers -------------------------------------------------- */

void mutant_replace(enum mutant which, char *text, char from, char to)
{
    for (; mutant(which) && *text; text++) {
        if (*text == from)
            *text = to;
    }
}

size_t mutant_secrets(size_t count)
{
    if (mutant(MUTANT_FIRST_SECRET_ALONE))
        return 1;
    return mutant(MUTANT_LAST_SECRET_IGNORED) && count > 1 ? count - 1 : count;
}

size_t mutant_compared(size_t length)
{
    if (mutant(MUTANT_SIGNATURE_UNCHECKED))
        return 0;
    return mutant(MUTANT_SIGNATURE_PREFIX) ? 8 : length;
}

double mutant_expires(double ms)
{
    if (mutant(MUTANT_EXPIRES_LATE))
        return ms + 1000;
    return mutant(MUTANT_EXPIRES_LOCAL) ? ms + 2 * 3600 * 1000 : ms;
}

double mutant_max_age(double ms)
{
    if (mutant(MUTANT_MAX_AGE_IN_SECONDS))
        return ms * 1000;
    return mutant(MUTANT_MAX_AGE_32_BITS) ? fmin(ms, INT32_MAX) : ms;
}

bool mutant_path(const char *path, const char *mount, const char *prefix,
                 bool begins)
{
    size_t length = strlen(prefix), stripped = strnlen(path, strlen(mount));

    if (mutant(MUTANT_PATH_IGNORED))
        return true;
    if (mutant(MUTANT_PATH_ANY_CASE))
        return strncasecmp(path, prefix, length) == 0;
    if (mutant(MUTANT_PATH_STRIPPED))
        return strncmp(path + stripped, prefix, length) == 0;
    if (mutant(MUTANT_PATH_BY_SEGMENT) && length > 1)
        return begins && (path[length] == '/' || path[length] == '\0');
    return begins;
}

/* ---- Options and attributes --------------------------------------------- */

static bool is_undefined(const struct options *options, const char *key)
{
    return !json_object_get(options->source, key);
}

void mutant_options(struct options *options)
{
    switch (chosen) {
    case MUTANT_NAME_IGNORED:
        free(options->name);
        options->name = must_have(strdup("connect.sid"));
        break;
    case MUTANT_SID_LOST:
        options->genid = GENID_RANDOM;
        break;
    case MUTANT_UNINITIALIZED_SAVED:
        options->save_uninitialized = true;
        break;
    case MUTANT_UNINITIALIZED_NEVER:
        options->save_uninitialized = false;
        break;
    case MUTANT_UNDEFINED_IS_FALSE:
        options->resave &= !is_undefined(options, "resave");
        options->save_uninitialized &=
            !is_undefined(options, "saveUninitialized");
        break;
    case MUTANT_RESAVE_IGNORED:
        options->resave = false;
        break;
    case MUTANT_RESAVE_ALWAYS:
        options->resave = true;
        break;
    case MUTANT_ROLLING_IGNORED:
        options->rolling = false;
        break;
    case MUTANT_ROLLING_ALWAYS:
        options->rolling = true;
        break;
    case MUTANT_UNSET_KEEP_DESTROYS:
        options->unset_destroy = true;
        break;
    case MUTANT_UNSET_DESTROY_KEEPS:
        options->unset_destroy = false;
        break;
    case MUTANT_PROXY_IGNORED:
        options->proxy = PROXY_IGNORED;
        break;
    default:
        break;
    }
}

/* The attribute that is never sent. */
static const char *dropped_attribute(void)
{
    switch (chosen) {
    case MUTANT_DOMAIN_DROPPED:
        return "domain";
    case MUTANT_PATH_DROPPED:
        return "path";
    case MUTANT_HTTP_ONLY_DROPPED:
        return "httpOnly";
    case MUTANT_SECURE_DROPPED:
        return "secure";
    case MUTANT_PARTITIONED_DROPPED:
        return "partitioned";
    case MUTANT_PRIORITY_DROPPED:
        return "priority";
    case MUTANT_SAME_SITE_DROPPED:
        return "sameSite";
    default:
        return "";
    }
}

const json_t *mutant_attribute(const char *key, const json_t *value)
{
    if (strcmp(key, dropped_attribute()) == 0)
        return NULL;
    if (mutant(MUTANT_HTTP_ONLY_ALWAYS) && strcmp(key, "httpOnly") == 0)
        return json_true();
    return value;
}

bool mutant_loses_cookie(int status, bool is_head)
{
    if (mutant(MUTANT_COOKIE_LOST_ON_REDIRECT))
        return status >= 300 && status < 304;
    return mutant(MUTANT_COOKIE_LOST_WITHOUT_BODY) &&
           (is_head || status == 204 || status == 304);
}

/* ---- The text by which a change is noticed ------------------------------ */

/* What is inside of objects and arrays is left out. */
static void flatten(json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        json_object_clear(value);
        json_array_clear(value);
    }
}

static void drop_nested_cookies(json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value) json_object_del(value, "cookie");
}

static char *state_cut(const json_t *data, size_t most)
{
    size_t length;
    char *text = must_have(jsjson_stringify_without(data, "cookie", &length));

    if (length > most)
        text[most] = '\0';
    return text;
}

static char *state_of_length(const json_t *data)
{
    char *text = state_cut(data, SIZE_MAX);

    memset(text, '.', strlen(text));
    return text;
}

static char *state_of_copy(const json_t *data, void (*spoil)(json_t *copy))
{
    json_t *copy = must_have(json_deep_copy(data));
    char *text;

    spoil(copy);
    text = state_cut(copy, SIZE_MAX);
    json_decref(copy);
    return text;
}

static char *state_sorted(const json_t *data)
{
    json_t *copy = must_have(json_deep_copy(data));
    char *text;

    json_object_del(copy, "cookie");
    text = must_have(json_dumps(copy, JSON_SORT_KEYS | JSON_ENCODE_ANY));
    json_decref(copy);
    return text;
}

char *mutant_state(const json_t *data)
{
    switch (chosen) {
    case MUTANT_HASH_WITH_COOKIE:
        return must_have(jsjson_stringify(data, NULL));
    case MUTANT_HASH_SHALLOW:
        return state_of_copy(data, flatten);
    case MUTANT_HASH_SORTED:
        return state_sorted(data);
    case MUTANT_HASH_CUT:
        return state_cut(data, 1024);
    case MUTANT_HASH_OF_LENGTH:
        return state_of_length(data);
    case MUTANT_HASH_WITHOUT_NESTED_COOKIE:
        return state_of_copy(data, drop_nested_cookies);
    default:
        return NULL;
    }
}

/* ---- The store's calls -------------------------------------------------- */

bool mutant_swallows(const char *op)
{
    switch (chosen) {
    case MUTANT_GET_ERROR_SWALLOWED:
        return strcmp(op, "get") == 0;
    case MUTANT_SET_ERROR_SWALLOWED:
        return strcmp(op, "set") == 0;
    case MUTANT_DESTROY_ERROR_SWALLOWED:
        return strcmp(op, "destroy") == 0;
    default:
        return false;
    }
}

bool mutant_silences(const char *op)
{
    return op && ((mutant(MUTANT_DESTROYED_UNTOLD) && *op == 'd') ||
                  (mutant(MUTANT_CLEARED_UNTOLD) && *op == 'c'));
}

const char *mutant_touch(const char *op)
{
    switch (chosen) {
    case MUTANT_TOUCH_SKIPPED:
        return NULL;
    case MUTANT_TOUCH_IS_SET:
        return op ? "set" : NULL;
    case MUTANT_TOUCH_UNASKED:
        return "touch";
    case MUTANT_NO_TOUCH_IS_SET:
        return op ? op : "set";
    default:
        return op;
    }
}

void mutant_after_set(struct visit *visit)
{
    struct js_error ignored;
    const char *op = mutant(MUTANT_SAVED_TWICE)       ? "set"
                     : mutant(MUTANT_TOUCH_AFTER_SET) ? "touch"
                                                      : NULL;

    if (op)
        visit_call(visit, op, visit->session->id, session_json(visit->session),
                   NULL, &ignored);
}
