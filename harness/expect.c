/* expect.c: judges what a step saw by its `expect` */
#include "expect.h"

#include "stale.h"

#include <string.h>

static void judge_status(struct judging *judging, const struct node *pattern);
static void judge_headers(struct judging *judging, const struct node *pattern);
static void judge_cookies(struct judging *judging, const struct node *pattern);
static void judge_session(struct judging *judging, const struct node *pattern);
static void judge_session_has(struct judging *judging,
                              const struct node *pattern);
static void judge_session_id(struct judging *judging,
                             const struct node *pattern);
static void judge_log(struct judging *judging, const struct node *list);
static void judge_error(struct judging *judging, const struct node *pattern);
static void judge_body(struct judging *judging, const struct node *pattern);
static void judge_sessions(struct judging *judging, const struct node *list);
static void judge_transport(struct judging *judging,
                            const struct node *pattern);
static void judge_plain(struct judging *judging, const struct node *pattern);
static void judge_duration(struct judging *judging, const struct node *pattern);
static void judge_time_left(struct judging *judging,
                            const struct node *pattern);
static void judge_time(struct judging *judging, const struct node *pattern);

static const struct expectation {
    const char *key;
    void (*judge)(struct judging *judging, const struct node *pattern);
    bool of_trace; /* the probe's trace has to be fetched for it */
} expectations[] = {
    { "status", judge_status, false },
    { "transport", judge_transport, false },
    { "error", judge_error, false },
    { "headers", judge_headers, false },
    { "cookie", judge_cookie, false },
    { "cookies", judge_cookies, false },
    { "sessionID", judge_session_id, false },
    { "session", judge_session, false },
    { "session-has", judge_session_has, false },
    { "maxAge", judge_time_left, false },
    { "originalMaxAge", judge_duration, false },
    { "expires", judge_time, false },
    { "log", judge_log, false },
    { "body", judge_body, false },
    { "found", judge_plain, false },
    { "length", judge_plain, false },
    { "shape", judge_plain, false },
    { "sessions", judge_sessions, false },
    { "alive", judge_plain, false },
    { "called", judge_plain, false },
    { "calls", judge_calls, true },
    { "calls-have", judge_calls_have, true },
    { "never", judge_calls_never, true },
    { "warnings", judge_warnings, true },
    { "events", judge_events, true },
};

enum { EXPECTATIONS = sizeof expectations / sizeof *expectations };

static bool fetch_trace(struct judging *judging, const struct node *expect)
{
    struct track *track = judging->track;
    struct scene_app *app = judging->seen->app;
    struct fault fault;
    int code = 0;

    for (size_t i = 0; i < EXPECTATIONS; i++) {
        if (!expectations[i].of_trace || !node_get(expect, expectations[i].key))
            continue;
        code = trace_refresh(&app->trace, &track->probe, app->id, &fault);
        if (code)
            scene_stop(judging->scene, expect, code, &fault);
        break;
    }
    return code == 0;
}

static struct judging begin(struct track *track, const struct observation *seen,
                            struct findings *findings, bool trial)
{
    struct judging judging = { .track = track,
                               .scene = track->scene,
                               .seen = seen,
                               .findings = findings,
                               .trial = trial };

    judging.match.arena = &track->scene->arena;
    judging.match.vars = &track->scene->vars;
    judging.match.now_ms = seen->now_ms;
    return judging;
}

/* What did not fit, since there were so many findings, of a cookie that a touch
 * has passed by. */
static void blame_stale(struct judging *judging, const char *key, size_t before)
{
    static const char *const of_the_cookie[] = { "cookie", "maxAge",
                                                 "originalMaxAge", "expires",
                                                 "log" };
    struct findings *findings = judging->findings;
    bool is_its = false;

    for (size_t i = 0; i < sizeof of_the_cookie / sizeof *of_the_cookie; i++)
        is_its |= strcmp(key, of_the_cookie[i]) == 0;
    if (!is_its || findings->count == before ||
        !stale_is(judging->track, judging->seen))
        return;
    for (size_t i = before; i < findings->count; i++)
        findings->list[i].against = STALE_AGAINST;
}

bool expect_judge(struct track *track, const struct observation *seen,
                  const struct node *expect, struct findings *findings,
                  bool trial)
{
    struct judging judging = begin(track, seen, findings, trial);

    if (!fetch_trace(&judging, expect))
        return false;
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        const struct node *pattern = node_get(expect, expectations[i].key);
        size_t before = findings->count;

        if (!pattern)
            continue;
        expectations[i].judge(&judging, pattern);
        blame_stale(&judging, expectations[i].key, before);
    }
    return true;
}

void expect_calls(struct track *track, const struct observation *seen,
                  const struct node *list, const json_t *calls,
                  struct findings *findings)
{
    struct judging judging = begin(track, seen, findings, false);

    judge_call_list(&judging, list, calls);
}

