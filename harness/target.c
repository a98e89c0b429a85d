/* target.c: the thing under test: started or found, watched, started again
 *
 * Each start makes an incarnation; old ones are kept to the end, since a
 * thread may still hold their address or ask how they died.
 */
#include "target.h"
#include "base/must.h"
#include "target_process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_START_MS 10000L
/* The first start of the express target fetches its packages. */
#define TARGET_INSTALL_MS 180000L
#define TARGET_SAY_WHY_MS 3000L
#define TARGET_ABOUT_MS   5000L
/* From a broken connection to the end of the process that broke it. */
#define TARGET_DEATH_MS 500L
/* A restarted target that ends at so many starts in a row is given up. */
#define TARGET_START_TRIES 3
#define TARGET_ARGUMENTS   16

enum kind { KIND_REFERENCE, KIND_EXPRESS, KIND_URL };

struct incarnation {
    struct incarnation *older;
    unsigned generation;
    struct process *process; /* NULL where it is not ours */
    size_t log_from;         /* what it wrote begins here */
    char *base, *tls;
    json_t *about;
};

struct target {
    enum kind kind;
    struct target_options options; /* its texts are copies */
    struct http_pool *pool;
    struct target_log log;

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

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 ||
           strncmp(text, "https://", 8) == 0;
}

static enum kind kind_of(const char *name)
{
    if (is_url(name))
        return KIND_URL;
    return strncmp(name, "express", 7) == 0 ? KIND_EXPRESS : KIND_REFERENCE;
}

bool target_name_valid(const char *name)
{
    if (is_url(name)) {
        const char *host = strstr(name, "://") + 3;
        size_t length = strcspn(host, "/?#");
        /* Paths are the requests' own. */
        return length > 0 &&
               (host[length] == '\0' || strcmp(host + length, "/") == 0);
    }
    return strcmp(name, "reference") == 0 || strcmp(name, "express") == 0 ||
           (strncmp(name, "express@", 8) == 0 && name[8]);
}

static void incarnation_free(struct incarnation *incarnation)
{
    if (incarnation->process)
        process_stop(incarnation->process);
    json_decref(incarnation->about);
    free(incarnation->base);
    free(incarnation->tls);
    free(incarnation);
}

/* Arguments that end with NULL; `threads` is where their number is written. */
static void command_of(const struct target *target, char *threads, size_t size,
                       const char *argv[TARGET_ARGUMENTS])
{
    const char *version = strchr(target->options.name, '@');
    size_t n = 0;

    if (target->kind == KIND_REFERENCE) {
        argv[n++] = target->options.server;
    } else {
        argv[n++] = target->options.express;
        if (version) {
            argv[n++] = "--version";
            argv[n++] = version + 1;
        }
        argv[n++] = "--";
    }
    argv[n++] = "--port";
    argv[n++] = "0";
    if (target->options.store) {
        argv[n++] = "--store";
        argv[n++] = target->options.store;
    }
    if (target->kind == KIND_REFERENCE && target->options.connections) {
        snprintf(threads, size, "%u", target->options.connections);
        argv[n++] = "--threads";
        argv[n++] = threads;
    }
    argv[n] = NULL;
}

static enum process_line wait_for_line(const struct target *target,
                                       struct process *process,
                                       const char **line)
{
    enum process_line came;

    if (target->kind == KIND_REFERENCE)
        return process_first_line(process, TARGET_START_MS, line);
    came = process_first_line(process, TARGET_SAY_WHY_MS, line);
    if (came != PROCESS_LATE)
        return came;
    if (target->options.notes)
        fprintf(target->options.notes,
                "waiting for %s: its first start installs its packages, "
                "which can take a minute\n",
                target->options.name);
    return process_first_line(process, TARGET_INSTALL_MS - TARGET_SAY_WHY_MS,
                              line);
}

static int ended_fault(struct target *target, const struct incarnation *fresh,
                       struct fault *fault)
{
    char how[64] = "", said[256];

    process_ended(fresh->process, 0, how, sizeof how);
    target_log_last_lines(&target->log, fresh->log_from, said, sizeof said);
    return fault_set(fault, FAULT_UNREACHABLE, "%s %s before it was ready%s%s",
                     target->kind == KIND_REFERENCE ? target->options.server
                                                    : target->options.express,
                     how, *said ? ": " : "", said);
}

/* Runs it and takes its address from its first line. */
static int process_open(struct target *target, struct incarnation *fresh,
                        struct fault *fault)
{
    const char *argv[TARGET_ARGUMENTS], *line;
    char threads[16], said[256];
    int result;

    fresh->log_from = target_log_end(&target->log);
    command_of(target, threads, sizeof threads, argv);
    result = process_start(&fresh->process, (char *const *)argv, &target->log,
                           target->options.interrupt, fault);
    if (result)
        return result;
    switch (wait_for_line(target, fresh->process, &line)) {
    case PROCESS_ENDED:
        return ended_fault(target, fresh, fault);
    case PROCESS_LATE:
        target_log_last_lines(&target->log, fresh->log_from, said, sizeof said);
        return fault_set(fault, FAULT_TIMEOUT,
                         "%s did not print its address in time%s%s", argv[0],
                         *said ? ": " : "", said);
    case PROCESS_LINE:
        break;
    }
    if (!is_url(line))
        return fault_set(fault, FAULT_PROTOCOL,
                         "%s printed \"%.60s\" where its address should stand",
                         argv[0], line);
    fresh->base = copy(line);
    return 0;
}

