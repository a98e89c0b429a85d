/* needs.c: whether a case applies to this target and its store
 *
 * What a case needs is what its `needs` names, what its steps cannot do
 * without, and its `since`.
 */
#include "needs.h"
#include "base/must.h"
#include "facts.h"
#include "probe.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_APP "sessionspec-asks"

/* What stops the backend that all stand on; and what does so, or makes it
 * fail for one app. */
#define BREAKING "break-backend"
#define BREAK    "break"

/* What concerns the whole process. */
#define UNDISTURBED "undisturbed"

/* `callback: throws` */
#define CALLED_BACK "throwing-callback"

/* Words that a target answers for, not its store. */
static const char *const abilities[] = {
    "virtual-clock", "schedule",        "fault", "tls",
    "store-spec",    "expiry-callback", "debug", "no-callback",
    "circular",      CALLED_BACK,       NULL
};

/* Words that ask for a clock that the harness moves, and the store goes by. */
static const char *const still_clocks[] = { "virtual-clock", "host-clock",
                                            NULL };

static bool word_in(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static const char *word_unmet(const char *word, const json_t *about,
                              const json_t *store, struct arena *arena)
{
    const char *target = about_name(about);

    if (store_has_real_clock(store) && word_in(word, still_clocks))
        return arena_printf(arena,
                            "the store %s judges expiry by a clock of its own; "
                            "the real-time cases stand for this one",
                            store_name(store));
    if (strcmp(word, "real-time") == 0 || strcmp(word, UNDISTURBED) == 0 ||
        about_has(about, word) || store_has(store, word))
        return NULL;
    if (strcmp(word, BREAK) == 0)
        return word_unmet(BREAKING, about, store, arena);
    if (strcmp(word, "exact") == 0)
        return store_resolution_ms(store) == 0
                   ? NULL
                   : arena_printf(arena, "the store %s may be %lld ms late",
                                  store_name(store),
                                  (long long)store_resolution_ms(store));
    /* `express` asks for the middleware itself, not for an ability. */
    if (strcmp(word, "express") == 0)
        return strncmp(target, "express", 7) == 0
                   ? NULL
                   : arena_printf(arena, "only for express-session itself");
    if (strcmp(word, "memory") == 0)
        return strcmp(store_name(store), "memory") == 0
                   ? NULL
                   : arena_printf(arena, "only for the MemoryStore");
    if (strcmp(word, "another-store") == 0)
        return !store_is_memory_store(store)
                   ? NULL
                   : arena_printf(arena, "only for other stores than the "
                                         "MemoryStore");
    if (strcmp(word, BREAKING) == 0)
        return arena_printf(arena,
                            "only with --restart-backend, and a --store whose "
                            "backend the target starts itself, such as redis");
    if (word_in(word, abilities))
        return arena_printf(arena, "the target %s has no ability \"%s\"",
                            target, word);
    return arena_printf(arena, "the store %s has no \"%s\"", store_name(store),
                        word);
}

/* What steps cannot do without, collected from the whole tree of them. `get`,
 * `set` and `destroy` every store has. */
static const char *const implied_words[] = {
    "schedule",    "fault",  "virtual-clock", "tls",      "debug",    "touch",
    "all",         "length", "clear",         "reap",     "spoil",    "reopen",
    "no-callback", BREAKING, BREAK,           "circular", CALLED_BACK
};

enum { IMPLIED = sizeof implied_words / sizeof *implied_words };

struct implied {
    bool words[IMPLIED];
    bool runs;     /* the clock, by needs: [real-time]                    */
    bool outlives; /* waits for an expiry, and for the store's resolution */
};

static void imply(struct implied *implied, const char *word)
{
    for (size_t i = 0; i < IMPLIED; i++)
        implied->words[i] =
            implied->words[i] || strcmp(implied_words[i], word) == 0;
}

static void imply_step(struct implied *implied, const struct node *step);
static void imply_steps(struct implied *implied, const struct node *steps);

static bool is_flag(const struct node *scalar, const char *flag)
{
    return scalar && scalar->kind == NODE_SCALAR && !scalar->quoted &&
           strcmp(scalar->text, flag) == 0;
}

static void imply_parallel(struct implied *implied, const struct node *step)
{
    const struct node *tracks = node_get(step, "parallel");

    if (node_get(step, "interleave"))
        imply(implied, "schedule");
    for (size_t i = 0; tracks && i < tracks->count; i++) {
        const struct node *track = tracks->items[i];

        if (track->kind == NODE_MAP)
            imply_step(implied, track);
        else
            imply_steps(implied, track);
    }
    imply_steps(implied, node_get(step, "then"));
}

/* `[ get, touch ]`, `[ { touch: {…} } ]`: a store that lacks one of them is
 * not called so. */
static void imply_calls(struct implied *implied, const struct node *calls)
{
    for (size_t i = 0; calls && i < calls->count; i++) {
        const struct node *call = calls->items[i];

        if (call->kind == NODE_SCALAR)
            imply(implied, call->text);
        else if (call->kind == NODE_MAP && call->count > 0)
            imply(implied, call->items[0]->key);
    }
}

static void imply_store(struct implied *implied, const struct node *store)
{
    for (size_t i = 0; store && i < store->count; i++)
        imply(implied, store->items[i]->key);
    if (is_flag(node_get(store, "callback"), "false"))
        imply(implied, "no-callback");
    if (is_flag(node_get(store, "callback"), "throws"))
        imply(implied, CALLED_BACK);
    if (node_get(store, "mend"))
        imply(implied, BREAK);
}

static void imply_step(struct implied *implied, const struct node *step)
{
    const struct node *hold = node_get(step, "hold");
    const struct node *expect = node_get(step, "expect");
    const char *where = node_get_text(step, "where");

    if (hold || node_get(step, "await") || node_get(step, "release"))
        imply(implied, "schedule");
    for (size_t i = 0; hold && i < hold->count; i++)
        imply(implied, hold->items[i]->text);
    if (node_get(step, "fault"))
        imply(implied, "fault");
    if (node_get(step, "advance"))
        imply(implied, "virtual-clock");
    if (node_get(step, "outlive")) {
        implied->outlives = true;
        if (!implied->runs)
            imply(implied, "virtual-clock");
    }
    if (is_flag(node_get(step, "https"), "true"))
        imply(implied, "tls");
    if (!where || strcmp(where, STEP_ACCEPTED) == 0)
        imply_store(implied, node_get(step, "store"));
    imply_calls(implied, node_get(step, "calls"));
    imply_calls(implied, node_get(expect, "calls"));
    imply_calls(implied, node_get(expect, "calls-have"));
    if (node_get(step, "parallel"))
        imply_parallel(implied, step);
    if (node_get(step, "repeat"))
        imply_steps(implied, node_get(node_get(step, "repeat"), "steps"));
}

static void imply_steps(struct implied *implied, const struct node *steps)
{
    for (size_t i = 0; steps && steps->kind == NODE_LIST && i < steps->count;
         i++)
        if (steps->items[i]->kind == NODE_MAP)
            imply_step(implied, steps->items[i]);
}

static void imply_settings(struct implied *implied,
                           const struct test_case *test)
{
    if (is_flag(node_get(test->settings, "debug"), "true"))
        imply(implied, "debug");
    for (size_t i = 0; test->apps && i < test->apps->count; i++) {
        const struct node *settings =
            node_get(test->apps->items[i], "settings");

        if (is_flag(node_get(settings, "debug"), "true"))
            imply(implied, "debug");
    }
}

static const char *implied_unmet(const struct test_case *test,
                                 const json_t *about, const json_t *store,
                                 struct arena *arena)
{
    struct implied implied = { .runs = needs_real_time(test) };
    const char *unmet = NULL;

    imply_settings(&implied, test);
    imply_steps(&implied, test->steps);
    for (size_t i = 0; i < IMPLIED && !unmet; i++)
        if (implied.words[i])
            unmet = word_unmet(implied_words[i], about, store, arena);
    if (!unmet && implied.outlives &&
        store_resolution_ms(store) > NEEDS_RESOLUTION_MAX_MS)
        unmet = arena_printf(
            arena,
            "the store %s may be %lld ms late, which is too long to wait",
            store_name(store), (long long)store_resolution_ms(store));
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
    const char *implements = about_implements(about);
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
    if (!unmet)
        unmet = implied_unmet(test, about, store, arena);
    return unmet ? unmet : store_licence(store, test, arena);
}

static bool has_need(const struct test_case *test, const char *word)
{
    for (size_t i = 0; i < test->needs.count; i++)
        if (strcmp(test->needs.list[i], word) == 0)
            return true;
    return false;
}

bool needs_real_time(const struct test_case *test)
{
    return has_need(test, "real-time");
}

bool needs_alone(const struct test_case *test)
{
    return has_need(test, UNDISTURBED) || needs_break(test);
}

/* Whether it needs one of the words, by its `needs` or by its steps. */
static bool needs_any(const struct test_case *test, const char *const *words)
{
    struct implied implied = { .runs = false };

    imply_steps(&implied, test->steps);
    for (size_t i = 0; i < test->needs.count; i++)
        imply(&implied, test->needs.list[i]);
    for (size_t i = 0; i < IMPLIED; i++)
        if (implied.words[i] && word_in(implied_words[i], words))
            return true;
    return false;
}

bool needs_break(const struct test_case *test)
{
    static const char *const words[] = { BREAKING, BREAK, NULL };

    return needs_any(test, words);
}

bool needs_errors(const struct test_case *test)
{
    static const char *const words[] = { "fault", "spoil",    BREAKING,
                                         BREAK,   "circular", NULL };

    return needs_any(test, words);
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