void judge_wrong(struct judging *judging, const struct node *where,
                 const char *what, const char *expected, const char *actual)
{
    findings_add(judging->findings, where, what, expected, actual);
}

void judge_value(struct judging *judging, const struct node *pattern,
                 const char *what, const json_t *actual, enum match_as as)
{
    const char *expected;

    if (!match_value(&judging->match, pattern, actual, as, &expected))
        judge_wrong(judging, pattern, what, expected,
                    match_show(judging->match.arena, actual));
}

static const json_t *seen_value(const struct judging *judging, const char *key)
{
    return json_object_get(judging->seen->view, key);
}

/* Why an answer has no session, cookie or log to be judged. */
static bool is_answered(struct judging *judging, const struct node *pattern,
                        const char *key)
{
    const char *body = json_string_value(seen_value(judging, "body"));

    if (seen_value(judging, key) || match_is_absent(pattern))
        return true;
    judge_wrong(judging, pattern, pattern->key,
                match_describe(&judging->match, pattern, MATCH_DATA),
                arena_printf(judging->match.arena,
                             "nothing: the answer has no %s (status %s, body "
                             "%.200s)",
                             key,
                             match_show(judging->match.arena,
                                        seen_value(judging, "status")),
                             body ? body : "none"));
    return false;
}

/* ------------------------------------------------------------ plain ones */

static void judge_plain(struct judging *judging, const struct node *pattern)
{
    judge_value(judging, pattern, pattern->key,
                seen_value(judging, pattern->key), MATCH_DATA);
}

static void judge_duration(struct judging *judging, const struct node *pattern)
{
    judge_value(judging, pattern, pattern->key,
                seen_value(judging, pattern->key), MATCH_DURATION);
}

/* Whether it is what the store gave: to a store step, or to a request that
 * loaded a session. */
static bool is_of_the_store(const struct judging *judging)
{
    const char *sent = judging->seen->sent_sid;
    const char *sid = json_string_value(seen_value(judging, "sessionID"));

    return !judging->seen->label || (sent && sid && strcmp(sent, sid) == 0);
}

/* A time that a store with a clock of its own reckons by that one. */
static void judge_clock(struct judging *judging, const struct node *pattern,
                        enum match_as as)
{
    if (is_of_the_store(judging))
        judging->match.slack_ms = scene_slack(judging->scene);
    judge_value(judging, pattern, pattern->key,
                seen_value(judging, pattern->key), as);
    judging->match.slack_ms = 0;
}

static void judge_time_left(struct judging *judging, const struct node *pattern)
{
    judge_clock(judging, pattern, MATCH_DURATION);
}

static void judge_time(struct judging *judging, const struct node *pattern)
{
    judge_clock(judging, pattern, MATCH_TIME);
}

/* A wrong status alone says little: the error that came with it does. */
static void judge_status(struct judging *judging, const struct node *pattern)
{
    const json_t *status = seen_value(judging, "status");
    const json_t *error = seen_value(judging, "error");
    struct arena *arena = judging->match.arena;
    const char *expected;

    if (match_value(&judging->match, pattern, status, MATCH_DATA, &expected))
        return;
    judge_wrong(judging, pattern, "status", expected,
                error ? arena_printf(arena, "%s %s", match_show(arena, status),
                                     match_show(arena, error))
                      : match_show(arena, status));
}

static void judge_transport(struct judging *judging, const struct node *pattern)
{
    judge_value(judging, pattern, "transport", seen_value(judging, "transport"),
                MATCH_TEXT);
}

/* -------------------------------------------------------------- headers */

/* Of several headers with one name, any may fit. */
static void judge_header(struct judging *judging, const struct node *pattern)
{
    struct arena *arena = judging->match.arena;
    char *name = arena_strdup(arena, pattern->key);
    const char *what = arena_printf(arena, "headers.%s", pattern->key);
    const char *expected = "";
    json_t *values, *value;
    size_t i;

    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    values = json_object_get(seen_value(judging, "headers"), name);
    json_array_foreach(values, i, value)
    {
        if (match_value(&judging->match, pattern, value, MATCH_TEXT, &expected))
            return;
    }
    if (json_array_size(values) == 0)
        judge_value(judging, pattern, what, NULL, MATCH_TEXT);
    else
        judge_wrong(judging, pattern, what, expected,
                    match_show(arena, json_array_size(values) == 1
                                          ? json_array_get(values, 0)
                                          : values));
}

static void judge_headers(struct judging *judging, const struct node *pattern)
{
    for (size_t i = 0; i < pattern->count; i++)
        judge_header(judging, pattern->items[i]);
}

static void judge_cookies(struct judging *judging, const struct node *pattern)
{
    json_t *cookies =
        json_object_get(seen_value(judging, "headers"), "set-cookie");
    json_t *number = json_integer((json_int_t)json_array_size(cookies));

    judge_value(judging, pattern, "cookies", number, MATCH_DATA);
    json_decref(number);
}

