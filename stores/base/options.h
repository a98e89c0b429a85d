/* options.h: the options that all stores with a server have
 *
 * The url, the host's namespace, and how many connections there may be.
 */
#ifndef STORES_BASE_OPTIONS_H
#define STORES_BASE_OPTIONS_H

#include "../session_store.h"

/* What `options` of the plugin says of them, behind its own line of the url. */
#define OPTIONS_HELP                                                           \
    "pool=N  connections at most, shared by the process; 1 to 1000, 16"

/* The texts are the host's, and as short-lived. */
struct options {
    const char *url;
    const char *name_space; /* "" where there is none */
    unsigned pool;          /* connections at most */
};

/* SSTORE_OK, or SSTORE_E_INVAL with `err`, which begins with the store's name.
 * The url must be there; what it says is for the caller to see. */
int options_read(struct options *options, const char *store,
                 const struct sstore_opt *opt, size_t nopt,
                 struct sstore_err *err);

/* What tells one pool from another, for pool_join; the caller's to free. NULL
 * without memory. */
char *options_key(const struct options *options);

#endif
