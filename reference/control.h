/* control.h: the endpoints below /_spec, by which a harness steers
 *
 * Source: DESIGN section 4 and 6.
 */
#ifndef REFERENCE_CONTROL_H
#define REFERENCE_CONTROL_H

#include "../stores/backend.h"
#include "apps.h"
#include "request.h"
#include "response.h"

#include <stdbool.h>

/* What GET /_spec says of this server. */
struct control_about {
    const char *version;
    const char *tls_url;       /* NULL without TLS */
    unsigned connections;      /* how many it serves at once */
    struct backend *breakable; /* may be stopped and started; NULL: none */
};

/* Is the request one of these? */
bool control_is(const struct request *request);
void control_run(struct apps *apps, const struct control_about *about,
                 const struct request *request, struct response *response);

#endif
