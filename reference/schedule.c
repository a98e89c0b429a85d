/* schedule.c: the order in which labelled requests make their store calls */
#include "schedule.h"

#include "members.h"
#include "must.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum label_state {
    LABEL_EXPECTED, /* its request has not come yet */
    LABEL_MOVING,
    LABEL_PARKED,
    LABEL_DONE
};

struct label {
    char *name;
    enum label_state state;
    json_t *where; /* of a parked one */
};

struct schedule {
    struct schedule *next; /* in the table */
    char *id;
    json_t *apps;
    struct label *labels;
    size_t label_count;
    char *choices;
    size_t chosen; /* how many of the choices are used up */
    bool stops;    /* past the choices: wait for `go` */
    ssize_t go;    /* the label that `go` named and that has not gone, or -1 */
    bool open;     /* false: everybody goes as he likes */
    json_t *decisions;
    unsigned refs; /* the table's, one a slot, one a waiting reader */
    pthread_cond_t changed;
};

struct schedules {
    pthread_mutex_t lock; /* guards every schedule, too */
    struct schedule *first;
};

struct schedule_slot {
    struct schedules *owner;
    struct schedule *schedule;
    struct label *label;
};

/* ---- Deciding, under the lock ------------------------------------------ */

static bool somebody_moves(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->label_count; i++) {
        if (schedule->labels[i].state == LABEL_EXPECTED ||
            schedule->labels[i].state == LABEL_MOVING)
            return true;
    }
    return false;
}

static json_t *enabled_labels(const struct schedule *schedule)
{
    json_t *enabled = must_have(json_array());

    for (size_t i = 0; i < schedule->label_count; i++) {
        if (schedule->labels[i].state == LABEL_PARKED)
            json_array_append_new(enabled,
                                  json_string(schedule->labels[i].name));
    }
    return enabled;
}

static bool is_parked(const struct schedule *schedule, ssize_t index)
{
    return index >= 0 && (size_t)index < schedule->label_count &&
           schedule->labels[index].state == LABEL_PARKED;
}

static ssize_t first_parked(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->label_count; i++) {
        if (schedule->labels[i].state == LABEL_PARKED)
            return (ssize_t)i;
    }
    return -1;
}

/* Whose turn it is, or -1. A choice that cannot go (it is done) is passed
 * over. */
static ssize_t next_to_go(struct schedule *schedule)
{
    while (schedule->choices[schedule->chosen]) {
        ssize_t index = schedule->choices[schedule->chosen++] - 'A';

        if (is_parked(schedule, index))
            return index;
    }
    if (!schedule->stops)
        return first_parked(schedule);
    return is_parked(schedule, schedule->go) ? schedule->go : -1;
}

static void decide(struct schedule *schedule)
{
    ssize_t index;
    struct label *label;

    pthread_cond_broadcast(&schedule->changed);
    if (somebody_moves(schedule) || first_parked(schedule) < 0)
        return;
    index = next_to_go(schedule);
    if (index < 0)
        return;
    label = &schedule->labels[index];
    json_array_append_new(
        schedule->decisions,
        must_have(json_pack("{s:o, s:s}", "enabled", enabled_labels(schedule),
                            "chose", label->name)));
    schedule->go = -1;
    label->state = LABEL_MOVING;
}

/* ---- The request's side ------------------------------------------------ */

static bool has_app(const struct schedule *schedule, const char *app)
{
    size_t index;
    json_t *item;

    json_array_foreach(schedule->apps, index, item)
    {
        if (strcmp(json_string_value(item), app) == 0)
            return true;
    }
    return false;
}

struct schedule_slot *schedule_join(struct schedules *schedules,
                                    const char *app, const char *label)
{
    struct schedule_slot *slot = NULL;

    if (!label)
        return NULL;
    pthread_mutex_lock(&schedules->lock);
    for (struct schedule *s = schedules->first; s && !slot; s = s->next) {
        if (!has_app(s, app))
            continue;
        for (size_t i = 0; i < s->label_count && !slot; i++) {
            if (s->labels[i].state != LABEL_EXPECTED ||
                strcmp(s->labels[i].name, label) != 0)
                continue;
            slot = must_have(malloc(sizeof *slot));
            *slot = (struct schedule_slot){ schedules, s, &s->labels[i] };
            s->labels[i].state = LABEL_MOVING;
            s->refs++;
        }
    }
    pthread_mutex_unlock(&schedules->lock);
    return slot;
}

