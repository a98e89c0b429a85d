/* case_request.c: rules about a request, an expectation, and what is saved */
#include "case_rules.h"

#include <string.h>

/* ---------------------------------------------------------- request line */

static void rules_line(struct rules *rules, const struct node *line)
{
    static const char *const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-$_"
                                     "abcdefghijklmnopqrstuvwxyz0123456789";
    const char *text, *target;

    if (line->kind != NODE_SCALAR || node_is_null(line))
        return;
    text = line->text;
    target = strchr(text, ' ');
    if (!target || target == text || !target[1] ||
        strspn(text, upper) != (size_t)(target - text)) {
        rules_problem(rules, line,
                      "\"request\" is a method and a target, as in GET /, not "
                      "\"%s\"",
                      text);
        return;
    }
    target++;
    if (*target != '/' && *target != '$' && *target != '*' &&
        strncmp(target, "http://", 7) != 0 &&
        strncmp(target, "https://", 8) != 0)
        rules_problem(rules, line,
                      "the target \"%s\" must begin with / (or be a whole "
                      "http:// address)",
                      target);
    else if (!strchr(target, '$') && strpbrk(target, " \t\r\n"))
        rules_problem(rules, line, "the target \"%s\" has a blank: write %%20",
                      target);
}

/* ---------------------------------------------------------------- actions */

static void rules_actions(struct rules *rules, const struct node *actions)
{
    if (!actions || actions->kind != NODE_LIST)
        return;
    for (size_t i = 0; i < actions->count; i++) {
        const struct node *action = actions->items[i];

        if (action->kind == NODE_MAP && action->count > 1)
            rules_key_problem(rules, action->items[1],
                              "an action has one verb: { %s: … } and { %s: … } "
                              "are two items of the list",
                              action->items[0]->key, action->items[1]->key);
    }
}

static void rules_cookie(struct rules *rules, const struct node *cookie)
{
    if (!cookie || cookie->kind != NODE_MAP || cookie->count < 2)
        return;
    rules_key_problem(rules, cookie->items[1],
                      "a request's cookie is raw, signed or tampered: \"%s\" "
                      "and \"%s\" exclude each other",
                      cookie->items[0]->key, cookie->items[1]->key);
}

void rules_request(struct rules *rules, const struct node *step)
{
    const struct node *expect = node_get(step, "expect");
    const struct node *save = node_get(step, "save");
    const struct node *hold = node_get(step, "hold");
    const char *cookie = node_get_text(expect, "cookie");

    rules_line(rules, node_get(step, "request"));
    rules_client(rules, node_get(step, "as"));
    rules_actions(rules, node_get(step, "do"));
    rules_cookie(rules, node_get(step, "cookie"));
    rules_expect(rules, expect, OF_REQUEST);
    rules_save(rules, save);
    if (hold && !rules->track)
        rules_key_problem(rules, hold,
                          "\"hold\" belongs in a track of `parallel`");
    else if (hold && rules->interleaved)
        rules_key_problem(rules, hold,
                          "\"hold\" steers by hand, `interleave` steers by "
                          "itself: one of them");
    if (!rules->track)
        for (size_t i = 0; i < 2; i++) {
            static const char *const gates[] = { "await", "release" };
            const struct node *gate = node_get(step, gates[i]);

            if (gate)
                rules_key_problem(rules, gate,
                                  "\"%s\" belongs in a track of `parallel`",
                                  gates[i]);
        }
    if (cookie && strcmp(cookie, "none") == 0 && save && save->kind == NODE_MAP)
        for (size_t i = 0; i < save->count; i++)
            if (save->items[i]->kind == NODE_SCALAR &&
                strcmp(save->items[i]->text, "set-cookie") == 0)
                rules_problem(rules, save->items[i],
                              "there is no set-cookie to save where expect "
                              "says cookie: none");
}

/* ----------------------------------------------------------- expectations */