static int about_fault(const struct http_reply *reply, const char *base,
                       struct fault *fault)
{
    switch (reply->transport) {
    case HTTP_REFUSED:
        return fault_set(fault, FAULT_UNREACHABLE,
                         "nobody answers at %s: tried GET /_spec: %s", base,
                         reply->error);
    case HTTP_TIMEOUT:
        return fault_set(fault, FAULT_TIMEOUT,
                         "%s does not answer GET /_spec within %ld s", base,
                         TARGET_ABOUT_MS / 1000);
    default:
        return fault_set(fault, FAULT_BROKEN,
                         "%s broke off the answer to GET /_spec: %s", base,
                         reply->error);
    }
}

static int about_check(struct incarnation *fresh,
                       const struct http_reply *reply, struct fault *fault)
{
    json_t *protocol;

    if (reply->status == 200)
        fresh->about = json_loadb(reply->body, reply->body_length, 0, NULL);
    if (!json_is_object(fresh->about))
        return fault_set(fault, FAULT_PROTOCOL,
                         "%s does not speak the probe protocol: GET /_spec "
                         "gave status %ld and %s JSON object",
                         fresh->base, reply->status,
                         reply->status == 200 ? "no" : "so no");
    protocol = json_object_get(fresh->about, "protocol");
    if (json_number_value(protocol) != 1) {
        char *said = json_dumps(protocol, JSON_ENCODE_ANY);
        fault_set(fault, FAULT_PROTOCOL,
                  "%s speaks version %.40s of the probe protocol, not 1",
                  fresh->base, said ? said : "(none)");
        free(said);
        return FAULT_PROTOCOL;
    }
    if (json_is_string(json_object_get(fresh->about, "tls")))
        fresh->tls =
            copy(json_string_value(json_object_get(fresh->about, "tls")));
    return 0;
}

static int about_read(struct target *target, struct incarnation *fresh,
                      struct fault *fault)
{
    struct http_request request = { .method = "GET",
                                    .base = fresh->base,
                                    .target = "/_spec",
                                    .timeout_ms = TARGET_ABOUT_MS };
    struct http_reply reply = { .status = 0 };
    struct http_client *client = http_pool_take(target->pool);
    int result;

    http_send(client, &request, &reply);
    http_pool_give(target->pool, client);
    result = reply.transport == HTTP_OK
                 ? about_check(fresh, &reply, fault)
                 : about_fault(&reply, fresh->base, fault);
    http_reply_clear(&reply);
    return result;
}

/* A new incarnation, ready to be used, not yet in the target's list. */
static int incarnation_start(struct target *target, struct incarnation **made,
                             struct fault *fault)
{
    struct incarnation *fresh = calloc(1, sizeof *fresh);
    char how[64];
    int result = 0;

    must(fresh);
    if (target->kind == KIND_URL) {
        fresh->base = copy(target->options.name);
        if (fresh->base[strlen(fresh->base) - 1] == '/')
            fresh->base[strlen(fresh->base) - 1] = '\0';
    } else {
        result = process_open(target, fresh, fault);
    }
    if (!result)
        result = about_read(target, fresh, fault);
    if (result == FAULT_UNREACHABLE || result == FAULT_BROKEN) {
        if (fresh->process && fresh->base &&
            process_ended(fresh->process, TARGET_DEATH_MS, how, sizeof how))
            result = ended_fault(target, fresh, fault);
    }
    if (result)
        incarnation_free(fresh);
    else
        *made = fresh;
    return result;
}

/* Without the lock, by one thread at a time. */
static void target_restart(struct target *target)
{
    struct incarnation *fresh = NULL;
    struct fault fault;
    int result = FAULT_LOCAL;

    http_pool_forget(target->pool);
    for (int i = 0; result && i < TARGET_START_TRIES; i++)
        result = incarnation_start(target, &fresh, &fault);

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

bool target_died(struct target *target, unsigned generation, char *how,
                 size_t size)
{
    struct incarnation *dead;

    pthread_mutex_lock(&target->lock);
    dead = target->latest;
    while (dead && dead->generation != generation)
        dead = dead->older;
    pthread_mutex_unlock(&target->lock);
    if (!dead || !dead->process ||
        !process_ended(dead->process, TARGET_DEATH_MS, how, size))
        return false;
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
    target->options = *options;
    target->options.name = copy(options->name ? options->name : "reference");
    target->options.store = copy(options->store);
    target->options.server = copy(options->server);
    target->options.express =
        options->express ? script_in(options->express) : NULL;
    target->kind = kind_of(target->options.name);
    target->pool = pool;
    target_log_init(&target->log);
    pthread_mutex_init(&target->lock, NULL);
    pthread_cond_init(&target->restarted, NULL);
    return target;
}

int target_open(struct target **opened, const struct target_options *options,
                struct http_pool *pool, struct fault *fault)
{
    struct target *target = target_new(options, pool);
    int result = 0;

    if (!target_name_valid(target->options.name))
        result = fault_set(fault, FAULT_LOCAL, "there is no target \"%s\"",
                           target->options.name);
    if (!result)
        result = incarnation_start(target, &target->latest, fault);
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
    target_log_free(&target->log);
    pthread_cond_destroy(&target->restarted);
    pthread_mutex_destroy(&target->lock);
    free((char *)target->options.name);
    free((char *)target->options.store);
    free((char *)target->options.server);
    free((char *)target->options.express);
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
    return target_log_read(&target->log, from, to);
}
