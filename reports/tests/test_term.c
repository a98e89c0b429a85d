/* test_term.c: what a person reads at the end of a run */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *written(bool colour, int verbose)
{
    const struct report_style style = { .colour = colour, .verbose = verbose };

    return sample_write(&report_term, sample_run(), &style);
}

static int write_plain(void **state)
{
    *state = written(false, 0);
    return 0;
}

static int free_plain(void **state)
{
    free(*state);
    return 0;
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("is not there: %s", part);
}

static void test_the_last_line_is_the_totals(void **state)
{
    const char *line = "\n9 cases: 3 passed, 2 failed, 2 skipped, 1 errors, "
                       "1 crashed in 6.28 s\n";
    const char *text = *state;

    assert_string_equal(text + strlen(text) - strlen(line), line);
}

static void test_the_head_names_tool_target_and_store(void **state)
{
    assert_has(*state, "sessionspec 0.1.0\n"
                       "target  sessionspec-reference 0.1.0, implements "
                       "express-session 1.19.0, at\n"
                       "        http://127.0.0.1:40123\n"
                       "store   faulty <&> \xef\xbf\xbd 0.1.0, exec:echo");
}

static void test_each_suite_has_a_line_of_counts(void **state)
{
    assert_has(*state, "\n  ok    rolling                  1 passed\n");
    assert_has(*state,
               "\n  FAIL  store-contract           2 skipped, 1 crashed\n");
}

static void test_a_failed_case_comes_with_everything(void **state)
{
    assert_has(
        *state,
        "\nFAIL resave/unmodified-is-touched[resave=false]\n"
        "      with resave false an unmodified session is touched, not set\n"
        "      cases/resave.yml:5\n"
        "\n"
        "      cases/resave.yml:18: cookie.expires\n"
        "        expected  Sun, 22 Nov 2026 10:01:30 GMT (+60s)\n"
        "        actual    absent\n"
        "\n"
        "      cases/resave.yml:19: calls\n"
        "        expected  [ get, touch ]\n"
        "        actual    [ get, set ]\n"
        "\n"
        "      RSV-02 (required): false: it is not set.\n"
        "        Source: express-session README, option resave\n"
        "      RSV-03 (required): false, and the store has `touch`: it is "
        "touched\n"
        "        instead, once.\n"
        "        Source: express-session README, option resave\n"
        "\n"
        "      transcript\n"
        "        1 GET / (client: default)\n"
        "          Spec-Do: [[\"set\",\"user\",\"tobi\"]]\n");
}

static void test_the_replay_command_has_a_line_of_its_own(void **state)
{
    assert_has(*state, "\n        build/sessionspec run --filter "
                       "'resave/unmodified-is-touched[[]resave=false]'\n");
}

static void test_crashes_and_errors_come_with_their_reason(void **state)
{
    assert_has(*state, "\nCRASH store-contract/all-is-an-array\n");
    assert_has(*state,
               "\n      the target was killed by signal 11 (SIGSEGV)\n");
    assert_has(*state, "\nERROR secret/broken-off\n");
}

static void test_one_reason_for_skipping_is_told_once(void **state)
{
    const char *line =
        "\n     2  needs touch, which the store <faulty> lacks\n";
    const char *first = strstr(*state, line);

    assert_non_null(first);
    assert_null(strstr(first + strlen(line), "needs touch"));
}

static void test_requirements_are_summed_up_by_level(void **state)
{
    assert_has(*state, "\nRequirements\n"
                       "  required      1 holds, 3 fail\n"
                       "  recommended   1 skipped\n"
                       "  optional      1 fails\n"
                       "  observed      1 untested\n"
                       "  hazard        1 reachable, 1 not reachable\n"
                       "  failing       SEC-02 RSV-02 RSV-03 STO-10\n");
}

static void test_a_divergence_is_told_with_its_source(void **state)
{
    assert_has(*state, "\n  memory-all-is-an-object: all gives an array\n"
                       "      store-contract/all-is-an-array (crash)\n"
                       "      README, section store.all: \"as an array\"\n");
}

static void test_passed_cases_are_listed_when_verbose_only(void **state)
{
    char *verbose = written(false, 1);

    assert_null(strstr(*state, "cookie-every-time"));
    assert_has(verbose, "\n        pass  cookie-every-time (3 ms)\n");
    assert_has(verbose, "\n        store-contract/touch-unknown\n");
    free(verbose);
}

static void test_there_are_colours_where_the_style_says_so_only(void **state)
{
    char *coloured = written(true, 0);

    assert_null(strchr(*state, '\033'));
    assert_has(coloured, "\033[1;31mFAIL\033[0m resave/");
    /* The target's own escape sequences are no colours. */
    assert_has(coloured, "\\x1b[2J\\x1b[31mred");
    assert_null(strstr(coloured, "\033[2J"));
    free(coloured);
}

static void test_an_interrupted_run_says_so(void **state)
{
    const struct report_style plain = { .colour = false };
    char *text = sample_write(&report_term, sample_empty_run(), &plain);

    (void)state;
    assert_has(text, "interrupted");
    assert_has(text, "0 cases: 0 passed, 0 failed, 0 skipped, 0 errors, "
                     "0 crashed in 0.00 s\n");
    assert_null(strstr(*state, "interrupted"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_last_line_is_the_totals),
        cmocka_unit_test(test_the_head_names_tool_target_and_store),
        cmocka_unit_test(test_each_suite_has_a_line_of_counts),
        cmocka_unit_test(test_a_failed_case_comes_with_everything),
        cmocka_unit_test(test_the_replay_command_has_a_line_of_its_own),
        cmocka_unit_test(test_crashes_and_errors_come_with_their_reason),
        cmocka_unit_test(test_one_reason_for_skipping_is_told_once),
        cmocka_unit_test(test_requirements_are_summed_up_by_level),
        cmocka_unit_test(test_a_divergence_is_told_with_its_source),
        cmocka_unit_test(test_passed_cases_are_listed_when_verbose_only),
        cmocka_unit_test(test_there_are_colours_where_the_style_says_so_only),
        cmocka_unit_test(test_an_interrupted_run_says_so),
    };

    return cmocka_run_group_tests(tests, write_plain, free_plain);
}
