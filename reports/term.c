/* term.c: the report for people: what ran, what did not hold, how to see it
 *
 * Plain lines of at most 80 columns where the text allows it; colours only
 * where the style says so. The totals come last, since the end is what stands
 * on the screen.
 */
#include "report.h"

#include "layout.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct out {
    FILE *to;
    const struct result_run *run;
    const struct report_style *style;
};

struct mark {
    const char *word, *colour; /* SGR parameters */
};

static const struct mark marks[OUTCOME_COUNT] = {
    [OUTCOME_PASS] = { "pass", "32" },
    [OUTCOME_FAIL] = { "FAIL", "1;31" },
    [OUTCOME_SKIP] = { "skip", "33" },
    [OUTCOME_ERROR] = { "ERROR", "1;35" },
    [OUTCOME_CRASH] = { "CRASH", "1;35" },
};
static const char heading[] = "1", faint[] = "2";

/* `width` pads with blanks, as in %-*s. */
static void coloured(const struct out *out, const char *colour, int width,
                     const char *text)
{
    if (out->style->colour)
        fprintf(out->to, "\033[%sm", colour);
    fprintf(out->to, "%-*s", width, text);
    if (out->style->colour)
        fputs("\033[0m", out->to);
}

/* A name or id, which may hold anything, in a column of that width. */
static void padded(const struct out *out, int width, const char *text)
{
    for (uint32_t c; (c = text_next(&text)) != 0; width--)
        text_put(out->to, c);
    if (width > 0)
        fprintf(out->to, "%*s", width, "");
}

static void title(const struct out *out, const char *text)
{
    putc('\n', out->to);
    coloured(out, heading, 0, text);
    putc('\n', out->to);
}

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* `text` between two others, or nothing where there is none. */
static const char *before(const char *text, const char *mark)
{
    return given(text) ? mark : "";
}

static const char *known(const char *text)
{
    return text != NULL ? text : "";
}

static void head(const struct out *out)
{
    const struct result_run *run = out->run;

    layout_fillf(out->to, 0, 8, "%s %s", known(run->tool_name),
                 known(run->tool_version));
    fputs("target  ", out->to);
    layout_fillf(out->to, 8, 8, "%s %s%s%s%s%s", known(run->target_name),
                 known(run->target_version),
                 before(run->target_implements, ", implements "),
                 known(run->target_implements),
                 before(run->target_url, ", at "), known(run->target_url));
    fputs("store   ", out->to);
    layout_fillf(out->to, 8, 8, "%s %s%s%s", known(run->store_name),
                 known(run->store_version), before(run->store_spec, ", "),
                 known(run->store_spec));
}

/* "9 passed, 1 failed", zeros left out. */
static void counts(const struct out *out, const struct result_totals *totals)
{
    const char *separator = "";

    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        size_t count = result_counted(totals, outcome);

        if (count == 0)
            continue;
        fprintf(out->to, "%s%zu ", separator, count);
        coloured(out, marks[outcome].colour, 0, outcome_count_words[outcome]);
        separator = ", ";
    }
}

static void passed_cases(const struct out *out, const char *suite)
{
    for (size_t i = 0; i < out->run->case_count; i++) {
        const struct result_case *test = &out->run->cases[i];

        if (test->outcome != OUTCOME_PASS || strcmp(test->suite, suite) != 0)
            continue;
        fputs("        ", out->to);
        coloured(out, marks[OUTCOME_PASS].colour, 6, "pass");
        padded(out, 0, result_case_name(test));
        fprintf(out->to, " (%.0f ms)\n", test->seconds * 1000);
    }
}

static void suites(const struct out *out, const struct result_suite *list,
                   size_t count)
{
    putc('\n', out->to);
    for (size_t i = 0; i < count; i++) {
        const struct result_totals *totals = &list[i].totals;
        bool good = result_bad(totals) == 0;

        fputs("  ", out->to);
        coloured(out, marks[good ? OUTCOME_PASS : OUTCOME_FAIL].colour, 6,
                 good ? "ok" : "FAIL");
        padded(out, 24, list[i].name);
        putc(' ', out->to);
        counts(out, totals);
        putc('\n', out->to);
        if (out->style->verbose > 0)
            passed_cases(out, list[i].name);
    }
}

