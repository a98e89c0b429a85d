/* fuzz_options.c: an app's options, as people write them and otherwise */
#include "fuzz_make.h"

#include "base/must.h"

#include <string.h>

/* Of each option: what it mostly is, and what it may be besides. JSON texts;
 * a list's repetitions are weights, and it ends with NULL. */
struct option_values {
    const char *name;
    unsigned given; /* percent of apps that say it */
    const char *tame[12], *odd[20];
};

#define LIST(...)                                                              \
    {                                                                          \
        __VA_ARGS__, NULL                                                      \
    }

static const struct option_values plain_options[] = {
    { "name", 12, LIST("\"sid\"", "\"s.id\"", "\"SID\""),
      LIST("\"\"", "null", "\"a b\"", "\"é\"", "\"__proto__\"", "\"toString\"",
           "\"a;b\"", "\"x=y\"", "false", "0") },
    { "key", 5, LIST("\"old\""), LIST("\"\"", "null", "\"a b\"") },
    { "resave", 92, LIST("false", "false", "false", "true", "true"),
      LIST("null", "0", "1", "\"\"", "\"false\"") },
    { "saveUninitialized", 92, LIST("false", "false", "true"),
      LIST("null", "0", "1", "\"\"", "\"yes\"") },
    { "rolling", 40, LIST("true", "true", "false"),
      LIST("null", "0", "1", "\"\"", "\"x\"", "[]") },
    { "proxy", 35, LIST("true", "true", "false"),
      LIST("null", "0", "1", "\"\"", "\"x\"") },
    { "unset", 35, LIST("\"destroy\"", "\"destroy\"", "\"keep\""),
      LIST("null", "false", "0", "\"\"", "\"bogus\"", "true", "\"DESTROY\"") },
};

static const struct option_values cookie_fields[] = {
    { "maxAge", 60, LIST("60000", "60000", "60000", "1000", "3600000", "1500"),
      LIST("null", "0", "-1", "1.5", "\"60000\"", "true", "false", "\"\"",
           "34560000000", "2147483648", "1e20", "{}", "[]", "0.4",
           "8640000000000000") },
    { "expires", 12,
      LIST("\"2023-11-14T22:14:20.000Z\"", "\"2023-11-15T22:13:20.000Z\"",
           "\"2023-11-14T22:13:20.500Z\"", "\"2100-01-01T00:00:00.000Z\""),
      LIST("null", "false", "true", "\"2000-01-01T00:00:00.000Z\"",
           "\"2023-11-14T22:13:20.000Z\"", "0", "1", "\"nonsense\"", "\"\"",
           "1700000060000", "{}", "[]", "[1]", "[\"2023-11-14T22:14:20.000Z\"]",
           "\"2023-11-14\"", "\"Tue, 14 Nov 2023 22:14:20 GMT\"") },
    { "path", 15, LIST("\"/\"", "\"/foo\"", "\"/foo\"", "\"/foo/\""),
      LIST("\"\"", "null", "false", "\"foo\"", "\"/a b\"", "\"/a;b\"", "\"/<\"",
           "\"/é\"", "\"/\\u0001\"", "1", "true", "[\"/\"]", "{}") },
    { "domain", 8, LIST("\"example.com\"", "\".example.com\""),
      LIST("\"\"", "null", "false", "\"a_b\"", "\"x..y\"", "\"-a.com\"",
           "\"localhost\"", "1", "true", "\"é.com\"") },
    { "secure", 20, LIST("true", "\"auto\"", "\"auto\"", "false"),
      LIST("null", "1", "0", "\"\"", "\"x\"", "\"Auto\"") },
    { "httpOnly", 12, LIST("true", "false", "false"),
      LIST("null", "1", "0", "\"\"", "\"x\"") },
    { "sameSite", 18,
      LIST("true", "false", "\"lax\"", "\"strict\"", "\"none\"", "\"auto\"",
           "\"Lax\""),
      LIST("null", "\"\"", "\"bogus\"", "1", "0", "{}", "\"AUTO\"") },
    { "priority", 6, LIST("\"low\"", "\"medium\"", "\"high\"", "\"High\""),
      LIST("null", "\"\"", "\"bogus\"", "1", "false", "true") },
    { "partitioned", 6, LIST("true", "false"),
      LIST("null", "1", "0", "\"\"", "\"x\"") },
    { "originalMaxAge", 3, LIST("60000", "1000"),
      LIST("null", "\"x\"", "0", "true", "{}", "-5") },
};

static const char *const secrets[] = { "\"cat\"",
                                       "\"cat\"",
                                       "\"cat\"",
                                       "\"cat\"",
                                       "\"dog\"",
                                       "[\"cat\"]",
                                       "[\"dog\",\"cat\"]",
                                       "[\"cat\",\"dog\"]",
                                       "[\"cow\",\"dog\",\"cat\"]",
                                       "{\"base64\":\"AAEC/v8=\"}",
                                       "[{\"base64\":\"AAEC/v8=\"},\"cat\"]",
                                       "[\"cat\",{\"base64\":\"AAEC/v8=\"}]",
                                       "\"ключ 🔑\"",
                                       NULL };

