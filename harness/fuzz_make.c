/* fuzz_make.c: makes scenarios up: an app, and what happens to it
 *
 * Chosen so that deep states are reached: most apps are sane, most cookies
 * good, most sessions used again, and time moves by what is left of them.
 */
#include "fuzz_make.h"

#include "base/must.h"

#include <string.h>

static json_t *make_step(struct fuzz_maker *maker);
static json_t *make_first(struct fuzz_maker *maker);

bool fuzz_maker_wild(struct fuzz_maker *maker, unsigned percent)
{
    return fuzz_chance(&maker->random, maker->odd ? 8 * percent : percent);
}

void fuzz_merge(json_t *into, const json_t *from)
{
    json_t *copy = json_deep_copy(from);

    json_object_update_recursive(into, copy);
    json_decref(copy);
}

static json_t *make_hide(struct fuzz_maker *maker)
{
    static const char *const hidden[] = { "[\"touch\"]", "[\"touch\"]",
                                          "[\"touch\"]", "[\"touch\",\"all\"]",
                                          NULL };

    if (!fuzz_chance(&maker->random, 12))
        return NULL;
    return json_pack("{s:o}", "hide", fuzz_pick_json(&maker->random, hidden));
}

/* What is due to the other app is made as if that were the only one. */
static void take_turns(struct fuzz_maker *maker)
{
    json_t *options = maker->options, *settings = maker->settings;

    maker->options = maker->other;
    maker->settings = maker->other_settings;
    maker->other = options;
    maker->other_settings = settings;
}

/* Most have much in common: then what one stores, the other can load. */
static json_t *make_other(struct fuzz_maker *maker)
{
    json_t *app = json_object(), *settings = fuzz_make_settings(maker);
    json_t *change;

    if (fuzz_chance(&maker->random, 70)) {
        change = fuzz_make_restart(maker);
        maker->other = json_deep_copy(maker->options);
        fuzz_merge(maker->other, json_object_get(change, "options"));
        json_decref(change);
    } else {
        maker->other = fuzz_make_options(maker);
    }
    json_object_set_new(app, "options", json_deep_copy(maker->other));
    if (settings)
        json_object_set_new(app, "settings", json_deep_copy(settings));
    maker->other_settings = settings ? settings : json_object();
    return json_pack("{s:o}", "b", app);
}

json_t *fuzz_make(uint64_t seed, uint64_t number, bool tls)
{
    struct fuzz_maker maker = { .tls = tls,
                                .secrets = json_array(),
                                .sids = json_array() };
    json_t *scenario = json_object(), *steps = json_array(), *hide, *settings;
    unsigned count;

    fuzz_random_start(&maker.random, seed, number);
    maker.odd = fuzz_chance(&maker.random, 30);
    maker.options = fuzz_make_options(&maker);
    settings = fuzz_make_settings(&maker);
    hide = make_hide(&maker);
    maker.settings = settings ? settings : json_object();
    json_object_set_new(scenario, "options", json_deep_copy(maker.options));
    if (settings)
        json_object_set_new(scenario, "settings", json_deep_copy(settings));
    if (hide)
        json_object_set_new(scenario, "store", hide);
    if (fuzz_chance(&maker.random, 12))
        json_object_set_new(scenario, "apps", make_other(&maker));
    count = 8 + fuzz_below(&maker.random, 32);
    json_array_append_new(steps, make_first(&maker));
    while (json_array_size(steps) < count)
        json_array_append_new(steps, make_step(&maker));
    json_object_set_new(scenario, "steps", steps);
    json_decref(maker.options);
    json_decref(maker.settings);
    json_decref(maker.other);
    json_decref(maker.other_settings);
    json_decref(maker.secrets);
    json_decref(maker.sids);
    return scenario;
}

/* A session to begin with. */
static json_t *make_first(struct fuzz_maker *maker)
{
    json_t *request = fuzz_make_request(maker);

    json_object_del(request, "cookie");
    json_object_set_new(request, "do",
                        json_pack("[[s,s,s]]", "set", "user", "tobi"));
    return request;
}

/* -------------------------------------------------------------- the steps */

static json_t *make_advance(struct fuzz_maker *maker)
{
    static const char *const around[] = {
        "-1", "-1", "0", "0", "1", "500", NULL
    };
    static const char *const any[] = { "1",     "499",     "500",
                                       "1000",  "29999",   "30000",
                                       "59000", "3600000", NULL };
    const json_t *max_age =
        json_object_get(json_object_get(maker->options, "cookie"), "maxAge");
    json_int_t all = json_is_integer(max_age) ? json_integer_value(max_age) : 0;
    json_t *ms;

    if (all < 1 || all > 100000000)
        all = 60000;
    switch (fuzz_below(&maker->random, 4)) {
    case 0: /* to the very end */
        ms = fuzz_pick_json(&maker->random, around);
        json_integer_set(ms, all + json_integer_value(ms));
        break;
    case 1:
    case 2: /* so that two or three are the whole */
        ms = json_integer(all / (2 + fuzz_below(&maker->random, 2)));
        break;
    default:
        ms = fuzz_pick_json(&maker->random, any);
    }
    return json_pack("{s:o}", "advance", ms);
}

