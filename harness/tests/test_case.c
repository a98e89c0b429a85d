/* test_case.c: files become cases: defaults, each, fragments, one form */
#include "../case.h"

#include "../base/must.h"
#include "../catalogue.h"
#include "../home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of its own for each test, and what was loaded from it. */
struct fixture {
    char folder[64];
    struct case_set set;
    struct problems problems;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    must(fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_case_XXXXXX");
    must(mkdtemp(fixture->folder));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[128];

    case_set_free(&fixture->set);
    problems_free(&fixture->problems);
    snprintf(command, sizeof command, "rm -r '%s'", fixture->folder);
    must(system(command) == 0);
    free(fixture);
    return 0;
}

static void file_write(void **state, const char *name, const char *text)
{
    struct fixture *fixture = *state;
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    file = fopen(path, "w");
    must(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void folder_make(void **state, const char *name)
{
    struct fixture *fixture = *state;
    char path[512];

    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    must(mkdir(path, 0700) == 0);
}

static bool load(void **state)
{
    struct fixture *fixture = *state;
    const char *path = fixture->folder;

    return case_load(&fixture->set, &path, 1, &fixture->problems);
}

static const struct test_case *load_text(void **state, const char *text)
{
    struct fixture *fixture = *state;

    file_write(state, "a.yml", text);
    if (!load(state))
        problems_print(&fixture->problems, stderr);
    assert_int_equal(fixture->problems.count, 0);
    return fixture->set.cases;
}

static void assert_refused(void **state, const char *why)
{
    struct fixture *fixture = *state;

    assert_false(load(state));
    for (size_t i = 0; i < fixture->problems.count; i++)
        if (strstr(fixture->problems.list[i].text, why))
            return;
    problems_print(&fixture->problems, stderr);
    fail_msg("nothing says \"%s\"", why);
}

#define STEPS "    steps: [ { request: GET /, expect: { status: 200 } } ]\n"

/* ------------------------------------------------------------- one case */

static void test_a_case_is_what_its_file_says(void **state)
{
    const struct test_case *test =
        load_text(state, "suite: s\n"
                         "cases:\n"
                         "  - case: one\n"
                         "    title: it works\n"
                         "    checks: [ RSV-02, RSV-03 ]\n"
                         "    tags: [ quick ]\n"
                         "    needs: [ touch ]\n"
                         "    since: 1.15.0\n"
                         "    diverges: { id: d, source: README }\n"
                         "    options: { resave: false }\n"
                         "    settings: { trust proxy: true }\n"
                         "    store: { hide: [ touch ] }\n" STEPS);

    assert_string_equal(test->id, "s/one");
    assert_string_equal(test->suite, "s");
    assert_string_equal(test->title, "it works");
    assert_int_equal(test->at.line, 3);
    assert_int_equal(test->end_line, 13);
    assert_int_equal(test->checks.count, 2);
    assert_string_equal(test->checks.list[1], "RSV-03");
    assert_true(case_has_check(test, "RSV-02"));
    assert_false(case_has_check(test, "RSV-0"));
    assert_string_equal(test->tags.list[0], "quick");
    assert_string_equal(test->needs.list[0], "touch");
    assert_string_equal(test->since, "1.15.0");
    assert_string_equal(test->diverges, "d");
    assert_string_equal(test->diverges_source, "README");
    assert_string_equal(node_get_text(test->options, "resave"), "false");
    assert_string_equal(node_get_text(test->settings, "trust proxy"), "true");
    assert_int_equal(node_get(test->store, "hide")->count, 1);
    assert_int_equal(test->steps->count, 1);
    assert_string_equal(step_verb(test->steps->items[0]), "request");
    assert_int_equal(test->max_tracks, 1);
    assert_int_equal(json_object_size(test->bindings), 0);
}

static void test_a_case_without_title_is_called_by_its_id(void **state)
{
    const struct test_case *test =
        load_text(state, "suite: s\ncases:\n  - case: one\n" STEPS);

    assert_string_equal(test->title, "one");
    assert_null(test->options);
    assert_null(test->since);
}

static void test_defaults_are_merged_deep_under_the_case(void **state)
{
    const struct test_case *test = load_text(
        state,
        "suite: s\n"
        "defaults:\n"
        "  options: { secret: cat, resave: true, cookie: { path: /a, secure: "
        "true } }\n"
        "  needs: [ touch ]\n"
        "  tags: [ x ]\n"
        "  clients: { alice: {} }\n"
        "cases:\n"
        "  - case: one\n"
        "    options: { resave: false, cookie: { path: /b } }\n"
        "    needs: [ all, touch ]\n"
        "    steps: [ { request: GET /, as: alice, expect: { status: 200 } } ]\n"
        "  - case: two\n" STEPS);
    const struct node *cookie = node_get(test[0].options, "cookie");

    assert_string_equal(node_get_text(test[0].options, "secret"), "cat");
    assert_string_equal(node_get_text(test[0].options, "resave"), "false");
    assert_string_equal(node_get_text(cookie, "path"), "/b");
    assert_string_equal(node_get_text(cookie, "secure"), "true");
    assert_int_equal(test[0].needs.count, 2);
    assert_string_equal(test[0].needs.list[0], "touch");
    assert_string_equal(test[0].needs.list[1], "all");
    assert_int_equal(test[0].tags.count, 1);
    assert_string_equal(node_get_text(test[1].options, "resave"), "true");
    assert_non_null(node_get(test[1].clients, "alice"));
}

static void test_an_app_has_the_options_of_its_case(void **state)
{
    const struct test_case *test = load_text(
        state, "suite: s\ncases:\n"
               "  - case: one\n"
               "    options: { secret: cat, name: a }\n"
               "    apps: { a: , b: { options: { name: b } } }\n" STEPS);
    const struct node *a = node_get(node_get(test->apps, "a"), "options");
    const struct node *b = node_get(node_get(test->apps, "b"), "options");

    assert_string_equal(node_get_text(a, "name"), "a");
    assert_string_equal(node_get_text(b, "name"), "b");
    assert_string_equal(node_get_text(b, "secret"), "cat");
}

/* ------------------------------------------------------------------ each */

static void test_each_makes_a_case_of_each_combination_in_order(void **state)
{
    const struct fixture *fixture = *state;
    const struct test_case *tests = load_text(
        state, "suite: s\ncases:\n"
               "  - case: one\n"
               "    title: with $a and $b\n"
               "    each: { a: [ true, x y ], b: [ 1, [ 2 ] ] }\n" STEPS);

    assert_int_equal(fixture->set.count, 4);
    assert_string_equal(tests[0].id, "s/one[a=true,b=1]");
    assert_string_equal(tests[1].id, "s/one[a=true,b=[2]]");
    assert_string_equal(tests[2].id, "s/one[a=x y,b=1]");
    assert_string_equal(tests[3].id, "s/one[a=x y,b=[2]]");
    assert_string_equal(tests[2].title, "with x y and 1");
    assert_true(json_is_true(json_object_get(tests[0].bindings, "a")));
    assert_int_equal(
        json_integer_value(json_object_get(tests[2].bindings, "b")), 1);
}

static void test_a_name_that_stands_alone_is_replaced_by_its_value(void **state)
{
    const struct test_case *tests = load_text(
        state,
        "suite: s\n"
        "defaults: { options: { resave: $resave } }\n"
        "cases:\n"
        "  - case: one\n"
        "    each: { resave: [ true ], calls: [ [ get, set ] ], c: [ none, { "
        "path: / } ] }\n"
        "    steps:\n"
        "      - request: GET /$resave\n"
        "        expect: { cookie: $c, calls: $calls, body: \"$resave\" }\n");
    const struct node *step = tests[1].steps->items[0];
    const struct node *expect = node_get(step, "expect");

    assert_string_equal(node_get_text(tests[0].options, "resave"), "true");
    assert_int_equal(node_get(expect, "calls")->count, 2);
    assert_int_equal(node_get(expect, "cookie")->kind, NODE_MAP);
    assert_string_equal(node_get(expect, "cookie")->key, "cookie");
    assert_int_equal(node_get(expect, "cookie")->at.line, 8);
    /* Within other text, and quoted, the player replaces it. */
    assert_string_equal(node_get_text(step, "request"), "GET /$resave");
    assert_string_equal(node_get_text(expect, "body"), "$resave");
}

static void test_each_has_a_limit(void **state)
{
    char text[CASE_EACH_MAX * 8];
    size_t used;

    used = (size_t)snprintf(text, sizeof text,
                            "suite: s\ncases:\n  - case: one\n    each: { m: [ "
                            "0, 1 ], n: [ 0");
    for (int i = 1; i <= CASE_EACH_MAX / 2; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, ", %d", i);
    snprintf(text + used, sizeof text - used, " ] }\n" STEPS);
    file_write(state, "a.yml", text);
    assert_refused(state, "makes more than 1000 cases");
}

/* -------------------------------------------------------------- one form */

static void test_use_is_unfolded_also_within_tracks_and_repeats(void **state)
{
    const struct test_case *test = load_text(
        state, "suite: s\n"
               "fragments:\n"
               "  ping: [ { request: GET /1 }, { use: pong } ]\n"
               "  pong: [ { request: GET /2, expect: { status: 200 } } ]\n"
               "cases:\n"
               "  - case: one\n"
               "    steps:\n"
               "      - use: ping\n"
               "      - repeat: { times: 2, steps: [ { use: pong } ] }\n"
               "      - parallel: { a: { use: ping }, b: [ { use: pong } ] }\n"
               "        then: [ { use: pong } ]\n");
    const struct node *repeat = node_get(test->steps->items[2], "repeat");
    const struct node *tracks = node_get(test->steps->items[3], "parallel");

    assert_int_equal(test->steps->count, 4);
    assert_string_equal(node_get_text(test->steps->items[1], "request"),
                        "GET /2");
    assert_string_equal(
        node_get_text(node_get(repeat, "steps")->items[0], "request"),
        "GET /2");
    assert_int_equal(node_get(tracks, "a")->kind, NODE_LIST);
    assert_int_equal(node_get(tracks, "a")->count, 2);
    assert_int_equal(node_get(test->steps->items[3], "then")->count, 1);
    assert_int_equal(test->max_tracks, 2);
}

static void test_a_tracks_gates_have_one_form(void **state)
{
    const struct test_case *test = load_text(
        state, "suite: s\ncases:\n"
               "  - case: one\n"
               "    steps:\n"
               "      - parallel:\n"
               "          a: { request: GET /, hold: { g: set } }\n"
               "          b: { request: GET /, await: g, release: g }\n"
               "          c: [ { hold: { h: point } }, { request: GET / } ]\n"
               "          d: [ { await: h }, { release: h } ]\n"
               "      - calls: [ set ]\n");
    const struct node *tracks = node_get(test->steps->items[0], "parallel");
    const struct node *a = node_get(tracks, "a"), *b = node_get(tracks, "b");
    const struct node *c = node_get(tracks, "c");

    assert_int_equal(a->kind, NODE_LIST);
    assert_string_equal(node_get_text(node_get(a->items[0], "hold"), "g"),
                        "set");
    assert_int_equal(b->count, 3);
    assert_string_equal(step_verb(b->items[0]), "await");
    assert_string_equal(step_verb(b->items[1]), "request");
    assert_null(node_get(b->items[1], "await"));
    assert_string_equal(node_get_text(b->items[2], "release"), "g");
    assert_int_equal(c->count, 1);
    assert_string_equal(node_get_text(node_get(c->items[0], "hold"), "h"),
                        "point");
    assert_int_equal(test->max_tracks, 4);
}

static void test_outcomes_are_lists(void **state)
{
    const struct test_case *test = load_text(
        state, "suite: s\ncases:\n"
               "  - case: one\n"
               "    steps:\n"
               "      - parallel: { a: { request: GET / }, b: { request: GET / "
               "} }\n"
               "        interleave: all\n"
               "        then: [ { store: { length: } } ]\n"
               "        always: { length: 2 }\n"
               "        can: [ { length: 1 }, { length: 2 } ]\n"
               "        never: { length: 0 }\n");
    const struct node *step = test->steps->items[0];

    assert_int_equal(node_get(step, "always")->kind, NODE_LIST);
    assert_string_equal(
        node_get_text(node_get(step, "always")->items[0], "length"), "2");
    assert_int_equal(node_get(step, "can")->count, 2);
    assert_int_equal(node_get(step, "never")->count, 1);
}

/* ---------------------------------------------------------- expectations */

static void test_each_kind_of_expectation_counts_as_one(void **state)
{
    static const char *const steps[] = {
        "[ { store: { get: a }, expect: { session: null } } ]",
        "[ { calls: [] } ]",
        "[ { repeat: { times: 2, steps: [ { calls: [] } ] } } ]",
        "[ { restart: , expect: { warnings: [] } } ]",
    };

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char text[256], name[16];

        snprintf(name, sizeof name, "%zu.yml", i);
        snprintf(text, sizeof text,
                 "suite: s%zu\ncases:\n  - case: one\n    steps: %s\n", i,
                 steps[i]);
        file_write(state, name, text);
    }
    assert_true(load(state));
}

static void test_variables_are_known_where_they_have_a_value(void **state)
{
    load_text(
        state,
        "suite: s\ncases:\n"
        "  - case: one\n"
        "    clients: { bob: { jar: alice } }\n"
        "    each: { n: [ 1 ] }\n"
        "    steps:\n"
        "      - { request: GET /, as: alice, save: { sid: sessionID } }\n"
        "      - parallel:\n"
        "          a: [ { request: GET /, save: { x: sessionID } }, { "
        "request: GET /$x$sid } ]\n"
        "          b: { request: GET /$n, save: { y: headers.location } }\n"
        "        then: [ { store: { get: $x } } ]\n"
        "      - store: { set: \"$y$$x\", session: { $x: 1 } }\n"
        "        expect: { error: absent }\n"
        "      - request: GET /\n"
        "        expect: { body: { matches: '^$|^a$b' } }\n");
}

/* ---------------------------------------------------------------- limits */

static void test_steps_have_a_limit(void **state)
{
    /* 10 uses in each of four fragments are 10,000 steps and more. */
    FILE *file;
    struct fixture *fixture = *state;
    char path[256];

    snprintf(path, sizeof path, "%s/a.yml", fixture->folder);
    file = fopen(path, "w");
    must(file);
    fputs("suite: s\nfragments:\n  f0: [ { request: GET /, expect: { status: "
          "200 } } ]\n",
          file);
    for (int i = 1; i <= 5; i++) {
        fprintf(file, "  f%d: [ ", i);
        for (int use = 0; use < 10; use++)
            fprintf(file, "{ use: f%d }, ", i - 1);
        fputs("]\n", file);
    }
    fputs("cases:\n  - case: one\n    steps: [ { use: f5 } ]\n", file);
    must(fclose(file) == 0);
    assert_refused(state, "more than 10000 steps");
}

static void test_tracks_have_a_limit(void **state)
{
    char text[4096] = "suite: s\ncases:\n  - case: one\n    steps:\n"
                      "      - parallel:\n";
    size_t used = strlen(text);

    for (int i = 0; i <= CASE_TRACKS_MAX; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "          t%d: { request: GET / }\n", i);
    snprintf(text + used, sizeof text - used, "      - calls: []\n");
    file_write(state, "a.yml", text);
    assert_refused(state, "has 27 tracks; there can be 26");
}

static void test_repeats_have_a_limit(void **state)
{
    file_write(state, "a.yml",
               "suite: s\ncases:\n  - case: one\n    steps:\n"
               "      - repeat: { times: 100001, steps: [ { calls: [] } ] }\n");
    assert_refused(state, "\"times\" must be from 1 to 100000");
}

/* ----------------------------------------------------- files and folders */

static void test_folders_are_read_sorted_without_bad_and_lists(void **state)
{
    const struct fixture *fixture = *state;

    folder_make(state, "sub");
    folder_make(state, "sub/bad");
    file_write(state, "b.yml", "suite: b\ncases:\n  - case: one\n" STEPS);
    file_write(state, "a.yml", "suite: a\ncases:\n  - case: one\n" STEPS);
    file_write(state, "sub/c.yml", "suite: c\ncases:\n  - case: one\n" STEPS);
    file_write(state, "sub/bad/d.yml", "nothing: good\n");
    file_write(state, "requirements.yml", "sections: []\n");
    file_write(state, "upstream.yml", "tests: []\n");
    file_write(state, "README.md", "# no case\n");
    file_write(state, ".hidden.yml", "nothing: good\n");
    assert_true(load(state));
    assert_int_equal(fixture->set.count, 3);
    assert_string_equal(fixture->set.cases[0].id, "a/one");
    assert_string_equal(fixture->set.cases[1].id, "b/one");
    assert_string_equal(fixture->set.cases[2].id, "c/one");
}

static void test_a_bad_folder_that_is_named_itself_is_read(void **state)
{
    struct fixture *fixture = *state;
    char path[256];
    const char *paths = path;

    folder_make(state, "bad");
    file_write(state, "bad/a.yml", "suite: a\ncases:\n  - case: one\n" STEPS);
    snprintf(path, sizeof path, "%s/bad", fixture->folder);
    assert_true(case_load(&fixture->set, &paths, 1, &fixture->problems));
    assert_int_equal(fixture->set.count, 1);
}

static void test_ids_are_unique_over_all_files(void **state)
{
    file_write(state, "a.yml", "suite: s\ncases:\n  - case: one\n" STEPS);
    file_write(state, "b.yml", "suite: s\ncases:\n  - case: one\n" STEPS);
    assert_refused(state, "the id \"s/one\" is used twice");
}

static void test_good_cases_are_loaded_beside_bad_ones(void **state)
{
    const struct fixture *fixture = *state;

    file_write(state, "a.yml",
               "suite: s\ncases:\n  - case: bad\n    colour: red\n" STEPS
               "  - case: good\n" STEPS);
    assert_refused(state, "unknown key \"colour\"");
    assert_int_equal(fixture->set.count, 1);
    assert_string_equal(fixture->set.cases[0].id, "s/good");
}

static void test_all_problems_of_all_files_are_found_at_once(void **state)
{
    const struct fixture *fixture = *state;

    file_write(state, "a.yml",
               "suite: s\ncases:\n  - case: one\n    colour: red\n"
               "    needs: [ tuoch ]\n" STEPS);
    file_write(state, "b.yml", "suite: [ t ]\ncases: {}\n");
    file_write(state, "c.yml", "suite: c\ncases: [ { case: one\n");
    assert_false(load(state));
    assert_int_equal(fixture->problems.count, 5);
}

static void test_an_empty_folder_and_a_missing_file_are_problems(void **state)
{
    struct fixture *fixture = *state;
    const char *missing = "/nowhere/x.yml";

    assert_refused(state, "no case files");
    problems_free(&fixture->problems);
    assert_false(case_load(&fixture->set, &missing, 1, &fixture->problems));
    assert_string_equal(fixture->problems.list[0].text,
                        "No such file or directory");
}

static void test_folders_have_a_limit(void **state)
{
    char path[256] = "d";
    size_t used = 1;

    folder_make(state, path);
    for (int i = 0; i < CASE_FOLDERS_MAX; i++) {
        used += (size_t)snprintf(path + used, sizeof path - used, "/d");
        folder_make(state, path);
    }
    assert_refused(state, "too deep");
}

/* ------------------------------------------------------------- shipped */

static void test_the_shipped_cases_have_no_problems(void **state)
{
    struct fixture *fixture = *state;
    struct catalogue catalogue = { .count = 0 };
    const char *path = home_cases();
    char requirements[4200];

    snprintf(requirements, sizeof requirements, "%s/requirements.yml", path);
    catalogue_load(&catalogue, requirements, &fixture->problems);
    case_load(&fixture->set, &path, 1, &fixture->problems);
    case_check_catalogue(&fixture->set, &catalogue, &fixture->problems);
    problems_print(&fixture->problems, stderr);
    catalogue_free(&catalogue);
    assert_int_equal(fixture->problems.count, 0);
    assert_true(fixture->set.count >= 70);
}

#define CLAIM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_a_case_is_what_its_file_says),
        CLAIM(test_a_case_without_title_is_called_by_its_id),
        CLAIM(test_defaults_are_merged_deep_under_the_case),
        CLAIM(test_an_app_has_the_options_of_its_case),
        CLAIM(test_each_makes_a_case_of_each_combination_in_order),
        CLAIM(test_a_name_that_stands_alone_is_replaced_by_its_value),
        CLAIM(test_each_has_a_limit),
        CLAIM(test_use_is_unfolded_also_within_tracks_and_repeats),
        CLAIM(test_a_tracks_gates_have_one_form),
        CLAIM(test_outcomes_are_lists),
        CLAIM(test_each_kind_of_expectation_counts_as_one),
        CLAIM(test_variables_are_known_where_they_have_a_value),
        CLAIM(test_steps_have_a_limit),
        CLAIM(test_tracks_have_a_limit),
        CLAIM(test_repeats_have_a_limit),
        CLAIM(test_folders_are_read_sorted_without_bad_and_lists),
        CLAIM(test_a_bad_folder_that_is_named_itself_is_read),
        CLAIM(test_ids_are_unique_over_all_files),
        CLAIM(test_good_cases_are_loaded_beside_bad_ones),
        CLAIM(test_all_problems_of_all_files_are_found_at_once),
        CLAIM(test_an_empty_folder_and_a_missing_file_are_problems),
        CLAIM(test_folders_have_a_limit),
        CLAIM(test_the_shipped_cases_have_no_problems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
