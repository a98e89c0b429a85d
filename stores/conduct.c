/* conduct.c: how a store behaves in a call: in time, and by the ABI's rules */
#include "conduct.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_IN_MS INT64_C(1000000)

/* The calls of all threads: the one thing that can tell of a call which does
 * not come back. */
static pthread_mutex_t under_way_lock = PTHREAD_MUTEX_INITIALIZER;
static struct conduct *under_way; /* under under_way_lock */

/* Those that may give SSTORE_MISS; all may give SSTORE_OK and the failures. */
static const char *const can_miss[] = { "get", "touch", "spoil" };

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * NS_IN_MS + now.tv_nsec;
}

void conduct_begin(struct conduct *conduct, const char *op, const char *label)
{
    *conduct = (struct conduct){
        .op = op, .label = label, .begun_ns = now_ns(), .place = &under_way
    };
    pthread_mutex_lock(&under_way_lock);
    conduct->next = under_way;
    if (under_way)
        under_way->place = &conduct->next;
    under_way = conduct;
    pthread_mutex_unlock(&under_way_lock);
}

int64_t conduct_deadline_ns(const struct conduct *conduct)
{
    return conduct->begun_ns + CONDUCT_DEADLINE_MS * NS_IN_MS;
}

/* ---- What came of it ---------------------------------------------------- */

static bool may_miss(const char *op)
{
    for (size_t i = 0; i < sizeof can_miss / sizeof *can_miss; i++)
        if (strcmp(can_miss[i], op) == 0)
            return true;
    return false;
}

static bool is_failure(int code)
{
#define X(name, value, text)                                                   \
    if (code == name)                                                          \
        return code < 0;
    SSTORE_CODES(X)
#undef X
    return false;
}

static int misbehaved(struct sstore_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int misbehaved(struct sstore_err *err, const char *format, ...)
{
    va_list args;

    memset(err, 0, sizeof *err);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return SSTORE_E_IO;
}

static int judge_code(const struct conduct *conduct, int code,
                      struct sstore_err *err)
{
    if (code == SSTORE_OK || (code == SSTORE_MISS && may_miss(conduct->op)) ||
        (code == SSTORE_STOP && conduct->stopped))
        return code;
    if (!is_failure(code))
        return misbehaved(err, "the store's %s returned %d, which it may not",
                          conduct->op, code);
    /* It may have filled them to the last byte. */
    err->symbol[sizeof err->symbol - 1] = '\0';
    err->text[sizeof err->text - 1] = '\0';
    return code;
}

/* A `get` calls its row callback for a session that it finds, and only then. */
static int judge_rows(const struct conduct *conduct, int code,
                      struct sstore_err *err)
{
    if (strcmp(conduct->op, "get") != 0 || code < 0 ||
        conduct->rows == (code == SSTORE_MISS ? 0 : 1))
        return code;
    return misbehaved(err,
                      "the store's get returned %s and called its row "
                      "callback %u times",
                      code == SSTORE_MISS ? "SSTORE_MISS" : "SSTORE_OK",
                      conduct->rows);
}

static int judge_time(const struct conduct *conduct, int code,
                      struct sstore_err *err)
{
    int64_t took_ms = (now_ns() - conduct->begun_ns) / NS_IN_MS;

    if (code == SSTORE_E_TIMEOUT || took_ms <= CONDUCT_DEADLINE_MS)
        return code;
    return misbehaved(err, "the store's %s took %lld ms: its deadline was %d",
                      conduct->op, (long long)took_ms, CONDUCT_DEADLINE_MS);
}

int conduct_end(struct conduct *conduct, int code, struct sstore_err *err)
{
    pthread_mutex_lock(&under_way_lock);
    *conduct->place = conduct->next;
    if (conduct->next)
        conduct->next->place = conduct->place;
    pthread_mutex_unlock(&under_way_lock);
    code = judge_code(conduct, code, err);
    code = judge_rows(conduct, code, err);
    return judge_time(conduct, code, err);
}

/* ---- What does not come back -------------------------------------------- */

void conduct_watch(void)
{
    int64_t oldest_ns =
        now_ns() - (CONDUCT_DEADLINE_MS + CONDUCT_SLACK_MS) * NS_IN_MS;

    pthread_mutex_lock(&under_way_lock);
    for (const struct conduct *at = under_way; at; at = at->next) {
        if (at->begun_ns > oldest_ns)
            continue;
        fprintf(stderr,
                "store: %s does not return: its deadline of %d ms is long "
                "over%s%s\n",
                at->op, CONDUCT_DEADLINE_MS,
                *at->label ? "; it was called for request " : "", at->label);
        abort();
    }
    pthread_mutex_unlock(&under_way_lock);
}
