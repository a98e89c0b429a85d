/* test_node.c: YAML to nodes, with their places */
#include "../node.h"

#include "../base/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A document, and what is wrong in it. */
struct document {
    struct arena arena;
    struct problems problems;
    const struct node *root;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct document));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct document *document = *state;

    arena_free(&document->arena);
    problems_free(&document->problems);
    free(document);
    return 0;
}

static const struct node *parse(void **state, const char *text)
{
    struct document *document = *state;

    document->root = node_parse(&document->arena, "t.yml", text, strlen(text),
                                &document->problems);
    return document->root;
}

/* The n-th problem as it would be printed. */
static void assert_problem(void **state, size_t n, unsigned line,
                           unsigned column, const char *part)
{
    const struct document *document = *state;

    assert_true(n < document->problems.count);
    assert_int_equal(document->problems.list[n].at.line, line);
    assert_int_equal(document->problems.list[n].at.column, column);
    if (!strstr(document->problems.list[n].text, part))
        fail_msg("\"%s\" is not in \"%s\"", part,
                 document->problems.list[n].text);
}

static void test_each_key_and_value_has_its_place(void **state)
{
    const struct node *root = parse(state, "a: 1\nbé: { c: [ x, yy ] }\n");
    const struct node *list = node_get(node_get(root, "bé"), "c");

    assert_int_equal(root->kind, NODE_MAP);
    assert_int_equal(node_get(root, "a")->at.line, 1);
    assert_int_equal(node_get(root, "a")->at.column, 4);
    assert_int_equal(node_get(root, "bé")->key_at.line, 2);
    assert_int_equal(node_get(root, "bé")->key_at.column, 1);
    assert_int_equal(list->kind, NODE_LIST);
    assert_int_equal(list->key_at.column, 7);
    assert_int_equal(list->items[1]->at.column, 15);
    assert_string_equal(list->items[1]->text, "yy");
    assert_string_equal(root->at.file, "t.yml");
}

static void test_a_map_keeps_its_order(void **state)
{
    const struct node *root = parse(state, "{ z: 1, a: 2, m: 3 }");

    assert_int_equal(root->count, 3);
    assert_string_equal(root->items[0]->key, "z");
    assert_string_equal(root->items[1]->key, "a");
    assert_string_equal(root->items[2]->key, "m");
}

static void test_quotes_are_remembered(void **state)
{
    const struct node *root =
        parse(state, "[ true, \"true\", 'true', null, \"\", ~,  ]");

    assert_false(root->items[0]->quoted);
    assert_true(root->items[1]->quoted);
    assert_true(root->items[2]->quoted);
    assert_true(node_is_null(root->items[3]));
    assert_false(node_is_null(root->items[4]));
    assert_true(node_is_null(root->items[5]));
}

static void test_a_key_without_value_is_null(void **state)
{
    const struct node *root = parse(state, "do: [ { regenerate: } ]\n");
    const struct node *action = node_get(root, "do")->items[0];

    assert_true(node_is_null(node_get(action, "regenerate")));
}

static void test_a_text_may_hold_nuls(void **state)
{
    const struct node *root = parse(state, "a: \"x\\0y\"\n");

    assert_int_equal(node_get(root, "a")->length, 3);
    assert_memory_equal(node_get(root, "a")->text, "x\0y", 4);
}

static void test_the_last_line_is_known(void **state)
{
    const struct node *root = parse(state, "a:\n"
                                           "  - b: 1\n"
                                           "    c: {\n"
                                           "      d: 2\n"
                                           "    }\n"
                                           "\n"
                                           "# a comment\n"
                                           "e: |\n"
                                           "  one\n"
                                           "  two\n"
                                           "f: 'x\n"
                                           "  y'\n");

    assert_int_equal(node_get(root, "a")->end_line, 5);
    assert_int_equal(node_get(root, "e")->end_line, 10);
    assert_int_equal(node_get(root, "f")->end_line, 12);
}

