/* html.c: the report as one page that needs nothing else
 *
 * What did not pass comes first, then the requirements by section, then all
 * cases by suite, each with its expectations, transcript and replay line.
 * Every text goes through html_escape(): a target under test chooses much of
 * it.
 */
#include "report.h"

#include "html_page.h"
#include "html_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* A link to where the case stands on this page. */
static void case_link(FILE *to, const struct result_run *run, const char *id)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(run->cases[i].id, id) != 0)
            continue;
        fprintf(to, "<a href=\"#case-%zu\">", i);
        html_element(to, "", id, "</a>");
        return;
    }
    html_escape(to, id);
}

static void fact(FILE *to, const char *name, const char *first,
                 const char *second, const char *mark, const char *third)
{
    fprintf(to, "<dt>%s</dt><dd>", name);
    html_escape(to, first);
    putc(' ', to);
    html_escape(to, second);
    if (given(third)) {
        fputs(mark, to);
        html_escape(to, third);
    }
    fputs("</dd>\n", to);
}

static void facts(FILE *to, const struct result_run *run)
{
    fputs("<dl class=\"facts\">\n", to);
    fact(to, "Target", run->target_name, run->target_version, ", implements ",
         run->target_implements);
    if (given(run->target_url))
        fact(to, "Address", run->target_url, NULL, "", NULL);
    fact(to, "Store", run->store_name, run->store_version, ", ",
         run->store_spec);
    fact(to, "Judged by", run->tool_name, run->tool_version, "", NULL);
    html_element(to, "<dt>Started</dt><dd>", run->started, "");
    fprintf(to, ", took %.2f s</dd>\n</dl>\n", run->seconds);
}

/* A bar of all outcomes, each as long as it is frequent, and the numbers. */
static void tiles(FILE *to, const struct result_totals *totals)
{
    fputs("<div class=\"bar\" aria-hidden=\"true\">", to);
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (result_counted(totals, outcome) > 0)
            fprintf(to, "<span class=\"%s\" style=\"flex:%zu\"></span>",
                    outcome_words[outcome], result_counted(totals, outcome));
    fprintf(to,
            "</div>\n<dl class=\"tiles\">\n"
            "<div><dt>cases</dt><dd>%zu</dd></div>\n",
            totals->cases);
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        size_t count = result_counted(totals, outcome);

        fprintf(to, "<div class=\"%s\"><dt>%s</dt><dd>%zu</dd></div>\n",
                count > 0 ? outcome_words[outcome] : "none",
                outcome_count_words[outcome], count);
    }
    fputs("</dl>\n", to);
}

static void summary(FILE *to, const struct result_run *run)
{
    const struct result_totals *totals = &run->totals;
    size_t bad = result_bad(totals);

    fputs("<header>\n<h1>Session conformance</h1>\n<p class=\"lead\">", to);
    if (bad > 0)
        fprintf(to,
                "<span class=\"tag fail\">%zu of %zu cases did not pass"
                "</span>",
                bad, totals->cases);
    else if (totals->passed > 0)
        fputs("<span class=\"tag pass\">Every case that ran passed</span>", to);
    else
        fputs("<span class=\"tag skip\">No case was run</span>", to);
    if (run->interrupted)
        fputs("; the run was interrupted, this is what was done until then",
              to);
    fputs("</p>\n", to);
    tiles(to, totals);
    facts(to, run);
    fputs("</header>\n", to);
}

static void bad_cases(FILE *to, const struct result_run *run)
{
    if (result_bad(&run->totals) == 0)
        return;
    fputs("<h2>What did not pass</h2>\n<ul class=\"bad-list\">\n", to);
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *test = &run->cases[i];

        if (!outcome_is_bad(test->outcome))
            continue;
        fputs("<li>", to);
        html_tag(to, outcome_words[test->outcome]);
        fprintf(to, " <a href=\"#case-%zu\">", i);
        html_element(to, "", test->id, "</a><br>");
        html_element(to, "<span class=\"soft\">", test->title,
                     "</span></li>\n");
    }
    fputs("</ul>\n", to);
}

/* How many requirements of each level came to each verdict. */
static void levels(FILE *to, const struct result_run *run)
{
    fputs("<table class=\"levels\">\n<thead><tr><th>level</th>", to);
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        fprintf(to, "<th class=\"number\">%s</th>", verdict_words[verdict]);
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t i = 0; result_levels[i] != NULL; i++) {
        fprintf(to, "<tr><td>%s</td>", result_levels[i]);
        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
            size_t count = result_verdicts(run, result_levels[i], verdict);

            if (count == 0)
                fputs("<td class=\"number soft\">0</td>", to);
            else
                fprintf(to,
                        "<td class=\"number\"><span class=\"tag %s\">%zu"
                        "</span></td>",
                        verdict_words[verdict], count);
        }
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n", to);
}

