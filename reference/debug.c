/* debug.c: DEBUG=express-session: what the session middleware does, on stderr
 */
#include "debug.h"

#include "js.h"
#include "jsdate.h"
#include "must.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char name_of_ours[] = "express-session";

/* ---- Whether ------------------------------------------------------------ */

/* Does the pattern, of that length, fit the whole name? Where it does not, the
 * last `*` is tried on one character more. */
static bool fits(const char *pattern, size_t length, const char *name)
{
    const char *end = pattern + length, *star = NULL, *behind = NULL;

    while (*name) {
        if (pattern < end && *pattern == '*') {
            star = pattern++;
            behind = name;
        } else if (pattern < end && *pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++behind;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

bool debug_selects(const char *list, const char *name)
{
    static const char between[] = ", \t\n\v\f\r";
    bool selected = false;

    for (list += strspn(list, between); *list; list += strspn(list, between)) {
        size_t length = strcspn(list, between);

        if (*list == '-' && fits(list + 1, length - 1, name))
            return false; /* wherever it stands */
        selected = selected || fits(list, length, name);
        list += length;
    }
    return selected;
}

/* The environment belongs to the process, and so does what it asks for. */
static pthread_once_t asked_once = PTHREAD_ONCE_INIT;
static bool asked;

static void ask(void)
{
    const char *list = getenv("DEBUG");

    asked = list && debug_selects(list, name_of_ours);
}

static bool is_on(void)
{
    pthread_once(&asked_once, ask);
    return asked;
}

/* ---- What --------------------------------------------------------------- */

/* A client's text stays on its line. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7F)
            fprintf(out, "\\x%02x", byte);
        else
            fputc(byte, out);
    }
}

/* In one write, so that those of several threads do not mix. */
static void write_line(const char *text)
{
    char date[JSDATE_HTTP_SIZE], *line = NULL;
    size_t length = 0, written = 0;
    FILE *out = must_have(open_memstream(&line, &length));

    jsdate_http((double)time(NULL) * 1000, date);
    fprintf(out, "%s %s ", date, name_of_ours);
    put_text(out, text);
    fputc('\n', out);
    must(fclose(out) == 0);
    while (written < length) {
        ssize_t more = write(STDERR_FILENO, line + written, length - written);

        if (more <= 0)
            break; /* nobody reads: that is no reason to fail a request */
        written += (size_t)more;
    }
    free(line);
}

void debug_line(struct trace *trace, const char *format, ...)
{
    char *text = NULL;
    size_t length = 0;
    va_list args;
    FILE *out;

    if (!trace && !is_on())
        return;
    out = must_have(open_memstream(&text, &length));
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    must(fclose(out) == 0);
    if (trace)
        trace_note(trace, "debug", text, NULL);
    else
        write_line(text);
    free(text);
}

void debug_value(struct trace *trace, const char *text, const json_t *value)
{
    json_t *shown;

    if (!trace && !is_on())
        return;
    shown = js_string(value);
    debug_line(trace, "%s %s", text, json_string_value(shown));
    json_decref(shown);
}
