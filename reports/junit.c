/* junit.c: the report for CI systems, in the XML that JUnit made usual
 *
 * <testsuites> over a <testsuite> per suite over a <testcase> per case. What
 * the target sent comes as text that XML 1.0 can hold: a control character
 * stands as \x1b.
 */
#include "report.h"

#include "text.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

/* All writes go through these; the first failure is kept, the rest do
 * nothing. */
struct out {
    xmlTextWriter *writer;
    bool failed;
};

static void begin(struct out *out, const char *element)
{
    if (xmlTextWriterStartElement(out->writer, BAD_CAST element) < 0)
        out->failed = true;
}

static void end(struct out *out)
{
    if (xmlTextWriterEndElement(out->writer) < 0)
        out->failed = true;
}

static void attribute(struct out *out, const char *name, const char *value)
{
    char *text = text_printable(value);

    if (text == NULL || xmlTextWriterWriteAttribute(out->writer, BAD_CAST name,
                                                    BAD_CAST text) < 0)
        out->failed = true;
    free(text);
}

static void attribute_count(struct out *out, const char *name, size_t value)
{
    char text[32];

    snprintf(text, sizeof text, "%zu", value);
    attribute(out, name, text);
}

static void attribute_seconds(struct out *out, double seconds)
{
    char text[64];

    snprintf(text, sizeof text, "%.6f", seconds);
    attribute(out, "time", text);
}

static void content(struct out *out, const char *value)
{
    char *text = text_printable(value);

    if (text == NULL ||
        xmlTextWriterWriteString(out->writer, BAD_CAST text) < 0)
        out->failed = true;
    free(text);
}

static void property(struct out *out, const char *name, const char *value)
{
    begin(out, "property");
    attribute(out, "name", name);
    attribute(out, "value", value);
    end(out);
}

static void counts(struct out *out, const struct result_totals *totals,
                   double seconds)
{
    attribute_count(out, "tests", totals->cases);
    attribute_count(out, "failures", totals->failed);
    attribute_count(out, "errors", totals->errors + totals->crashed);
    attribute_count(out, "skipped", totals->skipped);
    attribute_seconds(out, seconds);
}

/* What a person needs who sees nothing but this element. */
static void explain(const struct result_run *run,
                    const struct result_case *test, FILE *to)
{
    const char *id;

    fprintf(to, "%s\n", test->title);
    if (test->reason != NULL && test->reason[0] != '\0')
        fprintf(to, "%s\n", test->reason);
    for (size_t i = 0; i < test->failure_count; i++) {
        const struct result_failure *failure = &test->failures[i];

        fprintf(to, "\n%s:%u: %s\n  expected: %s\n  actual:   %s\n", test->file,
                failure->line, failure->what, failure->expected,
                failure->actual);
    }
    for (size_t i = 0; (id = result_concern(test, i)) != NULL; i++) {
        const struct result_requirement *requirement =
            result_requirement(run, id);

        if (requirement != NULL)
            fprintf(to, "\n%s (%s): %s\n  %s\n", requirement->id,
                    requirement->level, requirement->text, requirement->source);
    }
    if (test->transcript != NULL && test->transcript[0] != '\0')
        fprintf(to, "\ntranscript:\n%s\n", test->transcript);
    fprintf(to, "\nreplay:\n%s\n", test->replay);
}

static void explanation(struct out *out, const struct result_run *run,
                        const struct result_case *test)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);

    if (to == NULL) {
        out->failed = true;
        return;
    }
    explain(run, test, to);
    if (fclose(to) == 0)
        content(out, text);
    else
        out->failed = true;
    free(text);
}

/* "cookie.expires: expected X, got Y", and how many more there are. */
static void failure_message(struct out *out, const struct result_case *test)
{
    char text[1024] = "";
    const struct result_failure *first = test->failures;

    if (test->failure_count == 1)
        snprintf(text, sizeof text, "%s: expected %s, got %s", first->what,
                 first->expected, first->actual);
    else if (test->failure_count > 1)
        snprintf(text, sizeof text, "%s: expected %s, got %s (and %zu more)",
                 first->what, first->expected, first->actual,
                 test->failure_count - 1);
    attribute(out, "message", text);
}

