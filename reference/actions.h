/* actions.h: what the handler of a request does, as `Spec-Do` lists it
 *
 * Source: DESIGN section 4, actions.
 */
#ifndef REFERENCE_ACTIONS_H
#define REFERENCE_ACTIONS_H

#include "js.h"
#include "middleware.h"

#include <jansson.h>
#include <stdbool.h>

/* What the actions of one request have left behind. */
struct deeds {
    json_t *log;     /* array of {"do","value"?,"error"?} */
    json_t *endings; /* array of the texts of `end`: the first is the body */
    bool threw;      /* a `throw` ended the actions, with `thrown` */
    struct js_error thrown;
};

/* Refuses the whole list where any action of it is wrong. NULL is no
 * actions. */
int actions_check(const json_t *list, struct js_error *error);

/* Does them in order. `deeds` is empty before, and the caller's to clear. */
void actions_run(struct visit *visit, const json_t *list, struct deeds *deeds);
void deeds_clear(struct deeds *deeds);

#endif
