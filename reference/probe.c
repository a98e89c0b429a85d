/* probe.c: what stands between the middleware and the store, and watches */
#include "probe.h"

#include "fault.h"
#include "must.h"

#include <string.h>
#include <time.h>

/* The call stands in the trace from now on. */
static void record(struct probe_call *call)
{
    json_t *event = must_have(
        json_pack("{s:s?, s:s}", "request", call->label, "op", call->op));

    if (call->sid)
        json_object_set(event, "sid", call->sid);
    if (call->session)
        json_object_set_new(event, "session", json_deep_copy(call->session));
    call->n = trace_add(call->app->trace, event);
}

void probe_begin(struct probe_call *call, struct app *app,
                 struct schedule_slot *slot, const char *label, const char *op,
                 json_t *sid, json_t *session)
{
    *call = (struct probe_call){ .app = app,
                                 .slot = slot,
                                 .label = label,
                                 .op = op,
                                 .sid = json_incref(sid),
                                 .session = session };
    if (!slot)
        record(call);
}

/* A steered call is recorded when its turn has come, so that the trace has
 * the order in which the calls reach the store. */
static void await_turn(struct probe_call *call)
{
    json_t *where;

    if (!call->slot)
        return;
    where = must_have(json_pack("{s:s}", "op", call->op));
    if (call->sid)
        json_object_set(where, "sid", call->sid);
    schedule_park(call->slot, where);
    json_decref(where);
    record(call);
}

/* A fault's delay is real time: the harness asked for a slow store. */
static void delay(long ms)
{
    struct timespec rest = { ms / 1000, ms % 1000 * 1000000 };

    while (nanosleep(&rest, &rest) != 0)
        ;
}

/* Did a fault take the store's place? */
static bool meets_fault(const struct probe_call *call, struct js_error *error)
{
    struct fault fault;
    bool taken;

    pthread_mutex_lock(&call->app->lock);
    taken = fault_take(&call->app->faults, call->op, &fault);
    pthread_mutex_unlock(&call->app->lock);
    if (!taken)
        return false;
    if (fault.delay_ms > 0)
        delay(fault.delay_ms);
    if (fault.fails)
        *error = fault.error;
    return fault.fails;
}

static int reach_store(const struct probe_call *call, json_t **found,
                       struct js_error *error)
{
    struct backing *backing = call->app->backing;
    struct backing_call how = { app_now(call->app),
                                call->label ? call->label : "" };

    if (strcmp(call->op, "get") == 0)
        return backing_get(backing, &how, call->sid, found, error);
    if (strcmp(call->op, "set") == 0)
        return backing_set(backing, &how, call->sid, call->session, error);
    if (strcmp(call->op, "touch") == 0)
        return backing_touch(backing, &how, call->sid, call->session, error);
    must(strcmp(call->op, "destroy") == 0);
    return backing_destroy(backing, &how, call->sid, error);
}

int probe_finish(struct probe_call *call, json_t **found,
                 struct js_error *error)
{
    json_t *session = NULL;
    const char *outcome = "ok";
    int rc = -1;

    await_turn(call);
    if (!meets_fault(call, error))
        rc = reach_store(call, &session, error);
    if (rc != 0)
        outcome = "error";
    else if (strcmp(call->op, "get") == 0)
        outcome = session ? "hit" : "miss";
    trace_outcome(call->app->trace, call->n, outcome);
    if (found)
        *found = session;
    else
        json_decref(session);
    json_decref(call->sid);
    json_decref(call->session);
    return rc;
}
