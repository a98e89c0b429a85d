/* send_cookie.h: the Cookie header that a request of a case sends
 *
 * `cookie:` is jar (the client's own, the default), none, {raw: text},
 * {signed: {sid, secret}} or {tampered: {at: n}}.
 */
#ifndef HARNESS_SEND_COOKIE_H
#define HARNESS_SEND_COOKIE_H

#include "scene.h"

struct sending {
    struct scene *scene;
    const struct scene_app *app;
    struct jar *jar;
    const char *path;
    bool tls;
};

/* The header's value, or NULL for none; the caller frees. False with the
 * fault filled where it cannot be made. */
bool send_cookie(const struct sending *sending, const struct node *cookie,
                 char **header, struct fault *fault);

/* The session ID that a Cookie header names, or NULL; the caller frees. */
char *send_cookie_sid(const char *header, const char *cookie_name);

#endif
