/* registry.c: the host's side of the store ABI: SPECs, open stores, locks */
#include "registry.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The plugins that are linked in: an entry function each, and one line. */
#define BUILTINS(X) X("memory", sstore_memory_v1)

#define X(name, entry) sstore_entry_fn entry;
BUILTINS(X)
#undef X

static const struct builtin {
    const char *name;
    sstore_entry_fn *entry;
} builtins[] = {
#define X(name, entry) { name, entry },
    BUILTINS(X)
#undef X
};

#define BUILTIN_COUNT (sizeof builtins / sizeof *builtins)

/* Of a SPEC; the list of what there is says the rest. */
#define OPTIONS_MAX 32

struct store {
    const struct sstore_plugin *plugin;
    void *inst;
    struct plugin_lock *plugin_lock; /* SSTORE_THREADS_ONE_PLUGIN alone */
    pthread_mutex_t instance_lock;
};

static int fail(struct sstore_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct sstore_err *err, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    for (char *at = err->text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return code;
}

/* ---- Locks -------------------------------------------------------------- */

/* One for each plugin that has stores open and wants one call at a time in
 * the whole process. The one thing here that is not an instance's own. */
struct plugin_lock {
    const struct sstore_plugin *plugin;
    unsigned users;
    pthread_mutex_t lock;
    struct plugin_lock *next;
};

static pthread_mutex_t plugin_locks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct plugin_lock *plugin_locks; /* under plugin_locks_lock */

static struct plugin_lock *plugin_lock_new(const struct sstore_plugin *plugin)
{
    struct plugin_lock *lock = calloc(1, sizeof *lock);

    if (!lock || pthread_mutex_init(&lock->lock, NULL) != 0) {
        free(lock);
        return NULL;
    }
    lock->plugin = plugin;
    lock->next = plugin_locks;
    plugin_locks = lock;
    return lock;
}

/* NULL without memory. */
static struct plugin_lock *plugin_lock_get(const struct sstore_plugin *plugin)
{
    pthread_mutex_lock(&plugin_locks_lock);
    struct plugin_lock *lock = plugin_locks;
    while (lock && lock->plugin != plugin)
        lock = lock->next;
    if (!lock)
        lock = plugin_lock_new(plugin);
    if (lock)
        lock->users++;
    pthread_mutex_unlock(&plugin_locks_lock);
    return lock;
}

static void plugin_lock_put(struct plugin_lock *lock)
{
    pthread_mutex_lock(&plugin_locks_lock);
    if (--lock->users == 0) {
        struct plugin_lock **link = &plugin_locks;
        while (*link != lock)
            link = &(*link)->next;
        *link = lock->next;
        pthread_mutex_destroy(&lock->lock);
        free(lock);
    }
    pthread_mutex_unlock(&plugin_locks_lock);
}

/* The lock that the thread model asks for; NULL where it asks for none. An
 * unknown model is taken for the strictest. */
static pthread_mutex_t *lock_of(struct store *store)
{
    switch (store->plugin->threads) {
    case SSTORE_THREADS_PARALLEL:
        return NULL;
    case SSTORE_THREADS_ONE_INSTANCE:
        return &store->instance_lock;
    default:
        return &store->plugin_lock->lock;
    }
}

static void enter(struct store *store)
{
    pthread_mutex_t *lock = lock_of(store);
    if (lock)
        pthread_mutex_lock(lock);
}

static void leave(struct store *store)
{
    pthread_mutex_t *lock = lock_of(store);
    if (lock)
        pthread_mutex_unlock(lock);
}

static bool locks_init(struct store *store)
{
    if (pthread_mutex_init(&store->instance_lock, NULL) != 0)
        return false;
    if (store->plugin->threads != SSTORE_THREADS_PARALLEL &&
        store->plugin->threads != SSTORE_THREADS_ONE_INSTANCE) {
        store->plugin_lock = plugin_lock_get(store->plugin);
        if (!store->plugin_lock) {
            pthread_mutex_destroy(&store->instance_lock);
            return false;
        }
    }
    return true;
}

static void locks_destroy(struct store *store)
{
    if (store->plugin_lock)
        plugin_lock_put(store->plugin_lock);
    pthread_mutex_destroy(&store->instance_lock);
}

/* ---- Open and close ----------------------------------------------------- */

/* What a plugin declares has to hold before anything of it is called. */
static int plugin_check(const struct sstore_plugin *plugin,
                        struct sstore_err *err)
{
    const char *lacks = NULL;

    if (plugin->major != SSTORE_MAJOR)
        return fail(err, SSTORE_E_INVAL, "the plugin is for ABI %u, not %u",
                    plugin->major, SSTORE_MAJOR);
    if (plugin->size < sizeof(struct sstore_plugin))
        return fail(err, SSTORE_E_INVAL,
                    "the plugin's table has %u bytes, ABI 1.0 has %zu",
                    plugin->size, sizeof(struct sstore_plugin));
    if (!plugin->name || !*plugin->name)
        return fail(err, SSTORE_E_INVAL, "the plugin has no name");
#define X(op, need)                                                            \
    if (need && !plugin->op)                                                   \
        lacks = #op;
    SSTORE_OPERATIONS(X)
#undef X
    if (lacks)
        return fail(err, SSTORE_E_INVAL, "%.60s: the plugin has no %s",
                    plugin->name, lacks);
    return SSTORE_OK;
}

int store_open_plugin(struct store **opened, const struct sstore_plugin *plugin,
                      const struct sstore_opt *options, size_t count,
                      const struct sstore_host *host, struct sstore_err *err)
{
    *opened = NULL;
    memset(err, 0, sizeof *err);
    int code = plugin_check(plugin, err);
    if (code != SSTORE_OK)
        return code;

    struct store *store = calloc(1, sizeof *store);
    if (store)
        store->plugin = plugin;
    if (!store || !locks_init(store)) {
        free(store);
        return fail(err, SSTORE_E_NOMEM, "%.60s: out of memory", plugin->name);
    }

    enter(store);
    code = plugin->open(host, options, count, &store->inst, err);
    leave(store);
    if (code == SSTORE_OK) {
        *opened = store;
        return SSTORE_OK;
    }
    locks_destroy(store);
    free(store);
    return code < 0 ? code
                    : fail(err, SSTORE_E_INVAL, "%.60s: open() gave %d",
                           plugin->name, code);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    enter(store);
    store->plugin->close(store->inst);
    leave(store);
    locks_destroy(store);
    free(store);
}

const struct sstore_plugin *store_plugin(const struct store *store)
{
    return store->plugin;
}

/* ---- SPECs -------------------------------------------------------------- */

/* `NAME?key=value&key=value`, as options. Cuts `query` up, they point into
 * it. A key without `=` has the value "", an empty piece is nothing. */
static int query_split(char *query, struct sstore_opt *options, size_t *count,
                       struct sstore_err *err)
{
    while (query && *query) {
        char *end = query + strcspn(query, "&");
        char *rest = *end ? end + 1 : end;
        *end = '\0';
        if (end == query) {
            query = rest;
            continue;
        }
        if (*count == OPTIONS_MAX)
            return fail(err, SSTORE_E_INVAL, "over %d options", OPTIONS_MAX);
        if (strncmp(query, "namespace", strcspn(query, "=")) == 0 &&
            strcspn(query, "=") == strlen("namespace"))
            return fail(err, SSTORE_E_INVAL,
                        "the option \"namespace\" is the host's to give");

        char *equals = strchr(query, '=');
        if (equals)
            *equals = '\0';
        options[*count].key = query;
        options[*count].value = equals ? equals + 1 : "";
        ++*count;
        query = rest;
    }
    return SSTORE_OK;
}

static const struct sstore_plugin *builtin_find(const char *name)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        if (strcmp(name, builtins[i].name) == 0)
            return builtins[i].entry();
    return NULL;
}

