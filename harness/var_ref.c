/* var_ref.c: finds the references in a text, for the loader and the player */
#include "var_ref.h"

#include "base/must.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_part(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

bool var_name_ok(const char *name)
{
    size_t length = 0;

    if (!is_letter(*name))
        return false;
    while (is_name_part(name[length]))
        length++;
    return !name[length] && length <= VAR_NAME_MAX;
}

/* `at` is behind the opening bracket; NULL where nothing closes it. */
static const char *closing_bracket(const char *at, const char *end)
{
    size_t open = 1;

    for (; at < end; at++) {
        if (*at == '(')
            open++;
        else if (*at == ')' && --open == 0)
            return at;
    }
    return NULL;
}

static void read_reference(const char *text, const char *end, struct ref *ref)
{
    const char *name = text + 1, *at = name, *close;

    while (at < end && is_name_part(*at))
        at++;
    ref->length = (size_t)(at - text);
    if (at - name > VAR_NAME_MAX) {
        ref->kind = REF_LONG;
        return;
    }
    memcpy(ref->name, name, (size_t)(at - name));
    ref->kind = REF_VARIABLE;
    if (at == end || *at != '(')
        return;
    close = closing_bracket(at + 1, end);
    ref->kind = close ? REF_CALL : REF_OPEN;
    ref->length = (size_t)((close ? close + 1 : end) - text);
    ref->args = at + 1;
    ref->args_length = (size_t)((close ? close : end) - ref->args);
}

void ref_read(const char *text, const char *end, struct ref *ref)
{
    const char *dollar;

    memset(ref, 0, sizeof *ref);
    ref->start = text;
    if (*text == '$' && text + 1 < end && text[1] == '$') {
        ref->kind = REF_DOLLAR;
        ref->length = 2;
    } else if (*text == '$' && text + 1 < end && is_letter(text[1])) {
        read_reference(text, end, ref);
    } else {
        dollar = memchr(text + 1, '$', (size_t)(end - text - 1));
        ref->kind = REF_TEXT;
        ref->length = (size_t)((dollar ? dollar : end) - text);
    }
}

static struct piece trimmed(const char *text, const char *end)
{
    struct piece piece;

    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    piece.text = text;
    piece.length = (size_t)(end - text);
    return piece;
}

size_t ref_arguments(const struct ref *ref, size_t most,
                     struct piece args[REF_ARGS_MAX])
{
    const char *at = ref->args, *end = at + ref->args_length, *start = at;
    size_t count = 0, open = 0;

    must(most <= REF_ARGS_MAX);
    if (trimmed(at, end).length == 0)
        return 0;
    for (; at < end && count + 1 < most; at++) {
        if (*at == '(') {
            open++;
        } else if (*at == ')') {
            open--;
        } else if (*at == ',' && open == 0) {
            args[count++] = trimmed(start, at);
            start = at + 1;
        }
    }
    args[count++] = trimmed(start, end);
    return count;
}

/* ------------------------------------------------------ for the loader */

struct scan {
    void *arg;
    void (*name)(void *arg, const char *variable);
    void (*wrong)(void *arg, const char *message);
};

static void scan_text(const struct scan *scan, const char *text,
                      const char *end, unsigned depth);

static void scan_wrong(const struct scan *scan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void scan_wrong(const struct scan *scan, const char *format, ...)
{
    char message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    scan->wrong(scan->arg, message);
}

static void scan_call(const struct scan *scan, const struct ref *ref,
                      unsigned depth)
{
    const struct var_function *function = var_function_find(ref->name);
    struct piece args[REF_ARGS_MAX];
    const char *wrong;
    size_t count;

    if (!function) {
        const char *near = problem_suggest(ref->name, var_functions);

        scan_wrong(scan, "unknown function \"$%s\"%s%s%s", ref->name,
                   near ? " ($" : "", near ? near : "", near ? "?)" : "");
        return;
    }
    if (depth == VAR_DEPTH_MAX) {
        scan_wrong(scan,
                   "functions stand in each other more than %d deep: `save` "
                   "a part, or write it out",
                   (int)VAR_DEPTH_MAX);
        return;
    }
    count = ref_arguments(ref, function->most, args);
    if (count < function->least) {
        scan_wrong(scan, "wrong number of arguments: write %s", function->form);
        return;
    }
    wrong = function->wrong ? function->wrong(args, count) : NULL;
    if (wrong)
        scan_wrong(scan, "%s: %s", function->form, wrong);
    for (size_t i = 0; i < count; i++)
        scan_text(scan, args[i].text, args[i].text + args[i].length, depth + 1);
}

static void scan_text(const struct scan *scan, const char *text,
                      const char *end, unsigned depth)
{
    struct ref ref;

    for (; text < end; text += ref.length) {
        ref_read(text, end, &ref);
        if (ref.kind == REF_VARIABLE)
            scan->name(scan->arg, ref.name);
        else if (ref.kind == REF_CALL)
            scan_call(scan, &ref, depth);
        else if (ref.kind == REF_LONG)
            scan_wrong(scan, "a name has at most %d letters",
                       (int)VAR_NAME_MAX);
        else if (ref.kind == REF_OPEN)
            scan_wrong(scan,
                       "\"$%s(\" has no closing bracket (within { } and [ ] a "
                       "text with a comma has to be quoted)",
                       ref.name);
    }
}

void var_scan(const char *text, void *arg,
              void (*name)(void *arg, const char *variable),
              void (*wrong)(void *arg, const char *message))
{
    struct scan scan = { arg, name, wrong };

    scan_text(&scan, text, text + strlen(text), 0);
}