static json_t *make_fault(struct fuzz_maker *maker)
{
    static const char *const ops[] = { "get",   "get",     "set",    "set",
                                       "touch", "destroy", "length", NULL };
    static const char *const errors[] = {
        "{\"message\":\"boom\"}",
        "{\"message\":\"boom\",\"code\":\"EIO\"}",
        "{\"message\":\"gone\",\"code\":\"ENOENT\"}",
        "{\"message\":\"gone\",\"code\":\"ENOENT\"}",
        "{\"message\":\"\"}",
        NULL
    };
    json_t *fault = json_pack("{s:s,s:o}", "op", fuzz_pick(&maker->random, ops),
                              "error", fuzz_pick_json(&maker->random, errors));

    if (fuzz_chance(&maker->random, 5)) {
        json_object_del(fault, "error");
        json_object_set_new(fault, "delay", json_integer(1));
    } else if (fuzz_chance(&maker->random, 20)) {
        json_object_set_new(fault, "times", json_integer(2));
    }
    return json_pack("{s:o}", "fault", fault);
}

static json_t *make_emit(struct fuzz_maker *maker)
{
    static const char *const events[] = { "disconnect", "connect", "connect",
                                          NULL };

    return json_pack("{s:s}", "emit", fuzz_pick(&maker->random, events));
}

static json_t *make_restart(struct fuzz_maker *maker)
{
    static const char *const times[] = { "1", "500", "30000", "60000", NULL };
    json_t *restart = fuzz_make_restart(maker), *settings = NULL;

    if (fuzz_chance(&maker->random, 25))
        settings = fuzz_make_settings(maker);
    if (settings) {
        fuzz_merge(maker->settings, settings);
        json_object_set_new(restart, "settings", settings);
    }
    /* Apps on one store stay in step. */
    if (!maker->other && fuzz_chance(&maker->random, 10))
        json_object_set_new(restart, "later",
                            fuzz_pick_json(&maker->random, times));
    /* Refused ones change nothing, which is not known here: the model may be
     * wrong by it, the scenario is not. */
    fuzz_merge(maker->options, json_object_get(restart, "options"));
    return json_pack("{s:o}", "restart", restart);
}

/* ------------------------------------------------------- straight on the store
 */

static json_t *make_stored_cookie(struct fuzz_maker *maker)
{
    static const char *const dates[] = { "null", "\"2023-11-14T22:14:20.000Z\"",
                                         "\"2023-11-14T23:13:20.000Z\"",
                                         "\"2000-01-01T00:00:00.000Z\"", NULL };
    static const char *const ages[] = { "null", "60000", "3600000", "0", NULL };

    return json_pack("{s:o,s:o,s:b,s:s}", "originalMaxAge",
                     fuzz_pick_json(&maker->random, ages), "expires",
                     fuzz_pick_json(&maker->random, dates), "httpOnly", 1,
                     "path", "/");
}

static const char *const odd_records[] = {
    "{\"user\":\"x\"}",
    "{\"cookie\":null}",
    "{\"cookie\":{}}",
    "{\"cookie\":{\"expires\":\"nonsense\"}}",
    "{\"cookie\":{\"expires\":0}}",
    "{\"cookie\":{\"expires\":false},\"a\":1}",
    "{\"cookie\":{\"expires\":1700000060000}}",
    "{\"cookie\":{\"originalMaxAge\":\"x\"}}",
    "{\"cookie\":{\"originalMaxAge\":60000}}",
    "{\"cookie\":{\"originalMaxAge\":60000,\"expires\":\"2023-11-14T22:14:20.000Z\"},\"user\":\"x\"}",
    "{\"cookie\":{\"path\":\"/foo\",\"httpOnly\":false,\"x\":1}}",
    "{\"cookie\":{\"maxAge\":60000}}",
    "{\"cookie\":\"x\"}",
    "{\"cookie\":[]}",
    "{\"cookie\":{\"secure\":\"auto\",\"sameSite\":\"auto\"}}",
    "{\"cookie\":{},\"save\":1,\"id\":\"x\",\"req\":2,\"toString\":3}",
    "{\"user\":\"x\",\"cookie\":{\"originalMaxAge\":null,\"expires\":null}}",
    "{\"cookie\":{\"expires\":[]}}",
    "{\"cookie\":{\"expires\":[1]}}",
    "{\"cookie\":{\"expires\":[\"2023-11-14T22:14:20.000Z\"]}}",
    "{\"cookie\":{\"expires\":[[\" 1700000060000\\n\"]]}}",
    "{\"cookie\":{\"expires\":[\"0x18bcfe56800\"]}}",
    "{\"cookie\":{\"expires\":[\"-Infinity\"]}}",
    "{\"cookie\":{\"expires\":[1,2]}}",
    "{\"cookie\":{\"maxAge\":\"x\"}}",
    "{\"cookie\":{\"_expires\":5}}",
    "{\"cookie\":{\"toJSON\":1},\"toJSON\":1}",
    "5",
    "\"x\"",
    "true",
    "[]",
    "[1,{\"cookie\":{}}]",
    NULL
};

