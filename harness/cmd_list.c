/* cmd_list.c: sessionspec list: the cases, or what they check */
#include "commands.h"

#include "../reports/layout.h"
#include "args.h"
#include "base/must.h"
#include "suite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct list_options {
    bool requirements, json, help;
    const char *check; /* an id or the beginning of one, or NULL */
    const char **paths;
    size_t count;
};

static int take_requirements(void *into, const char *value, struct fault *fault)
{
    (void)value;
    (void)fault;
    ((struct list_options *)into)->requirements = true;
    return 0;
}

static int take_json(void *into, const char *value, struct fault *fault)
{
    (void)value;
    (void)fault;
    ((struct list_options *)into)->json = true;
    return 0;
}

static int take_help(void *into, const char *value, struct fault *fault)
{
    (void)value;
    (void)fault;
    ((struct list_options *)into)->help = true;
    return 0;
}

static int take_checks(void *into, const char *value, struct fault *fault)
{
    (void)fault;
    ((struct list_options *)into)->check = value;
    return 0;
}

static int take_path(void *into, const char *path, struct fault *fault)
{
    struct list_options *options = into;

    (void)fault;
    options->paths[options->count++] = path;
    return 0;
}

static const struct args_option rows[] = {
    { "--requirements", NULL, NULL, take_requirements,
      "what is asked, with the cases that check it" },
    { "--checks", NULL, "ID", take_checks,
      "only that requirement, or those that begin so (RSV)" },
    { "--json", NULL, NULL, take_json, "as one JSON object" },
    { "--help", "-h", NULL, take_help, "this help" },
};
static const struct args_table table = { rows, sizeof rows / sizeof *rows,
                                         take_path };

static void print_usage(FILE *to)
{
    fputs("usage: sessionspec list [options] [CASE FILES or DIRS]\n"
          "\n"
          "Lists the cases, one a line, or what they check; of the shipped\n"
          "cases/ where no file is named.\n"
          "\n",
          to);
    args_help(&table, to);
}

static int print_list(const struct list_options *options,
                      const struct suite *suite);

/* True where no id was asked for, too. */
static bool is_asked(const struct list_options *options, const char *id)
{
    return !options->check ||
           strncasecmp(id, options->check, strlen(options->check)) == 0;
}

static bool is_known(const struct list_options *options,
                     const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (is_asked(options, catalogue->list[i].id))
            return true;
    return !options->check;
}

static int list(const struct list_options *options)
{
    struct suite suite = { .problems = { .count = 0 } };
    bool fine = suite_load(&suite, options->paths, options->count);
    int code = EXIT_USAGE;

    if (is_known(options, &suite.catalogue))
        code = print_list(options, &suite);
    else
        fprintf(stderr, "sessionspec list: --checks %s: no such requirement\n",
                options->check);

    suite_free(&suite);
    return fine ? code : EXIT_USAGE;
}

int cmd_list(int argc, char **argv)
{
    struct list_options options = { .requirements = false };
    struct fault fault;
    int code;

    options.paths = calloc((size_t)argc + 1, sizeof *options.paths);
    must(options.paths);
    if (args_parse(&table, &options, argc, argv, &fault) != 0) {
        fprintf(stderr, "sessionspec list: %s\n", fault.text);
        print_usage(stderr);
        code = EXIT_USAGE;
    } else if (options.help) {
        print_usage(stdout);
        code = EXIT_PASSED;
    } else {
        code = list(&options);
    }
    free(options.paths);
    return code;
}

static bool checks_asked(const struct list_options *options,
                         const struct test_case *test)
{
    for (size_t i = 0; i < test->checks.count; i++)
        if (is_asked(options, test->checks.list[i]))
            return true;
    return !options->check;
}

/* ------------------------------------------------------------------ cases */

static json_t *words_json(const struct words *words)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(array, json_string(words->list[i]));
    return array;
}

static json_t *case_json(const struct test_case *test)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "id", test->id, "suite",
        test->suite, "title", test->title, "file", test->at.file, "line",
        (int)test->at.line, "checks", words_json(&test->checks), "tags",
        words_json(&test->tags), "needs", words_json(&test->needs));

    must(object);
    if (test->since)
        json_object_set_new(object, "since", json_string(test->since));
    if (test->diverges)
        json_object_set_new(object, "diverges",
                            json_pack("{s:s, s:s}", "id", test->diverges,
                                      "source", test->diverges_source));
    return object;
}

static json_t *cases_json(const struct list_options *options,
                          const struct suite *suite)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < suite->cases.count; i++)
        if (checks_asked(options, &suite->cases.cases[i]))
            json_array_append_new(array, case_json(&suite->cases.cases[i]));
    return array;
}

