/* aftermath.c: the hidden assertions, which hold after every case */
#include "aftermath.h"

#include "bad_events.h"
#include "match.h"
#include "needs.h"
#include "store_error.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the target's stderr, its last, in the transcript of a case. */
#define STDERR_SHOWN 2000

/* For a word of a target that did not answer. */
#define LOST_WAIT_MS 2000

/* How the sanitizers' reports begin. */
static const char *const sanitizer_texts[] = {
    "AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "MemorySanitizer",
    "runtime error:"
};

static void judge_traces(struct scene *scene);
static void mend_backend(struct scene *scene);
static void judge_stderr(struct scene *scene, size_t from);

void aftermath(struct scene *scene, size_t stderr_from)
{
    if (!scene->lost)
        judge_traces(scene);
    if (needs_break(scene->test))
        mend_backend(scene);
    scene_close(scene);
    judge_stderr(scene, stderr_from);
}

/* What no step is to blame for stands at the case's own line. */
static void find(struct scene *scene, const char *what, const char *expected,
                 const char *actual)
{
    struct node where = { .at = scene->test->at };

    findings_add(&scene->failures, &where, what, expected, actual);
}

static void find_against(struct scene *scene, const char *what,
                         const char *expected, const char *actual,
                         const char *against)
{
    find(scene, what, expected, actual);
    scene->failures.list[scene->failures.count - 1].against = against;
}

/* ------------------------------------------------------------- the traces */

static bool is_foreseen(const struct scene_app *app, const json_t *event)
{
    json_t *n;
    size_t i;

    json_array_foreach(app->foreseen, i, n)
    {
        if (json_integer_value(n) == trace_n(event))
            return true;
    }
    return false;
}

static void judge_warning(struct scene *scene, const char *text)
{
    if (warning_against(text))
        find_against(scene, "warnings", "no warning of the target's platform",
                     arena_strdup(&scene->arena, text), warning_against(text));
}

static bool is_same(const json_t *a, const json_t *b, const char *key)
{
    const json_t *of_a = json_object_get(a, key),
                 *of_b = json_object_get(b, key);

    return of_a == of_b || json_equal(of_a, of_b);
}

/* Whether one before it is alike but for when it came. */
static bool was_told(const struct scene_app *app, const json_t *event)
{
    const json_t *one;
    size_t i;

    json_array_foreach(app->trace.events, i, one)
    {
        if (one == event)
            break;
        if (is_same(one, event, "event") && is_same(one, event, "op") &&
            is_same(one, event, "text") && !is_foreseen(app, one))
            return true;
    }
    return false;
}

/* Errors that the case itself brought about are its own affair. */
static const char *blame(const struct scene *scene, const struct scene_app *app,
                         const json_t *event, const char *word)
{
    const char *against = NULL;

    if (word && strcmp(word, "error") == 0 && !needs_errors(scene->test))
        against = store_error_against(&app->trace, event);
    return against ? against : event_against(word);
}

static void judge_event(struct scene *scene, const struct scene_app *app,
                        const json_t *event)
{
    const char *word = json_string_value(json_object_get(event, "event"));
    const char *text = json_string_value(json_object_get(event, "text"));

    if (word && strcmp(word, "warning") == 0)
        judge_warning(scene, text);
    if (event_is_bad(word) && !is_foreseen(app, event) && !was_told(app, event))
        find_against(scene, "events", "no event that the case did not foresee",
                     match_show(&scene->arena, event),
                     blame(scene, app, event, word));
}

static void judge_call(struct scene *scene, const json_t *call)
{
    const char *label = trace_label(call);

    if (!label || !json_object_get(scene->labels, label))
        find(scene, "calls", "no store call that no request of the case caused",
             match_show(&scene->arena, call));
}

static void judge_trace(struct scene *scene, const struct scene_app *app)
{
    json_t *event, *warning;
    size_t i;

    json_array_foreach(app->warnings, i, warning)
    {
        judge_warning(scene, json_string_value(warning));
    }

    json_array_foreach(app->trace.events, i, event)
    {
        if (trace_is_call(event))
            judge_call(scene, event);
        else
            judge_event(scene, app, event);
    }
}

