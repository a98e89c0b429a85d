/* options.c: express-session's options, read from the probe protocol's form */
#include "options.h"

#include "mutant.h"
#include "must.h"

#include <string.h>

static void warn(json_t *warnings, const char *text)
{
    if (!mutant(MUTANT_WARNINGS_MISSING))
        json_array_append_new(warnings, json_string(text));
}

static int parse_genid(struct options *options, struct js_error *error)
{
    const json_t *genid = json_object_get(options->source, "genid");
    const json_t *fixed = json_object_get(genid, "fixed");
    const json_t *header = json_object_get(genid, "header");

    if (!js_truthy(genid))
        return 0;
    if (json_array_size(fixed) > 0) {
        options->genid = GENID_FIXED;
        options->genid_fixed = fixed;
        return 0;
    }
    if (json_is_string(header)) {
        options->genid = GENID_HEADER;
        options->genid_header =
            mutant(MUTANT_GENID_BLIND) ? "" : json_string_value(header);
        return 0;
    }
    if (mutant(MUTANT_GENID_UNCHECKED))
        return 0;
    return js_throw(error, "TypeError", "genid option must be a function");
}

/* resave and saveUninitialized: true, with a warning, where undefined. */
static bool default_true(const struct options *options, const char *key,
                         json_t *warnings)
{
    const json_t *value = json_object_get(options->source, key);
    char text[96];

    if (value)
        return js_truthy(value);
    snprintf(text, sizeof text, "undefined %s option; provide %s option", key,
             key);
    warn(warnings, text);
    return true;
}

static int parse_unset(struct options *options, struct js_error *error)
{
    const json_t *unset = json_object_get(options->source, "unset");
    const char *word = json_string_value(unset);

    if (!js_truthy(unset))
        return 0;
    if (word && strcmp(word, "destroy") == 0)
        options->unset_destroy = true;
    else if ((!word || strcmp(word, "keep") != 0) &&
             !mutant(MUTANT_UNSET_UNCHECKED))
        return js_throw(error, "TypeError",
                        "unset option must be \"destroy\" or \"keep\"");
    return 0;
}

/* Of base64 and of base64url; -1 of what is neither. */
static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/-_";
    const char *at = c ? strchr(digits, c) : NULL;

    if (!at)
        return -1;
    return at - digits < 64 ? (int)(at - digits) : (int)(at - digits) - 2;
}

/* As a Buffer reads base64: up to the padding, past what is no digit. */
static size_t decode_base64(const char *text, unsigned char *bytes)
{
    size_t length = 0;
    unsigned bits = 0, count = 0;

    for (; *text && *text != '='; text++) {
        int digit = base64_digit(*text);

        if (digit < 0)
            continue;
        bits = (bits << 6 | (unsigned)digit) & 0xfff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[length++] = (unsigned char)(bits >> count);
        }
    }
    return length;
}

/* {"base64":"…"}, the form of a Buffer. NULL where it is none. */
static unsigned char *decode_buffer(const json_t *value, size_t *length)
{
    const char *text = json_string_value(json_object_get(value, "base64"));
    unsigned char *bytes;

    if (!text || json_object_size(value) != 1)
        return NULL;
    bytes = must_have(malloc(strlen(text) + 1));
    *length = decode_base64(text, bytes);
    if (mutant(MUTANT_BINARY_SECRET_CUT))
        *length = strnlen((const char *)bytes, *length);
    return bytes;
}

static void add_secret(struct options *options, const json_t *value)
{
    struct option_secret *to = &options->secrets[options->secret_count++];
    size_t length = json_string_length(value);
    unsigned char *bytes;

    if (json_is_string(value)) {
        bytes = must_have(malloc(length + 1));
        memcpy(bytes, json_string_value(value), length);
    } else {
        bytes = decode_buffer(value, &length);
    }
    if (length > 64 && mutant(MUTANT_SECRET_CUT))
        length = 64;
    to->secret = (struct secret){ bytes, bytes ? length : 0 };
    if (json_is_null(value))
        to->refused = "Secret key must be provided.";
    else if (!bytes)
        to->refused = "The \"key\" argument must be of type string or an "
                      "instance of ArrayBuffer, Buffer, TypedArray, "
                      "DataView, KeyObject, or CryptoKey.";
}

static int parse_secret(struct options *options, json_t *warnings,
                        struct js_error *error)
{
    const json_t *secret = json_object_get(options->source, "secret"), *item;
    size_t index;

