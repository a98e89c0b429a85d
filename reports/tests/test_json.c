/* test_json.c: the JSON report, and that its schema describes it
 *
 * The schema is held against the report by walk(), which knows just the
 * keywords that report.schema.json uses (type, enum, minimum, minLength,
 * required, properties, additionalProperties: false, items, $ref into $defs)
 * and refuses any other. It is no general validator.
 */
#include "sample.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SCHEMA "reports/report.schema.json" /* tests run in the top folder */

static const struct report_style plain = { .colour = false };

static json_t *report_of(const struct result_run *run)
{
    char *text = sample_write(&report_json, run, &plain);
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    if (json == NULL)
        print_error("%d:%d: %s\n", error.line, error.column, error.text);
    assert_non_null(json);
    free(text);
    return json;
}

static json_t *schema_load(void)
{
    json_error_t error;
    json_t *schema = json_load_file(SCHEMA, JSON_REJECT_DUPLICATES, &error);

    if (schema == NULL)
        print_error("%s:%d: %s\n", SCHEMA, error.line, error.text);
    assert_non_null(schema);
    return schema;
}

/* --- the walk ---------------------------------------------------------- */

static bool walk(const json_t *root, const json_t *schema, const json_t *value);

static bool keyword_type(const char *type, const json_t *value)
{
    if (strcmp(type, "object") == 0)
        return json_is_object(value);
    if (strcmp(type, "array") == 0)
        return json_is_array(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "integer") == 0)
        return json_is_integer(value);
    if (strcmp(type, "number") == 0)
        return json_is_number(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    fail_msg("the walk does not know the type %s", type);
    return false;
}

static bool keyword_enum(const json_t *words, const json_t *value)
{
    size_t i;
    json_t *word;

    json_array_foreach(words, i, word)
    {
        if (json_equal(word, value))
            return true;
    }
    return false;
}

static bool keyword_required(const json_t *names, const json_t *value)
{
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        if (json_object_get(value, json_string_value(name)) == NULL)
            return false;
    }
    return true;
}

/* With additionalProperties: false, which stands in all our objects. */
static bool keyword_properties(const json_t *root, const json_t *properties,
                               json_t *value)
{
    const char *key;
    json_t *member;

    json_object_foreach(value, key, member)
    {
        const json_t *schema = json_object_get(properties, key);

        if (schema == NULL || !walk(root, schema, member))
            return false;
    }
    return true;
}

static bool keyword_items(const json_t *root, const json_t *schema,
                          const json_t *value)
{
    size_t i;
    json_t *item;

    json_array_foreach(value, i, item)
    {
        if (!walk(root, schema, item))
            return false;
    }
    return true;
}

static bool keyword_ref(const json_t *root, const char *to, const json_t *value)
{
    const char prefix[] = "#/$defs/";
    const json_t *schema;

    assert_memory_equal(to, prefix, sizeof prefix - 1);
    schema =
        json_object_get(json_object_get(root, "$defs"), to + sizeof prefix - 1);
    assert_non_null(schema);
    return walk(root, schema, value);
}

static bool keyword(const json_t *root, const char *name, json_t *schema,
                    const json_t *value)
{
    static const char *const silent[] = { "$schema", "title", "description",
                                          "$defs" };

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (strcmp(name, silent[i]) == 0)
            return true;
    if (strcmp(name, "additionalProperties") == 0) {
        assert_true(json_is_false(schema));
        return true;
    }
    if (strcmp(name, "type") == 0)
        return keyword_type(json_string_value(schema), value);
    if (strcmp(name, "enum") == 0)
        return keyword_enum(schema, value);
    if (strcmp(name, "minimum") == 0)
        return json_number_value(value) >= json_number_value(schema);
    if (strcmp(name, "minLength") == 0)
        return json_string_length(value) >= (size_t)json_integer_value(schema);
    if (strcmp(name, "required") == 0)
        return keyword_required(schema, value);
    if (strcmp(name, "properties") == 0)
        return keyword_properties(root, schema, (json_t *)(uintptr_t)value);
    if (strcmp(name, "items") == 0)
        return keyword_items(root, schema, value);
    if (strcmp(name, "$ref") == 0)
        return keyword_ref(root, json_string_value(schema), value);
    fail_msg("the walk does not know the keyword %s", name);
    return false;
}

static bool walk(const json_t *root, const json_t *schema, const json_t *value)
{
    const char *name;
    json_t *part;

    json_object_foreach((json_t *)(uintptr_t)schema, name, part)
    {
        if (!keyword(root, name, part, value))
            return false;
    }
    return true;
}

/* --- the tests --------------------------------------------------------- */

