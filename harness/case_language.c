/* case_language.c: the schema in words: for messages, and as a reference */
#include "case_schema.h"

#include "case_needs.h"
#include "var.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    unsigned bit;
    const char *words;
} forms[] = {
    { ACCEPT_ID, "a name (letters, digits, - _ .)" },
    { ACCEPT_TEXT, "a text" },
    { ACCEPT_BOOL, "true or false" },
    { ACCEPT_COUNT, "a number" },
    { ACCEPT_INTEGER, "a whole number" },
    { ACCEPT_DURATION, "a duration with its unit (30s)" },
    { ACCEPT_TIME, "a duration (30s), a value or a matcher" },
    { ACCEPT_VALUE, "a value or a matcher" },
    { ACCEPT_MATCHER, "a matcher" },
    { ACCEPT_DATA, "any data" },
    { ACCEPT_OBJECT, "a map of data" },
    { ACCEPT_MAP, "a map" },
    { ACCEPT_NAMES, "a map of names" },
    { ACCEPT_LIST, "a list" },
    { ACCEPT_NULL, "nothing" },
};

static const char *joined(struct arena *arena, const char *all,
                          const char *more)
{
    return *all ? arena_printf(arena, "%s or %s", all, more) : more;
}

static const char *words_listed(struct arena *arena, const char *const *words)
{
    const char *all = words[1] ? "one of " : "";

    for (size_t i = 0; words[i]; i++)
        all = arena_printf(arena, "%s%s%s", all, i ? ", " : "", words[i]);
    return all;
}

const char *schema_accepts_words(struct arena *arena,
                                 const struct schema_key *key, unsigned accepts)
{
    const char *all = "";

    if (accepts & ACCEPT_WORD)
        all = words_listed(arena, key->words);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (accepts & forms[i].bit)
            all = joined(arena, all, forms[i].words);
    return all;
}

/* -------------------------------------------------------------- reference */

/* Where a place's map stands: a sentence without its full stop. */
static const char *const abouts[PLACE_COUNT] = {
    [PLACE_FILE] =
        "A file is one map. `defaults` and `fragments` are for what its cases "
        "share",
    [PLACE_DEFAULTS] =
        "What every case of the file begins with. `needs` and `tags` are added "
        "to a case's own; of the others a case's own wins, member by member",
    [PLACE_CASE] = "An item of `cases`",
    [PLACE_SETTINGS] = "The value of `settings`",
    [PLACE_HIDE] = "The value of `store` in a case or in `defaults`",
    [PLACE_APP] = "A value of `apps`. What it does not say, it has from the "
                  "case",
    [PLACE_CLIENT] = "A value of `clients`; it may be empty",
    [PLACE_DIVERGES] = "The value of `diverges`",
    [PLACE_STEP] =
        "An item of `steps`, of a track, of a fragment. It has one of these "
        "verbs, and beside the verb what the tables behind this one say",
    [PLACE_REQUEST] = "What may stand beside `request`",
    [PLACE_ASK] = "What may stand beside `store`",
    [PLACE_LOOK] = "What may stand beside `restart`",
    [PLACE_VIA] = "What may stand beside `fault`, `emit` and `calls`",
    [PLACE_PARALLEL] = "What may stand beside `parallel`",
    [PLACE_AWAIT] = "What may stand beside `await`",
    [PLACE_ACTION] =
        "An item of `do`: one verb, done by the request's handler. A path is "
        "written `user.name`, or `cart.0` in an array; what is missing on it "
        "is made. An error goes to the log, and the handler goes on",
    [PLACE_SEND_COOKIE] = "The value of a request's `cookie`: one of these",
    [PLACE_SIGNED] = "The value of `signed`",
    [PLACE_TAMPERED] = "The value of `tampered`",
    [PLACE_STORE] = "The value of the step `store`: one operation, and what "
                    "it is handed. It goes past `hide` and faults, and is not "
                    "among the `calls`",
    [PLACE_FAULT] = "The value of `fault`",
    [PLACE_RESTART] = "The value of `restart`. What it does not name stays",
    [PLACE_REPEAT] = "The value of `repeat`",
    [PLACE_EXPECT] =
        "The value of `expect`. All that stands here is judged, and all that "
        "does not hold is shown; what is not named is not judged",
    [PLACE_COOKIE] =
        "The value of `cookie` in `expect`: the attributes of the session's "
        "Set-Cookie, of which there must be one. A flag that was not sent is "
        "false, another attribute `absent`",
    [PLACE_LOG] = "An item of `log`, for one action of `do`; `{}` takes any",
    [PLACE_ERROR] = "The value of `error`",
    [PLACE_EVENT] = "An item of `events`, where the word is not enough",
    [PLACE_CALL] = "An item of `calls`, where the word is not enough",
    [PLACE_HANDED] = "The value of such an operation",
    [PLACE_MATCHER] =
        "Where an expectation takes a matcher, `absent` may stand as well: "
        "nothing must be there",
    [PLACE_CATALOGUE] = "The one map of requirements.yml",
    [PLACE_SECTION] = "An item of `sections`",
    [PLACE_REQUIREMENT] = "An item of `requirements`",
    [PLACE_SEEN] = "An item of `seen`",
};

