/* session_cookie.c: the session ID's way in (Cookie) and out (Set-Cookie) */
#include "visit.h"

#include "cookie_parse.h"
#include "debug.h"
#include "held_cookie.h"
#include "jsjson.h"
#include "mutant.h"
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
        return mutant_secrets(visit->middleware->options.secret_count);
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
            debug_line(visit_debug(visit), "cookie unsigned");
        if (!*id && mutant(MUTANT_UNSIGNED_ACCEPTED))
            *id = json_stringn(value, length);
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
    debug_line(visit_debug(visit), "cookie signature invalid");
    return 0;
}

/* depd warns once a place: `warned` is that place's. */
static void warn_of_parser(struct visit *visit, bool *warned)
{
    bool first;

    pthread_mutex_lock(&visit->middleware->lock);
    first = !*warned;
    *warned = true;
    pthread_mutex_unlock(&visit->middleware->lock);
    if (first)
        trace_note(visit->app->trace, "warning",
                   "cookie should be available in req.headers.cookie", NULL);
}

/* What a cookie parser makes of `j:` and JSON; NULL where it leaves the text
 * as it is. */
static json_t *parse_json_cookie(const char *text, size_t length)
{
    json_t *value = NULL;

    if (length > 2 && memcmp(text, "j:", 2) == 0)
        value = jsjson_parse(text + 2, length - 2, NULL);
    if (js_truthy(value))
        return value;
    json_decref(value);
    return NULL;
}

/* req.signedCookies: what a cookie parser has verified with its own secret is
 * trusted as it is; false is what it has not. Is it there, and so no more in
 * req.cookies? */
static bool read_signed(struct visit *visit, const char *value, size_t length,
                        json_t **id)
{
    const char *text = visit->middleware->settings.parser_secret;
    struct secret secret;
    size_t sid_length;

    if (!text || length < 2 || memcmp(value, "s:", 2) != 0)
        return false;
    secret = (struct secret){ (const unsigned char *)text, strlen(text) };
    json_decref(*id);
    *id = json_false();
    if (unsign_value(value + 2, length - 2, &secret, 1, &sid_length)) {
        *id = parse_json_cookie(value + 2, sid_length);
        if (!*id)
            *id = json_stringn(value + 2, sid_length);
    }
    if (js_truthy(*id))
        warn_of_parser(visit, &visit->middleware->warned_signed_cookies);
    return true;
}

static int refuse_raw(struct js_error *error)
{
    return js_throw(error, "TypeError", "raw.substr is not a function");
}

/* req.cookies: the header's, but `j:` and JSON is the value that it stands
 * for. */
static int read_parsed(struct visit *visit, const char *value, size_t length,
                       json_t **id, struct js_error *error)
{
    json_t *parsed = NULL;
    int rc = 0;

    if (visit->middleware->settings.parses_cookies)
        parsed = parse_json_cookie(value, length);
    if (visit->middleware->settings.parses_cookies && !*id &&
        mutant(MUTANT_PARSED_UNVERIFIED))
        *id = json_stringn(value, length);
    if (json_is_string(parsed)) {
        rc = verify(visit, json_string_value(parsed),
                    json_string_length(parsed), id, error);
        if (js_truthy(*id))
            warn_of_parser(visit, &visit->middleware->warned_cookies);
    } else if (parsed) {
        rc = refuse_raw(error);
    }
    json_decref(parsed);
    return rc;
}

/* The cookie's value, as the cookie parser has it: where a signed ID is empty
 * or of another secret. */
static int ask_parser(struct visit *visit, const char *value, size_t length,
                      json_t **id, struct js_error *error)
{
    if (!read_signed(visit, value, length, id))
        return read_parsed(visit, value, length, id, error);
    if (!js_truthy(*id) && js_is_inherited(visit->middleware->options.name))
        return refuse_raw(error);
    return 0;
}

int visit_cookie_id(struct visit *visit, json_t **id, struct js_error *error)
{
    char *header = request_header(visit->request, "Cookie"), *value = NULL;
    const char *name = visit->middleware->options.name;
    size_t length = 0;
    int rc = 0;

    *id = NULL;
    if (header && mutant(MUTANT_HEADER_CUT))
        header[strnlen(header, 4096)] = '\0';
    if (header)
        value = cookie_parse_get(header, name, &length);
    if (value) {
        rc = verify(visit, value, length, id, error);
        if (rc == 0 && !js_truthy(*id) && !mutant(MUTANT_PARSER_IGNORED))
            rc = ask_parser(visit, value, length, id, error);
    } else if (header && *header && js_is_inherited(name)) {
        /* The parsed cookies are an object: it has such members by birth. */
        rc = refuse_raw(error);
    }
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
    size_t count = secrets_of(visit, &parser, &secrets);

    if (mutant(MUTANT_LAST_SECRET_SIGNS))
        secrets += count - 1;
    if (secrets[0].refused)
        return js_throw(error, "TypeError", "%s", secrets[0].refused);
    signed_sid = must_have(sign_value(sid, length, &secrets[0].secret));
    length = length + 1 + SIGN_LENGTH + 2;
    value = must_have(malloc(length + 1));
    memcpy(value, "s:", 2);
    memcpy(value + 2, signed_sid, length - 1);
    text = held_cookie_serialize(
        visit->session, visit->middleware->options.name, value, length, error);
    if (text) {
        debug_line(visit_debug(visit), "set-cookie %s", text);
        if (mutant(MUTANT_OTHER_COOKIES_LOST))
            response_remove_header(visit->response, "Set-Cookie");
        if (mutant(MUTANT_COOKIE_DOUBLED))
            response_add_header(visit->response, "Set-Cookie", text);
        response_add_header(visit->response, "Set-Cookie", text);
    }
    free(signed_sid);
    free(value);
    free(text);
    return text ? 0 : -1;
}
