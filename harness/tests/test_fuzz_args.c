/* test_fuzz_args.c: the command line of `sessionspec fuzz` */
#include "../fuzz_args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 8 };

static int parse(struct fuzz_args *args, struct fault *fault,
                 const char *const *words)
{
    char *argv[WORDS_MAX + 2] = { (char *)"sessionspec" };
    int argc = 1;

    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    return fuzz_args_parse(args, argc, argv, fault);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_without_words_it_is_the_reference_against_express(void **state)
{
    struct fuzz_args args;
    struct fault fault;
    const char *const none[] = { NULL };

    (void)state;
    assert_int_equal(parse(&args, &fault, none), 0);
    assert_string_equal(args.target, "reference");
    assert_string_equal(args.against, "express");
    assert_int_equal(args.steps, FUZZ_STEPS_DEFAULT);
    assert_int_equal(args.seed, 1);
    assert_false(args.scenario_given);
}

static void test_all_options_are_taken(void **state)
{
    struct fuzz_args args;
    struct fault fault;

    (void)state;
    assert_int_equal(parse(&args, &fault,
                           WORDS("--steps=5", "--seed", "9", "-j2",
                                 "--target=express@1.15.6", "--out", "d")),
                     0);
    assert_int_equal(args.steps, 5);
    assert_int_equal(args.seed, 9);
    assert_int_equal(args.jobs, 2);
    assert_string_equal(args.target, "express@1.15.6");
    assert_string_equal(args.out, "d");
}

static void test_minutes_alone_have_no_limit_of_steps(void **state)
{
    struct fuzz_args args;
    struct fault fault;

    (void)state;
    assert_int_equal(parse(&args, &fault, WORDS("--minutes", "0.5")), 0);
    assert_true(args.minutes > 0.49 && args.minutes < 0.51);
    assert_int_equal(args.steps, 0);
}

static void test_what_is_not_right_is_refused_with_its_name(void **state)
{
    static const char *const bad[][2] = { { "--steps=0", "--steps" },
                                          { "--steps=x", "--steps" },
                                          { "--minutes=0", "--minutes" },
                                          { "--minutes=-1", "--minutes" },
                                          { "--jobs=65", "--jobs" },
                                          { "--target=nope", "--target" },
                                          { "--against=ftp://x", "--against" },
                                          { "--seed=-1", "--seed" },
                                          { "--out=", "--out" },
                                          { "--step=1", "(--steps?)" },
                                          { "--seed", "needs a value" },
                                          { "--help=1", "takes no value" },
                                          { "word", "unknown option" } };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fuzz_args args;
        struct fault fault = { "" };

        assert_int_not_equal(parse(&args, &fault, WORDS(bad[i][0])), 0);
        if (!strstr(fault.text, bad[i][1]))
            fail_msg("%s: %s", bad[i][0], fault.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_without_words_it_is_the_reference_against_express),
        cmocka_unit_test(test_all_options_are_taken),
        cmocka_unit_test(test_minutes_alone_have_no_limit_of_steps),
        cmocka_unit_test(test_what_is_not_right_is_refused_with_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