static const char *const odd_secrets[] = { "\"\"",
                                           "null",
                                           "false",
                                           "0",
                                           "5",
                                           "true",
                                           "[]",
                                           "[\"\"]",
                                           "[null]",
                                           "[5]",
                                           "[\"cat\",5]",
                                           "[\"cat\",null]",
                                           "[5,\"cat\"]",
                                           "{\"base64\":\"\"}",
                                           "[\"\",\"cat\"]",
                                           NULL };

static const char *const genids[] = {
    "{\"fixed\":[\"s1\",\"s2\",\"s3\",\"s4\",\"s5\",\"s6\",\"s7\",\"s8\","
    "\"s9\",\"s10\",\"s11\",\"s12\",\"s13\",\"s14\",\"s15\",\"s16\"]}",
    "{\"fixed\":[\"s1\",\"s2\",\"s3\",\"s4\",\"s5\",\"s6\",\"s7\",\"s8\","
    "\"s9\",\"s10\",\"s11\",\"s12\",\"s13\",\"s14\",\"s15\",\"s16\"]}",
    "{\"fixed\":[\"s1\",\"s2\",\"s3\",\"s4\",\"s5\",\"s6\",\"s7\",\"s8\","
    "\"s9\",\"s10\",\"s11\",\"s12\",\"s13\",\"s14\",\"s15\",\"s16\"]}",
    "{\"fixed\":[\"s1\",\"s2\",\"s3\"]}",
    "{\"fixed\":[\"s1\"]}",
    "{\"fixed\":[\"a.b\",\"a\",\"a.b.c\",\"a b\",\"%41\",\"é\",\"a;b\","
    "\"日本\",\"a=b\",\"\\\"q\\\"\",\"__proto__\",\"+\",\"*\",\"A\"]}",
    "{\"header\":\"x-id\"}",
    NULL
};

static const char *const odd_genids[] = {
    "null",
    "false",
    "0",
    "\"\"",
    "\"not-a-function\"",
    "true",
    "1",
    "{\"fixed\":[\"\",\"s1\",\"\",\"s2\"]}",
    "{\"fixed\":[1,\"s1\",null,\"s2\"]}",
    NULL
};

static const char *const by_header[] = {
    "{\"by-header\":\"x-kind\",\"cases\":{\"a\":{\"maxAge\":60000},"
    "\"b\":{\"path\":\"/foo\",\"httpOnly\":false}}}",
    "{\"by-header\":\"x-kind\",\"cases\":{\"a\":{\"maxAge\":60000,"
    "\"secure\":\"auto\"},\"b\":{\"secure\":true}}}",
    "{\"by-header\":\"x-kind\",\"cases\":{\"a\":{\"sameSite\":\"auto\"},"
    "\"b\":{\"expires\":\"2023-11-14T22:14:20.000Z\"}}}",
    NULL
};

static const char *const odd_cookies[] = { "null", "false", "0",
                                           "\"\"", "true",  "\"x\"",
                                           "[]",   "{}",    NULL };

static json_t *make_cookie(struct fuzz_maker *maker);
static json_t *make_genid(struct fuzz_maker *maker);
static json_t *make_secret(struct fuzz_maker *maker);

/* As many percent of the tame scenarios' values are odd ones. */
enum { ODD = 1 };

static json_t *value_of(struct fuzz_maker *maker,
                        const struct option_values *option, bool odd)
{
    return fuzz_pick_json(&maker->random, odd ? option->odd : option->tame);
}

static void make_fields(struct fuzz_maker *maker, json_t *into,
                        const struct option_values *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fuzz_chance(&maker->random, rows[i].given))
            json_object_set_new(
                into, rows[i].name,
                value_of(maker, &rows[i], fuzz_maker_wild(maker, ODD)));
}

json_t *fuzz_make_options(struct fuzz_maker *maker)
{
    json_t *made = json_object(), *secret = make_secret(maker);
    json_t *genid = make_genid(maker);

    if (secret)
        json_object_set_new(made, "secret", secret);
    if (genid)
        json_object_set_new(made, "genid", genid);
    make_fields(maker, made, plain_options,
                sizeof plain_options / sizeof *plain_options);
    if (fuzz_chance(&maker->random, 80))
        json_object_set_new(made, "cookie", make_cookie(maker));
    return made;
}

static json_t *make_secret(struct fuzz_maker *maker)
{
    json_t *secret, *one;
    size_t i;

    if (fuzz_maker_wild(maker, ODD))
        return fuzz_chance(&maker->random, 25)
                   ? NULL
                   : fuzz_pick_json(&maker->random, odd_secrets);
    secret = fuzz_pick_json(&maker->random, secrets);
    if (!json_is_array(secret)) {
        json_array_append(maker->secrets, secret);
        return secret;
    }
    json_array_foreach(secret, i, one)
    {
        json_array_append(maker->secrets, one);
    }
    return secret;
}

static void know_sids(struct fuzz_maker *maker, const json_t *genid)
{
    json_t *fixed = json_object_get(genid, "fixed"), *sid;
    size_t i;

    json_array_foreach(fixed, i, sid)
    {
        if (json_is_string(sid) && i < 6)
            json_array_append(maker->sids, sid);
    }
}

