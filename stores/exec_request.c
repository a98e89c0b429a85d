/* exec_request.c: a request to a store's program, as the text of its line */
#include "exec_request.h"

#include "base/fail.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void request_begin(struct request *request, const char *op,
                   const char *instance, struct sstore_err *err)
{
    *request = (struct request){ .op = op, .err = err };
    request->file = open_memstream(&request->text, &request->length);
    if (!request->file) {
        request->code = fail_errno(err, ENOMEM, "exec");
        return;
    }
    fprintf(request->file, "\"op\":\"%s\",\"instance\":\"%s\"", op, instance);
}

static void put_text(struct request *request, struct sstore_str text)
{
    json_t *value = json_stringn(text.n ? text.p : "", text.n);

    if (!value)
        request->code = fail(request->err, SSTORE_E_INVAL, 0, "EINVAL",
                             "exec: %s: a text that is no UTF-8 cannot be sent",
                             request->op);
    else if (json_dumpf(value, request->file, JSON_ENCODE_ANY) != 0)
        request->code = fail_errno(request->err, ENOMEM, "exec");
    json_decref(value);
}

void request_text(struct request *request, const char *member,
                  struct sstore_str text)
{
    if (request->code != SSTORE_OK)
        return;
    fprintf(request->file, ",\"%s\":", member);
    put_text(request, text);
}

void request_number(struct request *request, const char *member, int64_t number)
{
    if (request->code != SSTORE_OK)
        return;
    fprintf(request->file, ",\"%s\":%lld", member, (long long)number);
}

void request_options(struct request *request, const struct sstore_opt *opt,
                     size_t nopt)
{
    if (request->code != SSTORE_OK)
        return;
    const char *comma = "";
    fputs(",\"options\":{", request->file);
    for (size_t i = 0; i < nopt && request->code == SSTORE_OK; i++) {
        if (strcmp(opt[i].key, "namespace") == 0)
            continue;
        fputs(comma, request->file);
        comma = ",";
        put_text(request,
                 (struct sstore_str){ opt[i].key, strlen(opt[i].key) });
        putc(':', request->file);
        put_text(request,
                 (struct sstore_str){ opt[i].value, strlen(opt[i].value) });
    }
    putc('}', request->file);
}

/* ---- Sessions ----------------------------------------------------------- */

/* JSON has the end of a line between values alone, where a blank does. */
static void put_json(struct request *request, struct sstore_str json)
{
    while (json.n > 0) {
        const char *end = memchr(json.p, '\n', json.n);
        size_t piece = end ? (size_t)(end - json.p) : json.n;

        fwrite(json.p, 1, piece, request->file);
        if (end)
            putc(' ', request->file);
        json.p += end ? piece + 1 : piece;
        json.n -= end ? piece + 1 : piece;
    }
}

static struct sstore_str without_blanks(struct sstore_str json)
{
    while (json.n > 0 && memchr(" \t\r\n", *json.p, 4)) {
        json.p++;
        json.n--;
    }
    return json;
}

static void put_session(struct request *request, struct sstore_str data,
                        struct sstore_str cookie)
{
    if (cookie.n == 0) {
        put_json(request, data);
        return;
    }
    fputs("{\"cookie\":", request->file);
    put_json(request, cookie);
    data = without_blanks((struct sstore_str){ data.p + 1, data.n - 1 });
    if (data.n > 0 && *data.p != '}')
        putc(',', request->file);
    put_json(request, data);
}

void request_record(struct request *request, const struct sstore_record *rec,
                    bool is_touch)
{
    struct sstore_str data = without_blanks(rec->data);
    bool is_object = data.n > 0 && *data.p == '{';

    if (request->code != SSTORE_OK)
        return;
    if (is_touch && !is_object) {
        data = (struct sstore_str){ "{}", 2 };
    } else if (data.n == 0 || (!is_object && rec->cookie.n > 0)) {
        request->code = fail(request->err, SSTORE_E_INVAL, 0, "EINVAL",
                             "exec: a session that is no object has no room "
                             "for a cookie");
        return;
    }
    fputs(",\"session\":", request->file);
    put_session(request, data, rec->cookie);
    if (rec->expires_ms == SSTORE_NEVER)
        fputs(",\"expires\":null", request->file);
    else
        request_number(request, "expires", rec->expires_ms);
}

int request_end(struct request *request)
{
    if (!request->file)
        return request->code;
    fputs("}\n", request->file);
    if (fclose(request->file) != 0 && request->code == SSTORE_OK)
        request->code = fail_errno(request->err, ENOMEM, "exec");
    if (request->code != SSTORE_OK) {
        free(request->text);
        request->text = NULL;
    }
    return request->code;
}
