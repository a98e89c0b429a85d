/* test_http.c: what goes over the wire, and what is made of what comes back */
#include "../http.h"
#include "fake_server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum after { KEEP, CLOSE, HANG };

/* What the server answers, one a request. */
struct answer {
    const char *text;
    enum after after;
};

struct server {
    int fd;
    unsigned port;
    pthread_t thread;
    const struct answer *answers;
    size_t count;
    char requests[8][4096]; /* as they came */
    size_t request_count, connection_count;
    char base[64];
    struct http_pool *pool;
    struct http_client *client;
    struct http_reply reply;
};

static void *serve(void *arg)
{
    struct server *server = arg;
    size_t done = 0;

    while (done < server->count) {
        int fd = accept(server->fd, NULL, NULL);
        enum after after = KEEP;
        if (fd < 0)
            return NULL;
        server->connection_count++;
        while (after == KEEP && done < server->count &&
               fake_read(fd, server->requests[done], 4096)) {
            server->request_count++;
            fake_write(fd, server->answers[done].text);
            after = server->answers[done++].after;
        }
        if (after == HANG) { /* until the client goes away */
            char rest[16];
            while (recv(fd, rest, sizeof rest, 0) > 0)
                ;
        }
        close(fd);
    }
    return NULL;
}

static void start(struct server *server, const struct answer *answers,
                  size_t count)
{
    memset(server, 0, sizeof *server);
    server->answers = answers;
    server->count = count;
    server->fd = fake_listen(&server->port);
    snprintf(server->base, sizeof server->base, "http://127.0.0.1:%u",
             server->port);
    server->pool = http_pool_new();
    server->client = http_pool_take(server->pool);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    http_reply_clear(&server->reply);
    http_pool_give(server->pool, server->client);
    http_pool_free(server->pool);
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->fd);
}

#define START(server, ...)                                                     \
    const struct answer answers[] = { __VA_ARGS__ };                           \
    start(&(server), answers, sizeof answers / sizeof *answers)

static void ask(struct server *server, struct http_request request)
{
    request.base = server->base;
    if (!request.method)
        request.method = "GET";
    if (!request.target)
        request.target = "/";
    if (!request.timeout_ms)
        request.timeout_ms = 10000;
    http_send(server->client, &request, &server->reply);
}

static void ask_target(struct server *server, const char *target)
{
    ask(server, (struct http_request){ .target = target });
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void test_the_target_is_sent_as_it_stands(void **state)
{
    static const char *const targets[] = { "/a/../b/./c?x=%00&y=%zz#no",
                                           "http://other.example/foo", "*" };
    struct server server;
    START(server, { OK, KEEP }, { OK, KEEP }, { OK, CLOSE });

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char line[128];
        ask_target(&server, targets[i]);
        assert_int_equal(server.reply.transport, HTTP_OK);
        snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n", targets[i]);
        assert_memory_equal(server.requests[i], line, strlen(line));
    }
    assert_int_equal(server.connection_count, 1);
    stop(&server);
}

static void test_no_header_is_sent_unasked(void **state)
{
    struct server server;
    char expected[256];
    START(server, { OK, KEEP }, { OK, CLOSE });

    (void)state;
    ask_target(&server, "/");
    snprintf(expected, sizeof expected,
             "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n\r\n",
             server.port);
    assert_string_equal(server.requests[0], expected);
    ask(&server, (struct http_request){
                     .method = "POST", .body = "x=1", .body_length = 3 });
    snprintf(expected, sizeof expected,
             "POST / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n"
             "Content-Length: 3\r\n\r\nx=1",
             server.port);
    assert_string_equal(server.requests[1], expected);
    stop(&server);
}

static void test_headers_are_sent_as_given(void **state)
{
    struct server server;
    struct http_headers headers = { NULL, 0, 0 };
    START(server, { OK, CLOSE });

    (void)state;
    http_headers_add(&headers, "X-One", "1");
    http_headers_add(&headers, "Cookie", "a=b; c=\"d\"");
    http_headers_add(&headers, "x-empty", "");
    http_headers_add(&headers, "Cookie", "e=f");
    http_headers_add(&headers, "Content-Type", "text/x");
    ask(&server, (struct http_request){ .headers = &headers });
    assert_non_null(strstr(server.requests[0],
                           "X-One: 1\r\nCookie: a=b; c=\"d\"\r\nx-empty:\r\n"
                           "Cookie: e=f\r\nContent-Type: text/x\r\n"));
    http_headers_clear(&headers);
    stop(&server);
}

static void test_any_method_may_have_a_body(void **state)
{
    static const char *const methods[] = { "GET", "PURGE", "DELETE" };
    struct server server;
    START(server, { OK, KEEP }, { OK, KEEP }, { OK, CLOSE });

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ask(&server, (struct http_request){ .method = methods[i],
                                            .body = "body",
                                            .body_length = 4 });
        assert_int_equal(server.reply.transport, HTTP_OK);
        assert_memory_equal(server.requests[i], methods[i], strlen(methods[i]));
        assert_non_null(strstr(server.requests[i], "\r\n\r\nbody"));
    }
    stop(&server);
}

