/* compare_term.c: several runs side by side, for a terminal
 *
 * A column is one character wide, so that many runs fit, and its name stands
 * above it at the end of a stair. A verdict is a sign; colour only adds to it.
 */
#include "compare.h"

#include "layout.h"
#include "report.h"
#include "text.h"

#include <string.h>

struct out {
    FILE *to;
    const struct compare *compare;
    const struct compare_style *style;
};

/* What the signs of compare_sign() mean, and how they look. */
static const struct {
    const char *one, *more, *colour; /* SGR parameters */
} verdicts[VERDICT_COUNT] = {
    [VERDICT_HOLDS] = { "holds", "hold", "32" },
    [VERDICT_FAILS] = { "fails", "fail", "1;31" },
    [VERDICT_REACHABLE] = { "reachable", "reachable", "36" },
    [VERDICT_NOT_REACHABLE] = { "not reachable", "not reachable", "36" },
    [VERDICT_SKIPPED] = { "skipped", "skipped", "33" },
    [VERDICT_UNTESTED] = { "untested", "untested", "2" },
};
static const char heading[] = "1", failing[] = "1;31";

enum { ID_WIDTH = 8, LEVEL_WIDTH = 13 };

static void begin_colour(const struct out *out, const char *colour)
{
    if (out->style->colour)
        fprintf(out->to, "\033[%sm", colour);
}

static void end_colour(const struct out *out)
{
    if (out->style->colour)
        fputs("\033[0m", out->to);
}

static void title(const struct out *out, const char *text)
{
    putc('\n', out->to);
    begin_colour(out, heading);
    text_write(out->to, text);
    end_colour(out);
    putc('\n', out->to);
}

static size_t width_of(const char *text)
{
    size_t width = 0;

    while (text_next(&text) != 0)
        width++;
    return width;
}

/* A name or id, which may hold anything, in a column of that width. */
static void padded(const struct out *out, size_t width, const char *text)
{
    size_t used = width_of(text);

    text_write(out->to, text);
    fprintf(out->to, "%*s", used < width ? (int)(width - used) : 0, "");
}

/* ---- Counts ------------------------------------------------------------- */

static void count_cell(const struct out *out, const struct result_run *run,
                       const char *level)
{
    struct compare_counts counts = compare_count(run, level);
    char text[80];

    snprintf(text, sizeof text, "%zu/%zu/%zu", counts.hold, counts.fail,
             counts.skipped);
    if (counts.fail > 0)
        begin_colour(out, failing);
    fprintf(out->to, "%-*s", LEVEL_WIDTH, text);
    if (counts.fail > 0)
        end_colour(out);
}

/* By level: how many requirements hold, fail and were skipped. */
static void counts(const struct out *out)
{
    title(out, "hold/fail/skipped");
    for (size_t i = 0; result_levels[i] != NULL; i++)
        padded(out, LEVEL_WIDTH, result_levels[i]);
    fputs("cases\n", out->to);
    for (size_t i = 0; i < out->compare->column_count; i++) {
        const struct compare_column *column = &out->compare->columns[i];

        for (size_t j = 0; result_levels[j] != NULL; j++)
            count_cell(out, column->run, result_levels[j]);
        fprintf(out->to, "%-7zu", column->run->totals.cases);
        text_write(out->to, column->name);
        fputs(column->run->interrupted ? " (interrupted)\n" : "\n", out->to);
    }
}

/* Said once, in one line: verdicts of other cases are not of one measure. */
static void suites(const struct out *out)
{
    const struct compare *compare = out->compare;

    if (compare->same_suite)
        return;
    fputs("\nnot of one suite:", out->to);
    for (size_t i = 0; i < compare->column_count; i++) {
        fputs(i > 0 ? ", " : " ", out->to);
        text_write(out->to, compare->columns[i].name);
        fprintf(out->to, " %zu case%s", compare->columns[i].run->case_count,
                compare->columns[i].run->case_count == 1 ? "" : "s");
    }
    putc('\n', out->to);
}

/* ---- The matrix --------------------------------------------------------- */

/* Each name above its column, a line each, those before it led past. */
static void stair(const struct out *out)
{
    for (size_t i = 0; i < out->compare->column_count; i++) {
        fprintf(out->to, "%*s", ID_WIDTH + LEVEL_WIDTH, "");
        for (size_t j = 0; j < i; j++)
            fputs("| ", out->to);
        text_write(out->to, out->compare->columns[i].name);
        putc('\n', out->to);
    }
}

static void row(const struct out *out, const struct compare_row *row)
{
    size_t at = ID_WIDTH + LEVEL_WIDTH + 2 * out->compare->column_count + 1;

    padded(out, ID_WIDTH, row->about->id);
    padded(out, LEVEL_WIDTH, row->about->level);
    for (size_t i = 0; i < out->compare->column_count; i++) {
        const struct result_requirement *cell = row->cells[i];

        if (cell != NULL)
            begin_colour(out, verdicts[cell->verdict].colour);
        putc(compare_sign(cell), out->to);
        if (cell != NULL)
            end_colour(out);
        putc(' ', out->to);
    }
    putc(' ', out->to);
    layout_fill(out->to, at, at, row->about->text);
}

