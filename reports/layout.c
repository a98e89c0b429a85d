/* layout.c: lines indented and words filled */
#include "layout.h"

#include "text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

void layout_block(FILE *to, size_t indent, const char *text)
{
    bool fresh = false; /* at the start of a line, not yet indented */

    for (uint32_t c; (c = text_next(&text)) != 0;) {
        if (fresh && c != '\n')
            fprintf(to, "%*s", (int)indent, "");
        text_put(to, c);
        fresh = c == '\n';
    }
    if (!fresh)
        putc('\n', to);
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static void skip_blanks(const char **text)
{
    while (*text != NULL && is_blank((unsigned char)**text))
        ++*text;
}

static size_t word_width(const char *text)
{
    size_t width = 0;

    for (uint32_t c; (c = text_next(&text)) != 0 && !is_blank(c);)
        width++;
    return width;
}

void layout_fill(FILE *to, size_t column, size_t indent, const char *text)
{
    bool first = true;

    for (skip_blanks(&text); text != NULL && *text != '\0';
         skip_blanks(&text)) {
        size_t width = word_width(text);

        if (!first && column + 1 + width > LAYOUT_WIDTH) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            putc(' ', to);
            column++;
        }
        first = false;
        column += width;
        for (; width > 0; width--)
            text_put(to, text_next(&text));
    }
    putc('\n', to);
}

void layout_fillf(FILE *to, size_t column, size_t indent, const char *format,
                  ...)
{
    char *text = NULL;
    size_t length;
    va_list args;
    FILE *memory = open_memstream(&text, &length);

    if (memory == NULL)
        return;
    va_start(args, format);
    vfprintf(memory, format, args);
    va_end(args);
    if (fclose(memory) == 0)
        layout_fill(to, column, indent, text);
    free(text);
}
