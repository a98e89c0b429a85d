/* compare.c: several runs side by side: requirement by run */
#include "compare.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const struct compare_format *const compare_formats[] = {
    &compare_term, &compare_json, &compare_html, &compare_markdown, NULL,
};

const struct compare_format *compare_find(const char *name)
{
    for (size_t i = 0; compare_formats[i] != NULL; i++)
        if (strcmp(compare_formats[i]->name, name) == 0)
            return compare_formats[i];
    return NULL;
}

/* ---- Names -------------------------------------------------------------- */

/* What a column can be named by, the best first. */
enum way { WAY_STORE, WAY_TARGET, WAY_SPEC, WAY_FILE, WAY_COUNT };

static char *joined(const char *name, const char *version)
{
    size_t size = strlen(name) + strlen(version) + 2;
    char *text = malloc(size);

    if (text != NULL)
        snprintf(text, size, "%s%s%s", name,
                 name[0] != '\0' && version[0] != '\0' ? " " : "", version);
    return text;
}

/* "out/redis.json" is redis. */
static char *file_name(const char *path)
{
    static const char ending[] = ".json";
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name), cut = strlen(ending);

    if (length > cut && strcmp(name + length - cut, ending) == 0)
        length -= cut;
    return strndup(name, length);
}

static char *name_by(const struct compare_column *column, enum way way)
{
    const struct result_run *run = column->run;

    switch (way) {
    case WAY_STORE:
        return joined(run->store_name, run->store_version);
    case WAY_TARGET:
        return joined(run->target_name, run->target_version);
    case WAY_SPEC:
        return strdup(run->store_spec);
    default:
        return file_name(column->input->path);
    }
}

/* 1: both are named alike that way; 0: not; -ENOMEM. */
static int are_alike(const struct compare_column *a,
                     const struct compare_column *b, enum way way)
{
    char *one = name_by(a, way), *other = name_by(b, way);
    int result = -ENOMEM;

    if (one != NULL && other != NULL)
        result = strcmp(one, other) == 0;
    free(one);
    free(other);
    return result;
}

/* Whether a column's name of that way tells it from all others that the first
 * way does not tell it from. */
static int tells_apart(const struct compare *compare, size_t index,
                       enum way way)
{
    const struct compare_column *columns = compare->columns;

    for (size_t i = 0; i < compare->column_count; i++) {
        int alike;

        if (i == index)
            continue;
        alike = are_alike(&columns[i], &columns[index], WAY_STORE);
        if (alike > 0 && way != WAY_STORE)
            alike = are_alike(&columns[i], &columns[index], way);
        if (alike != 0)
            return alike < 0 ? alike : 0;
    }
    return 1;
}

/* Takes the first way that says anything and tells the column apart. */
static int name_column(const struct compare *compare, size_t index)
{
    struct compare_column *column = &compare->columns[index];

    for (int way = 0; way < WAY_COUNT; way++) {
        int apart = tells_apart(compare, index, (enum way)way);

        if (apart < 0)
            return apart;
        free(column->name);
        column->name = name_by(column, (enum way)way);
        if (column->name == NULL)
            return -ENOMEM;
        if (apart > 0 && column->name[0] != '\0')
            return 0;
    }
    return 0;
}