static void legend(const struct out *out)
{
    putc('\n', out->to);
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        const struct result_requirement cell = { .verdict = verdict };

        fputs("  ", out->to);
        begin_colour(out, verdicts[verdict].colour);
        putc(compare_sign(&cell), out->to);
        end_colour(out);
        fprintf(out->to, " %s", verdicts[verdict].one);
    }
    if (!out->compare->same_suite)
        fprintf(out->to, "  %c not known", compare_sign(NULL));
    putc('\n', out->to);
}

static bool is_shown(const struct out *out, const struct compare_row *row)
{
    return out->style->all || row->differs || row->fails;
}

static void rows(const struct out *out)
{
    bool any = false;

    for (size_t i = 0; i < out->compare->row_count; i++) {
        const struct compare_row *one = &out->compare->rows[i];

        if (!is_shown(out, one))
            continue;
        if (!any) {
            title(out, out->style->all ? "All requirements"
                                       : "What differs or fails");
            stair(out);
        }
        any = true;
        row(out, one);
    }
    if (any)
        legend(out);
}

/* What was not listed, by verdict: "alike everywhere: 140 hold, 3 …". */
static void rest(const struct out *out)
{
    size_t counted[VERDICT_COUNT] = { 0 }, total = 0;
    const char *separator = ": ";

    for (size_t i = 0; i < out->compare->row_count; i++)
        if (!is_shown(out, &out->compare->rows[i])) {
            counted[out->compare->rows[i].cells[0]->verdict]++;
            total++;
        }
    if (total == 0)
        return;
    fprintf(out->to, "\nof %zu requirements %zu %s alike everywhere",
            out->compare->row_count, total, total == 1 ? "is" : "are");
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        if (counted[verdict] > 0) {
            fprintf(out->to, "%s%zu %s", separator, counted[verdict],
                    counted[verdict] == 1 ? verdicts[verdict].one
                                          : verdicts[verdict].more);
            separator = ", ";
        }
    fputs("\n(--all lists them)\n", out->to);
}

/* ---- The limits --------------------------------------------------------- */

/* What one run cannot do, and others can. */
static void limits(const struct out *out)
{
    bool any = false;

    for (size_t i = 0; i < out->compare->column_count; i++) {
        const struct compare_column *column = &out->compare->columns[i];

        if (compare_limits(column) == 0)
            continue;
        if (!any)
            title(out, "Cases that were skipped, and why");
        any = true;
        text_write(out->to, column->name);
        putc('\n', out->to);
        for (size_t j = 0; j < column->skip_count; j++)
            if (!column->skips[j].everywhere) {
                fprintf(out->to, "  %4zu  ", column->skips[j].cases);
                layout_fill(out->to, 8, 8, column->skips[j].reason);
            }
    }
}

/* ---- The failures ------------------------------------------------------- */

static void bad_case(const struct out *out, const struct result_case *test)
{
    fputs("  ", out->to);
    begin_colour(out, failing);
    padded(out, 6, outcome_words[test->outcome]);
    end_colour(out);
    text_write(out->to, test->id);
    for (size_t i = 0; i < test->check_count; i++) {
        fputs(i > 0 ? " " : " (", out->to);
        text_write(out->to, test->checks[i]);
    }
    fputs(test->check_count > 0 ? ")\n" : "\n", out->to);
    if (test->reason[0] != '\0') {
        fputs("        ", out->to);
        layout_block(out->to, 8, test->reason);
    }
    fputs("        ", out->to);
    layout_block(out->to, 8, test->replay);
}

static void failures(const struct out *out)
{
    for (size_t i = 0; i < out->compare->column_count; i++) {
        const struct compare_column *column = &out->compare->columns[i];
        const struct result_run *run = column->run;

        if (result_bad(&run->totals) == 0)
            continue;
        putc('\n', out->to);
        begin_colour(out, heading);
        text_write(out->to, column->name);
        end_colour(out);
        fprintf(out->to, ": %zu of %zu cases did not pass\n",
                result_bad(&run->totals), run->totals.cases);
        for (size_t j = 0; j < run->case_count; j++)
            if (outcome_is_bad(run->cases[j].outcome))
                bad_case(out, &run->cases[j]);
    }
}

static void absent(const struct out *out)
{
    const struct compare *compare = out->compare;

    if (compare->absent_count > 0)
        fputs("\nNot run\n", out->to);
    for (size_t i = 0; i < compare->absent_count; i++) {
        fputs("  ", out->to);
        text_write(out->to, compare->absent[i].name);
        fputs(": ", out->to);
        layout_block(out->to, 8, compare->absent[i].why);
    }
}

static int write_term(const struct compare *compare,
                      const struct compare_style *style, FILE *to)
{
    const struct out out = { to, compare, style };

    rows(&out);
    failures(&out);
    rest(&out);
    limits(&out);
    suites(&out);
    absent(&out);
    counts(&out);
    return report_finish(to);
}

const struct compare_format compare_term = {
    .name = "term",
    .help = "plain text, for people (the default)",
    .write = write_term,
};
