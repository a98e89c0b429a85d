/* layout.h: text laid out for a terminal of 80 columns
 *
 * Whatever the text holds, what is written is valid UTF-8 without control
 * characters (text.h). A character counts as one column.
 */
#ifndef REPORTS_LAYOUT_H
#define REPORTS_LAYOUT_H

#include <stddef.h>
#include <stdio.h>

enum { LAYOUT_WIDTH = 80 };

/* The text's own lines, each indented but the first, whose place is where
 * the stream stands. Ends with a newline. */
void layout_block(FILE *to, size_t indent, const char *text);

/* The text's words, filled up to the width: from `column`, where the stream
 * stands, then from `indent`. Ends with a newline. */
void layout_fill(FILE *to, size_t column, size_t indent, const char *text);

/* The same for formatted text. Without memory nothing is written. */
void layout_fillf(FILE *to, size_t column, size_t indent, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

#endif