static void requirement_row(FILE *to, const struct result_run *run,
                            size_t index)
{
    const struct result_requirement *requirement = &run->requirements[index];

    fprintf(to, "<tr id=\"requirement-%zu\"><td class=\"id\">", index);
    html_element(to, "", requirement->id, "</td>");
    html_element(to, "<td class=\"level soft\">", requirement->level, "</td>");
    fputs("<td>", to);
    html_prose(to, requirement->text);
    html_element(to, "<small>", requirement->source, "</small></td>");
    fputs("<td class=\"verdict\">", to);
    html_tag(to, verdict_words[requirement->verdict]);
    fputs("</td><td class=\"cases\">", to);
    if (requirement->case_count > 0)
        fputs("<ul>", to);
    for (size_t i = 0; i < requirement->case_count; i++) {
        fputs("<li>", to);
        case_link(to, run, requirement->cases[i]);
        fputs("</li>", to);
    }
    fputs(requirement->case_count > 0 ? "</ul></td></tr>\n" : "</td></tr>\n",
          to);
}

static bool same_section(const struct result_requirement *a,
                         const struct result_requirement *b)
{
    if (!given(a->section) || !given(b->section))
        return given(a->section) == given(b->section);
    return strcmp(a->section, b->section) == 0;
}

static void requirements(FILE *to, const struct result_run *run)
{
    if (run->requirement_count == 0)
        return;
    fputs("<h2 id=\"requirements\">Requirements</h2>\n", to);
    levels(to, run);
    fputs("<table class=\"requirements\">\n<colgroup><col class=\"id\">"
          "<col class=\"level\"><col><col class=\"verdict\">"
          "<col class=\"cases\"></colgroup>\n<tbody>\n",
          to);
    for (size_t i = 0; i < run->requirement_count; i++) {
        const struct result_requirement *requirement = &run->requirements[i];

        if (i == 0 || !same_section(requirement, requirement - 1))
            html_element(to, "<tr><th colspan=\"5\">", requirement->section,
                         "</th></tr>\n");
        requirement_row(to, run, i);
    }
    fputs("</tbody>\n</table>\n", to);
}

static void expectations(FILE *to, const struct result_case *test)
{
    for (size_t i = 0; i < test->failure_count; i++) {
        const struct result_failure *failure = &test->failures[i];

        html_element(to, "<div class=\"expectation\"><strong>", failure->what,
                     "</strong> <span class=\"soft\">");
        html_escape(to, test->file);
        fprintf(to, ":%u</span>", failure->line);
        html_element(to, "<dl><dt>expected</dt><dd><code>", failure->expected,
                     "</code></dd>");
        html_element(to, "<dt>actual</dt><dd><code>", failure->actual,
                     "</code></dd></dl></div>\n");
    }
}

/* What helps who has to mend it. */
static void advice(FILE *to, const struct result_requirement *requirement)
{
    if (!given(requirement->failure))
        return;
    fputs("<div class=\"soft\">If it fails: ", to);
    html_prose(to, requirement->failure);
    fputs("</div>\n", to);
    if (requirement->seen_count > 0)
        fputs("<ul class=\"soft\">", to);
    for (size_t i = 0; i < requirement->seen_count; i++) {
        const struct result_seen *seen = &requirement->seen[i];

        html_element(to, "<li>", seen->where, ": ");
        html_escape(to, seen->what);
        if (given(seen->link))
            html_element(to, " <small>", seen->link, "</small>");
        fputs("</li>\n", to);
    }
    if (requirement->seen_count > 0)
        fputs("</ul>\n", to);
}

static void checks(FILE *to, const struct result_run *run,
                   const struct result_case *test)
{
    const char *id;

    if (test->check_count > 0)
        fputs("<p class=\"label\">requirements</p>\n", to);
    for (size_t i = 0; (id = result_concern(test, i)) != NULL; i++) {
        const struct result_requirement *requirement =
            result_requirement(run, id);

        if (requirement == NULL) {
            html_element(to, "<div>", id, "</div>\n");
            continue;
        }
        fprintf(to, "<div><a href=\"#requirement-%zu\">",
                (size_t)(requirement - run->requirements));
        html_element(to, "", requirement->id, "</a> ");
        html_prose(to, requirement->text);
        html_element(to, " <span class=\"soft\">(", requirement->level, "; ");
        html_element(to, "", requirement->source, ")</span></div>\n");
        if (outcome_is_bad(test->outcome))
            advice(to, requirement);
    }
}

