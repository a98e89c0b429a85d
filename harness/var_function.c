/* var_function.c: the $functions of the language, one after the other */
#include "var_ref.h"

#include "base/must.h"
#include "setcookie.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A whole number without sign, of at most `most`. */
static bool read_count(const char *text, size_t length, size_t most,
                       size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *count = *count * 10 + (size_t)(text[i] - '0');
        if (*count > most)
            return false;
    }
    return length > 0;
}

static bool has_reference(const struct piece *piece)
{
    return memchr(piece->text, '$', piece->length) != NULL;
}

static const char *count_wrong(const struct piece *piece)
{
    size_t count;

    if (has_reference(piece) ||
        read_count(piece->text, piece->length, VAR_TEXT_MAX, &count))
        return NULL;
    return "n must be a number, of 16 MiB at most";
}

/* --------------------------------------------------------- $repeat(x, n) */

static const char *repeat_wrong(const struct piece *args, size_t count)
{
    (void)count;
    return count_wrong(&args[1]);
}

static char *repeat_call(const struct vars *vars, char *const *args,
                         size_t count, size_t *length, struct fault *fault)
{
    size_t unit = strlen(args[0]), times;
    char *text;

    (void)vars, (void)count;
    if (!read_count(args[1], strlen(args[1]), VAR_TEXT_MAX, &times) ||
        (unit && times > VAR_TEXT_MAX / unit)) {
        fault_set(fault, FAULT_LOCAL,
                  "$repeat(x, n): n is \"%.40s\", but it has to be a number "
                  "that gives %d bytes at most",
                  args[1], (int)VAR_TEXT_MAX);
        return NULL;
    }
    text = malloc(unit * times + 1);
    must(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * unit, args[0], unit);
    text[unit * times] = '\0';
    *length = unit * times;
    return text;
}

/* --------------------------------------------------------------- $sid(n) */

static const char *sid_wrong(const struct piece *args, size_t count)
{
    (void)count;
    return count_wrong(&args[0]);
}

/* SplitMix64 (public domain), begun with n: no secret, only a text that looks
 * like an id and is the same in every run. */
static char *sid_call(const struct vars *vars, char *const *args, size_t count,
                      size_t *length, struct fault *fault)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t state;
    char *text;

    (void)vars, (void)count;
    if (!read_count(args[0], strlen(args[0]), VAR_TEXT_MAX, length)) {
        fault_set(fault, FAULT_LOCAL,
                  "$sid(n): n is \"%.40s\", but it has to be a number of %d at "
                  "most",
                  args[0], (int)VAR_TEXT_MAX);
        return NULL;
    }
    text = malloc(*length + 1);
    must(text);
    state = *length;
    for (size_t i = 0; i < *length; i++) {
        uint64_t mixed;

        state += 0x9e3779b97f4a7c15u;
        mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
        text[i] = letters[(mixed ^ (mixed >> 31)) % 64];
    }
    text[*length] = '\0';
    return text;
}

/* ------------------------------------------------------------ $now(+30s) */

static const char *now_wrong(const struct piece *args, size_t count)
{
    char text[32] = "";
    long long ms;

    if (count == 0 || has_reference(&args[0]))
        return NULL;
    if (args[0].length < sizeof text)
        memcpy(text, args[0].text, args[0].length);
    return node_duration(text, &ms) ? NULL
                                    : "that must be a duration, as +30s or -5m";
}

char *var_iso_date(int64_t ms, size_t *length)
{
    int64_t rest = ((ms % 1000) + 1000) % 1000;
    time_t seconds = (time_t)((ms - rest) / 1000);
    char *text = NULL;
    struct tm tm;
    FILE *out = open_memstream(&text, length);

    must(out);
    if (!gmtime_r(&seconds, &tm))
        memset(&tm, 0, sizeof tm);
    /* As JavaScript writes it: six digits and a sign past the year 9999. */
    if (tm.tm_year + 1900 > 9999 || tm.tm_year + 1900 < 0)
        fprintf(out, "%+07d", tm.tm_year + 1900);
    else
        fprintf(out, "%04d", tm.tm_year + 1900);
    fprintf(out, "-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_mon + 1, tm.tm_mday,
            tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
    must(fclose(out) == 0);
    return text;
}

static char *now_call(const struct vars *vars, char *const *args, size_t count,
                      size_t *length, struct fault *fault)
{
    long long ms = 0;

    if (count && !node_duration(args[0], &ms)) {
        fault_set(fault, FAULT_LOCAL,
                  "$now(+30s): \"%.40s\" is no duration: +30s, -5m", args[0]);
        return NULL;
    }
    return var_iso_date(vars->now_ms + ms, length);
}

/* ---------------------------------------------------- $sign(sid, secret) */

static char *sign_call(const struct vars *vars, char *const *args, size_t count,
                       size_t *length, struct fault *fault)
{
    char *text = signed_value(args[0], args[1], strlen(args[1]));

    (void)vars, (void)count, (void)fault;
    *length = strlen(text);
    return text;
}

/* ------------------------------------------------------------ $b64(text) */

static char *b64_call(const struct vars *vars, char *const *args, size_t count,
                      size_t *length, struct fault *fault)
{
    size_t size = count ? strlen(args[0]) : 0;
    char *text;

    (void)vars;
    if (size > VAR_TEXT_MAX) {
        fault_set(fault, FAULT_LOCAL, "$b64(text): more than %d bytes",
                  (int)VAR_TEXT_MAX);
        return NULL;
    }
    text = malloc((size + 2) / 3 * 4 + 1);
    must(text);
    *text = '\0';
    *length = 0;
    if (size)
        *length = (size_t)EVP_EncodeBlock(
            (unsigned char *)text, (const unsigned char *)args[0], (int)size);
    return text;
}

/* ------------------------------------------------------------- the table */

static const struct var_function functions[] = {
    { "repeat", 2, 2, "$repeat(x, n)", "x, n times", repeat_wrong,
      repeat_call },
    { "sid", 1, 1, "$sid(n)",
      "n characters of base64url, the same for the same n in every run",
      sid_wrong, sid_call },
    { "now", 0, 1, "$now(+30s)", "the app's time, and 30 s, as an ISO date",
      now_wrong, now_call },
    { "sign", 2, 2, "$sign(sid, secret)",
      "s:sid.signature, not percent-encoded", NULL, sign_call },
    { "b64", 0, 1, "$b64(text)", "base64 of the text", NULL, b64_call },
};

const char *const var_functions[] = { "repeat", "sid", "now",
                                      "sign",   "b64", NULL };

const struct var_function *var_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

void var_functions_print(FILE *to)
{
    fprintf(to, "| `$" VAR_BASE "` | the target's own address |\n");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        fprintf(to, "| `%s` | %s |\n", functions[i].form, functions[i].help);
}
