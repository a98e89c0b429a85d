/* test_control_store.c: operations straight on a store, past the middleware */
#include "../control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"

static int set_up(void **state)
{
    *state = apps_new(NULL);
    put_app(*state, "a", "{'options':{'secret':'cat'},'clock':1700000000000}");
    return 0;
}

static int tear_down(void **state)
{
    apps_free(*state);
    return 0;
}

static int take_all(void *arg, const char *bytes, size_t length)
{
    FILE *to = arg;

    return fwrite(bytes, 1, length, to) == length ? 0 : -1;
}

/* The answer to the operation, which is to have the status 200. */
static json_t *operate(struct apps *apps, const char *operation)
{
    json_t *body = json_of(operation), *answer;
    char *text = json_dumps(body, JSON_COMPACT), *sent = NULL;
    size_t size;
    FILE *to = open_memstream(&sent, &size);
    const struct control_about about = { .version = "test" };
    struct request request = { .method = "POST",
                               .target = "/_spec/apps/a/store",
                               .body = text,
                               .body_length = strlen(text) };
    struct response response;

    response_init(&response, false, take_all, to);
    control_run(apps, &about, &request, &response);
    response_clear(&response);
    assert_int_equal(fclose(to), 0);
    assert_memory_equal(sent, "HTTP/1.1 200 ", 13);
    answer = json_loads(strstr(sent, "\r\n\r\n") + 4, 0, NULL);
    json_object_del(answer, "shape");
    json_decref(body);
    free(text);
    free(sent);
    return answer;
}

static void assert_operation(struct apps *apps, const char *operation,
                             const char *expected)
{
    json_t *answer = operate(apps, operation);

    assert_json(answer, expected);
    json_decref(answer);
}

static void test_what_is_no_object_comes_back_as_it_was_set_raw(void **state)
{
    assert_operation(*state, "{'op':'set','sid':'s','raw':true,'session':[1]}",
                     "{}");
    assert_operation(*state, "{'op':'get','sid':'s'}", "{'session':[1]}");
    assert_operation(*state, "{'op':'set','sid':'s','raw':true,'session':'x'}",
                     "{}");
    assert_operation(*state, "{'op':'all'}",
                     "{'sessions':[{'sid':'s','session':'x'}]}");
}

static void test_a_scalar_takes_no_cookie(void **state)
{
    static const char touch[] = "{'op':'touch','sid':'s','session':{}}";
    json_t *answer;

    assert_operation(*state, "{'op':'set','sid':'s','raw':true,'session':'x'}",
                     "{}");
    answer = operate(*state, touch);
    assert_string_equal(text_of(json_object_get(answer, "error"), "message"),
                        "Cannot create property 'cookie' on string 'x'");
    json_decref(answer);
    assert_operation(*state, "{'op':'set','sid':'s','raw':true,'session':[]}",
                     "{}");
    assert_operation(*state, touch, "{}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_no_object_comes_back_as_it_was_set_raw),
        TEST(test_a_scalar_takes_no_cookie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
