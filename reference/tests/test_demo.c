/* test_demo.c: the documents' examples, without a browser */
#include "../demo.h"
#include "../fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct apps *apps;
    struct demo *demo;
    char sent[8192]; /* the last response */
    size_t length;
    char cookie[256]; /* what the visitor has, "name=value" */
    bool tls;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct js_error error;

    fixture->apps = apps_new(NULL);
    fixture->demo = demo_new(fixture->apps, &error);
    assert_non_null(fixture->demo);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    demo_free(fixture->demo);
    apps_free(fixture->apps);
    free(fixture);
    return 0;
}

static int take(void *arg, const char *bytes, size_t length)
{
    struct fixture *fixture = arg;

    assert_true(fixture->length + length < sizeof fixture->sent);
    memcpy(fixture->sent + fixture->length, bytes, length);
    fixture->sent[fixture->length += length] = '\0';
    return 0;
}

/* As a browser keeps it: the last one set. */
static void keep_cookie(struct fixture *fixture)
{
    const char *at = strstr(fixture->sent, "Set-Cookie: ");

    if (at)
        snprintf(fixture->cookie, sizeof fixture->cookie, "%.*s",
                 (int)strcspn(at + 12, ";"), at + 12);
}

static void send_form(struct fixture *fixture, const char *method,
                      const char *target, const char *type, const char *body,
                      size_t length)
{
    struct request_header headers[2];
    struct request request = { .method = method,
                               .target = target,
                               .headers = headers,
                               .body = body,
                               .body_length = length,
                               .tls = fixture->tls };
    struct response response;

    if (type)
        headers[request.header_count++] =
            (struct request_header){ "Content-Type", type };
    if (*fixture->cookie)
        headers[request.header_count++] =
            (struct request_header){ "Cookie", fixture->cookie };
    fixture->length = 0;
    fixture->sent[0] = '\0';
    response_init(&response, strcmp(method, "HEAD") == 0, take, fixture);
    assert_true(demo_is(&request));
    demo_run(fixture->demo, &request, &response);
    assert_true(response.ended);
    response_clear(&response);
    keep_cookie(fixture);
}

static void get(struct fixture *fixture, const char *target)
{
    send_form(fixture, "GET", target, NULL, "", 0);
}

static void log_in(struct fixture *fixture, const char *body)
{
    send_form(fixture, "POST", "/login", "application/x-www-form-urlencoded",
              body, strlen(body));
}

static bool says(const struct fixture *fixture, const char *text)
{
    return strstr(fixture->sent, text) != NULL;
}

/* The body is as long as the head says. */
static void assert_whole(const struct fixture *fixture)
{
    const char *length = strstr(fixture->sent, "Content-Length: ");
    const char *body = strstr(fixture->sent, "\r\n\r\n");

    assert_non_null(length);
    assert_non_null(body);
    assert_int_equal(strtoul(length + 16, NULL, 10), strlen(body + 4));
}

static void order_fault(struct fixture *fixture, const char *op)
{
    struct app *app = apps_hold(fixture->apps, "demo");
    json_t *body = json_pack("{s:s, s:{s:s}}", "op", op, "error", "message",
                             "<out of order>");
    struct js_error error;

    assert_int_equal(fault_add(&app->faults, body, &error), 0);
    json_decref(body);
    app_release(app);
}

static void test_views_are_counted_by_page(void **state)
{
    struct fixture *fixture = *state;

    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 1 times"));
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 2 times"));
    get(fixture, "/bar");
    assert_true(says(fixture, "you viewed this page 1 times"));
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 3 times"));
    assert_whole(fixture);
}

static void test_views_are_counted_by_visitor(void **state)
{
    struct fixture *fixture = *state;

    get(fixture, "/foo");
    fixture->cookie[0] = '\0';
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 1 times"));
}

static void test_who_is_not_logged_in_gets_a_form_and_no_cookie(void **state)
{
    struct fixture *fixture = *state;

    get(fixture, "/");
    assert_true(says(fixture, "<input name=\"user\""));
    assert_false(says(fixture, "Set-Cookie"));
}

static void test_who_logs_in_is_greeted(void **state)
{
    struct fixture *fixture = *state;

    log_in(fixture, "user=tobi");
    assert_true(says(fixture, "302 Found"));
    assert_true(says(fixture, "Location: /\r\n"));
    assert_whole(fixture);
    get(fixture, "/");
    assert_true(says(fixture, "hello, tobi!"));
}

static void test_who_logs_out_is_not_greeted_any_more(void **state)
{
    struct fixture *fixture = *state;
    char old[sizeof fixture->cookie];

    log_in(fixture, "user=tobi");
    memcpy(old, fixture->cookie, sizeof old);
    get(fixture, "/logout");
    assert_true(says(fixture, "302 Found"));
    assert_string_not_equal(fixture->cookie, old);
    get(fixture, "/");
    assert_false(says(fixture, "hello"));
    memcpy(fixture->cookie, old, sizeof old);
    get(fixture, "/");
    assert_false(says(fixture, "hello"));
}

static void
test_logging_in_changes_the_cookie_and_drops_the_old_session(void **state)
{
    struct fixture *fixture = *state;
    char old[sizeof fixture->cookie];

    get(fixture, "/foo");
    memcpy(old, fixture->cookie, sizeof old);
    log_in(fixture, "user=tobi");
    assert_string_not_equal(fixture->cookie, old);
    memcpy(fixture->cookie, old, sizeof old);
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 1 times"));
}

