/* case_rules.c: what one key alone cannot say: verbs and what goes with them
 *
 * Rules about a request and about expectations stand in case_request.c, those
 * about tracks and gates in case_tracks.c.
 */
#include "case_rules.h"

#include <string.h>

static void rules_store(struct rules *rules, const struct node *step);
static void rules_fault(struct rules *rules, const struct node *step);
static void rules_restart(struct rules *rules, const struct node *step);
static void rules_wait(struct rules *rules, const struct node *step);
static void rules_before(struct rules *rules, const struct node *step);
static void rules_advance(struct rules *rules, const struct node *step);
static void rules_calls(struct rules *rules, const struct node *step);
static void rules_repeat(struct rules *rules, const struct node *step);
static void rules_gate(struct rules *rules, const struct node *step);

static const struct {
    const char *verb;
    void (*rule)(struct rules *rules, const struct node *step);
} verbs[] = {
    { "request", rules_request }, { "parallel", rules_parallel },
    { "store", rules_store },     { "fault", rules_fault },
    { "restart", rules_restart }, { "wait", rules_wait },
    { "advance", rules_advance }, { "calls", rules_calls },
    { "repeat", rules_repeat },   { "hold", rules_gate },
    { "await", rules_gate },      { "release", rules_gate },
};

const char *step_verb(const struct node *step)
{
    /* `request` first, since gates may stand beside it. */
    const struct schema_key *key = schema_places[PLACE_STEP].keys;

    for (; key->name; key++)
        if (node_get(step, key->name))
            return key->name;
    return NULL;
}

static void rules_meant(struct rules *rules, const struct node *step);

void rules_steps(struct rules *rules, const struct node *steps)
{
    if (!steps || steps->kind != NODE_LIST)
        return;
    for (size_t i = 0; i < steps->count; i++) {
        const char *verb = step_verb(steps->items[i]);

        rules_via(rules, steps->items[i]);
        rules_before(rules, steps->items[i]);
        rules_meant(rules, steps->items[i]);
        for (size_t v = 0; verb && v < sizeof verbs / sizeof *verbs; v++)
            if (strcmp(verbs[v].verb, verb) == 0)
                verbs[v].rule(rules, steps->items[i]);
    }
}

/* A misspelt `expect`, or one at the wrong place, has been complained of:
 * then it would mislead to say that the case expects nothing. */
static void rules_meant(struct rules *rules, const struct node *step)
{
    static const char *const words[] = { "expect", "calls", "can",
                                         "always", "never", NULL };

    for (size_t i = 0; step->kind == NODE_MAP && i < step->count; i++)
        if (problem_suggest(step->items[i]->key, words))
            rules->expects = true;
}

/* ----------------------------------------------------- names of the case */

const char *rules_suggestion(struct rules *rules, const char *word,
                             const char *const *words)
{
    const char *near = problem_suggest(word, words);

    return near ? arena_printf(rules->check->arena, " (%s?)", near) : "";
}

