/* html_parts.c: what the pages share: head, foot, and text made harmless */
#include "html_parts.h"

#include "html_style.h"
#include "text.h"

#include <stdbool.h>
#include <string.h>

void html_begin(FILE *to, const char *about, const char *first,
                const char *between, const char *second, const char *style)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
          "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n",
          to);
    html_element(to, "<title>", about, "");
    html_escape(to, first);
    html_escape(to, between);
    html_element(to, "", second, "</title>\n");
    fprintf(to, "<style>\n%s%s</style>\n</head>\n<body>\n", page_style, style);
}

void html_end(FILE *to, const char *tool, const char *version,
              const char *script)
{
    html_element(to, "<footer>Written by ", tool, " ");
    html_element(to, "", version, "</footer>\n");
    fprintf(to, "<script>%s</script>\n</body>\n</html>\n", script);
}

static void escape_one(FILE *to, uint32_t c)
{
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
        fprintf(to, "&#%u;", (unsigned)c);
    else
        text_put(to, c);
}

void html_escape(FILE *to, const char *text)
{
    for (uint32_t c; (c = text_next(&text)) != 0;)
        escape_one(to, c);
}

void html_element(FILE *to, const char *start, const char *text,
                  const char *end)
{
    fputs(start, to);
    html_escape(to, text);
    fputs(end, to);
}

void html_prose(FILE *to, const char *text)
{
    bool code = false;

    for (uint32_t c; (c = text_next(&text)) != 0;) {
        if (c != '`') {
            escape_one(to, c);
        } else if (code || strchr(text, '`') != NULL) {
            fputs(code ? "</code>" : "<code>", to);
            code = !code;
        } else {
            text_put(to, c);
        }
    }
}

void html_tag(FILE *to, const char *word)
{
    fprintf(to, "<span class=\"tag %s\">%s</span>", word, word);
}
