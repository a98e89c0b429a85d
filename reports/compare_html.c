/* compare_html.c: several runs side by side, as one page
 *
 * The counts by level come first, then the matrix, by section, then what did
 * not pass. A verdict is a link to the requirement on the run's own page,
 * where that is known. Every text goes through html_escape().
 */
#include "compare.h"

#include "compare_page.h"
#include "html_parts.h"
#include "report.h"

#include <ctype.h>
#include <string.h>

struct page {
    FILE *to;
    const struct compare *compare;
    const char *folder; /* where it will stand, or NULL */
};

/* Beside each verdict's word: what a print without colours shows. */
static const char *const signs[VERDICT_COUNT] = {
    [VERDICT_HOLDS] = "\u2713",   [VERDICT_FAILS] = "\u2717",
    [VERDICT_REACHABLE] = "!",    [VERDICT_NOT_REACHABLE] = "\u25cb",
    [VERDICT_SKIPPED] = "\u2013", [VERDICT_UNTESTED] = "\u00b7",
};

/* ---- Links -------------------------------------------------------------- */

/* A path as part of a URL. */
static void write_path(FILE *to, const char *path)
{
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;

        if (isalnum(c) || strchr("/-._~", c) != NULL)
            putc(c, to);
        else
            fprintf(to, "%%%02X", c);
    }
}

/* The way from a folder to a file, both absolute and without `..`. */
static void write_way(FILE *to, const char *folder, const char *file)
{
    size_t same = 0, i = 0; /* same: where the shared folders end */
    const char *rest;

    for (; folder[i] != '\0' && folder[i] == file[i]; i++)
        if (folder[i] == '/')
            same = i + 1;
    rest = folder + same;
    if (folder[i] == '\0' && file[i] == '/') {
        rest = "";
        same = i + 1;
    }
    fputs("./", to); /* a name with a colon is no scheme */
    while (rest[0] != '\0') {
        fputs("../", to);
        rest += strcspn(rest, "/");
        rest += strspn(rest, "/");
    }
    write_path(to, file + same);
}

static bool has_page(const struct page *page, size_t index)
{
    return page->folder != NULL &&
           page->compare->columns[index].input->page != NULL;
}

/* Opens a link to the run's own page. */
static void open_link(const struct page *page, size_t index, const char *anchor,
                      size_t number)
{
    fputs("<a href=\"", page->to);
    write_way(page->to, page->folder,
              page->compare->columns[index].input->page);
    if (anchor != NULL)
        fprintf(page->to, "#%s-%zu", anchor, number);
    fputs("\">", page->to);
}

/* ---- Head --------------------------------------------------------------- */

static void name_cell(const struct page *page, size_t index, const char *start,
                      const char *end)
{
    fputs(start, page->to);
    if (has_page(page, index))
        open_link(page, index, NULL, 0);
    html_escape(page->to, page->compare->columns[index].name);
    if (has_page(page, index))
        fputs("</a>", page->to);
    fputs(end, page->to);
}

static void about_run(const struct page *page, size_t index)
{
    const struct result_run *run = page->compare->columns[index].run;
    FILE *to = page->to;

    html_element(to, "<small class=\"soft\">", run->store_spec,
                 run->store_spec[0] != '\0' ? " on " : "on ");
    html_element(to, "", run->target_name, " ");
    html_element(to, "", run->target_version, "");
    fprintf(to, ", %.1f s%s</small>", run->seconds,
            run->interrupted ? ", interrupted" : "");
}

static void count_cell(const struct page *page, const struct result_run *run,
                       const char *level)
{
    struct compare_counts counts = compare_count(run, level);

    fprintf(page->to,
            "<td><span class=\"tag holds\">%s %zu</span> "
            "<span class=\"tag %s\">%s %zu</span> "
            "<span class=\"tag skipped\">%s %zu</span></td>",
            signs[VERDICT_HOLDS], counts.hold,
            counts.fail > 0 ? "fails" : "untested", signs[VERDICT_FAILS],
            counts.fail, signs[VERDICT_SKIPPED], counts.skipped);
}

