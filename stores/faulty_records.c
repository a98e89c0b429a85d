/* faulty_records.c: faults of `faulty` in a record as a whole, and its cookie
 */
#include "faulty_store.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The data ----------------------------------------------------------- */

static int set_lower_keys(const struct ask *ask)
{
    struct sstore_record rec = *ask->rec;
    struct ask lower = *ask;
    json_t *data = json_loadb(rec.data.p, rec.data.n, JSON_ALLOW_NUL, NULL);
    json_t *copy = json_object(), *member;
    const char *key;

    json_object_foreach(data, key, member)
    {
        char *name = strdup(key);

        for (char *c = name; c && *c; c++)
            *c = (char)tolower((unsigned char)*c);
        if (name)
            json_object_set(copy, name, member);
        free(name);
    }
    rec.data = (struct sstore_str){ NULL, 0 };
    bool is_made = json_is_object(data) && kept_replace_json(&rec.data, copy);
    if (!json_is_object(data))
        json_decref(copy);
    json_decref(data);
    if (is_made)
        lower.rec = &rec;
    int code = shelf_set(&lower);
    free((char *)rec.data.p);
    return code;
}

static int set_up_to(const struct ask *ask, size_t most)
{
    struct sstore_record rec = *ask->rec;
    struct ask shorter = *ask;

    if (rec.data.n > most)
        rec.data.n = most;
    shorter.rec = &rec;
    return shelf_set(&shorter);
}

static int set_cut_at_64k(const struct ask *ask)
{
    return set_up_to(ask, 65535);
}

static int set_nothing_over_1m(const struct ask *ask)
{
    return ask->rec->data.n > 1000000 ? SSTORE_OK : shelf_set(ask);
}

static int get_unless_empty(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept && kept->data.n > 2 ? shelf_give(ask, kept) : SSTORE_MISS;
}

/* The old data with the new ones over them. */
static int set_merges(const struct ask *ask)
{
    const struct kept *old = shelf_live(ask);
    struct sstore_record rec = *ask->rec;
    struct ask merged = *ask;
    json_t *before = old ? json_loadb(old->data.p, old->data.n, 0, NULL) : NULL;
    json_t *data = json_loadb(rec.data.p, rec.data.n, 0, NULL);

    if (!json_is_object(before) || !json_is_object(data)) {
        json_decref(before);
        json_decref(data);
        return shelf_set(ask);
    }
    json_object_update(before, data);
    json_decref(data);
    rec.data = (struct sstore_str){ NULL, 0 };
    if (!kept_replace_json(&rec.data, before))
        return shelf_no_memory(ask);
    merged.rec = &rec;
    int code = shelf_set(&merged);
    free((char *)rec.data.p);
    return code;
}

static int set_notes_access(const struct ask *ask)
{
    int code = shelf_set(ask);
    struct kept *kept = shelf_find(ask);
    json_t *data =
        kept ? json_loadb(kept->data.p, kept->data.n, 0, NULL) : NULL;

    if (!json_is_object(data)) {
        json_decref(data);
        return code;
    }
    json_object_set_new(data, "__lastAccess", json_integer(ask->now_ms));
    return kept_replace_json(&kept->data, data) ? code : shelf_no_memory(ask);
}

/* ---- A spoilt record ---------------------------------------------------- */

static bool is_spoilt(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept && kept->is_spoilt;
}

static int get_spoilt_as_empty(const struct ask *ask)
{
    struct kept empty = { .sid = ask->sid,
                          .data = kept_nothing,
                          .cookie = kept_nothing };

    return is_spoilt(ask) ? shelf_give(ask, &empty) : shelf_get(ask);
}

static int get_none_if_spoilt(const struct ask *ask)
{
    for (const struct kept *kept = ask->shelf->first; kept; kept = kept->next) {
        if (kept->is_spoilt)
            return shelf_fail(ask, "unexpected end of input");
    }
    return shelf_get(ask);
}

static int set_unless_spoilt(const struct ask *ask)
{
    return is_spoilt(ask) ? shelf_fail(ask, "unexpected end of input")
                          : shelf_set(ask);
}

static int destroy_unless_spoilt(const struct ask *ask)
{
    return is_spoilt(ask) ? shelf_fail(ask, "unexpected end of input")
                          : shelf_destroy(ask);
}

static int touch_mends(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (kept && kept->is_spoilt && !kept_replace(&kept->data, kept_nothing))
        return shelf_no_memory(ask);
    return shelf_touch(ask);
}

/* ---- The cookie --------------------------------------------------------- */

static void cookie_no_max_age(json_t *cookie, const struct ask *ask)
{
    (void)ask;
    json_object_del(cookie, "originalMaxAge");
}

static void cookie_no_expires(json_t *cookie, const struct ask *ask)
{
    (void)ask;
    json_object_del(cookie, "expires");
}

static void cookie_bare(json_t *cookie, const struct ask *ask)
{
    static const char *const lost[] = { "path",     "httpOnly", "secure",
                                        "sameSite", "domain",   NULL };

    (void)ask;
    for (const char *const *field = lost; *field; field++)
        json_object_del(cookie, *field);
}

static void cookie_without(json_t *cookie, const char *field)
{
    json_object_del(cookie, field);
}

static void cookie_no_path(json_t *cookie, const struct ask *ask)
{
    (void)ask;
    cookie_without(cookie, "path");
}

