/* test_response.c: a response's bytes, in the order that Node gives them */
#include "../response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a sink was given. */
struct wire {
    char text[4096];
    size_t length;
    int writes;
    bool broken; /* the client is gone */
};

static int take(void *arg, const char *bytes, size_t length)
{
    struct wire *wire = arg;

    wire->writes++;
    if (wire->broken)
        return -1;
    assert_true(wire->length + length < sizeof wire->text);
    memcpy(wire->text + wire->length, bytes, length);
    wire->length += length;
    return 0;
}

struct setup {
    struct wire wire;
    struct response response;
    int heard; /* how often the listener ran */
};

static int set_up(void **state)
{
    struct setup *setup = calloc(1, sizeof *setup);

    response_init(&setup->response, false, take, &setup->wire);
    *state = setup;
    return 0;
}

static int tear_down(void **state)
{
    struct setup *setup = *state;

    response_clear(&setup->response);
    free(setup);
    return 0;
}

static void write_text(struct setup *setup, const char *text)
{
    struct js_error error;

    assert_int_equal(
        response_write(&setup->response, text, strlen(text), &error), 0);
}

static void end_text(struct setup *setup, const char *text)
{
    response_end(&setup->response, text, text ? strlen(text) : 0);
}

static void test_a_body_in_one_piece_has_its_length(void **state)
{
    struct setup *setup = *state;

    end_text(setup, "hello");
    assert_string_equal(setup->wire.text, "HTTP/1.1 200 OK\r\n"
                                          "Content-Length: 5\r\n\r\nhello");
    assert_int_equal(setup->wire.writes, 1);
}

static void test_no_body_has_a_length_of_nothing(void **state)
{
    struct setup *setup = *state;

    setup->response.status = 404;
    end_text(setup, NULL);
    assert_string_equal(setup->wire.text, "HTTP/1.1 404 Not Found\r\n"
                                          "Content-Length: 0\r\n\r\n");
}

static void test_a_body_in_pieces_is_chunked(void **state)
{
    struct setup *setup = *state;

    write_text(setup, "hello");
    write_text(setup, "");
    end_text(setup, "world!");
    assert_string_equal(setup->wire.text,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n");
}

static void test_a_declared_length_is_not_chunked(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    response_set_header(&setup->response, "content-length", "5", &error);
    write_text(setup, "he");
    end_text(setup, "llo");
    assert_string_equal(setup->wire.text, "HTTP/1.1 200 OK\r\n"
                                          "content-length: 5\r\n\r\nhello");
}

/* As Node does it: a text of which it sends no chunk goes with the head. */
static void test_a_head_is_utf8_with_a_text_and_latin1_without(void **state)
{
    static const struct {
        const char *length, *text;
        bool writes, bytes;
        const char *sent;
    } table[] = {
        { NULL, "x", false, false, "x-a: \xc3\xa9\r\n" },
        { NULL, "", false, false, "x-a: \xe9\r\n" },
        { NULL, "x", false, true, "x-a: \xe9\r\n" },
        { NULL, "x", true, false, "x-a: \xe9\r\n" }, /* a chunk */
        { NULL, "", true, false, "x-a: \xc3\xa9\r\n" },
        { "1", "x", true, false, "x-a: \xc3\xa9\r\n" },
        { "1", "x", true, true, "x-a: \xe9\r\n" },
    };
    struct js_error error;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct setup *setup;

        tear_down(state);
        set_up(state);
        setup = *state;
        response_set_header(&setup->response, "x-a", "\xc3\xa9", &error);
        if (table[i].length)
            response_set_header(&setup->response, "content-length",
                                table[i].length, &error);
        setup->response.sends_bytes = table[i].bytes;
        if (table[i].writes)
            write_text(setup, table[i].text);
        end_text(setup, table[i].writes ? NULL : table[i].text);
        assert_non_null(strstr(setup->wire.text, table[i].sent));
    }
}

static void test_a_coding_that_is_declared_is_not_declared_again(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    response_set_header(&setup->response, "Transfer-Encoding", "Chunked",
                        &error);
    end_text(setup, "hello");
    assert_string_equal(setup->wire.text,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                        "5\r\nhello\r\n0\r\n\r\n");
}

static void assert_bodiless(struct setup *setup)
{
    write_text(setup, "hello");
    assert_int_equal(setup->wire.length, 0); /* the head waits for the end */
    end_text(setup, "world");
    assert_null(strstr(setup->wire.text, "Transfer-Encoding"));
    assert_string_equal(strstr(setup->wire.text, "\r\n\r\n"), "\r\n\r\n");
}

static void test_204_and_304_have_no_body(void **state)
{
    struct setup *setup = *state;

    setup->response.status = 204;
    assert_bodiless(setup);
    tear_down(state);
    set_up(state);
    setup = *state;
    setup->response.status = 304;
    assert_bodiless(setup);
}

static void test_head_has_no_body(void **state)
{
    struct setup *setup = *state;

    setup->response.is_head = true;
    assert_bodiless(setup);
}

