/* control_store.h: one control call, and the operations straight on a store */
#ifndef REFERENCE_CONTROL_STORE_H
#define REFERENCE_CONTROL_STORE_H

#include "control.h"

#include <jansson.h>

/* A call of an endpoint, as the route's function gets it. */
struct control {
    struct apps *apps;
    const struct control_about *about;
    const struct request *request;
    struct response *response;
    const char *id;  /* of the app or schedule; "" without */
    struct app *app; /* held, where the route needs one */
    json_t *body;    /* where it reads one */
};

/* POST …/store: past `hide`, faults, schedule and trace. */
void control_store(struct control *control);

#endif
