/* cmd_list.c: sessionspec list: the cases, or what they check */
#include "commands.h"

#include "base/must.h"
#include "suite.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: sessionspec list [--requirements] [--json] [CASE FILES or DIRS]\n"
    "\n"
    "Lists the cases, one a line, or with --requirements what they check;\n"
    "of the shipped cases/ where no file is named.\n";

struct list_options {
    bool requirements, json, help;
    const char *const *paths;
    size_t count;
};

static int print_list(const struct list_options *options,
                      const struct suite *suite);

/* Options may stand before, between and behind the files, which are moved to
 * the front of argv. */
static bool options_read(struct list_options *options, int argc, char **argv)
{
    memset(options, 0, sizeof *options);
    options->paths = (const char *const *)argv + 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--requirements") == 0) {
            options->requirements = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            options->json = true;
        } else if (strcmp(argv[i], "--help") == 0) {
            options->help = true;
        } else if (argv[i][0] == '-') {
            static const char *const known[] = { "--requirements", "--json",
                                                 "--help", NULL };
            const char *near = problem_suggest(argv[i], known);

            fprintf(stderr, "sessionspec list: unknown option %s%s%s%s\n",
                    argv[i], near ? " (" : "", near ? near : "",
                    near ? "?)" : "");
            return false;
        } else {
            char *option = argv[1 + options->count];

            argv[1 + options->count++] = argv[i];
            argv[i] = option;
        }
    }
    return true;
}

int cmd_list(int argc, char **argv)
{
    struct list_options options;
    struct suite suite = { .problems = { .count = 0 } };
    bool fine;
    int code;

    if (!options_read(&options, argc, argv)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (options.help) {
        fputs(usage, stdout);
        return EXIT_PASSED;
    }
    fine = suite_load(&suite, options.paths, options.count);
    code = print_list(&options, &suite);
    suite_free(&suite);
    return fine ? code : EXIT_USAGE;
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
    return object;
}

static json_t *cases_json(const struct suite *suite)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < suite->cases.count; i++)
        json_array_append_new(array, case_json(&suite->cases.cases[i]));
    return array;
}

static void print_cases(const struct suite *suite)
{
    for (size_t i = 0; i < suite->cases.count; i++)
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

static json_t *requirements_json(const struct suite *suite)
{
    json_t *array = json_array();

    must(array);
    for (size_t i = 0; i < suite->catalogue.count; i++) {
        const struct requirement *one = &suite->catalogue.list[i];
        json_t *object =
            json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", one->id, "level",
                      level_names[one->level], "text", one->text, "source",
                      one->source, "cases", checking_json(suite, one->id));

        must(object);
        json_array_append_new(array, object);
    }
    return array;
}

static void print_requirements(const struct suite *suite)
{
    for (size_t i = 0; i < suite->catalogue.count; i++) {
        const struct requirement *one = &suite->catalogue.list[i];
        size_t cases = 0;

        printf("%s  %s\n    %s\n    source: %s\n", one->id,
               level_names[one->level], one->text, one->source);
        for (size_t c = 0; c < suite->cases.count; c++) {
            if (!case_has_check(&suite->cases.cases[c], one->id))
                continue;
            printf("    case: %s\n", suite->cases.cases[c].id);
            cases++;
        }
        if (!cases)
            puts("    no case");
    }
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
            print_requirements(suite);
        else
            print_cases(suite);
        return EXIT_PASSED;
    }
    all = options->requirements
              ? json_pack("{s:o}", "requirements", requirements_json(suite))
              : json_pack("{s:o}", "cases", cases_json(suite));
    must(all);
    must(json_dumpf(all, stdout, JSON_INDENT(2)) == 0);
    putchar('\n');
    json_decref(all);
    return EXIT_PASSED;
}
