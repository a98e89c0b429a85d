/* session_store.h: the session store plugin ABI, version 1.1
 *
 * This is the only file a store author includes. The manual, with the
 * lifecycle drawing and the numbered rules, is stores/README.md; the file to
 * copy is stores/template.c, a store to read is stores/memory.c. C99 and C++11,
 * no host symbols to link with: a plugin's only tie to its host is the table
 * handed to open().
 */
#ifndef SSTORE_H
#define SSTORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* MAJOR: binary break; the entry symbol's name changes with it.
 * MINOR: members appended to the end of a struct that begins with `size`
 *        (plugin, host, call); the others are frozen for the whole MAJOR.
 *
 * 1.0  first version
 * 1.1  sstore_plugin.spoil
 */
#define SSTORE_MAJOR 1
#define SSTORE_MINOR 1

/* Bytes with a length. Never NUL-terminated by promise, never owned: valid
 * until the call that passed it returns. */
struct sstore_str {
    const char *p;
    size_t n;
};

/* One stored session: two JSON texts and a time. The host splits and joins
 * them, so that touch can renew the cookie and leave the data as they are. */
struct sstore_record {
    struct sstore_str data;   /* the session without its cookie */
    struct sstore_str cookie; /* its cookie */
    int64_t expires_ms;       /* Unix ms of cookie.expires; SSTORE_NEVER */
};
#define SSTORE_NEVER INT64_MAX

/* ---- Return codes: 0 done, >0 done with news, <0 failed ---------------- */

/* clang-format off */
#define SSTORE_CODES(X)                                                     \
    X(SSTORE_OK,         0, "done")                                         \
    X(SSTORE_MISS,       1, "no live session with that id")                 \
    X(SSTORE_STOP,       2, "the row callback asked to stop")               \
    X(SSTORE_E_INVAL,   -1, "bad option or argument")                       \
    X(SSTORE_E_NOMEM,   -2, "out of memory")                                \
    X(SSTORE_E_IO,      -3, "backend refused, broke or answered nonsense")  \
    X(SSTORE_E_TIMEOUT, -4, "deadline passed; outcome unknown")             \
    X(SSTORE_E_CORRUPT, -5, "stored bytes are not what was written")        \
    X(SSTORE_E_TOOBIG,  -6, "record over the backend's limit")              \
    X(SSTORE_E_NOTSUP,  -7, "operation not implemented")
/* clang-format on */

enum sstore_code {
#define SSTORE_X(name, value, text) name = value,
    SSTORE_CODES(SSTORE_X)
#undef SSTORE_X
        SSTORE_CODE_INT_SIZED = INT32_MAX /* pins the enum's width */
};

/* Details of a failure. The caller zeroes it; the plugin fills it only when
 * it returns < 0. Fixed size, so that reporting an error cannot fail. */
struct sstore_err {
    int32_t native;  /* errno, sqlite rc, SQLSTATE class..; 0 if none */
    char symbol[28]; /* what Node would put in err.code: "ECONNREFUSED" */
    char text[224];  /* one line, no newline, no secrets */
};

/* ---- What the host gives ---------------------------------------------- */

/* Passed to every operation. */
struct sstore_call {
    uint32_t size; /* sizeof(struct sstore_call) in the host */
    uint32_t reserved;
    int64_t now_ms;      /* the time to judge expiry by; may be virtual */
    int64_t deadline_ns; /* CLOCK_MONOTONIC; return E_TIMEOUT by then */
    const char *trace;   /* request label for logs, never NULL */
};

enum sstore_level { SSTORE_DEBUG, SSTORE_INFO, SSTORE_WARN, SSTORE_ERROR };