    if (json_is_array(secret) && json_array_size(secret) == 0 &&
        !mutant(MUTANT_EMPTY_SECRETS_ACCEPTED))
        return js_throw(error, "TypeError",
                        "secret option array must contain one or more strings");
    if (!js_truthy(secret)) {
        warn(warnings, "req.secret; provide secret option");
        return 0;
    }
    options->secrets = must_have(
        calloc(json_array_size(secret) + 1, sizeof *options->secrets));
    if (!json_is_array(secret))
        add_secret(options, secret);
    json_array_foreach(secret, index, item) add_secret(options, item);
    return 0;
}

static void parse_name(struct options *options)
{
    const json_t *name = json_object_get(options->source, "name");
    json_t *text;

    if (!js_truthy(name) && !mutant(MUTANT_KEY_IGNORED))
        name = json_object_get(options->source, "key");
    text = js_truthy(name) ? js_string(name) : json_string("connect.sid");
    /* With a NUL in it, it names no cookie: as good as a line's end. */
    options->name = must_have(
        strdup(strlen(json_string_value(text)) == json_string_length(text)
                   ? json_string_value(text)
                   : "\n"));
    json_decref(text);
}

static void parse_cookie(struct options *options)
{
    const json_t *cookie = json_object_get(options->source, "cookie");

    options->by_header =
        json_string_value(json_object_get(cookie, "by-header"));
    options->by_header_cases = json_object_get(cookie, "cases");
    options->cookie = js_truthy(cookie) ? cookie : NULL;
}

static void parse_proxy(struct options *options)
{
    const json_t *proxy = json_object_get(options->source, "proxy");

    if (json_is_true(proxy))
        options->proxy = PROXY_TRUSTED;
    else if (json_is_false(proxy))
        options->proxy = PROXY_IGNORED;
}

/* ---- The forms of what is no data -------------------------------------- */

static int check_secret(const json_t *secret, struct js_error *error)
{
    unsigned char *bytes;
    size_t length, index;
    json_t *item;

    if (json_is_object(secret)) {
        bytes = decode_buffer(secret, &length);
        free(bytes);
        return bytes ? 0
                     : js_throw(error, "TypeError",
                                "a secret is a text or {\"base64\"}");
    }
    json_array_foreach((json_t *)secret, index, item)
    {
        if (json_is_object(item) && check_secret(item, error))
            return -1;
    }
    return 0;
}

int options_check(const json_t *source, struct js_error *error)
{
    const json_t *genid = json_object_get(source, "genid");
    const json_t *cookie = json_object_get(source, "cookie");
    const json_t *by_header = json_object_get(cookie, "by-header");

    if (source && !json_is_object(source))
        return js_throw(error, "TypeError", "`options` is not an object");
    if (json_is_object(genid) &&
        json_array_size(json_object_get(genid, "fixed")) == 0 &&
        !json_is_string(json_object_get(genid, "header")))
        return js_throw(error, "TypeError",
                        "`genid` is {\"fixed\"} or {\"header\"}");
    if (by_header && (!json_is_string(by_header) ||
                      !json_is_object(json_object_get(cookie, "cases"))))
        return js_throw(error, "TypeError",
                        "`cookie` by header has texts and `cases`");
    return check_secret(json_object_get(source, "secret"), error);
}

/* ---- The constructor --------------------------------------------------- */

int options_parse(struct options *options, json_t *source, json_t *warnings,
                  struct js_error *error)
{
    memset(options, 0, sizeof *options);
    options->source = source ? json_deep_copy(source) : json_object();
    must(options->source);
    parse_cookie(options);
    parse_name(options);
    parse_proxy(options);
    options->rolling = js_truthy(json_object_get(options->source, "rolling"));
    options->expire_callback =
        js_truthy(json_object_get(options->source, "expireCallback"));
    if (parse_genid(options, error))
        goto refused;
    options->resave = default_true(options, "resave", warnings);
    options->save_uninitialized =
        default_true(options, "saveUninitialized", warnings);
    if (parse_unset(options, error) || parse_secret(options, warnings, error))
        goto refused;
    mutant_options(options);
    return 0;
refused:
    options_clear(options);
    return -1;
}

void options_clear(struct options *options)
{
    for (size_t i = 0; i < options->secret_count; i++)
        free((void *)options->secrets[i].secret.bytes);
    free(options->secrets);
    free(options->name);
    json_decref(options->source);
    memset(options, 0, sizeof *options);
}

const json_t *options_cookie(const struct options *options,
                             const struct request *request)
{
    const json_t *chosen;
    char *header;

    if (!options->by_header)
        return options->cookie;
    header = request_header_text(request, options->by_header);
    chosen = json_object_get(options->by_header_cases, header ? header : "");
    free(header);
    return chosen;
}
