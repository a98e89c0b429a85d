/* fault.c: faults that a case has ordered for an app's store calls */
#include "fault.h"

#include "must.h"

#include <string.h>

static bool is_op(const char *word)
{
    static const char *const ops[] = { "get",  "set",    "destroy", "touch",
                                       "all",  "length", "clear",   NULL };

    for (const char *const *op = ops; word && *op; op++) {
        if (strcmp(*op, word) == 0)
            return true;
    }
    return false;
}

static int read_fault(struct fault *fault, const json_t *body,
                      struct js_error *error)
{
    const char *op = json_string_value(json_object_get(body, "op"));
    const json_t *failure = json_object_get(body, "error");
    const json_t *delay = json_object_get(body, "delay");
    const json_t *times = json_object_get(body, "times");
    const char *message =
        json_string_value(json_object_get(failure, "message"));
    const char *code = json_string_value(json_object_get(failure, "code"));

    if (!is_op(op))
        return js_throw(error, "TypeError", "op is no store operation");
    if (failure ? !message : !json_is_number(delay))
        return js_throw(error, "TypeError",
                        "a fault has error {message, code?} or delay");
    if (times && (!json_is_number(times) || js_number(times) < 1))
        return js_throw(error, "TypeError", "times is 1 or more");
    snprintf(fault->op, sizeof fault->op, "%s", op);
    fault->fails = failure != NULL;
    if (failure) {
        js_throw(&fault->error, "Error", "%s", message);
        snprintf(fault->error.code, sizeof fault->error.code, "%s",
                 code ? code : "");
    }
    if (json_is_number(delay) && js_number(delay) > 0)
        fault->delay_ms = js_number(delay) < 60000 ? (long)js_number(delay)
                                                   : 60000;
    fault->times = times ? (long)js_number(times) : 1;
    return 0;
}

int fault_add(struct fault **list, const json_t *body, struct js_error *error)
{
    struct fault *fault = must_have(calloc(1, sizeof *fault));

    if (read_fault(fault, body, error)) {
        free(fault);
        return -1;
    }
    while (*list)
        list = &(*list)->next;
    *list = fault;
    return 0;
}

bool fault_take(struct fault **list, const char *op, struct fault *taken)
{
    struct fault *fault;

    while (*list && strcmp((*list)->op, op) != 0)
        list = &(*list)->next;
    fault = *list;
    if (!fault)
        return false;
    *taken = *fault;
    if (--fault->times <= 0) {
        *list = fault->next;
        free(fault);
    }
    return true;
}

void fault_clear(struct fault **list)
{
    while (*list) {
        struct fault *fault = *list;

        *list = fault->next;
        free(fault);
    }
}
