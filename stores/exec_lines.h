/* exec_lines.h: what comes in pieces, a line at a time
 *
 * Knows no file: fed with bytes, it gives lines.
 */
#ifndef STORES_EXEC_LINES_H
#define STORES_EXEC_LINES_H

#include <stddef.h>

/* A whole line without its end, and a NUL behind it; `length` is `most` + 1
 * where there was more than `most` of it, which is dropped. */
typedef void lines_fn(void *arg, char *line, size_t length);

struct lines {
    size_t most; /* bytes of a line; set by the caller, the rest zeroed */
    char *bytes; /* of the line that has not ended yet */
    size_t length, room;
};

/* 0, or -1 without memory. */
int lines_feed(struct lines *lines, const char *bytes, size_t length,
               lines_fn *take, void *arg);
/* What came behind the last end of a line, as a line. */
void lines_finish(struct lines *lines, lines_fn *take, void *arg);
void lines_free(struct lines *lines);

#endif
