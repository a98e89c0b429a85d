/* compare.h: several runs side by side: requirement by run
 *
 * Made once from the runs; every format reads it, as report.h has it for one
 * run. A format is one file and one line in the table of compare.c.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "result.h"

#include <stdbool.h>
#include <stdio.h>

/* A run that is compared. All of it stays the caller's, and must live on. */
struct compare_input {
    const struct result_run *run;
    const char *path; /* of the report that it was read from */
    const char *page; /* absolute path of the run's own HTML page, or NULL */
};

/* Why a run left cases out: mostly what its store or target cannot do. */
struct compare_skip {
    const char *reason; /* the run's; not empty */
    size_t cases;
    bool everywhere; /* all runs have this one */
};

struct compare_column {
    const struct compare_input *input;
    const struct result_run *run; /* the input's */
    char *name;                   /* no other column's; not empty */
    struct compare_skip *skips;   /* in the order of its cases    */
    size_t skip_count;
};

struct compare_row {
    /* As the first run has it that knows this requirement. */
    const struct result_requirement *about;
    /* One a column; NULL where a run does not know it. */
    const struct result_requirement **cells;
    bool differs; /* the cells are not all of one verdict */
    bool fails;   /* one of them */
};

/* What would stand among the runs, had it been run. */
struct compare_absent {
    const char *name, *why;
};

struct compare {
    struct compare_column *columns;
    size_t column_count;
    struct compare_row *rows; /* in the catalogue's order */
    size_t row_count;
    bool same_suite; /* all runs have the same cases */
    /* None, until the caller says so; they stay the caller's. */
    const struct compare_absent *absent;
    size_t absent_count;
};

/* 0, or -ENOMEM. Free it in both cases. */
int compare_runs(struct compare *compare, const struct compare_input *inputs,
                 size_t count);
void compare_free(struct compare *compare);

/* How the requirements of a level stand in a run. A hazard that was shown is
 * not among those that fail. */
struct compare_counts {
    size_t hold, fail, skipped;
};
struct compare_counts compare_count(const struct result_run *run,
                                    const char *level);

/* The character that stands for a cell's verdict on paper and terminals; "?"
 * for NULL. */
char compare_sign(const struct result_requirement *cell);

/* How many of a column's skips are not everywhere: its own limits. */
size_t compare_limits(const struct compare_column *column);

struct compare_style {
    bool colour; /* escape sequences may be written */
    bool all;    /* rows that are alike are listed too */
    /* Absolute path of the folder where the output will stand: links are
     * relative to it. NULL: there are no links. */
    const char *folder;
};

struct compare_format {
    const char *name, *help;
    /* 0, or a negative errno. */
    int (*write)(const struct compare *compare,
                 const struct compare_style *style, FILE *to);
};

extern const struct compare_format compare_term, compare_json, compare_html,
    compare_markdown;

/* All formats, ends with NULL. */
extern const struct compare_format *const compare_formats[];

/* NULL where there is no format of that name. */
const struct compare_format *compare_find(const char *name);

#endif
