/* actions.h: a request's `do`, as the case has it, in the form of Spec-Do */
#ifndef HARNESS_ACTIONS_H
#define HARNESS_ACTIONS_H

#include "base/fault.h"
#include "node.h"
#include "var.h"

#include <jansson.h>

/* `[{set: {a: 1, b: 2}}, {save: }]` is [["set","a",1],["set","b",2],["save"]].
 * NULL with the fault filled where a variable has no value yet. */
json_t *actions_of(struct vars *vars, const struct node *list,
                   struct fault *fault);

#endif
