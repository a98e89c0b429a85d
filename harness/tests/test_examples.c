/* test_examples.c: every example of the language's table is good language
 *
 * An example is put where it belongs, in a whole file, and loaded. With its
 * key misspelt the same file is refused: so it does stand where it belongs.
 */
#include "../case_schema.h"

#include "../base/must.h"
#include "../case.h"
#include "../catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The names that examples refer to. */
#define HEAD                                                                   \
    "suite: examples\n"                                                        \
    "fragments: { login: [ { request: POST /login } ] }\n"                     \
    "cases:\n"                                                                 \
    "  - case: one\n"                                                          \
    "    apps: { a: {}, b: {} }\n"                                             \
    "    clients: { alice: {} }\n"
#define STEPS                                                                  \
    "    steps:\n"                                                             \
    "      - { request: GET /, save: { sid: sessionID, before: length } }\n"
#define TAIL "      - calls: []\n"
#define CASES                                                                  \
    "cases: [ { case: one, steps: [ { request: GET /, expect: "                \
    "{ status: 200 } } ] } ]\n"
#define PARALLEL "      - parallel:\n"
#define HOLDER   "          a: { request: GET /, hold: { gate: set } }\n"
#define OPENER   "          b: [ { release: gate } ]\n"

/* In a frame `@` is the example, with the other keys that are required there
 * on lines of their own. The first frame that fits is taken. */
