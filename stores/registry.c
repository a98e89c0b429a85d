/* registry.c: the host's side of the store ABI: SPECs, open stores, locks */
#include "registry.h"

#include "conduct.h"
#include "exec.h"
#include "load.h"
#include "plugin_lock.h"
#include "spec.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The plugins that can be linked in: name, schemes, the option that what
 * stands behind a scheme becomes ("url" with the scheme before it), and the
 * Debian package without which stores.mk leaves it out. */
/* clang-format off */
#define BUILTINS(X)                                                         \
    X(memory,    "",                    NULL,   NULL)                       \
    X(faulty,    "",                    NULL,   NULL)                       \
    X(file,      "file",                "path", NULL)                       \
    X(sqlite,    "sqlite",              "path", "libsqlite3-dev")           \
    X(lmdb,      "lmdb",                "path", "liblmdb-dev")              \
    X(redis,     "redis rediss",        "url",  "libhiredis-dev")           \
    X(postgres,  "postgres postgresql", "url",  "libpq-dev")                \
    X(mariadb,   "mysql mariadb",       "url",  "libmariadb-dev")           \
    X(memcached, "memcached",           "url",  "libmemcached-dev")
/* clang-format on */

/* Weak: NULL for a store that this build was linked without. */
#define X(name, schemes, option, package)                                      \
    sstore_entry_fn sstore_##name __attribute__((weak));
BUILTINS(X)
#undef X

