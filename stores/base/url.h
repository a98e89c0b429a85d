/* url.h: the address of a server: SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH]
 *
 * A `%40` in the user, the password or the path is a byte; an IPv6 address
 * stands in brackets. The query is not for here: the host took it off.
 */
#ifndef STORES_BASE_URL_H
#define STORES_BASE_URL_H

#include "../session_store.h"

#include <stdint.h>

/* All texts are in one piece of memory, for url_free. */
struct url {
    char *scheme;
    char *user, *password; /* NULL: there is none */
    char *host;
    uint16_t port;
    char *path; /* behind the slash, "" for none */
};

/* SSTORE_OK, or SSTORE_E_INVAL (_NOMEM) with `err`, which has no secrets in
 * it, and nothing to free. */
int url_parse(struct url *url, const char *text, uint16_t default_port,
              struct sstore_err *err);
void url_free(struct url *url);

#endif
