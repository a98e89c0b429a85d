/* reply.h: JSON as a response's body */
#ifndef REFERENCE_REPLY_H
#define REFERENCE_REPLY_H

#include "js.h"
#include "response.h"

#include <jansson.h>
#include <stddef.h>

/* Sends the body with its length. Steals `body`. */
void reply_json(struct response *response, int status, json_t *body);
/* {"error":{"name","message"}} */
void reply_error(struct response *response, int status,
                 const struct js_error *error);
/* The same with the name Error. */
void reply_refusal(struct response *response, int status, const char *text);

/* Sets the headers of a JSON body that someone else sends, and gives its
 * text, which the caller frees. Steals `body`. */
char *reply_prepare(struct response *response, json_t *body, size_t *length);

#endif
