/* response.c: an HTTP response with the order of events that Node gives it */
#include "response.h"

#include "must.h"

#include <string.h>
#include <strings.h>

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        { 200, "OK" },          { 201, "Created" },
        { 204, "No Content" },  { 301, "Moved Permanently" },
        { 302, "Found" },       { 303, "See Other" },
        { 304, "Not Modified" }, { 307, "Temporary Redirect" },
        { 400, "Bad Request" }, { 401, "Unauthorized" },
        { 403, "Forbidden" },   { 404, "Not Found" },
        { 405, "Method Not Allowed" }, { 409, "Conflict" },
        { 413, "Payload Too Large" }, { 422, "Unprocessable Entity" },
        { 500, "Internal Server Error" }, { 501, "Not Implemented" },
        { 503, "Service Unavailable" }
    };

    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "unknown";
}

void response_init(struct response *response, bool is_head,
                   response_sink_fn *sink, void *sink_arg)
{
    *response = (struct response){ .status = 200,
                                   .is_head = is_head,
                                   .sink = sink,
                                   .sink_arg = sink_arg };
}

static void header_clear(struct response_header *header)
{
    free(header->name);
    free(header->value);
}

void response_clear(struct response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        header_clear(&response->headers[i]);
    free(response->headers);
    free(response->head);
    response->headers = NULL;
    response->head = NULL;
    response->header_count = 0;
}

const char *response_header(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (strcasecmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    }
    return NULL;
}

void response_add_header(struct response *response, const char *name,
                         const char *value)
{
    size_t count = response->header_count;

    response->headers = must_have(
        realloc(response->headers, (count + 1) * sizeof *response->headers));
    response->headers[count].name = must_have(strdup(name));
    response->headers[count].value = must_have(strdup(value));
    response->header_count = count + 1;
}

static void remove_header(struct response *response, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < response->header_count; i++) {
        if (strcasecmp(response->headers[i].name, name) == 0)
            header_clear(&response->headers[i]);
        else
            response->headers[kept++] = response->headers[i];
    }
    response->header_count = kept;
}

static bool is_token(const char *name)
{
    for (const char *c = name; *c; c++) {
        if (*c <= 0x20 || *c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", *c))
            return false;
    }
    return *name != '\0';
}

static bool is_field_content(const char *value)
{
    for (const char *c = value; *c; c++) {
        if ((*c > 0 && *c < 0x20 && *c != '\t') || *c == 0x7F)
            return false;
    }
    return true;
}

int response_set_header(struct response *response, const char *name,
                        const char *value, struct js_error *error)
{
    if (response->built) {
        js_throw(error, "Error",
                 "Cannot set headers after they are sent to the client");
        snprintf(error->code, sizeof error->code, "ERR_HTTP_HEADERS_SENT");
        return -1;
    }
    if (!is_token(name)) {
        js_throw(error, "TypeError",
                 "Header name must be a valid HTTP token [\"%s\"]", name);
        snprintf(error->code, sizeof error->code, "ERR_INVALID_HTTP_TOKEN");
        return -1;
    }
    if (!is_field_content(value)) {
        js_throw(error, "TypeError",
                 "Invalid character in header content [\"%s\"]", name);
        snprintf(error->code, sizeof error->code, "ERR_INVALID_CHAR");
        return -1;
    }
    remove_header(response, name);
    response_add_header(response, name, value);
    return 0;
}

static bool has_no_body(const struct response *response)
{
    return response->is_head || response->status == 204 ||
           response->status == 304;
}

/* Runs the listener, decides on the framing, and formats the head.
 * `body_length` is known where the whole body is, else -1. */
static void build_head(struct response *response, long body_length)
{
    FILE *out;

    if (response->built)
        return;
    if (response->on_head)
        response->on_head(response->on_head_arg, response);
    response->built = true;
    if (response->status == 204 || response->status == 304)
        remove_header(response, "Content-Length");
    out = must_have(open_memstream(&response->head, &response->head_length));
    fprintf(out, "HTTP/1.1 %d %s\r\n", response->status,
            reason_phrase(response->status));
    for (size_t i = 0; i < response->header_count; i++)
        fprintf(out, "%s: %s\r\n", response->headers[i].name,
                response->headers[i].value);
    if (!has_no_body(response) && !response_header(response, "Content-Length")) {
        response->chunked = body_length < 0;
        if (response->chunked)
            fputs("Transfer-Encoding: chunked\r\n", out);
        else
            fprintf(out, "Content-Length: %ld\r\n", body_length);
    }
    fputs("\r\n", out);
    must(fclose(out) == 0);
}

void response_build_head(struct response *response)
{
    build_head(response, -1);
}

static void put(struct response *response, const char *bytes, size_t length)
{
    if (!response->gone && length > 0 &&
        response->sink(response->sink_arg, bytes, length) != 0)
        response->gone = true;
}

/* The head that is not yet sent, and a piece of the body, in one write. */
static void send_piece(struct response *response, const char *bytes,
                       size_t length, bool last)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = must_have(open_memstream(&text, &size));

    if (response->head)
        fwrite(response->head, 1, response->head_length, out);
    if (!has_no_body(response)) {
        if (response->chunked && length > 0)
            fprintf(out, "%zx\r\n", length);
        if (length > 0)
            fwrite(bytes, 1, length, out);
        if (response->chunked && length > 0)
            fputs("\r\n", out);
        if (response->chunked && last)
            fputs("0\r\n\r\n", out);
    }
    must(fclose(out) == 0);
    put(response, text, size);
    free(text);
    free(response->head);
    response->head = NULL;
}

void response_write(struct response *response, const char *bytes,
                    size_t length)
{
    if (response->ended)
        return;
    build_head(response, -1);
    send_piece(response, bytes, length, false);
}

void response_end(struct response *response, const char *bytes, size_t length)
{
    if (response->ended)
        return;
    build_head(response, (long)length);
    response->ended = true;
    send_piece(response, bytes, length, true);
}