/* The element within <testcase> that tells the outcome; none for a pass. */
static void outcome(struct out *out, const struct result_run *run,
                    const struct result_case *test)
{
    switch (test->outcome) {
    case OUTCOME_FAIL:
        begin(out, "failure");
        failure_message(out, test);
        attribute(out, "type", "expectation");
        explanation(out, run, test);
        end(out);
        break;
    case OUTCOME_ERROR:
    case OUTCOME_CRASH:
        begin(out, "error");
        attribute(out, "message", test->reason);
        attribute(out, "type", outcome_words[test->outcome]);
        explanation(out, run, test);
        end(out);
        break;
    case OUTCOME_SKIP:
        begin(out, "skipped");
        attribute(out, "message", test->reason);
        end(out);
        break;
    default:
        break;
    }
}

static void testcase(struct out *out, const struct result_run *run,
                     const struct result_case *test)
{
    begin(out, "testcase");
    attribute(out, "classname", test->suite);
    attribute(out, "name", result_case_name(test));
    attribute_seconds(out, test->seconds);
    attribute(out, "file", test->file);
    attribute_count(out, "line", test->line);
    begin(out, "properties");
    property(out, "id", test->id);
    property(out, "title", test->title);
    for (size_t i = 0; i < test->check_count; i++)
        property(out, "checks", test->checks[i]);
    if (test->diverges != NULL)
        property(out, "diverges", test->diverges);
    end(out);
    outcome(out, run, test);
    end(out);
}

static void testsuite(struct out *out, const struct result_run *run,
                      const struct result_suite *suite)
{
    begin(out, "testsuite");
    attribute(out, "name", suite->name);
    counts(out, &suite->totals, suite->seconds);
    attribute(out, "timestamp", run->started);
    begin(out, "properties");
    property(out, "tool", run->tool_name);
    property(out, "tool.version", run->tool_version);
    property(out, "target", run->target_name);
    property(out, "target.version", run->target_version);
    property(out, "target.implements", run->target_implements);
    property(out, "store", run->store_name);
    property(out, "store.version", run->store_version);
    property(out, "store.spec", run->store_spec);
    end(out);
    for (size_t i = 0; i < run->case_count; i++)
        if (strcmp(run->cases[i].suite, suite->name) == 0)
            testcase(out, run, &run->cases[i]);
    end(out);
}

static void testsuites(struct out *out, const struct result_run *run)
{
    size_t count;
    struct result_suite *suites = result_suites(run, &count);

    if (suites == NULL) {
        out->failed = true;
        return;
    }
    begin(out, "testsuites");
    attribute(out, "name", run->tool_name);
    counts(out, &run->totals, run->seconds);
    for (size_t i = 0; i < count; i++)
        testsuite(out, run, &suites[i]);
    end(out);
    free(suites);
}

/* Says that all went well even where it did not: libxml2 would print its own
 * error. The stream remembers it for report_finish. */
static int give(void *stream, const char *bytes, int length)
{
    (void)fwrite(bytes, 1, (size_t)length, stream);
    return length;
}

static int write_junit(const struct result_run *run,
                       const struct report_style *style, FILE *to)
{
    xmlOutputBuffer *buffer = xmlOutputBufferCreateIO(give, NULL, to, NULL);
    struct out out = { .writer = NULL, .failed = false };

    (void)style;
    if (buffer == NULL)
        return -ENOMEM;
    out.writer = xmlNewTextWriter(buffer);
    if (out.writer == NULL) {
        xmlOutputBufferClose(buffer);
        return -ENOMEM;
    }
    xmlTextWriterSetIndent(out.writer, 1);
    out.failed =
        xmlTextWriterStartDocument(out.writer, NULL, "UTF-8", NULL) < 0;
    testsuites(&out, run);
    if (xmlTextWriterEndDocument(out.writer) < 0)
        out.failed = true;
    xmlFreeTextWriter(out.writer); /* and its buffer */
    return out.failed ? -ENOMEM : report_finish(to);
}

const struct report_format report_junit = {
    .name = "junit",
    .help = "JUnit XML, for CI systems",
    .write = write_junit,
};
