/* members.c: refusing what nobody would look at */
#include "members.h"

#include <stdbool.h>
#include <string.h>

static bool is_known(const char *name, const char *const *known)
{
    for (; *known; known++) {
        if (strcmp(*known, name) == 0)
            return true;
    }
    return false;
}

int members_check(const json_t *value, const char *const *known,
                  const char *what, struct js_error *error)
{
    const char *name;
    json_t *member;

    if (!json_is_object(value))
        return js_throw(error, "TypeError", "%s is not an object", what);
    json_object_foreach((json_t *)value, name, member)
    {
        if (!is_known(name, known))
            return js_throw(error, "TypeError", "%s has no member \"%.60s\"",
                            what, name);
    }
    return 0;
}
