/* apps.h: the apps of this process, by id: made, replaced, dropped
 *
 * Any thread may call.
 */
#ifndef REFERENCE_APPS_H
#define REFERENCE_APPS_H

#include "app.h"
#include "schedule.h"

#include <jansson.h>
#include <stdbool.h>

struct apps;

/* Which stores clients may name: any built-in one, besides the one that was
 * named at the start (NULL: none), which is the default then. */
struct apps *apps_new(const char *store_spec);
/* Before any app is made: what the SPEC from the start is opened as, with the
 * address that it did not have. */
void apps_lead_store(struct apps *apps, const char *spec);
void apps_free(struct apps *apps);
struct schedules *apps_schedules(struct apps *apps);

/* PUT: makes or replaces the app. Returns the HTTP status: 201 with *answer
 * the 201's body, or 400, 404, 422, 503 with `error`. */
int apps_put(struct apps *apps, const char *id, const json_t *body,
             json_t **answer, struct js_error *error);
/* False where there is none of that id. */
bool apps_delete(struct apps *apps, const char *id);
/* The app, held, or NULL. */
struct app *apps_hold(struct apps *apps, const char *id);

/* Tells all apps on this one's store that it is up or down. */
void apps_emit(struct apps *apps, const struct app *app, bool up);

#endif