static void one_case(FILE *to, const struct result_run *run, size_t index)
{
    const struct result_case *test = &run->cases[index];
    const char *word = outcome_words[test->outcome];

    fprintf(to, "<details class=\"case %s\" id=\"case-%zu\"%s><summary>", word,
            index, outcome_is_bad(test->outcome) ? " open" : "");
    html_tag(to, word);
    html_element(to, "<span>", result_case_name(test), "</span>");
    html_element(to, "<span class=\"title soft\">", test->title, "");
    if (test->outcome == OUTCOME_SKIP)
        html_element(to, "<br>", test->reason, "");
    fputs("</span>", to);
    fprintf(to, "<span class=\"time\">%.0f ms</span></summary>\n",
            test->seconds * 1000);
    if (given(test->reason) && test->outcome != OUTCOME_SKIP)
        html_element(to, "<p class=\"tag\">", test->reason, "</p>\n");
    expectations(to, test);
    checks(to, run, test);
    if (given(test->diverges)) {
        html_element(to, "<p class=\"label\">documented divergence</p>\n<div>",
                     test->diverges, ": ");
        html_element(to, "", test->diverges_source, "</div>\n");
    }
    if (given(test->transcript))
        html_element(to, "<p class=\"label\">transcript</p>\n<pre>\n",
                     test->transcript, "</pre>\n");
    html_element(to, "<p class=\"label\">replay, from ", test->file, "");
    fprintf(to, ":%u</p>\n", test->line);
    html_element(to, "<pre>\n", test->replay, "</pre>\n</details>\n");
}

static void suite_counts(FILE *to, const struct result_totals *totals)
{
    const char *separator = "";

    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        size_t count = result_counted(totals, outcome);

        if (count == 0)
            continue;
        fprintf(to, "%s<span class=\"%s\">%zu %s</span>", separator,
                outcome_words[outcome], count, outcome_count_words[outcome]);
        separator = ", ";
    }
}

static int cases(FILE *to, const struct result_run *run)
{
    size_t count;
    struct result_suite *list = result_suites(run, &count);

    if (list == NULL)
        return -ENOMEM;
    fputs("<h2 id=\"cases\">Cases</h2>\n<div class=\"filter\" id=\"filter\">"
          "</div>\n",
          to);
    for (size_t i = 0; i < count; i++) {
        html_element(to, "<section class=\"suite\">\n<h3>", list[i].name,
                     " <small>");
        suite_counts(to, &list[i].totals);
        fputs("</small></h3>\n", to);
        for (size_t j = 0; j < run->case_count; j++)
            if (strcmp(run->cases[j].suite, list[i].name) == 0)
                one_case(to, run, j);
        fputs("</section>\n", to);
    }
    free(list);
    return 0;
}

static void divergences(FILE *to, const struct result_run *run)
{
    bool any = false;

    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *test = &run->cases[i];

        if (!given(test->diverges))
            continue;
        if (!any)
            fputs("<h2 id=\"divergences\">Documented divergences</h2>\n"
                  "<p>Here express-session does not do what its documents "
                  "say; the documents count.</p>\n<table>\n<tbody>\n",
                  to);
        any = true;
        html_element(to, "<tr><td class=\"id\">", test->diverges, "</td><td>");
        html_element(to, "", test->title, "<small>");
        html_element(to, "", test->diverges_source, "</small></td><td>");
        html_tag(to, outcome_words[test->outcome]);
        fputs("</td><td>", to);
        case_link(to, run, test->id);
        fputs("</td></tr>\n", to);
    }
    if (any)
        fputs("</tbody>\n</table>\n", to);
}

static int write_html(const struct result_run *run,
                      const struct report_style *style, FILE *to)
{
    int result;

    (void)style;
    html_begin(to, "Session conformance: ", run->target_name, ", ",
               run->store_name, "");
    summary(to, run);
    bad_cases(to, run);
    divergences(to, run);
    requirements(to, run);
    result = cases(to, run);
    if (result != 0)
        return result;
    html_end(to, run->tool_name, run->tool_version, page_script);
    return report_finish(to);
}

const struct report_format report_html = {
    .name = "html",
    .help = "one page for a browser, which needs nothing else",
    .write = write_html,
};
