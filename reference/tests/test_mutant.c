/* test_mutant.c: the faults, and the option that chooses one */
#include "../fault_option.h"
#include "../mutant.h"

#include "../../stores/faulty.h"
#include "../must.h"
#include "../options.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Help --------------------------------------------------------------- */

static int choose_none(void **state)
{
    (void)state;
    return mutant_choose(NULL) ? 0 : -1;
}

static void choose(const char *name)
{
    char spec[FAULT_OPTION_TEXT], complaint[FAULT_OPTION_TEXT];

    assert_true(fault_option_choose(name, spec, complaint));
    assert_string_equal(spec, "");
    assert_string_equal(complaint, "");
}

static char *listed(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = must_have(open_memstream(&text, &size));

    fault_option_list(out);
    fclose(out);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part))) {
        count++;
        text += strlen(part);
    }
    return count;
}

/* ---- The table ---------------------------------------------------------- */

static void check_row(void *arg, const struct mutant_row *row)
{
    size_t *count = arg;
    char line[200];
    char *all = listed();

    ++*count;
    for (const char *c = row->name; *c; c++)
        assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
                    *c == '-');
    assert_true(strlen(row->text) > 10);
    assert_true(row->text[strlen(row->text) - 1] != '.');
    snprintf(line, sizeof line, "%s\t%s\n", row->name, row->text);
    assert_non_null(strstr(all, line));
    assert_null(faulty_find(row->name));
    free(all);
}

static void test_each_fault_has_a_name_and_a_sentence(void **state)
{
    size_t count = 0;

    (void)state;
    mutant_each(check_row, &count);
    assert_true(count >= 45);
}

static void check_unique(void *arg, const struct mutant_row *row)
{
    char start[100];

    snprintf(start, sizeof start, "\n%s\t", row->name);
    assert_true(count_of(arg, start) <= 1);
}

static void test_no_name_is_given_twice(void **state)
{
    char *all = listed();

    (void)state;
    mutant_each(check_unique, all);
    free(all);
}

static void count_fault(void *arg, const struct faulty_fault *fault)
{
    char line[300];
    char *all = arg;

    snprintf(line, sizeof line, "\n%s\t%s\n", fault->name, fault->text);
    assert_non_null(strstr(all, line));
}

static void test_the_list_holds_the_faults_of_the_store_too(void **state)
{
    char *all = listed();

    (void)state;
    faulty_each(count_fault, all);
    free(all);
}

/* ---- The choice --------------------------------------------------------- */

static void test_without_a_choice_there_is_no_fault(void **state)
{
    char text[] = "a+b";

    (void)state;
    for (int which = MUTANT_NONE + 1; which <= MUTANT_DEBUG_SILENT; which++)
        assert_false(mutant((enum mutant)which));
    assert_int_equal(mutant_secrets(3), 3);
    assert_int_equal(mutant_compared(43), 43);
    assert_true(mutant_expires(1) == 1 && mutant_max_age(1) == 1);
    assert_true(mutant_path("/x", "/y", "/z", true));
    assert_false(mutant_path("/x", "/y", "/x", false));
    assert_ptr_equal(mutant_attribute("path", json_true()), json_true());
    assert_null(mutant_attribute("httpOnly", NULL));
    assert_null(mutant_state(NULL));
    assert_false(mutant_swallows("get") || mutant_silences("clear"));
    assert_false(mutant_loses_cookie(302, true));
    assert_string_equal(mutant_touch("touch"), "touch");
    assert_null(mutant_touch(NULL));
    mutant_replace(MUTANT_SIGNATURE_URL_SAFE, text, '+', '-');
    assert_string_equal(text, "a+b");
}

static void test_a_chosen_fault_is_the_only_one(void **state)
{
    (void)state;
    choose("expires-late");
    for (int which = MUTANT_NONE + 1; which <= MUTANT_DEBUG_SILENT; which++)
        assert_int_equal(mutant((enum mutant)which),
                         which == MUTANT_EXPIRES_LATE);
    assert_true(mutant_expires(0) == 1000);
    choose("expires-local");
    assert_false(mutant(MUTANT_EXPIRES_LATE));
    assert_true(mutant(MUTANT_EXPIRES_LOCAL));
}

static void test_an_unknown_name_is_told_with_its_neighbours(void **state)
{
    static const struct {
        const char *name, *nearest;
    } wrong[] = { { "expires-lat", "(expires-late," },
                  { "EXPIRES-LATE", "expires-late" },
                  { "resave-ignore", "(resave-ignored," },
                  { "sid-adoptd", "(sid-adopted," },
                  { "doubled", "(cookie-doubled," } };
    char spec[FAULT_OPTION_TEXT], complaint[FAULT_OPTION_TEXT];

    (void)state;
    choose("expires-late");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(fault_option_choose(wrong[i].name, spec, complaint));
        assert_non_null(strstr(complaint, wrong[i].name));
        if (!isupper((unsigned char)*wrong[i].name))
            assert_non_null(strstr(complaint, wrong[i].nearest));
    }
    assert_false(mutant(MUTANT_EXPIRES_LATE));
}

static void test_a_name_of_any_length_is_told(void **state)
{
    char spec[FAULT_OPTION_TEXT], complaint[FAULT_OPTION_TEXT];
    char *name = must_have(malloc(100001));

    (void)state;
    memset(name, 'x', 100000);
    name[100000] = '\0';
    assert_false(fault_option_choose(name, spec, complaint));
    assert_true(strlen(complaint) > 20);
    assert_false(fault_option_choose("", spec, complaint));
    free(name);
}

