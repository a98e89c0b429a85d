/* text.h: text from the target made harmless before a person's tools read it
 *
 * What a target sends ends in reports: broken UTF-8, escape sequences for the
 * reader's terminal, characters that XML cannot hold. Every format takes its
 * text through here. NULL is taken as "".
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include <stdint.h>
#include <stdio.h>

#define TEXT_REPLACEMENT 0xfffdu

/* The character at *at, which moves past it: U+FFFD for a byte that is no
 * UTF-8, 0 (and no move) at the end. */
uint32_t text_next(const char **at);

/* Writes a character; those that cannot be seen (controls but tab and
 * newline, turns of direction, what XML forbids) as \x1b or \u202e. */
void text_put(FILE *to, uint32_t character);
void text_write(FILE *to, const char *text);

/* Copies, freed by the caller, NULL without memory: with text_put's escapes,
 * or just made valid UTF-8. */
char *text_printable(const char *text);
char *text_valid(const char *text);

#endif
