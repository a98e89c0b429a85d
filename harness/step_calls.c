/* step_calls.c: `calls: […]`: all store calls since the last look
 *
 *     - calls: [ get, set, get, touch ]
 *
 * Exact and in order, of all requests; "the last look" is the `calls` step
 * before this one, or the beginning.
 */
#include "steps.h"

#include "expect.h"

bool step_calls(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    struct scene_app *app = step_app(track, step);
    size_t before = scene->failures.count;
    struct fault fault;
    json_t *calls;
    int code;

    code = trace_refresh(&app->trace, &track->probe, app->id, &fault);
    if (code)
        return scene_stop(scene, step, code, &fault);
    calls = trace_calls(&app->trace, NULL, app->calls_looked);
    app->calls_looked = app->trace.last;
    expect_calls(track, &track->seen, node_get(step, "calls"), calls,
                 &scene->failures);
    json_decref(calls);
    return scene->failures.count == before;
}
