/* cmd_explain.c: sessionspec explain ID: requirements and cases, in full */
#include "commands.h"

#include "../reports/layout.h"
#include "base/must.h"
#include "replay.h"
#include "suite.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char usage[] =
    "usage: sessionspec explain ID [CASE FILES or DIRS]\n"
    "\n"
    "Of a requirement (RSV-03): its text, level and source, what a failure\n"
    "usually means, which releases got it wrong, and its cases.\n"
    "Of a case (resave/unmodified-is-touched): what it checks, where it stands,\n"
    "its lines, and the command that plays it.\n"
    "The beginning of an id, or a glob, lists those that there are: RSV,\n"
    "resave, 'races/*'.\n"
    "Exit code: 0, or 2 where nothing is called so.\n";

/* What is explained, and by which program: for the lines to be typed. */
struct explain {
    const struct suite *suite;
    const char *program;
    const char *path; /* the first that was named, or NULL */
};

static bool explain_id(const struct explain *explain, const char *id);
static bool explain_several(const struct explain *explain, const char *id);
static void print_unknown(const struct suite *suite, const char *id);

int cmd_explain(int argc, char **argv)
{
    struct suite suite = { .problems = { .count = 0 } };
    struct explain explain = { &suite, argv[0], NULL };
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
    if (argc > 2)
        explain.path = argv[2];
    fine = suite_load(&suite, (const char *const *)argv + 2, (size_t)argc - 2);
    known = explain_id(&explain, argv[1]) || explain_several(&explain, argv[1]);
    if (!known)
        print_unknown(&suite, argv[1]);
    suite_free(&suite);
    return fine && known ? EXIT_PASSED : EXIT_USAGE;
}

/* ------------------------------------------------------- requirements */

static void print_part(const char *name, const char *text)
{
    if (!text)
        return;
    printf("\n%s:\n  ", name);
    layout_fill(stdout, 2, 2, text);
}

static void print_seen(const struct requirement *requirement)
{
    if (requirement->seen_count)
        puts("\nwhere it went wrong:");
    for (size_t i = 0; i < requirement->seen_count; i++) {
        const struct seen *seen = &requirement->seen[i];

        fputs("  ", stdout);
        layout_fillf(stdout, 2, 4, "%s: %s", seen->where, seen->what);
        if (seen->link)
            printf("    %s\n", seen->link);
    }
}

/* An id without what `each` adds. */
static size_t id_length(const char *id)
{
    return strcspn(id, "[");
}

/* Of the cases that one `each` makes, the number of those that check it;
 * *next is the first of the next case. */
static size_t count_checking(const struct case_set *set, const char *check,
                             size_t first, size_t *next)
{
    const char *id = set->cases[first].id;
    size_t length = id_length(id), count = 0, i = first;

    for (; i < set->count && id_length(set->cases[i].id) == length &&
           strncmp(set->cases[i].id, id, length) == 0;
         i++)
        count += case_has_check(&set->cases[i], check);
    *next = i;
    return count;
}

/* As the shell wants it. */
static void print_word(const char *word)
{
    char *quoted = replay_quote(word);

    printf(" %s", quoted);
    free(quoted);
}

static void print_checking(const struct explain *explain, const char *check)
{
    const struct case_set *set = &explain->suite->cases;
    size_t total = 0;

    for (size_t i = 0, next; i < set->count; i = next) {
        const struct test_case *test = &set->cases[i];
        size_t count = count_checking(set, check, i, &next);

        if (!count)
            continue;
        if (total == 0)
            puts("\ncases:");
        total += count;
        printf("  %.*s", (int)id_length(test->id), test->id);
        if (test->id[id_length(test->id)])
            printf("[…] (%zu)", count);
        fputs("\n      ", stdout);
        layout_fill(stdout, 6, 6, test->title);
    }
    if (!total) {
        puts("\nno case checks it");
        return;
    }
    if (total == 1)
        fputs("\nplay it:\n ", stdout);
    else
        printf("\nplay all %zu:\n ", total);
    print_word(explain->program);
    fputs(" run", stdout);
    if (explain->path)
        print_word(explain->path);
    printf(" --checks %s\n", check);
}

static void explain_requirement(const struct explain *explain,
                                const struct requirement *requirement)
{
    printf("%s (%s; %s)\n\n  ", requirement->id,
           level_names[requirement->level], requirement->section_title);
    layout_fill(stdout, 2, 2, requirement->text);
    print_part("source", requirement->source);
    print_part(requirement->level == LEVEL_HAZARD ? "what it means"
                                                  : "if it fails",
               requirement->failure);
    print_seen(requirement);
    print_checking(explain, requirement->id);
}

/* --------------------------------------------------------------- cases */

/* The case's lines as the file has them. It was read a moment ago; if it is
 * gone by now, nothing is printed. */
