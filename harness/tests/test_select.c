/* test_select.c: which cases are chosen, and the line that chooses one */
#include "../replay.h"
#include "../select.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *rsv[] = { "RSV-01", "RSV-02" }, *rol[] = { "ROL-02" },
                  *slow[] = { "slow", "race" };
static struct test_case list[] = {
    { .id = "resave/a", .suite = "resave", .checks = { rsv, 2 } },
    { .id = "resave/b[resave=true]",
      .suite = "resave",
      .checks = { rsv, 1 },
      .tags = { slow, 2 } },
    { .id = "resave/b[resave=false]", .suite = "resave", .checks = { rol, 1 } },
    { .id = "rolling/a", .suite = "rolling", .tags = { slow, 1 } },
};
static const struct case_set set = { .cases = list, .count = 4 };

/* The chosen ones as "0 2 3". */
static const char *chosen(struct run_options *options)
{
    static char text[64];
    size_t count;
    const struct test_case **cases = select_cases(&set, options, &count);

    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%td",
                 i ? " " : "", cases[i] - list);
    return text;
}

static const char *chosen_by(struct words filters, struct words checks,
                             struct words tags)
{
    struct run_options options = { .filters = filters,
                                   .checks = checks,
                                   .tags = tags };
    const char *text = chosen(&options);

    run_options_free(&options);
    return text;
}

#define WORDS(...)                                                             \
    (struct words)                                                             \
    {                                                                          \
        (const char *[]){ __VA_ARGS__ },                                       \
            sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)           \
    }
#define NONE ((struct words){ NULL, 0 })

static void test_without_a_choice_all_are_chosen(void **state)
{
    (void)state;
    assert_string_equal(chosen_by(NONE, NONE, NONE), "0 1 2 3");
}

static void test_filters_are_globs_on_the_id(void **state)
{
    (void)state;
    assert_string_equal(chosen_by(WORDS("resave/*"), NONE, NONE), "0 1 2");
    assert_string_equal(chosen_by(WORDS("*/a"), NONE, NONE), "0 3");
    assert_string_equal(chosen_by(WORDS("resave"), NONE, NONE), "");
    assert_string_equal(chosen_by(WORDS("resave/a", "rolling/?"), NONE, NONE),
                        "0 3");
}

static void test_checks_are_ids_or_sections(void **state)
{
    (void)state;
    assert_string_equal(chosen_by(NONE, WORDS("RSV"), NONE), "0 1");
    assert_string_equal(chosen_by(NONE, WORDS("RSV-02"), NONE), "0");
    assert_string_equal(chosen_by(NONE, WORDS("RSV-0"), NONE), "");
    assert_string_equal(chosen_by(NONE, WORDS("RS"), NONE), "");
    assert_string_equal(chosen_by(NONE, WORDS("RSV-02", "ROL"), NONE), "0 2");
}

static void test_all_choices_must_agree(void **state)
{
    (void)state;
    assert_string_equal(chosen_by(NONE, NONE, WORDS("slow")), "1 3");
    assert_string_equal(chosen_by(NONE, NONE, WORDS("nosuch", "race")), "1");
    assert_string_equal(chosen_by(WORDS("r*"), WORDS("RSV"), WORDS("slow")),
                        "1");
}

static void test_shards_part_the_cases(void **state)
{
    unsigned seen[10] = { 0 };

    (void)state;
    for (unsigned shard = 1; shard <= 3; shard++) {
        struct test_case all[10];
        const struct test_case *cases[10];
        struct run_options options = { .shard = shard, .shards = 3 };
        size_t count;
        for (size_t i = 0; i < 10; i++)
            cases[i] = &all[i];
        count = select_shard(cases, 10, &options);
        assert_in_range(count, 3, 4);
        for (size_t i = 0; i < count; i++)
            seen[cases[i] - all]++;
    }
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(seen[i], 1);
}

