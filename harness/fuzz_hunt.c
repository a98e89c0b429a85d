/* fuzz_hunt.c: plays scenario after scenario on two targets, side by side */
#include "fuzz_hunt.h"

#include "base/must.h"
#include "fuzz_cause.h"
#include "fuzz_judge.h"
#include "fuzz_make.h"
#include "fuzz_report.h"
#include "fuzz_shrink.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How often a finding is played to make it small. */
#define SHRINK_BUDGET 2000
/* And how often to see whether less of it shows anything. */
#define RELATE_BUDGET 300

/* A target that dies of every tenth scenario is mended before it is tried any
 * further: each time it is started again. */
#define DEATHS_MAX 10

/* Between two drawings of the progress, in seconds. */
#define PROGRESS_S 0.5

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ------------------------------------------------------ whose turn it is */

static bool is_over(const struct fuzz_hunt *hunt)
{
    return atomic_load(hunt->stop) || hunt->unreachable ||
           hunt->found == FUZZ_FINDINGS_MAX ||
           hunt->place_count == FUZZ_PLACES_MAX || hunt->deaths >= DEATHS_MAX ||
           (hunt->steps_max && hunt->reserved >= hunt->steps_max) ||
           (hunt->scenarios_max &&
            hunt->next >= hunt->first + hunt->scenarios_max) ||
           (hunt->seconds_max > 0 &&
            now_s() - hunt->started > hunt->seconds_max);
}

static bool take_number(struct fuzz_hunt *hunt, unsigned long *number)
{
    bool more;

    pthread_mutex_lock(&hunt->lock);
    more = !is_over(hunt);
    if (more)
        *number = hunt->next++;
    pthread_mutex_unlock(&hunt->lock);
    return more;
}

/* Takes its steps off those that are left; the last scenario is cut. */
static void reserve(struct fuzz_hunt *hunt, json_t *steps)
{
    size_t count = json_array_size(steps);

    pthread_mutex_lock(&hunt->lock);
    if (hunt->steps_max && count > hunt->steps_max - hunt->reserved)
        count = hunt->steps_max - hunt->reserved;
    hunt->reserved += count;
    pthread_mutex_unlock(&hunt->lock);
    while (json_array_size(steps) > count)
        json_array_remove(steps, json_array_size(steps) - 1);
}

static void count(struct fuzz_hunt *hunt, const json_t *scenario,
                  enum fuzz_verdict verdict)
{
    double now = now_s();

    pthread_mutex_lock(&hunt->lock);
    hunt->steps += json_array_size(json_object_get(scenario, "steps"));
    hunt->scenarios++;
    hunt->deaths += verdict == FUZZ_DIED;
    if (hunt->progress && now - hunt->drawn > PROGRESS_S) {
        hunt->drawn = now;
        fprintf(hunt->progress,
                "\r%lu steps in %lu scenarios, %u divergences (%.0f steps/s) ",
                hunt->steps, hunt->scenarios, hunt->found,
                (double)hunt->steps / (now - hunt->started));
        fflush(hunt->progress);
    }
    pthread_mutex_unlock(&hunt->lock);
}

/* ---------------------------------------------------------------- findings */

/* NULL: not seen yet. With the lock. */
static struct fuzz_place *find_place(struct fuzz_hunt *hunt, const char *path)
{
    for (unsigned i = 0; i < hunt->place_count; i++)
        if (strcmp(hunt->places[i].path, path) == 0)
            return &hunt->places[i];
    return NULL;
}

/* True where it is the first time there: then it is to be shrunk. */
static bool is_news(struct fuzz_hunt *hunt, const char *path)
{
    struct fuzz_place *place;
    bool news;

    pthread_mutex_lock(&hunt->lock);
    place = find_place(hunt, path);
    news = !place && hunt->place_count < FUZZ_PLACES_MAX;
    if (news) {
        place = &hunt->places[hunt->place_count++];
        *place = (struct fuzz_place){ strdup(path), FUZZ_UNKNOWN, 0 };
        must(place->path);
    }
    if (place && place->finding == FUZZ_UNKNOWN)
        place->times++;
    else if (place)
        hunt->findings[place->finding].times++;
    pthread_mutex_unlock(&hunt->lock);
    return news;
}