static void judge_body(struct judging *judging, const struct node *pattern)
{
    const json_t *body = seen_value(judging, "body");
    bool is_json =
        pattern->kind == NODE_LIST ||
        (pattern->kind == NODE_MAP && !node_get(pattern, "matches") &&
         !node_get(pattern, "one-of"));
    json_t *value;

    if (!is_json) {
        judge_value(judging, pattern, "body", body, MATCH_TEXT);
        return;
    }
    value = probe_json(json_string_value(body), json_string_length(body));
    judge_value(judging, pattern, "body", value ? value : body, MATCH_DATA);
    json_decref(value);
}

/* -------------------------------------------------------------- session */

static void judge_session(struct judging *judging, const struct node *pattern)
{
    if (is_answered(judging, pattern, "session"))
        judge_value(judging, pattern, "session", seen_value(judging, "session"),
                    MATCH_DATA);
}

static void judge_session_has(struct judging *judging,
                              const struct node *pattern)
{
    if (!is_answered(judging, pattern, "session"))
        return;
    judging->match.part = true;
    judge_value(judging, pattern, "session-has", seen_value(judging, "session"),
                MATCH_DATA);
    judging->match.part = false;
}

/* Their data, without the IDs that `all` need not give and the cookies. */
static json_t *data_of_all(const json_t *rows)
{
    json_t *list = json_array(), *row;
    size_t i;

    json_array_foreach((json_t *)rows, i, row)
    {
        json_t *data = json_copy(json_object_get(row, "session"));

        json_object_del(data, "cookie");
        json_array_append_new(list, data ? data : json_null());
    }
    return list;
}

/* Each item has a session of its own. */
static void judge_sessions(struct judging *judging, const struct node *list)
{
    json_t *left = data_of_all(seen_value(judging, "sessions"));
    const char *shown = match_show(judging->match.arena, left);
    bool same = json_array_size(left) == list->count;
    const char *expected;

    for (size_t i = 0; same && i < list->count; i++) {
        size_t at = 0;

        while (at < json_array_size(left) &&
               !match_value(&judging->match, list->items[i],
                            json_array_get(left, at), MATCH_DATA, &expected))
            at++;
        same = json_array_remove(left, at) == 0;
    }
    if (!same)
        judge_wrong(judging, list, "sessions",
                    match_describe(&judging->match, list, MATCH_DATA), shown);
    json_decref(left);
}

static void judge_session_id(struct judging *judging,
                             const struct node *pattern)
{
    if (is_answered(judging, pattern, "sessionID"))
        judge_sid(judging, pattern, "sessionID",
                  seen_value(judging, "sessionID"));
}

/* ------------------------------------------------------------------ log */

/* The members that are named count. */
static void judge_error_value(struct judging *judging,
                              const struct node *pattern, const char *what,
                              const json_t *error)
{
    judging->match.part = true;
    judge_value(judging, pattern, what, error, MATCH_DATA);
    judging->match.part = false;
}

static void judge_error(struct judging *judging, const struct node *pattern)
{
    if (pattern->kind != NODE_SCALAR || strcmp(pattern->text, "any") != 0)
        judge_error_value(judging, pattern, "error",
                          seen_value(judging, "error"));
}

static void judge_log_entry(struct judging *judging, const struct node *pattern,
                            size_t index, const json_t *entry)
{
    struct arena *arena = judging->match.arena;

    for (size_t i = 0; i < pattern->count; i++) {
        const struct node *item = pattern->items[i];
        const json_t *value = json_object_get(entry, item->key);
        const char *what = arena_printf(arena, "log.%zu.%s", index, item->key);

        if (strcmp(item->key, "error") == 0)
            judge_error_value(judging, item, what, value);
        else
            judge_value(judging, item, what, value, MATCH_DATA);
    }
}

/* The entries that have something to say: what was read, what went wrong. */
static json_t *telling_entries(const json_t *log)
{
    json_t *telling = json_array(), *entry;
    size_t i;

    json_array_foreach((json_t *)log, i, entry)
    {
        if (json_object_get(entry, "value") || json_object_get(entry, "error"))
            json_array_append(telling, entry);
    }
    return telling;
}

/* The list has an item an action, or else an item for each that has something
 * to say. */
static void judge_log(struct judging *judging, const struct node *list)
{
    const json_t *log = seen_value(judging, "log");
    json_t *entries;

    if (!is_answered(judging, list, "log") || match_is_absent(list))
        return;
    entries = json_array_size(log) == list->count ? json_incref((json_t *)log)
                                                  : telling_entries(log);
    if (json_array_size(entries) == list->count)
        for (size_t i = 0; i < list->count; i++)
            judge_log_entry(judging, list->items[i], i,
                            json_array_get(entries, i));
    else
        judge_wrong(judging, list, "log",
                    match_describe(&judging->match, list, MATCH_DATA),
                    match_show(judging->match.arena, entries));
    json_decref(entries);
}
