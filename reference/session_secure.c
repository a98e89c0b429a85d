/* session_secure.c: is the connection secure, as the session is to see it? */
#include "visit.h"

#include "mutant.h"
#include "must.h"

#include <string.h>
#include <strings.h>

/* The first entry of a comma-separated list, without the blanks around it.
 * The text is cut in place. */
static const char *first_entry(char *list)
{
    char *end;

    if (mutant(MUTANT_PROXY_LAST) && strrchr(list, ','))
        list = strrchr(list, ',') + 1;
    list[strcspn(list, ",")] = '\0';
    if (mutant(MUTANT_PROXY_UNTRIMMED))
        return list;
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
    if (visit->request->tls && !mutant(MUTANT_PROXY_OVER_TLS))
        return true;
    switch (visit->middleware->options.proxy) {
    case PROXY_TRUSTED:
        return proxy_says_https(visit, !mutant(MUTANT_PROXY_MINDS_CASE));
    case PROXY_IGNORED:
        return mutant(MUTANT_PROXY_FALSE_TRUSTS) &&
               proxy_says_https(visit, true);
    case PROXY_UNDEFINED:
        break;
    }
    return visit_express_says_secure(visit);
}

bool visit_express_says_secure(const struct visit *visit)
{
    bool trusts = visit->middleware->settings.trusts_proxy ||
                  mutant(MUTANT_PROXY_UNDEFINED_TRUSTS);

    return visit->request->tls ||
           (trusts && proxy_says_https(visit, mutant(MUTANT_EXPRESS_ANY_CASE)));
}
