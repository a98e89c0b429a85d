/* result_read.h: a run as it was, from the JSON that json.c wrote of it
 *
 * Of another's making, perhaps: nothing in it is believed. What this program
 * cannot do without must be there; all else may be absent.
 */
#ifndef REPORTS_RESULT_READ_H
#define REPORTS_RESULT_READ_H

#include "result.h"

enum { RESULT_WHY_SIZE = 256 };

/* The run's texts lie in `json`, its lists are its own. */
struct result_file {
    struct result_run run;
    void *json;
    char why[RESULT_WHY_SIZE]; /* what is not right with the file */
};

/* 0, or a negative errno with one line in `why`: -EINVAL where it is no report
 * of ours. Free it in both cases. */
int result_read(struct result_file *file, const char *path);
void result_read_free(struct result_file *file);

#endif