static void test_unknown_checks_are_refused_with_a_suggestion(void **state)
{
    struct requirement requirements[] = { { .id = "RSV-01" },
                                          { .id = "ROL-02" } };
    struct catalogue catalogue = { .list = requirements, .count = 2 };
    struct run_options options = { .checks = WORDS("RSV", "ROL-02") };
    struct fault fault;

    (void)state;
    assert_int_equal(select_check_words(&options, &catalogue, &fault), 0);
    options.checks = WORDS("RSV", "RSV-0l");
    assert_true(select_check_words(&options, &catalogue, &fault) < 0);
    assert_string_equal(fault.text, "--checks RSV-0l: no such requirement "
                                    "(RSV-01?)");
}

static void test_nothing_left_says_what_would_be_near(void **state)
{
    struct run_options options = { .filters = WORDS("resave") };
    struct fault fault;

    (void)state;
    select_say_none(&set, &options, &fault);
    assert_non_null(strstr(fault.text, "'resave/*'"));
    options.filters = WORDS("rolling/aa");
    select_say_none(&set, &options, &fault);
    assert_non_null(strstr(fault.text, "(rolling/a?)"));
}

/* ---- replay ---- */

static const char *const nasty[] = { "resave/a",  "a b",        "it's",
                                     "[a-z]*?\\", "$HOME`x`",   "",
                                     "a]b[c!d]",  "x=1,y=\"2\"" };

static void test_a_glob_matches_its_text_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
        char *glob = replay_glob(nasty[i]);
        for (size_t k = 0; k < sizeof nasty / sizeof *nasty; k++)
            assert_int_equal(fnmatch(glob, nasty[k], 0) == 0, i == k);
        free(glob);
    }
}

static void test_the_shell_leaves_a_quoted_word_as_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
        char *quoted = replay_quote(nasty[i]), command[256], back[256] = "";
        FILE *shell;
        snprintf(command, sizeof command, "printf %%s %s", quoted);
        shell = popen(command, "r");
        assert_non_null(shell);
        back[fread(back, 1, sizeof back - 1, shell)] = '\0';
        pclose(shell);
        assert_string_equal(back, nasty[i]);
        free(quoted);
    }
}

static void test_the_replay_line_is_what_one_would_type(void **state)
{
    struct arena arena = { NULL };
    struct run_options options = { .program = "build/sessionspec",
                                   .target = "express",
                                   .store = "file:/tmp/a b",
                                   .restart_backend = true,
                                   .ignore_since = true,
                                   .seed_given = true,
                                   .seed = 5 };
    struct test_case test = { .id = "resave/x[resave=true]",
                              .at = { .file = "cases/resave.yml" } };
    char here[512], path[600];

    (void)state;
    assert_string_equal(
        replay_line(&options, &test, &arena),
        "build/sessionspec run cases/resave.yml --filter "
        "'resave/x\\[resave=true]' --target express --store 'file:/tmp/a b' "
        "--restart-backend --ignore-since --seed 5");
    options = (struct run_options){ .program = "sessionspec" };
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/cases/a.yml", here);
    test = (struct test_case){ .id = "a/b", .at = { .file = path } };
    assert_string_equal(replay_line(&options, &test, &arena),
                        "sessionspec run cases/a.yml --filter a/b");
    test.at.file = "-odd.yml";
    assert_string_equal(replay_line(&options, &test, &arena),
                        "sessionspec run ./-odd.yml --filter a/b");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_choice_all_are_chosen),
        cmocka_unit_test(test_filters_are_globs_on_the_id),
        cmocka_unit_test(test_checks_are_ids_or_sections),
        cmocka_unit_test(test_all_choices_must_agree),
        cmocka_unit_test(test_shards_part_the_cases),
        cmocka_unit_test(test_unknown_checks_are_refused_with_a_suggestion),
        cmocka_unit_test(test_nothing_left_says_what_would_be_near),
        cmocka_unit_test(test_a_glob_matches_its_text_alone),
        cmocka_unit_test(test_the_shell_leaves_a_quoted_word_as_it_is),
        cmocka_unit_test(test_the_replay_line_is_what_one_would_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
