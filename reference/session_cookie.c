/* session_cookie.c: the session ID's way in (Cookie) and out (Set-Cookie) */
#include "visit.h"

#include "cookie_parse.h"
#include "debug.h"
#include "jsjson.h"
#include "must.h"

#include <string.h>

/* The secrets that verify: the option's, or else the cookie parser's, which
 * hangs its own on req.secret. */
static size_t secrets_of(const struct visit *visit,
                         struct option_secret *parser,
                         const struct option_secret **secrets)
{
    const char *text = visit->middleware->settings.parser_secret;

    *secrets = visit->middleware->options.secrets;
    if (visit->middleware->options.secret_count > 0)
        return visit->middleware->options.secret_count;
    *parser = (struct option_secret){ .secret = { (const unsigned char *)text,
                                                  strlen(text) } };
    *secrets = parser;
    return 1;
}

/* `s:` + sid + `.` + signature. *id stays NULL where no secret verifies. */
static int verify(const struct visit *visit, const char *value, size_t length,
                  json_t **id, struct js_error *error)
{
    struct option_secret parser;
    const struct option_secret *secrets;
    size_t count = secrets_of(visit, &parser, &secrets), sid_length;

    if (length < 2 || memcmp(value, "s:", 2) != 0) {
        if (length > 0)
            debug_line("cookie unsigned");
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (secrets[i].refused)
            return js_throw(error, "TypeError", "%s", secrets[i].refused);
        if (!unsign_value(value + 2, length - 2, &secrets[i].secret, 1,
                          &sid_length))
            continue;
        json_decref(*id);
        *id = json_stringn(value + 2, sid_length);
        return 0;
    }
    debug_line("cookie signature invalid");
    return 0;
}

/* depd warns once a place. */
static void warn_of_parser(struct visit *visit)
{
    bool first;

    pthread_mutex_lock(&visit->middleware->lock);
    first = !visit->middleware->warned_signed_cookies;
    visit->middleware->warned_signed_cookies = true;
    pthread_mutex_unlock(&visit->middleware->lock);
    if (first)
        trace_note(visit->app->trace, "warning",
                   "cookie should be available in req.headers.cookie", NULL);
}

/* req.signedCookies: what a cookie parser has verified with its own secret is
 * trusted as it is. */
static void read_signed(struct visit *visit, const char *value, size_t length,
                        json_t **id)
{
    const char *text = visit->middleware->settings.parser_secret;
    struct secret secret;
    size_t sid_length;

    if (!text || length < 2 || memcmp(value, "s:", 2) != 0)
        return;
    secret = (struct secret){ (const unsigned char *)text, strlen(text) };
    if (!unsign_value(value + 2, length - 2, &secret, 1, &sid_length) ||
        sid_length == 0)
        return;
    json_decref(*id);
    *id = json_stringn(value + 2, sid_length);
    warn_of_parser(visit);
}

/* req.cookies: the header's, but `j:` and JSON is the value that it stands
 * for. */
static int read_parsed(struct visit *visit, const char *value, size_t length,
                       json_t **id, struct js_error *error)
{
    json_t *parsed = NULL;
    int rc = 0;

    if (visit->middleware->settings.parses_cookies && length > 2 &&
        memcmp(value, "j:", 2) == 0)
        parsed = jsjson_parse(value + 2, length - 2, NULL);
    if (json_is_string(parsed)) {
        rc = verify(visit, json_string_value(parsed),
                    json_string_length(parsed), id, error);
        if (js_truthy(*id))
            warn_of_parser(visit);
    } else if (js_truthy(parsed)) {
        rc = js_throw(error, "TypeError", "raw.substr is not a function");
    }
    json_decref(parsed);
    return rc;
}

int visit_cookie_id(struct visit *visit, json_t **id, struct js_error *error)
{
    char *header = request_header(visit->request, "Cookie"), *value = NULL;
    size_t length = 0;
    int rc = 0;

    *id = NULL;
    if (header)
        value =
            cookie_parse_get(header, visit->middleware->options.name, &length);
    if (value)
        rc = verify(visit, value, length, id, error);
    /* A signed empty ID is falsy: the parser may have another. */
    if (rc == 0 && value && !js_truthy(*id))
        read_signed(visit, value, length, id);
    if (rc == 0 && value && !js_truthy(*id))
        rc = read_parsed(visit, value, length, id, error);
    free(value);
    free(header);
    return rc;
}

int visit_set_cookie(struct visit *visit, struct js_error *error)
{
    struct option_secret parser;
    const struct option_secret *secrets;
    const char *sid = json_string_value(visit->session_id);
    size_t length = json_string_length(visit->session_id);
    char *value, *signed_sid, *text;

    secrets_of(visit, &parser, &secrets);
    if (secrets[0].refused)
        return js_throw(error, "TypeError", "%s", secrets[0].refused);
    signed_sid = must_have(sign_value(sid, length, &secrets[0].secret));
    length = length + 1 + SIGN_LENGTH + 2;
    value = must_have(malloc(length + 1));
    memcpy(value, "s:", 2);
    memcpy(value + 2, signed_sid, length - 1);
    text =
        cookie_serialize(visit->session->cookie,
                         visit->middleware->options.name, value, length, error);
    if (text) {
        debug_line("set-cookie %s", text);
        response_add_header(visit->response, "Set-Cookie", text);
    }
    free(signed_sid);
    free(value);
    free(text);
    return text ? 0 : -1;
}