static void test_a_status_after_the_head_changes_nothing(void **state)
{
    struct setup *setup = *state;

    write_text(setup, "x");
    setup->response.status = 204;
    end_text(setup, NULL);
    assert_string_equal(setup->wire.text,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "1\r\nx\r\n0\r\n\r\n");
}

static void test_a_second_end_does_nothing(void **state)
{
    struct setup *setup = *state;
    size_t length;

    end_text(setup, "a");
    length = setup->wire.length;
    end_text(setup, "b");
    write_text(setup, "c");
    assert_int_equal(setup->wire.length, length);
}

static void test_setting_a_header_replaces_and_adding_does_not(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    response_set_header(&setup->response, "X-A", "1", &error);
    response_set_header(&setup->response, "x-a", "2", &error);
    response_add_header(&setup->response, "Set-Cookie", "a=1");
    response_add_header(&setup->response, "Set-Cookie", "b=2");
    end_text(setup, NULL);
    assert_string_equal(setup->wire.text,
                        "HTTP/1.1 200 OK\r\nx-a: 2\r\nSet-Cookie: a=1\r\n"
                        "Set-Cookie: b=2\r\nContent-Length: 0\r\n\r\n");
}

static void assert_refused(struct setup *setup, const char *name,
                           const char *value, const char *code)
{
    struct js_error error;

    assert_int_equal(response_set_header(&setup->response, name, value, &error),
                     -1);
    assert_string_equal(error.code, code);
}

static void test_a_header_that_would_break_the_head_is_refused(void **state)
{
    struct setup *setup = *state;

    assert_refused(setup, "X-A", "a\r\nB: c", "ERR_INVALID_CHAR");
    assert_refused(setup, "X-A", "\x7f", "ERR_INVALID_CHAR");
    assert_refused(setup, "X-A", "\u65e5", "ERR_INVALID_CHAR");
    assert_refused(setup, "X A", "a", "ERR_INVALID_HTTP_TOKEN");
    assert_refused(setup, "X:", "a", "ERR_INVALID_HTTP_TOKEN");
    assert_refused(setup, "", "a", "ERR_INVALID_HTTP_TOKEN");
    write_text(setup, "x");
    assert_refused(setup, "X-A", "a", "ERR_HTTP_HEADERS_SENT");
}

static void test_a_header_goes_out_as_latin1(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    response_set_header(&setup->response, "Location", "/\u00e9\t\u00ff",
                        &error);
    end_text(setup, NULL);
    assert_non_null(strstr(setup->wire.text, "Location: /\xe9\t\xff\r\n"));
}

static int hear(void *arg, struct js_error *error)
{
    struct setup *setup = arg;

    (void)error;
    setup->heard++;
    return response_set_header(&setup->response, "X-Late", "1", error);
}

static void test_the_listener_runs_once_before_the_head(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    setup->response.on_head = hear;
    setup->response.on_head_arg = setup;
    assert_int_equal(response_build_head(&setup->response, &error), 0);
    assert_int_equal(setup->wire.length, 0);
    write_text(setup, "x");
    end_text(setup, NULL);
    assert_int_equal(setup->heard, 1);
    assert_non_null(strstr(setup->wire.text, "X-Late: 1\r\n"));
}

static int refuse(void *arg, struct js_error *error)
{
    (void)arg;
    return js_throw(error, "TypeError", "no");
}

static void test_a_listener_that_throws_sends_nothing(void **state)
{
    struct setup *setup = *state;
    struct js_error error;

    setup->response.on_head = refuse;
    assert_int_equal(response_write(&setup->response, "x", 1, &error), -1);
    assert_string_equal(error.message, "no");
    assert_int_equal(setup->wire.length, 0);
    assert_false(setup->response.built);
    end_text(setup, "later"); /* it does not run again */
    assert_non_null(strstr(setup->wire.text, "\r\n\r\nlater"));
}

static void test_a_client_that_is_gone_is_not_written_to_again(void **state)
{
    struct setup *setup = *state;

    setup->wire.broken = true;
    write_text(setup, "x");
    write_text(setup, "y");
    end_text(setup, "z");
    assert_true(setup->response.gone);
    assert_int_equal(setup->wire.writes, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_body_in_one_piece_has_its_length),
        TEST(test_no_body_has_a_length_of_nothing),
        TEST(test_a_body_in_pieces_is_chunked),
        TEST(test_a_declared_length_is_not_chunked),
        TEST(test_a_head_is_utf8_with_a_text_and_latin1_without),
        TEST(test_a_coding_that_is_declared_is_not_declared_again),
        TEST(test_204_and_304_have_no_body),
        TEST(test_head_has_no_body),
        TEST(test_a_status_after_the_head_changes_nothing),
        TEST(test_a_second_end_does_nothing),
        TEST(test_setting_a_header_replaces_and_adding_does_not),
        TEST(test_a_header_that_would_break_the_head_is_refused),
        TEST(test_a_header_goes_out_as_latin1),
        TEST(test_the_listener_runs_once_before_the_head),
        TEST(test_a_listener_that_throws_sends_nothing),
        TEST(test_a_client_that_is_gone_is_not_written_to_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
