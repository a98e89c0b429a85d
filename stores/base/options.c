/* options.c: the options that all stores with a server have */
#include "options.h"

#include "fail.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_DEFAULT 16
#define POOL_MOST    1000

static bool parse_pool(const char *text, unsigned *pool)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || value < 1 || value > POOL_MOST)
        return false;
    *pool = (unsigned)value;
    return true;
}

int options_read(struct options *options, const char *store,
                 const struct sstore_opt *opt, size_t nopt,
                 struct sstore_err *err)
{
    *options = (struct options){ .name_space = "", .pool = POOL_DEFAULT };
    for (size_t i = 0; i < nopt; i++) {
        if (strcmp(opt[i].key, "url") == 0)
            options->url = opt[i].value;
        else if (strcmp(opt[i].key, "namespace") == 0)
            options->name_space = opt[i].value;
        else if (strcmp(opt[i].key, "pool") != 0)
            return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                        "%s: unknown option \"%.60s\" (it has url and pool)",
                        store, opt[i].key);
        else if (!parse_pool(opt[i].value, &options->pool))
            return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                        "%s: pool=%.40s is no number from 1 to %d", store,
                        opt[i].value, POOL_MOST);
    }
    if (!options->url)
        return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                    "%s: the option url is missing: %s://HOST:PORT", store,
                    store);
    return SSTORE_OK;
}

char *options_key(const struct options *options)
{
    size_t size = strlen(options->url) + 20;
    char *key = malloc(size);

    if (key)
        snprintf(key, size, "%u %s", options->pool, options->url);
    return key;
}
