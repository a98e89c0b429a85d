/* json.c: the report for programs; report.schema.json describes it
 *
 * Written in one order with every member present, so that two reports of one
 * run are the same text. Broken UTF-8 is replaced, all else is kept exactly.
 */
#include "report.h"

#include "json_parts.h"

static json_t *tool_json(const struct result_run *run)
{
    json_t *tool = json_object();

    tool = json_set(tool, "name", json_text(run->tool_name));
    return json_set(tool, "version", json_text(run->tool_version));
}

static json_t *target_json(const struct result_run *run)
{
    json_t *target = json_object();

    target = json_set(target, "name", json_text(run->target_name));
    target = json_set(target, "version", json_text(run->target_version));
    target = json_set(target, "implements", json_text(run->target_implements));
    return json_set(target, "url", json_text(run->target_url));
}

static json_t *store_json(const struct result_run *run)
{
    json_t *store = json_object();

    store = json_set(store, "name", json_text(run->store_name));
    store = json_set(store, "version", json_text(run->store_version));
    return json_set(store, "spec", json_text(run->store_spec));
}

static json_t *requirement_json(const struct result_requirement *requirement)
{
    json_t *object = json_object();

    object = json_set(object, "id", json_text(requirement->id));
    object = json_set(object, "level", json_text(requirement->level));
    object = json_set(object, "verdict",
                      json_text(verdict_words[requirement->verdict]));
    object = json_set(object, "cases",
                      json_texts(requirement->cases, requirement->case_count));
    object = json_set(object, "section", json_text(requirement->section));
    object = json_set(object, "text", json_text(requirement->text));
    return json_set(object, "source", json_text(requirement->source));
}

static json_t *failure_json(const struct result_failure *failure)
{
    json_t *object = json_object();

    object = json_set(object, "line", json_count(failure->line));
    object = json_set(object, "what", json_text(failure->what));
    object = json_set(object, "expected", json_text(failure->expected));
    object = json_set(object, "actual", json_text(failure->actual));
    if (failure->against != NULL)
        object = json_set(object, "against", json_text(failure->against));
    return object;
}

static json_t *diverges_json(const struct result_case *test)
{
    json_t *object = json_object();

    object = json_set(object, "id", json_text(test->diverges));
    return json_set(object, "source", json_text(test->diverges_source));
}

static json_t *case_json(const struct result_case *test)
{
    json_t *object = json_object();
    json_t *failures = json_array();

    for (size_t i = 0; i < test->failure_count; i++)
        failures = json_append(failures, failure_json(&test->failures[i]));

    object = json_set(object, "id", json_text(test->id));
    object = json_set(object, "suite", json_text(test->suite));
    object = json_set(object, "title", json_text(test->title));
    object =
        json_set(object, "checks", json_texts(test->checks, test->check_count));
    object =
        json_set(object, "outcome", json_text(outcome_words[test->outcome]));
    object = json_set(object, "seconds", json_real(test->seconds));
    object = json_set(object, "reason", json_text(test->reason));
    object = json_set(object, "failures", failures);
    object = json_set(object, "replay", json_text(test->replay));
    object = json_set(object, "file", json_text(test->file));
    object = json_set(object, "line", json_count(test->line));
    object = json_set(object, "transcript", json_text(test->transcript));
    if (test->diverges != NULL)
        object = json_set(object, "diverges", diverges_json(test));
    if (test->hazard_shown)
        object = json_set(object, "hazard_shown", json_true());
    return object;
}

static json_t *run_json(const struct result_run *run)
{
    json_t *object = json_object();
    json_t *requirements = json_array();
    json_t *cases = json_array();

    for (size_t i = 0; i < run->requirement_count; i++)
        requirements =
            json_append(requirements, requirement_json(&run->requirements[i]));
    for (size_t i = 0; i < run->case_count; i++)
        cases = json_append(cases, case_json(&run->cases[i]));

    object = json_set(object, "tool", tool_json(run));
    object = json_set(object, "target", target_json(run));
    object = json_set(object, "store", store_json(run));
    object = json_set(object, "started", json_text(run->started));
    object = json_set(object, "seconds", json_real(run->seconds));
    object = json_set(object, "interrupted", json_boolean(run->interrupted));
    object = json_set(object, "totals", json_totals(&run->totals));
    object = json_set(object, "requirements", requirements);
    return json_set(object, "cases", cases);
}

static int write_json(const struct result_run *run,
                      const struct report_style *style, FILE *to)
{
    (void)style;
    return json_parts_write(run_json(run), to);
}

const struct report_format report_json = {
    .name = "json",
    .help = "one JSON object, for programs (reports/report.schema.json)",
    .write = write_json,
};