static void test_a_duplicate_key_is_a_problem_and_the_first_stays(void **state)
{
    const struct node *root = parse(state, "a: 1\nb: 2\na: 3\n");

    assert_problem(state, 0, 3, 1, "duplicate key \"a\"");
    assert_problem(state, 0, 3, 1, "line 1");
    assert_string_equal(node_get_text(root, "a"), "1");
    assert_int_equal(root->count, 2);
}

static void test_anchors_aliases_and_tags_are_refused(void **state)
{
    assert_non_null(parse(state, "a: &x 1\nb: *x\nc: !!str 2\nd: !me 3\n"));
    assert_problem(state, 0, 1, 4, "anchor \"&x\"");
    assert_problem(state, 1, 2, 4, "alias \"*x\"");
    assert_problem(state, 2, 3, 4, "tag \"!!str\"");
    assert_problem(state, 3, 4, 4, "tag \"!me\"");
}

static void test_anchors_of_lists_and_maps_are_refused(void **state)
{
    assert_non_null(parse(state, "a: &x [ 1 ]\nb: &y { c: 1 }\n<<: *y\n"));
    assert_problem(state, 0, 1, 4, "anchor \"&x\"");
    assert_problem(state, 1, 2, 4, "anchor \"&y\"");
    assert_problem(state, 2, 3, 5, "alias \"*y\"");
}

static void test_a_key_has_to_be_a_text(void **state)
{
    const struct node *root = parse(state, "[ 1, 2 ]: x\n{ a: 1 }: y\nz: 3\n");

    assert_problem(state, 0, 1, 1, "a key has to be a text");
    assert_problem(state, 1, 2, 1, "a key has to be a text");
    assert_int_equal(root->count, 1);
    assert_string_equal(node_get_text(root, "z"), "3");
}

static void test_a_key_with_a_nul_is_refused(void **state)
{
    assert_int_equal(parse(state, "\"a\\0b\": 1\n")->count, 0);
    assert_problem(state, 0, 1, 1, "NUL");
}

static void test_a_second_document_is_refused(void **state)
{
    parse(state, "a: 1\n---\nb: 2\n");
    assert_problem(state, 0, 2, 1, "second document");
}

static void test_a_syntax_error_has_its_place(void **state)
{
    assert_null(parse(state, "a: [ 1, 2\nb: 3\n"));
    assert_problem(state, 0, 2, 2, "not valid YAML");
}

static void test_bytes_that_are_no_utf8_have_their_place(void **state)
{
    assert_null(parse(state, "a: 1\nb: x\xff\n"));
    assert_problem(state, 0, 2, 5, "not valid YAML");
}

static void test_an_empty_document_is_refused(void **state)
{
    assert_null(parse(state, ""));
    assert_problem(state, 0, 0, 0, "the file is empty");
}

static void test_too_deep_is_refused(void **state)
{
    char text[2 * NODE_DEPTH_MAX + 8];
    size_t used = 0;

    for (int i = 0; i < NODE_DEPTH_MAX; i++)
        text[used++] = '[';
    for (int i = 0; i < NODE_DEPTH_MAX; i++)
        text[used++] = ']';
    text[used] = '\0';
    assert_non_null(parse(state, text));
    memmove(text + 1, text, used + 1);
    assert_null(parse(state, text));
    assert_problem(state, 0, 1, NODE_DEPTH_MAX + 1, "deep");
}

static void test_a_file_that_is_too_large_is_refused(void **state)
{
    struct document *document = *state;
    char path[] = "/tmp/test_node_XXXXXX";
    int file = mkstemp(path);
    FILE *out = fdopen(file, "w");

    must(out);
    for (int i = 0; i < NODE_FILE_MAX + 1; i++)
        fputc('#', out);
    must(fclose(out) == 0);
    assert_null(node_load(&document->arena, path, &document->problems));
    assert_problem(state, 0, 0, 0, "larger than");
    remove(path);
}

static void test_a_file_that_is_not_there_is_a_problem(void **state)
{
    struct document *document = *state;

    assert_null(
        node_load(&document->arena, "/nowhere/x.yml", &document->problems));
    assert_problem(state, 0, 0, 0, "No such file");
}

