/* test_trust.c: does Express's `trust proxy` cover 127.0.0.1? */
#include "../trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_help.h"

/* -1 where it is refused. */
static int trusts(const char *text)
{
    json_t *setting = json_of(text);
    struct js_error error;
    bool answer;
    int rc = trust_parse(setting, &answer, &error);

    json_decref(setting);
    return rc == 0 ? answer : rc;
}

static void assert_all(const char *const *texts, int expected)
{
    for (; *texts; texts++) {
        if (trusts(*texts) != expected)
            print_error("%s\n", *texts);
        assert_int_equal(trusts(*texts), expected);
    }
}

static void test_one_hop_is_trusted(void **state)
{
    static const char *const yes[] = { "true", "1", "2", "0.5", NULL };
    static const char *const no[] = { "false", "null", "0", "-1", NULL };

    (void)state;
    assert_all(yes, 1);
    assert_all(no, 0);
}

static void test_an_entry_that_covers_the_client_is_enough(void **state)
{
    static const char *const yes[] = { "'loopback'",
                                       "'127.0.0.1'",
                                       "'127.0.0.0/8'",
                                       "'126.0.0.0/7'",
                                       "'127.0.0.0/255.0.0.0'",
                                       "'::ffff:127.0.0.1'",
                                       "'::ffff:7f00:0/104'",
                                       "'10.0.0.1, loopback'",
                                       "' uniquelocal ,127.0.0.1'",
                                       "['linklocal','loopback']",
                                       "[['loopback']]",
                                       "'0x7f.0.0.1'",
                                       "'0177.0.0.01'",
                                       "'2130706433'",
                                       "'0x7f000001'",
                                       "'017700000001'",
                                       "'127.0.0.1/0xff000000'",
                                       NULL };

    (void)state;
    assert_all(yes, 1);
}

static void test_other_addresses_are_not_trusted(void **state)
{
    static const char *const no[] = { "'linklocal'",
                                      "'uniquelocal'",
                                      "'linklocal,uniquelocal'",
                                      "'10.0.0.1'",
                                      "'127.0.0.2'",
                                      "'128.0.0.0/8'",
                                      "'127.0.0.128/25'",
                                      "'::1'",
                                      "'fe80::1%eth0'",
                                      "'0X7f000001'",
                                      "'08'",
                                      "[['linklocal']]",
                                      "'::/1'",
                                      "'fc00::/7'",
                                      "'1'",
                                      "[]",
                                      NULL };

    (void)state;
    assert_all(no, 0);
}

static void test_what_express_refuses_is_refused(void **state)
{
    static const char *const refused[] = { "''",
                                           "'bogus'",
                                           "'loopback,'",
                                           "'127.0.0.1/33'",
                                           "'127.0.0.1/0'",
                                           "'127.0.0.1/'",
                                           "'127.0.0.1/x'",
                                           "'127.0.0.1/255.0.255.0'",
                                           "'::1/129'",
                                           "'::1/255.0.0.0'",
                                           "'Loopback'",
                                           "'99999999999'",
                                           "'127.1'",
                                           "'127.0.0.1.'",
                                           "'127.0.0.256'",
                                           "'0x100.0.0.1'",
                                           "'4294967296'",
                                           "'0x'",
                                           "'127.0.0.1\\u0000'",
                                           "['loopback\\u0000']",
                                           "'::1%'",
                                           "'::1%-'",
                                           "[['10.0.0.1']]",
                                           "[1]",
                                           "[' loopback']",
                                           "{}",
                                           NULL };

    (void)state;
    assert_all(refused, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_hop_is_trusted),
        cmocka_unit_test(test_an_entry_that_covers_the_client_is_enough),
        cmocka_unit_test(test_other_addresses_are_not_trusted),
        cmocka_unit_test(test_what_express_refuses_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
