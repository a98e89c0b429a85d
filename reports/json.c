/* json.c: the report for programs; report.schema.json describes it
 *
 * Written in one order with every member present, so that two reports of one
 * run are the same text. Broken UTF-8 is replaced, all else is kept exactly.
 *
 * Each builder gives NULL without memory, and passes on a NULL that it gets,
 * so that one look at the end is enough.
 */
#include "report.h"

#include "text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static json_t *set(json_t *object, const char *key, json_t *value)
{
    if (object == NULL) {
        json_decref(value);
        return NULL;
    }
    if (json_object_set_new(object, key, value) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *append(json_t *array, json_t *value)
{
    if (array == NULL) {
        json_decref(value);
        return NULL;
    }
    if (json_array_append_new(array, value) != 0) {
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *number(size_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *text(const char *value)
{
    char *valid = text_valid(value);
    json_t *json = valid != NULL ? json_string(valid) : NULL;

    free(valid);
    return json;
}

static json_t *texts(const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        array = append(array, text(list[i]));
    return array;
}

static json_t *tool_json(const struct result_run *run)
{
    json_t *tool = json_object();

    tool = set(tool, "name", text(run->tool_name));
    return set(tool, "version", text(run->tool_version));
}

static json_t *target_json(const struct result_run *run)
{
    json_t *target = json_object();

    target = set(target, "name", text(run->target_name));
    target = set(target, "version", text(run->target_version));
    target = set(target, "implements", text(run->target_implements));
    return set(target, "url", text(run->target_url));
}

static json_t *store_json(const struct result_run *run)
{
    json_t *store = json_object();

    store = set(store, "name", text(run->store_name));
    store = set(store, "version", text(run->store_version));
    return set(store, "spec", text(run->store_spec));
}

static json_t *totals_json(const struct result_totals *totals)
{
    json_t *object = json_object();

    object = set(object, "cases", number(totals->cases));
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        object = set(object, outcome_count_words[outcome],
                     number(result_counted(totals, outcome)));
    return object;
}

static json_t *requirement_json(const struct result_requirement *requirement)
{
    json_t *object = json_object();

    object = set(object, "id", text(requirement->id));
    object = set(object, "level", text(requirement->level));
    object = set(object, "verdict", text(verdict_words[requirement->verdict]));
    object = set(object, "cases",
                 texts(requirement->cases, requirement->case_count));
    object = set(object, "section", text(requirement->section));
    object = set(object, "text", text(requirement->text));
    return set(object, "source", text(requirement->source));
}

static json_t *failure_json(const struct result_failure *failure)
{
    json_t *object = json_object();

    object = set(object, "line", number(failure->line));
    object = set(object, "what", text(failure->what));
    object = set(object, "expected", text(failure->expected));
    return set(object, "actual", text(failure->actual));
}

static json_t *diverges_json(const struct result_case *test)
{
    json_t *object = json_object();

    object = set(object, "id", text(test->diverges));
    return set(object, "source", text(test->diverges_source));
}

static json_t *case_json(const struct result_case *test)
{
    json_t *object = json_object();
    json_t *failures = json_array();

    for (size_t i = 0; i < test->failure_count; i++)
        failures = append(failures, failure_json(&test->failures[i]));

    object = set(object, "id", text(test->id));
    object = set(object, "suite", text(test->suite));
    object = set(object, "title", text(test->title));
    object = set(object, "checks", texts(test->checks, test->check_count));
    object = set(object, "outcome", text(outcome_words[test->outcome]));
    object = set(object, "seconds", json_real(test->seconds));
    object = set(object, "reason", text(test->reason));
    object = set(object, "failures", failures);
    object = set(object, "replay", text(test->replay));
    object = set(object, "file", text(test->file));
    object = set(object, "line", number(test->line));
    object = set(object, "transcript", text(test->transcript));
    if (test->diverges != NULL)
        object = set(object, "diverges", diverges_json(test));
    if (test->hazard_shown)
        object = set(object, "hazard_shown", json_true());
    return object;
}

static json_t *run_json(const struct result_run *run)
{
    json_t *object = json_object();
    json_t *requirements = json_array();
    json_t *cases = json_array();

    for (size_t i = 0; i < run->requirement_count; i++)
        requirements =
            append(requirements, requirement_json(&run->requirements[i]));
    for (size_t i = 0; i < run->case_count; i++)
        cases = append(cases, case_json(&run->cases[i]));

    object = set(object, "tool", tool_json(run));
    object = set(object, "target", target_json(run));
    object = set(object, "store", store_json(run));
    object = set(object, "started", text(run->started));
    object = set(object, "seconds", json_real(run->seconds));
    object = set(object, "interrupted", json_boolean(run->interrupted));
    object = set(object, "totals", totals_json(&run->totals));
    object = set(object, "requirements", requirements);
    return set(object, "cases", cases);
}

static int write_json(const struct result_run *run,
                      const struct report_style *style, FILE *to)
{
    json_t *json = run_json(run);

    (void)style;
    if (json == NULL)
        return -ENOMEM;
    /* A failed write is kept by the stream, where report_finish finds it. */
    (void)json_dumpf(json, to, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    putc('\n', to);
    json_decref(json);
    return report_finish(to);
}

const struct report_format report_json = {
    .name = "json",
    .help = "one JSON object, for programs (reports/report.schema.json)",
    .write = write_json,
};