/* A `|` would end the cell. */
static void print_cell(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', to);
        fputc(*text, to);
    }
}

/* As Markdown makes an anchor of a heading. */
static void print_link(enum place place, FILE *to)
{
    const char *what = schema_places[place].what;

    fprintf(to, " ([%s](#in-", what);
    for (; *what; what++)
        if (*what == ' ')
            fputc('-', to);
        else if (*what != '\'' && *what != ',')
            fputc(*what, to);
    fputs("))", to);
}

/* A case's key that the defaults or an app may have as well is described
 * where the case is. */
static bool is_of_case(enum place place, const struct schema_key *key)
{
    const struct schema_key *other = schema_find(PLACE_CASE, key->name);

    return place != PLACE_CASE && other && key->words == other->words &&
           strcmp(key->example, other->example) == 0;
}

static void print_accepts(enum place place, const struct schema_key *key,
                          FILE *to)
{
    struct arena arena = { NULL };

    if (key->words && strcmp(key->name, "needs") == 0) {
        fputs("a list of words ([what a case needs](#what-a-case-needs))", to);
    } else if (is_of_case(place, key)) {
        fputs("as in [a case](#in-a-case)", to);
    } else {
        print_cell(schema_accepts_words(&arena, key, key->accepts), to);
        if (key->items) {
            fputs(", each ", to);
            print_cell(schema_accepts_words(&arena, key, key->items), to);
        }
        if (key->inner != PLACE_NONE)
            print_link(key->inner, to);
    }
    arena_free(&arena);
}

/* Which steps a field of `expect` can judge, where not all. */
static void print_judged(unsigned of, FILE *to)
{
    static const struct {
        unsigned of;
        const char *verb;
    } verbs[] = { { OF_REQUEST, "request" },
                  { OF_STORE, "store" },
                  { OF_RESTART, "restart" } };
    const char *before = " (of ";

    if (!of || of == (OF_REQUEST | OF_STORE | OF_RESTART))
        return;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (of & verbs[i].of) {
            fprintf(to, "%s`%s`", before, verbs[i].verb);
            before = ", ";
        }
    fputc(')', to);
}

static void print_row(enum place place, const struct schema_key *key, FILE *to)
{
    fprintf(to, "| `%s`%s | ", key->name,
            key->accepts & ACCEPT_REQUIRED ? " (required)" : "");
    print_accepts(place, key, to);
    fputs(" | ", to);
    print_cell(key->help, to);
    print_judged(key->of, to);
    fputs(" | `", to);
    print_cell(key->example, to);
    fputs("` |\n", to);
}

static void print_place(enum place place, FILE *to)
{
    const struct schema_key *key = schema_places[place].keys;

    if (!key->name)
        return;
    fprintf(to,
            "\n## In %s\n\n%s.\n\n| key | takes | means | example |\n"
            "|---|---|---|---|\n",
            schema_places[place].what, abouts[place] ? abouts[place] : "");
    for (; key->name; key++)
        print_row(place, key, to);
}

static void print_needs(FILE *to)
{
    fputs("\n## What a case needs\n\n"
          "The words of `needs`. Where the store or the target does not have "
          "what a word asks\nfor, the case is skipped. What its steps show by "
          "themselves (`advance`, `fault`,\n`hold`, `interleave`, `https`) "
          "need not be said.\n\n| word | asks for |\n|---|---|\n",
          to);
#define NEEDS_ROW(word, help) fputs("| `" word "` | " help " |\n", to);
    CASE_NEEDS(NEEDS_ROW)
#undef NEEDS_ROW
}

static void print_values(FILE *to)
{
    fputs("\n## In values\n\n"
          "Plain true, false, null and JSON numbers are typed, all else is a "
          "string, and what\nis quoted is always a string. A duration has its "
          "unit: `1ms`, `30s`, `5m`, `25h`,\n`400d`. Under maxAge and "
          "originalMaxAge a plain duration is its milliseconds, under\n"
          "expires the date that lies so far from now.\n\n"
          "| written | gives |\n|---|---|\n"
          "| `$name` | what `save` or `each` gave |\n"
          "| `$$` | a dollar |\n",
          to);
    var_functions_print(to);
}

void schema_print_language(FILE *to)
{
    fputs("# The scenario language\n\n"
          "Written by `sessionspec check --language` from the table that "
          "files are checked by.\n",
          to);
    for (int place = PLACE_FILE; place < PLACE_CATALOGUE; place++)
        print_place((enum place)place, to);
    print_values(to);
    print_needs(to);
    for (int place = PLACE_CATALOGUE; place < PLACE_COUNT; place++)
        print_place((enum place)place, to);
}