/* Services. Valid from open() until close() returns. Any thread may call. */
struct sstore_host {
    uint32_t size;         /* sizeof(struct sstore_host) in the host */
    uint16_t major, minor; /* the host's SSTORE_MAJOR, _MINOR */
    void *ctx;
    void (*log)(void *ctx, int level, const char *line); /* SSTORE_INFO.. */
    /* The store's 'connect' (up=1) and 'disconnect' (up=0) events. A store
     * is up when open() returns SSTORE_OK. */
    void (*ready)(void *ctx, int up);
};

/* One key=value from the command line, in order. */
struct sstore_opt {
    const char *key;
    const char *value;
};

/* How get() and all() hand records back: the plugin calls it, the host
 * copies. Returns 0 to go on, non-zero to stop (return SSTORE_STOP then).
 * The plugin may hold its locks meanwhile: the host calls no store in it. */
typedef int sstore_row_fn(void *arg, struct sstore_str sid,
                          const struct sstore_record *rec);

/* ---- What the plugin gives -------------------------------------------- */

/* What calls the plugin can bear; the host may be stricter. */
/* clang-format off */
#define SSTORE_THREAD_MODELS(X)                                             \
    X(SSTORE_THREADS_ONE_PLUGIN,   0, "one-plugin",                         \
      "one call at a time in the whole plugin")                             \
    X(SSTORE_THREADS_ONE_INSTANCE, 1, "one-instance",                       \
      "one call at a time in each instance")                                \
    X(SSTORE_THREADS_PARALLEL,     2, "parallel",                           \
      "any number at once, even in one instance")
/* clang-format on */

enum sstore_threads {
#define SSTORE_X(name, value, word, text) name = value,
    SSTORE_THREAD_MODELS(SSTORE_X)
#undef SSTORE_X
        SSTORE_THREADS_INT_SIZED = INT32_MAX
};

/* Facts that scenarios may `need`. Declare only what is always true. */
/* clang-format off */
#define SSTORE_CAPS(X)                                                      \
    X(SSTORE_CAP_DURABLE,    0, "durable",    "survives close and reopen")  \
    X(SSTORE_CAP_SHARED,     1, "shared",     "two instances see each other") \
    X(SSTORE_CAP_HOST_CLOCK, 2, "host-clock", "expiry judged by call->now_ms") \
    X(SSTORE_CAP_NATIVE_TTL, 3, "native-ttl", "the backend expires by itself") \
    X(SSTORE_CAP_NAMESPACE,  4, "namespace",  "keeps namespaces apart")     \
    X(SSTORE_CAP_BINARY_SID, 5, "binary-sid", "ids may hold any byte")
/* clang-format on */

enum sstore_cap {
#define SSTORE_X(name, bit, word, text) name = 1 << (bit),
    SSTORE_CAPS(SSTORE_X)
#undef SSTORE_X
        SSTORE_CAP_INT_SIZED = INT32_MAX
};

/* Appended to only. A NULL optional operation is an absent method, and
 * express-session behaves differently when touch is absent. */
struct sstore_plugin {
    uint32_t size;         /* sizeof(struct sstore_plugin) */
    uint16_t major, minor; /* SSTORE_MAJOR, SSTORE_MINOR */
    uint32_t threads;      /* enum sstore_threads */
    uint32_t caps;         /* SSTORE_CAP_* */
    const char *name;      /* "redis": lower case, unique */
    const char *version;   /* of the plugin and its client library */
    const char *options;   /* help: one "key=<what>  why" line per key */

    /* Required. On SSTORE_OK *inst is the instance; on failure it is untouched
     * and close() is not called. Unknown option: SSTORE_E_INVAL, named in
     * err->text. The option `namespace` is the host's and never unknown:
     * sessions of other namespaces on the same backend are not seen, counted
     * or cleared. `opt` is valid until open() returns. */
    int (*open)(const struct sstore_host *host, const struct sstore_opt *opt,
                size_t nopt, void **inst, struct sstore_err *err);
    /* Required. Joins the plugin's threads; after it returns nothing of the
     * host's is touched. Cannot fail. */
    void (*close)(void *inst);

