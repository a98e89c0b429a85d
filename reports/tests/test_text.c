/* test_text.c: text from a hostile target becomes text that can be shown */
#include "../text.h"

#include "../layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void assert_printable(const char *text, const char *expected)
{
    char *got = text_printable(text);

    assert_non_null(got);
    assert_string_equal(got, expected);
    free(got);
}

static void assert_valid(const char *text, const char *expected)
{
    char *got = text_valid(text);

    assert_non_null(got);
    assert_string_equal(got, expected);
    free(got);
}

static void test_utf8_of_every_length_stays(void **state)
{
    const char text[] = "a \xc2\xa1 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf "
                        "\xee\x80\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf";

    (void)state;
    assert_valid(text, text);
    assert_printable(text, text);
}

static void test_broken_utf8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    assert_valid("\xff", "\xef\xbf\xbd");
    assert_valid("\x80z", "\xef\xbf\xbdz");
    assert_valid("\xc3", "\xef\xbf\xbd");                 /* cut short */
    assert_valid("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"); /* cut short */
    assert_valid("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"); /* overlong */
    assert_valid("\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_valid("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_valid("\xf4\x90\x80\x80",
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_valid("\xf8\x88\x80\x80\x80z",
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                 "z");
}

static void test_valid_text_keeps_its_control_characters(void **state)
{
    (void)state;
    assert_valid("\033[31m\r\n\t\x01", "\033[31m\r\n\t\x01");
}

static void test_control_characters_are_shown_not_sent(void **state)
{
    (void)state;
    assert_printable("\033[31m\x07", "\\x1b[31m\\x07");
    assert_printable("a\r\n\tb\x7f", "a\\x0d\n\tb\\x7f");
    assert_printable("\xc2\x9b"
                     "31m",
                     "\\x9b31m"); /* the one-character CSI */
}

static void test_turns_of_direction_are_shown(void **state)
{
    (void)state;
    assert_printable("\xe2\x80\xae"
                     "gnp.exe",
                     "\\u202egnp.exe");
    assert_printable("\xe2\x81\xa6", "\\u2066");
}

static void test_what_xml_forbids_is_shown(void **state)
{
    (void)state;
    assert_printable("\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff");
}

static void test_no_text_is_an_empty_text(void **state)
{
    (void)state;
    assert_valid(NULL, "");
    assert_printable(NULL, "");
}

static char *laid_out(void (*layout)(FILE *to, const char *text),
                      const char *text)
{
    char *got = NULL;
    size_t length;
    FILE *to = open_memstream(&got, &length);

    assert_non_null(to);
    layout(to, text);
    assert_int_equal(fclose(to), 0);
    return got;
}

static void fill_4(FILE *to, const char *text)
{
    layout_fill(to, 4, 4, text);
}

static void block_2(FILE *to, const char *text)
{
    layout_block(to, 2, text);
}

static void test_filled_text_keeps_to_the_width(void **state)
{
    char words[2001] = "";
    char *text;

    (void)state;
    for (size_t i = 0; i < 2000; i++)
        words[i] = i % 7 == 6 ? ' ' : 'x';
    text = laid_out(fill_4, words);
    for (char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t length = strcspn(line, "\n");

        /* The first line's indent stands before the text. */
        assert_true(length + (line == text ? 4 : 0) <= LAYOUT_WIDTH);
        assert_true(line == text || strncmp(line, "    xxxxxx", 10) == 0);
    }
    free(text);
}

static void test_a_word_wider_than_the_line_stays_whole(void **state)
{
    char word[121];
    char *text;

    (void)state;
    memset(word, 'y', 120);
    word[120] = '\0';
    text = laid_out(fill_4, word);
    assert_int_equal(strcspn(text, "\n"), 120);
    free(text);
}

static void test_blanks_of_filled_text_become_one(void **state)
{
    char *text = laid_out(fill_4, "  a \n\n b\t");

    (void)state;
    assert_string_equal(text, "a b\n");
    free(text);
}

static void test_lines_of_a_block_are_indented(void **state)
{
    char *text = laid_out(block_2, "a\n  b\n\nc");

    (void)state;
    assert_string_equal(text, "a\n    b\n\n  c\n");
    free(text);
    text = laid_out(block_2, "a\n");
    assert_string_equal(text, "a\n");
    free(text);
    text = laid_out(block_2, "");
    assert_string_equal(text, "\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_of_every_length_stays),
        cmocka_unit_test(test_broken_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(test_valid_text_keeps_its_control_characters),
        cmocka_unit_test(test_control_characters_are_shown_not_sent),
        cmocka_unit_test(test_turns_of_direction_are_shown),
        cmocka_unit_test(test_what_xml_forbids_is_shown),
        cmocka_unit_test(test_no_text_is_an_empty_text),
        cmocka_unit_test(test_filled_text_keeps_to_the_width),
        cmocka_unit_test(test_a_word_wider_than_the_line_stays_whole),
        cmocka_unit_test(test_blanks_of_filled_text_become_one),
        cmocka_unit_test(test_lines_of_a_block_are_indented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