static void test_merging_goes_as_deep_as_maps_do(void **state)
{
    struct document *document = *state;
    const struct node *root =
        parse(state, "base: { a: 1, c: { x: 1, y: 2 }, l: [ 1, 2 ] }\n"
                     "top: { c: { y: 3, z: 4 }, l: [ 3 ], n: null }\n");
    const struct node *merged = node_merge(
        &document->arena, node_get(root, "base"), node_get(root, "top"));

    assert_string_equal(node_get_text(merged, "a"), "1");
    assert_string_equal(node_get_text(node_get(merged, "c"), "x"), "1");
    assert_string_equal(node_get_text(node_get(merged, "c"), "y"), "3");
    assert_string_equal(node_get_text(node_get(merged, "c"), "z"), "4");
    assert_int_equal(node_get(merged, "l")->count, 1);
    assert_true(node_is_null(node_get(merged, "n")));
    assert_string_equal(node_get(merged, "c")->key, "c");
    /* What was merged is as it was. */
    assert_int_equal(node_get(node_get(root, "base"), "c")->count, 2);
}

static void test_merging_with_nothing_gives_the_other(void **state)
{
    struct document *document = *state;
    const struct node *root = parse(state, "a: { b: 1 }\n");

    assert_ptr_equal(node_merge(&document->arena, NULL, root), root);
    assert_ptr_equal(node_merge(&document->arena, root, NULL), root);
    assert_null(node_merge(&document->arena, NULL, NULL));
}

static void test_a_map_with_another_value_is_a_new_map(void **state)
{
    struct document *document = *state;
    const struct node *root = parse(state, "a: 1\nb: 2\n");
    const struct node *with =
        node_with(&document->arena, root, "a", node_get(root, "b"));
    const struct node *more =
        node_with(&document->arena, root, "c", node_get(root, "b"));
    const struct node *without = node_without(&document->arena, root, "a");

    assert_string_equal(node_get_text(with, "a"), "2");
    assert_int_equal(with->count, 2);
    assert_string_equal(node_get_text(more, "c"), "2");
    assert_int_equal(more->count, 3);
    assert_null(node_get(without, "a"));
    assert_int_equal(without->count, 1);
    assert_string_equal(node_get_text(root, "a"), "1");
}

static void test_durations_carry_units(void **state)
{
    static const struct {
        const char *text;
        long long ms;
    } good[] = { { "1500ms", 1500 },   { "30s", 30000 },    { "-5m", -300000 },
                 { "+25h", 90000000 }, { "7d", 604800000 }, { "0s", 0 } };
    static const char *const bad[] = { "",
                                       "30",
                                       "s",
                                       "30 s",
                                       "1.5h",
                                       "30sec",
                                       "+-1s",
                                       "3000000000000d",
                                       "99999999999999999999ms" };
    long long ms;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(node_duration(good[i].text, &ms));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(node_duration(bad[i], &ms));
}

#define CLAIM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_each_key_and_value_has_its_place),
        CLAIM(test_a_map_keeps_its_order),
        CLAIM(test_quotes_are_remembered),
        CLAIM(test_a_key_without_value_is_null),
        CLAIM(test_a_text_may_hold_nuls),
        CLAIM(test_the_last_line_is_known),
        CLAIM(test_a_duplicate_key_is_a_problem_and_the_first_stays),
        CLAIM(test_anchors_aliases_and_tags_are_refused),
        CLAIM(test_anchors_of_lists_and_maps_are_refused),
        CLAIM(test_a_key_has_to_be_a_text),
        CLAIM(test_a_key_with_a_nul_is_refused),
        CLAIM(test_a_second_document_is_refused),
        CLAIM(test_a_syntax_error_has_its_place),
        CLAIM(test_bytes_that_are_no_utf8_have_their_place),
        CLAIM(test_an_empty_document_is_refused),
        CLAIM(test_too_deep_is_refused),
        CLAIM(test_a_file_that_is_too_large_is_refused),
        CLAIM(test_a_file_that_is_not_there_is_a_problem),
        CLAIM(test_merging_goes_as_deep_as_maps_do),
        CLAIM(test_merging_with_nothing_gives_the_other),
        CLAIM(test_a_map_with_another_value_is_a_new_map),
        CLAIM(test_durations_carry_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
