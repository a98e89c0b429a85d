/* demo.h: the documents' examples as pages: the view counter and the login
 *
 *   /foo, /bar   how often this visitor has viewed the page
 *   /            a form, or a greeting to who is logged in
 *   /login       POST `user`: regenerate, set, save, redirect
 *   /logout      user null, save, regenerate, redirect
 *
 * Two apps go with it, `demo` and, over TLS, `demo-tls`, whose cookie is for
 * TLS alone and has a name of its own: a browser keeps one jar for both ports.
 *
 * Source: the express-session README, "Examples".
 */
#ifndef REFERENCE_DEMO_H
#define REFERENCE_DEMO_H

#include "apps.h"
#include "request.h"
#include "response.h"

/* A form larger than this is refused, as Express's parser does. */
enum { DEMO_LARGEST_FORM = 100 * 1024 };

struct demo;

/* NULL with `error` where the store cannot be opened. */
struct demo *demo_new(struct apps *apps, struct js_error *error);
void demo_free(struct demo *demo);

/* Is the request a browser's, not one of the probe protocol? */
bool demo_is(const struct request *request);
/* Any thread may call. */
void demo_run(struct demo *demo, const struct request *request,
              struct response *response);

#endif