static bool name_is_taken(const struct compare *compare, size_t before,
                          const char *name)
{
    for (size_t i = 0; i < before; i++)
        if (strcmp(compare->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Counts those up whom no way told apart: "a", "a (2)". */
static int number_column(const struct compare *compare, size_t index)
{
    struct compare_column *column = &compare->columns[index];
    char number[32], *name = column->name;

    for (size_t n = 2; name_is_taken(compare, index, name); n++) {
        if (name != column->name)
            free(name);
        snprintf(number, sizeof number, "(%zu)", n);
        name = joined(column->name, number);
        if (name == NULL)
            return -ENOMEM;
    }
    if (name != column->name) {
        free(column->name);
        column->name = name;
    }
    return 0;
}

static int name_columns(const struct compare *compare)
{
    int result = 0;

    for (size_t i = 0; i < compare->column_count && result == 0; i++)
        result = name_column(compare, i);
    for (size_t i = 0; i < compare->column_count && result == 0; i++)
        result = number_column(compare, i);
    return result;
}

/* ---- Rows --------------------------------------------------------------- */

static bool is_known(const struct compare *compare, const char *id)
{
    for (size_t i = 0; i < compare->row_count; i++) {
        const struct result_requirement *about = compare->rows[i].about;
        if (about && strcmp(about->id, id) == 0)
            return true;
    }
    return false;
}

static int add_row(struct compare *compare,
                   const struct result_requirement *about)
{
    struct compare_row *row = &compare->rows[compare->row_count];

    row->cells = calloc(compare->column_count, sizeof(void *));
    if (row->cells == NULL)
        return -ENOMEM;
    row->about = about;
    compare->row_count++;
    for (size_t i = 0; i < compare->column_count; i++) {
        const struct result_requirement *cell =
            result_requirement(compare->columns[i].run, about->id);
        const struct result_requirement *first = row->cells[0];

        row->cells[i] = cell;
        if (cell != NULL && cell->verdict == VERDICT_FAILS)
            row->fails = true;
        if (i > 0 && ((cell == NULL) != (first == NULL) ||
                      (cell != NULL && cell->verdict != first->verdict)))
            row->differs = true;
    }
    return 0;
}

static int add_rows(struct compare *compare)
{
    size_t most = 0;

    for (size_t i = 0; i < compare->column_count; i++)
        most += compare->columns[i].run->requirement_count;
    compare->rows = calloc(most + 1, sizeof *compare->rows);
    if (compare->rows == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < compare->column_count; i++) {
        const struct result_run *run = compare->columns[i].run;

        for (size_t j = 0; j < run->requirement_count; j++)
            if (!is_known(compare, run->requirements[j].id) &&
                add_row(compare, &run->requirements[j]) != 0)
                return -ENOMEM;
    }
    return 0;
}

static bool have_same_cases(const struct result_run *a,
                            const struct result_run *b)
{
    if (a->case_count != b->case_count)
        return false;
    for (size_t i = 0; i < a->case_count; i++)
        if (strcmp(a->cases[i].id, b->cases[i].id) != 0)
            return false;
    return true;
}

/* ---- Skips -------------------------------------------------------------- */

static struct compare_skip *skip_of(const struct compare_column *column,
                                    const char *reason)
{
    for (size_t i = 0; i < column->skip_count; i++)
        if (column->skips[i].reason != NULL &&
            strcmp(column->skips[i].reason, reason) == 0)
            return &column->skips[i];
    return NULL;
}

static int add_skips(struct compare_column *column)
{
    const struct result_run *run = column->run;

    column->skips = calloc(run->case_count + 1, sizeof *column->skips);
    if (column->skips == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < run->case_count; i++) {
        const char *reason = run->cases[i].reason;
        struct compare_skip *skip;

        if (run->cases[i].outcome != OUTCOME_SKIP || reason[0] == '\0')
            continue;
        skip = skip_of(column, reason);
        if (skip == NULL)
            skip = &column->skips[column->skip_count++];
        skip->reason = reason;
        skip->cases++;
    }
    return 0;
}

static int find_skips(const struct compare *compare)
{
    struct compare_column *columns = compare->columns;

    for (size_t i = 0; i < compare->column_count; i++)
        if (add_skips(&columns[i]) != 0)
            return -ENOMEM;
    for (size_t i = 0; i < compare->column_count; i++)
        for (size_t j = 0; j < columns[i].skip_count; j++) {
            struct compare_skip *skip = &columns[i].skips[j];

            skip->everywhere = compare->column_count > 1;
            for (size_t k = 0; k < compare->column_count; k++)
                if (skip_of(&columns[k], skip->reason) == NULL)
                    skip->everywhere = false;
        }
    return 0;
}

size_t compare_limits(const struct compare_column *column)
{
    size_t count = 0;

    for (size_t i = 0; i < column->skip_count; i++)
        count += !column->skips[i].everywhere;
    return count;
}

/* ---- The whole ---------------------------------------------------------- */

int compare_runs(struct compare *compare, const struct compare_input *inputs,
                 size_t count)
{
    int result;

    memset(compare, 0, sizeof *compare);
    compare->columns = calloc(count + 1, sizeof *compare->columns);
    if (compare->columns == NULL)
        return -ENOMEM;
    compare->column_count = count;
    compare->same_suite = true;
    for (size_t i = 0; i < count; i++) {
        compare->columns[i].input = &inputs[i];
        compare->columns[i].run = inputs[i].run;
        if (!have_same_cases(inputs[0].run, inputs[i].run))
            compare->same_suite = false;
    }
    result = name_columns(compare);
    if (result == 0)
        result = find_skips(compare);
    return result != 0 ? result : add_rows(compare);
}

void compare_free(struct compare *compare)
{
    for (size_t i = 0; i < compare->column_count; i++) {
        free(compare->columns[i].name);
        free(compare->columns[i].skips);
    }
    for (size_t i = 0; i < compare->row_count; i++)
        free(compare->rows[i].cells);
    free(compare->columns);
    free(compare->rows);
    memset(compare, 0, sizeof *compare);
}

struct compare_counts compare_count(const struct result_run *run,
                                    const char *level)
{
    return (struct compare_counts){
        .hold = result_verdicts(run, level, VERDICT_HOLDS) +
                result_verdicts(run, level, VERDICT_REACHABLE) +
                result_verdicts(run, level, VERDICT_NOT_REACHABLE),
        .fail = result_verdicts(run, level, VERDICT_FAILS),
        .skipped = result_verdicts(run, level, VERDICT_SKIPPED),
    };
}

char compare_sign(const struct result_requirement *cell)
{
    static const char signs[VERDICT_COUNT] = {
        [VERDICT_HOLDS] = '+',     [VERDICT_FAILS] = 'X',
        [VERDICT_REACHABLE] = '!', [VERDICT_NOT_REACHABLE] = 'o',
        [VERDICT_SKIPPED] = '-',   [VERDICT_UNTESTED] = '.',
    };

    return cell != NULL ? signs[cell->verdict] : '?';
}
