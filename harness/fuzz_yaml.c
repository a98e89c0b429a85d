/* fuzz_yaml.c: a scenario as a case in the scenario language */
#include "fuzz_yaml.h"

#include "base/must.h"

#include <stdlib.h>
#include <string.h>

#define INDENT "        "

struct writing {
    FILE *to;
    const json_t *right; /* "steps" of what was seen */
    const struct fuzz_difference *difference;
    json_t *saved; /* the variables that have a value by now */
};

/* ------------------------------------------------------------------- steps */

static void write_sid(struct writing *writing, const json_t *sid)
{
    const char *name = json_string_value(json_object_get(sid, "var"));

    if (name && json_object_get(writing->saved, name))
        fprintf(writing->to, "$%s", name);
    else if (name)
        fputs("nobody", writing->to);
    else
        fuzz_yaml_value(writing->to, sid);
}

/* ["set","a",1] is { set: { a: 1 } }, ["save"] is { save: }. */
static void write_action(FILE *to, const json_t *action)
{
    const char *verb = json_string_value(json_array_get(action, 0));

    fprintf(to, "{ %s: ", verb);
    if (json_array_size(action) == 3) {
        fputs("{ ", to);
        fuzz_yaml_key(to, json_string_value(json_array_get(action, 1)));
        fputs(": ", to);
        fuzz_yaml_value(to, json_array_get(action, 2));
        fputs(" } }", to);
    } else if (json_array_size(action) == 2) {
        fuzz_yaml_value(to, json_array_get(action, 1));
        fputs(" }", to);
    } else {
        fputc('}', to);
    }
}

static void write_actions(FILE *to, const json_t *actions)
{
    json_t *action;
    size_t i;

    fputs("\n" INDENT "do:", to);
    if (json_array_size(actions) == 0)
        fputs(" []", to);
    json_array_foreach((json_t *)actions, i, action)
    {
        fputs("\n" INDENT "  - ", to);
        write_action(to, action);
    }
}

static void write_cookie(struct writing *writing, const json_t *cookie)
{
    const json_t *sign = json_object_get(cookie, "signed");
    FILE *to = writing->to;

    fputs("\n" INDENT "cookie: ", to);
    if (sign) {
        fputs("{ signed: { sid: ", to);
        write_sid(writing, json_object_get(sign, "sid"));
        fputs(", secret: ", to);
        fuzz_yaml_value(to, json_object_get(sign, "secret"));
        fputs(" } }", to);
    } else if (json_is_string(cookie)) {
        fputs(json_string_value(cookie), to);
    } else {
        fuzz_yaml_value(to, cookie);
    }
}

/* A request without an answer has nothing to save. */
static void write_save(struct writing *writing, const json_t *step,
                       const json_t *right)
{
    json_t *name = json_object_get(step, "save");

    if (!name || !json_is_string(json_object_get(
                     json_object_get(right, "answer"), "sessionID")))
        return;
    fprintf(writing->to, "\n" INDENT "save: { %s: sessionID }",
            json_string_value(name));
    json_object_set_new(writing->saved, json_string_value(name), json_true());
}

/* "$base" is the variable of that name. */
static void write_line(FILE *to, const char *line)
{
    char *text = NULL, *escaped;
    size_t size = 0;
    FILE *quoted = open_memstream(&text, &size);

    must(quoted);
    fuzz_yaml_text(quoted, line);
    must(fclose(quoted) == 0);
    escaped = strstr(text, " $$base");
    if (escaped)
        memmove(escaped + 1, escaped + 2, strlen(escaped + 2) + 1);
    fputs(text, to);
    free(text);
}

