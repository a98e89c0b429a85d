/* target.c: the thing under test: started or found, watched, started again
 *
 * Each start makes an incarnation; old ones are kept to the end, since a
 * thread may still hold their address or ask how they died.
 */
#include "target.h"
#include "base/must.h"
#include "target_start.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A restarted target that ends at so many starts in a row is given up. */
#define TARGET_START_TRIES 3

struct target {
    struct target_spec spec;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t restarted;
    struct incarnation *latest;
    bool restarting;
    bool given_up; /* `why` says it */
    struct fault why;
};

static char *copy(const char *text)
{
    char *fresh = text ? strdup(text) : NULL;

    must(fresh || !text);
    return fresh;
}

/* Without the lock, by one thread at a time. */
static void target_restart(struct target *target)
{
    struct incarnation *fresh = NULL;
    struct fault fault;
    int result = FAULT_LOCAL;

    http_pool_forget(target->spec.pool);
    for (int i = 0; result && i < TARGET_START_TRIES; i++)
        result = incarnation_start(&target->spec, &fresh, &fault);

    pthread_mutex_lock(&target->lock);
    if (result) {
        target->given_up = true;
        fault_set(&target->why, FAULT_UNREACHABLE,
                  "the target died and could not be started again "
                  "(%d tries): %.400s",
                  TARGET_START_TRIES, fault.text);
    } else {
        fresh->generation = target->latest->generation + 1;
        fresh->older = target->latest;
        target->latest = fresh;
    }
    target->restarting = false;
    pthread_cond_broadcast(&target->restarted);
    pthread_mutex_unlock(&target->lock);
}

/* With the lock held. Afterwards `dead` has a successor, or none will come. */
static void replace(struct target *target, const struct incarnation *dead)
{
    while (target->latest == dead && !target->given_up) {
        if (target->restarting) {
            pthread_cond_wait(&target->restarted, &target->lock);
        } else {
            target->restarting = true;
            pthread_mutex_unlock(&target->lock);
            target_log_last_lines(&target->spec.log, target->latest->log_from,
                                  target->latest->said,
                                  sizeof target->latest->said);
            target_restart(target);
            pthread_mutex_lock(&target->lock);
        }
    }
}

bool target_ready(struct target *target, struct fault *fault)
{
    struct incarnation *latest;
    char how[64];
    bool ready;

    pthread_mutex_lock(&target->lock);
    latest = target->latest;
    if (latest->process && process_ended(latest->process, 0, how, sizeof how))
        replace(target, latest);
    ready = !target->given_up;
    if (!ready)
        *fault = target->why;
    pthread_mutex_unlock(&target->lock);
    return ready;
}

/* NULL where there is none of that generation. */
static struct incarnation *incarnation_of(struct target *target,
                                          unsigned generation)
{
    struct incarnation *found;

    pthread_mutex_lock(&target->lock);
    found = target->latest;
    while (found && found->generation != generation)
        found = found->older;
    pthread_mutex_unlock(&target->lock);
    return found;
}

const char *target_last_words(struct target *target, unsigned generation)
{
    const struct incarnation *dead = incarnation_of(target, generation);

    return dead ? dead->said : "";
}

static void note_hung(struct target *target, struct incarnation *hung)
{
    pthread_mutex_lock(&target->lock);
    hung->hung = true;
    pthread_mutex_unlock(&target->lock);
}

static bool is_noted_hung(struct target *target, const struct incarnation *one)
{
    bool hung;

    pthread_mutex_lock(&target->lock);
    hung = one->hung;
    pthread_mutex_unlock(&target->lock);
    return hung;
}

/* One that lives and says nothing would cost every case to come its whole
 * time: it is ended like one that died. While one thread asks it, another's
 * patience may have ended it. */
