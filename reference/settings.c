/* settings.c: what stands before the session middleware */
#include "settings.h"

#include "members.h"
#include "must.h"
#include "trust.h"

#include <string.h>

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
                                         "env",         "debug", NULL };
    const json_t *mount = json_object_get(source, "mount");
    const json_t *env = json_object_get(source, "env");
    const json_t *debug = json_object_get(source, "debug");

    memset(settings, 0, sizeof *settings);
    if (source && members_check(source, known, "`settings`", error))
        return -1;
    if ((mount && !json_is_string(mount)) || (env && !json_is_string(env)))
        return js_throw(error, "TypeError", "`mount` and `env` are texts");
    if (debug && !json_is_boolean(debug))
        return js_throw(error, "TypeError", "`debug` is true or false");
    if (parse_parser(settings, json_object_get(source, "cookieParser"), error))
        return -1;
    settings->mount = must_have(strdup(mount ? json_string_value(mount) : ""));
    settings->production =
        env && strcmp(json_string_value(env), "production") == 0;
    settings->debug = json_is_true(debug);
    return 0;
}

int settings_make_express(struct settings *settings, const json_t *source,
                          struct js_error *error)
{
    return trust_parse(json_object_get(source, "trust proxy"),
                       &settings->trusts_proxy, error);
}

void settings_clear(struct settings *settings)
{
    free(settings->mount);
    free(settings->parser_secret);
    memset(settings, 0, sizeof *settings);
}