static void write_request(struct writing *writing, const json_t *step,
                          const json_t *right)
{
    static const char *const plain[] = { "as", "https", "headers", "body",
                                         NULL };
    const char *line = json_string_value(json_object_get(step, "request"));
    FILE *to = writing->to;

    fprintf(to, "request: ");
    write_line(to, line);
    for (size_t i = 0; plain[i]; i++) {
        const json_t *value = json_object_get(step, plain[i]);

        if (!value)
            continue;
        fprintf(to, "\n" INDENT "%s: ", plain[i]);
        fuzz_yaml_value(to, value);
    }
    if (json_object_get(step, "cookie"))
        write_cookie(writing, json_object_get(step, "cookie"));
    if (json_object_get(step, "do"))
        write_actions(to, json_object_get(step, "do"));
    write_save(writing, step, right);
}

/* {"op":"set","sid","session"} is { set: SID, session: …, cookie: … }. */
static void write_store(struct writing *writing, const json_t *body)
{
    FILE *to = writing->to;
    json_t *session = json_copy(json_object_get(body, "session"));
    json_t *cookie = json_incref(json_object_get(session, "cookie"));
    bool raw = json_is_true(json_object_get(body, "raw"));

    fprintf(to, "store:\n" INDENT "  %s: ",
            json_string_value(json_object_get(body, "op")));
    if (json_object_get(body, "sid"))
        write_sid(writing, json_object_get(body, "sid"));
    if (raw)
        fputs("\n" INDENT "  raw: true", to);
    if (json_object_get(body, "callback"))
        fputs("\n" INDENT "  callback: false", to);
    if (cookie && !raw) {
        json_object_del(session, "cookie");
        fputs("\n" INDENT "  cookie: ", to);
        fuzz_yaml_value(to, cookie);
    }
    if (session) {
        fputs("\n" INDENT "  session: ", to);
        fuzz_yaml_value(to, session);
    }
    json_decref(cookie);
    json_decref(session);
}

static void write_fault(FILE *to, const json_t *fault)
{
    const json_t *error = json_object_get(fault, "error");
    const json_t *times = json_object_get(fault, "times");
    const json_t *delay = json_object_get(fault, "delay");

    fprintf(to, "fault: { op: %s",
            json_string_value(json_object_get(fault, "op")));
    if (error) {
        fputs(", error: ", to);
        fuzz_yaml_value(to, error);
    }
    if (delay)
        fprintf(to, ", delay: %dms", (int)json_integer_value(delay));
    if (times)
        fprintf(to, ", times: %d", (int)json_integer_value(times));
    fputs(" }", to);
}

static void write_verb(struct writing *writing, const json_t *step,
                       const json_t *right)
{
    FILE *to = writing->to;

    if (json_object_get(step, "request"))
        write_request(writing, step, right);
    else if (json_object_get(step, "advance"))
        fprintf(to, "advance: %" JSON_INTEGER_FORMAT "ms",
                json_integer_value(json_object_get(step, "advance")));
    else if (json_object_get(step, "store"))
        write_store(writing, json_object_get(step, "store"));
    else if (json_object_get(step, "fault"))
        write_fault(to, json_object_get(step, "fault"));
    else
        fuzz_yaml_value(to, step);
}

static bool is_known_step(const json_t *step)
{
    return json_object_get(step, "request") ||
           json_object_get(step, "advance") || json_object_get(step, "store") ||
           json_object_get(step, "fault") || json_object_get(step, "emit") ||
           json_object_get(step, "restart");
}

static void write_step(struct writing *writing, size_t i, const json_t *step)
{
    const json_t *right =
        json_array_get(json_object_get(writing->right, "steps"), i);
    const struct fuzz_difference *here =
        writing->difference->step == i ? writing->difference : NULL;

    if (!is_known_step(step))
        return;
    fputs("      - ", writing->to);
    if (json_object_get(step, "restart") || json_object_get(step, "emit")) {
        bool restart = json_object_get(step, "restart") != NULL;

        fputs(restart ? "restart: " : "emit: ", writing->to);
        fuzz_yaml_value(writing->to, restart ? json_object_get(step, "restart")
                                             : json_object_get(step, "emit"));
    } else {
        write_verb(writing, step, right);
    }
    if (json_object_get(step, "via"))
        fputs("\n" INDENT "via: b", writing->to);
    fuzz_yaml_expect(writing->to, INDENT, step, right, here);
    fputc('\n', writing->to);
}

