/* verdict.c: verdicts from outcomes, as DESIGN section 8 says */
#include "verdict.h"

#include <stdbool.h>
#include <string.h>

/* What the cases of one requirement came to. */
struct tally {
    size_t cases, bad, passed;
    bool shown; /* one that passed saw the hazard */
};

/* The worst counts: nothing that passed makes up for a failure. */
static enum verdict judge(const struct tally *tally, enum level level)
{
    if (tally->cases == 0)
        return VERDICT_UNTESTED;
    if (tally->bad > 0)
        return VERDICT_FAILS;
    if (tally->passed == 0)
        return VERDICT_SKIPPED;
    if (level != LEVEL_HAZARD)
        return VERDICT_HOLDS;
    return tally->shown ? VERDICT_REACHABLE : VERDICT_NOT_REACHABLE;
}

/* A case that failed for another requirement's sake alone has shown that this
 * one holds. */
static void add(struct tally *tally, const struct result_case *test,
                const char *id)
{
    tally->cases++;
    if (result_is_against(test, id)) {
        tally->bad++;
    } else if (test->outcome != OUTCOME_SKIP) {
        tally->passed++;
        tally->shown |= test->hazard_shown;
    }
}

static void copy_seen(struct result_requirement *result,
                      const struct requirement *requirement,
                      struct arena *arena)
{
    struct result_seen *seen =
        arena_alloc(arena, (requirement->seen_count + 1) * sizeof *seen);

    for (size_t i = 0; i < requirement->seen_count; i++)
        seen[i] = (struct result_seen){ requirement->seen[i].where,
                                        requirement->seen[i].what,
                                        requirement->seen[i].link };
    result->seen = seen;
    result->seen_count = requirement->seen_count;
}

static void reach(struct result_requirement *result,
                  const struct requirement *requirement,
                  const struct result_run *run, struct arena *arena)
{
    struct tally tally = { .cases = 0 };
    size_t capacity = 0;

    *result = (struct result_requirement){
        .id = requirement->id,
        .section = requirement->section,
        .level = level_names[requirement->level],
        .text = requirement->text,
        .source = requirement->source,
        .failure = requirement->failure,
    };
    copy_seen(result, requirement, arena);
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *test = &run->cases[i];

        if (!result_checks(test, requirement->id) &&
            !result_is_against(test, requirement->id))
            continue;
        add(&tally, test, requirement->id);
        result->cases = arena_grow(arena, result->cases, result->case_count,
                                   &capacity, sizeof *result->cases);
        result->cases[result->case_count++] = test->id;
    }
    result->verdict = judge(&tally, requirement->level);
}

void verdict_reach(struct result_run *run, const struct catalogue *catalogue,
                   struct arena *arena)
{
    run->totals = (struct result_totals){ .cases = 0 };
    for (size_t i = 0; i < run->case_count; i++)
        result_count(&run->totals, run->cases[i].outcome);

    run->requirement_count = catalogue->count;
    run->requirements =
        arena_alloc(arena, catalogue->count * sizeof *run->requirements);
    for (size_t i = 0; i < catalogue->count; i++)
        reach(&run->requirements[i], &catalogue->list[i], run, arena);
}

/* What the targets that are known to have every hazard call themselves. */
static const char *const hazardous_targets[] = { "sessionspec-reference",
                                                 "express" };

size_t verdict_hidden_hazards(const struct result_run *run)
{
    const size_t count = sizeof hazardous_targets / sizeof *hazardous_targets;

    for (size_t i = 0; i < count && run->target_name != NULL; i++)
        if (strcmp(run->target_name, hazardous_targets[i]) == 0)
            return result_verdicts(run, NULL, VERDICT_NOT_REACHABLE);
    return 0;
}
