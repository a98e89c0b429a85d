/* test_schema.c: the language's table is whole, and its reference shows it */
#include "../case_schema.h"

#include "../base/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_every_key_is_explained(void **state)
{
    (void)state;
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++) {
        const struct schema_key *key = schema_places[place].keys;

        assert_non_null(schema_places[place].what);
        for (size_t count = 0; key->name; key++, count++) {
            assert_true(count < SCHEMA_KEYS_MAX);
            assert_true(strlen(key->help) > 3);
            assert_true(key->help[strlen(key->help) - 1] != '.');
            assert_non_null(strstr(key->example, key->name));
        }
    }
}

static void test_every_word_key_has_its_words(void **state)
{
    (void)state;
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++)
        for (const struct schema_key *key = schema_places[place].keys;
             key->name; key++) {
            bool word = (key->accepts | key->items) & ACCEPT_WORD;
            bool list = key->accepts & (ACCEPT_LIST | ACCEPT_NAMES);

            assert_int_equal(word, key->words != NULL);
            assert_int_equal(list, key->items != 0);
        }
}

static void test_every_field_of_expect_says_what_it_judges(void **state)
{
    (void)state;
    for (const struct schema_key *key = schema_places[PLACE_EXPECT].keys;
         key->name; key++)
        assert_true(key->of != 0);
}

static void test_every_verb_says_what_may_stand_beside_it(void **state)
{
    (void)state;
    for (const struct schema_key *key = schema_places[PLACE_STEP].keys;
         key->name; key++)
        assert_true(key->beside != PLACE_NONE);
}

static void test_the_reference_has_every_key(void **state)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    must(out);
    schema_print_language(out);
    must(fclose(out) == 0);
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++)
        for (const struct schema_key *key = schema_places[place].keys;
             key->name; key++) {
            char cell[64];

            snprintf(cell, sizeof cell, "\n| `%s`", key->name);
            assert_non_null(strstr(text, cell));
        }
    free(text);
}

/* What a map is for stands under its heading. */
static void test_the_reference_tells_of_every_map(void **state)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    must(out);
    schema_print_language(out);
    must(fclose(out) == 0);
    for (int place = PLACE_FILE; place < PLACE_COUNT; place++) {
        char heading[80];
        const char *at;

        if (!schema_places[place].keys->name)
            continue;
        snprintf(heading, sizeof heading, "\n## In %s\n\n",
                 schema_places[place].what);
        at = strstr(text, heading);
        assert_non_null(at);
        assert_int_not_equal(at[strlen(heading)], '.');
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_is_explained),
        cmocka_unit_test(test_every_word_key_has_its_words),
        cmocka_unit_test(test_every_field_of_expect_says_what_it_judges),
        cmocka_unit_test(test_every_verb_says_what_may_stand_beside_it),
        cmocka_unit_test(test_the_reference_has_every_key),
        cmocka_unit_test(test_the_reference_tells_of_every_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
