/* test_run_options.c: what the command line of `run` takes, and refuses */
#include "../run_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fault fault;

/* `...` are the arguments behind `run`. */
#define PARSE(options, ...)                                                    \
    parse((options), (char *[]){ "sessionspec", __VA_ARGS__, NULL })

static int parse(struct run_options *options, char **argv)
{
    int argc = 0;

    while (argv[argc])
        argc++;
    fault.text[0] = '\0';
    return run_options_parse(options, argc, argv, &fault);
}

static void test_the_defaults(void **state)
{
    struct run_options options;

    (void)state;
    assert_int_equal(PARSE(&options, "cases"), 0);
    assert_int_equal(options.paths.count, 1);
    assert_int_equal(options.jobs, 32);
    assert_int_equal(options.shard, 1);
    assert_int_equal(options.shards, 1);
    assert_null(options.target);
    assert_null(options.store);
    assert_int_equal(options.report_count, 0);
    assert_int_equal(options.fail_on, FAIL_ON_ANY);
    assert_false(options.seed_given);
    run_options_free(&options);
}

static void test_everything_at_once(void **state)
{
    struct run_options options;

    (void)state;
    assert_int_equal(
        PARSE(&options, "a.yml", "-j", "4", "--target=express@1.15.6",
              "--store", "redis://127.0.0.1:1", "--filter", "a/*",
              "--filter=b/*", "--checks", "RSV,ROL-02", "--tags", "slow",
              "--shard", "2/3", "--seed", "7", "--report", "junit:out/a:b.xml",
              "--report", "json", "--fail-on", "required", "--fail-fast", "-v",
              "-v", "--request-timeout", "2s", "--restart-backend",
              "--ignore-since", "b.yml"),
        0);
    assert_int_equal(options.paths.count, 2);
    assert_string_equal(options.paths.list[1], "b.yml");
    assert_int_equal(options.jobs, 4);
    assert_string_equal(options.target, "express@1.15.6");
    assert_string_equal(options.store, "redis://127.0.0.1:1");
    assert_int_equal(options.filters.count, 2);
    assert_string_equal(options.filters.list[1], "b/*");
    assert_int_equal(options.checks.count, 2);
    assert_string_equal(options.checks.list[1], "ROL-02");
    assert_int_equal(options.shard, 2);
    assert_int_equal(options.shards, 3);
    assert_int_equal(options.seed, 7);
    assert_int_equal(options.report_count, 2);
    assert_string_equal(options.reports[0].path, "out/a:b.xml");
    assert_null(options.reports[1].path);
    assert_int_equal(options.fail_on, FAIL_ON_REQUIRED);
    assert_true(options.fail_fast);
    assert_true(options.restart_backend);
    assert_true(options.ignore_since);
    assert_int_equal(options.verbose, 2);
    assert_int_equal(options.request_timeout_ms, 2000);
    run_options_free(&options);
}

static void test_a_short_option_may_carry_its_value(void **state)
{
    struct run_options options;

    (void)state;
    assert_int_equal(PARSE(&options, "-j12"), 0);
    assert_int_equal(options.jobs, 12);
    run_options_free(&options);
}

static void test_behind_two_dashes_all_are_paths(void **state)
{
    struct run_options options;

    (void)state;
    assert_int_equal(PARSE(&options, "--", "-v", "--help"), 0);
    assert_int_equal(options.paths.count, 2);
    assert_false(options.help);
    run_options_free(&options);
}

/* The command line, and a part of the message. */
static const struct {
    const char *arguments[3], *says;
} refused[] = {
    { { "--tarqet", "x" }, "unknown option --tarqet (--target?)" },
    { { "--reprot=json" }, "unknown option --reprot (--report?)" },
    { { "--baseline", "x" }, "unknown option --baseline" },
    { { "--expect-fail", "x" }, "unknown option --expect-fail" },
    { { "-x" }, "unknown option -x" },
    { { "-vv" }, "unknown option -vv" },
    { { "--filter" }, "--filter needs a value: GLOB" },
    { { "--fail-fast=1" }, "--fail-fast takes no value" },
    { { "-j", "0" }, "it must be a number from 1 to 1024" },
    { { "-j", "1025" }, "it must be a number from 1 to 1024" },
    { { "-j", "4x" }, "it must be a number from 1 to 1024" },
    { { "-j", "-4" }, "it must be a number from 1 to 1024" },
    { { "-j", " 4" }, "it must be a number from 1 to 1024" },
    { { "--seed", "99999999999999999999" }, "it must be a number" },
    { { "--checks", "RSV,,ROL" }, "an empty word" },
    { { "--tags", "" }, "an empty word" },
    { { "--target", "expres" }, "(express?)" },
    { { "--target", "http://h/path" }, "there is no such target" },
    { { "--store", "" }, "an empty SPEC" },
    { { "--report", "xml" }, "there is no such format; there are term" },
    { { "--report", "json:" }, "an empty path" },
    { { "--report=json", "--report=junit" }, "goes to stdout already" },
    { { "--fail-on", "optional" }, "it is required, recommended or any" },
    { { "--request-timeout", "10" }, "a duration with its unit" },
    { { "--request-timeout", "0s" }, "a duration with its unit" },
    { { "--shard", "0/2" }, "it must be I/N" },
    { { "--shard", "3/2" }, "it must be I/N" },
    { { "--shard", "1" }, "it must be I/N" },
    { { "--shard", "1/2x" }, "it must be I/N" },
    { { "--shard", "/2" }, "it must be I/N" },
};

