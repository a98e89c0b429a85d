/* store_help.h: what the tests of stores share: short calls, noted rows */
#ifndef STORES_TESTS_STORE_HELP_H
#define STORES_TESTS_STORE_HELP_H

#include "../registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct sstore_host test_host = {
    .size = sizeof test_host,
    .major = SSTORE_MAJOR,
    .minor = SSTORE_MINOR,
};

static inline struct sstore_call at(int64_t now_ms)
{
    struct sstore_call call = {
        .size = sizeof call,
        .now_ms = now_ms,
        .deadline_ns = INT64_MAX,
        .trace = "test",
    };
    return call;
}

static inline struct sstore_str str(const char *text)
{
    struct sstore_str result = { text, strlen(text) };
    return result;
}

static inline struct store *store_of(const char *spec)
{
    struct store *store;
    struct sstore_err err;

    if (store_open(&store, spec, "test", &test_host, &err) != SSTORE_OK)
        fail_msg("%s: %s", spec, err.text);
    return store;
}

static inline int set(struct store *store, int64_t now_ms, const char *sid,
                      const char *data, const char *cookie, int64_t expires_ms)
{
    struct sstore_call call = at(now_ms);
    struct sstore_record rec = { str(data), str(cookie), expires_ms };
    return store_set(store, &call, str(sid), &rec, NULL);
}

static inline int touch(struct store *store, int64_t now_ms, const char *sid,
                        const char *cookie, int64_t expires_ms)
{
    struct sstore_call call = at(now_ms);
    struct sstore_record rec = { { NULL, 0 }, str(cookie), expires_ms };
    return store_touch(store, &call, str(sid), &rec, NULL);
}

static inline int destroy(struct store *store, int64_t now_ms, const char *sid)
{
    struct sstore_call call = at(now_ms);
    return store_destroy(store, &call, str(sid), NULL);
}

/* Appends "sid=data/cookie@expires " to a text of 500 characters. */
static inline int note_row(void *arg, struct sstore_str sid,
                           const struct sstore_record *rec)
{
    char *text = arg;
    size_t used = strlen(text);

    snprintf(text + used, 500 - used, "%.*s=%.*s/%.*s@%lld ", (int)sid.n, sid.p,
             (int)rec->data.n, rec->data.p, (int)rec->cookie.n, rec->cookie.p,
             (long long)rec->expires_ms);
    return 0;
}

static inline void assert_get(struct store *store, int64_t now_ms,
                              const char *sid, const char *expected)
{
    struct sstore_call call = at(now_ms);
    char text[500] = "";
    int code = store_get(store, &call, str(sid), note_row, text, NULL);

    assert_string_equal(text, expected);
    assert_int_equal(code, *expected ? SSTORE_OK : SSTORE_MISS);
}

static inline void assert_all(struct store *store, int64_t now_ms,
                              const char *expected)
{
    struct sstore_call call = at(now_ms);
    char text[500] = "";

    assert_int_equal(store_all(store, &call, note_row, text, NULL), SSTORE_OK);
    assert_string_equal(text, expected);
}

static inline uint64_t length_of(struct store *store, int64_t now_ms)
{
    struct sstore_call call = at(now_ms);
    uint64_t count = UINT64_MAX;

    assert_int_equal(store_length(store, &call, &count, NULL), SSTORE_OK);
    return count;
}

static inline uint64_t reap(struct store *store, int64_t now_ms)
{
    struct sstore_call call = at(now_ms);
    uint64_t count = UINT64_MAX;

    assert_int_equal(store_reap(store, &call, &count, NULL), SSTORE_OK);
    return count;
}

#endif
