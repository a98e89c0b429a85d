/* fuzz_request.c: requests, and what their handlers do */
#include "fuzz_make.h"

#include "base/must.h"
#include "fuzz_cookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[] = { "GET",    "GET",  "GET",  "GET", "GET",
                                       "GET",    "GET",  "GET",  "GET", "GET",
                                       "GET",    "POST", "POST", "PUT", "HEAD",
                                       "DELETE", NULL };

static const char *const targets[] = {
    "/",         "/",         "/",
    "/",         "/",         "/",
    "/foo",      "/foo",      "/foo/bar",
    "/foobar",   "/foo/",     "/foo?x=/",
    "/?a=1",     "/bar",      "/FOO",
    "/%66oo",    "/a%20b",    "//foo",
    "/foo//bar", "/./foo",    "/foo/../bar",
    "/foo;x",    "/foo?/bar", "/%zz",
    "$base/",    "$base/foo", "$base/foo/?x=1",
    NULL
};

static const char *const bodies[] = {
    "hello", "{\"a\":1}", "", "[[", "é", NULL
};

static const char *const protos[] = {
    "https",       "https",       "https",      "http",   "HTTPS",
    "https, http", "http, https", "https,http", " https", "",
    "https ,http", "wss",         NULL
};

static const char *const keys[] = { "user",   "user",   "user",      "n",
                                    "n",      "cart",   "a",         "a.b",
                                    "a.b.c",  "cart.0", "10",        "2",
                                    "list.1", "z",      "user.name", NULL };

static const char *const odd_keys[] = { "cookie.path",
                                        "cookie.maxAge",
                                        "cookie.x",
                                        "cookie.toJSON",
                                        "cookie.expires.x",
                                        "cookie._expires",
                                        "cookie._expires",
                                        "cookie._expires.x",
                                        "cookie.originalMaxAge.x",
                                        "cookie.maxAge.x",
                                        "cookie.data.maxAge",
                                        "id",
                                        "id.x",
                                        "req",
                                        "req.a",
                                        "toString",
                                        "constructor",
                                        "hasOwnProperty.x",
                                        "x-y",
                                        "é",
                                        "a..b",
                                        ".",
                                        "cart.-1",
                                        "cart.x",
                                        "__proto__",
                                        "a.__proto__.b",
                                        "length",
                                        "$k",
                                        NULL };

/* What a session has itself: a handler may put something in its place. */
static const char *const own_keys[] = { "cookie",
                                        "cookie",
                                        "cookie",
                                        "save",
                                        "save",
                                        "save.x",
                                        "reload",
                                        "touch",
                                        "resetMaxAge",
                                        "destroy",
                                        "regenerate",
                                        "save",
                                        "touch",
                                        "cookie.data",
                                        "cookie.data.path",
                                        "cookie.0",
                                        "cookie.expires",
                                        "cookie.secure",
                                        "cookie.originalMaxAge",
                                        NULL };

static const char *const plain_cookies[] = {
    "{}",
    "{}",
    "[]",
    "[1,\"x\"]",
    "1",
    "0",
    "null",
    "true",
    "\"\"",
    "\"x\"",
    "{\"originalMaxAge\":60000}",
    "{\"originalMaxAge\":null,\"maxAge\":5}",
    "{\"maxAge\":1000,\"expires\":\"2023-11-14T22:14:20.000Z\"}",
    "{\"expires\":1}",
    "{\"expires\":null,\"path\":\"/foo\"}",
    "{\"secure\":true,\"expires\":\"x\"}",
    "{\"expires\":1,\"data\":{\"path\":\"/foo\",\"maxAge\":1.5}}",
    "{\"data\":{\"httpOnly\":true,\"sameSite\":true,\"domain\":\"a.com\"}}",
    "{\"data\":{\"sameSite\":\"bogus\"}}",
    "{\"data\":{\"encode\":1}}",
    "{\"data\":{\"expires\":\"2023-11-14T22:14:20.000Z\"}}",
    "{\"data\":\"x\"}",
    "{\"data\":null}",
    "{\"expires\":1,\"data\":{\"maxAge\":\"60\"}}",
    "{\"expires\":1,\"data\":{\"maxAge\":\"x\"}}",
    "{\"expires\":1,\"data\":{\"maxAge\":[5]}}",
    "{\"expires\":1,\"data\":{\"maxAge\":\"\"}}",
    "{\"expires\":1,\"data\":{\"maxAge\":{}}}",
    "{\"expires\":1,\"data\":{\"maxAge\":true}}",
    NULL
};

