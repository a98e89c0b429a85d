/* exec_request.h: a request to a store's program, as the text of its line
 *
 *     request_begin(&request, "get", "a1", err);
 *     request_text(&request, "sid", sid);
 *     request_number(&request, "now", call->now_ms);
 *     code = request_end(&request);
 *
 * The line's `{"id":1,` is put before it by who sends it.
 */
#ifndef STORES_EXEC_REQUEST_H
#define STORES_EXEC_REQUEST_H

#include "session_store.h"

#include <stdbool.h>
#include <stdio.h>

/* Stays where it is from begin to end. */
struct request {
    const char *op; /* a literal */
    char *text;     /* after request_end the caller's to free, or handed on */
    size_t length;

    FILE *file; /* ours from here on */
    int code;
    struct sstore_err *err;
};

void request_begin(struct request *request, const char *op,
                   const char *instance, struct sstore_err *err);
/* A text that is no UTF-8 cannot be sent: SSTORE_E_INVAL in the end. */
void request_text(struct request *request, const char *member,
                  struct sstore_str text);
void request_number(struct request *request, const char *member,
                    int64_t number);
/* {"key":"value", …}, without the host's own option `namespace`. */
void request_options(struct request *request, const struct sstore_opt *opt,
                     size_t nopt);
/* Data and cookie as the one session that they were, and when it expires: null
 * for SSTORE_NEVER. What is no object goes as it is, and has no room for a
 * cookie; a touch needs no data. */
void request_record(struct request *request, const struct sstore_record *rec,
                    bool is_touch);
/* SSTORE_OK, or a failure with nothing to free. */
int request_end(struct request *request);

#endif