static void print_lines(const struct test_case *test)
{
    FILE *file = fopen(test->at.file, "r");
    unsigned number = 0;
    char *line = NULL;
    size_t size = 0;

    if (file)
        putchar('\n');
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

static void print_checks(const struct explain *explain,
                         const struct test_case *test)
{
    puts("\nchecks:");
    for (size_t i = 0; i < test->checks.count; i++) {
        const struct requirement *one =
            catalogue_find(&explain->suite->catalogue, test->checks.list[i]);

        if (!one) {
            printf("  %s\n", test->checks.list[i]);
            continue;
        }
        fputs("  ", stdout);
        layout_fillf(stdout, 2, 4, "%s (%s): %s", one->id,
                     level_names[one->level], one->text);
        if (!one->failure)
            continue;
        fputs("    ", stdout);
        layout_fillf(stdout, 4, 4, "%s: %s",
                     one->level == LEVEL_HAZARD ? "What it means"
                                                : "If it fails",
                     one->failure);
    }
    if (!test->checks.count)
        puts("  no requirement");
}

/* The others that the same `each` makes. */
static void print_siblings(const struct case_set *set,
                           const struct test_case *test)
{
    size_t length = id_length(test->id);
    bool any = false;

    for (size_t i = 0; i < set->count; i++) {
        const char *id = set->cases[i].id;

        if (&set->cases[i] == test || !id[length] || id_length(id) != length ||
            strncmp(id, test->id, length) != 0)
            continue;
        if (!any)
            puts("\nits `each` also makes:");
        any = true;
        printf("  %s\n", id);
    }
}

static void print_replay(const struct explain *explain,
                         const struct test_case *test)
{
    struct run_options options = { .program = explain->program };
    struct arena arena = { NULL };

    printf("\nreplay:\n  %s\n", replay_line(&options, test, &arena));
    arena_free(&arena);
}

static void explain_case(const struct explain *explain,
                         const struct test_case *test)
{
    printf("%s\n", test->id);
    layout_fill(stdout, 0, 0, test->title);
    printf("%s:%u\n", test->at.file, test->at.line);
    print_words("needs", &test->needs);
    print_words("tags", &test->tags);
    if (test->since)
        printf("since: %s\n", test->since);
    if (test->diverges)
        printf("diverges: %s (%s)\n", test->diverges, test->diverges_source);
    print_checks(explain, test);
    print_lines(test);
    print_siblings(&explain->suite->cases, test);
    print_replay(explain, test);
}

/* ----------------------------------------------------------------- ids */

/* `resave/x` also means the first of the cases that its `each` makes. */
static bool case_means(const struct test_case *test, const char *id)
{
    size_t length = strlen(id);

    return strncmp(test->id, id, length) == 0 &&
           (!test->id[length] || test->id[length] == '[');
}

static bool explain_id(const struct explain *explain, const char *id)
{
    const struct catalogue *catalogue = &explain->suite->catalogue;
    const struct case_set *set = &explain->suite->cases;

    for (size_t i = 0; i < catalogue->count; i++)
        if (strcasecmp(catalogue->list[i].id, id) == 0) {
            explain_requirement(explain, &catalogue->list[i]);
            return true;
        }
    for (size_t i = 0; *id && i < set->count; i++)
        if (case_means(&set->cases[i], id)) {
            explain_case(explain, &set->cases[i]);
            return true;
        }
    return false;
}

static bool begins_or_matches(const char *id, const char *pattern)
{
    return *pattern && (strncasecmp(id, pattern, strlen(pattern)) == 0 ||
                        fnmatch(pattern, id, 0) == 0);
}

/* All that begin so, or match the glob: one line each. */
static bool explain_several(const struct explain *explain, const char *id)
{
    const struct catalogue *catalogue = &explain->suite->catalogue;
    const struct case_set *set = &explain->suite->cases;
    bool any = false;

    for (size_t i = 0; i < catalogue->count; i++) {
        const struct requirement *one = &catalogue->list[i];

        if (!begins_or_matches(one->id, id))
            continue;
        layout_fillf(stdout, 0, 8, "%s  %s: %s", one->id,
                     level_names[one->level], one->text);
        any = true;
    }
    for (size_t i = 0; i < set->count; i++)
        if (begins_or_matches(set->cases[i].id, id)) {
            printf("%s\n        ", set->cases[i].id);
            layout_fill(stdout, 8, 8, set->cases[i].title);
            any = true;
        }
    return any;
}

/* The nearest ids, each taken out once it was named. */
static void print_nearest(const char *id, const char **ids, size_t count)
{
    enum { NEAREST_MAX = 3 };
    const char *near;

    for (int named = 0; named < NEAREST_MAX; named++) {
        near = problem_suggest(id, ids);
        if (!near) {
            fputs(named ? "?)" : "", stderr);
            return;
        }
        fprintf(stderr, "%s%s", named ? ", " : " (", near);
        for (size_t i = 0; i < count; i++)
            if (ids[i] == near) {
                ids[i] = ids[--count];
                ids[count] = NULL;
            }
    }
    fputs("?)", stderr);
}

static void print_unknown(const struct suite *suite, const char *id)
{
    size_t count = 0;
    const char **ids =
        calloc(suite->catalogue.count + suite->cases.count + 1, sizeof *ids);

    must(ids);
    for (size_t i = 0; i < suite->catalogue.count; i++)
        ids[count++] = suite->catalogue.list[i].id;
    for (size_t i = 0; i < suite->cases.count; i++)
        ids[count++] = suite->cases.cases[i].id;
    fprintf(stderr, "sessionspec explain: unknown id \"%s\"", id);
    print_nearest(id, ids, count);
    fputs("\n`sessionspec list` has the cases, `sessionspec list "
          "--requirements` the requirements\n",
          stderr);
    free(ids);
}