static void choose_in_the_store(void *arg, const struct faulty_fault *fault)
{
    char spec[FAULT_OPTION_TEXT], complaint[FAULT_OPTION_TEXT], wanted[100];

    (void)arg;
    snprintf(wanted, sizeof wanted, "faulty?fault=%s", fault->name);
    assert_true(fault_option_choose(fault->name, spec, complaint));
    assert_string_equal(spec, wanted);
    assert_false(mutant(MUTANT_SIGNATURE_PREFIX));
}

static void test_a_fault_of_the_store_makes_it_the_default_store(void **state)
{
    (void)state;
    choose("signature-prefix");
    faulty_each(choose_in_the_store, NULL);
}

/* ---- What takes more than a word ---------------------------------------- */

static char *state_of(const char *fault, const char *json)
{
    json_t *data = must_have(json_loads(json, 0, NULL));
    char *text;

    choose(fault);
    text = mutant_state(data);
    json_decref(data);
    return must_have(text);
}

static void assert_unnoticed(const char *fault, const char *a, const char *b)
{
    char *before = state_of(fault, a), *after = state_of(fault, b);

    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void assert_noticed(const char *fault, const char *a, const char *b)
{
    char *before = state_of(fault, a), *after = state_of(fault, b);

    assert_string_not_equal(before, after);
    free(before);
    free(after);
}

static void test_each_hash_is_blind_in_its_own_way(void **state)
{
    (void)state;
    assert_noticed("hash-with-cookie", "{\"cookie\":1}", "{\"cookie\":2}");
    assert_unnoticed("hash-shallow", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}");
    assert_noticed("hash-shallow", "{\"a\":1}", "{\"a\":2}");
    assert_unnoticed("hash-sorted", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}");
    assert_noticed("hash-sorted", "{\"a\":1}", "{\"a\":2}");
    assert_unnoticed("hash-of-length", "{\"a\":1}", "{\"a\":2}");
    assert_noticed("hash-of-length", "{\"a\":1}", "{\"a\":12}");
    assert_unnoticed("hash-without-nested-cookie", "{\"a\":{\"cookie\":1}}",
                     "{\"a\":{\"cookie\":2}}");
    assert_noticed("hash-cut", "{\"a\":1}", "{\"a\":2}");
}

static void test_a_store_without_touch_is_called_by_a_fault_alone(void **state)
{
    (void)state;
    choose("touch-unasked");
    assert_string_equal(mutant_touch(NULL), "touch");
    choose("no-touch-is-set");
    assert_string_equal(mutant_touch(NULL), "set");
    assert_string_equal(mutant_touch("touch"), "touch");
    choose("touch-is-set");
    assert_null(mutant_touch(NULL));
    assert_string_equal(mutant_touch("touch"), "set");
    choose("touch-skipped");
    assert_null(mutant_touch("touch"));
}

static void test_a_stripped_path_stays_within_its_text(void **state)
{
    (void)state;
    choose("path-stripped");
    assert_true(mutant_path("/x/foo", "/x", "/foo", false));
    assert_false(mutant_path("/x", "/x/", "/foo", true));
    choose("path-by-segment");
    assert_false(mutant_path("/foobar", "", "/foo", true));
    assert_true(mutant_path("/foo/bar", "", "/foo", true));
    assert_true(mutant_path("/foo", "", "/", true));
}

static void test_options_are_spoilt_as_they_are_parsed(void **state)
{
    json_t *source = must_have(json_loads("{\"secret\":\"cat\",\"name\":\"n\","
                                          "\"resave\":true}",
                                          0, NULL));
    json_t *warnings = json_array();
    struct options options;
    struct js_error error;

    (void)state;
    choose("name-ignored");
    assert_int_equal(options_parse(&options, source, warnings, &error), 0);
    assert_string_equal(options.name, "connect.sid");
    options_clear(&options);
    choose("resave-ignored");
    assert_int_equal(options_parse(&options, source, warnings, &error), 0);
    assert_false(options.resave);
    assert_string_equal(options.name, "n");
    options_clear(&options);
    choose("undefined-is-false");
    assert_int_equal(options_parse(&options, source, warnings, &error), 0);
    assert_true(options.resave);
    assert_false(options.save_uninitialized);
    options_clear(&options);
    json_decref(warnings);
    json_decref(source);
}

#define CLAIM(test)                                                            \
    cmocka_unit_test_setup_teardown(test, choose_none, choose_none)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_each_fault_has_a_name_and_a_sentence),
        CLAIM(test_no_name_is_given_twice),
        CLAIM(test_the_list_holds_the_faults_of_the_store_too),
        CLAIM(test_without_a_choice_there_is_no_fault),
        CLAIM(test_a_chosen_fault_is_the_only_one),
        CLAIM(test_an_unknown_name_is_told_with_its_neighbours),
        CLAIM(test_a_name_of_any_length_is_told),
        CLAIM(test_a_fault_of_the_store_makes_it_the_default_store),
        CLAIM(test_each_hash_is_blind_in_its_own_way),
        CLAIM(test_a_store_without_touch_is_called_by_a_fault_alone),
        CLAIM(test_a_stripped_path_stays_within_its_text),
        CLAIM(test_options_are_spoilt_as_they_are_parsed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
