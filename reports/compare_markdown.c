/* compare_markdown.c: several runs side by side, for a README or a comment */
#include "compare.h"

#include "layout.h"
#include "report.h"
#include "text.h"

#include <string.h>

/* On one line, with what Markdown reads as markup made harmless. */
static void cell(FILE *to, const char *text)
{
    for (uint32_t c; (c = text_next(&text)) != 0;) {
        if (c < 0x80 && strchr("\\|`*_<>[]#&~", (int)c) != NULL)
            putc('\\', to);
        text_put(to, c == '\n' ? ' ' : c);
    }
}

/* `first` are the columns before the runs', with their rule. */
static void head(FILE *to, const struct compare *compare, const char *first,
                 const char *rule)
{
    fputs(first, to);
    for (size_t i = 0; i < compare->column_count; i++) {
        putc(' ', to);
        cell(to, compare->columns[i].name);
        fputs(" |", to);
    }
    fprintf(to, "\n%s", rule);
    for (size_t i = 0; i < compare->column_count; i++)
        fputs("---|", to);
    putc('\n', to);
}

static void counts(FILE *to, const struct compare *compare)
{
    head(to, compare, "| hold/fail/skipped |", "|---|");
    for (size_t i = 0; result_levels[i] != NULL; i++) {
        fprintf(to, "| %s |", result_levels[i]);
        for (size_t j = 0; j < compare->column_count; j++) {
            struct compare_counts one =
                compare_count(compare->columns[j].run, result_levels[i]);

            fprintf(to, " %zu/%zu/%zu |", one.hold, one.fail, one.skipped);
        }
        putc('\n', to);
    }
}

static void verdict(FILE *to, const struct result_requirement *of)
{
    const char *bold = of != NULL && of->verdict == VERDICT_FAILS ? "**" : "";

    fprintf(to, " %s%s%s |", bold,
            of != NULL ? verdict_words[of->verdict] : "?", bold);
}

static void rows(FILE *to, const struct compare *compare, bool all)
{
    bool any = false;

    for (size_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];

        if (!all && !row->differs && !row->fails)
            continue;
        if (!any) {
            putc('\n', to);
            head(to, compare, "| requirement | level |", "|---|---|");
        }
        any = true;
        fputs("| ", to);
        cell(to, row->about->id);
        fprintf(to, " | %s |", row->about->level);
        for (size_t j = 0; j < compare->column_count; j++)
            verdict(to, row->cells[j]);
        putc('\n', to);
    }
}

static void failures(FILE *to, const struct compare *compare)
{
    for (size_t i = 0; i < compare->column_count; i++) {
        const struct result_run *run = compare->columns[i].run;

        if (result_bad(&run->totals) == 0)
            continue;
        fputs("\n**", to);
        cell(to, compare->columns[i].name);
        fprintf(to, "**: %zu of %zu cases did not pass\n\n",
                result_bad(&run->totals), run->totals.cases);
        for (size_t j = 0; j < run->case_count; j++) {
            if (!outcome_is_bad(run->cases[j].outcome))
                continue;
            fputs("- ", to);
            cell(to, run->cases[j].id);
            fputs("\n\n      ", to); /* as code: to be copied */
            layout_block(to, 6, run->cases[j].replay);
        }
    }
}

static void limits(FILE *to, const struct compare *compare)
{
    bool any = false;

    for (size_t i = 0; i < compare->column_count; i++) {
        const struct compare_column *column = &compare->columns[i];

        for (size_t j = 0; j < column->skip_count; j++) {
            if (column->skips[j].everywhere)
                continue;
            fputs(any ? "" : "\n| run | cases skipped | why |\n|---|---|---|\n",
                  to);
            any = true;
            fputs("| ", to);
            cell(to, column->name);
            fprintf(to, " | %zu | ", column->skips[j].cases);
            cell(to, column->skips[j].reason);
            fputs(" |\n", to);
        }
    }
}

static void absent(FILE *to, const struct compare *compare)
{
    if (compare->absent_count > 0)
        fputs("\n### Not run\n\n", to);
    for (size_t i = 0; i < compare->absent_count; i++) {
        fputs("- ", to);
        cell(to, compare->absent[i].name);
        fputs(": ", to);
        cell(to, compare->absent[i].why);
        putc('\n', to);
    }
}

static int write_markdown(const struct compare *compare,
                          const struct compare_style *style, FILE *to)
{
    counts(to, compare);
    rows(to, compare, style->all);
    limits(to, compare);
    failures(to, compare);
    absent(to, compare);
    return report_finish(to);
}

const struct compare_format compare_markdown = {
    .name = "markdown",
    .help = "tables, for a README or a comment",
    .write = write_markdown,
};
