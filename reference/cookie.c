/* cookie.c: req.session.cookie: a session's cookie and its expiry */
#include "cookie.h"

#include "jsdate.h"
#include "mutant.h"
#include "must.h"

#include <math.h>
#include <string.h>

static const double LARGEST_DATE = 8.64e15; /* ECMAScript's time range, ms */

static void value_clear(struct cookie_value *value)
{
    json_decref(value->json);
    json_decref(value->members);
    *value = (struct cookie_value){ .kind = COOKIE_UNDEFINED };
}

static void value_copy(struct cookie_value *to, const struct cookie_value *from)
{
    struct cookie_value copy = *from;

    json_incref(copy.json);
    json_incref(copy.members);
    value_clear(to);
    *to = copy;
}

static void value_set_json(struct cookie_value *value, const json_t *json)
{
    value_clear(value);
    if (!json)
        return;
    value->kind = COOKIE_JSON;
    value->json = must_have(json_deep_copy(json));
}

/* `new Date(ms)`: fractions are cut, what is out of range is invalid. */
static void value_set_date(struct cookie_value *value, double ms)
{
    value_clear(value);
    value->kind = COOKIE_DATE;
    value->number = fabs(ms) <= LARGEST_DATE ? trunc(ms) : NAN;
}

static void value_set_number(struct cookie_value *value, double number)
{
    value_clear(value);
    value->kind = COOKIE_NUMBER;
    value->number = number;
}

/* The getter `maxAge`: a date's time remaining, or what else `expires` is. */
static void read_max_age(const struct cookie *cookie, int64_t now_ms,
                         struct cookie_value *max_age)
{
    if (cookie->expires.kind == COOKIE_DATE)
        value_set_number(max_age, cookie->expires.number - (double)now_ms);
    else
        value_copy(max_age, &cookie->expires);
}

static void remember_max_age(struct cookie *cookie, int64_t now_ms)
{
    read_max_age(cookie, now_ms, &cookie->original_max_age);
}

/* The setter `maxAge`. */
static int assign_max_age(struct cookie *cookie, const json_t *value,
                          int64_t now_ms, struct js_error *error)
{
    if (js_truthy(value) && !json_is_number(value) &&
        !mutant(MUTANT_MAX_AGE_UNCHECKED))
        return js_throw(error, "TypeError", "maxAge must be a number or Date");
    if (json_is_number(value) && js_number(value) == 0 &&
        mutant(MUTANT_MAX_AGE_ZERO_IS_NONE))
        value = json_null();
    if (json_is_number(value))
        value_set_date(&cookie->expires,
                       (double)now_ms + mutant_max_age(js_number(value)));
    else
        value_set_json(&cookie->expires, value);
    remember_max_age(cookie, now_ms);
    return 0;
}

/* `cookie[key] = value` */
static int assign(struct cookie *cookie, const char *key, const json_t *value,
                  enum cookie_dates dates, int64_t now_ms,
                  struct js_error *error)
{
    if (strcmp(key, "maxAge") == 0)
        return assign_max_age(cookie, value, now_ms, error);
    if (strcmp(key, "originalMaxAge") == 0) {
        value_set_json(&cookie->original_max_age, value);
        return 0;
    }
    if (strcmp(key, "expires") == 0) {
        if (json_is_string(value) && dates == COOKIE_DATES_ARE_DATES)
            value_set_date(&cookie->expires,
                           jsdate_parse(json_string_value(value)));
        else if (json_is_false(value) && mutant(MUTANT_EXPIRES_FALSE_IS_NULL))
            value_set_json(&cookie->expires, json_null());
        else
            value_set_json(&cookie->expires, value);
        if (!mutant(MUTANT_EXPIRES_KEEPS_MAX_AGE))
            remember_max_age(cookie, now_ms);
        return 0;
    }
    if (strcmp(key, "_expires") == 0) {
        value_set_json(&cookie->expires, value);
        return 0;
    }
    must(json_object_set_new(cookie->fields, key, json_deep_copy(value)) == 0);
    return 0;
}

static bool is_nullish(const struct cookie_value *value)
{
    return value->kind == COOKIE_UNDEFINED ||
           (value->kind == COOKIE_JSON && json_is_null(value->json));
}

