/* fuzz_yaml_expect.c: what a case expects of a step: what was right of it
 *
 * Of every step its status; of the one that differed also what differed.
 */
#include "fuzz_yaml.h"

#include "base/must.h"
#include "setcookie.h"

#include <stdlib.h>
#include <string.h>

struct expecting {
    FILE *to;
    const char *indent;
    const json_t *right;
    bool begun;
};

/* Begins the line of one expectation. */
static FILE *expect(struct expecting *expecting, const char *key)
{
    if (!expecting->begun)
        fprintf(expecting->to, "\n%sexpect:", expecting->indent);
    expecting->begun = true;
    fprintf(expecting->to, "\n%s  %s: ", expecting->indent, key);
    return expecting->to;
}

static void expect_value(struct expecting *expecting, const char *key,
                         const json_t *value)
{
    if (value)
        fuzz_yaml_value(expect(expecting, key), value);
    else
        fputs("absent", expect(expecting, key));
}

bool fuzz_yaml_is_nameless(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    bool found = text && strstr(text, "(sid ") != NULL;

    free(text);
    return found;
}

/* ------------------------------------------------------------- a session */

static void expect_session(struct expecting *expecting, const json_t *session)
{
    json_t *data = json_deep_copy(session);

    json_object_del(data, "cookie");
    expect_value(expecting, "session", data);
    json_decref(data);
}

static void expect_times(struct expecting *expecting, const json_t *cookie)
{
    static const char *const times[] = { "maxAge", "originalMaxAge", "expires",
                                         NULL };

    for (size_t i = 0; times[i]; i++) {
        const json_t *value = json_object_get(cookie, times[i]);

        if (value && !json_is_object(value) && !json_is_array(value))
            expect_value(expecting, times[i], value);
    }
}

/* ------------------------------------------------------------------ calls */

/* A part is judged by the members that it names: those that each cookie has
 * are named where they are missing, too. */
static void write_cookie(FILE *to, const json_t *cookie)
{
    static const char *const common[] = { "originalMaxAge", "expires",
                                          "httpOnly", "path", NULL };
    const char *comma = fuzz_yaml_members(to, cookie);

    for (size_t i = 0; common[i]; i++) {
        if (json_object_get(cookie, common[i]))
            continue;
        fprintf(to, "%s%s: absent", comma, common[i]);
        comma = ", ";
    }
    fputs(" }", to);
}

static void write_call(FILE *to, const json_t *call)
{
    const char *comma = "";
    json_t *session = json_deep_copy(json_object_get(call, "session"));
    json_t *cookie = json_incref(json_object_get(session, "cookie"));
    json_t *sid = json_object_get(call, "sid");
    json_t *outcome = json_object_get(call, "outcome");

    fprintf(to, "{ %s: { ", json_string_value(json_object_get(call, "op")));
    if (sid && !fuzz_yaml_is_nameless(sid)) {
        fputs("sid: ", to);
        fuzz_yaml_value(to, sid);
        comma = ", ";
    }
    json_object_del(session, "cookie");
    if (session) {
        fprintf(to, "%ssession: ", comma);
        fuzz_yaml_value(to, session);
        comma = ", ";
    }
    if (json_is_object(cookie)) {
        fprintf(to, "%scookie: ", comma);
        write_cookie(to, cookie);
        comma = ", ";
    }
    fprintf(to, "%soutcome: ", comma);
    if (outcome)
        fuzz_yaml_value(to, outcome);
    else
        fputs("absent", to);
    fputs(" } }", to);
    json_decref(cookie);
    json_decref(session);
}

static void expect_calls(struct expecting *expecting)
{
    const json_t *calls = json_object_get(expecting->right, "calls");
    FILE *to = expect(expecting, "calls");
    json_t *call;
    size_t i;

    if (json_array_size(calls) == 0)
        fputs("[]", to);
    json_array_foreach((json_t *)calls, i, call)
    {
        fprintf(to, "\n%s    - ", expecting->indent);
        write_call(to, call);
    }
}

/* ------------------------------------------------------------ Set-Cookie */

static void expect_attributes(struct expecting *expecting, const char *header)
{
    static const struct {
        const char *attribute, *key;
        bool flag;
    } rows[] = { { "Domain", "domain", false },
                 { "Path", "path", false },
                 { "Expires", "expires", false },
                 { "HttpOnly", "httpOnly", true },
                 { "Secure", "secure", true },
                 { "Partitioned", "partitioned", true },
                 { "Priority", "priority", false },
                 { "SameSite", "sameSite", false } };
    FILE *to = expect(expecting, "cookie");
    struct set_cookie cookie;

    if (!set_cookie_parse(&cookie, header)) {
        fputs("none", to);
        return;
    }
    fputs("{ only: true", to);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct set_cookie_attribute *sent =
            set_cookie_attribute(&cookie, rows[i].attribute);

        if (!sent)
            continue;
        fprintf(to, ", %s: ", rows[i].key);
        if (rows[i].flag)
            fputs("true", to);
        else
            fuzz_yaml_text(to, sent->value ? sent->value : "");
    }
    fputs(" }", to);
    set_cookie_clear(&cookie);
}