/* ------------------------------------------------- what belongs to no step */

/* How V8 words an error is nobody's contract. */
static void write_event(FILE *to, const json_t *event)
{
    json_t *shown = json_copy((json_t *)event);

    if (fuzz_is_engine_worded(json_object_get(shown, "text")))
        json_object_del(shown, "text");
    fuzz_yaml_value(to, shown);
    json_decref(shown);
}

static bool is_warning(const json_t *event)
{
    const char *word = json_string_value(json_object_get(event, "event"));

    return word && strcmp(word, "warning") == 0;
}

/* No case passes where something happened that it did not foresee. */
static void write_events(struct writing *writing)
{
    FILE *to = writing->to;
    json_t *event;
    size_t i, count = 0;

    fputs("      - store: { length: }\n" INDENT "expect:\n" INDENT
          "  events: [",
          to);
    json_array_foreach(json_object_get(writing->right, "events"), i, event)
    {
        if (is_warning(event) || !json_object_get(event, "event"))
            continue;
        fputs(count++ ? ", " : " ", to);
        write_event(to, event);
    }
    fputs(" ]\n", to);
}

/* Those of the app's making first. */
static void write_warnings(struct writing *writing)
{
    FILE *to = writing->to;
    json_t *one;
    size_t i, count = 0;

    fputs(INDENT "  warnings: [", to);
    json_array_foreach(
        json_object_get(json_object_get(writing->right, "made"), "warnings"), i,
        one)
    {
        fputs(count++ ? ", " : " ", to);
        fuzz_yaml_value(to, one);
    }
    json_array_foreach(json_object_get(writing->right, "events"), i, one)
    {
        if (!is_warning(one))
            continue;
        fputs(count++ ? ", " : " ", to);
        fuzz_yaml_value(to, json_object_get(one, "text"));
    }
    fputs(" ]\n", to);
}

static bool has_events(const json_t *right)
{
    json_t *event;
    size_t i;

    json_array_foreach(json_object_get(right, "events"), i, event)
    {
        if (!is_warning(event))
            return true;
    }
    return false;
}

/* What the store holds in the end, record by record. */
static void write_holds(struct writing *writing)
{
    const json_t *answer =
        json_object_get(json_object_get(writing->right, "holds"), "answer");
    json_t *sessions = json_object_get(answer, "sessions"), *one;
    size_t i;

    fprintf(writing->to,
            "      - store: { length: }\n" INDENT "expect: { length: %zu }\n",
            json_array_size(sessions));
    json_array_foreach(sessions, i, one)
    {
        json_t *step, *right;

        if (fuzz_yaml_is_nameless(json_object_get(one, "sid")))
            continue;
        step = json_pack("{s:{s:s,s:O}}", "store", "op", "get", "sid",
                         json_object_get(one, "sid"));
        right = json_pack("{s:i,s:{s:O}}", "status", 200, "answer", "session",
                          json_object_get(one, "session"));

        fputs("      - ", writing->to);
        write_verb(writing, step, right);
        fuzz_yaml_expect(writing->to, INDENT, step, right, NULL);
        fputc('\n', writing->to);
        json_decref(right);
        json_decref(step);
    }
}

/* An app that is refused: said as a restart of one that is not. */
static void write_refused(struct writing *writing, const json_t *scenario)
{
    const json_t *made = json_object_get(writing->right, "made");
    json_t *step = json_pack("{s:{s:O}}", "restart", "options",
                             json_object_get(scenario, "options"));
    struct fuzz_difference here = *writing->difference;

    fputs("    options: { secret: cat, resave: false, "
          "saveUninitialized: false }\n    steps:\n      - restart: ",
          writing->to);
    fuzz_yaml_value(writing->to, json_object_get(step, "restart"));
    here.step = 0;
    fuzz_yaml_expect(writing->to, INDENT, step, made, &here);
    fputc('\n', writing->to);
    json_decref(step);
}

