/* cookie_serialize.c: a cookie as the text of a Set-Cookie header
 *
 * The order of attributes is that of the npm package cookie 0.7.2, and so are
 * the bounds of each: a name is a token, a domain is RFC 1123's, a path has no
 * control character, `;` or `<` in it.
 */
#include "cookie.h"
#include "cookie_parse.h"
#include "jsdate.h"
#include "jsjson.h"
#include "mutant.h"
#include "must.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

static bool name_is_valid(const char *name)
{
    for (const char *c = name; *c; c++) {
        if (!is_alnum(*c) && !strchr("!#$%&'*+-.^_`|~", *c))
            return false;
    }
    return *name != '\0';
}

static bool label_is_valid(const char *label, size_t length)
{
    if (length < 1 || length > 63 || !is_alnum(label[0]) ||
        !is_alnum(label[length - 1]))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_alnum(label[i]) && label[i] != '-')
            return false;
    }
    return true;
}

static bool domain_is_valid(const char *domain)
{
    const char *label = domain + (*domain == '.');

    for (;;) {
        size_t length = strcspn(label, ".");

        if (!label_is_valid(label, length))
            return false;
        if (label[length] == '\0')
            return true;
        label += length + 1;
    }
}

static bool path_is_valid(const char *path)
{
    for (const char *c = path; *c; c++) {
        if (*c < 0x20 || *c > 0x7E || *c == '<' ||
            (*c == ';' && !mutant(MUTANT_PATH_UNCHECKED)))
            return false;
    }
    return true;
}

static int invalid(struct js_error *error, const char *what)
{
    return js_throw(error, "TypeError", "%s is invalid", what);
}

static const json_t *attribute(const struct cookie *cookie, const char *key)
{
    return mutant_attribute(key, json_object_get(cookie->fields, key));
}

/* `; Name=text` of an attribute that may be of any type, as JavaScript would
 * make text of it; nothing where it is falsy. */
static int put_text(FILE *out, const struct cookie *cookie, const char *key,
                    const char *name, bool (*valid)(const char *),
                    struct js_error *error)
{
    const json_t *value = attribute(cookie, key);
    json_t *text;
    const char *bytes;
    int rc = 0;

    if (!js_truthy(value))
        return 0;
    text = js_string(value);
    bytes = json_string_value(text);
    if (strlen(bytes) != json_string_length(text) || !valid(bytes))
        rc = js_throw(error, "TypeError", "option %s is invalid", key);
    else
        fprintf(out, "; %s=%s", name, bytes);
    json_decref(text);
    return rc;
}

static int put_expires(FILE *out, const struct cookie *cookie,
                       struct js_error *error)
{
    const struct cookie_value *expires = &cookie->expires;
    char text[40];

    if (expires->kind != COOKIE_DATE) {
        if (expires->kind == COOKIE_JSON && js_truthy(expires->json))
            return invalid(error, "option expires");
        return 0;
    }
    if (!jsdate_http(mutant_expires(expires->number), text))
        return invalid(error, "option expires");
    fprintf(out, "; Expires=%s", text);
    return 0;
}

static void put_flag(FILE *out, const struct cookie *cookie, const char *key,
                     const char *name)
{
    if (js_truthy(attribute(cookie, key)))
        fprintf(out, "; %s", name);
}

/* `; Name=Word` where the value is, in any case of letters, one of the words;
 * `true_word` is what true stands for. */
static int put_word(FILE *out, const struct cookie *cookie, const char *key,
                    const char *name, const char *true_word,
                    const char *const *words, struct js_error *error)
{
    const json_t *value = attribute(cookie, key);
    const char *text = json_string_value(value);

    if (!js_truthy(value))
        return 0;
    if (json_is_true(value) && true_word) {
        fprintf(out, "; %s=%s", name, true_word);
        return 0;
    }
    for (; text && strlen(text) == json_string_length(value) && *words;
         words++) {
        if (strcasecmp(text, *words) == 0) {
            fprintf(out, "; %s=%s", name,
                    mutant(MUTANT_SAME_SITE_AS_GIVEN) ? text : *words);
            return 0;
        }
    }
    return js_throw(error, "TypeError", "option %s is invalid", key);
}

/* In seconds, and of plain attributes alone: a Cookie's has none. */
static int put_max_age(FILE *out, const json_t *value, struct js_error *error)
{
    char text[32];

    if (!value || json_is_null(value))
        return 0;
    if (!isfinite(js_to_number(value)))
        return invalid(error, "option maxAge");
    jsjson_number(floor(js_to_number(value)), text);
    fprintf(out, "; Max-Age=%s", text);
    return 0;
}

static int put_attributes(FILE *out, const struct cookie *cookie,
                          struct js_error *error)
{
    static const char *const priorities[] = { "Low", "Medium", "High", NULL };
    static const char *const sites[] = { "Lax", "Strict", "None", NULL };

    if (put_text(out, cookie, "domain", "Domain", domain_is_valid, error) ||
        put_text(out, cookie, "path", "Path", path_is_valid, error) ||
        put_expires(out, cookie, error))
        return -1;
    put_flag(out, cookie, "httpOnly", "HttpOnly");
    put_flag(out, cookie, "secure", "Secure");
    put_flag(out, cookie, "partitioned", "Partitioned");
    if (put_word(out, cookie, "priority", "Priority", NULL, priorities, error))
        return -1;
    return put_word(out, cookie, "sameSite", "SameSite",
                    mutant(MUTANT_SAME_SITE_TRUE_IS_LAX) ? "Lax" : "Strict",
                    sites, error);
}

/* The text, with the attributes of `cookie`; NULL is none. */
static char *serialize(const struct cookie *cookie, const json_t *max_age,
                       const char *name, const char *value, size_t length,
                       struct js_error *error)
{
    char *text = NULL, *encoded;
    size_t size = 0;
    FILE *out;
    int rc;

    if (!name_is_valid(name)) {
        invalid(error, "argument name");
        return NULL;
    }
    encoded = must_have(cookie_encode(value, length));
    out = must_have(open_memstream(&text, &size));
    fprintf(out, "%s=%s", name, encoded);
    free(encoded);
    rc = put_max_age(out, max_age, error);
    if (rc == 0 && cookie)
        rc = put_attributes(out, cookie, error);
    must(fclose(out) == 0);
    if (rc == 0)
        return text;
    free(text);
    return NULL;
}

char *cookie_serialize(const struct cookie *cookie, const char *name,
                       const char *value, size_t length, struct js_error *error)
{
    return serialize(cookie, mutant(MUTANT_MAX_AGE_SENT) ? json_true() : NULL,
                     name, value, length, error);
}

char *cookie_serialize_plain(const json_t *attributes, const char *name,
                             const char *value, size_t length,
                             struct js_error *error)
{
    json_t *fields = json_is_object(attributes) ? (json_t *)attributes : NULL;
    json_t *expires = json_object_get(fields, "expires");
    const struct cookie cookie = {
        .fields = fields,
        .expires = { .kind = expires ? COOKIE_JSON : COOKIE_UNDEFINED,
                     .json = expires }
    };

    if (js_truthy(json_object_get(fields, "encode"))) {
        invalid(error, "option encode");
        return NULL;
    }
    return serialize(&cookie, json_object_get(fields, "maxAge"), name, value,
                     length, error);
}
