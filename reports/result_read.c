/* result_read.c: a run as it was, from the JSON that json.c wrote of it */
#include "result_read.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_run(struct result_file *file);

static int wrong(struct result_file *file, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int wrong(struct result_file *file, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(file->why, sizeof file->why, format, args);
    va_end(args);
    return code;
}

int result_read(struct result_file *file, const char *path)
{
    FILE *from = fopen(path, "r");
    json_error_t error;
    int failed;

    memset(file, 0, sizeof *file);
    if (from == NULL)
        return wrong(file, -errno, "%s", strerror(errno));
    errno = 0;
    file->json = json_loadf(from, 0, &error);
    failed = ferror(from) ? (errno != 0 ? errno : EIO) : 0;
    (void)fclose(from);
    if (failed != 0)
        return wrong(file, -failed, "%s", strerror(failed));
    if (file->json == NULL)
        return wrong(file, -EINVAL, "not JSON: line %d: %.150s", error.line,
                     error.text);
    return read_run(file);
}

void result_read_free(struct result_file *file)
{
    struct result_run *run = &file->run;

    for (size_t i = 0; i < run->case_count; i++) {
        free(run->cases[i].checks);
        free(run->cases[i].failures);
    }
    for (size_t i = 0; i < run->requirement_count; i++)
        free(run->requirements[i].cases);
    free(run->cases);
    free(run->requirements);
    json_decref(file->json);
    memset(file, 0, sizeof *file);
}

/* "" where it is absent, so that nobody has to ask. */
static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

static unsigned line_of(const json_t *object)
{
    json_int_t line = json_integer_value(json_object_get(object, "line"));

    return line > 0 && line < INT_MAX ? (unsigned)line : 0;
}

/* The place of a word in a list, or -1. */
static int word_of(const json_t *object, const char *key,
                   const char *const *words, int count)
{
    const char *word = text_of(object, key);

    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

/* An empty list is no NULL: that one means that there is no memory. */
static void *list_for(const json_t *array, size_t size)
{
    return calloc(json_array_size(array) + 1, size);
}

/* The texts in an array; what else is in there is left out. 0 or -ENOMEM. */
static int read_texts(const json_t *array, const char ***list, size_t *count)
{
    *count = 0;
    *list = list_for(array, sizeof **list);
    if (*list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));

        if (text != NULL)
            (*list)[(*count)++] = text;
    }
    return 0;
}

static int read_failures(const json_t *array, struct result_case *test)
{
    size_t count = json_array_size(array);

    test->failures = list_for(array, sizeof *test->failures);
    if (test->failures == NULL)
        return -ENOMEM;
    test->failure_count = test->failure_capacity = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, i);

        test->failures[i] = (struct result_failure){
            .line = line_of(one),
            .what = text_of(one, "what"),
            .expected = text_of(one, "expected"),
            .actual = text_of(one, "actual"),
            .against = json_string_value(json_object_get(one, "against")),
        };
    }
    return 0;
}

static int read_case(struct result_file *file, size_t index, const json_t *from)
{
    struct result_case *test = &file->run.cases[index];
    const json_t *diverges = json_object_get(from, "diverges");
    int outcome = word_of(from, "outcome", outcome_words, OUTCOME_COUNT);

    if (text_of(from, "id")[0] == '\0' || outcome < 0)
        return wrong(file, -EINVAL,
                     "no report of ours: cases[%zu] has no id and outcome",
                     index);
    *test = (struct result_case){
        .id = text_of(from, "id"),
        .suite = text_of(from, "suite"),
        .title = text_of(from, "title"),
        .file = text_of(from, "file"),
        .line = line_of(from),
        .outcome = (enum outcome)outcome,
        .seconds = json_number_value(json_object_get(from, "seconds")),
        .reason = text_of(from, "reason"),
        .transcript = text_of(from, "transcript"),
        .replay = text_of(from, "replay"),
        .diverges = json_string_value(json_object_get(diverges, "id")),
        .diverges_source = text_of(diverges, "source"),
        .hazard_shown = json_is_true(json_object_get(from, "hazard_shown")),
    };
    file->run.case_count++; /* from here on it is freed */
    result_count(&file->run.totals, test->outcome);
    if (read_texts(json_object_get(from, "checks"), &test->checks,
                   &test->check_count) != 0)
        return -ENOMEM;
    return read_failures(json_object_get(from, "failures"), test);
}

