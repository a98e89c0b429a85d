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
    } phrases[] = { { 200, "OK" },
                    { 201, "Created" },
                    { 204, "No Content" },
                    { 301, "Moved Permanently" },
                    { 302, "Found" },
                    { 303, "See Other" },
                    { 304, "Not Modified" },
                    { 307, "Temporary Redirect" },
                    { 400, "Bad Request" },
                    { 401, "Unauthorized" },
                    { 403, "Forbidden" },
                    { 404, "Not Found" },
                    { 405, "Method Not Allowed" },
                    { 409, "Conflict" },
                    { 413, "Payload Too Large" },
                    { 422, "Unprocessable Entity" },
                    { 500, "Internal Server Error" },
                    { 501, "Not Implemented" },
                    { 503, "Service Unavailable" } };

    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "unknown";
}

void response_init(struct response *response, bool is_head,
                   response_sink_fn *sink, void *sink_arg)
{
    *response = (struct response){
        .status = 200, .is_head = is_head, .sink = sink, .sink_arg = sink_arg
    };
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

/* UTF-8 as the bytes of a header, Latin-1; NULL where a character may not
 * stand in one. The caller frees. */
static char *field_content(const char *text)
{
    char *bytes = must_have(malloc(strlen(text) + 1)), *to = bytes;

    for (const char *c = text; *c; c++) {
        unsigned char first = (unsigned char)*c;

        if ((first < 0x20 && first != '\t') || first == 0x7F || first > 0xC3) {
            free(bytes);
            return NULL;
        }
        *to++ = first < 0x80 ? *c : (char)(first << 6 | (*++c & 0x3F));
    }
    *to = '\0';
    return bytes;
}

void response_add_header(struct response *response, const char *name,
                         const char *value)
{
    size_t count = response->header_count;

    response->headers = must_have(
        realloc(response->headers, (count + 1) * sizeof *response->headers));
    response->headers[count].name = must_have(strdup(name));
    response->headers[count].value = must_have(field_content(value));
    response->header_count = count + 1;
}

void response_remove_header(struct response *response, const char *name)
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

static int refuse_header(struct js_error *error, const char *code)
{
    snprintf(error->code, sizeof error->code, "%s", code);
    return -1;
}

/* Node's checks, in its order. */
static int check_header(const struct response *response, const char *name,
                        bool value_is_good, struct js_error *error)
{
    if (response->built) {
        js_throw(error, "Error",
                 "Cannot set headers after they are sent to the client");
        return refuse_header(error, "ERR_HTTP_HEADERS_SENT");
    }
    if (!is_token(name)) {
        js_throw(error, "TypeError",
                 "Header name must be a valid HTTP token [\"%s\"]", name);
        return refuse_header(error, "ERR_INVALID_HTTP_TOKEN");
    }
    if (!value_is_good) {
        js_throw(error, "TypeError",
                 "Invalid character in header content [\"%s\"]", name);
        return refuse_header(error, "ERR_INVALID_CHAR");
    }
    return 0;
}

int response_set_header(struct response *response, const char *name,
                        const char *value, struct js_error *error)
{
    char *bytes = field_content(value);
    bool is_good = bytes != NULL;

    free(bytes);
    if (check_header(response, name, is_good, error))
        return -1;
    response_remove_header(response, name);
    response_add_header(response, name, value);
    return 0;
}

static void format_head(struct response *response)
{
    FILE *out =
        must_have(open_memstream(&response->head, &response->head_length));

    fprintf(out, "HTTP/1.1 %d %s\r\n", response->status,
            reason_phrase(response->status));
    for (size_t i = 0; i < response->header_count; i++)
        fprintf(out, "%s: %s\r\n", response->headers[i].name,
                response->headers[i].value);
    fputs("\r\n", out);
    must(fclose(out) == 0);
}

/* Decides on the framing, where a handler has not. The length of the body is
 * known where all of it is. */
static void frame(struct response *response, const size_t *body_length)
{
    const char *coding = response_header(response, "Transfer-Encoding");
    char number[32];

    response->bodiless =
        response->is_head || response->status == 204 || response->status == 304;
    response->chunked =
        !response->bodiless && coding && strcasecmp(coding, "chunked") == 0;
    if (response->bodiless || coding ||
        response_header(response, "Content-Length"))
        return;
    if (body_length) {
        snprintf(number, sizeof number, "%zu", *body_length);
        response_add_header(response, "Content-Length", number);
    } else {
        response->chunked = true;
        response_add_header(response, "Transfer-Encoding", "chunked");
    }
}

static int build_head(struct response *response, const size_t *body_length,
                      struct js_error *error)
{
    response_listener_fn *listener = response->on_head;

    if (response->built)
        return 0;
    response->on_head = NULL; /* once, even where it throws */
    if (listener && listener(response->on_head_arg, error))
        return -1;
    response->built = true;
    frame(response, body_length);
    format_head(response);
    return 0;
}

int response_build_head(struct response *response, struct js_error *error)
{
    return build_head(response, NULL, error);
}

static void put(struct response *response, const char *bytes, size_t length)
{
    if (!response->gone && length > 0 &&
        response->sink(response->sink_arg, bytes, length) != 0)
        response->gone = true;
}

/* A text of which Node sends no chunk is put behind the head, and both are
 * sent as UTF-8; else the head is sent as Latin-1. */
static bool head_is_utf8(const struct response *response, size_t length,
                         bool last)
{
    if (response->bodiless || response->sends_bytes)
        return false;
    return last ? length > 0 && !response->chunked
                : length == 0 || !response->chunked;
}

static void put_head(FILE *out, const struct response *response, bool is_utf8)
{
    char *wide = is_utf8 ? js_latin1(response->head) : NULL;

    if (wide)
        fputs(wide, out);
    else
        fwrite(response->head, 1, response->head_length, out);
    free(wide);
}

/* The head that is not yet sent, and a piece of the body, in one write. */
static void send_piece(struct response *response, const char *bytes,
                       size_t length, bool last)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = must_have(open_memstream(&text, &size));

    if (response->head)
        put_head(out, response, head_is_utf8(response, length, last));
    if (!response->bodiless) {
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

int response_write(struct response *response, const char *bytes, size_t length,
                   struct js_error *error)
{
    if (response->ended)
        return 0;
    if (build_head(response, NULL, error))
        return -1;
    if (!response->bodiless) /* else the head is all, and it waits */
        send_piece(response, bytes, length, false);
    return 0;
}

void response_end(struct response *response, const char *bytes, size_t length)
{
    struct js_error error;

    if (response->ended)
        return;
    must(build_head(response, &length, &error) == 0);
    response->ended = true;
    send_piece(response, bytes, length, true);
}