    /* Required. Calls row once, or returns SSTORE_MISS. An expired session is
     * a miss, whatever the backend still holds. */
    int (*get)(void *inst, const struct sstore_call *call,
               struct sstore_str sid, sstore_row_fn *row, void *arg,
               struct sstore_err *err);
    /* Required. Insert or replace; on SSTORE_OK the next get sees it. */
    int (*set)(void *inst, const struct sstore_call *call,
               struct sstore_str sid, const struct sstore_record *rec,
               struct sstore_err *err);
    /* Required. Removing what is not there is SSTORE_OK. */
    int (*destroy)(void *inst, const struct sstore_call *call,
                   struct sstore_str sid, struct sstore_err *err);

    /* Optional from here on. */

    /* Replace cookie and expiry, leave the data; rec->data is not to be used.
     * Must not create or revive: SSTORE_MISS if there is no live session. */
    int (*touch)(void *inst, const struct sstore_call *call,
                 struct sstore_str sid, const struct sstore_record *rec,
                 struct sstore_err *err);
    /* Every live session once, in any order. */
    int (*all)(void *inst, const struct sstore_call *call, sstore_row_fn *row,
               void *arg, struct sstore_err *err);
    int (*clear)(void *inst, const struct sstore_call *call,
                 struct sstore_err *err);
    /* The number of sessions that all() would give. *count is written on
     * SSTORE_OK alone, here and in reap(). */
    int (*length)(void *inst, const struct sstore_call *call, uint64_t *count,
                  struct sstore_err *err);

    /* Remove what has expired by call->now_ms, and say how many this call
     * removed; the host calls it now and then. A session touched or set
     * meanwhile must stay. */
    int (*reap)(void *inst, const struct sstore_call *call, uint64_t *count,
                struct sstore_err *err);

    /* Since 1.1, and for conformance tests alone: where the record is, leave
     * bytes that no set wrote, as a crash or another program might. SSTORE_MISS
     * if there is no live session. */
    int (*spoil)(void *inst, const struct sstore_call *call,
                 struct sstore_str sid, struct sstore_err *err);

    /* members added in 1.2 go here */
};

/* Every operation above, and whether it is required. */
/* clang-format off */
#define SSTORE_OPERATIONS(X)                                                \
    X(open, 1) X(close, 1) X(get, 1) X(set, 1) X(destroy, 1)                \
    X(touch, 0) X(all, 0) X(clear, 0) X(length, 0) X(reap, 0)               \
    X(spoil, 0)
/* clang-format on */

/* Does the plugin have the operation? Only asks a plugin that is long enough
 * for it, so that a host of 1.1 takes a plugin of 1.0. */
#define SSTORE_HAS(plugin, op)                                                 \
    ((plugin)->size >=                                                         \
         offsetof(struct sstore_plugin, op) + sizeof((plugin)->op) &&          \
     (plugin)->op != NULL)

/* The one exported symbol. A function, for dlsym() is sure of nothing else;
 * its name holds MAJOR, so that one file can serve two majors. A plugin that is
 * linked into its host gives the entry a name of its own by defining
 * SSTORE_ENTRY before it includes this file. */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_plugin_v1
#endif
#define SSTORE_ENTRY_NAME "sstore_plugin_v1"

typedef const struct sstore_plugin *sstore_entry_fn(void);

#if defined(__GNUC__)
#define SSTORE_EXPORT __attribute__((visibility("default")))
#else
#define SSTORE_EXPORT
#endif

/* First three members of every plugin: { SSTORE_HEAD, .threads = ... } */
#define SSTORE_HEAD                                                            \
    (uint32_t)sizeof(struct sstore_plugin), SSTORE_MAJOR, SSTORE_MINOR

SSTORE_EXPORT sstore_entry_fn SSTORE_ENTRY;

#ifdef __cplusplus
}
#endif

#endif /* SSTORE_H */