/* Absent in some scenarios: then their IDs are random. */
static json_t *make_genid(struct fuzz_maker *maker)
{
    json_t *genid;

    if (fuzz_maker_wild(maker, ODD)) {
        genid = fuzz_pick_json(&maker->random, odd_genids);
    } else if (fuzz_chance(&maker->random, 15)) {
        maker->random_sids = true;
        return NULL;
    } else {
        genid = fuzz_pick_json(&maker->random, genids);
    }
    if (!json_is_object(genid))
        maker->random_sids = true;
    if (json_object_get(genid, "header"))
        json_array_append_new(maker->sids, json_string("h1"));
    know_sids(maker, genid);
    return genid;
}

static json_t *make_cookie(struct fuzz_maker *maker)
{
    json_t *cookie = json_object();
    size_t count = sizeof cookie_fields / sizeof *cookie_fields;

    if (fuzz_maker_wild(maker, ODD)) {
        json_decref(cookie);
        return fuzz_pick_json(&maker->random, odd_cookies);
    }
    if (fuzz_chance(&maker->random, 5)) {
        json_decref(cookie);
        return fuzz_pick_json(&maker->random, by_header);
    }
    make_fields(maker, cookie, cookie_fields, count);
    /* Of maxAge and expires the last one counts: in both orders. */
    if (json_object_get(cookie, "expires") && fuzz_chance(&maker->random, 30)) {
        json_t *max_age = json_object_get(cookie, "maxAge");

        json_incref(max_age);
        json_object_del(cookie, "maxAge");
        if (max_age)
            json_object_set_new(cookie, "maxAge", max_age);
    }
    return cookie;
}

json_t *fuzz_make_cookie_field(struct fuzz_maker *maker, const char *field,
                               bool odd)
{
    for (size_t i = 0; i < sizeof cookie_fields / sizeof *cookie_fields; i++)
        if (strcmp(cookie_fields[i].name, field) == 0)
            return value_of(maker, &cookie_fields[i], odd);
    must(!"the field is one of a cookie's");
    return NULL;
}

json_t *fuzz_make_settings(struct fuzz_maker *maker)
{
    static const struct option_values rows[] = {
        { "trust proxy", 15,
          LIST("true", "true", "false", "1", "\"loopback\"",
               "\"uniquelocal, 127.0.0.1\"", "[\"linklocal\",\"127.0.0.0/8\"]"),
          LIST("0", "2", "\"10.0.0.1\"", "\"bogus\"", "\"\"", "null", "[]",
               "{}", "\"127.0.0.0/255.0.0.0\"", "\"::ffff:127.0.0.1\"",
               "\"::ffff:7f00:0/104\"", "\"::/1\"", "\"127.0.0.1/33\"",
               "\"126.0.0.0/7\"", "\"loopback,\"", "\"1\"", "[1]",
               "\"127.0.0.1/0\"", "\" fe80::1 ,fc00::/7\"") },
        { "mount", 7, LIST("\"/foo\"", "\"/foo\"", "\"/\""),
          LIST("\"\"", "\"/foo/\"", "\"/FOO\"") },
        { "cookieParser", 25, LIST("\"cat\"", "\"dog\"", "true"),
          LIST("\"\"") },
        { "env", 4, LIST("\"production\"", "\"development\""), LIST("\"\"") },
    };
    json_t *settings;

    if (fuzz_chance(&maker->random, 70))
        return NULL;
    settings = json_object();
    make_fields(maker, settings, rows, sizeof rows / sizeof *rows);
    /* A process has one environment: its apps and restarts share it. */
    if (maker->settings)
        json_object_del(settings, "env");
    return settings;
}

/* Maps are merged with the old ones; of forms that are maps that would make a
 * third thing. */
static bool is_form(const json_t *options, const char *key, const char *member)
{
    return json_object_get(json_object_get(options, key), member) != NULL;
}

json_t *fuzz_make_restart(struct fuzz_maker *maker)
{
    json_t *change = json_object(), *secret;
    size_t count = sizeof plain_options / sizeof *plain_options;
    const struct option_values *row;

    if (fuzz_chance(&maker->random, 50) &&
        !is_form(maker->options, "secret", "base64")) {
        secret = make_secret(maker);
        if (secret)
            json_object_set_new(change, "secret", secret);
    }
    for (unsigned i = fuzz_below(&maker->random, 3); i > 0; i--) {
        row = &plain_options[fuzz_below(&maker->random, (unsigned)count)];
        json_object_set_new(change, row->name,
                            value_of(maker, row, fuzz_maker_wild(maker, ODD)));
    }
    if (fuzz_chance(&maker->random, 25) &&
        !is_form(maker->options, "cookie", "by-header")) {
        json_t *cookie = make_cookie(maker);

        if (json_object_get(cookie, "by-header"))
            json_decref(cookie);
        else
            json_object_set_new(change, "cookie", cookie);
    }
    if (fuzz_maker_wild(maker, ODD))
        json_object_set_new(change, "genid", json_string("not-a-function"));
    return json_pack("{s:o}", "options", change);
}