/* A list is an object too. */
static void assign_items(struct cookie *cookie, const json_t *list)
{
    char key[24];
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)list, index, item)
    {
        snprintf(key, sizeof key, "%zu", index);
        must(json_object_set_new(cookie->fields, key, json_deep_copy(item)) ==
             0);
    }
}

/* The constructor's defaults, then the options in their order. */
static struct cookie *construct(const json_t *options, enum cookie_dates dates,
                                int64_t now_ms, struct js_error *error)
{
    struct cookie *cookie = must_have(calloc(1, sizeof *cookie));
    const char *key;
    json_t *value;

    cookie->fields =
        must_have(json_pack("{s:s, s:b}", "path", "/", "httpOnly", 1));
    value_set_json(&cookie->expires, json_null());
    value_set_json(&cookie->original_max_age, json_null());
    if (js_truthy(options) && !json_is_object(options) &&
        !json_is_array(options)) {
        js_throw(error, "TypeError", "argument options must be a object");
        goto failed;
    }
    json_object_foreach((json_t *)options, key, value)
    {
        if (strcmp(key, "data") != 0 &&
            assign(cookie, key, value, dates, now_ms, error) != 0)
            goto failed;
    }
    assign_items(cookie, options);
    if (mutant(MUTANT_MAX_AGE_WINS) && json_object_get(options, "maxAge") &&
        assign(cookie, "maxAge", json_object_get(options, "maxAge"), dates,
               now_ms, error) != 0)
        goto failed;
    if (is_nullish(&cookie->original_max_age))
        remember_max_age(cookie, now_ms);
    return cookie;
failed:
    cookie_free(cookie);
    return NULL;
}

struct cookie *cookie_from_options(const json_t *options, int64_t now_ms,
                                   struct js_error *error)
{
    return construct(options, COOKIE_DATES_ARE_DATES, now_ms, error);
}

struct cookie *cookie_from_stored(const json_t *stored, int64_t now_ms,
                                  struct js_error *error)
{
    const json_t *expires = json_object_get(stored, "expires");
    struct cookie *cookie;

    if (mutant(MUTANT_EMPTY_COOKIE_REFUSED) && json_object_size(stored) == 0)
        stored = NULL;
    if ((!stored || json_is_null(stored)) &&
        !mutant(MUTANT_NO_COOKIE_ACCEPTED)) {
        js_throw(error, "TypeError",
                 "Cannot read properties of %s (reading 'expires')",
                 stored ? "null" : "undefined");
        return NULL;
    }
    cookie = construct(stored, COOKIE_DATES_ARE_TEXT, now_ms, error);
    if (!cookie)
        return NULL;
    if (json_is_string(expires))
        value_set_date(&cookie->expires,
                       jsdate_parse(json_string_value(expires)));
    value_set_json(&cookie->original_max_age,
                   json_object_get(stored, "originalMaxAge"));
    if (mutant(MUTANT_ORIGINAL_OF_LOAD))
        remember_max_age(cookie, now_ms);
    return cookie;
}

void cookie_free(struct cookie *cookie)
{
    if (!cookie)
        return;
    json_decref(cookie->fields);
    value_clear(&cookie->expires);
    value_clear(&cookie->original_max_age);
    free(cookie);
}

int cookie_set(struct cookie *cookie, const char *key, const json_t *value,
               enum cookie_dates dates, int64_t now_ms, struct js_error *error)
{
    if (strcmp(key, "data") == 0)
        return 0; /* a getter alone: an assignment changes nothing */
    return assign(cookie, key, value, dates, now_ms, error);
}

void cookie_delete(struct cookie *cookie, const char *key)
{
    if (strcmp(key, "originalMaxAge") == 0)
        value_clear(&cookie->original_max_age);
    else if (strcmp(key, "_expires") == 0)
        value_clear(&cookie->expires);
    else
        json_object_del(cookie->fields, key);
}

int cookie_touch(struct cookie *cookie, int64_t now_ms, struct js_error *error)
{
    struct cookie_value *original = &cookie->original_max_age;

    /* Not read back from the new date, as the original does: a clock that
     * ticks in between would shorten originalMaxAge a little each time. */
    if (original->kind == COOKIE_NUMBER && mutant(MUTANT_NEW_UNTOUCHED))
        return 0;
    if (original->kind == COOKIE_NUMBER) {
        value_set_date(&cookie->expires, (double)now_ms + original->number);
        if (isnan(cookie->expires.number))
            original->number = NAN;
        return 0;
    }
    if (assign_max_age(cookie, original->json, now_ms, error))
        return -1;
    if (mutant(MUTANT_ORIGINAL_DRIFTS))
        remember_max_age(cookie, now_ms + 1);
    return 0;
}