static const char *const texts[] = {
    "\"tobi\"",   "\"loki\"",        "\"\"",       "\"é\"",
    "\"日本 😀\"", "\"a\\\"b\\\\c\"", "\"\\n\\t\"", "\"<b>&\"",
    "\"$x\"",     "\"s1\"",          NULL
};

static const char *const numbers[] = { "0",
                                       "1",
                                       "2",
                                       "-1",
                                       "1.5",
                                       "60000",
                                       "0.1",
                                       "1e21",
                                       "1e-7",
                                       "123456789012345680000",
                                       "9007199254740993",
                                       "-0.0",
                                       "5e-324",
                                       "4294967296",
                                       "100000000000000000000",
                                       NULL };

json_t *fuzz_make_value(struct fuzz_maker *maker)
{
    struct fuzz_random *random = &maker->random;
    json_t *value;

    switch (fuzz_below(random, 10)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(fuzz_chance(random, 50));
    case 2:
    case 3:
    case 4:
        return fuzz_pick_json(random, numbers);
    case 5:
        value = json_array();
        for (unsigned i = fuzz_below(random, 3); i > 0; i--)
            json_array_append_new(value, fuzz_make_value(maker));
        return value;
    case 6:
        value = json_object();
        for (unsigned i = fuzz_below(random, 4); i > 0; i--)
            json_object_set_new(value, fuzz_pick(random, keys),
                                fuzz_make_value(maker));
        return value;
    default:
        return fuzz_pick_json(random, texts);
    }
}

/* --------------------------------------------------------------- actions */

static json_t *act_bare(struct fuzz_maker *maker, const char *verb)
{
    (void)maker;
    return json_pack("[s]", verb);
}

static const char *some_key(struct fuzz_maker *maker)
{
    if (fuzz_maker_wild(maker, 1))
        return fuzz_pick(&maker->random, own_keys);
    return fuzz_pick(&maker->random,
                     fuzz_maker_wild(maker, 3) ? odd_keys : keys);
}

/* More than fits into Spec-Do. */
static json_t *long_text(void)
{
    char text[9000];

    memset(text, 'x', sizeof text);
    return json_stringn(text, sizeof text);
}

static json_t *act_value(struct fuzz_maker *maker, const char *verb)
{
    const char *key = some_key(maker);
    json_t *value;

    if (strcmp(key, "cookie") == 0)
        value = fuzz_pick_json(&maker->random, plain_cookies);
    else if (fuzz_below(&maker->random, 300) == 0)
        value = long_text();
    else
        value = fuzz_make_value(maker);
    return json_pack("[s,s,o]", verb, key, value);
}

static json_t *act_add(struct fuzz_maker *maker, const char *verb)
{
    const char *key = some_key(maker);

    return json_pack("[s,s,o]", verb, key,
                     fuzz_pick_json(&maker->random, numbers));
}

static json_t *act_path(struct fuzz_maker *maker, const char *verb)
{
    return json_pack("[s,s]", verb, some_key(maker));
}

static json_t *act_read(struct fuzz_maker *maker, const char *verb)
{
    static const char *const paths[] = { "id",
                                         "cookie.maxAge",
                                         "cookie.expires",
                                         "cookie.originalMaxAge",
                                         "cookie.path",
                                         "cookie.secure",
                                         "cookie",
                                         NULL };

    if (fuzz_chance(&maker->random, 50))
        return act_path(maker, verb);
    return json_pack("[s,s]", verb, fuzz_pick(&maker->random, paths));
}

static json_t *act_cookie(struct fuzz_maker *maker, const char *verb)
{
    static const char *const fields[] = {
        "maxAge",   "maxAge",   "maxAge",      "maxAge",         "expires",
        "expires",  "path",     "domain",      "secure",         "httpOnly",
        "sameSite", "priority", "partitioned", "originalMaxAge", NULL
    };
    const char *field = fuzz_pick(&maker->random, fields);
    bool odd = fuzz_maker_wild(maker, 10);

    return json_pack("[s,s,o]", verb, field,
                     fuzz_make_cookie_field(maker, field, odd));
}

static json_t *act_session_id(struct fuzz_maker *maker, const char *verb)
{
    static const char *const odd[] = { "null", "1",         "true", "\"\"",
                                       "{}",   "\"other\"", NULL };
    json_t *sid = fuzz_maker_wild(maker, 15)
                      ? fuzz_pick_json(&maker->random, odd)
                      : json_string("other");

    return json_pack("[s,o]", verb, sid);
}

