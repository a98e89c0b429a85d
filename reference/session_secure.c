/* session_secure.c: is the connection secure, as the session is to see it? */
#include "visit.h"

#include "must.h"

#include <string.h>
#include <strings.h>

/* The first entry of a comma-separated list, without the blanks around it.
 * The text is cut in place. */
static const char *first_entry(char *list)
{
    char *end;

    list[strcspn(list, ",")] = '\0';
    list += strspn(list, " \t");
    end = list + strlen(list);
    while (end > list && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return list;
}

/* Does the proxy say https? Express compares letters' case, the session
 * middleware does not. */
static bool proxy_says_https(const struct visit *visit, bool any_case)
{
    char *header = request_header(visit->request, "X-Forwarded-Proto");
    bool https = false;

    if (header) {
        const char *proto = first_entry(header);

        https = (any_case ? strcasecmp(proto, "https")
                          : strcmp(proto, "https")) == 0;
    }
    free(header);
    return https;
}

bool visit_is_secure(const struct visit *visit)
{
    if (visit->request->tls)
        return true;
    switch (visit->middleware->options.proxy) {
    case PROXY_TRUSTED:
        return proxy_says_https(visit, true);
    case PROXY_IGNORED:
        return false;
    case PROXY_UNDEFINED:
        break;
    }
    return visit_express_says_secure(visit);
}

bool visit_express_says_secure(const struct visit *visit)
{
    return visit->request->tls || (visit->middleware->settings.trusts_proxy &&
                                   proxy_says_https(visit, false));
}