static struct timespec after_ms(long ms)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += ms % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

void schedule_park(struct schedule_slot *slot, const json_t *where)
{
    struct timespec until = after_ms(SCHEDULE_PATIENCE_S * 1000L);
    struct schedules *all;

    if (!slot)
        return;
    all = slot->owner;
    pthread_mutex_lock(&all->lock);
    if (slot->schedule->open) {
        json_decref(slot->label->where);
        slot->label->where = must_have(json_deep_copy(where));
        slot->label->state = LABEL_PARKED;
        decide(slot->schedule);
    }
    while (slot->schedule->open && slot->label->state == LABEL_PARKED &&
           pthread_cond_timedwait(&slot->schedule->changed, &all->lock,
                                  &until) != ETIMEDOUT)
        ;
    slot->label->state = LABEL_MOVING;
    pthread_mutex_unlock(&all->lock);
}

static void release(struct schedule *schedule)
{
    if (--schedule->refs > 0)
        return;
    for (size_t i = 0; i < schedule->label_count; i++) {
        free(schedule->labels[i].name);
        json_decref(schedule->labels[i].where);
    }
    pthread_cond_destroy(&schedule->changed);
    free(schedule->labels);
    free(schedule->choices);
    free(schedule->id);
    json_decref(schedule->apps);
    json_decref(schedule->decisions);
    free(schedule);
}

void schedule_leave(struct schedule_slot *slot)
{
    struct schedules *all;

    if (!slot)
        return;
    all = slot->owner;
    pthread_mutex_lock(&all->lock);
    slot->label->state = LABEL_DONE;
    decide(slot->schedule);
    release(slot->schedule);
    pthread_mutex_unlock(&all->lock);
    free(slot);
}

/* ---- The harness's side ------------------------------------------------ */

struct schedules *schedules_new(void)
{
    struct schedules *schedules = must_have(calloc(1, sizeof *schedules));

    pthread_mutex_init(&schedules->lock, NULL);
    return schedules;
}

static struct schedule **find(struct schedules *schedules, const char *id)
{
    struct schedule **at = &schedules->first;

    while (*at && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    return at;
}

/* Takes it out of the table, at this place, and lets everybody go. */
static void close_at(struct schedule **at)
{
    struct schedule *schedule = *at;

    *at = schedule->next;
    schedule->open = false;
    pthread_cond_broadcast(&schedule->changed);
    release(schedule);
}

static bool close_schedule(struct schedules *schedules, const char *id)
{
    struct schedule **at = find(schedules, id);

    if (!*at)
        return false;
    close_at(at);
    return true;
}

void schedules_free(struct schedules *schedules)
{
    if (!schedules)
        return;
    while (schedules->first)
        close_at(&schedules->first);
    pthread_mutex_destroy(&schedules->lock);
    free(schedules);
}

static bool are_names(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *name = json_array_get(array, i);

        if (!json_is_string(name))
            return false;
        for (size_t before = 0; before < i; before++) {
            if (json_equal(json_array_get(array, before), name))
                return false;
        }
    }
    return json_array_size(array) > 0;
}

static bool are_choices(const char *choices, size_t labels)
{
    for (const char *c = choices; *c; c++) {
        if (*c < 'A' || (size_t)(*c - 'A') >= labels)
            return false;
    }
    return true;
}

static int check_body(const json_t *body, const char **choices, bool *stops,
                      struct js_error *error)
{
    static const char *const known[] = { "apps", "labels", "choices", "then",
                                         NULL };
    const json_t *labels = json_object_get(body, "labels");
    const json_t *choice = json_object_get(body, "choices");
    const json_t *then = json_object_get(body, "then");
    const char *word = then ? json_string_value(then) : "first";

    *choices = choice ? json_string_value(choice) : "";
    if (members_check(body, known, "a schedule", error))
        return -1;
    if (!are_names(json_object_get(body, "apps")) || !are_names(labels) ||
        json_array_size(labels) > 26)
        return js_throw(error, "TypeError",
                        "`apps` and `labels` are lists of distinct names");
    if (!*choices || !are_choices(*choices, json_array_size(labels)))
        return js_throw(error, "TypeError",
                        "`choices` is a text of letters, A the first label");
    if (!word || (strcmp(word, "first") != 0 && strcmp(word, "stop") != 0))
        return js_throw(error, "TypeError", "`then` is \"first\" or \"stop\"");
    *stops = strcmp(word, "stop") == 0;
    return 0;
}

