/* cmd_explain.c: sessionspec explain ID: one requirement or case, in full */
#include "commands.h"

#include "base/must.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: sessionspec explain ID [CASE FILES or DIRS]\n"
    "\n"
    "ID is that of a requirement (RSV-03): its text, level, source and cases;\n"
    "or of a case (resave/unmodified-is-touched): what it checks, where it\n"
    "stands, and its lines.\n";

static bool explain(const struct suite *suite, const char *id);
static void print_unknown(const struct suite *suite, const char *id);

int cmd_explain(int argc, char **argv)
{
    struct suite suite = { .problems = { .count = 0 } };
    bool fine, known;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_PASSED;
    }
    if (argc < 2 || argv[1][0] == '-') {
        if (argc > 1)
            fprintf(stderr, "sessionspec explain: unknown option %s\n",
                    argv[1]);
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    fine = suite_load(&suite, (const char *const *)argv + 2, (size_t)argc - 2);
    known = explain(&suite, argv[1]);
    if (!known)
        print_unknown(&suite, argv[1]);
    suite_free(&suite);
    return fine && known ? EXIT_PASSED : EXIT_USAGE;
}

/* -------------------------------------------------------- a requirement */

static void explain_requirement(const struct suite *suite,
                                const struct requirement *requirement)
{
    size_t count = 0;

    printf("%s (%s)\n\n%s\n\nsource: %s\n\n", requirement->id,
           level_names[requirement->level], requirement->text,
           requirement->source);
    for (size_t i = 0; i < suite->cases.count; i++) {
        const struct test_case *test = &suite->cases.cases[i];

        if (!case_has_check(test, requirement->id))
            continue;
        if (count++ == 0)
            puts("cases:");
        printf("  %s\n      %s\n", test->id, test->title);
    }
    if (!count)
        puts("no case checks it");
}

/* --------------------------------------------------------------- a case */

/* The case's lines as the file has them. It was read a moment ago; if it is
 * gone by now, nothing is printed. */
static void print_lines(const struct test_case *test)
{
    FILE *file = fopen(test->at.file, "r");
    unsigned number = 0;
    char *line = NULL;
    size_t size = 0;

    while (file && getline(&line, &size, file) > 0)
        if (++number >= test->source->at.line && number <= test->end_line)
            printf("%5u  %s%s", number, line, strchr(line, '\n') ? "" : "\n");
    free(line);
    if (file)
        fclose(file);
}

static void print_words(const char *what, const struct words *words)
{
    if (!words->count)
        return;
    printf("%s:", what);
    for (size_t i = 0; i < words->count; i++)
        printf(" %s", words->list[i]);
    putchar('\n');
}

static void explain_case(const struct suite *suite,
                         const struct test_case *test)
{
    printf("%s\n%s\n%s:%u\n", test->id, test->title, test->at.file,
           test->at.line);
    print_words("needs", &test->needs);
    print_words("tags", &test->tags);
    if (test->since)
        printf("since: %s\n", test->since);
    if (test->diverges)
        printf("diverges: %s (%s)\n", test->diverges, test->diverges_source);
    puts("\nchecks:");
    for (size_t i = 0; i < test->checks.count; i++) {
        const struct requirement *one =
            catalogue_find(&suite->catalogue, test->checks.list[i]);

        printf("  %s", test->checks.list[i]);
        if (one)
            printf(" (%s) %s", level_names[one->level], one->text);
        putchar('\n');
    }
    if (!test->checks.count)
        puts("  no requirement");
    putchar('\n');
    print_lines(test);
}

/* `resave/x` also means the first of the cases that its `each` makes. */
static bool id_means(const struct test_case *test, const char *id)
{
    size_t length = strlen(id);

    return strncmp(test->id, id, length) == 0 &&
           (!test->id[length] || test->id[length] == '[');
}

static bool explain(const struct suite *suite, const char *id)
{
    const struct requirement *requirement =
        catalogue_find(&suite->catalogue, id);

    if (requirement) {
        explain_requirement(suite, requirement);
        return true;
    }
    for (size_t i = 0; i < suite->cases.count; i++)
        if (id_means(&suite->cases.cases[i], id)) {
            explain_case(suite, &suite->cases.cases[i]);
            return true;
        }
    return false;
}

/* ------------------------------------------------------------- unknown ids */

static void print_unknown(const struct suite *suite, const char *id)
{
    size_t count = 0;
    const char **ids =
        calloc(suite->catalogue.count + suite->cases.count + 1, sizeof *ids);
    const char *near;

    must(ids);
    for (size_t i = 0; i < suite->catalogue.count; i++)
        ids[count++] = suite->catalogue.list[i].id;
    for (size_t i = 0; i < suite->cases.count; i++)
        ids[count++] = suite->cases.cases[i].id;
    near = problem_suggest(id, ids);
    fprintf(stderr, "sessionspec explain: unknown id \"%s\"%s%s%s\n", id,
            near ? " (" : "", near ? near : "", near ? "?)" : "");
    fputs("`sessionspec list` has the cases, `sessionspec list "
          "--requirements` the requirements\n",
          stderr);
    free(ids);
}
