/* shared.c: a store that keeps no namespaces apart: all instances are one
 *
 * The store `memory`, opened once for all that open it, as a server without
 * databases, tables or prefixes would be.
 */
#define SSTORE_ENTRY sstore_memory
#include "../../memory.c" /* NOLINT(bugprone-suspicious-include) */

static pthread_mutex_t one_lock = PTHREAD_MUTEX_INITIALIZER;
static void *one; /* under one_lock; lives as long as the program */

static int shared_open(const struct sstore_host *host,
                       const struct sstore_opt *opt, size_t nopt, void **inst,
                       struct sstore_err *err)
{
    int code = SSTORE_OK;

    pthread_mutex_lock(&one_lock);
    if (!one)
        code = memory_open(host, opt, nopt, &one, err);
    *inst = one;
    pthread_mutex_unlock(&one_lock);
    return code;
}

static void shared_close(void *inst)
{
    (void)inst;
}

SSTORE_EXPORT sstore_entry_fn sstore_plugin_v1;

const struct sstore_plugin *sstore_plugin_v1(void)
{
    static struct sstore_plugin plugin;

    plugin = memory_plugin;
    plugin.name = "shared";
    plugin.caps = SSTORE_CAP_HOST_CLOCK | SSTORE_CAP_BINARY_SID;
    plugin.open = shared_open;
    plugin.close = shared_close;
#ifdef SHARED_WITHOUT_CLEAR
    plugin.clear = NULL;
#endif
    return &plugin;
}
