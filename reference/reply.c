/* reply.c: JSON as a response's body */
#include "reply.h"

#include "jsjson.h"
#include "must.h"

static void set_header(struct response *response, const char *name,
                       const char *value)
{
    struct js_error ignored;

    response_set_header(response, name, value, &ignored);
}

char *reply_prepare(struct response *response, json_t *body, size_t *length)
{
    char *text = must_have(jsjson_stringify(body, length));
    char number[32];

    if (!response_header(response, "Content-Type"))
        set_header(response, "Content-Type", "application/json");
    snprintf(number, sizeof number, "%zu", *length);
    if (response->status != 204 && response->status != 304)
        set_header(response, "Content-Length", number);
    json_decref(body);
    return text;
}

void reply_json(struct response *response, int status, json_t *body)
{
    size_t length;
    char *text;

    response->status = status;
    text = reply_prepare(response, must_have(body), &length);
    response_end(response, text, length);
    free(text);
}

void reply_error(struct response *response, int status,
                 const struct js_error *error)
{
    reply_json(response, status,
               json_pack("{s:o}", "error", js_error_named(error)));
}

void reply_refusal(struct response *response, int status, const char *text)
{
    struct js_error error;

    js_throw(&error, "Error", "%s", text);
    reply_error(response, status, &error);
}
