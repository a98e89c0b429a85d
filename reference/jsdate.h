/* jsdate.h: JavaScript's Date to text and back
 *
 * Times are Unix milliseconds as doubles, NaN for JavaScript's Invalid Date.
 * A fraction of a millisecond is cut off, as Date does.
 *
 * All functions may be called by any thread.
 */
#ifndef REFERENCE_JSDATE_H
#define REFERENCE_JSDATE_H

#include <stdbool.h>

#define JSDATE_ISO_SIZE  32
#define JSDATE_HTTP_SIZE 40

/* The furthest from 1970 that a Date can be, either way. */
#define JSDATE_MAX 8.64e15

/* toISOString(): "1970-01-01T00:00:00.000Z", years beyond four digits as
 * "+012345-…" and "-000001-…". False (and "") for NaN and out of range. */
bool jsdate_iso(double ms, char text[static JSDATE_ISO_SIZE]);

/* toUTCString(): "Thu, 01 Jan 1970 00:00:00 GMT". False (and "") likewise. */
bool jsdate_http(double ms, char text[static JSDATE_HTTP_SIZE]);

/* new Date(text): the formats of ECMAScript (a date alone is UTC, a time
 * without an offset is local), the texts of toUTCString and toString, and what
 * is near them: "2020-02-03 10:20", "Thu, 01-Jan-1970 00:00:00 GMT", "Jan 1,
 * 1970". NaN for all else.
 *
 * Limits: V8 has a lenient parser besides, of which this takes "[word,] day
 * month year [hh:mm[:ss[.sss]]] [zone]" and the same with the month first. NaN
 * here, a date there: US dates ("1/2/2020"), parts of a single digit where two
 * are usual ("2020-1-1", "0:00"), a second of 60, AM and PM, names of zones
 * other than GMT, UTC, UT and Z, asctime's year at the end, blanks around an
 * ISO date, a date alone with a zone, words after the zone. */
double jsdate_parse(const char *text);

#endif
