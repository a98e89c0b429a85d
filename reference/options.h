/* options.h: express-session's options, read from the probe protocol's form
 *
 * Checked in express-session's order, so that the first fault is the one it
 * would throw. Read only once parsed: any thread may read.
 *
 * Source: the express-session README, "Options", and 1.19.0 where it is
 * silent; for the forms of what is no data, DESIGN section 4.
 */
#ifndef REFERENCE_OPTIONS_H
#define REFERENCE_OPTIONS_H

#include "js.h"
#include "request.h"
#include "sign.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum proxy_option { PROXY_UNDEFINED, PROXY_TRUSTED, PROXY_IGNORED };
enum genid_kind { GENID_RANDOM, GENID_FIXED, GENID_HEADER };

struct option_secret {
    struct secret secret;
    const char *refused; /* what signing with it throws; NULL: nothing */
};

struct options {
    json_t *source;        /* the whole, owned */
    const json_t *cookie;  /* what `cookie` is; NULL: nothing */
    const char *by_header; /* `cookie` is a function of this header, or NULL */
    const json_t *by_header_cases;
    char *name;
    struct option_secret *secrets;
    size_t secret_count;
    bool resave, rolling, save_uninitialized, unset_destroy;
    bool expire_callback; /* not express-session's: see app_heed */
    enum proxy_option proxy;
    enum genid_kind genid;
    const json_t *genid_fixed;
    const char *genid_header;
};

/* 0, or -1 with `error` where something has not the protocol's form. `source`
 * may be NULL. */
int options_check(const json_t *source, struct js_error *error);

/* 0, or -1 with what the constructor throws in `error`. What it warns of is
 * appended to `warnings`, an array of strings. `source`, which has been
 * checked, is copied: many threads read the options, and jansson counts
 * references without a lock. */
int options_parse(struct options *options, json_t *source, json_t *warnings,
                  struct js_error *error);
void options_clear(struct options *options);

/* The cookie's options for a request: `cookie`, or what the function of the
 * request gives: {} where it has no case. Borrowed; NULL is {}. */
const json_t *options_cookie(const struct options *options,
                             const struct request *request);

#endif
