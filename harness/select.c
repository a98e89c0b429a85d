/* select.c: which of the loaded cases are to be played */
#include "select.h"
#include "base/must.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* An ID, or a section: the part of one before its `-`. */
static bool check_matches(const char *word, const char *id)
{
    size_t length = strlen(word);

    return strncmp(word, id, length) == 0 &&
           (id[length] == '\0' || id[length] == '-');
}

static bool filter_passes(const struct words *filters,
                          const struct test_case *test)
{
    for (size_t i = 0; i < filters->count; i++)
        if (fnmatch(filters->list[i], test->id, 0) == 0)
            return true;
    return filters->count == 0;
}

static bool checks_pass(const struct words *checks,
                        const struct test_case *test)
{
    for (size_t i = 0; i < checks->count; i++)
        for (size_t k = 0; k < test->checks.count; k++)
            if (check_matches(checks->list[i], test->checks.list[k]))
                return true;
    return checks->count == 0;
}

static bool tags_pass(const struct words *tags, const struct test_case *test)
{
    for (size_t i = 0; i < tags->count; i++)
        for (size_t k = 0; k < test->tags.count; k++)
            if (strcmp(tags->list[i], test->tags.list[k]) == 0)
                return true;
    return tags->count == 0;
}

const struct test_case **select_cases(const struct case_set *set,
                                      struct run_options *options,
                                      size_t *count)
{
    const struct test_case **chosen =
        arena_alloc(&options->arena, (set->count + 1) * sizeof *chosen);

    *count = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct test_case *test = &set->cases[i];
        if (filter_passes(&options->filters, test) &&
            checks_pass(&options->checks, test) &&
            tags_pass(&options->tags, test))
            chosen[(*count)++] = test;
    }
    return chosen;
}

size_t select_shard(const struct test_case **cases, size_t count,
                    const struct run_options *options)
{
    size_t kept = 0;

    for (size_t i = options->shard - 1; i < count; i += options->shards)
        cases[kept++] = cases[i];
    return kept;
}

int select_check_words(const struct run_options *options,
                       const struct catalogue *catalogue, struct fault *fault)
{
    const struct words *checks = &options->checks;
    const char **ids = calloc(catalogue->count + 1, sizeof *ids);
    int result = 0;

    must(ids);
    for (size_t i = 0; i < catalogue->count; i++)
        ids[i] = catalogue->list[i].id;
    for (size_t i = 0; i < checks->count && !result; i++) {
        const char *word = checks->list[i], *meant;
        bool known = false;
        for (size_t k = 0; k < catalogue->count && !known; k++)
            known = check_matches(word, ids[k]);
        if (known)
            continue;
        meant = problem_suggest(word, ids);
        result = fault_set(
            fault, FAULT_LOCAL, "--checks %.100s: no such requirement%s%s%s",
            word, meant ? " (" : "", meant ? meant : "", meant ? "?)" : "");
    }
    free(ids);
    return result;
}

static const char *nearest_id(const struct case_set *set, const char *glob)
{
    const char **ids = calloc(set->count + 1, sizeof *ids), *meant;

    must(ids);
    for (size_t i = 0; i < set->count; i++)
        ids[i] = set->cases[i].id;
    meant = problem_suggest(glob, ids);
    free(ids);
    return meant;
}

static bool is_suite(const struct case_set *set, const char *glob)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->cases[i].suite, glob) == 0)
            return true;
    return false;
}

void select_say_none(const struct case_set *set, struct run_options *options,
                     struct fault *fault)
{
    const char *glob =
        options->filters.count == 1 ? options->filters.list[0] : NULL;
    const char *meant = glob ? nearest_id(set, glob) : NULL;

    if (set->count == 0)
        fault_set(fault, FAULT_LOCAL, "there are no cases there");
    else if (glob && is_suite(set, glob))
        fault_set(fault, FAULT_LOCAL,
                  "--filter %.150s matches no case (the whole suite is "
                  "'%.150s/*')",
                  glob, glob);
    else if (meant)
        fault_set(fault, FAULT_LOCAL,
                  "--filter %.150s matches no case (%.200s?)", glob, meant);
    else
        fault_set(fault, FAULT_LOCAL,
                  "no case is left: none of %zu passes%s%s%s", set->count,
                  options->filters.count ? " --filter" : "",
                  options->checks.count ? " --checks" : "",
                  options->tags.count ? " --tags" : "");
}
