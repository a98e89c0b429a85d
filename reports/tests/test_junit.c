/* test_junit.c: the JUnit report, read back with libxml2 */
#include "sample.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct report_style plain = { .colour = false };

struct parsed {
    xmlDoc *document;
    xmlXPathContext *context;
};

static int parse(void **state)
{
    static struct parsed parsed;
    char *text = sample_write(&report_junit, sample_run(), &plain);

    /* Anything that is not well-formed makes this NULL. */
    parsed.document = xmlReadMemory(text, (int)strlen(text), "junit.xml", NULL,
                                    XML_PARSE_NONET);
    free(text);
    assert_non_null(parsed.document);
    parsed.context = xmlXPathNewContext(parsed.document);
    assert_non_null(parsed.context);
    *state = &parsed;
    return 0;
}

static int unparse(void **state)
{
    struct parsed *parsed = *state;

    xmlXPathFreeContext(parsed->context);
    xmlFreeDoc(parsed->document);
    xmlCleanupParser();
    return 0;
}

/* Both are XPath expressions. */
static void assert_string(const struct parsed *parsed, const char *path,
                          const char *expected)
{
    xmlXPathObject *got =
        xmlXPathEvalExpression(BAD_CAST path, parsed->context);
    xmlChar *text;

    assert_non_null(got);
    text = xmlXPathCastToString(got);
    assert_string_equal((const char *)text, expected);
    xmlFree(text);
    xmlXPathFreeObject(got);
}

static void assert_true_of(const struct parsed *parsed, const char *path)
{
    xmlXPathObject *got =
        xmlXPathEvalExpression(BAD_CAST path, parsed->context);

    assert_non_null(got);
    if (!xmlXPathCastToBoolean(got))
        fail_msg("not so: %s", path);
    xmlXPathFreeObject(got);
}

static void test_there_is_a_suite_for_each_suite(void **state)
{
    assert_true_of(*state, "count(/testsuites/testsuite) = 5");
    assert_true_of(*state, "count(//testcase) = 9");
    assert_string(*state, "/testsuites/testsuite[2]/@name", "resave");
    assert_true_of(*state, "count(//testsuite[@name='resave']/testcase) = 2");
}

static void test_counts_are_those_of_the_elements(void **state)
{
    assert_true_of(*state, "/testsuites/@tests = count(//testcase)");
    assert_true_of(*state, "/testsuites/@failures = count(//failure)");
    assert_true_of(*state, "/testsuites/@errors = count(//error)");
    assert_true_of(*state, "/testsuites/@skipped = count(//skipped)");
    assert_true_of(*state, "count(//failure) = 2 and count(//error) = 2");
    assert_true_of(*state,
                   "//testsuite[@name='store-contract'][@tests=3][@failures=0]"
                   "[@errors=1][@skipped=2]");
}

static void test_a_case_has_its_name_time_and_place(void **state)
{
    assert_true_of(*state, "//testcase[@classname='resave']"
                           "[@name='unmodified-is-touched[resave=false]']"
                           "[@time='0.012100'][@file='cases/resave.yml']"
                           "[@line='5']");
}

static void test_a_passed_case_has_no_outcome_within(void **state)
{
    assert_true_of(*state, "count(//testcase[@name='cookie-every-time']"
                           "/*[not(self::properties)]) = 0");
}

static void test_a_failure_tells_the_whole_story(void **state)
{
    assert_string(*state, "//testsuite[@name='resave']//failure/@message",
                  "cookie.expires: expected Sun, 22 Nov 2026 10:01:30 GMT "
                  "(+60s), got absent (and 1 more)");
    assert_string(*state, "//testsuite[@name='resave']//failure/@type",
                  "expectation");
    assert_true_of(*state, "//failure[contains(., 'cases/resave.yml:19: calls')"
                           " and contains(., 'expected: [ get, touch ]')"
                           " and contains(., 'actual:   [ get, set ]')"
                           " and contains(., 'store: get abc hit, set abc ok')"
                           " and contains(., 'RSV-03 (required)')"
                           " and contains(., 'sessionspec run --filter')]");
}

static void test_errors_and_crashes_are_errors_by_type(void **state)
{
    assert_string(*state, "//testcase[@name='broken-off']/error/@type",
                  "error");
    assert_string(*state, "//testcase[@name='all-is-an-array']/error/@type",
                  "crash");
    assert_string(*state, "//testcase[@name='all-is-an-array']/error/@message",
                  "the target was killed by signal 11 (SIGSEGV)");
}

static void test_a_skipped_case_says_why(void **state)
{
    assert_string(*state, "//testcase[@name='touch']/skipped/@message",
                  "needs touch, which the store <faulty> lacks");
}

static void test_properties_name_target_and_store(void **state)
{
    assert_string(*state,
                  "//testsuite[1]/properties/property[@name='target']/@value",
                  "sessionspec-reference");
    assert_string(*state,
                  "//testsuite[1]/properties/property[@name='store']/@value",
                  "faulty <&> \xef\xbf\xbd");
    assert_string(
        *state,
        "//testcase[@name='touch']/properties/property[@name='id']/@value",
        "store-contract/touch");
}

static void test_what_xml_cannot_hold_is_shown(void **state)
{
    assert_true_of(*state, "contains(//testcase[@name='nasty']/failure, "
                           "'\\x1b[2J\\x1b[31mred\\x07\\x01 \xef\xbf\xbd')");
    assert_true_of(*state, "contains(//testcase[@name='nasty']/failure, "
                           "'<script>alert(1)</script>')");
    assert_true_of(*state,
                   "contains(//testcase[@name='nasty']/failure, ']]>')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_is_a_suite_for_each_suite),
        cmocka_unit_test(test_counts_are_those_of_the_elements),
        cmocka_unit_test(test_a_case_has_its_name_time_and_place),
        cmocka_unit_test(test_a_passed_case_has_no_outcome_within),
        cmocka_unit_test(test_a_failure_tells_the_whole_story),
        cmocka_unit_test(test_errors_and_crashes_are_errors_by_type),
        cmocka_unit_test(test_a_skipped_case_says_why),
        cmocka_unit_test(test_properties_name_target_and_store),
        cmocka_unit_test(test_what_xml_cannot_hold_is_shown),
    };

    return cmocka_run_group_tests(tests, parse, unparse);
}