static void init_changed(struct schedule *schedule)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&schedule->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

int schedules_put(struct schedules *schedules, const char *id,
                  const json_t *body, struct js_error *error)
{
    const json_t *labels = json_object_get(body, "labels");
    struct schedule *schedule;
    const char *choices = NULL;
    bool stops = false;

    if (check_body(body, &choices, &stops, error))
        return -1;
    schedule = must_have(calloc(1, sizeof *schedule));
    init_changed(schedule);
    schedule->id = must_have(strdup(id));
    schedule->apps = json_deep_copy(json_object_get(body, "apps"));
    schedule->choices = must_have(strdup(choices));
    schedule->stops = stops;
    schedule->go = -1;
    schedule->open = true;
    schedule->refs = 1;
    schedule->decisions = must_have(json_array());
    schedule->label_count = json_array_size(labels);
    schedule->labels =
        must_have(calloc(schedule->label_count, sizeof *schedule->labels));
    for (size_t i = 0; i < schedule->label_count; i++)
        schedule->labels[i].name =
            must_have(strdup(json_string_value(json_array_get(labels, i))));
    pthread_mutex_lock(&schedules->lock);
    close_schedule(schedules, id);
    schedule->next = schedules->first;
    schedules->first = schedule;
    pthread_mutex_unlock(&schedules->lock);
    return 0;
}

static json_t *describe(const struct schedule *schedule)
{
    json_t *parked = must_have(json_object()), *done = must_have(json_array());

    for (size_t i = 0; i < schedule->label_count; i++) {
        const struct label *label = &schedule->labels[i];

        if (label->state == LABEL_PARKED)
            json_object_set_new(parked, label->name,
                                json_deep_copy(label->where));
        else if (label->state == LABEL_DONE)
            json_array_append_new(done, json_string(label->name));
    }
    return must_have(json_pack("{s:o, s:o, s:o}", "parked", parked, "done",
                               done, "decisions",
                               json_deep_copy(schedule->decisions)));
}

json_t *schedules_get(struct schedules *schedules, const char *id, long wait_ms)
{
    struct timespec until = after_ms(wait_ms);
    struct schedule *schedule;
    json_t *state = NULL;

    pthread_mutex_lock(&schedules->lock);
    schedule = *find(schedules, id);
    if (schedule) {
        schedule->refs++;
        while (schedule->open && somebody_moves(schedule) &&
               pthread_cond_timedwait(&schedule->changed, &schedules->lock,
                                      &until) != ETIMEDOUT)
            ;
        state = describe(schedule);
        release(schedule);
    }
    pthread_mutex_unlock(&schedules->lock);
    return state;
}

int schedules_go(struct schedules *schedules, const char *id, const char *label,
                 struct js_error *error)
{
    struct schedule *schedule;
    int rc = 1;

    pthread_mutex_lock(&schedules->lock);
    schedule = *find(schedules, id);
    if (schedule) {
        rc = js_throw(error, "Error", "no parked label \"%s\"", label);
        for (size_t i = 0; i < schedule->label_count; i++) {
            if (strcmp(schedule->labels[i].name, label) == 0 &&
                schedule->labels[i].state == LABEL_PARKED) {
                schedule->go = (ssize_t)i;
                rc = 0;
            }
        }
        if (rc == 0)
            decide(schedule);
    }
    pthread_mutex_unlock(&schedules->lock);
    return rc;
}

bool schedules_delete(struct schedules *schedules, const char *id)
{
    bool found;

    pthread_mutex_lock(&schedules->lock);
    found = close_schedule(schedules, id);
    pthread_mutex_unlock(&schedules->lock);
    return found;
}

void schedules_drop_app(struct schedules *schedules, const char *app)
{
    struct schedule **at;

    pthread_mutex_lock(&schedules->lock);
    at = &schedules->first;
    while (*at) {
        if (has_app(*at, app))
            close_at(at);
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&schedules->lock);
}
