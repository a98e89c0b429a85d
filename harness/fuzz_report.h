/* fuzz_report.h: what is said of a finding, once it is small */
#ifndef HARNESS_FUZZ_REPORT_H
#define HARNESS_FUZZ_REPORT_H

#include "fuzz_judge.h"

/* Any thread. `scenario` is the one of that number, `small` what was left of
 * it. */
void fuzz_report(struct fuzz_hunt *hunt, unsigned long number,
                 const json_t *scenario, const json_t *small,
                 const struct fuzz_judgement *judgement);

/* The last line, and above it how often each finding was met. */
void fuzz_report_summary(const struct fuzz_hunt *hunt);

#endif