static void labelled(const struct out *out, const char *label, const char *text)
{
    fputs("        ", out->to);
    coloured(out, faint, 10, label);
    layout_block(out->to, 18, text);
}

static void failures(const struct out *out, const struct result_case *test)
{
    for (size_t i = 0; i < test->failure_count; i++) {
        const struct result_failure *failure = &test->failures[i];

        fputs("\n      ", out->to);
        padded(out, 0, test->file);
        fprintf(out->to, ":%u: ", failure->line);
        layout_block(out->to, 8, failure->what);
        labelled(out, "expected", failure->expected);
        labelled(out, "actual", failure->actual);
    }
}

static void asked(const struct out *out, const struct result_case *test)
{
    const char *id;

    for (size_t i = 0; (id = result_concern(test, i)) != NULL; i++) {
        const struct result_requirement *requirement =
            result_requirement(out->run, id);

        fputs(i == 0 ? "\n      " : "      ", out->to);
        if (requirement == NULL) {
            layout_fill(out->to, 6, 8, id);
            continue;
        }
        layout_fillf(out->to, 6, 8, "%s (%s): %s", requirement->id,
                     requirement->level, requirement->text);
        if (!given(requirement->source))
            continue;
        fputs("        ", out->to);
        layout_fillf(out->to, 8, 8, "Source: %s", requirement->source);
    }
}

/* All that a person needs to see why one case is bad, and to see it again. */
static void bad_case(const struct out *out, const struct result_case *test)
{
    const struct mark *mark = &marks[test->outcome];

    putc('\n', out->to);
    coloured(out, mark->colour, 0, mark->word);
    putc(' ', out->to);
    padded(out, 0, test->id);
    fputs("\n      ", out->to);
    layout_fill(out->to, 6, 6, test->title);
    fputs("      ", out->to);
    padded(out, 0, test->file);
    fprintf(out->to, ":%u\n", test->line);
    if (given(test->reason)) {
        fputs("      ", out->to);
        layout_block(out->to, 6, test->reason);
    }
    failures(out, test);
    asked(out, test);
    if (given(test->transcript)) {
        fputs("\n      transcript\n        ", out->to);
        layout_block(out->to, 8, test->transcript);
    }
    fputs("\n      replay\n        ", out->to);
    layout_block(out->to, 8, test->replay);
}

static void bad_cases(const struct out *out)
{
    bool any = false;

    for (size_t i = 0; i < out->run->case_count; i++) {
        if (!outcome_is_bad(out->run->cases[i].outcome))
            continue;
        if (!any)
            title(out, "What did not pass");
        any = true;
        bad_case(out, &out->run->cases[i]);
    }
}

static bool skipped_for(const struct result_case *test, const char *reason)
{
    return test->outcome == OUTCOME_SKIP &&
           strcmp(known(test->reason), known(reason)) == 0;
}

/* Each reason once, with how many cases it kept from running. */
static void skips(const struct out *out)
{
    const struct result_run *run = out->run;

    if (run->totals.skipped > 0)
        title(out, "Skipped");
    for (size_t i = 0; i < run->case_count; i++) {
        const char *reason = run->cases[i].reason;
        size_t first = 0, count = 0;

        if (run->cases[i].outcome != OUTCOME_SKIP)
            continue;
        while (!skipped_for(&run->cases[first], reason))
            first++;
        if (first != i)
            continue;
        for (size_t j = i; j < run->case_count; j++)
            count += skipped_for(&run->cases[j], reason);
        fprintf(out->to, "  %4zu  ", count);
        layout_fill(out->to, 8, 8, given(reason) ? reason : "no reason given");
        for (size_t j = i; out->style->verbose > 0 && j < run->case_count; j++)
            if (skipped_for(&run->cases[j], reason)) {
                fputs("        ", out->to);
                layout_fill(out->to, 8, 8, run->cases[j].id);
            }
    }
}

