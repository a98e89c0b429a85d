/* test_fuzz_compare.c: what counts as a difference, and where it is found */
#include "../fuzz_compare.h"

#include "../fuzz_see.h"
#include "../http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(value);
    return value;
}

/* Two observations of the same step, compared: the path, or "". */
static const char *path_of(const char *verb, const char *one, const char *other)
{
    static char path[sizeof((struct fuzz_difference *)0)->path];
    struct fuzz_difference difference;
    json_t *scenario = json_pack("{s:[{s:s}]}", "steps", verb, "x");
    json_t *a =
        json_pack("{s:{s:i},s:[o]}", "made", "status", 201, "steps", json(one));
    json_t *b = json_pack("{s:{s:i},s:[o]}", "made", "status", 201, "steps",
                          json(other));

    path[0] = '\0';
    if (fuzz_compare(a, b, scenario, &difference)) {
        assert_int_equal(difference.step, 0);
        memcpy(path, difference.path, sizeof path);
    }
    fuzz_difference_clear(&difference);
    json_decref(a);
    json_decref(b);
    json_decref(scenario);
    return path;
}

static void test_what_is_the_same_does_not_differ(void **state)
{
    const char *step = "{\"status\":200,\"answer\":{\"session\":{\"a\":[1]}}}";

    (void)state;
    assert_string_equal(path_of("request", step, step), "");
}

static void test_a_difference_is_found_where_it_is(void **state)
{
    (void)state;
    assert_string_equal(
        path_of("request",
                "{\"calls\":[{\"op\":\"set\",\"session\":{\"n\":1}}]}",
                "{\"calls\":[{\"op\":\"set\",\"session\":{\"n\":2}}]}"),
        "request.calls.set.session.n");
    assert_string_equal(path_of("store", "{\"answer\":{\"length\":1}}",
                                "{\"answer\":{\"length\":2}}"),
                        "store.answer.length");
}

static void test_other_calls_differ_as_a_list(void **state)
{
    (void)state;
    assert_string_equal(
        path_of("request", "{\"calls\":[{\"op\":\"get\"},{\"op\":\"set\"}]}",
                "{\"calls\":[{\"op\":\"get\"},{\"op\":\"touch\"}]}"),
        "request.calls");
}

static void test_a_missing_member_differs_on_either_side(void **state)
{
    (void)state;
    assert_string_equal(
        path_of("request", "{\"answer\":{\"a\":1}}", "{\"answer\":{}}"),
        "request.answer.a");
    assert_string_equal(
        path_of("request", "{\"answer\":{}}", "{\"answer\":{\"a\":null}}"),
        "request.answer.a");
}

static void test_the_order_of_members_counts(void **state)
{
    (void)state;
    assert_string_equal(path_of("request", "{\"answer\":{\"a\":1,\"b\":2}}",
                                "{\"answer\":{\"b\":2,\"a\":1}}"),
                        "request.answer.(order)");
}

static void test_the_text_tells_what_the_values_do_not(void **state)
{
    (void)state;
    assert_string_equal(path_of("request", "{\"answer\":1,\"text\":\"1.0\"}",
                                "{\"answer\":1,\"text\":\"1\"}"),
                        "request.text");
}

static void test_an_engines_words_and_their_length_do_not_differ(void **state)
{
    (void)state;
    assert_string_equal(
        path_of("request",
                "{\"answer\":{\"error\":{\"name\":\"TypeError\","
                "\"message\":\"no\"}},\"headers\":{\"content-length\":\"9\"},"
                "\"text\":\"a\"}",
                "{\"answer\":{\"error\":{\"name\":\"TypeError\",\"message\":"
                "\"Cannot read properties of undefined\"}},"
                "\"headers\":{\"content-length\":\"99\"},\"text\":\"b\"}"),
        "");
    assert_string_equal(
        path_of("request",
                "{\"answer\":{\"error\":{\"name\":\"Error\","
                "\"message\":\"Cannot a\"}}}",
                "{\"answer\":{\"error\":{\"name\":\"TypeError\",\"message\":"
                "\"Cannot b\"}}}"),
        "request.answer.error.name");
}

static void test_words_that_are_no_engines_differ(void **state)
{
    (void)state;
    assert_string_equal(
        path_of("request", "{\"answer\":{\"error\":{\"message\":\"boom\"}}}",
                "{\"answer\":{\"error\":{\"message\":\"bang\"}}}"),
        "request.answer.error.message");
}

/* ------------------------------------------------------------- random IDs */

#define SID_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SID_B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB-_"

static void test_random_ids_become_numbers_in_their_order(void **state)
{
    json_t *seen = json("[\"" SID_B "\",\"x=s%3A" SID_A ".sig\",\"" SID_B
                        "A\",{\"sid\":\"" SID_B "\"}]");
    json_t *want = json("[\"(sid 1)\",\"x=s%3A(sid 2).sig\",\"" SID_B
                        "A\",{\"sid\":\"(sid 1)\"}]");
    json_t *shown = fuzz_see_sids(seen);

    (void)state;
    assert_true(json_equal(shown, want));
    json_decref(shown);
    json_decref(want);
    json_decref(seen);
}

