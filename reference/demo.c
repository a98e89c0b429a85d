/* demo.c: the documents' examples as pages: the view counter and the login */
#include "demo.h"

#include "form.h"
#include "middleware.h"
#include "must.h"
#include "session_paths.h"
#include "sid.h"

#include <string.h>

struct demo {
    struct app *plain, *tls; /* held */
};

/* ---- The pages ----------------------------------------------------------
 *
 * Each ends the response, or returns -1 with what Express would get by
 * next(error). A session is there. */

static int send_page(struct visit *visit, int status, const char *content,
                     struct js_error *error);
static int redirect_home(struct visit *visit, struct js_error *error);
static char *escape_html(const char *text);

static int set_user(struct visit *visit, const json_t *user,
                    struct js_error *error)
{
    return session_set(visit->session, "user", user, app_now(visit->app),
                       error);
}

/* What req.session.user is; NULL where nobody is logged in. Borrowed. */
static const char *user_of(const struct visit *visit)
{
    const json_t *user = json_object_get(visit->session->data, "user");

    return js_truthy(user) ? json_string_value(user) : NULL;
}

static int show_home(struct visit *visit, struct js_error *error)
{
    static const char form[] =
        "<form action=\"/login\" method=\"post\">"
        "<label>Username: <input name=\"user\" autofocus></label> "
        "<input type=\"submit\" value=\"Login\"></form>";
    const char *user = user_of(visit);
    char *name, *greeting;
    size_t size;
    FILE *out;
    int rc;

    if (!user)
        return send_page(visit, 200, form, error);
    name = escape_html(user);
    out = must_have(open_memstream(&greeting, &size));
    fprintf(out, "<p id=\"hello\">hello, %s! <a href=\"/logout\">Logout</a>",
            name);
    must(fclose(out) == 0);
    rc = send_page(visit, 200, greeting, error);
    free(greeting);
    free(name);
    return rc;
}

/* Counts in `views`, by path name; the names of our pages have no dot in them,
 * which would be a path within the session. */
static int count_view(struct visit *visit, struct js_error *error)
{
    char *path = request_path(visit->request), place[32], text[96];
    json_t *one = must_have(json_real(1)), *views = NULL;
    int64_t now = app_now(visit->app);
    int rc;

    snprintf(place, sizeof place, "views.%s", path);
    free(path);
    rc = session_add(visit->session, place, one, now, error);
    if (rc == 0)
        rc = session_read(visit->session, place, now, &views, error);
    if (rc == 0) {
        snprintf(text, sizeof text,
                 "<p id=\"views\">you viewed this page %.0f times",
                 js_number(views));
        rc = send_page(visit, 200, text, error);
    }
    json_decref(views);
    json_decref(one);
    return rc;
}

static bool is_form(const struct request *request)
{
    static const char form[] = "application/x-www-form-urlencoded";
    char *type = request_header(request, "Content-Type");
    bool is = type && strncmp(type, form, sizeof form - 1) == 0;

    free(type);
    return is;
}

/* A new session before the user is in it: who knew the old ID knows nothing. */
static int log_in_as(struct visit *visit, const json_t *user,
                     struct js_error *error)
{
    if (visit_regenerate(visit, error) || set_user(visit, user, error) ||
        visit_save(visit, error))
        return -1;
    return redirect_home(visit, error);
}

static int log_in(struct visit *visit, struct js_error *error)
{
    const struct request *request = visit->request;
    json_t *user;
    int rc;

    if (!is_form(request))
        return send_page(visit, 415, "<p>That is no form.", error);
    if (request->body_length > DEMO_LARGEST_FORM)
        return send_page(visit, 413, "<p>That is too much.", error);
    user = form_field(request->body, request->body_length, "user");
    rc = user ? log_in_as(visit, user, error)
              : send_page(visit, 400, "<p>The form has no <code>user</code>.",
                          error);
    json_decref(user);
    return rc;
}

/* The old session is saved without its user: whoever comes back with its ID
 * is not logged in. */
static int log_out(struct visit *visit, struct js_error *error)
{
    if (set_user(visit, json_null(), error) || visit_save(visit, error) ||
        visit_regenerate(visit, error))
        return -1;
    return redirect_home(visit, error);
}

static const struct page {
    const char *method, *path;
    int (*show)(struct visit *visit, struct js_error *error);
} pages[] = {
    { "GET", "/", show_home },     { "GET", "/foo", count_view },
    { "GET", "/bar", count_view }, { "POST", "/login", log_in },
    { "GET", "/logout", log_out },
};

/* ---- What they send ----------------------------------------------------- */

static char *escape_html(const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;",
                                            "&#39;" };
    char *escaped = NULL;
    size_t size = 0;
    FILE *out = must_have(open_memstream(&escaped, &size));

    for (; *text; text++) {
        const char *at = strchr(special, *text);

        if (at)
            fputs(entities[at - special], out);
        else
            fputc(*text, out);
    }
    must(fclose(out) == 0);
    return escaped;
}

static void set_header(struct response *response, const char *name,
                       const char *value)
{
    struct js_error ignored; /* the head is not built, the text is ours */

    must(response_set_header(response, name, value, &ignored) == 0);
}

