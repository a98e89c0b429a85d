/* expect_trace.c: judges what the probe saw: store calls, events, warnings */
#include "expect.h"

#include "bad_events.h"
#include "foreign.h"

#include <string.h>

static json_t *calls_of_request(const struct judging *judging)
{
    const struct observation *seen = judging->seen;

    return trace_calls(&seen->app->trace, seen->label, seen->since);
}

/* get, set -> ["get","set"], as a person reads it. */
static const char *show_calls(struct judging *judging, const json_t *calls)
{
    json_t *ops = json_array(), *call;
    const char *shown;
    size_t i;

    json_array_foreach((json_t *)calls, i, call)
    {
        json_array_append(ops, json_object_get(call, "op"));
    }
    shown = match_show(judging->match.arena, ops);
    json_decref(ops);
    return shown;
}

/* ------------------------------------------------------------ one call */

/* The word of `set` and of `{set: {…}}`. */
static const char *item_word(const struct node *item)
{
    if (item->kind == NODE_SCALAR)
        return item->text;
    return item->count ? item->items[0]->key : "";
}

static const struct node *item_details(const struct node *item)
{
    return item->kind == NODE_MAP && item->count ? item->items[0] : NULL;
}

static bool is_op(const struct node *item, const json_t *call)
{
    const char *op = json_string_value(json_object_get(call, "op"));

    return op && strcmp(op, item_word(item)) == 0;
}

/* What was handed to a store, seen as a session is elsewhere. */
static json_t *view_of_call(const struct judging *judging, const json_t *call)
{
    struct observation view = { 0 };
    json_t *seen;

    observation_start(&view, NULL, 0);
    observation_answer(&view, "", 200, call);
    seen = json_incref(view.view);
    foreign_strip_call(judging->scene, json_object_get(seen, "session"));
    observation_clear(&view);
    return seen;
}

static void judge_details(struct judging *judging, const struct node *details,
                          const char *what, const json_t *call)
{
    json_t *view = view_of_call(judging, call);

    for (size_t i = 0; i < details->count; i++) {
        const struct node *item = details->items[i];
        bool part = strcmp(item->key, "cookie") == 0 ||
                    strcmp(item->key, "session-has") == 0;
        const char *key =
            strcmp(item->key, "session-has") == 0 ? "session" : item->key;
        const char *of =
            arena_printf(judging->match.arena, "%s.%s", what, item->key);
        const json_t *actual = json_object_get(view, key);

        judging->match.part = part;
        if (strcmp(key, "sid") == 0)
            judge_sid(judging, item, of, actual);
        else if (strcmp(key, "expires") == 0)
            judge_value(judging, item, of, actual, MATCH_TIME);
        else
            judge_value(judging, item, of, actual, MATCH_DATA);
        judging->match.part = false;
    }
    json_decref(view);
}

/* ---------------------------------------------------------------- calls */

void judge_call_list(struct judging *judging, const struct node *list,
                     const json_t *calls)
{
    bool same = json_array_size(calls) == list->count;

    for (size_t i = 0; same && i < list->count; i++)
        same = is_op(list->items[i], json_array_get(calls, i));
    if (!same) {
        judge_wrong(judging, list, "calls",
                    match_describe(&judging->match, list, MATCH_DATA),
                    show_calls(judging, calls));
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct node *details = item_details(list->items[i]);

        if (details)
            judge_details(judging, details,
                          arena_printf(judging->match.arena, "calls.%zu.%s", i,
                                       item_word(list->items[i])),
                          json_array_get(calls, i));
    }
}

void judge_calls(struct judging *judging, const struct node *list)
{
    json_t *calls = calls_of_request(judging);

    judge_call_list(judging, list, calls);
    json_decref(calls);
}

static size_t count_op(const json_t *calls, const struct node *item)
{
    size_t i, count = 0;
    json_t *call;

    json_array_foreach((json_t *)calls, i, call)
    {
        count += is_op(item, call);
    }
    return count;
}

static size_t count_item(const struct node *list, const char *word)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += strcmp(item_word(list->items[i]), word) == 0;
    return count;
}

void judge_calls_have(struct judging *judging, const struct node *list)
{
    json_t *calls = calls_of_request(judging);

    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];

        if (count_op(calls, item) >= count_item(list, item_word(item)))
            continue;
        judge_wrong(judging, item, "calls-have",
                    match_describe(&judging->match, list, MATCH_DATA),
                    show_calls(judging, calls));
        break;
    }
    json_decref(calls);
}