static void expect_set_cookie(struct expecting *expecting)
{
    const json_t *cookies = json_object_get(expecting->right, "set-cookie");
    const json_t *first = json_array_get(cookies, 0);

    fprintf(expect(expecting, "cookies"), "%zu", json_array_size(cookies));
    if (!first)
        return;
    if (fuzz_yaml_is_nameless(first)) {
        expect_attributes(expecting, json_string_value(first));
        return;
    }
    fprintf(expect(expecting, "headers"),
            "\n%s    set-cookie: ", expecting->indent);
    fuzz_yaml_value(expecting->to, first);
}

/* ----------------------------------------------------------- the answer */

/* Of each action, whether it went well. */
static void expect_log(struct expecting *expecting, const json_t *log)
{
    FILE *to = expect(expecting, "log");
    json_t *entry;
    size_t i;

    if (json_array_size(log) == 0)
        fputs("[]", to);
    json_array_foreach((json_t *)log, i, entry)
    {
        const json_t *error = json_object_get(entry, "error");
        const json_t *value = json_object_get(entry, "value");

        fprintf(to, "\n%s    - { error: ", expecting->indent);
        if (fuzz_is_engine_worded(json_object_get(error, "message")))
            fputs("{ message: { matches: . } }", to);
        else if (error)
            fuzz_yaml_value(to, error);
        else
            fputs("absent", to);
        fputs(", value: ", to);
        if (value)
            fuzz_yaml_value(to, value);
        else
            fputs("absent", to);
        fputs(" }", to);
    }
}

static void expect_answer(struct expecting *expecting, const char *path)
{
    const json_t *answer = json_object_get(expecting->right, "answer");
    const json_t *text = json_object_get(expecting->right, "text");

    if (strstr(path, "answer.session") && !strstr(path, "answer.sessionID"))
        expect_session(expecting, json_object_get(answer, "session"));
    else if (strstr(path, "answer.sessionID") && !fuzz_yaml_is_nameless(text))
        expect_value(expecting, "sessionID",
                     json_object_get(answer, "sessionID"));
    else if (strstr(path, "answer.log"))
        expect_log(expecting, json_object_get(answer, "log"));
    else if (strstr(path, "answer.error"))
        expect_value(expecting, "error", json_object_get(answer, "error"));
    else if (strstr(path, "answer.cookie.maxAge") ||
             strstr(path, "answer.cookie.originalMaxAge") ||
             strstr(path, "answer.cookie.expires"))
        expect_times(expecting, json_object_get(answer, "cookie"));
    else if (!fuzz_yaml_is_nameless(text))
        expect_value(expecting, "body", text);
}

static void expect_header(struct expecting *expecting, const char *path)
{
    const char *name = strrchr(path, '.');

    fprintf(expect(expecting, "headers"), "\n%s    %s: ", expecting->indent,
            name ? name + 1 : path);
    if (json_object_get(json_object_get(expecting->right, "headers"),
                        name ? name + 1 : path))
        fuzz_yaml_value(
            expecting->to,
            json_object_get(json_object_get(expecting->right, "headers"),
                            name ? name + 1 : path));
    else
        fputs("absent", expecting->to);
}

static void expect_of_request(struct expecting *expecting,
                              const struct fuzz_difference *difference)
{
    const char *transport =
        json_string_value(json_object_get(expecting->right, "transport"));
    const char *aspect = difference ? difference->aspect : "";

    if (transport && strcmp(transport, "ok") != 0) {
        fputs(transport, expect(expecting, "transport"));
        return;
    }
    expect_value(expecting, "status",
                 json_object_get(expecting->right, "status"));
    if (strcmp(aspect, "calls") == 0)
        expect_calls(expecting);
    else if (strcmp(aspect, "set-cookie") == 0)
        expect_set_cookie(expecting);
    else if (strcmp(aspect, "headers") == 0)
        expect_header(expecting, difference->path);
    else if (strcmp(aspect, "answer") == 0 || strcmp(aspect, "text") == 0)
        expect_answer(expecting, difference->path);
}

/* ------------------------------------------------------ the other steps */

static void expect_of_store(struct expecting *expecting)
{
    const json_t *answer = json_object_get(expecting->right, "answer");
    const json_t *session = json_object_get(answer, "session");
    const json_t *sessions = json_object_get(answer, "sessions");
    const json_t *length = json_object_get(answer, "length");

    if (json_object_get(answer, "error"))
        expect_value(expecting, "error", json_object_get(answer, "error"));
    if (length)
        expect_value(expecting, "length", length);
    if (sessions)
        fprintf(expect(expecting, "length"), "%zu", json_array_size(sessions));
    if (session) {
        expect_session(expecting, session);
        expect_times(expecting, json_object_get(session, "cookie"));
    }
}

static void expect_of_restart(struct expecting *expecting,
                              const struct fuzz_difference *difference)
{
    const json_t *error = json_object_get(expecting->right, "error");

    expect_value(expecting, "status",
                 json_object_get(expecting->right, "status"));
    if (error)
        expect_value(expecting, "error", error);
    else if (difference)
        expect_value(expecting, "warnings",
                     json_object_get(expecting->right, "warnings"));
}

void fuzz_yaml_expect(FILE *to, const char *indent, const json_t *step,
                      const json_t *right,
                      const struct fuzz_difference *difference)
{
    struct expecting expecting = { to, indent, right, false };

    if (!right)
        return;
    if (json_object_get(step, "request"))
        expect_of_request(&expecting, difference);
    else if (json_object_get(step, "store"))
        expect_of_store(&expecting);
    else if (json_object_get(step, "restart"))
        expect_of_restart(&expecting, difference);
}