static const struct builtin {
    const char *name;
    const char *schemes; /* words */
    const char *option;  /* NULL: it takes nothing behind its name */
    const char *package; /* NULL: it needs none */
    sstore_entry_fn *entry;
} builtins[] = {
#define X(name, schemes, option, package)                                      \
    { #name, schemes, option, package, sstore_##name },
    BUILTINS(X)
#undef X
};

#define BUILTIN_COUNT (sizeof builtins / sizeof *builtins)

struct store {
    const struct sstore_plugin *plugin;
    void *inst;
    struct plugin_lock *plugin_lock; /* SSTORE_THREADS_ONE_PLUGIN alone */
    pthread_mutex_t instance_lock;
};

/* ---- Locks -------------------------------------------------------------- */

/* The lock that the thread model asks for; NULL where it asks for none. */
static pthread_mutex_t *lock_of(struct store *store)
{
    switch (store->plugin->threads) {
    case SSTORE_THREADS_PARALLEL:
        return NULL;
    case SSTORE_THREADS_ONE_INSTANCE:
        return &store->instance_lock;
    default:
        return plugin_lock_mutex(store->plugin_lock);
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

int store_open_plugin(struct store **opened, const struct sstore_plugin *plugin,
                      const struct sstore_opt *options, size_t count,
                      const struct sstore_host *host, struct sstore_err *err)
{
    *opened = NULL;
    memset(err, 0, sizeof *err);
    int code = load_check(plugin, err);
    if (code != SSTORE_OK)
        return code;

    struct store *store = calloc(1, sizeof *store);
    if (store)
        store->plugin = plugin;
    if (!store || !locks_init(store)) {
        free(store);
        return spec_fail(err, SSTORE_E_NOMEM, "%.60s: out of memory",
                         plugin->name);
    }

    struct conduct conduct;
    enter(store);
    conduct_begin(&conduct, "open", "");
    code = plugin->open(host, options, count, &store->inst, err);
    code = conduct_end(&conduct, code, err);
    leave(store);
    if (code == SSTORE_OK) {
        *opened = store;
        return SSTORE_OK;
    }
    locks_destroy(store);
    free(store);
    return code;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    struct sstore_err ignored; /* it cannot fail, only be late */
    struct conduct conduct;
    enter(store);
    conduct_begin(&conduct, "close", "");
    store->plugin->close(store->inst);
    conduct_end(&conduct, SSTORE_OK, &ignored);
    leave(store);
    locks_destroy(store);
    free(store);
}

const struct sstore_plugin *store_plugin(const struct store *store)
{
    return store->plugin;
}

/* ---- SPECs -------------------------------------------------------------- */

static bool is_word_of(const char *word, const char *words)
{
    size_t length = strlen(word);

    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");

        if (here == length && strncmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

static const struct builtin *builtin_find(const struct spec *spec)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        if (spec->rest ? is_word_of(spec->scheme, builtins[i].schemes)
                       : strcmp(spec->text, builtins[i].name) == 0)
            return &builtins[i];
    return NULL;
}

static void fail_unknown(struct sstore_err *err, const char *name)
{
    char names[120] = "";

    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        if (builtins[i].entry)
            snprintf(names + strlen(names), sizeof names - strlen(names),
                     "%s, ", builtins[i].name);
    snprintf(names + strlen(names), sizeof names - strlen(names),
             "exec:COMMAND, npm:NAME, node:FILE");
    spec_fail(err, SSTORE_E_INVAL, "no store \"%.60s\"; there is: %s", name,
              names);
}

/* What stands behind the scheme, as the store's option before the others. */
static int option_of_scheme(const struct builtin *builtin, struct spec *spec,
                            struct sstore_err *err)
{
    bool is_url = strcmp(builtin->option, "url") == 0;

    if (!is_url && !*spec->rest)
        return spec_fail(err, SSTORE_E_INVAL, "no path stands behind \"%s:\"",
                         spec->scheme);
    if (!is_url && !spec_decode(spec->rest))
        return spec_fail(err, SSTORE_E_INVAL,
                         "the path of \"%s:\": \"%%\" begins a byte in hex, "
                         "such as %%20; for itself it is %%25",
                         spec->scheme);
    if (is_url && (strncmp(spec->rest, "//", 2) != 0 || !spec->rest[2]))
        return spec_fail(err, SSTORE_E_INVAL,
                         "no address stands behind \"%s:\": it is "
                         "%s://HOST:PORT",
                         spec->scheme, spec->scheme);
    memmove(spec->options + 1, spec->options,
            spec->count++ * sizeof *spec->options);
    spec->options[0] = (struct sstore_opt){ builtin->option,
                                            is_url ? spec->text : spec->rest };
    return SSTORE_OK;
}

/* NULL with `err`, as below. */
static const struct sstore_plugin *builtin_plugin(struct spec *spec,
                                                  struct sstore_err *err)
{
    const struct builtin *builtin = builtin_find(spec);

    if (!builtin || (!builtin->entry && !builtin->package)) {
        fail_unknown(err, spec->rest ? spec->scheme : spec->text);
        return NULL;
    }
    if (!builtin->entry) {
        spec_fail(err, SSTORE_E_INVAL,
                  "this build has no store \"%s\": %s was missing when it was "
                  "built",
                  builtin->name, builtin->package);
        return NULL;
    }
    if (spec->rest && option_of_scheme(builtin, spec, err) != SSTORE_OK)
        return NULL;
    return builtin->entry();
}

static const struct sstore_plugin *spec_plugin(struct spec *spec,
                                               struct sstore_err *err)
{
    if (spec->runs_program)
        return exec_plugin(spec, err);
    return spec->is_path ? load_plugin(spec->text, err)
                         : builtin_plugin(spec, err);
}

bool store_spec_is_builtin(const char *text)
{
    struct sstore_err ignored;
    struct spec spec;
    bool is_builtin;

    if (spec_parse(&spec, text, &ignored) != SSTORE_OK)
        return true; /* it names nothing that could be run */
    is_builtin = !spec.is_path && !spec.runs_program &&
                 (!spec.rest || builtin_find(&spec));
    spec_clear(&spec);
    return is_builtin;
}

int store_open(struct store **store, const char *text, const char *ns,
               const struct sstore_host *host, struct sstore_err *err)
{
    const struct sstore_plugin *plugin;
    struct spec spec;
    int code;

    *store = NULL;
    memset(err, 0, sizeof *err);
    code = spec_parse(&spec, text, err);
    if (code != SSTORE_OK)
        return code;
    plugin = spec_plugin(&spec, err);
    if (plugin && ns)
        spec.options[spec.count++] = (struct sstore_opt){ "namespace", ns };
    code = plugin ? store_open_plugin(store, plugin, spec.options, spec.count,
                                      host, err)
                  : SSTORE_E_INVAL;
    spec_clear(&spec);
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
    exec_words(store->plugin, each, arg);
}

bool store_can(const struct store *store, const char *act)
{
    return exec_can(store->plugin, act);
}

const char *store_about(const struct store *store)
{
    return exec_about(store->plugin);
}

pid_t store_process(const struct store *store)
{
    return exec_process(store->plugin);
}

void store_end_programs(void)
{
    exec_end();
}

const char *store_plugin_threads(const struct sstore_plugin *plugin)
{
    static const char *const words[] = {
#define X(name, value, word, text) [name] = word,
        SSTORE_THREAD_MODELS(X)
#undef X
    };

    return words[plugin->threads];
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

/* One call: under the lock, with a deadline, and watched. */
struct call {
    struct store *store;
    struct sstore_call given; /* to the plugin */
    struct conduct conduct;
    struct sstore_err *err, unwanted;
};

static bool call_begin(struct call *call, struct store *store, const char *op,
                       bool has, const struct sstore_call *given,
                       struct sstore_err *err)
{
    call->store = store;
    call->err = err ? err : &call->unwanted;
    memset(call->err, 0, sizeof *call->err);
    if (!has) {
        spec_fail(call->err, SSTORE_E_NOTSUP, "%.60s has no %s",
                  store->plugin->name, op);
        return false;
    }
    enter(store);
    conduct_begin(&call->conduct, op, given->trace);
    call->given = *given;
    call->given.deadline_ns = conduct_deadline_ns(&call->conduct);
    return true;
}

static int call_end(struct call *call, int code)
{
    code = conduct_end(&call->conduct, code, call->err);
    leave(call->store);
    return code;
}

#define BEGIN(call, store, op, given, err)                                     \
    call_begin(call, store, #op, SSTORE_HAS((store)->plugin, op), given, err)

/* The caller's row callback, counted. */
struct counted {
    struct conduct *conduct;
    sstore_row_fn *row;
    void *arg;
};

static int count_row(void *arg, struct sstore_str sid,
                     const struct sstore_record *rec)
{
    struct counted *counted = arg;

    counted->conduct->rows++;
    int stop = counted->row(counted->arg, sid, rec);
    if (stop)
        counted->conduct->stopped = true;
    return stop;
}

int store_get(struct store *store, const struct sstore_call *given,
              struct sstore_str sid, sstore_row_fn *row, void *arg,
              struct sstore_err *err)
{
    struct call call;
    struct counted counted = { &call.conduct, row, arg };

    if (!BEGIN(&call, store, get, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, store->plugin->get(store->inst, &call.given, sid,
                                              count_row, &counted, call.err));
}

int store_set(struct store *store, const struct sstore_call *given,
              struct sstore_str sid, const struct sstore_record *rec,
              struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, set, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, store->plugin->set(store->inst, &call.given, sid,
                                              rec, call.err));
}

int store_destroy(struct store *store, const struct sstore_call *given,
                  struct sstore_str sid, struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, destroy, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(
        &call, store->plugin->destroy(store->inst, &call.given, sid, call.err));
}

int store_touch(struct store *store, const struct sstore_call *given,
                struct sstore_str sid, const struct sstore_record *rec,
                struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, touch, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, store->plugin->touch(store->inst, &call.given, sid,
                                                rec, call.err));
}

int store_all(struct store *store, const struct sstore_call *given,
              sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct call call;
    struct counted counted = { &call.conduct, row, arg };

    if (!BEGIN(&call, store, all, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, store->plugin->all(store->inst, &call.given,
                                              count_row, &counted, call.err));
}

int store_clear(struct store *store, const struct sstore_call *given,

                struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, clear, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call,
                    store->plugin->clear(store->inst, &call.given, call.err));
}

int store_length(struct store *store, const struct sstore_call *given,
                 uint64_t *count, struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, length, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, store->plugin->length(store->inst, &call.given,
                                                 count, call.err));
}

int store_reap(struct store *store, const struct sstore_call *given,
               uint64_t *count, struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, reap, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(
        &call, store->plugin->reap(store->inst, &call.given, count, call.err));
}

int store_spoil(struct store *store, const struct sstore_call *given,
                struct sstore_str sid, struct sstore_err *err)
{
    struct call call;

    if (!BEGIN(&call, store, spoil, given, err))
        return SSTORE_E_NOTSUP;
    return call_end(
        &call, store->plugin->spoil(store->inst, &call.given, sid, call.err));
}

int store_act(struct store *store, const char *act,
              const struct sstore_call *given, struct sstore_err *err)
{
    struct call call;

    if (!call_begin(&call, store, act, store_can(store, act), given, err))
        return SSTORE_E_NOTSUP;
    return call_end(&call, exec_act(store->inst, act, &call.given, call.err));
}