static void judge_traces(struct scene *scene)
{
    struct track track;

    track_begin(&track, scene, NULL);
    for (size_t i = 0; i < scene->app_count; i++) {
        struct scene_app *app = &scene->apps[i];
        struct fault fault;
        int code = app->made ? trace_refresh(&app->trace, &track.probe, app->id,
                                             &fault)
                             : 0;

        if (code)
            scene_stop(scene, NULL, code, &fault);
        else
            judge_trace(scene, app);
    }
    track_end(&track);
}

/* ------------------------------------------------------------ the backend */

/* A target that took too long for one request may be there for others. */
static bool is_there(struct track *track, const struct scene_app *app)
{
    struct probe probe = track->probe;
    struct probe_answer answer = { 0 };
    struct fault fault;
    int code;

    probe.timeout_ms = LOST_WAIT_MS;
    code = probe_trace(&probe, app->id, app->trace.last, &answer, &fault);
    probe_answer_clear(&answer);
    return code == 0;
}

static void mend(struct scene *scene, struct track *track,
                 const struct scene_app *app)
{
    struct probe_answer answer = { 0 };
    struct fault fault;
    json_t *body = json_pack("{s:s}", "op", "mend");
    int code = probe_store(&track->probe, app->id, body, &answer, &fault);

    if (code && !scene->lost)
        scene_stop(scene, NULL, code, &fault);
    else if (json_object_get(answer.body, "error"))
        find(scene, "store", "a backend that can be started again",
             match_show(&scene->arena, answer.body));
    probe_answer_clear(&answer);
    json_decref(body);
}

/* The next case stands on it, even if this one was cut short. */
static void mend_backend(struct scene *scene)
{
    const struct scene_app *app = scene->app_count ? scene->apps : NULL;
    struct track track;

    if (!app || !app->made)
        return;
    track_begin(&track, scene, NULL);
    if (!scene->lost || is_there(&track, app))
        mend(scene, &track, app);
    track_end(&track);
}

/* ------------------------------------------------------------------ stderr */

/* The line in which it stands. */
static const char *line_at(struct arena *arena, const char *text,
                           const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return arena_memdup(arena, at, strcspn(at, "\n"));
}

/* As text that a report can hold: ASCII where it is no UTF-8. */
static const char *readable(struct arena *arena, const char *bytes)
{
    char *text = arena_strdup(arena, bytes);
    json_t *checked = json_string(text);

    for (char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;

        if ((c < 0x20 && c != '\n') || c == 0x7f)
            *at = ' ';
        else if (c > 0x7f && !checked)
            *at = '?';
    }
    json_decref(checked);
    return text;
}

/* Its last lines, for the transcript: what a store's program says, or the
 * server of it. */
static void show_stderr(struct scene *scene, const char *text)
{
    const struct node where = { .at = scene->test->at };
    size_t length = strlen(text);
    const char *from =
        length > STDERR_SHOWN ? text + length - STDERR_SHOWN : text;

    if (from > text && strchr(from, '\n'))
        from = strchr(from, '\n') + 1;
    scene_note(scene, &where, "stderr of the target meanwhile\n")->came =
        readable(&scene->arena, from);
}

/* Cases run side by side, so it may have been another's doing: better said
 * twice than never. */
static void judge_stderr(struct scene *scene, size_t from)
{
    size_t to;
    char *text = target_stderr(scene->target, from, &to);

    for (size_t i = 0;
         text && i < sizeof sanitizer_texts / sizeof *sanitizer_texts; i++) {
        const char *at = strstr(text, sanitizer_texts[i]);

        if (!at)
            continue;
        find(scene, "stderr", "no sanitizer report from the target",
             line_at(&scene->arena, text, at));
        break;
    }
    if (text && *text && scene->failures.count > 0)
        show_stderr(scene, text);
    free(text);
}
