/* test_bad.c: every file in cases/bad is refused, with the message beside it
 *
 * NAME.yml is loaded, and what is said of it must be NAME.expected. To make
 * the .expected of a new file, run this test with BAD_WRITE=1, and read it.
 */
#include "../base/must.h"
#include "../home.h"
#include "../suite.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BAD_CATALOGUE "catalogue/requirements.yml"

enum { FILES_LEAST = 80 };

/* All that is said of a file; the caller frees. */
static char *said_of(const char *name)
{
    struct problems problems = { .count = 0 };
    struct catalogue catalogue = { .count = 0 };
    struct case_set set = { .count = 0 };
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    must(out);
    if (strcmp(name, BAD_CATALOGUE) == 0) {
        catalogue_load(&catalogue, name, &problems);
    } else {
        catalogue_load(&catalogue, "../requirements.yml", &problems);
        assert_int_equal(problems.count, 0);
        case_load(&set, &name, 1, &problems);
        case_check_catalogue(&set, &catalogue, &problems);
    }
    problems_print(&problems, out);
    must(fclose(out) == 0);
    case_set_free(&set);
    catalogue_free(&catalogue);
    problems_free(&problems);
    return text;
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t length, size = 0;

    if (!file)
        return NULL;
    length = (size_t)getdelim(&text, &size, '\0', file);
    must(text);
    if (length == (size_t)-1)
        *text = '\0';
    fclose(file);
    return text;
}

static void file_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    must(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* True where the file says what it should. */
static bool file_check(const char *name)
{
    char path[512], *said, *expected;
    bool same;

    snprintf(path, sizeof path, "%.*s.expected", (int)strlen(name) - 4, name);
    said = said_of(name);
    if (getenv("BAD_WRITE") && access(path, F_OK) != 0)
        file_write(path, said);
    expected = file_text(path);
    same = *said && expected && strcmp(said, expected) == 0;
    if (!same)
        print_error("%s: expected\n%sbut it says\n%s", name,
                    expected ? expected : "(no .expected)\n", said);
    free(said);
    free(expected);
    return same;
}

static void test_every_bad_file_is_refused_with_its_message(void **state)
{
    DIR *folder = opendir(".");
    const struct dirent *entry;
    int files = 0, wrong = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);

        if (length < 5 || strcmp(entry->d_name + length - 4, ".yml") != 0)
            continue;
        files++;
        wrong += !file_check(entry->d_name);
    }
    closedir(folder);
    assert_int_equal(wrong, 0);
    assert_true(files >= FILES_LEAST);
}

static void test_a_bad_catalogue_is_refused_with_its_messages(void **state)
{
    (void)state;
    assert_true(file_check(BAD_CATALOGUE));
}

static void test_every_expected_message_has_its_file(void **state)
{
    DIR *folder = opendir(".");
    const struct dirent *entry;
    int orphans = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        const char *dot = strrchr(entry->d_name, '.');
        char path[512];

        if (!dot || strcmp(dot, ".expected") != 0)
            continue;
        snprintf(path, sizeof path, "%.*s.yml", (int)(dot - entry->d_name),
                 entry->d_name);
        orphans += access(path, F_OK) != 0;
    }
    closedir(folder);
    assert_int_equal(orphans, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bad_file_is_refused_with_its_message),
        cmocka_unit_test(test_a_bad_catalogue_is_refused_with_its_messages),
        cmocka_unit_test(test_every_expected_message_has_its_file),
    };

    /* The messages name the files as they are given. */
    if (chdir(home_cases()) != 0 || chdir("bad") != 0) {
        fprintf(stderr, "no folder %s/bad\n", home_cases());
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
