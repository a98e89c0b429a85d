/* request.c: an HTTP request as the middleware sees it */
#include "request.h"

#include "js.h"
#include "mutant.h"
#include "must.h"

#include <string.h>
#include <strings.h>

/* CivetWeb leaves those behind a value where they are. */
static size_t length_without_blanks(const char *value)
{
    size_t length = strlen(value);

    while (length > 0 &&
           (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    return length;
}

char *request_header(const struct request *request, const char *name)
{
    const char *glue = strcasecmp(name, "Cookie") == 0 ? "; " : ", ";
    char *bytes = NULL;
    size_t size = 0, found = 0;
    FILE *out = must_have(open_memstream(&bytes, &size));

    for (size_t i = 0; i < request->header_count; i++) {
        const char *value = request->headers[i].value;

        if (strcasecmp(request->headers[i].name, name) == 0)
            fprintf(out, "%s%.*s", found++ ? glue : "",
                    (int)length_without_blanks(value), value);
    }
    must(fclose(out) == 0);
    if (found)
        return bytes;
    free(bytes);
    return NULL;
}

char *request_header_text(const struct request *request, const char *name)
{
    char *bytes = request_header(request, name);
    char *text = bytes ? js_latin1(bytes) : NULL;

    free(bytes);
    return text;
}

/* Behind "scheme://authority", or NULL where it is no absolute form. */
static const char *behind_authority(const char *target)
{
    const char *mark = strstr(target, "://");

    if (*target == '/' || !mark)
        return NULL;
    return mark + 3 + strcspn(mark + 3, "/?#");
}

char *request_path(const struct request *request)
{
    const char *absolute = mutant(MUTANT_ABSOLUTE_FORM_UNREAD)
                               ? NULL
                               : behind_authority(request->target);
    const char *path = absolute ? absolute : request->target;
    size_t length = strcspn(path, "?#");

    if (length == 0)
        return must_have(strdup("/"));
    return must_have(strndup(path, length));
}