static void count_table(const struct page *page)
{
    FILE *to = page->to;

    fputs("<table class=\"counts\">\n<thead><tr><th>run</th><th>cases</th>",
          to);
    for (size_t i = 0; result_levels[i] != NULL; i++)
        fprintf(to, "<th>%s</th>", result_levels[i]);
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t i = 0; i < page->compare->column_count; i++) {
        const struct result_run *run = page->compare->columns[i].run;

        name_cell(page, i, "<tr><td class=\"id\">", "");
        about_run(page, i);
        fprintf(to, "</td><td>%zu</td>", run->totals.cases);
        for (size_t j = 0; result_levels[j] != NULL; j++)
            count_cell(page, run, result_levels[j]);
        fputs("</tr>\n", to);
    }
    fprintf(to,
            "</tbody>\n</table>\n<p class=\"soft\">Requirements by level: "
            "%s hold, %s fail, %s skipped. A hazard counts as hold, shown or "
            "not.</p>\n",
            signs[VERDICT_HOLDS], signs[VERDICT_FAILS], signs[VERDICT_SKIPPED]);
}

static void summary(const struct page *page)
{
    const struct compare *compare = page->compare;
    size_t differ = 0, fail = 0;

    for (size_t i = 0; i < compare->row_count; i++) {
        differ += compare->rows[i].differs;
        fail += compare->rows[i].fails;
    }
    fputs("<header>\n<h1>Session conformance compared</h1>\n"
          "<p class=\"lead\">",
          page->to);
    fprintf(page->to,
            "%zu runs, %zu requirements: %zu differ, "
            "<span class=\"tag %s\">%zu fail somewhere</span></p>\n",
            compare->column_count, compare->row_count, differ,
            fail > 0 ? "fail" : "pass", fail);
    if (!compare->same_suite)
        fputs("<p class=\"tag skip\">The runs are not of one suite: their "
              "cases are not the same.</p>\n",
              page->to);
    fputs("</header>\n", page->to);
    count_table(page);
}

/* ---- The matrix --------------------------------------------------------- */

/* Why a requirement was skipped: as the first of its cases says. */
static const char *skip_reason(const struct result_run *run,
                               const struct result_requirement *of)
{
    if (of == NULL || of->verdict != VERDICT_SKIPPED || of->case_count == 0)
        return "";
    for (size_t i = 0; i < run->case_count; i++)
        if (strcmp(run->cases[i].id, of->cases[0]) == 0)
            return run->cases[i].reason;
    return "";
}

static void cell(const struct page *page, const struct compare_row *row,
                 size_t index)
{
    const struct result_requirement *of = row->cells[index];
    const struct result_run *run = page->compare->columns[index].run;
    const char *word = of != NULL ? verdict_words[of->verdict] : "not known";

    html_element(page->to, "<td class=\"run\" title=\"", skip_reason(run, of),
                 "\">");
    fprintf(page->to, "<span class=\"tag %s\">",
            of != NULL ? word : "untested");
    if (of != NULL && has_page(page, index))
        open_link(page, index, "requirement", (size_t)(of - run->requirements));
    fprintf(page->to, "<span class=\"sign\">%s</span><small>%s</small>",
            of != NULL ? signs[of->verdict] : "?", word);
    if (of != NULL && has_page(page, index))
        fputs("</a>", page->to);
    fputs("</span></td>", page->to);
}

static void one_row(const struct page *page, const struct compare_row *row)
{
    const struct result_requirement *about = row->about;
    FILE *to = page->to;

    fprintf(to, "<tr class=\"row%s%s\" data-level=\"%s\" data-section=\"",
            row->differs ? " differs" : "", row->fails ? " fails" : "",
            about->level);
    html_escape(to, about->section);
    html_element(to, "\"><td class=\"id\">", about->id, "</td>");
    html_element(to, "<td class=\"level soft\">", about->level, "</td>");
    for (size_t i = 0; i < page->compare->column_count; i++)
        cell(page, row, i);
    fputs("<td class=\"text\">", to);
    html_prose(to, about->text);
    html_element(to, "<small>", about->source, "</small></td></tr>\n");
}

static void matrix_head(const struct page *page)
{
    fputs("<h2 id=\"requirements\">Requirements</h2>\n"
          "<div class=\"filter\" id=\"filter\"></div>\n"
          "<table class=\"matrix\">\n<thead><tr><th></th>"
          "<th class=\"level\">level</th>",
          page->to);
    for (size_t i = 0; i < page->compare->column_count; i++)
        name_cell(page, i, "<th class=\"run\">", "</th>");
    fputs("<th></th></tr></thead>\n", page->to);
}

