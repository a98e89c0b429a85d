/* test_problem.c: problems with their places, and suggestions */
#include "../base/problem.h"

#include "../base/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mark mark(const char *file, unsigned line, unsigned column)
{
    struct mark at = { file, line, column };

    return at;
}

static char *printed(const struct problems *problems)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    must(out);
    problems_print(problems, out);
    must(fclose(out) == 0);
    return text;
}

static void assert_printed(struct problems *problems, const char *expected)
{
    char *text = printed(problems);

    assert_string_equal(text, expected);
    free(text);
    problems_free(problems);
}

static void test_a_problem_is_printed_with_its_place(void **state)
{
    struct problems problems = { .count = 0 };

    (void)state;
    problem_add(&problems, mark("a.yml", 3, 7), "unknown key \"%s\"", "x");
    problem_add(&problems, mark("a.yml", 4, 0), "a line");
    problem_add(&problems, mark("b.yml", 0, 0), "a file");
    assert_printed(&problems, "a.yml:3:7: unknown key \"x\"\n"
                              "a.yml:4: a line\n"
                              "b.yml: a file\n");
}

static void test_sorting_goes_by_file_line_and_column(void **state)
{
    struct problems problems = { .count = 0 };

    (void)state;
    problem_add(&problems, mark("z.yml", 9, 1), "3");
    problem_add(&problems, mark("z.yml", 2, 5), "2");
    problem_add(&problems, mark("z.yml", 2, 4), "1");
    problem_add(&problems, mark("a.yml", 1, 1), "4");
    problem_add(&problems, mark("z.yml", 2, 4), "1b");
    problems_sort(&problems);
    assert_printed(&problems, "z.yml:2:4: 1\nz.yml:2:4: 1b\nz.yml:2:5: 2\n"
                              "z.yml:9:1: 3\na.yml:1:1: 4\n");
}

static void test_what_is_said_twice_of_one_place_stays_once(void **state)
{
    struct problems problems = { .count = 0 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        problem_add(&problems, mark("a.yml", 1, 1), "one");
        problem_add(&problems, mark("a.yml", 1, 1), "two");
    }
    problem_add(&problems, mark("a.yml", 1, 2), "one");
    problems_sort(&problems);
    assert_printed(&problems,
                   "a.yml:1:1: one\na.yml:1:1: two\na.yml:1:2: one\n");
}

static void test_a_problem_is_one_line_whatever_it_quotes(void **state)
{
    struct problems problems = { .count = 0 };

    (void)state;
    problem_add(&problems, mark("a.yml", 1, 1), "key \"%s\"", "a\nb\x1b[31m");
    assert_printed(&problems, "a.yml:1:1: key \"a\\nb\\x1b[31m\"\n");
}

static void test_a_long_problem_is_cut_between_characters(void **state)
{
    struct problems problems = { .count = 0 };
    char long_text[4001];
    const char *text;

    (void)state;
    for (size_t i = 0; i < 4000; i += 2)
        memcpy(long_text + i, "é", 2);
    long_text[4000] = '\0';
    problem_add(&problems, mark("a.yml", 1, 1), "x%s", long_text);
    text = problems.list[0].text;
    assert_true(strlen(text) < 1100);
    assert_string_equal(text + strlen(text) - 3, "…");
    assert_int_equal((strlen(text) - 3 - 1) % 2, 0);
    problems_free(&problems);
}

static void test_a_problem_outlives_the_name_of_its_file(void **state)
{
    struct problems problems = { .count = 0 };
    char *file = strdup("a.yml");

    (void)state;
    problem_add(&problems, mark(file, 1, 1), "x");
    free(file);
    assert_printed(&problems, "a.yml:1:1: x\n");
}

static const char *const words[] = { "expect", "request", "save", "session",
                                     "maxAge", "do",      "get",  NULL };

static void test_misspelt_words_are_recognised(void **state)
{
    (void)state;
    assert_string_equal(problem_suggest("exepct", words), "expect");
    assert_string_equal(problem_suggest("expects", words), "expect");
    assert_string_equal(problem_suggest("reqest", words), "request");
    assert_string_equal(problem_suggest("sesion", words), "session");
    assert_string_equal(problem_suggest("gte", words), "get");
    assert_string_equal(problem_suggest("expect", words), "expect");
}

static void test_letter_case_and_dashes_are_of_no_account(void **state)
{
    (void)state;
    assert_string_equal(problem_suggest("max-age", words), "maxAge");
    assert_string_equal(problem_suggest("MAX_AGE", words), "maxAge");
}

static void test_words_that_are_not_near_get_no_suggestion(void **state)
{
    char word[1000];

    (void)state;
    assert_null(problem_suggest("colour", words));
    assert_null(problem_suggest("x", words));
    assert_null(problem_suggest("", words));
    memset(word, 'e', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(problem_suggest(word, words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_problem_is_printed_with_its_place),
        cmocka_unit_test(test_sorting_goes_by_file_line_and_column),
        cmocka_unit_test(test_what_is_said_twice_of_one_place_stays_once),
        cmocka_unit_test(test_a_problem_is_one_line_whatever_it_quotes),
        cmocka_unit_test(test_a_long_problem_is_cut_between_characters),
        cmocka_unit_test(test_a_problem_outlives_the_name_of_its_file),
        cmocka_unit_test(test_misspelt_words_are_recognised),
        cmocka_unit_test(test_letter_case_and_dashes_are_of_no_account),
        cmocka_unit_test(test_words_that_are_not_near_get_no_suggestion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
