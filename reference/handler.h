/* handler.h: one request to an app: middleware, actions, answer */
#ifndef REFERENCE_HANDLER_H
#define REFERENCE_HANDLER_H

#include "app.h"
#include "request.h"
#include "response.h"

/* Answers 404 without a `Spec-App` that there is, 400 for actions that are
 * none, with nothing run; else what DESIGN section 4 calls the answer. */
void handler_run(struct apps *apps, const struct request *request,
                 struct response *response);

/* A JSON body with its length, on a fresh response. Steals `body`. */
void handler_send_json(struct response *response, int status, json_t *body);
/* {"error":{"name","message"}} */
void handler_send_error(struct response *response, int status,
                        const struct js_error *error);

#endif
