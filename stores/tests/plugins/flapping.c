/* flapping.c: a store without sessions that is down after a get of `down`, and
 * up again after a get of `up` */
#include "../../session_store.h"

#include <string.h>

static int flapping_open(const struct sstore_host *host,
                         const struct sstore_opt *opt, size_t nopt, void **inst,
                         struct sstore_err *err)
{
    (void)opt;
    (void)nopt;
    (void)err;
    *(const void **)inst = host;
    return SSTORE_OK;
}

static void flapping_close(void *inst)
{
    (void)inst;
}

static int flapping_get(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, sstore_row_fn *row, void *arg,
                        struct sstore_err *err)
{
    const struct sstore_host *host = inst;

    (void)call;
    (void)row;
    (void)arg;
    (void)err;
    if (sid.n == 4 && memcmp(sid.p, "down", 4) == 0)
        host->ready(host->ctx, 0);
    else if (sid.n == 2 && memcmp(sid.p, "up", 2) == 0)
        host->ready(host->ctx, 1);
    return SSTORE_MISS;
}

static int flapping_set(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, const struct sstore_record *rec,
                        struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)rec;
    (void)err;
    return SSTORE_OK;
}

static int flapping_destroy(void *inst, const struct sstore_call *call,
                            struct sstore_str sid, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)err;
    return SSTORE_OK;
}

const struct sstore_plugin *SSTORE_ENTRY(void)
{
    static const struct sstore_plugin flapping = {
        SSTORE_HEAD,
        .threads = SSTORE_THREADS_PARALLEL,
        .caps = SSTORE_CAP_NAMESPACE,
        .name = "flapping",
        .version = "1",
        .options = "",
        .open = flapping_open,
        .close = flapping_close,
        .get = flapping_get,
        .set = flapping_set,
        .destroy = flapping_destroy,
    };

    return &flapping;
}