static void describe_body(struct response *response, const char *type,
                          size_t length)
{
    char number[32];

    snprintf(number, sizeof number, "%zu", length);
    set_header(response, "Content-Type", type);
    set_header(response, "Content-Length", number);
    /* Else the browser's Back shows who was logged in. */
    set_header(response, "Cache-Control", "no-store");
}

static char *whole_page(const char *content, size_t *length)
{
    static const char top[] =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<title>sessionspec: the session demo</title>"
        "<link rel=\"icon\" href=\"data:,\">"
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;"
        "margin:3rem auto;padding:0 1rem}nav a{margin-right:1rem}</style>"
        "</head><body><nav><a href=\"/\">login</a><a href=\"/foo\">/foo</a>"
        "<a href=\"/bar\">/bar</a></nav>\n";
    char *text = NULL;
    FILE *out = must_have(open_memstream(&text, length));

    fprintf(out, "%s%s\n</body></html>\n", top, content);
    must(fclose(out) == 0);
    return text;
}

static int send_page(struct visit *visit, int status, const char *content,
                     struct js_error *error)
{
    size_t length;
    char *text = whole_page(content, &length);
    int rc;

    visit->response->status = status;
    describe_body(visit->response, "text/html; charset=utf-8", length);
    rc = visit_end(visit, text, length, error);
    free(text);
    return rc;
}

static int redirect_home(struct visit *visit, struct js_error *error)
{
    static const char text[] = "Found. Redirecting to /";

    visit->response->status = 302;
    set_header(visit->response, "Location", "/");
    describe_body(visit->response, "text/plain; charset=utf-8",
                  sizeof text - 1);
    return visit_end(visit, text, sizeof text - 1, error);
}

/* The page of an error, as Express's last handler gives one. Where the
 * middleware's own end() threw it will not end this response: it goes out
 * without a session then. */
static void fail(struct visit *visit, const struct js_error *error)
{
    char *message = escape_html(error->message), *content;
    struct js_error thrown;
    size_t size;
    FILE *out = must_have(open_memstream(&content, &size));

    fprintf(out, "<p id=\"error\">%s", message);
    must(fclose(out) == 0);
    if (send_page(visit, 500, content, &thrown) || !visit->response->ended) {
        visit_drop_session(visit);
        response_remove_header(visit->response, "Content-Length");
        response_end(visit->response, content, size);
    }
    free(content);
    free(message);
}

/* ---- The request -------------------------------------------------------- */

static const struct page *find_page(const struct request *request)
{
    const char *method = request->method;
    char *path = request_path(request);
    const struct page *found = NULL;

    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].method, method) == 0 &&
            strcmp(pages[i].path, path) == 0)
            found = &pages[i];
    }
    free(path);
    return found;
}

static void serve(struct visit *visit)
{
    const struct page *page = find_page(visit->request);
    struct js_error error;
    int rc = visit_enter(visit, &error);

    if (rc == 0 && !visit->session)
        rc = js_throw(&error, "Error", "there is no session: is the store up?");
    else if (rc == 0 && page)
        rc = page->show(visit, &error);
    else if (rc == 0)
        rc = send_page(visit, 404, "<p>There is no such page.", &error);
    if (rc != 0)
        fail(visit, &error);
}

bool demo_is(const struct request *request)
{
    char *app = request_header(request, "Spec-App");
    bool is = app == NULL;

    free(app);
    return is;
}

void demo_run(struct demo *demo, const struct request *request,
              struct response *response)
{
    struct app *app = request->tls ? demo->tls : demo->plain;
    struct visit visit = { .app = app,
                           .middleware = app_middleware(app),
                           .request = request,
                           .response = response };

    serve(&visit);
    middleware_release(visit.middleware);
    visit_clear(&visit);
}

/* ---- Its apps ----------------------------------------------------------- */

static struct app *make_app(struct apps *apps, const char *id,
                            const json_t *options, struct js_error *error)
{
    json_t *body = must_have(json_pack("{s:O}", "options", options));
    json_t *answer = NULL;
    struct app *app = NULL;

    if (apps_put(apps, id, body, &answer, error) == 201)
        app = apps_hold(apps, id);
    json_decref(answer);
    json_decref(body);
    return app;
}

struct demo *demo_new(struct apps *apps, struct js_error *error)
{
    struct demo *demo = must_have(calloc(1, sizeof *demo));
    char secret[SID_LENGTH + 1]; /* of this process: so are its sessions */
    json_t *options;

    sid_random(secret);
    options = must_have(json_pack("{s:s, s:b, s:b}", "secret", secret, "resave",
                                  0, "saveUninitialized", 0));
    demo->plain = make_app(apps, "demo", options, error);
    json_object_set_new(options, "name", json_string("connect.sid.tls"));
    json_object_set_new(
        options, "cookie",
        must_have(json_pack("{s:b, s:s}", "secure", 1, "sameSite", "strict")));
    if (demo->plain)
        demo->tls = make_app(apps, "demo-tls", options, error);
    json_decref(options);
    if (demo->tls)
        return demo;
    demo_free(demo);
    return NULL;
}

void demo_free(struct demo *demo)
{
    if (!demo)
        return;
    app_release(demo->plain);
    app_release(demo->tls);
    free(demo);
}