static int fail_unknown(struct sstore_err *err, const char *name)
{
    char names[120] = "";

    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 i ? ", " : "", builtins[i].name);
    return fail(err, SSTORE_E_INVAL, "no store \"%.60s\"; there is: %s", name,
                names);
}

/* `text` is the SPEC's, to be cut up. */
static int open_text(struct store **store, char *text, const char *ns,
                     const struct sstore_host *host, struct sstore_err *err)
{
    struct sstore_opt options[OPTIONS_MAX + 1];
    size_t count = 0;
    char *query = strchr(text, '?');

    if (query)
        *query++ = '\0';
    const struct sstore_plugin *plugin = builtin_find(text);
    if (!plugin)
        return fail_unknown(err, text);
    int code = query_split(query, options, &count, err);
    if (code != SSTORE_OK)
        return code;
    if (ns) {
        options[count].key = "namespace";
        options[count++].value = ns;
    }
    return store_open_plugin(store, plugin, options, count, host, err);
}

int store_open(struct store **store, const char *spec, const char *ns,
               const struct sstore_host *host, struct sstore_err *err)
{
    *store = NULL;
    memset(err, 0, sizeof *err);
    char *text = strdup(spec);
    if (!text)
        return fail(err, SSTORE_E_NOMEM, "out of memory");
    int code = open_text(store, text, ns, host, err);
    free(text);
    return code;
}

