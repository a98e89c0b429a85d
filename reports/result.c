/* result.c: the words of the result model, and what can be counted in it */
#include "result.h"

#include <stdlib.h>
#include <string.h>

#define RESULT_X(name, word, member) [name] = word,
const char *const outcome_words[OUTCOME_COUNT] = { RESULT_OUTCOMES(RESULT_X) };
#undef RESULT_X

#define RESULT_X(name, word, member) [name] = #member,
const char *const outcome_count_words[OUTCOME_COUNT] = { RESULT_OUTCOMES(
    RESULT_X) };
#undef RESULT_X

#define RESULT_X(name, word) [name] = word,
const char *const verdict_words[VERDICT_COUNT] = { RESULT_VERDICTS(RESULT_X) };
#undef RESULT_X

const char *const result_levels[] = { "required", "recommended", "optional",
                                      "observed", "hazard",      NULL };

void result_count(struct result_totals *totals, enum outcome outcome)
{
    totals->cases++;
    switch (outcome) {
#define RESULT_X(name, word, member)                                           \
    case name:                                                                 \
        totals->member++;                                                      \
        break;
        RESULT_OUTCOMES(RESULT_X)
#undef RESULT_X
    default:
        break;
    }
}

size_t result_counted(const struct result_totals *totals, enum outcome outcome)
{
    switch (outcome) {
#define RESULT_X(name, word, member)                                           \
    case name:                                                                 \
        return totals->member;
        RESULT_OUTCOMES(RESULT_X)
#undef RESULT_X
    default:
        return 0;
    }
}

size_t result_bad(const struct result_totals *totals)
{
    return totals->cases - totals->passed - totals->skipped;
}

struct result_suite *result_suites(const struct result_run *run, size_t *count)
{
    struct result_suite *list = calloc(run->case_count + 1, sizeof *list);
    size_t used = 0;

    *count = 0;
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *test = &run->cases[i];
        size_t at = 0;

        while (at < used && strcmp(list[at].name, test->suite) != 0)
            at++;
        if (at == used)
            list[used++].name = test->suite;
        result_count(&list[at].totals, test->outcome);
        list[at].seconds += test->seconds;
    }
    *count = used;
    return list;
}

const struct result_requirement *
result_requirement(const struct result_run *run, const char *id)
{
    for (size_t i = 0; i < run->requirement_count; i++)
        if (strcmp(run->requirements[i].id, id) == 0)
            return &run->requirements[i];
    return NULL;
}

size_t result_verdicts(const struct result_run *run, const char *level,
                       enum verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < run->requirement_count; i++) {
        const struct result_requirement *requirement = &run->requirements[i];

        if (requirement->verdict == verdict &&
            (level == NULL || strcmp(requirement->level, level) == 0))
            count++;
    }
    return count;
}

bool outcome_is_bad(enum outcome outcome)
{
    return outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP;
}

bool result_checks(const struct result_case *test, const char *id)
{
    for (size_t i = 0; i < test->check_count; i++)
        if (test->checks[i] != NULL && strcmp(test->checks[i], id) == 0)
            return true;
    return false;
}

bool result_is_against(const struct result_case *test, const char *id)
{
    bool of_its_own = test->failure_count == 0;

    if (!outcome_is_bad(test->outcome))
        return false;
    for (size_t i = 0; i < test->failure_count; i++) {
        const char *against = test->failures[i].against;

        if (against != NULL && strcmp(against, id) == 0)
            return true;
        of_its_own |= against == NULL;
    }
    return of_its_own && result_checks(test, id);
}

/* What it checks, and behind that what its failures are against; NULL among
 * them where a failure says nothing of that. */
static const char *candidate(const struct result_case *test, size_t i)
{
    return i < test->check_count
               ? test->checks[i]
               : test->failures[i - test->check_count].against;
}

static bool came_before(const struct result_case *test, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (candidate(test, k) != NULL &&
            strcmp(candidate(test, k), candidate(test, i)) == 0)
            return true;
    return false;
}

const char *result_concern(const struct result_case *test, size_t i)
{
    if (!outcome_is_bad(test->outcome))
        return i < test->check_count ? test->checks[i] : NULL;
    for (size_t k = 0; k < test->check_count + test->failure_count; k++) {
        const char *id = candidate(test, k);

        if (id != NULL && !came_before(test, k) &&
            result_is_against(test, id) && i-- == 0)
            return id;
    }
    return NULL;
}

const char *result_case_name(const struct result_case *test)
{
    size_t length = strlen(test->suite);

    if (strncmp(test->id, test->suite, length) == 0 && test->id[length] == '/')
        return test->id + length + 1;
    return test->id;
}
