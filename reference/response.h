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

/* Runs as the head is built, once. -1 with `error` where it throws. */
typedef int response_listener_fn(void *arg, struct js_error *error);

struct response {
    int status;
    struct response_header *headers;
    size_t header_count;
    bool is_head; /* the request's method was HEAD */
    bool built;   /* no header can be set any more */
    bool ended;
    bool bodiless; /* decided as the head is built, with the status then */
    bool chunked;
    response_listener_fn *on_head; /* or NULL */
    void *on_head_arg;
    response_sink_fn *sink;
    void *sink_arg;
    bool sends_bytes; /* what is written is a Buffer in Node, not a text */
    bool gone;        /* the sink failed once */
    char *head;       /* built and not yet sent */
    size_t head_length;
};

struct response_header {
    char *name, *value;
};

void response_init(struct response *response, bool is_head,
                   response_sink_fn *sink, void *sink_arg);
void response_clear(struct response *response);

/* Values are UTF-8; they go out as Latin-1, as Node has it, which sends them as
 * UTF-8 where a text goes out with them.
 *
 * Replaces what has that name. -1 with `error` where a character is not
 * allowed or the head is built. */
int response_set_header(struct response *response, const char *name,
                        const char *value, struct js_error *error);
/* One more of that name (Set-Cookie); its characters are allowed ones. */
void response_add_header(struct response *response, const char *name,
                         const char *value);
void response_remove_header(struct response *response, const char *name);
const char *response_header(const struct response *response, const char *name);

/* Both return 0, or -1 with `error` where the listener throws: nothing is
 * sent then, and it will not run again.
 *
 * Builds the head where that has not been done. */
int response_build_head(struct response *response, struct js_error *error);
/* Sends a piece of the body, and the head before it; nothing where there is
 * to be no body. */
int response_write(struct response *response, const char *bytes, size_t length,
                   struct js_error *error);
/* The last piece (NULL: none). Where nothing was written before, it is the
 * whole body, and gives the length. A second end does nothing. The listener
 * does not throw any more. */
void response_end(struct response *response, const char *bytes, size_t length);

#endif