static const struct frame {
    enum place place;
    const char *key; /* NULL: any */
    const char *text;
} frames[] = {
    { PLACE_FILE, NULL, "@" },
    { PLACE_DEFAULTS, NULL, "suite: s\ndefaults:\n  @\n" CASES },
    { PLACE_CASE, NULL, "suite: s\ncases:\n  - @\n" },
    { PLACE_SETTINGS, NULL, HEAD "    settings:\n      @\n" STEPS TAIL },
    { PLACE_HIDE, NULL, HEAD "    store:\n      @\n" STEPS TAIL },
    { PLACE_APP, NULL,
      "suite: s\ncases:\n  - case: one\n    apps:\n      a: {}\n      b:\n"
      "        @\n" STEPS TAIL },
    { PLACE_CLIENT, NULL,
      "suite: s\ncases:\n  - case: one\n    clients:\n      alice: {}\n"
      "      bob:\n        @\n" STEPS TAIL },
    { PLACE_DIVERGES, NULL, HEAD "    diverges:\n      @\n" STEPS TAIL },
    { PLACE_STEP, "wait",
      HEAD "    needs: [ real-time ]\n" STEPS "      - @\n" TAIL },
    { PLACE_STEP, "hold",
      HEAD STEPS PARALLEL OPENER "          a:\n            - @\n"
                                 "            - { request: GET / }\n" TAIL },
    { PLACE_STEP, "await",
      HEAD STEPS PARALLEL HOLDER "          b:\n            - @\n"
                                 "            - release: gate\n" TAIL },
    { PLACE_STEP, "release",
      HEAD STEPS PARALLEL HOLDER "          b:\n            - @\n" TAIL },
    { PLACE_STEP, NULL, HEAD STEPS "      - @\n" TAIL },
    { PLACE_REQUEST, "hold",
      HEAD STEPS PARALLEL OPENER "          a:\n            request: GET /\n"
                                 "            @\n" TAIL },
    { PLACE_REQUEST, "await",
      HEAD STEPS PARALLEL HOLDER
      "          b:\n            request: GET /\n            @\n"
      "            release: gate\n" TAIL },
    { PLACE_REQUEST, "release",
      HEAD STEPS PARALLEL HOLDER
      "          b:\n            request: GET /\n            @\n" TAIL },
    { PLACE_REQUEST, "before",
      HEAD "    needs: [ real-time ]\n" STEPS
           "      - request: GET /\n        @\n" TAIL },
    { PLACE_REQUEST, NULL,
      HEAD STEPS "      - request: GET /\n        @\n" TAIL },
    { PLACE_ASK, "before",
      HEAD "    needs: [ real-time ]\n" STEPS
           "      - store: { all: }\n        @\n" TAIL },
    { PLACE_ASK, NULL, HEAD STEPS "      - store: { all: }\n        @\n" TAIL },
    { PLACE_LOOK, NULL, HEAD STEPS "      - restart:\n        @\n" TAIL },
    { PLACE_VIA, NULL, HEAD STEPS "      - emit: connect\n        @\n" TAIL },
    { PLACE_PARALLEL, "interleave",
      HEAD STEPS PARALLEL "          a: { request: GET / }\n"
                          "          b: { request: GET / }\n        @\n" TAIL },
    { PLACE_PARALLEL, "then",
      HEAD STEPS PARALLEL "          a: { request: GET / }\n"
                          "          b: { request: GET / }\n        @\n" TAIL },
    { PLACE_PARALLEL, NULL,
      HEAD STEPS PARALLEL "          a: { request: GET / }\n"
                          "          b: { request: GET / }\n"
                          "        interleave: all\n"
                          "        then: [ { store: { get: $sid } } ]\n"
                          "        @\n" TAIL },
    { PLACE_AWAIT, NULL,
      HEAD STEPS PARALLEL HOLDER
      "          b:\n            - await: gate\n              @\n"
      "            - release: gate\n" TAIL },
    { PLACE_ACTION, NULL,
      HEAD STEPS "      - { request: GET /, do: [ @ ] }\n" TAIL },
    { PLACE_SEND_COOKIE, NULL,
      HEAD STEPS "      - request: GET /\n        @\n" TAIL },
    { PLACE_SIGNED, NULL,
      HEAD STEPS "      - request: GET /\n        cookie:\n          signed:\n"
                 "            @\n" TAIL },
    { PLACE_TAMPERED, NULL,
      HEAD STEPS "      - request: GET /\n        cookie:\n"
                 "          tampered:\n            @\n" TAIL },
    { PLACE_STORE, NULL, HEAD STEPS "      - @\n" TAIL },
    { PLACE_FAULT, "op",
      HEAD STEPS "      - fault:\n          delay: 1ms\n          @\n" TAIL },
    { PLACE_FAULT, "times",
      HEAD STEPS "      - fault:\n          delay: 1ms\n          @\n" TAIL },
    { PLACE_FAULT, NULL, HEAD STEPS "      - fault:\n          @\n" TAIL },
    { PLACE_RESTART, NULL, HEAD STEPS "      - @\n" TAIL },
    { PLACE_REPEAT, NULL, HEAD STEPS "      - repeat:\n          @\n" TAIL },
    { PLACE_EXPECT, NULL,
      HEAD STEPS
      "      - request: GET /\n        expect:\n          @\n" TAIL },
    { PLACE_COOKIE, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n"
                 "          cookie:\n            @\n" TAIL },
    { PLACE_LOG, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n          log:\n"
                 "            - @\n" TAIL },
    { PLACE_ERROR, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n"
                 "          error:\n            @\n" TAIL },
    { PLACE_EVENT, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n"
                 "          events:\n            - @\n" TAIL },
    { PLACE_CALL, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n          calls:\n"
                 "            - @\n" TAIL },
    { PLACE_HANDED, NULL,
      HEAD STEPS "      - request: GET /\n        expect:\n          calls:\n"
                 "            - set:\n                @\n" TAIL },
    { PLACE_MATCHER, NULL,
      HEAD STEPS
      "      - request: GET /\n        expect: { maxAge: @ }\n" TAIL },
    { PLACE_CATALOGUE, NULL, "@" },
    { PLACE_SECTION, NULL, "sections:\n  - @\n" },
    { PLACE_REQUIREMENT, NULL,
      "sections:\n  - section: SEC\n    title: secret\n    requirements:\n"
      "      - @\n" },
    { PLACE_SEEN, NULL,
      "sections:\n  - section: SEC\n    title: secret\n    requirements:\n"
      "      - id: SEC-01\n        level: required\n        text: …\n"
      "        source: …\n        failure: …\n        seen:\n"
      "          - @\n" },
};

/* What only a store step can show. */
static const struct frame look = {
    PLACE_EXPECT, NULL,
    HEAD STEPS "      - store: { all: }\n        expect:\n          @\n" TAIL
};

static const struct frame *frame_of(enum place place,
                                    const struct schema_key *key)
{
    if (place == PLACE_EXPECT && !(key->of & OF_REQUEST))
        return &look;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        if (frames[i].place == place &&
            (!frames[i].key || strcmp(frames[i].key, key->name) == 0))
            return &frames[i];
    return NULL;
}