static void cookie_no_extras(json_t *cookie, const struct ask *ask)
{
    (void)ask;
    cookie_without(cookie, "partitioned");
    cookie_without(cookie, "priority");
}

/* "2023-11-14T22:13:20.500Z" loses its 500 ms. */
static void cookie_whole_seconds(json_t *cookie, const struct ask *ask)
{
    const char *expires = json_string_value(json_object_get(cookie, "expires"));
    char text[40];

    (void)ask;
    if (!expires || strlen(expires) < 20 || strlen(expires) >= sizeof text)
        return;
    snprintf(text, sizeof text, "%.19s.000Z", expires);
    json_object_set_new(cookie, "expires", json_string(text));
}

static void cookie_false_as_null(json_t *cookie, const struct ask *ask)
{
    (void)ask;
    if (json_is_false(json_object_get(cookie, "expires")))
        json_object_set_new(cookie, "expires", json_null());
}

static void cookie_max_age_left(json_t *cookie, const struct ask *ask)
{
    if (json_is_integer(json_object_get(cookie, "originalMaxAge")))
        json_object_set_new(cookie, "originalMaxAge",
                            json_integer(ask->rec->expires_ms - ask->now_ms));
}

static void cookie_max_age_int32(json_t *cookie, const struct ask *ask)
{
    const json_t *life = json_object_get(cookie, "originalMaxAge");

    (void)ask;
    if (json_integer_value(life) > INT32_MAX)
        json_object_set_new(cookie, "originalMaxAge", json_integer(INT32_MAX));
}

static void cookie_max_age_as_text(json_t *cookie, const struct ask *ask)
{
    const json_t *life = json_object_get(cookie, "originalMaxAge");
    char text[24];

    (void)ask;
    if (!json_is_integer(life))
        return;
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(life));
    json_object_set_new(cookie, "originalMaxAge", json_string(text));
}

/* Later sets change the data alone. */
static int set_keeps_cookie(const struct ask *ask)
{
    const struct kept *old = shelf_live(ask);
    struct sstore_record rec = *ask->rec;
    struct sstore_str cookie = { NULL, 0 };
    struct ask same = *ask;

    if (!old)
        return shelf_set(ask);
    if (!kept_replace(&cookie, old->cookie))
        return shelf_no_memory(ask);
    rec.cookie = cookie;
    same.rec = &rec;
    int code = shelf_set(&same);
    free((char *)cookie.p);
    return code;
}

const struct fault faulty_records[] = {
    { .is = { "key-is-lower-case", "keys come back in lower case" },
      .set = set_lower_keys },
    { .is = { "data-is-cut-at-64k", "only 65,535 bytes of data are kept" },
      .set = set_cut_at_64k },
    { .is = { "data-over-1m-is-not-kept",
              "set of more than 1 MB does nothing and reports success" },
      .set = set_nothing_over_1m },
    { .is = { "data-empty-is-a-miss", "a session without data is not found" },
      .get = get_unless_empty },
    { .is = { "set-merges", "members that a set leaves out stay" },
      .set = set_merges },
    { .is = { "set-adds-a-member", "set adds __lastAccess to the session" },
      .set = set_notes_access },
    { .is = { "spoilt-is-empty",
              "a spoilt record is given as a session without data" },
      .get = get_spoilt_as_empty },
    { .is = { "spoilt-blocks-all", "while a record is spoilt every get fails" },
      .get = get_none_if_spoilt },
    { .is = { "spoilt-blocks-set", "set of a spoilt record fails" },
      .set = set_unless_spoilt },
    { .is = { "spoilt-blocks-destroy", "destroy of a spoilt record fails" },
      .destroy = destroy_unless_spoilt },
    { .is = { "spoilt-is-mended-by-touch",
              "touch makes a spoilt record a session without data" },
      .touch = touch_mends },
    { .is = { "cookie-loses-original-max-age", "originalMaxAge is lost" },
      .cookie = cookie_no_max_age },
    { .is = { "cookie-original-max-age-is-what-is-left",
              "originalMaxAge becomes the time to the expiry" },
      .cookie = cookie_max_age_left },
    { .is = { "cookie-original-max-age-is-int32",
              "originalMaxAge is 2^31 ms at most" },
      .cookie = cookie_max_age_int32 },
    { .is = { "cookie-original-max-age-is-a-text",
              "originalMaxAge comes back as a text" },
      .cookie = cookie_max_age_as_text },
    { .is = { "cookie-loses-expires", "the cookie's expires is lost" },
      .cookie = cookie_no_expires },
    { .is = { "cookie-expires-is-in-seconds",
              "the cookie's expires loses its milliseconds" },
      .cookie = cookie_whole_seconds },
    { .is = { "cookie-expires-false-is-null",
              "an expires of false comes back as null" },
      .cookie = cookie_false_as_null },
    { .is = { "cookie-loses-all-but-times",
              "of the cookie only its times come back" },
      .cookie = cookie_bare },
    { .is = { "cookie-loses-path", "the cookie's path is lost" },
      .cookie = cookie_no_path },
    { .is = { "cookie-loses-extras",
              "the cookie's partitioned and priority are lost" },
      .cookie = cookie_no_extras },
    { .is = { "cookie-of-the-first-set-stays",
              "later sets do not change the cookie" },
      .set = set_keeps_cookie },
    { .is = { NULL, NULL } },
};
