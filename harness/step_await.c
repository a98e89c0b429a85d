/* step_await.c: `await: gate`: until another track's request stands there
 *
 *     - await: gate
 *     - await: at-set
 *       head: sent            # the client has the status and the headers
 */
#include "steps.h"

#include <string.h>

enum {
    HEAD_COMES_MS = 2000, /* a head that is sent comes long before    */
    HEAD_STAYS_MS = 50    /* one that is not withheld has come by then */
};

static bool judge_head(struct track *track, const struct node *step,
                       struct gate *gate)
{
    struct scene *scene = track->scene;
    const struct node *head = node_get(step, "head");
    bool sent = strcmp(head->text, "sent") == 0;
    bool came =
        gate_await_head(&scene->gates, gate,
                        sent ? HEAD_COMES_MS : HEAD_STAYS_MS, &scene->lock);

    if (came != sent)
        findings_add(&scene->failures, head, "head",
                     arena_printf(&scene->arena, "%s while the request is held",
                                  head->text),
                     came ? "it came" : "it did not come");
    return came == sent;
}

bool step_await(struct track *track, const struct node *step)
{
    struct scene *scene = track->scene;
    const char *name = node_get_text(step, "await");
    struct gate *gate = gate_named(&scene->gates, &scene->arena, name);
    struct fault fault;

    scene_note(scene, step, "await: %s\n", name);
    if (gate_await(&scene->gates, gate, track->name ? track->name : "the case",
                   &scene->lock, &scene->arena))
        return !node_get(step, "head") || judge_head(track, step, gate);
    if (scene->gates.deadlock)
        fault_set(&fault, FAULT_LOCAL, "%s", scene->gates.deadlock);
    else
        fault_set(&fault, FAULT_LOCAL,
                  "no request came to the gate %s: the one that it holds "
                  "ended without that call",
                  name);
    return scene_stop(scene, step, FAULT_LOCAL, &fault);
}