static bool in_words(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

void rules_via(struct rules *rules, const struct node *step)
{
    const struct node *via = node_get(step, "via");
    const char *near;

    if (!via || via->kind != NODE_SCALAR || in_words(via->text, rules->apps))
        return;
    near = rules_suggestion(rules, via->text, rules->apps);
    rules_problem(rules, via, "unknown app \"%s\"%s", via->text,
                  *near ? near : ": declare it in the case's `apps`");
}

void rules_client(struct rules *rules, const struct node *client)
{
    const char *near;

    if (!client || client->kind != NODE_SCALAR ||
        in_words(client->text, rules->clients))
        return;
    near = rules_suggestion(rules, client->text, rules->clients);
    rules_problem(rules, client, "unknown client \"%s\"%s", client->text,
                  *near ? near
                        : arena_printf(rules->check->arena,
                                       ": declare it in the case, "
                                       "clients: { %s: {} }",
                                       client->text));
}

/* ------------------------------------------------------------------ store */

static void rules_callback(struct rules *rules, const struct node *callback,
                           const char *op)
{
    static const char *const unheard[] = { "set", "touch", "destroy", "clear",
                                           NULL };

    if (!callback || callback->kind != NODE_SCALAR)
        return;
    if (strcmp(callback->text, "throws") == 0) {
        if (!in_words(op, schema_operations))
            rules_key_problem(rules, callback,
                              "\"callback\" goes with what a store does, "
                              "not with \"%s\"",
                              op);
    } else if (strcmp(callback->text, "false") == 0 && !in_words(op, unheard)) {
        rules_key_problem(rules, callback,
                          "\"callback\" goes with set, touch, destroy and "
                          "clear: what \"%s\" gives comes by its callback",
                          op);
    }
}

static void rules_store(struct rules *rules, const struct node *step)
{
    const struct node *store = node_get(step, "store");
    const char *op = NULL;
    bool writes;

    if (store->kind == NODE_MAP)
        for (size_t i = 0; i < store->count; i++) {
            const char *key = store->items[i]->key;

            if (!in_words(key, schema_store_calls))
                continue;
            if (op)
                rules_problem(rules, store->items[i],
                              "a store step does one operation: \"%s\" and "
                              "\"%s\" are two steps",
                              op, key);
            op = key;
        }
    if (store->kind == NODE_MAP && !op)
        rules_problem(rules, store,
                      "a store step needs an operation, as in "
                      "{ get: $sid } or { length: }");
    writes = op && (strcmp(op, "set") == 0 || strcmp(op, "touch") == 0);
    if (op && !writes && node_get(store, "session"))
        rules_key_problem(rules, node_get(store, "session"),
                          "\"session\" goes with set and touch; what \"%s\" "
                          "must give is said under expect",
                          op);
    if (op && !writes && node_get(store, "cookie"))
        rules_key_problem(rules, node_get(store, "cookie"),
                          "\"cookie\" goes with set and touch, not with \"%s\"",
                          op);
    if (op && !writes && node_get(store, "circular"))
        rules_key_problem(rules, node_get(store, "circular"),
                          "\"circular\" goes with set and touch, not with "
                          "\"%s\"",
                          op);
    if (op)
        rules_callback(rules, node_get(store, "callback"), op);
    if (op && strcmp(op, "set") == 0 && !node_get(store, "session"))
        rules_problem(rules, store,
                      "\"set\" needs a session: { set: a, "
                      "session: { user: tobi } }");
    if (node_get(step, "where") && node_get(step, "save"))
        rules_key_problem(rules, node_get(step, "save"),
                          "\"save\" cannot stand beside `where`: a step that "
                          "is passed over saves nothing");
    rules_expect(rules, node_get(step, "expect"), OF_STORE);
    rules_save(rules, node_get(step, "save"));
}

static void rules_fault(struct rules *rules, const struct node *step)
{
    const struct node *fault = node_get(step, "fault");
    const struct node *error = node_get(fault, "error");
    const struct node *delay = node_get(fault, "delay");
    const char *times = node_get_text(fault, "times");

    if (fault->kind != NODE_MAP)
        return;
    if (error && delay)
        rules_key_problem(rules, delay,
                          "a fault has an error or a delay, not both");
    if (!error && !delay)
        rules_problem(rules, fault,
                      "a fault needs an error or a delay: "
                      "{ op: set, error: { message: full } }");
    if (times && strcmp(times, "0") == 0)
        rules_problem(rules, node_get(fault, "times"),
                      "\"times\": a fault happens once at least");
}

static void rules_restart(struct rules *rules, const struct node *step)
{
    rules_expect(rules, node_get(step, "expect"), OF_RESTART);
    rules_save(rules, node_get(step, "save"));
}

/* ------------------------------------------------------------------- time */

static void rules_wait(struct rules *rules, const struct node *step)
{
    if (!rules->real_time)
        rules_key_problem(rules, node_get(step, "wait"),
                          "\"wait\" is real time: say needs: [ real-time ], or "
                          "`advance` the clock");
}

static void rules_before(struct rules *rules, const struct node *step)
{
    if (node_get(step, "before") && !rules->real_time)
        rules_key_problem(rules, node_get(step, "before"),
                          "\"before\" is about real time: say needs: "
                          "[ real-time ]");
}

static void rules_advance(struct rules *rules, const struct node *step)
{
    if (rules->real_time)
        rules_key_problem(rules, node_get(step, "advance"),
                          "\"advance\" needs a clock that stands: with needs: "
                          "[ real-time ] it is `wait`");
}

/* ----------------------------------------------------------- other verbs */

static void rules_calls(struct rules *rules, const struct node *step)
{
    rules->expects = true;
    rules_calls_of(rules, node_get(step, "calls"));
}

static void rules_repeat(struct rules *rules, const struct node *step)
{
    const struct node *repeat = node_get(step, "repeat");
    const struct node *times = node_get(repeat, "times");
    long long count = 0;

    if (times && times->kind == NODE_SCALAR)
        for (const char *c = times->text; *c >= '0' && *c <= '9'; c++)
            if (count <= CASE_REPEAT_MAX)
                count = count * 10 + (*c - '0');
    if (times && (count == 0 || count > CASE_REPEAT_MAX))
        rules_problem(rules, times, "\"times\" must be from 1 to %d",
                      (int)CASE_REPEAT_MAX);
    rules_steps(rules, node_get(repeat, "steps"));
}

static void rules_gate(struct rules *rules, const struct node *step)
{
    const char *verb = step_verb(step);

    if (strcmp(verb, "hold") == 0)
        rules_key_problem(rules, node_get(step, "hold"),
                          "\"hold\" belongs to a request in a track of "
                          "`parallel`, which none follows here");
    else if (!rules->track)
        rules_key_problem(rules, node_get(step, verb),
                          "\"%s\" belongs in a track of `parallel`", verb);
    rules->expects = rules->expects || node_get(step, "head");
}

/* ------------------------------------------------------- the whole case */

static const char *const *names_of(const struct check *check,
                                   const struct node *map, size_t room)
{
    size_t count = map && map->kind == NODE_MAP ? map->count : 0;
    const char **names =
        arena_alloc(check->arena, (count + room + 1) * sizeof *names);

    for (size_t i = 0; i < count; i++)
        names[i] = map->items[i]->key;
    return names;
}

/* Those in `clients`, those whose jar others share, and "default". */
static const char *const *clients_of(const struct check *check,
                                     const struct node *clients)
{
    size_t count = clients && clients->kind == NODE_MAP ? clients->count : 0;
    const char **names = (const char **)names_of(check, clients, count + 1);
    size_t used = count;

    for (size_t i = 0; i < count; i++) {
        const char *jar = node_get_text(clients->items[i], "jar");

        if (jar)
            names[used++] = jar;
    }
    names[used] = "default";
    return names;
}

static bool has_need(const struct node *test, const char *need)
{
    const struct node *needs = node_get(test, "needs");

    for (size_t i = 0; needs && i < needs->count; i++)
        if (needs->items[i]->kind == NODE_SCALAR &&
            strcmp(needs->items[i]->text, need) == 0)
            return true;
    return false;
}

void case_rules(const struct check *check, const struct node *test,
                size_t *tracks)
{
    struct rules rules = { .check = check, .tracks = 1 };
    const struct node *steps = node_get(test, "steps");

    rules.apps = names_of(check, node_get(test, "apps"), 0);
    rules.clients = clients_of(check, node_get(test, "clients"));
    rules.real_time = has_need(test, "real-time");
    rules.hidden = node_get(node_get(test, "store"), "hide");
    rules_steps(&rules, steps);
    if (!rules.expects && node_get(test, "case") && steps &&
        steps->kind == NODE_LIST && steps->count)
        rules_problem(&rules, node_get(test, "case"),
                      "the case \"%s\" expects nothing, so that it could not "
                      "fail: say expect: { status: 200 }, or calls: [ … ]",
                      node_get(test, "case")->kind == NODE_SCALAR
                          ? node_get(test, "case")->text
                          : "");
    *tracks = rules.tracks;
}
