/* compare_json.c: several runs side by side, for programs
 *
 * README.md tells its members. `verdicts` of a requirement are in the order
 * of `reports`; null where a report does not know it. Each builder gives
 * NULL without memory, as those of json.c.
 */
#include "compare.h"

#include "json_parts.h"
#include "report.h"

#include <errno.h>

static json_t *named(const char *name, const char *version)
{
    json_t *object = json_object();

    object = json_set(object, "name", json_text(name));
    return json_set(object, "version", json_text(version));
}

/* By level, how many requirements came to each verdict. */
static json_t *levels_json(const struct result_run *run)
{
    json_t *levels = json_object();

    for (size_t i = 0; result_levels[i] != NULL; i++) {
        json_t *counts = json_object();

        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
            counts = json_set(
                counts, verdict_words[verdict],
                json_count(result_verdicts(run, result_levels[i], verdict)));
        levels = json_set(levels, result_levels[i], counts);
    }
    return levels;
}

static json_t *failures_json(const struct result_run *run)
{
    json_t *failures = json_array();

    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *test = &run->cases[i];
        json_t *one;

        if (!outcome_is_bad(test->outcome))
            continue;
        one = json_set(json_object(), "id", json_text(test->id));
        one = json_set(one, "title", json_text(test->title));
        one = json_set(one, "outcome", json_text(outcome_words[test->outcome]));
        one = json_set(one, "reason", json_text(test->reason));
        one = json_set(one, "checks",
                       json_texts(test->checks, test->check_count));
        one = json_set(one, "replay", json_text(test->replay));
        failures = json_append(failures, one);
    }
    return failures;
}

static json_t *skips_json(const struct compare_column *column)
{
    json_t *skips = json_array();

    for (size_t i = 0; i < column->skip_count; i++) {
        const struct compare_skip *skip = &column->skips[i];
        json_t *one = json_object();

        one = json_set(one, "reason", json_text(skip->reason));
        one = json_set(one, "cases", json_count(skip->cases));
        one = json_set(one, "everywhere", json_boolean(skip->everywhere));
        skips = json_append(skips, one);
    }
    return skips;
}

static json_t *report_json_of(const struct compare_column *column)
{
    const struct result_run *run = column->run;
    json_t *store = named(run->store_name, run->store_version);
    json_t *object = json_object();

    store = json_set(store, "spec", json_text(run->store_spec));
    object = json_set(object, "name", json_text(column->name));
    object = json_set(object, "file", json_text(column->input->path));
    object = json_set(object, "target",
                      named(run->target_name, run->target_version));
    object = json_set(object, "store", store);
    object = json_set(object, "seconds", json_real(run->seconds));
    object = json_set(object, "interrupted", json_boolean(run->interrupted));
    object = json_set(object, "totals", json_totals(&run->totals));
    object = json_set(object, "levels", levels_json(run));
    object = json_set(object, "skips", skips_json(column));
    return json_set(object, "failures", failures_json(run));
}

static json_t *row_json(const struct compare *compare,
                        const struct compare_row *row)
{
    json_t *object = json_object(), *verdicts = json_array();

    for (size_t i = 0; i < compare->column_count; i++) {
        const struct result_requirement *cell = row->cells[i];

        verdicts = json_append(
            verdicts, cell != NULL ? json_text(verdict_words[cell->verdict])
                                   : json_null());
    }
    object = json_set(object, "id", json_text(row->about->id));
    object = json_set(object, "level", json_text(row->about->level));
    object = json_set(object, "section", json_text(row->about->section));
    object = json_set(object, "text", json_text(row->about->text));
    object = json_set(object, "differs", json_boolean(row->differs));
    return json_set(object, "verdicts", verdicts);
}

static json_t *absent_json(const struct compare *compare)
{
    json_t *absent = json_array();

    for (size_t i = 0; i < compare->absent_count; i++) {
        json_t *one =
            json_set(json_object(), "name", json_text(compare->absent[i].name));

        absent = json_append(
            absent, json_set(one, "why", json_text(compare->absent[i].why)));
    }
    return absent;
}

static int write_json(const struct compare *compare,
                      const struct compare_style *style, FILE *to)
{
    json_t *reports = json_array(), *rows = json_array();
    json_t *object = json_object();

    (void)style;
    for (size_t i = 0; i < compare->column_count; i++)
        reports = json_append(reports, report_json_of(&compare->columns[i]));
    for (size_t i = 0; i < compare->row_count; i++)
        rows = json_append(rows, row_json(compare, &compare->rows[i]));
    object =
        json_set(object, "tool", named("sessionspec", SESSIONSPEC_VERSION));
    object = json_set(object, "same_suite", json_boolean(compare->same_suite));
    object = json_set(object, "reports", reports);
    object = json_set(object, "requirements", rows);
    object = json_set(object, "absent", absent_json(compare));
    return json_parts_write(object, to);
}

const struct compare_format compare_json = {
    .name = "json",
    .help = "one JSON object, for programs (reports/README.md)",
    .write = write_json,
};