struct search {
    struct fuzz_hunt *hunt;
    const struct fuzz_judgement *wanted;
    bool any; /* any difference will do */
};

/* The same kind of difference; another one would lead astray. */
static bool shows(void *arg, const json_t *scenario)
{
    struct search *search = arg;
    struct fuzz_judgement judgement;
    bool same;

    if (atomic_load(search->hunt->stop))
        return false;
    fuzz_judge(search->hunt, scenario, search->wanted->verdict == FUZZ_DIED,
               &judgement);
    same = judgement.verdict == search->wanted->verdict &&
           (search->any || strcmp(judgement.difference.path,
                                  search->wanted->difference.path) == 0);
    fuzz_judgement_clear(&judgement);
    return same;
}

/* Of a finding of the like cause; hunt->found where there is none. */
static unsigned find_cause(const struct search *search, const json_t *cause)
{
    const struct fuzz_hunt *hunt = search->hunt;
    bool death = search->wanted->verdict == FUZZ_DIED;
    unsigned i = 0;

    while (i < hunt->found &&
           (hunt->findings[i].death != death ||
            !fuzz_cause_alike(hunt->findings[i].cause, cause)))
        i++;
    return i;
}

/* True where that cause has been reported; then the place is counted with it.
 */
static bool is_known_cause(struct search *search, const json_t *scenario)
{
    struct fuzz_hunt *hunt = search->hunt;
    json_t *cause = fuzz_cause(scenario);
    struct fuzz_place *place;
    bool known;
    unsigned i;

    pthread_mutex_lock(&hunt->lock);
    i = find_cause(search, cause);
    known = i < hunt->found;
    if (known) {
        place = find_place(hunt, search->wanted->difference.path);
        place->finding = i;
        hunt->findings[i].times += place->times;
        hunt->findings[i].places++;
        fuzz_cause_reduce(hunt->findings[i].cause, cause);
    }
    pthread_mutex_unlock(&hunt->lock);
    json_decref(cause);
    return known;
}

/* False where it is none, or there are too many. */
static bool add_finding(struct search *search, unsigned long number,
                        const json_t *small)
{
    struct fuzz_hunt *hunt = search->hunt;
    struct fuzz_finding *finding;
    struct fuzz_place *place;

    if (is_known_cause(search, small))
        return false;
    pthread_mutex_lock(&hunt->lock);
    if (hunt->found < FUZZ_FINDINGS_MAX) {
        place = find_place(hunt, search->wanted->difference.path);
        place->finding = hunt->found;
        finding = &hunt->findings[hunt->found++];
        *finding = (struct fuzz_finding){ .path = strdup(place->path),
                                          .cause = fuzz_cause(small),
                                          .death = search->wanted->verdict ==
                                                   FUZZ_DIED,
                                          .number = number,
                                          .times = place->times };
        must(finding->path);
    }
    pthread_mutex_unlock(&hunt->lock);
    return true;
}

/* What lies behind the difference has mostly nothing to do with it. */
static json_t *cut_off(struct search *search, const json_t *scenario)
{
    const struct fuzz_difference *difference = &search->wanted->difference;
    json_t *copy = json_deep_copy(scenario);
    json_t *steps = json_object_get(copy, "steps");

    while (difference->step != FUZZ_NO_STEP &&
           json_array_size(steps) > difference->step + 1)
        json_array_remove(steps, json_array_size(steps) - 1);
    if (shows(search, copy))
        return copy;
    json_decref(copy);
    return json_deep_copy(scenario);
}

