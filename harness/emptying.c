/* emptying.c: stores that cannot keep the apps of one backend apart */
#include "emptying.h"

#include "base/must.h"
#include "facts.h"

#define EMPTYING_APP "sessionspec-empties"
/* The status of an operation that the store lacks. */
#define STATUS_LACKING 501

/* A target that does not list capabilities is taken at its word for each app
 * being its own. A store that is to be "alone" keeps namespaces apart, but for
 * an operation (a clear that empties the server) that may reach all of them. */
bool emptying_is_needed(const json_t *store)
{
    return json_is_array(json_object_get(store, "capabilities")) &&
           (!store_has(store, "namespace") || store_has(store, "alone"));
}

/* One operation; what the store says against it is a fault too. */
static int ask(const struct probe *probe, json_t *body,
               struct probe_answer *answer, struct fault *fault)
{
    struct fault refusal;
    int result;

    must(body);
    result = probe_store(probe, EMPTYING_APP, body, answer, fault);
    json_decref(body);
    if (result || answer->status == STATUS_LACKING ||
        (answer->status == 200 && !json_object_get(answer->body, "error")))
        return result;
    probe_refusal(answer, &refusal);
    probe_answer_clear(answer);
    return fault_set(fault, FAULT_PROTOCOL,
                     "the store could not be emptied before the case: %.350s",
                     refusal.text);
}

static int destroy_all(const struct probe *probe, const json_t *sessions,
                       struct fault *fault)
{
    const json_t *one;
    size_t i;
    int result = 0;

    json_array_foreach((json_t *)sessions, i, one)
    {
        struct probe_answer answer = { 0, NULL };
        json_t *sid = json_object_get(one, "sid");

        if (sid && !result) {
            result =
                ask(probe, json_pack("{s:s, s:O}", "op", "destroy", "sid", sid),
                    &answer, fault);
            probe_answer_clear(&answer);
        }
    }
    return result;
}

static int empty(const struct probe *probe, struct fault *fault)
{
    struct probe_answer answer = { 0, NULL };
    bool lacking;
    int result = ask(probe, json_pack("{s:s}", "op", "clear"), &answer, fault);

    lacking = answer.status == STATUS_LACKING;
    probe_answer_clear(&answer);
    if (result || !lacking)
        return result;
    result = ask(probe, json_pack("{s:s}", "op", "all"), &answer, fault);
    if (!result)
        result =
            destroy_all(probe, json_object_get(answer.body, "sessions"), fault);
    probe_answer_clear(&answer);
    return result;
}

int emptying_do(const struct probe *probe, const char *spec, int64_t now_ms,
                struct fault *fault)
{
    struct probe_answer answer = { 0, NULL };
    json_t *body =
        json_pack("{s:{s:s,s:b,s:b}, s:I}", "options", "secret", "s", "resave",
                  0, "saveUninitialized", 0, "clock", (json_int_t)now_ms);
    int result;

    must(body);
    if (spec)
        json_object_set_new(body, "store", json_pack("{s:s}", "use", spec));
    result = probe_put_app(probe, EMPTYING_APP, body, &answer, fault);
    json_decref(body);
    if (!result && answer.status != 201) {
        struct fault refusal;

        probe_refusal(&answer, &refusal);
        result = fault_set(fault, FAULT_PROTOCOL, "%.400s", refusal.text);
    }
    probe_answer_clear(&answer);
    if (!result)
        result = empty(probe, fault);
    if (!result)
        result = probe_delete_app(probe, EMPTYING_APP, &answer, fault);
    probe_answer_clear(&answer);
    return result;
}
