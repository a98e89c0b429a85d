/* faulty.c: the store `faulty`: sessions in a list, with one fault on purpose
 *
 * For trying a test suite: `faulty?fault=NAME` is right in all but what NAME
 * says, and `faulty` alone is right in all. The operations as they should be
 * are in faulty_shelf.c, the faults in the tables of the other faulty_*.c.
 */
#ifndef SSTORE_ENTRY
#define SSTORE_ENTRY sstore_faulty /* it is linked into its host */
#endif
#include "faulty_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fault *const tables[] = { faulty_reads,  faulty_writes,
                                              faulty_ids,    faulty_times,
                                              faulty_values, faulty_records };
#define TABLE_COUNT (sizeof tables / sizeof *tables)

/* All that are open. Under the host's lock, as all of this plugin is. */
static struct shelf *shelves;

struct shelf *shelf_of_all(void)
{
    return shelves;
}

/* ---- The plugin's operations: the fault's, or as they should be ---------- */

/* Runs `op` for the id as it is kept. */
static int run(struct ask *ask, fault_op *op)
{
    char *folded = NULL;

    if (ask->shelf->fault->fold && ask->sid.n) {
        folded = malloc(ask->sid.n + 1);
        if (!folded)
            return shelf_no_memory(ask);
        ask->sid.n = ask->shelf->fault->fold(ask->sid, folded);
        ask->sid.p = folded;
    }
    int code = op(ask);
    free(folded);
    return code;
}

/* Far beyond any date, and near enough for faults to add and subtract. */
#define TIME_MAX_MS (INT64_MAX / 8)

static int64_t within(int64_t ms)
{
    return ms > TIME_MAX_MS    ? TIME_MAX_MS
           : ms < -TIME_MAX_MS ? -TIME_MAX_MS
                               : ms;
}

#define RUN(op, ...)                                                           \
    struct ask ask = {                                                         \
        .shelf = inst, .now_ms = within(call->now_ms), .err = err, __VA_ARGS__ \
    };                                                                         \
    return run(&ask, ask.shelf->fault->op ? ask.shelf->fault->op : shelf_##op)

static int faulty_get(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, sstore_row_fn *row, void *arg,
                      struct sstore_err *err)
{
    RUN(get, .sid = sid, .row = row, .row_arg = arg);
}

static int faulty_set(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    struct sstore_record copy = *rec;

    if (rec->expires_ms != SSTORE_NEVER)
        copy.expires_ms = within(rec->expires_ms);
    RUN(set, .sid = sid, .rec = &copy);
}

static int faulty_destroy(void *inst, const struct sstore_call *call,
                          struct sstore_str sid, struct sstore_err *err)
{
    RUN(destroy, .sid = sid);
}

static int faulty_touch(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    struct sstore_record copy = *rec;

    if (rec->expires_ms != SSTORE_NEVER)
        copy.expires_ms = within(rec->expires_ms);
    RUN(touch, .sid = sid, .rec = &copy);
}

static int faulty_all(void *inst, const struct sstore_call *call,
                      sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    RUN(all, .row = row, .row_arg = arg);
}

static int faulty_clear(void *inst, const struct sstore_call *call,
                        struct sstore_err *err)
{
    RUN(clear, .rec = NULL);
}

static int faulty_length(void *inst, const struct sstore_call *call,
                         uint64_t *count, struct sstore_err *err)
{
    RUN(length, .count = count);
}

static int faulty_reap(void *inst, const struct sstore_call *call,
                       uint64_t *count, struct sstore_err *err)
{
    RUN(reap, .count = count);
}

static int faulty_spoil(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    RUN(spoil, .sid = sid);
}

/* ---- Finding a fault ---------------------------------------------------- */

static const struct fault *find(const char *name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        for (const struct fault *fault = tables[i]; fault->is.name; fault++) {
            if (strcmp(fault->is.name, name) == 0)
                return fault;
        }
    }
    return NULL;
}

const struct faulty_fault *faulty_find(const char *name)
{
    const struct fault *fault = find(name);

    return fault ? &fault->is : NULL;
}

void faulty_each(void (*each)(void *arg, const struct faulty_fault *fault),
                 void *arg)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        for (const struct fault *fault = tables[i]; fault->is.name; fault++)
            each(arg, &fault->is);
    }
}

/* A long name's end counts for nothing. */
enum { MISSPELT_MAX = 63 };

