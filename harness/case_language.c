/* case_language.c: the schema in words: for messages, and as a reference */
#include "case_schema.h"

#include "var.h"

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

/* A `|` would end the cell. */
static void print_cell(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void print_row(const struct schema_key *key, FILE *to)
{
    struct arena arena = { NULL };

    fprintf(to, "| `%s`%s | ", key->name,
            key->accepts & ACCEPT_REQUIRED ? " (required)" : "");
    print_cell(schema_accepts_words(&arena, key, key->accepts), to);
    if (key->items) {
        fputs(" of: ", to);
        print_cell(schema_accepts_words(&arena, key, key->items), to);
    }
    fputs(" | ", to);
    print_cell(key->help, to);
    fputs(" | `", to);
    print_cell(key->example, to);
    fputs("` |\n", to);
    arena_free(&arena);
}

void schema_print_language(FILE *to)
{
    fputs("# The scenario language\n\n"
          "Written by `sessionspec check --language` from the table that "
          "files are checked by.\n",
          to);
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++) {
        const struct schema_key *key = schema_places[place].keys;

        if (!key->name)
            continue;
        fprintf(to,
                "\n## In %s\n\n| key | may be | means | example |\n"
                "|---|---|---|---|\n",
                schema_places[place].what);
        for (; key->name; key++)
            print_row(key, to);
    }
    fputs("\n## In values\n\n"
          "Plain true, false, null and JSON numbers are typed, all else is a "
          "string, quoted is always a string. Under maxAge and originalMaxAge "
          "a plain duration is its milliseconds, under expires the date that "
          "lies so far from now.\n\n"
          "| written | gives |\n|---|---|\n"
          "| `$name` | what `save` or `each` gave |\n"
          "| `$$` | a dollar |\n",
          to);
    var_functions_print(to);
}
