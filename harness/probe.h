/* probe.h: the harness's side of the probe protocol (DESIGN section 4)
 *
 * One function a call, each a single HTTP exchange. What the target refuses
 * (404, 409, 422, 501) is an answer with its status; a fault is what is no
 * answer at all, or none that the protocol knows.
 */
#ifndef HARNESS_PROBE_H
#define HARNESS_PROBE_H

#include "base/fault.h"
#include "http.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct probe {
    struct http_client *client;
    const char *base;
    long timeout_ms;
    pthread_mutex_t *lock; /* held by the caller, let go while waiting */
};

struct probe_answer {
    long status;
    json_t *body; /* an object; NULL where the answer has none */
};

void probe_answer_clear(struct probe_answer *answer);

/* Lets go of the lock, sends, takes the lock again. Also for requests that
 * are no probe calls. */
void probe_send(const struct probe *probe, const struct http_request *request,
                struct http_reply *reply);

/* All of these: 0 with `answer` filled (the caller clears it), or a fault.
 * Bodies are borrowed. */
int probe_put_app(const struct probe *probe, const char *app,
                  const json_t *body, struct probe_answer *answer,
                  struct fault *fault);
int probe_delete_app(const struct probe *probe, const char *app,
                     struct probe_answer *answer, struct fault *fault);
int probe_clock(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault);
int probe_store(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault);
int probe_fault(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault);
int probe_trace(const struct probe *probe, const char *app, json_int_t since,
                struct probe_answer *answer, struct fault *fault);
int probe_put_schedule(const struct probe *probe, const char *id,
                       const json_t *body, struct probe_answer *answer,
                       struct fault *fault);
int probe_get_schedule(const struct probe *probe, const char *id, long wait_ms,
                       struct probe_answer *answer, struct fault *fault);
int probe_go(const struct probe *probe, const char *id, const char *label,
             struct probe_answer *answer, struct fault *fault);

/* JSON as a target sends it; NULL where it is none. Integers too large for 64
 * bits become doubles, which is what they are to JavaScript. */
json_t *probe_json(const char *text, size_t length);

/* What a refusal says: its error's message, or its status. */
void probe_refusal(const struct probe_answer *answer, struct fault *fault);

/* JSON for a header (`Spec-Do`): ASCII, and without DEL, which jansson leaves
 * as it is and no header may hold. The caller frees. */
char *probe_header_json(const json_t *value);

#endif
