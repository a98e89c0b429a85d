/* url.c: the address of a server: SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH]
 */
#include "url.h"

#include "fail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* In place. False where a byte is none, or a NUL; NULL is as it is. */
static bool decode(char *text)
{
    char *out = text;

    for (; text && *text; text++) {
        int high, low;

        if (*text != '%') {
            *out++ = *text;
            continue;
        }
        if ((high = hex_digit(text[1])) < 0 || (low = hex_digit(text[2])) < 0 ||
            high + low == 0)
            return false;
        *out++ = (char)(high * 16 + low);
        text += 2;
    }
    if (out)
        *out = '\0';
    return true;
}

/* What stands behind the first `c` of the text, which ends before it; NULL
 * where there is none. */
static char *split(char *text, char c)
{
    char *at = strchr(text, c);

    if (!at)
        return NULL;
    *at = '\0';
    return at + 1;
}

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || value == 0 || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* "host", "host:1", "[::1]", "[::1]:1". */
static const char *parse_host(struct url *url, char *text)
{
    char *port = text;

    if (*text == '[') {
        url->host = text + 1;
        port = split(text, ']');
        if (!port)
            return "its \"[\" is not closed";
        if (*port && *port != ':')
            return "a port stands behind a colon";
    } else {
        url->host = text;
    }
    port = split(port, ':');
    if (port && !parse_port(port, &url->port))
        return "its port is no number from 1 to 65535";
    return *url->host ? NULL : "it names no host";
}

/* What is wrong, or NULL. */
static const char *parse(struct url *url)
{
    char *rest = strstr(url->scheme, "://");

    if (!rest)
        return "it is SCHEME://HOST:PORT";
    *rest = '\0';
    rest += 3;
    url->path = split(rest, '/');
    if (!url->path)
        url->path = rest + strlen(rest);

    char *at = strrchr(rest, '@');
    if (at) {
        *at = '\0';
        url->user = rest;
        url->password = split(rest, ':');
        rest = at + 1;
    }
    if (!decode(url->user) || !decode(url->password) || !decode(url->path))
        return "\"%\" begins a byte in hex; for itself it is %25";
    return parse_host(url, rest);
}

int url_parse(struct url *url, const char *text, uint16_t default_port,
              struct sstore_err *err)
{
    *url = (struct url){ .scheme = strdup(text), .port = default_port };
    if (!url->scheme)
        return fail(err, SSTORE_E_NOMEM, 0, "ENOMEM", "out of memory");

    const char *wrong = parse(url);
    if (!wrong)
        return SSTORE_OK;
    url_free(url);
    return fail(err, SSTORE_E_INVAL, 0, "ERR_INVALID_URL", "the address: %s",
                wrong);
}

void url_free(struct url *url)
{
    free(url->scheme);
    *url = (struct url){ .scheme = NULL };
}
