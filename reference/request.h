/* request.h: an HTTP request as the middleware sees it, whoever received it
 *
 * Borrowed throughout: valid until the exchange ends.
 */
#ifndef REFERENCE_REQUEST_H
#define REFERENCE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

struct request_header {
    const char *name, *value; /* bytes as received */
};

struct request {
    const char *method;
    const char *target; /* as received, without the query */
    const char *query;  /* without the `?`; NULL where there is none */
    const struct request_header *headers;
    size_t header_count;
    const char *body; /* whole; ends with NUL */
    size_t body_length;
    bool tls;
};

/* All values of that header as Node joins them (`Cookie` with "; ", others
 * with ", "): the bytes as received. NULL where there is none; the caller
 * frees. */
char *request_header(const struct request *request, const char *name);
/* The same as text: Node reads Latin-1, we write UTF-8. */
char *request_header_text(const struct request *request, const char *name);

/* The path of the request target, without query; "/" where an absolute form
 * has none. The caller frees. */
char *request_path(const struct request *request);

#endif