static bool is_level(const char *word)
{
    for (size_t i = 0; result_levels[i] != NULL; i++)
        if (strcmp(result_levels[i], word) == 0)
            return true;
    return false;
}

static int read_requirement(struct result_file *file, size_t index,
                            const json_t *from)
{
    struct result_requirement *requirement = &file->run.requirements[index];
    int verdict = word_of(from, "verdict", verdict_words, VERDICT_COUNT);

    if (text_of(from, "id")[0] == '\0' || verdict < 0 ||
        !is_level(text_of(from, "level")))
        return wrong(file, -EINVAL,
                     "no report of ours: requirements[%zu] has no id, level "
                     "and verdict",
                     index);
    *requirement = (struct result_requirement){
        .id = text_of(from, "id"),
        .section = text_of(from, "section"),
        .level = text_of(from, "level"),
        .text = text_of(from, "text"),
        .source = text_of(from, "source"),
        .verdict = (enum verdict)verdict,
    };
    file->run.requirement_count++;
    return read_texts(json_object_get(from, "cases"), &requirement->cases,
                      &requirement->case_count);
}

static void read_about(struct result_run *run, const json_t *from)
{
    const json_t *tool = json_object_get(from, "tool");
    const json_t *target = json_object_get(from, "target");
    const json_t *store = json_object_get(from, "store");

    run->tool_name = text_of(tool, "name");
    run->tool_version = text_of(tool, "version");
    run->target_name = text_of(target, "name");
    run->target_version = text_of(target, "version");
    run->target_implements = text_of(target, "implements");
    run->target_url = text_of(target, "url");
    run->store_name = text_of(store, "name");
    run->store_version = text_of(store, "version");
    run->store_spec = text_of(store, "spec");
    run->started = text_of(from, "started");
    run->seconds = json_number_value(json_object_get(from, "seconds"));
    run->interrupted = json_is_true(json_object_get(from, "interrupted"));
}

static int read_lists(struct result_file *file, const json_t *requirements,
                      const json_t *cases)
{
    struct result_run *run = &file->run;
    int result = 0;

    run->requirements = list_for(requirements, sizeof *run->requirements);
    run->cases = list_for(cases, sizeof *run->cases);
    if (run->requirements == NULL || run->cases == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < json_array_size(requirements) && result == 0; i++)
        result = read_requirement(file, i, json_array_get(requirements, i));
    for (size_t i = 0; i < json_array_size(cases) && result == 0; i++)
        result = read_case(file, i, json_array_get(cases, i));
    return result;
}

static int read_run(struct result_file *file)
{
    static const char *const objects[] = { "tool", "target", "store",
                                           "totals" };
    const json_t *requirements = json_object_get(file->json, "requirements");
    const json_t *cases = json_object_get(file->json, "cases");
    int result;

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (!json_is_object(json_object_get(file->json, objects[i])))
            return wrong(file, -EINVAL,
                         "no report of ours: it has no object \"%s\"",
                         objects[i]);
    if (!json_is_array(requirements) || !json_is_array(cases))
        return wrong(file, -EINVAL, "no report of ours: it has no array \"%s\"",
                     json_is_array(cases) ? "requirements" : "cases");
    read_about(&file->run, file->json);
    result = read_lists(file, requirements, cases);
    if (result == -ENOMEM)
        return wrong(file, result, "not enough memory");
    return result;
}