/* ---- What a store can --------------------------------------------------- */

void store_operations(const struct store *store, store_name_fn *each, void *arg)
{
#define X(op, need)                                                            \
    if (SSTORE_HAS(store->plugin, op))                                         \
        each(arg, #op);
    SSTORE_OPERATIONS(X)
#undef X
}

void store_capabilities(const struct store *store, store_name_fn *each,
                        void *arg)
{
#define X(name, bit, word, text)                                               \
    if (store->plugin->caps & name)                                            \
        each(arg, word);
    SSTORE_CAPS(X)
#undef X
}

const char *store_code_name(int code)
{
    switch (code) {
#define X(name, value, text)                                                   \
    case name:                                                                 \
        return #name;
        SSTORE_CODES(X)
#undef X
    default:
        return NULL;
    }
}

const char *store_code_text(int code)
{
    switch (code) {
#define X(name, value, text)                                                   \
    case name:                                                                 \
        return text;
        SSTORE_CODES(X)
#undef X
    default:
        return NULL;
    }
}

/* ---- The operations, each under its lock -------------------------------- */

/* Calls the operation with what stands in brackets and with the error. */
#define CALL(store, op, arguments, err)                                        \
    do {                                                                       \
        struct sstore_err unwanted = { 0 };                                    \
        struct sstore_err *error = (err) ? (err) : &unwanted;                  \
        *error = (struct sstore_err){ 0 };                                     \
        if (!SSTORE_HAS((store)->plugin, op))                                  \
            return fail(error, SSTORE_E_NOTSUP, "%.60s has no %s",             \
                        (store)->plugin->name, #op);                           \
        enter(store);                                                          \
        int code = (store)->plugin->op arguments;                              \
        leave(store);                                                          \
        return code;                                                           \
    } while (0)

int store_get(struct store *store, const struct sstore_call *call,
              struct sstore_str sid, sstore_row_fn *row, void *arg,
              struct sstore_err *err)
{
    CALL(store, get, (store->inst, call, sid, row, arg, error), err);
}

int store_set(struct store *store, const struct sstore_call *call,
              struct sstore_str sid, const struct sstore_record *rec,
              struct sstore_err *err)
{
    CALL(store, set, (store->inst, call, sid, rec, error), err);
}

int store_destroy(struct store *store, const struct sstore_call *call,
                  struct sstore_str sid, struct sstore_err *err)
{
    CALL(store, destroy, (store->inst, call, sid, error), err);
}

int store_touch(struct store *store, const struct sstore_call *call,
                struct sstore_str sid, const struct sstore_record *rec,
                struct sstore_err *err)
{
    CALL(store, touch, (store->inst, call, sid, rec, error), err);
}

int store_all(struct store *store, const struct sstore_call *call,
              sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    CALL(store, all, (store->inst, call, row, arg, error), err);
}

int store_clear(struct store *store, const struct sstore_call *call,
                struct sstore_err *err)
{
    CALL(store, clear, (store->inst, call, error), err);
}

int store_length(struct store *store, const struct sstore_call *call,
                 uint64_t *count, struct sstore_err *err)
{
    CALL(store, length, (store->inst, call, count, error), err);
}

int store_reap(struct store *store, const struct sstore_call *call,
               uint64_t *count, struct sstore_err *err)
{
    CALL(store, reap, (store->inst, call, count, error), err);
}