void judge_calls_never(struct judging *judging, const struct node *list)
{
    json_t *calls = calls_of_request(judging);

    for (size_t i = 0; i < list->count; i++)
        if (count_op(calls, list->items[i]) > 0)
            judge_wrong(judging, list->items[i], "never",
                        arena_printf(judging->match.arena, "no %s",
                                     item_word(list->items[i])),
                        show_calls(judging, calls));
    json_decref(calls);
}

/* --------------------------------------------------- events and warnings */

static const char *event_word(const json_t *event)
{
    const char *word = json_string_value(json_object_get(event, "event"));

    return word ? word : "";
}

static bool is_counted(const struct node *list, const json_t *event)
{
    const char *word = event_word(event);

    /* What is against a requirement of its own is held against that, behind
     * the last step. */
    if (list->count == 0)
        return strcmp(word, "warning") != 0 && !event_against(word);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];
        const char *named =
            item->kind == NODE_MAP ? node_get_text(item, "event") : item->text;

        if (strcmp(named, word) == 0)
            return true;
    }
    return false;
}

/* Of the kinds that the list names (none: of all kinds), since the last look.
 */
static json_t *counted_events(const struct judging *judging,
                              const struct node *list)
{
    const struct scene_app *app = judging->seen->app;
    json_t *all = trace_events(&app->trace, app->events_looked);
    json_t *counted = json_array(), *event;
    size_t i;

    json_array_foreach(all, i, event)
    {
        if (is_counted(list, event))
            json_array_append(counted, event);
    }
    json_decref(all);
    return counted;
}

/* `{event: expired, session: …}`: its data, as everywhere without the cookie.
 */
static bool event_session_fits(struct judging *judging, const struct node *item,
                               const json_t *event)
{
    const struct node *pattern = node_get(item, "session");
    json_t *view = view_of_call(judging, event);
    const char *expected;
    bool fits = !pattern || match_value(&judging->match, pattern,
                                        json_object_get(view, "session"),
                                        MATCH_DATA, &expected);

    json_decref(view);
    return fits;
}

/* `error`, or `{event: error, text: …, op: …}`. */
static bool event_fits(struct judging *judging, const struct node *item,
                       const json_t *event)
{
    static const char *const members[] = { "event", "text", "op" };
    const char *expected;

    if (item->kind == NODE_SCALAR)
        return strcmp(event_word(event), item->text) == 0;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct node *pattern = node_get(item, members[i]);

        if (pattern && !match_value(&judging->match, pattern,
                                    json_object_get(event, members[i]),
                                    MATCH_TEXT, &expected))
            return false;
    }
    return event_session_fits(judging, item, event);
}

static void foresee(struct judging *judging, const json_t *events)
{
    struct scene_app *app = judging->seen->app;
    json_t *event;
    size_t i;

    if (judging->trial)
        return;
    json_array_foreach((json_t *)events, i, event)
    {
        json_array_append(app->foreseen, json_object_get(event, "n"));
    }
    app->events_looked = app->trace.last;
}

void judge_events(struct judging *judging, const struct node *list)
{
    json_t *events = counted_events(judging, list);
    bool same = json_array_size(events) == list->count;

    for (size_t i = 0; same && i < list->count; i++)
        same = event_fits(judging, list->items[i], json_array_get(events, i));
    if (same)
        foresee(judging, events);
    else
        judge_wrong(judging, list, "events",
                    match_describe(&judging->match, list, MATCH_DATA),
                    match_show(judging->match.arena, events));
    json_decref(events);
}

/* Those of the app's making come first, then what the trace has. */
static json_t *all_warnings(const struct judging *judging)
{
    const struct scene_app *app = judging->seen->app;
    json_t *warnings = json_copy(app->warnings);
    json_t *events = trace_events(&app->trace, app->warnings_looked), *event;
    size_t i;

    json_array_foreach(events, i, event)
    {
        if (strcmp(event_word(event), "warning") == 0)
            json_array_append(warnings, json_object_get(event, "text"));
    }
    json_decref(events);
    return warnings;
}

void judge_warnings(struct judging *judging, const struct node *list)
{
    struct scene_app *app = judging->seen->app;
    json_t *warnings = all_warnings(judging);

    judge_value(judging, list, "warnings", warnings, MATCH_DATA);
    json_decref(warnings);
    if (judging->trial)
        return;
    json_array_clear(app->warnings);
    app->warnings_looked = app->trace.last;
}