static void matrix(const struct page *page)
{
    const struct compare *compare = page->compare;
    const char *section = NULL;

    if (compare->row_count == 0)
        return;
    matrix_head(page);
    for (size_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];

        if (section == NULL || strcmp(section, row->about->section) != 0) {
            fprintf(page->to,
                    "%s<tbody>\n<tr class=\"section\"><th colspan=\"%zu\">",
                    section != NULL ? "</tbody>\n" : "",
                    compare->column_count + 3);
            section = row->about->section;
            html_element(page->to, "", section, "</th></tr>\n");
        }
        one_row(page, row);
    }
    fputs("</tbody>\n</table>\n", page->to);
}

/* ---- What did not pass -------------------------------------------------- */

static void bad_case(const struct page *page, size_t index, size_t number)
{
    const struct result_case *test =
        &page->compare->columns[index].run->cases[number];
    FILE *to = page->to;

    fputs("<li>", to);
    html_tag(to, outcome_words[test->outcome]);
    putc(' ', to);
    if (has_page(page, index))
        open_link(page, index, "case", number);
    html_escape(to, test->id);
    if (has_page(page, index))
        fputs("</a>", to);
    for (size_t i = 0; i < test->check_count; i++)
        html_element(to, " <span class=\"soft\">", test->checks[i], "</span>");
    html_element(to, "<br><span class=\"soft\">", test->title, "</span>");
    if (test->reason[0] != '\0')
        html_element(to, "<br>", test->reason, "");
    html_element(to, "<pre>\n", test->replay, "</pre></li>\n");
}

static void failures(const struct page *page)
{
    bool any = false;

    for (size_t i = 0; i < page->compare->column_count; i++) {
        const struct result_run *run = page->compare->columns[i].run;

        if (result_bad(&run->totals) == 0)
            continue;
        if (!any)
            fputs("<h2 id=\"failures\">What did not pass</h2>\n", page->to);
        any = true;
        name_cell(page, i, "<h3>", "");
        fprintf(page->to,
                " <small>%zu of %zu cases</small></h3>\n"
                "<ul class=\"bad-list\">\n",
                result_bad(&run->totals), run->totals.cases);
        for (size_t j = 0; j < run->case_count; j++)
            if (outcome_is_bad(run->cases[j].outcome))
                bad_case(page, i, j);
        fputs("</ul>\n", page->to);
    }
}

/* ---- What was skipped --------------------------------------------------- */

static void limits(const struct page *page)
{
    bool any = false;

    for (size_t i = 0; i < page->compare->column_count; i++) {
        const struct compare_column *column = &page->compare->columns[i];

        if (compare_limits(column) == 0)
            continue;
        if (!any)
            fputs("<h2 id=\"limits\">Cases that were skipped, and why</h2>\n",
                  page->to);
        any = true;
        name_cell(page, i, "<h3>", "</h3>\n<table>\n");
        for (size_t j = 0; j < column->skip_count; j++)
            if (!column->skips[j].everywhere) {
                fprintf(page->to, "<tr><td class=\"id\">%zu</td>",
                        column->skips[j].cases);
                html_element(page->to, "<td>", column->skips[j].reason,
                             "</td></tr>\n");
            }
        fputs("</table>\n", page->to);
    }
}

/* ---- What was not run --------------------------------------------------- */

static void absent(const struct page *page)
{
    const struct compare *compare = page->compare;

    if (compare->absent_count == 0)
        return;
    fputs("<h2 id=\"absent\">Not run</h2>\n<table>\n", page->to);
    for (size_t i = 0; i < compare->absent_count; i++) {
        html_element(page->to, "<tr><td class=\"id\">", compare->absent[i].name,
                     "</td>");
        html_element(page->to, "<td>", compare->absent[i].why, "</td></tr>\n");
    }
    fputs("</table>\n", page->to);
}

static int write_html(const struct compare *compare,
                      const struct compare_style *style, FILE *to)
{
    const struct page page = { to, compare, style->folder };

    html_begin(to, "Session conformance compared", "", "", "",
               compare_style_text);
    summary(&page);
    matrix(&page);
    failures(&page);
    limits(&page);
    absent(&page);
    html_end(to, "sessionspec", SESSIONSPEC_VERSION, compare_script_text);
    return report_finish(to);
}

const struct compare_format compare_html = {
    .name = "html",
    .help = "one page for a browser, which needs nothing else",
    .write = write_html,
};
