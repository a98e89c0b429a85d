/* settings.h: what stands before the session middleware: Express, its mount,
 * a cookie parser
 *
 * Read only once parsed: any thread may read.
 *
 * Source: DESIGN section 4, `settings`.
 */
#ifndef REFERENCE_SETTINGS_H
#define REFERENCE_SETTINGS_H

#include "js.h"

#include <jansson.h>
#include <stdbool.h>

struct settings {
    bool trusts_proxy;   /* its `trust proxy` covers loopback, one hop away */
    char *mount;         /* the path it is mounted at, "" for none */
    bool production;     /* NODE_ENV */
    bool debug;          /* DEBUG=express-session, told in the trace */
    bool parses_cookies; /* a cookie parser stands before the session */
    char *parser_secret; /* its own, or NULL */
};

/* Both return 0 or -1 with `error`; `source` may be NULL.
 *
 * Refuses a setting that there is not, and one of the wrong type. */
int settings_parse(struct settings *settings, const json_t *source,
                   struct js_error *error);
/* What Express is asked once the session middleware has been made: whether
 * it takes the `trust proxy`. */
int settings_make_express(struct settings *settings, const json_t *source,
                          struct js_error *error);
void settings_clear(struct settings *settings);

#endif