static void test_the_schema_takes_the_reports_that_we_write(void **state)
{
    json_t *schema = schema_load();
    json_t *full = report_of(sample_run());
    json_t *empty = report_of(sample_empty_run());

    (void)state;
    assert_true(walk(schema, schema, full));
    assert_true(walk(schema, schema, empty));
    json_decref(full);
    json_decref(empty);
    json_decref(schema);
}

/* Every object of the schema is closed, and what it requires it describes:
 * else it could not fail where it should. */
static void assert_closed(const json_t *schema)
{
    const char *name;
    json_t *part;
    const json_t *required = json_object_get(schema, "required");
    size_t i;

    if (json_object_get(schema, "properties") != NULL) {
        assert_true(
            json_is_false(json_object_get(schema, "additionalProperties")));
        assert_non_null(required);
    }
    json_array_foreach(required, i, part)
    {
        assert_non_null(json_object_get(json_object_get(schema, "properties"),
                                        json_string_value(part)));
    }
    json_object_foreach((json_t *)(uintptr_t)schema, name, part)
    {
        if (json_is_object(part))
            assert_closed(part);
    }
}

static void test_every_object_of_the_schema_is_closed(void **state)
{
    json_t *schema = schema_load();

    (void)state;
    assert_closed(schema);
    json_decref(schema);
}

/* Takes away each member of each required one in turn. */
static void assert_needs_all(const json_t *schema, const json_t *report,
                             json_t *object, const char *definition)
{
    const json_t *root =
        definition == NULL
            ? schema
            : json_object_get(json_object_get(schema, "$defs"), definition);
    size_t i;
    json_t *name;

    json_array_foreach(json_object_get(root, "required"), i, name)
    {
        const char *key = json_string_value(name);
        json_t *member = json_incref(json_object_get(object, key));

        json_object_del(object, key);
        assert_false(walk(schema, schema, report));
        json_object_set_new(object, key, member);
        assert_true(walk(schema, schema, report));
    }
}

static void test_the_schema_misses_each_member_that_is_gone(void **state)
{
    json_t *schema = schema_load();
    json_t *report = report_of(sample_run());
    json_t *test = json_array_get(json_object_get(report, "cases"), 1);

    (void)state;
    assert_needs_all(schema, report, report, NULL);
    assert_needs_all(schema, report, test, "case");
    assert_needs_all(schema, report,
                     json_array_get(json_object_get(test, "failures"), 0),
                     "failure");
    assert_needs_all(schema, report,
                     json_array_get(json_object_get(report, "requirements"), 0),
                     "requirement");
    json_decref(report);
    json_decref(schema);
}

static void assert_refused(json_t *schema, json_t *report, json_t *object,
                           const char *key, json_t *value)
{
    json_t *before = json_incref(json_object_get(object, key));

    json_object_set_new(object, key, value);
    assert_false(walk(schema, schema, report));
    if (before != NULL)
        json_object_set_new(object, key, before);
    else
        json_object_del(object, key);
    assert_true(walk(schema, schema, report));
}

static void test_the_schema_refuses_what_does_not_belong(void **state)
{
    json_t *schema = schema_load();
    json_t *report = report_of(sample_run());
    json_t *test = json_array_get(json_object_get(report, "cases"), 0);
    json_t *requirement =
        json_array_get(json_object_get(report, "requirements"), 0);
    json_t *totals = json_object_get(report, "totals");

    (void)state;
    assert_refused(schema, report, report, "extra", json_true());
    assert_refused(schema, report, test, "extra", json_true());
    assert_refused(schema, report, test, "outcome", json_string("passed"));
    assert_refused(schema, report, test, "seconds", json_string("1"));
    assert_refused(schema, report, test, "failures", json_null());
    assert_refused(schema, report, requirement, "verdict", json_string("ok"));
    assert_refused(schema, report, requirement, "level", json_string("must"));
    assert_refused(schema, report, totals, "cases", json_real(1.5));
    assert_refused(schema, report, totals, "cases", json_integer(-1));
    json_decref(report);
    json_decref(schema);
}

