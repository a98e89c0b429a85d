/* needs.c: whether a case applies to this target and its store
 *
 * What a case needs is what its `needs` names, what its steps cannot do
 * without, and its `since`.
 */
#include "needs.h"
#include "base/must.h"
#include "probe.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_APP "sessionspec-asks"

/* Words that a target answers for, not its store. */
static const char *const abilities[] = {
    "virtual-clock", "schedule",        "fault", "tls",
    "store-spec",    "expiry-callback", NULL
};

static bool list_has(const json_t *list, const char *word)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)list, i,
                       one) if (json_is_string(one) &&
                                strcmp(json_string_value(one), word) ==
                                    0) return true;
    return false;
}

static bool word_in(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static const char *text_of(const json_t *object, const char *key,
                           const char *without)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : without;
}

static const char *word_unmet(const char *word, const json_t *about,
                              const json_t *store, struct arena *arena)
{
    const char *target = text_of(about, "target", "of that name");

    if (strcmp(word, "real-time") == 0 ||
        list_has(json_object_get(about, "abilities"), word) ||
        list_has(json_object_get(store, "operations"), word) ||
        list_has(json_object_get(store, "capabilities"), word))
        return NULL;
    /* `express` asks for the middleware itself, not for an ability. */
    if (strcmp(word, "express") == 0)
        return strncmp(target, "express", 7) == 0
                   ? NULL
                   : arena_printf(arena, "only for express-session itself");
    if (word_in(word, abilities))
        return arena_printf(arena, "the target %s has no ability \"%s\"",
                            target, word);
    return arena_printf(arena, "the store %s has no \"%s\"",
                        text_of(store, "name", "of this target"), word);
}

/* What steps cannot do without, collected from the whole tree of them. */
struct implied {
    bool schedule, fault, virtual_clock, tls;
};

static void imply_steps(struct implied *implied, const struct node *steps);

static bool is_true(const struct node *scalar)
{
    return scalar && scalar->kind == NODE_SCALAR && !scalar->quoted &&
           strcmp(scalar->text, "true") == 0;
}

static void imply_parallel(struct implied *implied, const struct node *step)
{
    const struct node *tracks = node_get(step, "parallel");

    if (node_get(step, "interleave"))
        implied->schedule = true;
    for (size_t i = 0; tracks && i < tracks->count; i++) {
        const struct node *track = tracks->items[i];
        if (track->kind == NODE_LIST) {
            imply_steps(implied, track);
            continue;
        }
        if (node_get(track, "hold"))
            implied->schedule = true;
        if (is_true(node_get(track, "https")))
            implied->tls = true;
    }
    imply_steps(implied, node_get(step, "then"));
    imply_steps(implied, node_get(step, "always"));
}

static void imply_steps(struct implied *implied, const struct node *steps)
{
    for (size_t i = 0; steps && steps->kind == NODE_LIST && i < steps->count;
         i++) {
        const struct node *step = steps->items[i];
        if (step->kind != NODE_MAP)
            continue;
        if (node_get(step, "hold") || node_get(step, "await") ||
            node_get(step, "release"))
            implied->schedule = true;
        if (node_get(step, "fault"))
            implied->fault = true;
        if (node_get(step, "advance"))
            implied->virtual_clock = true;
        if (is_true(node_get(step, "https")))
            implied->tls = true;
        if (node_get(step, "parallel"))
            imply_parallel(implied, step);
        if (node_get(step, "repeat"))
            imply_steps(implied, node_get(node_get(step, "repeat"), "steps"));
    }
}

static const char *implied_unmet(const struct test_case *test,
                                 const json_t *about, const json_t *store,
                                 struct arena *arena)
{
    struct implied implied = { false, false, false, false };
    const char *unmet = NULL;

    imply_steps(&implied, test->steps);
    if (implied.schedule)
        unmet = word_unmet("schedule", about, store, arena);
    if (!unmet && implied.fault)
        unmet = word_unmet("fault", about, store, arena);
    if (!unmet && implied.virtual_clock)
        unmet = word_unmet("virtual-clock", about, store, arena);
    if (!unmet && implied.tls)
        unmet = word_unmet("tls", about, store, arena);
    return unmet;
}

/* Compares as releases do: 1.9.0 is older than 1.10.0. */
static bool version_older(const char *a, const char *b)
{
    for (int i = 0; i < 3; i++) {
        char *a_end, *b_end;
        unsigned long a_part = strtoul(a, &a_end, 10);
        unsigned long b_part = strtoul(b, &b_end, 10);
        if (a_part != b_part)
            return a_part < b_part;
        a = *a_end == '.' ? a_end + 1 : "";
        b = *b_end == '.' ? b_end + 1 : "";
    }
    return false;
}

static const char *since_unmet(const struct test_case *test,
                               const json_t *about, struct arena *arena)
{
    const char *implements = text_of(about, "implements", "");
    const char *version = strrchr(implements, ' ');

    if (!test->since || !version || !version_older(version + 1, test->since))
        return NULL;
    return arena_printf(arena, "so since %s; the target implements %s",
                        test->since, implements);
}

const char *needs_unmet(const struct test_case *test, const json_t *about,
                        const json_t *store, struct arena *arena)
{
    const char *unmet = since_unmet(test, about, arena);

    for (size_t i = 0; i < test->needs.count && !unmet; i++)
        unmet = word_unmet(test->needs.list[i], about, store, arena);
    return unmet ? unmet : implied_unmet(test, about, store, arena);
}

static int answer_read(const struct probe_answer *answer, json_t **store,
                       struct fault *fault)
{
    struct fault refusal;

    if (answer->status == 201) {
        *store = json_incref(json_object_get(answer->body, "store"));
        if (json_is_object(*store))
            return 0;
        json_decref(*store);
        *store = NULL;
        return fault_set(fault, FAULT_PROTOCOL,
                         "the target says nothing of its store");
    }
    probe_refusal(answer, &refusal);
    return fault_set(
        fault, answer->status == 503 ? FAULT_UNREACHABLE : FAULT_PROTOCOL,
        "%s: tried PUT /_spec/apps/" ASK_APP ", which gave status %ld: %.350s",
        answer->status == 503 ? "the store cannot be opened"
                              : "the target makes no app",
        answer->status, refusal.text);
}

int needs_ask_store(struct target *target, struct http_pool *pool,
                    const char *spec, long timeout_ms, json_t **store,
                    struct fault *fault)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct probe probe = { .client = http_pool_take(pool),
                           .base = target_base(target, false),
                           .timeout_ms = timeout_ms,
                           .lock = &lock };
    struct probe_answer answer = { 0, NULL };
    json_t *body = json_pack("{s:{s:s,s:b,s:b}}", "options", "secret", "s",
                             "resave", 0, "saveUninitialized", 0);
    int result;

    must(body);
    if (spec)
        json_object_set_new(body, "store", json_pack("{s:s}", "use", spec));
    pthread_mutex_lock(&lock);
    result = probe_put_app(&probe, ASK_APP, body, &answer, fault);
    if (!result)
        result = answer_read(&answer, store, fault);
    probe_answer_clear(&answer);
    if (!result)
        result = probe_delete_app(&probe, ASK_APP, &answer, fault);
    probe_answer_clear(&answer);
    pthread_mutex_unlock(&lock);
    http_pool_give(pool, probe.client);
    json_decref(body);
    if (result && *store) {
        json_decref(*store);
        *store = NULL;
    }
    return result;
}