static json_t *act_header(struct fuzz_maker *maker, const char *verb)
{
    static const char *const headers[] = {
        "[\"x-a\",\"1\"]",
        "[\"x-b\",\"é\"]",
        "[\"set-cookie\",\"other=1; Path=/\"]",
        "[\"set-cookie\",\"connect.sid=mine\"]",
        "[\"content-type\",\"text/plain\"]",
        "[\"x-a\",\"\"]",
        "[\"x-a\",[\"é\",\"ü\"]]",
        "[\"x-b\",\"日\"]",
        "[\"x-b\",1.50]",
        "[\"location\",\"/é\"]",
        "[\"transfer-encoding\",\"chunked\"]",
        NULL
    };
    json_t *action = json_pack("[s]", verb);
    json_t *rest = fuzz_pick_json(&maker->random, headers);

    json_array_extend(action, rest);
    json_decref(rest);
    return action;
}

static json_t *act_status(struct fuzz_maker *maker, const char *verb)
{
    static const char *const codes[] = { "201", "404", "500", "302",
                                         "204", "304", "200", NULL };

    return json_pack("[s,o]", verb, fuzz_pick_json(&maker->random, codes));
}

static json_t *act_text(struct fuzz_maker *maker, const char *verb)
{
    static const char *const written[] = {
        "hello", "hello", "é", "", "x", NULL
    };

    return json_pack("[s,s]", verb, fuzz_pick(&maker->random, written));
}

static json_t *act_point(struct fuzz_maker *maker, const char *verb)
{
    (void)maker;
    return json_pack("[s,s]", verb, "here");
}

static json_t *act_redirect(struct fuzz_maker *maker, const char *verb)
{
    static const char *const where[] = { "/login", "/login", "/é",
                                         "/日",    "",       NULL };

    return json_pack("[s,s]", verb, fuzz_pick(&maker->random, where));
}

/* Weights are of a hundred and some. */
static const struct {
    const char *verb;
    unsigned weight;
    json_t *(*make)(struct fuzz_maker *maker, const char *verb);
} verbs[] = {
    { "set", 30, act_value },
    { "add", 7, act_add },
    { "push", 6, act_value },
    { "delete", 6, act_path },
    { "save", 7, act_bare },
    { "reload", 6, act_bare },
    { "regenerate", 5, act_bare },
    { "destroy", 4, act_bare },
    { "touch", 4, act_bare },
    { "unset", 3, act_bare },
    { "delete-session", 2, act_bare },
    { "cookie", 12, act_cookie },
    { "sessionID", 2, act_session_id },
    { "read", 6, act_read },
    { "header", 3, act_header },
    { "status", 3, act_status },
    { "write", 2, act_text },
    { "end", 2, act_text },
    { "point", 1, act_point },
    { "throw", 1, act_text },
    { "redirect", 2, act_redirect },
};

static json_t *make_action(struct fuzz_maker *maker)
{
    unsigned all = 0, at;
    size_t i = 0;

    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
        all += verbs[k].weight;
    at = fuzz_below(&maker->random, all);
    while (at >= verbs[i].weight)
        at -= verbs[i++].weight;
    return verbs[i].make(maker, verbs[i].verb);
}

json_t *fuzz_make_actions(struct fuzz_maker *maker)
{
    json_t *actions = json_array();
    unsigned count = 1 + fuzz_below(&maker->random, 3);

    if (fuzz_chance(&maker->random, 15))
        count += fuzz_below(&maker->random, 4);
    while (count-- > 0)
        json_array_append_new(actions, make_action(maker));
    return actions;
}

/* --------------------------------------------------------------- cookies */

json_t *fuzz_make_sid(struct fuzz_maker *maker)
{
    size_t count = json_array_size(maker->sids);

    if (count == 0 || fuzz_chance(&maker->random, 5))
        return json_string("nobody");
    if (fuzz_chance(&maker->random, 60)) /* the one that there is most likely */
        return json_deep_copy(
            json_array_get(maker->sids, maker->random_sids ? count - 1 : 0));
    return json_deep_copy(json_array_get(
        maker->sids, fuzz_below(&maker->random, (unsigned)count)));
}

static json_t *some_secret(struct fuzz_maker *maker)
{
    size_t count = json_array_size(maker->secrets);

    if (count == 0 || fuzz_chance(&maker->random, 5))
        return json_string("cat");
    return json_deep_copy(json_array_get(
        maker->secrets, fuzz_below(&maker->random, (unsigned)count)));
}

