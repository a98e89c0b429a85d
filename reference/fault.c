/* fault.c: faults that a case has ordered for an app's store calls */
#include "fault.h"

#include "backing.h"
#include "members.h"
#include "must.h"

#include <limits.h>
#include <math.h>
#include <string.h>

static bool is_count(const json_t *value)
{
    double number = js_number(value);

    return json_is_number(value) && number >= 1 && number <= INT_MAX &&
           number == trunc(number);
}

static int read_failure(struct js_error *failure, const json_t *body,
                        struct js_error *error)
{
    static const char *const known[] = { "message", "code", NULL };
    const char *message = json_string_value(json_object_get(body, "message"));
    const json_t *code = json_object_get(body, "code");

    if (members_check(body, known, "`error`", error))
        return -1;
    if (!message || (code && !json_is_string(code)))
        return js_throw(error, "TypeError",
                        "`error` is {\"message\",\"code\"?}, both texts");
    js_throw(failure, "Error", "%s", message);
    if (code)
        snprintf(failure->code, sizeof failure->code, "%s",
                 json_string_value(code));
    return 0;
}

static int read_fault(struct fault *fault, const json_t *body,
                      struct js_error *error)
{
    static const char *const known[] = { "op", "error", "delay", "times",
                                         NULL };
    const char *op = json_string_value(json_object_get(body, "op"));
    const json_t *failure = json_object_get(body, "error");
    const json_t *delay = json_object_get(body, "delay");
    const json_t *times = json_object_get(body, "times");

    if (members_check(body, known, "a fault", error))
        return -1;
    if (!backing_op_exists(op))
        return js_throw(error, "TypeError", "`op` is no store operation");
    if (!failure && !delay)
        return js_throw(error, "TypeError",
                        "a fault without `error` or `delay`");
    if (delay && !(json_is_number(delay) && js_number(delay) >= 0))
        return js_throw(error, "TypeError", "`delay` is not a number of ms");
    if (times && !is_count(times))
        return js_throw(error, "TypeError", "`times` is not a positive number");
    if (failure && read_failure(&fault->error, failure, error))
        return -1;
    snprintf(fault->op, sizeof fault->op, "%s", op);
    fault->fails = failure != NULL;
    if (delay)
        fault->delay_ms = (long)fmin(js_number(delay), FAULT_LONGEST_DELAY_MS);
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