static void test_what_is_not_right_is_refused_with_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char *argv[5] = { (char *)"sessionspec" };
        struct run_options options;
        for (size_t k = 0; k < 3; k++)
            argv[k + 1] = (char *)refused[i].arguments[k];
        assert_true(parse(&options, argv) < 0);
        if (!strstr(fault.text, refused[i].says))
            fail_msg("\"%s\" where \"%s\" should stand", fault.text,
                     refused[i].says);
        run_options_free(&options);
    }
}

static const struct {
    const char *index_name, *index, *count_name, *count;
    unsigned shard, shards; /* 0: refused */
} places[] = {
    { "JOB_COMPLETION_INDEX", "0", "JOB_COMPLETIONS", "4", 1, 4 },
    { "JOB_COMPLETION_INDEX", "3", "JOB_COMPLETIONS", "4", 4, 4 },
    { "JOB_COMPLETION_INDEX", "4", "JOB_COMPLETIONS", "4", 0, 0 },
    { "JOB_COMPLETION_INDEX", "3", "JOB_COMPLETIONS", NULL, 0, 0 },
    { "CI_NODE_INDEX", "1", "CI_NODE_TOTAL", "2", 1, 2 },
    { "CI_NODE_INDEX", "2", "CI_NODE_TOTAL", "2", 2, 2 },
    { "CI_NODE_INDEX", "0", "CI_NODE_TOTAL", "2", 0, 0 },
    { "CIRCLE_NODE_INDEX", "1", "CIRCLE_NODE_TOTAL", "2", 2, 2 },
    { "BUILDKITE_PARALLEL_JOB", "0", "BUILDKITE_PARALLEL_JOB_COUNT", "9", 1,
      9 },
    { "BUILDKITE_PARALLEL_JOB", "x", "BUILDKITE_PARALLEL_JOB_COUNT", "9", 0,
      0 },
};

static void forget_places(void)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        unsetenv(places[i].index_name);
        unsetenv(places[i].count_name);
    }
}

static void test_auto_reads_what_the_ci_system_sets(void **state)
{
    struct run_options options;

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int result;
        forget_places();
        setenv(places[i].index_name, places[i].index, 1);
        if (places[i].count)
            setenv(places[i].count_name, places[i].count, 1);
        result = PARSE(&options, "--shard", "auto");
        run_options_free(&options);
        if (places[i].shard == 0) {
            assert_true(result < 0);
            assert_non_null(strstr(fault.text, places[i].count_name));
            continue;
        }
        assert_int_equal(result, 0);
        assert_int_equal(options.shard, places[i].shard);
        assert_int_equal(options.shards, places[i].shards);
    }
    forget_places();
}

static void test_auto_without_a_ci_system_is_refused(void **state)
{
    struct run_options options;

    (void)state;
    forget_places();
    assert_true(PARSE(&options, "--shard", "auto") < 0);
    assert_non_null(strstr(fault.text, "CI_NODE_INDEX"));
    run_options_free(&options);
}

static void test_the_help_names_what_is_accepted(void **state)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);

    (void)state;
    run_options_help(to);
    fclose(to);
    assert_non_null(strstr(text, "-j, --jobs N"));
    assert_non_null(strstr(text, "--fail-on required|recommended|any"));
    assert_non_null(strstr(text, "junit"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_defaults),
        cmocka_unit_test(test_everything_at_once),
        cmocka_unit_test(test_a_short_option_may_carry_its_value),
        cmocka_unit_test(test_behind_two_dashes_all_are_paths),
        cmocka_unit_test(test_what_is_not_right_is_refused_with_the_reason),
        cmocka_unit_test(test_auto_reads_what_the_ci_system_sets),
        cmocka_unit_test(test_auto_without_a_ci_system_is_refused),
        cmocka_unit_test(test_the_help_names_what_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