static bool has_ended(struct target *target, struct incarnation *one, char *how,
                      size_t size)
{
    if (process_ended(one->process, TARGET_DEATH_MS, how, size))
        return true;
    if (!incarnation_is_silent(&target->spec, one))
        return process_ended(one->process, TARGET_DEATH_MS, how, size);
    note_hung(target, one);
    process_kill(one->process);
    return process_ended(one->process, TARGET_SILENCE_MS, how, size);
}

bool target_died(struct target *target, unsigned generation, char *how,
                 size_t size)
{
    struct incarnation *dead = incarnation_of(target, generation);

    if (!dead || !dead->process || !has_ended(target, dead, how, size))
        return false;
    if (is_noted_hung(target, dead))
        snprintf(how, size, "hung: for %ld s it answered nothing at all",
                 TARGET_SILENCE_MS / 1000);
    pthread_mutex_lock(&target->lock);
    replace(target, dead);
    pthread_mutex_unlock(&target->lock);
    return true;
}

/* start.sh in the folder of the express target. */
static char *script_in(const char *folder)
{
    size_t size = strlen(folder) + sizeof "/start.sh";
    char *path = malloc(size);

    must(path);
    snprintf(path, size, "%s/start.sh", folder);
    return path;
}

static struct target *target_new(const struct target_options *options,
                                 struct http_pool *pool)
{
    struct target *target = calloc(1, sizeof *target);

    must(target);
    target->spec.options = *options;
    target->spec.options.name =
        copy(options->name ? options->name : "reference");
    target->spec.options.store = copy(options->store);
    target->spec.options.server = copy(options->server);
    target->spec.options.express =
        options->express ? script_in(options->express) : NULL;
    target->spec.kind = target_kind_of(target->spec.options.name);
    target->spec.pool = pool;
    target_log_init(&target->spec.log);
    pthread_mutex_init(&target->lock, NULL);
    pthread_cond_init(&target->restarted, NULL);
    return target;
}

int target_open(struct target **opened, const struct target_options *options,
                struct http_pool *pool, struct fault *fault)
{
    struct target *target = target_new(options, pool);
    int result = 0;

    if (!target_name_valid(target->spec.options.name))
        result = fault_set(fault, FAULT_LOCAL, "there is no target \"%s\"",
                           target->spec.options.name);
    if (!result)
        result = incarnation_start(&target->spec, &target->latest, fault);
    if (result)
        target_close(target);
    else
        *opened = target;
    return result;
}

void target_close(struct target *target)
{
    while (target->latest) {
        struct incarnation *incarnation = target->latest;
        target->latest = incarnation->older;
        incarnation_free(incarnation);
    }
    target_log_free(&target->spec.log);
    pthread_cond_destroy(&target->restarted);
    pthread_mutex_destroy(&target->lock);
    free((char *)target->spec.options.name);
    free((char *)target->spec.options.store);
    free((char *)target->spec.options.server);
    free((char *)target->spec.options.express);
    free(target);
}

static struct incarnation *latest(struct target *target)
{
    struct incarnation *incarnation;

    pthread_mutex_lock(&target->lock);
    incarnation = target->latest;
    pthread_mutex_unlock(&target->lock);
    return incarnation;
}

const char *target_base(struct target *target, bool tls)
{
    struct incarnation *incarnation = latest(target);

    return tls ? incarnation->tls : incarnation->base;
}

unsigned target_generation(struct target *target)
{
    return latest(target)->generation;
}

const json_t *target_about(struct target *target)
{
    return latest(target)->about;
}

bool target_can(struct target *target, const char *ability)
{
    const json_t *abilities =
        json_object_get(target_about(target), "abilities");
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)abilities, i,
                       one) if (json_is_string(one) &&
                                strcmp(json_string_value(one), ability) ==
                                    0) return true;
    return false;
}

char *target_stderr(struct target *target, size_t from, size_t *to)
{
    struct process *process = latest(target)->process;

    if (process)
        process_catch_up(process);
    return target_log_read(&target->spec.log, from, to);
}
