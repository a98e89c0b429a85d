/* options.h: the options of every store whose backend is a server */
#ifndef STORES_BASE_OPTIONS_H
#define STORES_BASE_OPTIONS_H

#include "../session_store.h"

/* For sstore_plugin.options, behind the store's own line on `url`. */
#define OPTIONS_HELP                                                           \
    "pool=N  connections at most, shared by the process; 1 to 1000, 16"

/* The texts are the host's: valid until open() returns. */
struct options {
    const char *url;        /* never NULL */
    const char *name_space; /* "" where the host gave none */
    unsigned pool;
};

/* SSTORE_OK, or SSTORE_E_INVAL with `err`. `store` is the plugin's name. */
int options_read(struct options *options, const char *store,
                 const struct sstore_opt *opt, size_t nopt,
                 struct sstore_err *err);

/* The key of the pool that they lead to, for free(): all but the namespace.
 * NULL without memory. */
char *options_key(const struct options *options);

#endif
