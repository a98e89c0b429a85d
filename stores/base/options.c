/* options.c: the options that all stores with a server have */
#include "options.h"

#include "fail.h"
#include "option_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_DEFAULT 16
#define POOL_MOST    1000

int options_read(struct options *options, const char *store,
                 const struct sstore_opt *opt, size_t nopt,
                 struct sstore_err *err)
{
    const struct option table[] = {
        { "url", OPTION_TEXT, &options->url, 0, 0 },
        { "pool", OPTION_NUMBER, &options->pool, 1, POOL_MOST },
        { "namespace", OPTION_TEXT, &options->name_space, 0, 0 },
    };

    *options = (struct options){ .name_space = "", .pool = POOL_DEFAULT };
    int code = option_table_read(store, table, sizeof table / sizeof *table,
                                 opt, nopt, err);
    if (code == SSTORE_OK && !options->url)
        return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                    "%s: the option url is missing: %s://HOST:PORT", store,
                    store);
    return code;
}

char *options_key(const struct options *options)
{
    size_t size = strlen(options->url) + 20;
    char *key = malloc(size);

    if (key)
        snprintf(key, size, "%u %s", options->pool, options->url);
    return key;
}