/* The schema's list of words is the result model's. */
static void assert_words(const json_t *listed, const char *const *words,
                         size_t count)
{
    assert_int_equal(json_array_size(listed), count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(json_string_value(json_array_get(listed, i)),
                            words[i]);
}

static void test_the_schema_names_every_word_of_the_model(void **state)
{
    json_t *schema = schema_load();
    const json_t *outcome, *verdict, *level;
    size_t levels = 0;

    (void)state;
    assert_int_equal(json_unpack(schema,
                                 "{s:{s:{s:{s:{s:o}}},"
                                 "s:{s:{s:{s:o},s:{s:o}}}}}",
                                 "$defs", "case", "properties", "outcome",
                                 "enum", &outcome, "requirement", "properties",
                                 "verdict", "enum", &verdict, "level", "enum",
                                 &level),
                     0);
    while (result_levels[levels] != NULL)
        levels++;
    assert_words(outcome, outcome_words, OUTCOME_COUNT);
    assert_words(verdict, verdict_words, VERDICT_COUNT);
    assert_words(level, result_levels, levels);
    json_decref(schema);
}

static void test_a_failed_case_has_all_that_it_found(void **state)
{
    json_t *report = report_of(sample_run());
    const char *id, *outcome, *check, *what, *expected, *actual, *replay;
    int line;
    double seconds;

    (void)state;
    assert_int_equal(
        json_unpack(json_array_get(json_object_get(report, "cases"), 1),
                    "{s:s, s:s, s:[s,*], s:F, s:[{s:i, s:s, s:s, s:s}, *],"
                    " s:s}",
                    "id", &id, "outcome", &outcome, "checks", &check, "seconds",
                    &seconds, "failures", "line", &line, "what", &what,
                    "expected", &expected, "actual", &actual, "replay",
                    &replay),
        0);
    assert_string_equal(id, "resave/unmodified-is-touched[resave=false]");
    assert_string_equal(outcome, "fail");
    assert_string_equal(check, "RSV-02");
    assert_true(seconds > 0.0120 && seconds < 0.0122);
    assert_int_equal(line, 18);
    assert_string_equal(what, "cookie.expires");
    assert_string_equal(expected, "Sun, 22 Nov 2026 10:01:30 GMT (+60s)");
    assert_string_equal(actual, "absent");
    assert_string_equal(replay,
                        "build/sessionspec run --filter "
                        "'resave/unmodified-is-touched[[]resave=false]'");
    json_decref(report);
}

static void test_totals_and_verdicts_are_the_runs(void **state)
{
    json_t *report = report_of(sample_run());
    int cases, passed, failed, skipped, errors, crashed;
    const char *id, *verdict, *level;

    (void)state;
    assert_int_equal(json_unpack(report,
                                 "{s:{s:i, s:i, s:i, s:i, s:i, s:i !},"
                                 " s:[o, {s:s, s:s, s:s}, *]}",
                                 "totals", "cases", &cases, "passed", &passed,
                                 "failed", &failed, "skipped", &skipped,
                                 "errors", &errors, "crashed", &crashed,
                                 "requirements", &(json_t *){ NULL }, "id", &id,
                                 "verdict", &verdict, "level", &level),
                     0);
    assert_int_equal(cases, 9);
    assert_int_equal(passed + failed + skipped + errors + crashed, cases);
    assert_int_equal(skipped, 2);
    assert_string_equal(id, "NEW-07");
    assert_string_equal(verdict, "not-reachable");
    assert_string_equal(level, "hazard");
    json_decref(report);
}

static void test_control_characters_come_through_exactly(void **state)
{
    json_t *report = report_of(sample_run());
    const char *transcript = json_string_value(json_object_get(
        json_array_get(json_object_get(report, "cases"), 7), "transcript"));

    (void)state;
    assert_string_equal(transcript, "GET /<script>\033]0;owned\007\r\n\tbody "
                                    "\xef\xbf\xbd\x1f");
    json_decref(report);
}

static void test_a_divergence_is_there_only_where_there_is_one(void **state)
{
    json_t *report = report_of(sample_run());
    const json_t *cases = json_object_get(report, "cases");
    const char *id = NULL;

    (void)state;
    assert_int_equal(json_unpack(json_array_get(cases, 6), "{s:{s:s}}",
                                 "diverges", "id", &id),
                     0);
    assert_string_equal(id, "memory-all-is-an-object");
    assert_null(json_object_get(json_array_get(cases, 0), "diverges"));
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_schema_takes_the_reports_that_we_write),
        cmocka_unit_test(test_every_object_of_the_schema_is_closed),
        cmocka_unit_test(test_the_schema_misses_each_member_that_is_gone),
        cmocka_unit_test(test_the_schema_refuses_what_does_not_belong),
        cmocka_unit_test(test_the_schema_names_every_word_of_the_model),
        cmocka_unit_test(test_a_failed_case_has_all_that_it_found),
        cmocka_unit_test(test_totals_and_verdicts_are_the_runs),
        cmocka_unit_test(test_control_characters_come_through_exactly),
        cmocka_unit_test(test_a_divergence_is_there_only_where_there_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
