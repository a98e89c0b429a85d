/* send_cookie.c: the Cookie header that a request of a case sends */
#include "send_cookie.h"

#include "base/must.h"
#include "secret.h"
#include "setcookie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool signed_cookie(const struct sending *sending,
                          const struct node *parts, char **header,
                          struct fault *fault);
static bool tampered_cookie(const struct sending *sending,
                            const struct node *parts, char **header,
                            struct fault *fault);

bool send_cookie(const struct sending *sending, const struct node *cookie,
                 char **header, struct fault *fault)
{
    struct scene *scene = sending->scene;

    *header = NULL;
    if (cookie && cookie->kind == NODE_SCALAR &&
        strcmp(cookie->text, "none") == 0)
        return true;
    if (!cookie || cookie->kind == NODE_SCALAR) {
        *header = jar_header(sending->jar, "", sending->path, sending->tls,
                             scene_now(scene));
        return true;
    }
    if (node_get(cookie, "raw")) {
        *header = var_text(&scene->vars, node_get(cookie, "raw"), fault);
        return *header != NULL;
    }
    if (node_get(cookie, "signed"))
        return signed_cookie(sending, node_get(cookie, "signed"), header,
                             fault);
    return tampered_cookie(sending, node_get(cookie, "tampered"), header,
                           fault);
}

/* NAME=VALUE with the value percent-encoded. */
static char *pair(const char *name, const char *value)
{
    char *encoded = percent_encode(value), *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    must(to && encoded);
    fprintf(to, "%s=%s", name, encoded);
    must(fclose(to) == 0);
    free(encoded);
    return text;
}

static bool signed_cookie(const struct sending *sending,
                          const struct node *parts, char **header,
                          struct fault *fault)
{
    struct vars *vars = &sending->scene->vars;
    size_t length = 0;
    char *sid = var_text(vars, node_get(parts, "sid"), fault);
    char *secret =
        sid ? secret_bytes(vars, node_get(parts, "secret"), &length, fault)
            : NULL;
    char *value = secret ? signed_value(sid, secret, length) : NULL;

    if (value)
        *header = pair(sending->app->cookie_name, value);
    free(value);
    free(secret);
    free(sid);
    return *header != NULL;
}

char *send_cookie_sid(const char *header, const char *cookie_name)
{
    char *value = cookie_header_value(header, cookie_name), *sid = NULL;

    if (value && !signed_value_sid(value, &sid))
        sid = NULL;
    free(value);
    return sid;
}

static bool change_one(char *value, long long at, struct fault *fault)
{
    long long length = (long long)strlen(value);

    if (at < 0)
        at += length;
    if (at < 0 || at >= length) {
        fault_set(fault, FAULT_LOCAL,
                  "tampered: the cookie's value has %lld characters", length);
        return false;
    }
    value[at] = value[at] == 'A' ? 'B' : 'A';
    return true;
}

/* Counted in the value as the server reads it, after percent-decoding. */
static bool tampered_cookie(const struct sending *sending,
                            const struct node *parts, char **header,
                            struct fault *fault)
{
    struct scene *scene = sending->scene;
    const char *name = sending->app->cookie_name;
    json_t *at = var_value(&scene->vars, node_get(parts, "at"), fault);
    char *jar = jar_header(sending->jar, "", sending->path, sending->tls,
                           scene_now(scene));
    char *sent = cookie_header_value(jar, name);
    char *value = sent ? percent_decode(sent) : NULL;

    if (!sent)
        fault_set(fault, FAULT_LOCAL,
                  "tampered: the client's jar has no cookie %s", name);
    if (at && value && change_one(value, json_integer_value(at), fault))
        *header = pair(name, value);
    free(value);
    free(sent);
    free(jar);
    json_decref(at);
    return *header != NULL;
}
