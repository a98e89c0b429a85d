/* report.c: the table of report formats */
#include "report.h"

#include <errno.h>
#include <string.h>

const struct report_format *const report_formats[] = {
    &report_term, &report_json, &report_junit, &report_html, NULL,
};

const struct report_format *report_find(const char *name)
{
    for (size_t i = 0; report_formats[i] != NULL; i++)
        if (strcmp(report_formats[i]->name, name) == 0)
            return report_formats[i];
    return NULL;
}

int report_finish(FILE *to)
{
    if (fflush(to) == 0 && !ferror(to))
        return 0;
    /* Writing goes on after a failure, but sets errno by failing alone. */
    return errno != 0 ? -errno : -EIO;
}
