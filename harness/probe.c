/* probe.c: the harness's side of the probe protocol (DESIGN section 4) */
#include "probe.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 512,
    PROBE_MEND_MS = 90000 /* a server that recovers from its crash */
};

static int read_answer(const struct http_request *request,
                       const struct http_reply *reply,
                       struct probe_answer *answer, struct fault *fault)
{
    if (reply->transport == HTTP_REFUSED)
        return fault_set(fault, FAULT_UNREACHABLE, "%s %s: %s", request->method,
                         request->target, reply->error);
    if (reply->transport == HTTP_TIMEOUT)
        return fault_set(fault, FAULT_TIMEOUT, "%s %s: no answer within %ld ms",
                         request->method, request->target, request->timeout_ms);
    if (reply->transport != HTTP_OK)
        return fault_set(fault, FAULT_BROKEN, "%s %s: %s", request->method,
                         request->target, reply->error);
    answer->status = reply->status;
    if (reply->body_length == 0)
        return 0;
    answer->body = probe_json(reply->body, reply->body_length);
    if (json_is_object(answer->body))
        return 0;
    probe_answer_clear(answer);
    return fault_set(fault, FAULT_PROTOCOL,
                     "%s %s: status %ld, and the body is no JSON object: %.80s",
                     request->method, request->target, reply->status,
                     reply->body);
}

json_t *probe_json(const char *text, size_t length)
{
    size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
    json_t *value = json_loadb(text, length, flags, NULL);

    if (!value)
        value = json_loadb(text, length, flags | JSON_DECODE_INT_AS_REAL, NULL);
    return value;
}

static int probe_call(const struct probe *probe, const char *method,
                      const char *path, const json_t *body,
                      struct probe_answer *answer, struct fault *fault)
{
    struct http_headers headers = { 0 };
    struct http_reply reply = { 0 };
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct http_request request = { .method = method,
                                    .base = probe->base,
                                    .target = path,
                                    .headers = &headers,
                                    .body = text,
                                    .body_length = text ? strlen(text) : 0,
                                    .timeout_ms = probe->timeout_ms };
    int result;

    answer->status = 0;
    answer->body = NULL;
    if (text)
        http_headers_add(&headers, "Content-Type", "application/json");
    probe_send(probe, &request, &reply);
    result = read_answer(&request, &reply, answer, fault);
    http_reply_clear(&reply);
    http_headers_clear(&headers);
    free(text);
    return result;
}

void probe_send(const struct probe *probe, const struct http_request *request,
                struct http_reply *reply)
{
    pthread_mutex_unlock(probe->lock);
    http_send(probe->client, request, reply);
    pthread_mutex_lock(probe->lock);
}

void probe_answer_clear(struct probe_answer *answer)
{
    json_decref(answer->body);
    answer->body = NULL;
}

static int app_call(const struct probe *probe, const char *method,
                    const char *app, const char *end, const json_t *body,
                    struct probe_answer *answer, struct fault *fault)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/_spec/apps/%s%s", app, end);
    return probe_call(probe, method, path, body, answer, fault);
}

int probe_put_app(const struct probe *probe, const char *app,
                  const json_t *body, struct probe_answer *answer,
                  struct fault *fault)
{
    return app_call(probe, "PUT", app, "", body, answer, fault);
}

int probe_delete_app(const struct probe *probe, const char *app,
                     struct probe_answer *answer, struct fault *fault)
{
    return app_call(probe, "DELETE", app, "", NULL, answer, fault);
}

int probe_clock(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault)
{
    return app_call(probe, "POST", app, "/clock", body, answer, fault);
}

int probe_store(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault)
{
    const char *op = json_string_value(json_object_get(body, "op"));
    struct probe patient = *probe;

    if (op && strcmp(op, "mend") == 0 && patient.timeout_ms < PROBE_MEND_MS)
        patient.timeout_ms = PROBE_MEND_MS;
    return app_call(&patient, "POST", app, "/store", body, answer, fault);
}

int probe_fault(const struct probe *probe, const char *app, const json_t *body,
                struct probe_answer *answer, struct fault *fault)
{
    return app_call(probe, "POST", app, "/fault", body, answer, fault);
}

int probe_trace(const struct probe *probe, const char *app, json_int_t since,
                struct probe_answer *answer, struct fault *fault)
{
    char end[64];

    snprintf(end, sizeof end, "/trace?since=%lld", (long long)since);
    return app_call(probe, "GET", app, end, NULL, answer, fault);
}

int probe_put_schedule(const struct probe *probe, const char *id,
                       const json_t *body, struct probe_answer *answer,
                       struct fault *fault)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/_spec/schedules/%s", id);
    return probe_call(probe, "PUT", path, body, answer, fault);
}

int probe_get_schedule(const struct probe *probe, const char *id, long wait_ms,
                       struct probe_answer *answer, struct fault *fault)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/_spec/schedules/%s?wait=%ld", id, wait_ms);
    return probe_call(probe, "GET", path, NULL, answer, fault);
}

int probe_go(const struct probe *probe, const char *id, const char *label,
             struct probe_answer *answer, struct fault *fault)
{
    char path[PATH_SIZE];
    json_t *body = json_pack("{s:s}", "go", label);
    int result;

    snprintf(path, sizeof path, "/_spec/schedules/%s", id);
    result = probe_call(probe, "POST", path, body, answer, fault);
    json_decref(body);
    return result;
}

void probe_refusal(const struct probe_answer *answer, struct fault *fault)
{
    const json_t *error = json_object_get(answer->body, "error");
    const char *message = json_string_value(json_object_get(error, "message"));

    if (!message)
        message = json_string_value(error);
    fault_set(fault, FAULT_PROTOCOL, "status %ld%s%s", answer->status,
              message ? ": " : "", message ? message : "");
}

char *probe_header_json(const json_t *value)
{
    char *json =
        json_dumps(value, JSON_ENSURE_ASCII | JSON_COMPACT | JSON_ENCODE_ANY);
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    must(json && to);
    for (const char *c = json; *c; c++)
        if (*c == 0x7f)
            fputs("\\u007f", to);
        else
            fputc(*c, to);
    must(fclose(to) == 0);
    free(json);
    return text;
}