static void test_a_trace_is_dealt_out_to_the_requests(void **state)
{
    json_t *seen = json("{\"steps\":[{\"calls\":[]},{},{\"calls\":[]}],"
                        "\"events\":[]}");
    json_t *trace =
        json("{\"events\":[{\"n\":1,\"request\":\"r2\",\"op\":\"get\","
             "\"sid\":\"a\",\"outcome\":\"miss\"},"
             "{\"n\":2,\"event\":\"error\",\"text\":\"boom\"},"
             "{\"request\":\"r0\",\"op\":\"set\",\"sid\":\"a\",\"n\":3,"
             "\"session\":{\"u\":1,\"cookie\":{}},\"outcome\":\"ok\"}]}");
    json_t *want =
        json("{\"steps\":[{\"calls\":[{\"op\":\"set\",\"sid\":\"a\","
             "\"session\":{\"cookie\":{},\"u\":1},\"outcome\":\"ok\"}]},{},"
             "{\"calls\":[{\"op\":\"get\",\"sid\":\"a\","
             "\"outcome\":\"miss\"}]}],"
             "\"events\":[{\"event\":\"error\",\"text\":\"boom\"}]}");

    (void)state;
    fuzz_see_trace(seen, trace);
    assert_true(json_equal(seen, want));
    json_decref(want);
    json_decref(trace);
    json_decref(seen);
}

static void test_what_only_node_can_tell_is_not_compared(void **state)
{
    json_t *seen = json("{\"steps\":[],\"events\":[]}");
    json_t *trace = json("{\"events\":[{\"n\":1,\"event\":\"thrown\"},"
                         "{\"n\":2,\"event\":\"uncaught-exception\"}]}");

    (void)state;
    fuzz_see_trace(seen, trace);
    assert_int_equal(json_array_size(json_object_get(seen, "events")), 0);
    json_decref(trace);
    json_decref(seen);
}

static void test_numbers_are_the_same_however_they_were_read(void **state)
{
    const char *text = "{\"a\":1500,\"b\":100000000000000000000,"
                       "\"c\":9007199254740992,\"d\":9223372036854776000}";
    const char *plain = "{\"c\":9007199254740992,\"d\":9007199254740994}";
    json_t *value = fuzz_see_json(text, strlen(text));
    json_t *other = fuzz_see_json(plain, strlen(plain));

    (void)state;
    assert_true(json_is_integer(json_object_get(value, "a")));
    assert_true(json_is_real(json_object_get(value, "b")));
    assert_true(
        json_equal(json_object_get(value, "c"), json_object_get(other, "c")));
    assert_true(json_is_real(json_object_get(value, "d")));
    assert_true(json_is_real(json_object_get(other, "d")));
    json_decref(other);
    json_decref(value);
    assert_null(fuzz_see_json("{", 1));
}

static const char *path_of_parallel(const char *one, const char *other)
{
    static char path[sizeof((struct fuzz_difference *)0)->path];
    struct fuzz_difference difference;
    json_t *scenario = json("{\"steps\":[{\"parallel\":{\"requests\":["
                            "{\"request\":\"GET /\"},"
                            "{\"request\":\"HEAD /\"}]}}]}");
    json_t *a = json_pack("{s:{},s:[o]}", "made", "steps", json(one));
    json_t *b = json_pack("{s:{},s:[o]}", "made", "steps", json(other));

    path[0] = '\0';
    if (fuzz_compare(a, b, scenario, &difference))
        memcpy(path, difference.path, sizeof path);
    fuzz_difference_clear(&difference);
    json_decref(a);
    json_decref(b);
    json_decref(scenario);
    return path;
}

static void test_each_of_several_at_once_is_compared(void **state)
{
    static const char one[] = "{\"calls\":[],\"replies\":["
                              "{\"status\":200},"
                              "{\"status\":500,\"headers\":{\"a\":1}}]}";

    (void)state;
    assert_string_equal(path_of_parallel(one, one), "");
    assert_string_equal(
        path_of_parallel(one, "{\"calls\":[],\"replies\":[{\"status\":200},"
                              "{\"status\":500,\"headers\":{\"a\":2}}]}"),
        ""); /* of a HEAD that failed: its words are not there to be seen */
    assert_string_equal(
        path_of_parallel(one, "{\"calls\":[],\"replies\":[{\"status\":200},"
                              "{\"status\":501}]}"),
        "request.status");
    assert_string_equal(
        path_of_parallel(one, "{\"calls\":[{\"op\":\"get\"}],\"replies\":["
                              "{\"status\":200},{\"status\":500}]}"),
        "request.calls");
}

static void test_a_header_is_read_as_latin1(void **state)
{
    struct http_reply reply = { .transport = HTTP_OK, .status = 200 };
    json_t *narrow, *wide;

    (void)state;
    reply.body = strdup("{}");
    reply.body_length = 2;
    http_headers_add(&reply.headers, "x-a", "\xe9");
    narrow = fuzz_see_reply(&reply, NULL);
    http_headers_clear(&reply.headers);
    http_headers_add(&reply.headers, "x-a", "\xc3\xa9");
    wide = fuzz_see_reply(&reply, NULL);
    assert_false(json_equal(narrow, wide));
    http_reply_clear(&reply);
    json_decref(narrow);
    json_decref(wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_the_same_does_not_differ),
        cmocka_unit_test(test_a_difference_is_found_where_it_is),
        cmocka_unit_test(test_other_calls_differ_as_a_list),
        cmocka_unit_test(test_a_missing_member_differs_on_either_side),
        cmocka_unit_test(test_the_order_of_members_counts),
        cmocka_unit_test(test_the_text_tells_what_the_values_do_not),
        cmocka_unit_test(test_an_engines_words_and_their_length_do_not_differ),
        cmocka_unit_test(test_words_that_are_no_engines_differ),
        cmocka_unit_test(test_random_ids_become_numbers_in_their_order),
        cmocka_unit_test(test_a_trace_is_dealt_out_to_the_requests),
        cmocka_unit_test(test_what_only_node_can_tell_is_not_compared),
        cmocka_unit_test(test_numbers_are_the_same_however_they_were_read),
        cmocka_unit_test(test_each_of_several_at_once_is_compared),
        cmocka_unit_test(test_a_header_is_read_as_latin1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
