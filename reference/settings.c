/* settings.c: what stands before the session middleware */
#include "settings.h"

#include "members.h"
#include "must.h"

#include <string.h>

static int parse_trust(struct settings *settings, const json_t *trust,
                       struct js_error *error)
{
    const char *text = json_string_value(trust);

    if (json_is_number(trust))
        settings->trusts_proxy = js_number(trust) > 0; /* hops */
    else if (!trust || json_is_boolean(trust))
        settings->trusts_proxy = json_is_true(trust);
    else if (text && strcmp(text, "loopback") == 0)
        settings->trusts_proxy = true;
    else
        return js_throw(error, "TypeError",
                        "`trust proxy` is true, false, a number or "
                        "\"loopback\"");
    return 0;
}

static int parse_parser(struct settings *settings, const json_t *parser,
                        struct js_error *error)
{
    settings->parses_cookies = parser != NULL;
    if (json_string_length(parser) > 0)
        settings->parser_secret = must_have(strdup(json_string_value(parser)));
    else if (parser && !json_is_true(parser) && !json_is_string(parser))
        return js_throw(error, "TypeError",
                        "`cookieParser` is true or a secret");
    return 0;
}

int settings_parse(struct settings *settings, const json_t *source,
                   struct js_error *error)
{
    static const char *const known[] = { "trust proxy", "mount", "cookieParser",
                                         "env", NULL };
    const json_t *mount = json_object_get(source, "mount");
    const json_t *env = json_object_get(source, "env");

    memset(settings, 0, sizeof *settings);
    if ((source && members_check(source, known, "`settings`", error)) ||
        parse_trust(settings, json_object_get(source, "trust proxy"), error))
        return -1;
    if ((mount && !json_is_string(mount)) || (env && !json_is_string(env)))
        return js_throw(error, "TypeError", "`mount` and `env` are texts");
    if (parse_parser(settings, json_object_get(source, "cookieParser"), error))
        return -1;
    settings->mount = must_have(strdup(mount ? json_string_value(mount) : ""));
    settings->production =
        env && strcmp(json_string_value(env), "production") == 0;
    return 0;
}

void settings_clear(struct settings *settings)
{
    free(settings->mount);
    free(settings->parser_secret);
    memset(settings, 0, sizeof *settings);
}