static void test_answers_without_a_body_end_at_their_head(void **state)
{
    struct server server;
    START(server, { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", KEEP },
          { "HTTP/1.1 100 Continue\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            KEEP },
          { "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", KEEP },
          { "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", KEEP },
          { OK, CLOSE });

    (void)state;
    ask(&server, (struct http_request){ .method = "HEAD" });
    assert_int_equal(server.reply.transport, HTTP_OK);
    assert_string_equal(
        http_headers_get(&server.reply.headers, "content-length"), "9");
    ask(&server, (struct http_request){
                     .method = "HEAD", .body = "b", .body_length = 1 });
    assert_int_equal(server.reply.transport, HTTP_OK);
    assert_int_equal(server.reply.status, 200);
    assert_string_equal(
        http_headers_get(&server.reply.headers, "content-length"), "9");
    assert_non_null(strstr(server.requests[1], "\r\n\r\nb"));
    ask_target(&server, "/204");
    assert_int_equal(server.reply.status, 204);
    ask_target(&server, "/304");
    assert_int_equal(server.reply.status, 304);
    assert_int_equal(server.reply.body_length, 0);
    ask_target(&server, "/200");
    assert_string_equal(server.reply.body, "ok");
    /* A HEAD with a body costs the connection; nothing else does. */
    assert_int_equal(server.connection_count, 2);
    stop(&server);
}

static void test_repeated_headers_come_in_their_order(void **state)
{
    struct server server;
    START(server, { "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX:  y \r\n"
                    "set-cookie: b=2\r\nEmpty:\r\nContent-Length: 0\r\n\r\n",
                    CLOSE });
    struct http_headers *headers = &server.reply.headers;

    (void)state;
    ask_target(&server, "/");
    assert_int_equal(headers->count, 5);
    assert_string_equal(headers->list[0].value, "a=1");
    assert_string_equal(headers->list[1].value, "y");
    assert_string_equal(headers->list[2].name, "set-cookie");
    assert_string_equal(headers->list[3].value, "");
    assert_string_equal(http_headers_get(headers, "SET-COOKIE"), "a=1");
    stop(&server);
}

static void test_neither_a_100_nor_a_trailer_is_the_head(void **state)
{
    struct server server;
    START(server, { "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n0\r\nSet-Cookie: late=1\r\n\r\n",
                    CLOSE });

    (void)state;
    ask_target(&server, "/");
    assert_int_equal(server.reply.status, 200);
    assert_string_equal(server.reply.body, "abc");
    assert_null(http_headers_get(&server.reply.headers, "x-early"));
    assert_null(http_headers_get(&server.reply.headers, "set-cookie"));
    stop(&server);
}

static void test_a_redirect_is_not_followed(void **state)
{
    struct server server;
    START(server, { "HTTP/1.1 302 Found\r\nLocation: /next\r\n"
                    "Content-Length: 0\r\n\r\n",
                    CLOSE });

    (void)state;
    ask_target(&server, "/");
    assert_int_equal(server.reply.status, 302);
    assert_int_equal(server.request_count, 1);
    stop(&server);
}

static void test_an_answer_cut_short_is_a_reset_with_what_came(void **state)
{
    struct server server;
    START(server,
          { "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 9\r\n\r\nabc", CLOSE });

    (void)state;
    ask_target(&server, "/");
    assert_int_equal(server.reply.transport, HTTP_RESET);
    assert_int_equal(server.reply.status, 200);
    assert_string_equal(server.reply.body, "abc");
    assert_int_equal(server.reply.body_length, 3);
    assert_string_not_equal(server.reply.error, "");
    stop(&server);
}

/* libcurl alone would send it again, on a new connection. */
static void test_a_request_is_never_sent_twice(void **state)
{
    struct server server;
    START(server, { OK, KEEP }, { "", CLOSE }, { OK, CLOSE });

    (void)state;
    ask_target(&server, "/first");
    assert_int_equal(server.reply.transport, HTTP_OK);
    ask_target(&server, "/second");
    assert_int_equal(server.reply.transport, HTTP_RESET);
    assert_int_equal(server.reply.status, 0);
    assert_string_equal(server.reply.body, "");
    ask_target(&server, "/third");
    assert_int_equal(server.reply.transport, HTTP_OK);
    assert_memory_equal(server.requests[2], "GET /third", 10);
    stop(&server);
}

static void test_nobody_there_is_refused(void **state)
{
    struct server server;
    unsigned port;
    START(server, { OK, CLOSE });

    (void)state;
    close(fake_listen(&port));
    snprintf(server.base, sizeof server.base, "http://127.0.0.1:%u", port);
    ask_target(&server, "/");
    assert_int_equal(server.reply.transport, HTTP_REFUSED);
    assert_non_null(server.reply.body);
    assert_string_not_equal(server.reply.error, "");
    stop(&server);
}

static void test_a_late_answer_is_a_timeout(void **state)
{
    struct server server;
    START(server, { "HTTP/1.1 200 OK\r\n", HANG });

    (void)state;
    ask(&server, (struct http_request){ .timeout_ms = 50 });
    assert_int_equal(server.reply.transport, HTTP_TIMEOUT);
    assert_true(server.reply.ended - server.reply.started >= 0.05);
    stop(&server);
}

static void test_who_is_in_a_hurry_waits_no_longer(void **state)
{
    struct server server;
    START(server, { "", HANG });

    (void)state;
    http_pool_hurry(server.pool);
    ask(&server, (struct http_request){ .timeout_ms = 60000 });
    assert_int_equal(server.reply.transport, HTTP_TIMEOUT);
    assert_true(server.reply.ended - server.reply.started < 10);
    stop(&server);
}

static void test_a_garbled_answer_is_a_reset(void **state)
{
    struct server server;
    START(server, { "SSH-2.0-OpenSSH_9.2\r\n", CLOSE });

    (void)state;
    ask_target(&server, "/");
    assert_int_equal(server.reply.transport, HTTP_RESET);
    stop(&server);
}

static void test_headers_without_end_are_a_reset(void **state)
{
    struct server server;
    size_t size = 5000 * 8 + 64;
    char *text = calloc(1, size);
    struct answer answer = { text, CLOSE };

    (void)state;
    snprintf(text, size, "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < 5000; i++)
        memcpy(text + 17 + i * 6, "A: b\r\n", 6);
    memcpy(text + 17 + (size_t)5000 * 6, "\r\n", 2);
    start(&server, &answer, 1);
    ask_target(&server, "/");
    assert_int_equal(server.reply.transport, HTTP_RESET);
    assert_string_equal(server.reply.error, "there are too many headers");
    stop(&server);
    free(text);
}

static void test_the_environments_proxy_is_not_used(void **state)
{
    struct server server;
    START(server, { OK, CLOSE });

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    ask_target(&server, "/");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    assert_int_equal(server.reply.transport, HTTP_OK);
    stop(&server);
}

static void test_after_forgetting_a_new_connection_is_made(void **state)
{
    struct server server;
    START(server, { OK, CLOSE }, { OK, CLOSE });

    (void)state;
    ask_target(&server, "/");
    http_pool_forget(server.pool);
    ask_target(&server, "/");
    assert_int_equal(server.reply.transport, HTTP_OK);
    assert_int_equal(server.connection_count, 2);
    stop(&server);
}

static void test_a_client_given_back_is_taken_again(void **state)
{
    struct http_pool *pool = http_pool_new();
    struct http_client *one = http_pool_take(pool);
    struct http_client *two = http_pool_take(pool);

    (void)state;
    assert_ptr_not_equal(one, two);
    http_pool_give(pool, one);
    assert_ptr_equal(http_pool_take(pool), one);
    http_pool_give(pool, one);
    http_pool_give(pool, two);
    http_pool_free(pool);
}

static void count_head(void *arg)
{
    ++*(int *)arg;
}

static void test_a_head_is_told_of_before_the_rest_has_come(void **state)
{
    struct server server;
    int heads = 0;
    START(server,
          { "HTTP/1.1 100 Continue\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal",
            HANG },
          { "HTTP/1.1 204 No Content\r\n\r\n", KEEP },
          { "HTTP/1.1 200 OK\r\nX-Half: of a he", CLOSE });

    (void)state;
    ask(&server, (struct http_request){ .timeout_ms = 300,
                                        .on_head = count_head,
                                        .on_head_arg = &heads });
    assert_int_equal(server.reply.transport, HTTP_TIMEOUT);
    assert_int_equal(heads, 1);
    ask(&server,
        (struct http_request){ .on_head = count_head, .on_head_arg = &heads });
    assert_int_equal(heads, 2);
    ask(&server,
        (struct http_request){ .on_head = count_head, .on_head_arg = &heads });
    assert_int_equal(heads, 2);
    stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_target_is_sent_as_it_stands),
        cmocka_unit_test(test_no_header_is_sent_unasked),
        cmocka_unit_test(test_headers_are_sent_as_given),
        cmocka_unit_test(test_any_method_may_have_a_body),
        cmocka_unit_test(test_answers_without_a_body_end_at_their_head),
        cmocka_unit_test(test_repeated_headers_come_in_their_order),
        cmocka_unit_test(test_neither_a_100_nor_a_trailer_is_the_head),
        cmocka_unit_test(test_a_redirect_is_not_followed),
        cmocka_unit_test(test_an_answer_cut_short_is_a_reset_with_what_came),
        cmocka_unit_test(test_a_request_is_never_sent_twice),
        cmocka_unit_test(test_nobody_there_is_refused),
        cmocka_unit_test(test_a_late_answer_is_a_timeout),
        cmocka_unit_test(test_who_is_in_a_hurry_waits_no_longer),
        cmocka_unit_test(test_a_garbled_answer_is_a_reset),
        cmocka_unit_test(test_headers_without_end_are_a_reset),
        cmocka_unit_test(test_the_environments_proxy_is_not_used),
        cmocka_unit_test(test_after_forgetting_a_new_connection_is_made),
        cmocka_unit_test(test_a_client_given_back_is_taken_again),
        cmocka_unit_test(test_a_head_is_told_of_before_the_rest_has_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
