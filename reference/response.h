/* response.h: an HTTP response with the order of events that Node gives it
 *
 * The head is built when it is first needed (a write, or the end), at which
 * moment the listener runs: the last chance to set a header. What is built is
 * sent with the first bytes of the body, or at the end. A body of known
 * length has a Content-Length, any other is chunked; HEAD, 204 and 304 have
 * none. Belongs to one request's thread.
 */
#ifndef REFERENCE_RESPONSE_H
#define REFERENCE_RESPONSE_H

#include "js.h"

#include <stdbool.h>
#include <stddef.h>

/* Where the bytes go. Returns 0, or -1 where the client is gone. */
typedef int response_sink_fn(void *arg, const char *bytes, size_t length);

struct response {
    int status;
    struct response_header *headers;
    size_t header_count;
    bool is_head; /* the request's method was HEAD */
    bool built;   /* no header can be set any more */
    bool ended;
    bool chunked;
    void (*on_head)(void *arg, struct response *response);
    void *on_head_arg;
    response_sink_fn *sink;
    void *sink_arg;
    bool gone; /* the sink failed once */
    char *head; /* built and not yet sent */
    size_t head_length;
};

struct response_header {
    char *name, *value;
};

void response_init(struct response *response, bool is_head,
                   response_sink_fn *sink, void *sink_arg);
void response_clear(struct response *response);

/* Replaces what has that name. -1 with `error` where a character is not
 * allowed or the head is built. */
int response_set_header(struct response *response, const char *name,
                        const char *value, struct js_error *error);
/* One more of that name (Set-Cookie). */
void response_add_header(struct response *response, const char *name,
                         const char *value);
const char *response_header(const struct response *response, const char *name);

/* Builds the head where that has not been done. */
void response_build_head(struct response *response);
/* Sends a piece of the body, and the head before it. */
void response_write(struct response *response, const char *bytes,
                    size_t length);
/* The last piece (NULL: none). Where nothing was written before, it is the
 * whole body, and gives the length. A second end does nothing. */
void response_end(struct response *response, const char *bytes, size_t length);

#endif
