/* report_files.h: where the reports of a run go */
#ifndef HARNESS_REPORT_FILES_H
#define HARNESS_REPORT_FILES_H

#include "run_options.h"

/* Before the run: makes the folders, and sees that each file can be written,
 * so that nobody waits for a run whose report is lost. */
int report_files_prepare(const struct run_options *options,
                         struct fault *fault);

/* Writes all of them; where stdout has no report yet, `term` goes there. The
 * first fault is kept, the rest is written all the same. */
int report_files_write(const struct run_options *options,
                       const struct result_run *run, struct fault *fault);

/* Makes the folders that a path goes through. Returns 0 or errno. */
int report_folders_make(const char *path);

/* A terminal, where NO_COLOR does not forbid it. */
bool report_in_colour(FILE *to);

#endif
