/* fuzz_parallel.c: several requests at once, in an order that is prescribed
 *
 * They begin one after the other, so that what happens before their first call
 * of the store is in order too; then a schedule of the target lets them go on
 * in turns.
 */
#include "fuzz_player.h"

#include "base/must.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One whose answer has come, and that the schedule does not know of after so
 * many ms, was never steered. */
enum { ABSENT_MS = 500, PATH_SIZE = 128 };

struct track {
    struct fuzz_exchange exchange;
    char label[32];
    pthread_t thread;
    atomic_bool ended;
};

struct parallel {
    struct fuzz_player *player;
    const json_t *requests;
    char path[PATH_SIZE]; /* of the schedule */
    struct track tracks[FUZZ_TRACKS];
    size_t count;
};

static void *run(void *arg)
{
    struct track *track = arg;

    fuzz_exchange_send(&track->exchange);
    atomic_store(&track->ended, true);
    return NULL;
}

static const json_t *request_of(const struct parallel *parallel, size_t i)
{
    return json_array_get(parallel->requests, i);
}

/* The choices of those tracks that there are: shrinking takes some away. */
static json_t *choices_of(const struct parallel *parallel, const json_t *step)
{
    const char *all = json_string_value(
        json_object_get(json_object_get(step, "parallel"), "choices"));
    char kept[64];
    size_t length = 0;

    for (; all && *all && length < sizeof kept; all++)
        if (*all >= 'A' && (size_t)(*all - 'A') < parallel->count)
            kept[length++] = *all;
    return json_stringn(kept, length);
}

static bool put_schedule(struct parallel *parallel, const json_t *step)
{
    json_t *apps = json_array(), *labels = json_array(), *body, *answer;
    long status;

    for (size_t i = 0; i < FUZZ_APPS; i++)
        if (parallel->player->apps[i].made)
            json_array_append_new(apps,
                                  json_string(parallel->player->apps[i].id));
    for (size_t i = 0; i < parallel->count; i++)
        json_array_append_new(labels, json_string(parallel->tracks[i].label));
    body = json_pack("{s:o,s:o,s:o}", "apps", apps, "labels", labels, "choices",
                     choices_of(parallel, step));
    status = fuzz_player_call(parallel->player, "PUT", parallel->path, body,
                              &answer);
    json_decref(answer);
    json_decref(body);
    return status == 201;
}

static bool has_label(const json_t *done, const char *label)
{
    json_t *one;
    size_t i;

    json_array_foreach((json_t *)done, i, one)
    {
        if (strcmp(json_string_value(one), label) == 0)
            return true;
    }
    return false;
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Until it stands before its first call, or is over: which a target may know
 * a little later than who reads the answer. */
static void await(struct parallel *parallel, struct track *track)
{
    bool ended = false, stands = false;
    double until = 0;
    json_t *answer;

    while (!stands && !parallel->player->lost && (!ended || now_ms() < until)) {
        if (!ended && atomic_load(&track->ended)) {
            ended = true;
            until = now_ms() + ABSENT_MS;
        }
        fuzz_player_call(parallel->player, "GET", parallel->path, NULL,
                         &answer);
        stands =
            json_object_get(json_object_get(answer, "parked"), track->label) ||
            has_label(json_object_get(answer, "done"), track->label);
        json_decref(answer);
    }
    /* The others would wait for one that never came. What they do when they
     * are let go is chance. */
    if (!stands) {
        parallel->player->adrift = true;
        fuzz_player_call(parallel->player, "DELETE", parallel->path, NULL,
                         &answer);
        json_decref(answer);
    }
}

static void run_all(struct parallel *parallel)
{
    for (size_t i = 0; i < parallel->count; i++) {
        struct track *track = &parallel->tracks[i];

        must(pthread_create(&track->thread, NULL, run, track) == 0);
        await(parallel, track);
    }
    for (size_t i = 0; i < parallel->count; i++)
        pthread_join(parallel->tracks[i].thread, NULL);
}

/* All cookies are chosen before the first is sent, and kept after the last
 * has come. */
static void begin(struct parallel *parallel, const json_t *step)
{
    struct fuzz_player *player = parallel->player;
    size_t size;

    parallel->requests =
        json_object_get(json_object_get(step, "parallel"), "requests");
    size = json_array_size(parallel->requests);
    parallel->count = size < FUZZ_TRACKS ? size : FUZZ_TRACKS;
    snprintf(parallel->path, sizeof parallel->path, "/_spec/schedules/%s-%zu",
             player->apps[0].id, json_array_size(player->steps));
    for (size_t i = 0; i < parallel->count; i++) {
        struct track *track = &parallel->tracks[i];

        snprintf(track->label, sizeof track->label, "r%zu%c",
                 json_array_size(player->steps), (char)('a' + i));
        atomic_init(&track->ended, false);
        fuzz_exchange_begin(&track->exchange, player, request_of(parallel, i),
                            track->label);
        track->exchange.client = http_pool_take(player->side->pool);
    }
}

static json_t *end(struct parallel *parallel)
{
    json_t *replies = json_array();

    for (size_t i = 0; i < parallel->count; i++) {
        struct track *track = &parallel->tracks[i];

        http_pool_give(parallel->player->side->pool, track->exchange.client);
        json_array_append_new(
            replies, fuzz_exchange_end(&track->exchange, parallel->player,
                                       request_of(parallel, i)));
    }
    return json_pack("{s:[],s:o}", "calls", "replies", replies);
}

json_t *fuzz_play_parallel(struct fuzz_player *player, const json_t *step)
{
    struct parallel parallel = { .player = player };
    json_t *seen, *answer;

    begin(&parallel, step);
    if (parallel.count > 0 && put_schedule(&parallel, step))
        run_all(&parallel);
    seen = end(&parallel);
    fuzz_player_call(player, "DELETE", parallel.path, NULL, &answer);
    json_decref(answer);
    if (!player->adrift)
        return seen;
    json_decref(seen);
    return json_pack("{s:s}", "transport", "adrift");
}
