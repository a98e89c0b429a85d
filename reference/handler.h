/* handler.h: one request to an app: middleware, actions, answer */
#ifndef REFERENCE_HANDLER_H
#define REFERENCE_HANDLER_H

#include "apps.h"
#include "request.h"
#include "response.h"

/* Answers 404 without a `Spec-App` that there is, 400 for actions that are
 * none, with nothing run; else what DESIGN section 4 calls the answer. */
void handler_run(struct apps *apps, const struct request *request,
                 struct response *response);

#endif
