/* schedule.h: the order in which labelled requests make their store calls
 *
 * Each labelled request parks at each store call and scheduling point. Nobody
 * moves until every label is parked or done; then the next choice goes, up to
 * its next call or its end. Any thread may call.
 *
 * Source: DESIGN section 6.
 */
#ifndef REFERENCE_SCHEDULE_H
#define REFERENCE_SCHEDULE_H

#include "js.h"

#include <jansson.h>
#include <stdbool.h>

struct schedules;     /* all that there are, by id */
struct schedule_slot; /* one request's place in a schedule */

/* A parked request whose schedule nobody moves goes on by itself then. */
enum { SCHEDULE_PATIENCE_S = 60 };

struct schedules *schedules_new(void);
void schedules_free(struct schedules *schedules);

/* {"apps":[…],"labels":[…],"choices":"AB…","then":"first|stop"}: makes it, or
 * replaces the one of that id. -1 with `error` where the body is not so. */
int schedules_put(struct schedules *schedules, const char *id,
                  const json_t *body, struct js_error *error);
/* Its state: {"parked","done","decisions"}, after at most `wait_ms` for
 * everybody to be parked or done. NULL where there is none of that id. */
json_t *schedules_get(struct schedules *schedules, const char *id,
                      long wait_ms);
/* {"go":label}. 0; 1 where there is none of that id; -1 with `error`. */
int schedules_go(struct schedules *schedules, const char *id, const char *label,
                 struct js_error *error);
/* Lets everybody go. False where there is none of that id. */
bool schedules_delete(struct schedules *schedules, const char *id);
/* Lets go whoever waits in a schedule of this app. */
void schedules_drop_app(struct schedules *schedules, const char *app);

/* The request's place, or NULL where no schedule waits for its label. */
struct schedule_slot *schedule_join(struct schedules *schedules,
                                    const char *app, const char *label);
/* Parks until chosen. `where` is {"op","sid"?}, and copied. Does
 * nothing where `slot` is NULL. */
void schedule_park(struct schedule_slot *slot, const json_t *where);
/* The request has ended; frees the slot. */
void schedule_leave(struct schedule_slot *slot);

#endif