static void test_a_name_is_text_and_no_html(void **state)
{
    struct fixture *fixture = *state;

    log_in(fixture, "user=%3Cscript%3E%22%27%26amp%3B");
    get(fixture, "/");
    assert_true(says(fixture, "hello, &lt;script&gt;&quot;&#39;&amp;amp;!"));
    assert_false(says(fixture, "<script>"));
}

static void test_an_empty_name_logs_nobody_in(void **state)
{
    struct fixture *fixture = *state;

    log_in(fixture, "user=");
    get(fixture, "/");
    assert_true(says(fixture, "<input name=\"user\""));
}

static void test_what_is_no_form_is_refused(void **state)
{
    struct fixture *fixture = *state;

    send_form(fixture, "POST", "/login", "application/json", "{}", 2);
    assert_true(says(fixture, "HTTP/1.1 415 "));
    send_form(fixture, "POST", "/login", NULL, "user=tobi", 9);
    assert_true(says(fixture, "HTTP/1.1 415 "));
    log_in(fixture, "name=tobi");
    assert_true(says(fixture, "HTTP/1.1 400 "));
    log_in(fixture, "user=%ff");
    assert_true(says(fixture, "HTTP/1.1 400 "));
    assert_whole(fixture);
    assert_string_equal(fixture->cookie, "");
}

static void test_a_form_has_a_largest_size(void **state)
{
    struct fixture *fixture = *state;
    char *body = malloc(DEMO_LARGEST_FORM + 2);

    memset(body, 'a', DEMO_LARGEST_FORM + 2);
    memcpy(body, "user=", 5);
    send_form(fixture, "POST", "/login", "application/x-www-form-urlencoded",
              body, DEMO_LARGEST_FORM + 1);
    assert_true(says(fixture, "HTTP/1.1 413 "));
    send_form(fixture, "POST", "/login", "application/x-www-form-urlencoded",
              body, DEMO_LARGEST_FORM);
    assert_true(says(fixture, "HTTP/1.1 302 "));
    free(body);
}

static void test_other_pages_and_methods_are_not_found(void **state)
{
    struct fixture *fixture = *state;

    get(fixture, "/nowhere");
    assert_true(says(fixture, "HTTP/1.1 404 "));
    get(fixture, "/foo/");
    assert_true(says(fixture, "HTTP/1.1 404 "));
    get(fixture, "/login");
    assert_true(says(fixture, "HTTP/1.1 404 "));
    send_form(fixture, "POST", "/foo", NULL, "", 0);
    assert_true(says(fixture, "HTTP/1.1 404 "));
    assert_whole(fixture);
}

static void test_head_is_get_without_a_body(void **state)
{
    struct fixture *fixture = *state;

    send_form(fixture, "HEAD", "/foo", NULL, "", 0);
    assert_true(says(fixture, "HTTP/1.1 200 "));
    assert_string_equal(strstr(fixture->sent, "\r\n\r\n"), "\r\n\r\n");
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 2 times"));
}

static void test_over_tls_the_cookie_is_another_and_for_tls_alone(void **state)
{
    struct fixture *fixture = *state;

    get(fixture, "/foo");
    assert_true(says(fixture, "Set-Cookie: connect.sid="));
    assert_true(says(fixture, "; Path=/; HttpOnly\r\n"));
    fixture->cookie[0] = '\0';
    fixture->tls = true;
    get(fixture, "/foo");
    assert_true(says(fixture, "Set-Cookie: connect.sid.tls="));
    assert_true(
        says(fixture, "; Path=/; HttpOnly; Secure; SameSite=Strict\r\n"));
}

static void test_an_error_of_the_store_is_a_page(void **state)
{
    static const char *const ops[] = { "get", "destroy", "set" };
    struct fixture *fixture = *state;

    get(fixture, "/foo");
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        order_fault(fixture, ops[i]);
        log_in(fixture, "user=tobi");
        assert_true(says(fixture, "HTTP/1.1 500 "));
        assert_true(says(fixture, "&lt;out of order&gt;"));
        assert_whole(fixture);
    }
    log_in(fixture, "user=tobi");
    assert_true(says(fixture, "HTTP/1.1 302 "));
}

static void
test_while_the_store_is_down_there_is_a_page_that_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct app *app = apps_hold(fixture->apps, "demo");

    app_emit(app, false);
    get(fixture, "/foo");
    assert_true(says(fixture, "HTTP/1.1 500 "));
    assert_true(says(fixture, "there is no session"));
    assert_whole(fixture);
    app_emit(app, true);
    get(fixture, "/foo");
    assert_true(says(fixture, "you viewed this page 1 times"));
    app_release(app);
}

static void test_a_probe_is_no_browser(void **state)
{
    const struct request_header header = { "Spec-App", "a" };
    const struct request request = { .headers = &header, .header_count = 1 };

    (void)state;
    assert_false(demo_is(&request));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_views_are_counted_by_page),
        TEST(test_views_are_counted_by_visitor),
        TEST(test_who_is_not_logged_in_gets_a_form_and_no_cookie),
        TEST(test_who_logs_in_is_greeted),
        TEST(test_who_logs_out_is_not_greeted_any_more),
        TEST(test_logging_in_changes_the_cookie_and_drops_the_old_session),
        TEST(test_a_name_is_text_and_no_html),
        TEST(test_an_empty_name_logs_nobody_in),
        TEST(test_what_is_no_form_is_refused),
        TEST(test_a_form_has_a_largest_size),
        TEST(test_other_pages_and_methods_are_not_found),
        TEST(test_head_is_get_without_a_body),
        TEST(test_over_tls_the_cookie_is_another_and_for_tls_alone),
        TEST(test_an_error_of_the_store_is_a_page),
        TEST(test_while_the_store_is_down_there_is_a_page_that_says_so),
        TEST(test_a_probe_is_no_browser),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
