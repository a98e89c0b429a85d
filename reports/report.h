/* report.h: one small interface behind which every format stands
 *
 * A format is one file and one line in the table of report.c. It reads the
 * result model and writes to a stream; it knows no file names, no terminal
 * but its own colours, and nothing of the harness.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "result.h"

#include <stdbool.h>
#include <stdio.h>

struct report_style {
    bool colour; /* escape sequences may be written */
    int verbose; /* -v: passed cases are listed too */
};

struct report_format {
    const char *name; /* "junit" */
    const char *help; /* "JUnit XML, for CI systems" */
    /* 0, or a negative errno. */
    int (*write)(const struct result_run *run, const struct report_style *style,
                 FILE *to);
};

extern const struct report_format report_term, report_json, report_junit,
    report_html;

/* All formats, ends with NULL. */
extern const struct report_format *const report_formats[];

/* NULL where there is no format of that name. */
const struct report_format *report_find(const char *name);

/* For formats: sends what is still buffered. 0, or a negative errno where
 * this or any earlier write to the stream failed. */
int report_finish(FILE *to);

#endif