static void print_cases(const struct list_options *options,
                        const struct suite *suite)
{
    for (size_t i = 0; i < suite->cases.count; i++)
        if (checks_asked(options, &suite->cases.cases[i]))
            printf("%s  %s\n", suite->cases.cases[i].id,
                   suite->cases.cases[i].title);
}

/* ----------------------------------------------------------- requirements */

static json_t *checking_json(const struct suite *suite, const char *id)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < suite->cases.count; i++)
        if (case_has_check(&suite->cases.cases[i], id))
            json_array_append_new(array, json_string(suite->cases.cases[i].id));
    return array;
}

static json_t *seen_json(const struct requirement *requirement)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < requirement->seen_count; i++) {
        const struct seen *seen = &requirement->seen[i];
        json_t *object =
            json_pack("{s:s, s:s}", "where", seen->where, "what", seen->what);

        must(object);
        if (seen->link)
            json_object_set_new(object, "link", json_string(seen->link));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *requirements_json(const struct list_options *options,
                                 const struct suite *suite)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < suite->catalogue.count; i++) {
        const struct requirement *one = &suite->catalogue.list[i];
        json_t *object;

        if (!is_asked(options, one->id))
            continue;
        object =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", one->id,
                      "section", one->section, "level", level_names[one->level],
                      "text", one->text, "source", one->source, "cases",
                      checking_json(suite, one->id), "seen", seen_json(one));
        must(object);
        if (one->failure)
            json_object_set_new(object, "failure", json_string(one->failure));
        json_array_append_new(array, object);
    }
    return array;
}

/* How many of the requirements of each level there are, with a case and
 * without. */
struct tally {
    size_t all[LEVEL_HAZARD + 1], covered[LEVEL_HAZARD + 1];
};

/* Returns how many cases check it. */
static size_t print_requirement(const struct suite *suite,
                                const struct requirement *one)
{
    size_t cases = 0;

    printf("%s  %s\n    ", one->id, level_names[one->level]);
    layout_fill(stdout, 4, 4, one->text);
    fputs("    ", stdout);
    layout_fillf(stdout, 4, 6, "source: %s", one->source);
    for (size_t i = 0; i < suite->cases.count; i++) {
        if (!case_has_check(&suite->cases.cases[i], one->id))
            continue;
        printf("    case: %s\n", suite->cases.cases[i].id);
        cases++;
    }
    if (!cases)
        puts("    no case");
    return cases;
}

static void print_tally(const struct tally *tally, const char *without)
{
    size_t all = 0, covered = 0;

    printf("\n%-12s %5s %10s %8s\n", "level", "all", "with cases", "without");
    for (int level = 0; level <= LEVEL_HAZARD; level++) {
        all += tally->all[level];
        covered += tally->covered[level];
        if (!tally->all[level])
            continue;
        printf("%-12s %5zu %10zu %8zu\n", level_names[level], tally->all[level],
               tally->covered[level],
               tally->all[level] - tally->covered[level]);
    }
    printf("%-12s %5zu %10zu %8zu\n", "all", all, covered, all - covered);
    if (all > covered) {
        fputs("\nwithout a case: ", stdout);
        layout_fill(stdout, strlen("without a case: "), 2, without);
    }
}

static void print_requirements(const struct list_options *options,
                               const struct suite *suite)
{
    struct tally tally = { .all = { 0 } };
    const char *section = "";
    char *without = NULL;
    size_t length;
    FILE *to = open_memstream(&without, &length);

    must(to);
    for (size_t i = 0; i < suite->catalogue.count; i++) {
        const struct requirement *one = &suite->catalogue.list[i];

        if (!is_asked(options, one->id))
            continue;
        if (strcmp(section, one->section) != 0)
            printf("%s%s: %s\n\n", *section ? "\n" : "", one->section,
                   one->section_title);
        section = one->section;
        tally.all[one->level]++;
        if (print_requirement(suite, one))
            tally.covered[one->level]++;
        else
            fprintf(to, " %s", one->id);
    }
    must(fclose(to) == 0);
    print_tally(&tally, without);
    free(without);
}

static int print_list(const struct list_options *options,
                      const struct suite *suite)
{
    json_t *all;

    if (options->requirements && !suite->catalogue.count) {
        fputs("sessionspec list: there is no requirements.yml in cases/ or "
              "among the files\n",
              stderr);
        return EXIT_USAGE;
    }
    if (!options->json) {
        if (options->requirements)
            print_requirements(options, suite);
        else
            print_cases(options, suite);
        return EXIT_PASSED;
    }
    all = options->requirements
              ? json_pack("{s:o}", "requirements",
                          requirements_json(options, suite))
              : json_pack("{s:o}", "cases", cases_json(options, suite));
    must(all);
    must(json_dumpf(all, stdout, JSON_INDENT(2)) == 0);
    putchar('\n');
    json_decref(all);
    return EXIT_PASSED;
}