/* Where less than it takes to show the difference here shows one elsewhere,
 * the cause is that one's. */
static bool is_effect(struct search *search, const json_t *small)
{
    struct fuzz_test test = { shows, search, RELATE_BUDGET };
    json_t *less;
    bool known;

    search->any = true;
    less = fuzz_shrink(small, &test);
    search->any = false;
    known = is_known_cause(search, less);
    json_decref(less);
    return known;
}

/* With hunt->pursuit. */
static void pursue(struct fuzz_hunt *hunt, unsigned long number,
                   const json_t *scenario,
                   const struct fuzz_judgement *judgement)
{
    struct search search = { hunt, judgement, false };
    struct fuzz_test test = { shows, &search, SHRINK_BUDGET };
    json_t *start = cut_off(&search, scenario);
    json_t *small = fuzz_shrink(start, &test);
    struct fuzz_judgement last;

    fuzz_judge(hunt, small, judgement->verdict == FUZZ_DIED, &last);
    if (!is_effect(&search, small) && add_finding(&search, number, small))
        fuzz_report(hunt, number, scenario, small,
                    last.verdict == judgement->verdict ? &last : judgement);
    fuzz_judgement_clear(&last);
    json_decref(small);
    json_decref(start);
}

/* ----------------------------------------------------------------- workers */

static void *work(void *arg)
{
    struct fuzz_hunt *hunt = arg;
    unsigned long number;

    while (take_number(hunt, &number)) {
        json_t *scenario = fuzz_make(hunt->seed, number, hunt->tls);
        struct fuzz_judgement judgement;

        if (!hunt->schedules)
            fuzz_make_sequential(scenario);
        reserve(hunt, json_object_get(scenario, "steps"));
        fuzz_judge(hunt, scenario, false, &judgement);
        count(hunt, scenario, judgement.verdict);
        if ((judgement.verdict == FUZZ_DIFFERENT ||
             judgement.verdict == FUZZ_DIED) &&
            !atomic_load(hunt->stop) &&
            is_news(hunt, judgement.difference.path)) {
            pthread_mutex_lock(&hunt->pursuit);
            pursue(hunt, number, scenario, &judgement);
            pthread_mutex_unlock(&hunt->pursuit);
        }
        fuzz_judgement_clear(&judgement);
        json_decref(scenario);
    }
    return NULL;
}

void fuzz_hunt(struct fuzz_hunt *hunt)
{
    pthread_t *threads = calloc(hunt->jobs, sizeof *threads);

    must(threads);
    pthread_mutex_init(&hunt->lock, NULL);
    pthread_mutex_init(&hunt->turnstile, NULL);
    pthread_mutex_init(&hunt->pursuit, NULL);
    pthread_rwlock_init(&hunt->alone, NULL);
    atomic_init(&hunt->apps, 0);
    hunt->next = hunt->first;
    hunt->started = hunt->drawn = now_s();
    for (unsigned i = 0; i < hunt->jobs; i++)
        must(pthread_create(&threads[i], NULL, work, hunt) == 0);
    for (unsigned i = 0; i < hunt->jobs; i++)
        pthread_join(threads[i], NULL);
    hunt->seconds = now_s() - hunt->started;
    if (hunt->progress)
        fputs("\r\033[K", hunt->progress);
    pthread_rwlock_destroy(&hunt->alone);
    pthread_mutex_destroy(&hunt->turnstile);
    pthread_mutex_destroy(&hunt->pursuit);
    pthread_mutex_destroy(&hunt->lock);
    free(threads);
}

void fuzz_hunt_clear(struct fuzz_hunt *hunt)
{
    for (unsigned i = 0; i < hunt->found; i++) {
        free(hunt->findings[i].path);
        json_decref(hunt->findings[i].cause);
    }
    for (unsigned i = 0; i < hunt->place_count; i++)
        free(hunt->places[i].path);
    hunt->found = hunt->place_count = 0;
}