/* How many letters to insert, delete or replace to make `b` of `a`. */
static size_t distance(const char *a, const char *b)
{
    size_t row[MISSPELT_MAX + 1], length = strnlen(b, MISSPELT_MAX);

    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; i < MISSPELT_MAX && a[i]; i++) {
        size_t above_left = row[0]++;

        for (size_t j = 0; j < length; j++) {
            size_t above = row[j + 1], least = above_left + (a[i] != b[j]);

            if (above + 1 < least)
                least = above + 1;
            if (row[j] + 1 < least)
                least = row[j] + 1;
            row[j + 1] = least;
            above_left = above;
        }
    }
    return row[length];
}

struct nearest {
    const char *wanted, *name;
    size_t distance;
};

static void consider(void *arg, const struct faulty_fault *fault)
{
    struct nearest *nearest = arg;
    size_t here = distance(nearest->wanted, fault->name);

    if (nearest->name && here >= nearest->distance)
        return;
    nearest->name = fault->name;
    nearest->distance = here;
}

/* ---- Open and close ----------------------------------------------------- */

/* NULL with `err`. */
static const struct fault *fault_named(const struct sstore_opt *opt,
                                       size_t nopt, struct sstore_err *err)
{
    static const struct fault none = { .is = { "none", "nothing is wrong" } };
    const struct fault *fault = &none;

    for (size_t i = 0; i < nopt && fault; i++) {
        if (strcmp(opt[i].key, "namespace") == 0)
            continue;
        if (strcmp(opt[i].key, "fault") != 0) {
            snprintf(err->text, sizeof err->text,
                     "faulty: unknown option \"%.60s\" (fault?)", opt[i].key);
            return NULL;
        }
        fault = find(opt[i].value);
        if (!fault) {
            struct nearest nearest = { .wanted = opt[i].value };

            faulty_each(consider, &nearest);
            snprintf(err->text, sizeof err->text,
                     "faulty: unknown fault \"%.60s\" (%s?)", opt[i].value,
                     nearest.name);
        }
    }
    return fault;
}

static const char *name_space_of(const struct sstore_opt *opt, size_t nopt)
{
    for (size_t i = 0; i < nopt; i++) {
        if (strcmp(opt[i].key, "namespace") == 0)
            return opt[i].value;
    }
    return "";
}

/* First of all that are open; NULL without memory. */
static struct shelf *shelf_new(const struct fault *fault,
                               const char *name_space)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    if (!shelf)
        return NULL;
    shelf->fault = fault;
    shelf->name_space = strdup(name_space);
    if (!shelf->name_space) {
        free(shelf);
        return NULL;
    }
    shelf->next = shelves;
    shelves = shelf;
    return shelf;
}

static struct shelf *shelf_shared(const struct fault *fault)
{
    struct shelf *shelf = fault->shares ? shelves : NULL;

    while (shelf && shelf->fault != fault)
        shelf = shelf->next;
    return shelf;
}

static void faulty_close(void *inst)
{
    struct ask ask = { .shelf = inst };
    struct shelf **link = &shelves;

    if (--ask.shelf->users > 0)
        return;
    while (*link != ask.shelf)
        link = &(*link)->next;
    *link = ask.shelf->next;
    shelf_clear(&ask);
    free(ask.shelf->name_space);
    free(ask.shelf);
}

static int faulty_open(const struct sstore_host *host,
                       const struct sstore_opt *opt, size_t nopt, void **inst,
                       struct sstore_err *err)
{
    const struct fault *fault = fault_named(opt, nopt, err);
    struct ask ask = { .err = err };

    (void)host;
    if (!fault)
        return SSTORE_E_INVAL;
    struct shelf *shelf = shelf_shared(fault);
    if (!shelf)
        shelf = shelf_new(fault, name_space_of(opt, nopt));
    if (!shelf)
        return shelf_no_memory(&ask);
    shelf->users++;
    *inst = shelf;
    return SSTORE_OK;
}

static const struct sstore_plugin faulty_plugin = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_ONE_PLUGIN,
    .caps =
        SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_NAMESPACE | SSTORE_CAP_BINARY_SID,
    .name = "faulty",
    .version = "1.0",
    .options = "fault=NAME  what is wrong with it; without, nothing is",
    .open = faulty_open,
    .close = faulty_close,
    .get = faulty_get,
    .set = faulty_set,
    .destroy = faulty_destroy,
    .touch = faulty_touch,
    .all = faulty_all,
    .clear = faulty_clear,
    .length = faulty_length,
    .reap = faulty_reap,
    .spoil = faulty_spoil,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &faulty_plugin;
}
