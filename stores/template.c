/* template.c: a session store, to be made yours in five steps
 *
 * Make a copy of this file, or type `sessionspec new-store NAME`. It compiles
 * as it stands; what is not written yet says so when it is called. So write a
 * step, run the tests, and do what the first failure says:
 *
 *   STEP 1  name it, and say what it can           (at the end of the file)
 *   STEP 2  open and close the backend
 *   STEP 3  get and set
 *   STEP 4  destroy
 *   STEP 5  touch, all, clear, length and reap, or leave them out
 *
 * session_store.h says what each function must do, the README.md beside it in
 * sessionspec's stores/ has the rules, and memory.c there is a whole store.
 */
#include "session_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One opened store. With SSTORE_THREADS_ONE_INSTANCE one call at a time is in
 * it, so it needs no lock. */
struct instance {
    char *name_space; /* what keeps our sessions apart from others' */
};

/* What is still to be written: the text is what the test's report shows. */
static int not_written(struct sstore_err *err, int step, const char *what)
{
    snprintf(err->text, sizeof err->text,
             "template.c, STEP %d: %s is to be written", step, what);
    return SSTORE_E_NOTSUP;
}

/* ---- STEP 2: open and close --------------------------------------------- */

/* `path` is an example of an option: ./template.so?path=/tmp/x gives it. */
static int template_open(const struct sstore_host *host,
                         const struct sstore_opt *opt, size_t nopt, void **inst,
                         struct sstore_err *err)
{
    const char *name_space = "", *path = "";
    struct instance *store;

    (void)host; /* host->ready() tells of a backend that went and came back */
    for (size_t i = 0; i < nopt; i++) {
        if (strcmp(opt[i].key, "namespace") == 0) {
            name_space = opt[i].value;
        } else if (strcmp(opt[i].key, "path") == 0) {
            path = opt[i].value;
        } else {
            snprintf(err->text, sizeof err->text,
                     "template: unknown option \"%.60s\"", opt[i].key);
            return SSTORE_E_INVAL;
        }
    }
    (void)path; /* STEP 2: connect; on failure free all, and say why in err */

    store = calloc(1, sizeof *store);
    if (store)
        store->name_space = strdup(name_space);
    if (!store || !store->name_space) {
        free(store);
        snprintf(err->text, sizeof err->text, "template: out of memory");
        return SSTORE_E_NOMEM;
    }
    *inst = store;
    return SSTORE_OK;
}

static void template_close(void *inst)
{
    struct instance *store = inst;

    /* STEP 2: disconnect. */
    free(store->name_space);
    free(store);
}

/* ---- STEP 3: get and set ------------------------------------------------ */

/* Where there is a record, and rec.expires_ms > call->now_ms: call
 * row(arg, sid, &rec) once and return SSTORE_OK. Else SSTORE_MISS. */
static int template_get(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, sstore_row_fn *row, void *arg,
                        struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)row;
    (void)arg;
    return not_written(err, 3, "get");
}

/* Insert or replace: copy rec->data, rec->cookie and rec->expires_ms under
 * the name_space and sid. */
static int template_set(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)rec;
    return not_written(err, 3, "set");
}

/* ---- STEP 4: destroy ---------------------------------------------------- */

/* What is not there is destroyed already: SSTORE_OK. */
static int template_destroy(void *inst, const struct sstore_call *call,
                            struct sstore_str sid, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    return not_written(err, 4, "destroy");
}

/* ---- STEP 5: what a store need not have --------------------------------- */
/* Delete the functions that you do not want, and their lines in the table: a
 * NULL there is a method that the store does not have. */

/* Replace cookie and expires_ms of a live record, and leave its data. */
static int template_touch(void *inst, const struct sstore_call *call,
                          struct sstore_str sid,
                          const struct sstore_record *rec,
                          struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)rec;
    return not_written(err, 5, "touch");
}

/* row(arg, sid, &rec) for each live record of the name_space. */
static int template_all(void *inst, const struct sstore_call *call,
                        sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)row;
    (void)arg;
    return not_written(err, 5, "all");
}

/* Remove all of the name_space. */
static int template_clear(void *inst, const struct sstore_call *call,
                          struct sstore_err *err)
{
    (void)inst;
    (void)call;
    return not_written(err, 5, "clear");
}

/* How many all() would give. */
static int template_length(void *inst, const struct sstore_call *call,
                           uint64_t *count, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)count;
    return not_written(err, 5, "length");
}

/* Free what has expired. */
static int template_reap(void *inst, const struct sstore_call *call,
                         uint64_t *count, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)count;
    return not_written(err, 5, "reap");
}

/* ---- STEP 1: what it is called, and what it can -------------------------- */

static const struct sstore_plugin template_plugin = {
    SSTORE_HEAD,
    /* One call at a time in each instance: the host sees to it. */
    .threads = SSTORE_THREADS_ONE_INSTANCE,
    /* Expiry goes by call->now_ms; namespaces are kept apart. Add
     * SSTORE_CAP_DURABLE where sessions survive close(), and _SHARED where
     * two instances of one namespace see each other's. */
    .caps = SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_NAMESPACE,
    .name = "template",
    .version = "0.1",
    .options = "path=PATH  where the sessions go",
    .open = template_open,
    .close = template_close,
    .get = template_get,
    .set = template_set,
    .destroy = template_destroy,
    .touch = template_touch,
    .all = template_all,
    .clear = template_clear,
    .length = template_length,
    .reap = template_reap,
};

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    return &template_plugin;
}