/* How far the `@` is indented, past a `- ` too. */
static int column_of(const char *text, const char *at)
{
    int column = 0;

    while (at > text && at[-1] != '\n') {
        at--;
        column++;
    }
    return column;
}

/* The caller frees. */
static char *whole_file(const struct frame *frame, const struct schema_key *key,
                        const char *example)
{
    const char *at = strchr(frame->text, '@');
    const struct schema_key *other = schema_places[frame->place].keys;
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);

    must(to && at);
    fprintf(to, "%.*s%s", (int)(at - frame->text), frame->text, example);
    for (; other->name; other++)
        if (other != key && other->accepts & ACCEPT_REQUIRED)
            fprintf(to, "\n%*s%s", column_of(frame->text, at), "",
                    other->example);
    fputs(at + 1, to);
    must(fclose(to) == 0);
    return text;
}

/* True where the loader has nothing to say; else it is in `said`. */
static bool loads(enum place place, const char *text, char **said)
{
    char path[] = "/tmp/test_examples_XXXXXX";
    const char *paths[] = { path };
    struct problems problems = { .count = 0 };
    struct catalogue catalogue = { .count = 0 };
    struct case_set set = { .count = 0 };
    size_t length;
    int file = mkstemp(path);
    FILE *to = fdopen(file, "w");
    bool fine;

    must(to && fputs(text, to) >= 0 && fclose(to) == 0);
    fine = place >= PLACE_CATALOGUE
               ? catalogue_load(&catalogue, path, &problems)
               : case_load(&set, paths, 1, &problems);
    to = open_memstream(said, &length);
    must(to);
    problems_print(&problems, to);
    must(fclose(to) == 0);
    remove(path);
    case_set_free(&set);
    catalogue_free(&catalogue);
    problems_free(&problems);
    return fine;
}

static bool example_loads(enum place place, const struct schema_key *key)
{
    const struct frame *frame = frame_of(place, key);
    char *text, *said;
    bool fine;

    if (!frame) {
        print_error("no frame for \"%s\" in %s\n", key->name,
                    schema_places[place].what);
        return false;
    }
    text = whole_file(frame, key, key->example);
    fine = loads(place, text, &said);
    if (!fine)
        print_error("in %s: %s\n%s%s\n", schema_places[place].what,
                    key->example, said, text);
    free(text);
    free(said);
    return fine;
}

static void test_every_example_is_taken_by_the_loader(void **state)
{
    int wrong = 0;

    (void)state;
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++)
        for (const struct schema_key *key = schema_places[place].keys;
             key->name; key++)
            wrong += !example_loads((enum place)place, key);
    assert_int_equal(wrong, 0);
}

/* The example with a letter before its key. The caller frees. */
static char *misspelt(const struct schema_key *key)
{
    char *name = NULL, *text = NULL;
    const char *at;
    size_t length = strlen(key->name);

    must(name = malloc(length + 2));
    snprintf(name, length + 2, "%s:", key->name);
    at = strstr(key->example, name);
    if (at) {
        size_t size = strlen(key->example) + 2;

        must(text = malloc(size));
        snprintf(text, size, "%.*sz%s", (int)(at - key->example), key->example,
                 at);
    }
    free(name);
    return text;
}

static bool misspelt_is_refused(enum place place, const struct schema_key *key)
{
    char *example = misspelt(key), *text, *said;
    bool fine;

    if (!example) {
        print_error("in %s: \"%s\" does not show %s\n",
                    schema_places[place].what, key->example, key->name);
        return false;
    }
    text = whole_file(frame_of(place, key), key, example);
    fine = loads(place, text, &said);
    if (fine)
        print_error("in %s: taken though misspelt: %s\n",
                    schema_places[place].what, example);
    free(text);
    free(said);
    free(example);
    return !fine;
}

/* A matcher is left out: misspelt, it is a map of data. */
static void test_every_example_stands_where_its_key_is_known(void **state)
{
    int wrong = 0;

    (void)state;
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++)
        for (const struct schema_key *key = schema_places[place].keys;
             key->name && place != PLACE_MATCHER; key++)
            wrong += !misspelt_is_refused((enum place)place, key);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_example_is_taken_by_the_loader),
        cmocka_unit_test(test_every_example_stands_where_its_key_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