/* `about` is an app; with `indent` in front of each line. */
static void write_parts(FILE *to, const char *indent, const json_t *about)
{
    static const char *const parts[] = { "options", "settings", NULL };

    for (size_t i = 0; parts[i]; i++) {
        const json_t *part = json_object_get(about, parts[i]);

        if (!part || (i && json_object_size(part) == 0))
            continue;
        fprintf(to, "%s%s: ", indent, parts[i]);
        fuzz_yaml_value(to, part);
        fputc('\n', to);
    }
}

static bool calls_blindly(const json_t *scenario)
{
    json_t *step;
    size_t i;

    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        if (json_object_get(json_object_get(step, "store"), "callback"))
            return true;
    }
    return false;
}

static void write_app(FILE *to, const json_t *scenario)
{
    const json_t *store = json_object_get(scenario, "store");
    const json_t *other =
        json_object_get(json_object_get(scenario, "apps"), "b");

    if (calls_blindly(scenario))
        fputs("    needs: [ no-callback ]\n", to);
    if (json_object_size(store) > 0) {
        fputs("    store: ", to);
        fuzz_yaml_value(to, store);
        fputc('\n', to);
    }
    if (other) {
        fputs("    apps:\n      a:\n", to);
        write_parts(to, "        ", scenario);
        fputs("      b:\n", to);
        write_parts(to, "        ", other);
    } else {
        write_parts(to, "    ", scenario);
    }
    fputs("    steps:\n", to);
}

static bool sends_lists(const json_t *step)
{
    json_t *action;
    size_t i;

    json_array_foreach(json_object_get(step, "do"), i, action)
    {
        const char *verb = json_string_value(json_array_get(action, 0));

        if (verb && strcmp(verb, "header") == 0 &&
            json_is_array(json_array_get(action, 2)))
            return true;
    }
    return false;
}

static bool trusts_list(const json_t *app)
{
    const json_t *trust =
        json_object_get(json_object_get(app, "settings"), "trust proxy");

    return json_is_array(trust) || json_is_object(trust) || json_is_null(trust);
}

bool fuzz_yaml_suits(const json_t *scenario)
{
    const json_t *other =
        json_object_get(json_object_get(scenario, "apps"), "b");
    json_t *step;
    size_t i;

    if (trusts_list(scenario) || trusts_list(other))
        return false;
    json_array_foreach(json_object_get(scenario, "steps"), i, step)
    {
        const json_t *session =
            json_object_get(json_object_get(step, "store"), "session");

        if (json_object_get(step, "parallel") ||
            json_object_get(json_object_get(step, "restart"), "later") ||
            (session && !json_is_object(session)) || sends_lists(step) ||
            trusts_list(json_object_get(step, "restart")))
            return false;
    }
    return true;
}

static bool has_part(const char *aspect, const char *part)
{
    return aspect && strcmp(aspect, part) == 0;
}

static void write_end(struct writing *writing)
{
    bool nowhere = writing->difference->step == FUZZ_NO_STEP;

    if (has_part(writing->difference->aspect, "holds"))
        write_holds(writing);
    if (nowhere || has_events(writing->right))
        write_events(writing);
    if (nowhere)
        write_warnings(writing);
}

void fuzz_yaml(FILE *to, const char *name, const json_t *scenario,
               const json_t *right, const struct fuzz_difference *difference)
{
    struct writing writing = { to, right, difference, json_object() };
    json_t *step;
    size_t i;

    fprintf(to,
            "suite: fuzz\nabout: found by sessionspec fuzz\ncases:\n"
            "  - case: %s\n    title: \"differs at %s\"\n"
            "    clients: { bob: {} }\n",
            name, difference->path);
    if (has_part(difference->aspect, "made") &&
        json_integer_value(
            json_object_get(json_object_get(right, "made"), "status")) != 201) {
        write_refused(&writing, scenario);
    } else {
        write_app(to, scenario);
        json_array_foreach(json_object_get(scenario, "steps"), i, step)
        {
            write_step(&writing, i, step);
        }
        write_end(&writing);
    }
    json_decref(writing.saved);
}
