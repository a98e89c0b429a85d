/* html_parts.h: what the pages share: head, foot, and text made harmless
 *
 * A page is one file that fetches nothing: its policy forbids it.
 */
#ifndef REPORTS_HTML_PARTS_H
#define REPORTS_HTML_PARTS_H

#include <stdio.h>

/* From the doctype to the start of the body. The title is the four texts one
 * behind the other; `style` comes behind the style that all pages have. */
void html_begin(FILE *to, const char *about, const char *first,
                const char *between, const char *second, const char *style);

/* The footer, and the page's script. */
void html_end(FILE *to, const char *tool, const char *version,
              const char *script);

/* The text with what HTML reads as markup made harmless; so in attributes in
 * double quotes, too. */
void html_escape(FILE *to, const char *text);

/* The text as the content of an element, whose start tag is given. */
void html_element(FILE *to, const char *start, const char *text,
                  const char *end);

/* The same for the catalogue's prose, whose `names` become code. */
void html_prose(FILE *to, const char *text);

/* A word in the colour of what it stands for, an outcome or a verdict. */
void html_tag(FILE *to, const char *word);

#endif