static const struct {
    unsigned judged;
    const char *what;
} judges[] = { { OF_REQUEST, "a request" },
               { OF_STORE, "a store step" },
               { OF_RESTART, "a restart" } };

static const char *judge_name(unsigned of)
{
    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++)
        if (of & judges[i].judged)
            return judges[i].what;
    return "nothing";
}

/* Two fields that cannot stand together. */
static const struct {
    const char *field, *other, *why;
} exclusive[] = {
    { "session", "session-has", "the first is exact already" },
    { "calls", "calls-have", "the first is exact already" },
    { "calls", "never", "the first is exact already" },
};

/* A response that did not come has nothing to judge. */
static void rules_transport(struct rules *rules, const struct node *expect)
{
    static const char *const of_response[] = {
        "status",  "headers",     "cookie", "cookies",
        "session", "session-has", "maxAge", "originalMaxAge",
        "expires", "sessionID",   "log",    "error",
        "body"
    };
    const char *transport = node_get_text(expect, "transport");

    if (!transport || strcmp(transport, "ok") == 0)
        return;
    for (size_t i = 0; i < sizeof of_response / sizeof *of_response; i++) {
        const struct node *field = node_get(expect, of_response[i]);

        if (field)
            rules_key_problem(rules, field,
                              "\"%s\" cannot be judged where transport is %s: "
                              "no whole response came",
                              of_response[i], transport);
    }
}

void rules_expect(struct rules *rules, const struct node *expect,
                  enum judged judged)
{
    if (!expect || expect->kind != NODE_MAP)
        return;
    rules->expects = true; /* an empty one has been complained of */
    for (size_t i = 0; i < expect->count; i++) {
        const struct node *field = expect->items[i];
        const struct schema_key *key = schema_find(PLACE_EXPECT, field->key);

        if (key && !(key->of & (unsigned)judged))
            rules_key_problem(rules, field, "\"%s\" is seen of %s, not of %s",
                              field->key, judge_name(key->of),
                              judge_name(judged));
    }
    for (size_t i = 0; i < sizeof exclusive / sizeof *exclusive; i++) {
        const struct node *other = node_get(expect, exclusive[i].other);

        if (other && node_get(expect, exclusive[i].field))
            rules_key_problem(
                rules, other, "\"%s\" and \"%s\" exclude each other: %s",
                exclusive[i].field, exclusive[i].other, exclusive[i].why);
    }
    rules_transport(rules, expect);
    rules_calls_of(rules, node_get(expect, "calls"));
    rules_calls_of(rules, node_get(expect, "calls-have"));
}

static bool has_text(const struct node *list, const char *text)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (list->items[i]->kind == NODE_SCALAR &&
            strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

void rules_calls_of(struct rules *rules, const struct node *calls)
{
    for (size_t i = 0; calls && i < calls->count; i++)
        if (calls->items[i]->kind == NODE_SCALAR &&
            has_text(rules->hidden, calls->items[i]->text))
            rules_problem(rules, calls->items[i],
                          "\"%s\" cannot be called: the case's store hides it",
                          calls->items[i]->text);
}

void rules_save(struct rules *rules, const struct node *save)
{
    if (!save || save->kind != NODE_MAP)
        return;
    for (size_t i = 0; i < save->count; i++) {
        const struct node *path = save->items[i];
        const char *const *root = schema_seen;
        char *first;

        if (path->kind != NODE_SCALAR)
            continue;
        first = arena_memdup(rules->check->arena, path->text,
                             strcspn(path->text, "."));
        while (*root && strcmp(first, *root) != 0)
            root++;
        if (!*root) {
            const char *near = rules_suggestion(rules, first, schema_seen);

            rules_problem(rules, path, "\"save\": nothing is called \"%s\"%s",
                          first,
                          *near ? near
                                : "; a path begins with sessionID, session, "
                                  "cookie, headers, set-cookie or another "
                                  "thing that a step sees");
        }
    }
}
