/* test_jsdate.c: JavaScript's Date to text and back
 *
 * The tables hold what Node 20 answered.
 */
#include "../jsdate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct date {
    const char *text;
    double ms;
};

static void assert_parses(const struct date *date)
{
    double ms = jsdate_parse(date->text);

    if (ms != date->ms)
        fail_msg("\"%s\" gave %.17g, not %.17g", date->text, ms, date->ms);
}

static void test_dates_are_written_as_node_writes_them(void **state)
{
    static const struct {
        double ms;
        const char *iso, *http;
    } table[] = {
        { 0.0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { -1.0, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT" },
        { 1700000000000.0, "2023-11-14T22:13:20.000Z",
          "Tue, 14 Nov 2023 22:13:20 GMT" },
        { 999.0, "1970-01-01T00:00:00.999Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { -62198755200000.0, "-000001-01-01T00:00:00.000Z",
          "Fri, 01 Jan -0001 00:00:00 GMT" },
        { -62167219200000.0, "0000-01-01T00:00:00.000Z",
          "Sat, 01 Jan 0000 00:00:00 GMT" },
        { -62167219200001.0, "-000001-12-31T23:59:59.999Z",
          "Fri, 31 Dec -0001 23:59:59 GMT" },
        { 253402300799999.0, "9999-12-31T23:59:59.999Z",
          "Fri, 31 Dec 9999 23:59:59 GMT" },
        { 253402300800000.0, "+010000-01-01T00:00:00.000Z",
          "Sat, 01 Jan 10000 00:00:00 GMT" },
        { 8640000000000000.0, "+275760-09-13T00:00:00.000Z",
          "Sat, 13 Sep 275760 00:00:00 GMT" },
        { -8640000000000000.0, "-271821-04-20T00:00:00.000Z",
          "Tue, 20 Apr -271821 00:00:00 GMT" },
        { 951782400000.0, "2000-02-29T00:00:00.000Z",
          "Tue, 29 Feb 2000 00:00:00 GMT" },
        { 1709164800000.0, "2024-02-29T00:00:00.000Z",
          "Thu, 29 Feb 2024 00:00:00 GMT" },
        { 4107542400000.0, "2100-03-01T00:00:00.000Z",
          "Mon, 01 Mar 2100 00:00:00 GMT" },
        { 1.9, "1970-01-01T00:00:00.001Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { -1.9, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char iso[JSDATE_ISO_SIZE], http[JSDATE_HTTP_SIZE];
        assert_true(jsdate_iso(table[i].ms, iso));
        assert_true(jsdate_http(table[i].ms, http));
        assert_string_equal(iso, table[i].iso);
        assert_string_equal(http, table[i].http);
    }
}

static void test_what_no_date_can_be_has_no_text(void **state)
{
    static const double table[] = { (double)NAN,       (double)INFINITY,
                                    -(double)INFINITY, JSDATE_MAX + 1,
                                    -JSDATE_MAX - 1,   1e300 };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char iso[JSDATE_ISO_SIZE], http[JSDATE_HTTP_SIZE];
        assert_false(jsdate_iso(table[i], iso));
        assert_false(jsdate_http(table[i], http));
        assert_string_equal(iso, "");
        assert_string_equal(http, "");
    }
}

static void test_texts_with_a_zone_are_read_as_node_reads_them(void **state)
{
    static const struct date table[] = {
        { "1970-01-01T00:00:00.000Z", 0.0 },
        { "2023-11-14T22:13:20.000Z", 1700000000000.0 },
        { "2023-11-14T22:13:20Z", 1700000000000.0 },
        { "2023-11-14T22:13Z", 1699999980000.0 },
        { "2023-11-14T22:13:20.1Z", 1700000000100.0 },
        { "2023-11-14T22:13:20.1239999Z", 1700000000123.0 },
        { "2023-11-14t22:13:20z", 1700000000000.0 },
        { "2023-11-14T22:13:20+05:30", 1699980200000.0 },
        { "2023-11-14T22:13:20-0800", 1700028800000.0 },
        { "2023-11-14", 1699920000000.0 },
        { "2023-11", 1698796800000.0 },
        { "2023", 1672531200000.0 },
        { "2023T10:00Z", 1672567200000.0 },
        { "2023-11T10:00Z", 1698832800000.0 },
        { "2023-02-30", 1677715200000.0 },
        { "2024-02-29T24:00Z", 1709251200000.0 },
        { "+275760-09-13T00:00:00.000Z", 8640000000000000.0 },
        { "-271821-04-20T00:00:00.000Z", -8640000000000000.0 },
        { "-000001-01-01T00:00:00Z", -62198755200000.0 },
        { "0000-01-01", -62167219200000.0 },
        { "2023-11-14 22:13:20Z", 1700000000000.0 },
        { "Tue, 14 Nov 2023 22:13:20 GMT", 1700000000000.0 },
        { "14 Nov 2023 22:13:20 GMT", 1700000000000.0 },
        { "tuesday, 14 november 2023 22:13 utc", 1699999980000.0 },
        { "Tue, 14-Nov-2023 22:13:20 GMT", 1700000000000.0 },
        { "Tuesday, 14-Nov-23 22:13:20 GMT", 1700000000000.0 },
        { "Tue Nov 14 2023 23:13:20 GMT+0100 (Central European Standard Time)",
          1700000000000.0 },
        { "Nov 14, 2023 22:13:20 Z", 1700000000000.0 },
        { "Tue, 14 Nov 2023 22:13:20 +0130", 1699994600000.0 },
        { "Tue, 14 Nov 2023 22:13:20.25 GMT+1", 1699996400250.0 },
        { "Sat, 01 Jan 10000 00:00:00 GMT", 253402300800000.0 },
        { "Sat, 13 Sep 275760 00:00:00 GMT", 8640000000000000.0 },
        { "Tue, 14 Nov 2023 GMT", 1699920000000.0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_parses(&table[i]);
}

static void test_what_is_no_date_is_nan(void **state)
{
    static const char *const table[] = {
        "",
        "abc",
        "2023-13-01",
        "2023-00-01",
        "2023-11-32",
        "2023-11-00",
        "2023-11-14T25:00Z",
        "2023-11-14T24:01Z",
        "2023-11-14T10:60Z",
        "2023-11-14T10:00:60Z",
        "2023-11-14T10Z",
        "2023-11-14T1:00Z",
        "2023-11-14T10:00:00.Z",
        "2023-11-14T10:00:00,5Z",
        "2023-11-14T10:00:00+24:00",
        "2023-11-14T10:00:00+01",
        "2023-11-14T10:00:00Zx",
        "2023-11-14T10:00:00 Z",
        "-000000-01-01T00:00:00Z",
        "+275760-09-13T00:00:00.001Z",
        "-271821-04-19T23:59:59.999Z",
        "20231114",
        "Invalid Date",
        "Tue, 32 Nov 2023 00:00:00 GMT",
        "Tue, 14 Nov 2023 25:00:00 GMT",
        "Fri, 01 Jan -0001 00:00:00 GMT",
        "Thu, 01 Jan 999999 00:00:00 GMT",
        "14 Foo 2023",
        "99999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!isnan(jsdate_parse(table[i])))
            fail_msg("\"%s\" is taken for a date", table[i]);
}

/* New York, without asking that tzdata be installed. The clocks go forward on
 * 2023-03-12 and back on 2023-11-05. */
static void test_texts_without_a_zone_are_local_time(void **state)
{
    static const struct date table[] = {
        { "2023-11-14T22:13:20", 1700018000000.0 },
        { "2023-07-01T12:00", 1688227200000.0 },
        { "2023-03-12T02:30:00", 1678606200000.0 },
        { "2023-11-05T01:30:00", 1699162200000.0 },
        { "2023-11-05T02:30:00", 1699169400000.0 },
        { "Tue Nov 14 2023 22:13:20", 1700018000000.0 },
        { "Tue, 14 Nov 2023", 1699938000000.0 },
        { "2023-11-14 22:13:20", 1700018000000.0 },
        { "2023-11-14", 1699920000000.0 },
    };

    (void)state;
    setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
    tzset();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_parses(&table[i]);
    unsetenv("TZ");
    tzset();
}

static void test_every_text_that_is_written_reads_back(void **state)
{
    (void)state;
    for (double ms = -JSDATE_MAX; ms <= JSDATE_MAX; ms += 8.64e10 + 12345) {
        char text[JSDATE_ISO_SIZE];
        assert_true(jsdate_iso(ms, text));
        assert_true(jsdate_parse(text) == ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_are_written_as_node_writes_them),
        cmocka_unit_test(test_what_no_date_can_be_has_no_text),
        cmocka_unit_test(test_texts_with_a_zone_are_read_as_node_reads_them),
        cmocka_unit_test(test_what_is_no_date_is_nan),
        cmocka_unit_test(test_texts_without_a_zone_are_local_time),
        cmocka_unit_test(test_every_text_that_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