static json_t *odd_cookie(struct fuzz_maker *maker)
{
    json_t *sid = fuzz_make_sid(maker), *secret = some_secret(maker);
    json_t *cookie = NULL;
    char *raw = NULL;

    if (json_is_string(sid))
        raw = fuzz_cookie_odd(&maker->random, fuzz_cookie_name(maker->options),
                              json_string_value(sid), secret);
    if (raw && strpbrk(raw, "\r\n"))
        raw[0] = '\0';
    if (raw)
        cookie = json_pack("{s:s}", "raw", raw);
    free(raw);
    json_decref(sid);
    json_decref(secret);
    return cookie ? cookie : json_string("none");
}

/* NULL: the client's own. */
static json_t *make_cookie(struct fuzz_maker *maker)
{
    unsigned kind = fuzz_below(&maker->random, 100);

    if (kind < 50)
        return NULL;
    if (kind < 58)
        return json_string("none");
    if (kind < 88)
        return json_pack("{s:{s:o,s:o}}", "signed", "sid", fuzz_make_sid(maker),
                         "secret", some_secret(maker));
    if (kind < 91)
        return json_pack("{s:{s:i}}", "tampered", "at",
                         (int)fuzz_below(&maker->random, 60) - 30);
    return odd_cookie(maker);
}

/* --------------------------------------------------------------- request */

static json_t *make_headers(struct fuzz_maker *maker)
{
    static const char *const kinds[] = { "a", "a", "b", "zz", "", "é", NULL };
    static const char *const ids[] = { "h1", "h1", "h2", "", "a.b", "é", NULL };
    const json_t *options = maker->options;
    bool proxied = json_object_get(options, "proxy") ||
                   json_object_get(maker->settings, "trust proxy");
    json_t *headers = json_object();

    if (fuzz_chance(&maker->random, proxied ? 60 : 4))
        json_object_set_new(headers, "x-forwarded-proto",
                            json_string(fuzz_pick(&maker->random, protos)));
    if (json_object_get(json_object_get(options, "cookie"), "by-header") &&
        fuzz_chance(&maker->random, 80))
        json_object_set_new(headers, "x-kind",
                            json_string(fuzz_pick(&maker->random, kinds)));
    if (json_object_get(json_object_get(options, "genid"), "header") &&
        fuzz_chance(&maker->random, 90))
        json_object_set_new(headers, "x-id",
                            json_string(fuzz_pick(&maker->random, ids)));
    return headers;
}

/* Mostly one that reaches the session. */
static const char *make_target(struct fuzz_maker *maker)
{
    const char *path = json_string_value(
        json_object_get(json_object_get(maker->options, "cookie"), "path"));
    const char *mount =
        json_string_value(json_object_get(maker->settings, "mount"));
    bool inside =
        (path && strcmp(path, "/") != 0) || (mount && strcmp(mount, "/") != 0);

    if (inside && fuzz_chance(&maker->random, 75))
        return "/foo/";
    return fuzz_pick(&maker->random, targets);
}

static void save_sid(struct fuzz_maker *maker, json_t *request)
{
    char name[32];

    snprintf(name, sizeof name, "s%u", ++maker->saved);
    json_object_set_new(request, "save", json_string(name));
    json_array_append_new(maker->sids, json_pack("{s:s}", "var", name));
}

json_t *fuzz_make_request(struct fuzz_maker *maker)
{
    struct fuzz_random *random = &maker->random;
    const char *method = fuzz_pick(random, methods);
    json_t *request = json_object(), *headers = make_headers(maker);
    json_t *cookie = make_cookie(maker);
    char line[64];

    snprintf(line, sizeof line, "%s %s", method, make_target(maker));
    json_object_set_new(request, "request", json_string(line));
    if (fuzz_chance(random, 15))
        json_object_set_new(request, "as", json_string("bob"));
    if (maker->tls && fuzz_chance(random, 4))
        json_object_set_new(request, "https", json_true());
    if (json_object_size(headers) > 0)
        json_object_set(request, "headers", headers);
    json_decref(headers);
    if (cookie)
        json_object_set_new(request, "cookie", cookie);
    if (fuzz_chance(random, 65))
        json_object_set_new(request, "do", fuzz_make_actions(maker));
    if (strcmp(method, "HEAD") != 0 && fuzz_chance(random, 3))
        json_object_set_new(request, "body",
                            json_string(fuzz_pick(random, bodies)));
    if (maker->random_sids && fuzz_chance(random, 40) && maker->saved < 4)
        save_sid(maker, request);
    return request;
}