static json_t *value_json(const struct cookie_value *value)
{
    char text[32];

    switch (value->kind) {
    case COOKIE_UNDEFINED:
        return NULL;
    case COOKIE_JSON:
        return json_incref(value->json);
    case COOKIE_NUMBER:
        return isfinite(value->number) ? json_real(value->number) : json_null();
    case COOKIE_DATE:
        break;
    }
    return jsdate_iso(value->number, text) ? json_string(text) : json_null();
}

json_t *cookie_get(const struct cookie *cookie, const char *key, int64_t now_ms)
{
    if (strcmp(key, "maxAge") == 0) {
        struct cookie_value max_age = { .kind = COOKIE_UNDEFINED };
        json_t *json;

        if (mutant(MUTANT_MAX_AGE_READS_ORIGINAL))
            return value_json(&cookie->original_max_age);
        read_max_age(cookie, now_ms, &max_age);
        json = value_json(&max_age);
        value_clear(&max_age);
        return json;
    }
    if (strcmp(key, "expires") == 0 || strcmp(key, "_expires") == 0)
        return value_json(&cookie->expires);
    if (strcmp(key, "originalMaxAge") == 0)
        return value_json(&cookie->original_max_age);
    return json_incref(json_object_get(cookie->fields, key));
}

static void add_member(json_t *members, const char *key, json_t *value)
{
    if (value)
        must(json_object_set_new(members, key, value) == 0);
}

/* The constructor makes `path` first, then these two. */
json_t *cookie_members(const struct cookie *cookie)
{
    json_t *members = must_have(json_object()), *value;
    const char *key;

    add_member(members, "path",
               json_incref(json_object_get(cookie->fields, "path")));
    add_member(members, "_expires", value_json(&cookie->expires));
    add_member(members, "originalMaxAge",
               value_json(&cookie->original_max_age));
    json_object_foreach(cookie->fields, key, value)
        add_member(members, key, json_incref(value));
    return members;
}

json_t *cookie_json(const struct cookie *cookie)
{
    static const char *const members[] = {
        "originalMaxAge", "partitioned", "priority", "expires", "secure",
        "httpOnly",       "domain",      "path",     "sameSite"
    };
    json_t *object;

    /* Hides the method of that name: it is written like any other object. */
    if (json_object_get(cookie->fields, "toJSON"))
        return cookie_members(cookie);
    object = must_have(json_object());
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_t *value = cookie_get(cookie, members[i], 0);

        if (value)
            must(json_object_set_new(object, members[i], value) == 0);
    }
    return object;
}

json_t *cookie_date_members(struct cookie *cookie)
{
    if (cookie->expires.kind != COOKIE_DATE)
        return NULL;
    if (!cookie->expires.members)
        cookie->expires.members = must_have(json_object());
    return cookie->expires.members;
}

bool cookie_original_is_nan(const struct cookie *cookie)
{
    return cookie->original_max_age.kind == COOKIE_NUMBER &&
           isnan(cookie->original_max_age.number);
}

bool cookie_expires_is_set(const struct cookie *cookie)
{
    return !is_nullish(&cookie->expires);
}

int64_t cookie_stored_expiry(const json_t *cookie)
{
    const json_t *expires = json_object_get(cookie, "expires");
    double ms = NAN;

    if (json_is_string(expires) && json_string_length(expires) > 0)
        ms = jsdate_parse(json_string_value(expires));
    else if (json_is_number(expires) && js_number(expires) != 0)
        ms = ceil(js_number(expires)); /* the same for a whole clock */
    else if (json_is_array(expires))
        ms = ceil(js_to_number(expires));
    else if (json_is_true(expires))
        ms = 1;
    if (mutant(MUTANT_EXPIRY_IN_SECONDS))
        ms = floor(ms / 1000) * 1000;
    if (isnan(ms) || ms >= 9.2e18)
        return INT64_MAX;
    return ms <= -9.2e18 ? INT64_MIN : (int64_t)ms;
}