static json_t *make_written(struct fuzz_maker *maker, const char *op)
{
    json_t *body =
        json_pack("{s:s,s:o}", "op", op, "sid", fuzz_make_sid(maker));
    json_t *session;

    if (fuzz_chance(&maker->random, 30)) {
        session = fuzz_pick_json(&maker->random, odd_records);
        json_object_set_new(body, "raw", json_true());
    } else {
        session = json_object();
        json_object_set_new(session, "cookie", make_stored_cookie(maker));
        if (fuzz_chance(&maker->random, 80))
            json_object_set_new(session, "user", fuzz_make_value(maker));
    }
    json_object_set_new(body, "session", session);
    return body;
}

/* Can nobody tell its outcome but by looking? */
static bool is_blind(const char *op)
{
    static const char *const ops[] = { "set", "touch", "destroy", "clear" };

    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(ops[i], op) == 0)
            return true;
    return false;
}

static json_t *make_store(struct fuzz_maker *maker)
{
    static const char *const ops[] = { "get", "get",    "get",     "set",
                                       "set", "touch",  "destroy", "destroy",
                                       "all", "length", "clear",   NULL };
    const char *op = fuzz_pick(&maker->random, ops);
    json_t *body;

    if (strcmp(op, "set") == 0 || strcmp(op, "touch") == 0)
        body = make_written(maker, op);
    else if (strcmp(op, "get") == 0 || strcmp(op, "destroy") == 0)
        body = json_pack("{s:s,s:o}", "op", op, "sid", fuzz_make_sid(maker));
    else
        body = json_pack("{s:s}", "op", op);
    if (fuzz_chance(&maker->random, 5) && is_blind(op))
        json_object_set_new(body, "callback", json_false());
    return json_pack("{s:o}", "store", body);
}

/* ----------------------------------------------------- several at once */

static json_t *make_track(struct fuzz_maker *maker)
{
    bool via = maker->other && fuzz_chance(&maker->random, 35);
    json_t *request;

    if (via)
        take_turns(maker);
    request = fuzz_make_request(maker);
    json_object_del(request, "save");
    if (via) {
        take_turns(maker);
        json_object_set_new(request, "via", json_string("b"));
    }
    return request;
}

static json_t *make_parallel(struct fuzz_maker *maker)
{
    unsigned count = fuzz_chance(&maker->random, 75) ? 2 : 3;
    json_t *requests = json_array();
    char choices[12];
    unsigned length = fuzz_below(&maker->random, sizeof choices);

    for (unsigned i = 0; i < length; i++)
        choices[i] = (char)('A' + fuzz_below(&maker->random, count));
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(requests, make_track(maker));
    return json_pack("{s:{s:s#,s:o}}", "parallel", "choices", choices,
                     (int)length, "requests", requests);
}

static json_t *make_own_step(struct fuzz_maker *maker)
{
    unsigned kind = fuzz_below(&maker->random, 100);

    if (kind < 66)
        return fuzz_make_request(maker);
    if (kind < 79)
        return make_advance(maker);
    if (kind < 86)
        return make_store(maker);
    if (kind < 91)
        return make_fault(maker);
    if (kind < 94)
        return make_emit(maker);
    return make_restart(maker);
}

static json_t *make_step(struct fuzz_maker *maker)
{
    json_t *step;

    if (fuzz_chance(&maker->random, 3))
        return make_parallel(maker);
    if (!maker->other || !fuzz_chance(&maker->random, 35))
        return make_own_step(maker);
    take_turns(maker);
    step = make_own_step(maker);
    take_turns(maker);
    if (!json_object_get(step, "advance"))
        json_object_set_new(step, "via", json_string("b"));
    return step;
}

void fuzz_make_sequential(json_t *scenario)
{
    json_t *steps = json_array(), *step;
    size_t i;

    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        json_t *requests =
            json_object_get(json_object_get(step, "parallel"), "requests");

        if (requests)
            json_array_extend(steps, requests);
        else
            json_array_append(steps, step);
    }
    json_object_set_new(scenario, "steps", steps);
}
