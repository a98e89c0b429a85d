/* spec.c: the text that names a store, taken to pieces */
#include "spec.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int spec_fail(struct sstore_err *err, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    for (char *at = err->text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return code;
}

/* ---- Percent-encoding --------------------------------------------------- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, tolower((unsigned char)c));

    return c && at ? (int)(at - digits) : -1;
}

bool spec_decode(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        int high, low;

        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        high = hex_digit(from[1]);
        low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* ---- Options ------------------------------------------------------------ */

/* One `key=value`; without `=` the value is "". */
static int option_add(struct spec *spec, char *piece, struct sstore_err *err)
{
    struct sstore_opt *option = &spec->options[spec->count];
    char *value = strchr(piece, '=');

    if (spec->count == SPEC_OPTIONS_MAX)
        return spec_fail(err, SSTORE_E_INVAL, "over %d options",
                         SPEC_OPTIONS_MAX);
    if (value)
        *value++ = '\0';
    else
        value = piece + strlen(piece);
    if (!spec_decode(piece) || !spec_decode(value))
        return spec_fail(err, SSTORE_E_INVAL,
                         "option \"%.60s\": \"%%\" begins a byte in hex, such "
                         "as %%20; for itself it is %%25",
                         piece);
    if (strcmp(piece, "namespace") == 0)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the option \"namespace\" is the host's to give");
    *option = (struct sstore_opt){ piece, value };
    spec->count++;
    return SSTORE_OK;
}

/* An empty piece is nothing. */
static int options_split(struct spec *spec, char *query, struct sstore_err *err)
{
    int code = SSTORE_OK;

    while (query && code == SSTORE_OK) {
        char *next = strchr(query, '&');

        if (next)
            *next++ = '\0';
        if (*query)
            code = option_add(spec, query, err);
        query = next;
    }
    return code;
}

/* ---- The whole ---------------------------------------------------------- */

static bool ends_in_so(const char *text)
{
    size_t length = strlen(text);

    return length >= 3 && strcmp(text + length - 3, ".so") == 0;
}

/* Finds "redis" of "redis://…". One that is too long is cut: there is none
 * like it. */
static void scheme_find(struct spec *spec)
{
    size_t length =
        strspn(spec->text, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

    if (!islower((unsigned char)spec->text[0]) || spec->text[length] != ':')
        return;
    snprintf(spec->scheme, sizeof spec->scheme, "%.*s", (int)length,
             spec->text);
    spec->rest = spec->text + length + 1;
    spec->is_path = false;
}

/* Schemes whose stores are programs. What stands behind the colon is theirs:
 * a `?` there begins no options, and before it for the first alone. */
static const char *const program_schemes[] = { "exec", "npm", "node" };

/* Takes it to pieces where it is one of those; else there is nothing to do. */
static int program_split(struct spec *spec, struct sstore_err *err)
{
    size_t length = strcspn(spec->text, ":?");
    char *colon = strchr(spec->text, ':'), *query = spec->text + length;

    for (size_t i = 0; i < sizeof program_schemes / sizeof *program_schemes;
         i++)
        if (strlen(program_schemes[i]) == length &&
            strncmp(spec->text, program_schemes[i], length) == 0)
            spec->runs_program = colon == query || (colon && i == 0);
    if (!spec->runs_program)
        return SSTORE_OK;
    snprintf(spec->scheme, sizeof spec->scheme, "%.*s", (int)length,
             spec->text);
    spec->rest = colon + 1;
    if (*query == ':')
        return SSTORE_OK;
    *query = *colon = '\0';
    return options_split(spec, query + 1, err);
}

int spec_parse(struct spec *spec, const char *text, struct sstore_err *err)
{
    char *query;
    int code;

    memset(spec, 0, sizeof *spec);
    spec->text = strdup(text);
    if (!spec->text)
        return spec_fail(err, SSTORE_E_NOMEM, "out of memory");
    code = program_split(spec, err);
    if (spec->runs_program) {
        if (code != SSTORE_OK)
            spec_clear(spec);
        return code;
    }
    query = strchr(spec->text, '?');
    if (query)
        *query++ = '\0';
    spec->is_path = strchr(spec->text, '/') || ends_in_so(spec->text);
    scheme_find(spec);
    code = options_split(spec, query, err);
    if (code != SSTORE_OK)
        spec_clear(spec);
    return code;
}

void spec_clear(struct spec *spec)
{
    free(spec->text);
    memset(spec, 0, sizeof *spec);
}
