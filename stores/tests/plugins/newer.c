/* newer.c: a store of a later minor: a longer table, and words not known here
 */
#define SSTORE_ENTRY sstore_plugin_v1_inner
#include "misbehaving.h"

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    return false;
}

SSTORE_EXPORT sstore_entry_fn sstore_plugin_v1;

const struct sstore_plugin *sstore_plugin_v1(void)
{
    static struct {
        struct sstore_plugin plugin;
        void (*later)(void);
    } table;

    table.plugin = *sstore_plugin_v1_inner();
    table.plugin.size = sizeof table;
    table.plugin.minor = SSTORE_MINOR + 1;
    table.plugin.caps |= 1u << 30;
    return &table.plugin;
}
