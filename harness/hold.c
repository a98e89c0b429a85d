/* hold.c: a request that is steered while it is under way */
#include "hold.h"

#include "base/must.h"
#include "turns.h"

#include <string.h>

/* How long the target is asked to wait for the request to stand still. No
 * longer: a request that never came to its store is noticed that late. */
enum { WATCH_MS = 1000 };

static void *watch(void *arg);

static bool put_schedule(struct hold *hold)
{
    struct scene *scene = hold->track->scene;
    struct probe_answer answer = { 0 };
    struct fault fault;
    json_t *body =
        json_pack("{s:[s], s:[s], s:s, s:s}", "apps", hold->app->id, "labels",
                  hold->label, "choices", "", "then", "stop");
    int code;
    bool put;

    hold->schedule = arena_printf(&scene->arena, "%s-%u", scene->apps[0].id,
                                  ++scene->schedules);
    code = probe_put_schedule(&hold->track->probe, hold->schedule, body,
                              &answer, &fault);
    put = !code && answer.status >= 200 && answer.status <= 299;
    if (!put && !code) {
        probe_refusal(&answer, &fault);
        code = FAULT_PROTOCOL;
    }
    if (!put)
        scene_stop(scene, hold->step, code, &fault);
    probe_answer_clear(&answer);
    json_decref(body);
    return put;
}

bool hold_begin(struct hold *hold)
{
    struct scene *scene = hold->track->scene;

    if (!put_schedule(hold))
        return false;
    hold->probe = hold->track->probe;
    hold->probe.client = http_pool_take(scene->pool);
    hold->over = false;
    must(pthread_create(&hold->thread, NULL, watch, hold) == 0);
    return true;
}

bool hold_end(struct hold *hold)
{
    struct scene *scene = hold->track->scene;

    hold->over = true;
    pthread_mutex_unlock(&scene->lock);
    pthread_join(hold->thread, NULL);
    http_pool_give(scene->pool, hold->probe.client);
    pthread_mutex_lock(&scene->lock);
    for (size_t i = 0; hold->gates && i < hold->gates->count; i++)
        gate_miss(&scene->gates, gate_named(&scene->gates, &scene->arena,
                                            hold->gates->items[i]->key));
    if (hold->code)
        return scene_stop(scene, hold->step, hold->code, &hold->fault);
    return !scene->gates.deadlock;
}

void hold_head(void *arg)
{
    struct hold *hold = arg;
    struct scene *scene = hold->track->scene;

    pthread_mutex_lock(&scene->lock);
    for (size_t i = 0; hold->gates && i < hold->gates->count; i++)
        gate_head(&scene->gates, gate_named(&scene->gates, &scene->arena,
                                            hold->gates->items[i]->key));
    pthread_mutex_unlock(&scene->lock);
}

/* The gate at which a request that parks before `op` has to stay, or NULL. */
static struct gate *gate_at(struct hold *hold, const char *op)
{
    struct scene *scene = hold->track->scene;

    for (size_t i = 0; hold->gates && i < hold->gates->count; i++) {
        const struct node *item = hold->gates->items[i];
        struct gate *gate = gate_named(&scene->gates, &scene->arena, item->key);

        if (gate->state == GATE_AHEAD && strcmp(item->text, op) == 0)
            return gate;
    }
    return NULL;
}

/* After a deadlock all go on, so that the target gets rid of them. */
static void stay(struct hold *hold, const char *op)
{
    struct track *track = hold->track;
    struct scene *scene = track->scene;
    struct gate *gate = gate_at(hold, op);
    struct fault fault;

    if (track->turns) {
        turns_park(track->turns, track->letter, &scene->lock);
    } else if (gate && !gate_hold(&scene->gates, gate, hold->label, op,
                                  &scene->lock, &scene->arena)) {
        fault_set(&fault, FAULT_LOCAL, "%s", scene->gates.deadlock);
        scene_stop(scene, hold->step, FAULT_LOCAL, &fault);
    }
}

/* Where it is parked, it stays as long as it has to, then goes. */
static void look(struct hold *hold)
{
    struct probe_answer answer;
    const json_t *parked;
    const char *op = NULL;
    bool is_done;

    hold->code = probe_get_schedule(&hold->probe, hold->schedule, WATCH_MS,
                                    &answer, &hold->fault);
    if (hold->code)
        return;
    parked =
        json_object_get(json_object_get(answer.body, "parked"), hold->label);
    op = json_string_value(json_object_get(parked, "op"));
    is_done = json_array_size(json_object_get(answer.body, "done")) > 0;
    if (answer.status != 200) {
        probe_refusal(&answer, &hold->fault);
        hold->code = FAULT_PROTOCOL;
    } else if (parked) {
        stay(hold, op ? op : "");
    }
    probe_answer_clear(&answer);
    hold->over = hold->over || is_done;
    if (hold->code || !parked)
        return;
    hold->code = probe_go(&hold->probe, hold->schedule, hold->label, &answer,
                          &hold->fault);
    if (!hold->code)
        probe_answer_clear(&answer);
}

static void *watch(void *arg)
{
    struct hold *hold = arg;

    pthread_mutex_lock(hold->probe.lock);
    while (!hold->over && !hold->code)
        look(hold);
    pthread_mutex_unlock(hold->probe.lock);
    return NULL;
}
