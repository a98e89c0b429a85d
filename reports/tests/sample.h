/* sample.h: one run with everything in it, for the tests of all formats */
#ifndef REPORTS_TESTS_SAMPLE_H
#define REPORTS_TESTS_SAMPLE_H

#include "../report.h"

/* Every outcome, every verdict, a divergence, and text that is made to break
 * what is careless: markup, escape sequences, broken UTF-8, quotes. */
const struct result_run *sample_run(void);

/* The same with nothing in it: no case, no requirement, no name. */
const struct result_run *sample_empty_run(void);

/* What a format writes; the caller frees it. Never NULL. */
char *sample_write(const struct report_format *format,
                   const struct result_run *run,
                   const struct report_style *style);

/* What a format returns when the disk is full. */
int sample_write_full(const struct report_format *format);

#endif
