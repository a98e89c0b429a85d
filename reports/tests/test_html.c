/* test_html.c: the page: whole, self-contained, and everything escaped */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int make_page(void **state)
{
    const struct report_style plain = { .colour = false };

    *state = sample_write(&report_html, sample_run(), &plain);
    return 0;
}

static int free_page(void **state)
{
    free(*state);
    return 0;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

/* What stands in the list of cases about the case with that index. */
static char *part_of_case(const char *page, size_t index)
{
    char start[64];
    const char *from, *to;

    snprintf(start, sizeof start, "id=\"case-%zu\"", index);
    from = strstr(page, start);
    assert_non_null(from);
    to = strstr(from, "</details>");
    assert_non_null(to);
    return strndup(from, (size_t)(to - from));
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("is not there: %s", part);
}

static void test_every_text_is_escaped(void **state)
{
    const char *page = *state;

    assert_has(page, "&#60;i&#62;markup&#60;/i&#62; &#38; &#34;quotes&#34;");
    assert_has(page, "&#60;/script&#62;&#60;/pre&#62;&#60;script&#62;alert(1)");
    assert_has(page, "cases/a&#38;b&#60;c&#62;.yml");
    assert_has(page, "exec:echo &#34;&#60;&#38;&#62;&#34;");
    assert_int_equal(count_of(page, "<script"), 1); /* our own */
    assert_int_equal(count_of(page, "</script"), 1);
    assert_null(strstr(page, "alert(1)</script>"));
    assert_null(strstr(page, "<i>"));
}

static void test_elements_that_open_are_closed(void **state)
{
    static const char *const names[] = {
        "details", "summary", "table", "tr", "td", "tbody", "div",
        "section", "pre",     "ul",    "li", "dl", "span",  "code",
        "a",       "p",       "small", "h2", "h3", "header"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char bare[32], with[32], close[32];

        snprintf(bare, sizeof bare, "<%s>", names[i]);
        snprintf(with, sizeof with, "<%s ", names[i]);
        snprintf(close, sizeof close, "</%s>", names[i]);
        assert_int_equal(count_of(*state, bare) + count_of(*state, with),
                         count_of(*state, close));
    }
}

static void test_the_page_fetches_nothing(void **state)
{
    static const char *const fetching[] = { " src=",    "<link",   "url(",
                                            "@import",  "<img",    "<iframe",
                                            "fetch(",   "<base",   "<form",
                                            "href=\"h", "href=\"/" };

    for (size_t i = 0; i < sizeof fetching / sizeof *fetching; i++)
        assert_null(strstr(*state, fetching[i]));
    assert_has(*state, "default-src 'none'");
}

static void test_the_page_follows_light_and_dark(void **state)
{
    assert_has(*state, "prefers-color-scheme:dark");
    assert_has(*state, "@media print");
}

static void test_the_summary_has_the_totals(void **state)
{
    assert_has(*state, "4 of 9 cases did not pass");
    assert_has(*state, "<dt>passed</dt><dd>3</dd>");
    assert_has(*state, "<dt>crashed</dt><dd>1</dd>");
    assert_has(*state, "implements express-session 1.19.0");
}

static void test_a_failed_case_is_open_and_complete(void **state)
{
    char *part = part_of_case(*state, 1);

    assert_has(part, " open>");
    assert_has(part, "<strong>cookie.expires</strong>");
    assert_has(part, "cases/resave.yml:18");
    assert_has(part, "Sun, 22 Nov 2026 10:01:30 GMT (+60s)");
    assert_has(part, "<code>absent</code>");
    assert_has(part, "store: get abc hit, set abc ok");
    assert_has(part, "RSV-02");
    assert_has(part, "express-session README, option resave");
    assert_has(part, "build/sessionspec run --filter &#39;resave/");
    free(part);
}

static void test_a_passed_case_is_folded(void **state)
{
    char *part = part_of_case(*state, 0);

    assert_null(strstr(part, " open>"));
    assert_has(part, "build/sessionspec run");
    free(part);
}

static void test_requirements_stand_under_their_sections(void **state)
{
    const char *section = strstr(*state, "<th colspan=\"5\">resave</th>");

    assert_int_equal(count_of(*state, "<th colspan=\"5\">"), 5);
    assert_non_null(section);
    assert_true(strstr(section, "RSV-02") < strstr(section, "RSV-08"));
    assert_has(section, "<span class=\"tag reachable\">reachable</span>");
    assert_has(section, "<code>touch</code>");
}

static void test_links_lead_to_what_is_there(void **state)
{
    const char *page = *state;

    for (const char *at = page; (at = strstr(at, "href=\"#")) != NULL; at++) {
        char id[64];

        snprintf(id, sizeof id, "id=\"%.*s\"",
                 (int)strcspn(at + strlen("href=\"#"), "\""),
                 at + strlen("href=\"#"));
        assert_has(page, id);
    }
}

static void test_a_divergence_is_listed_with_its_source(void **state)
{
    const char *part = strstr(*state, "id=\"divergences\"");

    assert_non_null(part);
    assert_has(part, "memory-all-is-an-object");
    assert_has(part, "README, section store.all: &#34;as an array&#34;");
}

static void test_a_failure_comes_with_what_it_means(void **state)
{
    const char *page = *state;

    assert_has(page, "If it fails: base64url instead of <code>base64</code>, "
                     "or &#60;b&#62;.</div>");
    assert_has(page, "<li>mystore &#60;1.0: signed with &#34;x&#34; <small>"
                     "https://example.org/?a&#38;b</small></li>");
    assert_has(page, "<li>yours 2.0: did not sign</li>");
}

static void test_a_lone_backtick_stays(void **state)
{
    const struct report_style plain = { .colour = false };
    struct result_requirement requirement = {
        .id = "A-1", .level = "required", .text = "`a` and ` b", .source = ""
    };
    struct result_run run = *sample_empty_run();
    char *page;

    (void)state;
    run.requirements = &requirement;
    run.requirement_count = 1;
    page = sample_write(&report_html, &run, &plain);
    assert_has(page, "<code>a</code> and ` b");
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_text_is_escaped),
        cmocka_unit_test(test_elements_that_open_are_closed),
        cmocka_unit_test(test_the_page_fetches_nothing),
        cmocka_unit_test(test_the_page_follows_light_and_dark),
        cmocka_unit_test(test_the_summary_has_the_totals),
        cmocka_unit_test(test_a_failed_case_is_open_and_complete),
        cmocka_unit_test(test_a_passed_case_is_folded),
        cmocka_unit_test(test_requirements_stand_under_their_sections),
        cmocka_unit_test(test_links_lead_to_what_is_there),
        cmocka_unit_test(test_a_divergence_is_listed_with_its_source),
        cmocka_unit_test(test_a_failure_comes_with_what_it_means),
        cmocka_unit_test(test_a_lone_backtick_stays),
    };

    return cmocka_run_group_tests(tests, make_page, free_page);
}