static void divergences(const struct out *out)
{
    bool any = false;

    for (size_t i = 0; i < out->run->case_count; i++) {
        const struct result_case *test = &out->run->cases[i];

        if (test->diverges == NULL)
            continue;
        if (!any)
            title(out, "Documented divergences (express-session differs from "
                       "its documents)");
        any = true;
        fputs("  ", out->to);
        layout_fillf(out->to, 2, 6, "%s: %s", test->diverges, test->title);
        fputs("      ", out->to);
        layout_fillf(out->to, 6, 6, "%s (%s)", test->id,
                     outcome_words[test->outcome]);
        if (given(test->diverges_source)) {
            fputs("      ", out->to);
            layout_fill(out->to, 6, 6, test->diverges_source);
        }
    }
}

/* "required      71 hold, 1 fails"; nothing for a level without any. */
static void level_line(const struct out *out, const char *level)
{
    static const struct {
        const char *one, *more;
    } verbs[VERDICT_COUNT] = {
        [VERDICT_HOLDS] = { "holds", "hold" },
        [VERDICT_FAILS] = { "fails", "fail" },
        [VERDICT_REACHABLE] = { "reachable", "reachable" },
        [VERDICT_NOT_REACHABLE] = { "not reachable", "not reachable" },
        [VERDICT_SKIPPED] = { "skipped", "skipped" },
        [VERDICT_UNTESTED] = { "untested", "untested" },
    };
    const char *separator = "";

    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        size_t count = result_verdicts(out->run, level, verdict);

        if (count == 0)
            continue;
        if (separator[0] == '\0')
            fprintf(out->to, "  %-13s ", level);
        fprintf(out->to, "%s%zu ", separator, count);
        coloured(out,
                 verdict == VERDICT_FAILS ? marks[OUTCOME_FAIL].colour : "0", 0,
                 count == 1 ? verbs[verdict].one : verbs[verdict].more);
        separator = ", ";
    }
    if (separator[0] != '\0')
        putc('\n', out->to);
}

static void requirements(const struct out *out)
{
    bool any = false;

    if (out->run->requirement_count == 0)
        return;
    title(out, "Requirements");
    for (size_t i = 0; result_levels[i] != NULL; i++)
        level_line(out, result_levels[i]);
    for (size_t i = 0; i < out->run->requirement_count; i++) {
        const struct result_requirement *requirement =
            &out->run->requirements[i];

        if (requirement->verdict != VERDICT_FAILS)
            continue;
        fputs(any ? " " : "  failing       ", out->to);
        any = true;
        padded(out, 0, requirement->id);
    }
    if (any)
        putc('\n', out->to);
}

static void totals(const struct out *out)
{
    const struct result_totals *t = &out->run->totals;

    putc('\n', out->to);
    if (out->run->interrupted)
        fputs("interrupted: this is what was done until then\n", out->to);
    fprintf(out->to,
            "%zu cases: %zu passed, %zu failed, %zu skipped, %zu errors, "
            "%zu crashed in %.2f s\n",
            t->cases, t->passed, t->failed, t->skipped, t->errors, t->crashed,
            out->run->seconds);
}

static int write_term(const struct result_run *run,
                      const struct report_style *style, FILE *to)
{
    const struct out out = { to, run, style };
    size_t count;
    struct result_suite *list = result_suites(run, &count);

    if (list == NULL)
        return -ENOMEM;
    head(&out);
    suites(&out, list, count);
    free(list);
    skips(&out);
    divergences(&out);
    bad_cases(&out);
    requirements(&out);
    totals(&out);
    return report_finish(to);
}

const struct report_format report_term = {
    .name = "term",
    .help = "plain text, for people (the default)",
    .write = write_term,
};
