/* middleware.c: the order of events of one request
 *
 *   visit_enter   path, secret, cookie, get           before the handler
 *   on_head       touch, Set-Cookie                   as the head is built
 *   visit_end     touch, destroy | set | touch | -    at the end
 *
 * Whether a session is saved, touched or destroyed, and whether its cookie
 * goes out, is decided by the six predicates in the middle. `mutant(…)` is
 * false, in all files: a fault that is made on purpose, see mutant.h.
 */
#include "middleware.h"

#include "debug.h"
#include "held_cookie.h"
#include "mutant.h"
#include "must.h"
#include "visit.h"

#include <string.h>
#include <strings.h>

static int on_head(void *arg, struct js_error *error);

/* ---- The way in -------------------------------------------------------- */

/* Express asks by segments, in any case of letters: `/foo` mounts `/Foo/x`,
 * not `/foobar`. */
static bool is_under_mount(const char *path, const char *mount)
{
    size_t length = strlen(mount);

    while (length > 0 && mount[length - 1] == '/')
        length--;
    return mutant(MUTANT_MOUNT_IGNORED) ||
           (strncasecmp(path, mount, length) == 0 &&
            (path[length] == '\0' || path[length] == '/'));
}

static bool path_serves(struct visit *visit)
{
    const struct middleware *middleware = visit->middleware;
    const json_t *path = json_object_get(
        options_cookie(&middleware->options, visit->request), "path");
    json_t *text = js_truthy(path) ? js_string(path) : json_string("/");
    char *original = request_path(visit->request);
    const char *prefix = json_string_value(text);
    const char *mount = middleware->settings.mount;
    bool begins = strncmp(original, prefix, json_string_length(text)) == 0;
    bool serves = is_under_mount(original, mount) &&
                  mutant_path(original, mount, prefix, begins);

    json_decref(text);
    free(original);
    return serves;
}

static bool store_is_connected(struct visit *visit)
{
    bool connected;

    app_hear(visit->app);
    pthread_mutex_lock(&visit->middleware->lock);
    connected = visit->middleware->connected;
    pthread_mutex_unlock(&visit->middleware->lock);
    return connected || mutant(MUTANT_DISCONNECT_IGNORED);
}

static bool has_secret(const struct visit *visit)
{
    return visit->middleware->options.secret_count > 0 ||
           (visit->middleware->settings.parser_secret &&
            !mutant(MUTANT_REQUEST_SECRET_IGNORED));
}

/* Asked by faults alone: do the options, not the session, let a cookie go? */
static bool may_be_secure(const struct visit *visit)
{
    const json_t *cookie =
        options_cookie(&visit->middleware->options, visit->request);

    return !json_is_true(json_object_get(cookie, "secure")) ||
           visit_is_secure(visit);
}

static void remember(struct visit *visit, const json_t *data)
{
    json_decref(visit->original_id);
    visit->original_id = json_incref(visit->session_id);
    free(visit->original_state);
    visit->original_state = session_state(data);
    session_wrap(visit->session);
}

static int generate(struct visit *visit, struct js_error *error)
{
    if (visit_generate(visit, error))
        return -1;
    remember(visit, visit->session->data);
    return 0;
}

static int inflate(struct visit *visit, const json_t *stored,
                   struct js_error *error)
{
    if (visit_create_session(visit, stored, error))
        return -1;
    /* What was stored, not what was taken of it: members that a session's own
     * hide make a difference, and so the session is saved without them. */
    remember(visit,
             mutant(MUTANT_HIDDEN_UNCOUNTED) ? visit->session->data : stored);
    if (!visit->middleware->options.resave)
        visit->saved_state = must_have(strdup(visit->original_state));
    return 0;
}

struct trace *visit_debug(const struct visit *visit)
{
    return visit->middleware->settings.debug && !mutant(MUTANT_DEBUG_SILENT)
               ? visit->app->trace
               : NULL;
}

int visit_enter(struct visit *visit, struct js_error *error)
{
    json_t *stored = NULL;
    int rc;

    if (!store_is_connected(visit)) {
        debug_line(visit_debug(visit), "store is disconnected");
        return mutant(MUTANT_DISCONNECT_FAILS)
                   ? js_throw(error, "Error", "store is disconnected")
                   : 0;
    }
    if (!path_serves(visit)) {
        debug_line(visit_debug(visit), "pathname mismatch");
        return 0;
    }
    if (mutant(MUTANT_SECURE_STEPS_ASIDE) && !may_be_secure(visit))
        return 0;
    if (!has_secret(visit) && mutant(MUTANT_NO_SECRET_ACCEPTED))
        return 0;
    if (!has_secret(visit))
        return js_throw(error, "Error", "secret option required for sessions");
    if (visit_cookie_id(visit, &visit->cookie_id, error))
        return -1;
    visit->session_id = json_incref(visit->cookie_id);
    visit->active = true;
    visit->response->on_head = on_head;
    visit->response->on_head_arg = visit;
    if (!js_truthy(visit->session_id)) {
        debug_line(visit_debug(visit), "no SID sent, generating session");
        return generate(visit, error);
    }
    debug_value(visit_debug(visit), "fetching", visit->session_id);
    rc = visit_call(visit, "get", visit->session_id, NULL, &stored, error);
    if (rc != 0 && (strcmp(error->code, "ENOENT") != 0 ||
                    mutant(MUTANT_ENOENT_IS_ERROR))) {
        debug_line(visit_debug(visit), "error %s: %s", error->name,
                   error->message);
        return -1;
    }
    debug_line(visit_debug(visit),
               js_truthy(stored) ? "session found" : "no session found");
    rc = js_truthy(stored) ? inflate(visit, stored, error)
                           : generate(visit, error);
    json_decref(stored);
    return rc;
}

/* ---- What is to be done ------------------------------------------------ */

static bool same(const json_t *a, const json_t *b)
{
    return a == b || (a && b && json_equal(a, b));
}

static bool state_is(const struct visit *visit, const char *state)
{
    char *now = session_state(visit->session->data);
    bool is = state && strcmp(now, state) == 0;

    free(now);
    return is;
}

static bool is_modified(const struct visit *visit)
{
    return (!same(visit->original_id, visit->session->id) &&
            !mutant(MUTANT_ID_NOT_COMPARED)) ||
           !state_is(visit, visit->original_state);
}

static bool is_saved(const struct visit *visit)
{
    return same(visit->original_id, visit->session->id) &&
           state_is(visit, visit->saved_state);
}

static bool came_with_cookie(const struct visit *visit)
{
    return same(visit->cookie_id, visit->session_id);
}

static bool should_destroy(const struct visit *visit)
{
    return js_truthy(visit->session_id) && !visit->session &&
           visit->middleware->options.unset_destroy;
}

/* Is the ID one to save under? */
static bool has_true_id(const struct visit *visit)
{
    if (json_is_string(visit->session_id) || mutant(MUTANT_BOGUS_ID_SAVED))
        return true;
    debug_value(visit_debug(visit),
                "session ignored because of bogus req.sessionID",
                visit->session_id);
    return false;
}

static bool should_save(const struct visit *visit)
{
    if (!has_true_id(visit))
        return false;
    if (!visit->middleware->options.save_uninitialized && !visit->saved_state &&
        !came_with_cookie(visit))
        return is_modified(visit);
    return !is_saved(visit);
}

static bool should_touch(const struct visit *visit)
{
    return has_true_id(visit) &&
           (came_with_cookie(visit) || mutant(MUTANT_UNINITIALIZED_TOUCHED)) &&
           !should_save(visit);
}

static int should_set_cookie(const struct visit *visit, bool *should,
                             struct js_error *error)
{
    const struct options *options = &visit->middleware->options;
    bool expires = false;

    *should = false;
    if (!json_is_string(visit->session_id))
        return 0;
    if (!came_with_cookie(visit))
        *should = options->save_uninitialized || is_modified(visit) ||
                  mutant(MUTANT_UNINITIALIZED_COOKIE) ||
                  (visit->saved_state && mutant(MUTANT_SAVE_SENDS_COOKIE)) ||
                  (options->rolling && mutant(MUTANT_UNINITIALIZED_ROLLS));
    else if (options->rolling)
        *should = true;
    else if (held_cookie_expires(visit->session, &expires, error))
        return -1;
    else
        *should = (expires || mutant(MUTANT_MODIFIED_ALWAYS_SENT)) &&
                  !mutant(MUTANT_MODIFIED_UNSENT) && is_modified(visit);
    return 0;
}

/* ---- The way out ------------------------------------------------------- */

void visit_late_error(struct visit *visit, const struct js_error *error)
{
    trace_note(visit->app->trace, "error", error->message, NULL);
}

void visit_deliver_deferred(struct visit *visit)
{
    if (visit->has_deferred)
        visit_late_error(visit, &visit->deferred);
    visit->has_deferred = false;
}

static int touch_once(struct visit *visit, struct js_error *error)
{
    if (visit->touched)
        return 0;
    if (visit_touch(visit, "req.session", error))
        return -1;
    visit->touched = !mutant(MUTANT_TOUCHED_TWICE);
    return 0;
}

/* A secure cookie goes over secure connections alone. */
static int cookie_may_go(const struct visit *visit, bool *may,
                         struct js_error *error)
{
    json_t *secure;

    if (held_cookie_get(visit->session, "secure", 0, &secure, error))
        return -1;
    *may = !js_truthy(secure) || visit_is_secure(visit) ||
           mutant(MUTANT_SECURE_OVER_HTTP);
    if (mutant(MUTANT_SECURE_OF_THE_OPTIONS))
        *may = may_be_secure(visit);
    json_decref(secure);
    return 0;
}

static int on_head(void *arg, struct js_error *error)
{
    struct visit *visit = arg;
    struct js_error refused;
    bool should;

    if (!visit->session) {
        debug_line(visit_debug(visit), "no session");
        if (mutant(MUTANT_DESTROY_SENDS_COOKIE))
            response_add_header(visit->response, "Set-Cookie",
                                "connect.sid=; Path=/; Max-Age=0");
        return 0;
    }
    if (should_set_cookie(visit, &should, error))
        return -1;
    if (!should ||
        mutant_loses_cookie(visit->response->status, visit->response->is_head))
        return 0;
    if (cookie_may_go(visit, &should, error))
        return -1;
    if (!should) {
        debug_line(visit_debug(visit), "not secured");
        return 0;
    }
    if (!mutant(MUTANT_HEAD_UNTOUCHED) && touch_once(visit, error))
        return -1;
    if (visit_set_cookie(visit, &refused)) {
        visit->deferred = refused;
        visit->has_deferred = !mutant(MUTANT_COOKIE_ERROR_HIDDEN);
    }
    return 0;
}

/* The store has been called and the head can go: sends all that the client
 * may see before the write is done, and gives back what is withheld: the last
 * byte of a body of known length, the end of a chunked one, or everything
 * where there is no body. The cookie is touched: the listener cannot throw. */
static void send_but_the_end(const struct visit *visit, const char **chunk,
                             size_t *length)
{
    struct response *response = visit->response;
    struct js_error error;
    const char *declared;
    size_t withheld;

    must(response_build_head(response, &error) == 0);
    if (!*chunk)
        return;
    declared = response_header(response, "Content-Length");
    withheld = declared && strtod(declared, NULL) > 0 && *length > 0 &&
               !mutant(MUTANT_END_OF_KNOWN_LENGTH);
    if (withheld)
        debug_line(visit_debug(visit), "split response");
    response->sends_bytes = withheld;
    must(response_write(response, *chunk, *length - withheld, &error) == 0);
    if (!declared && mutant(MUTANT_END_OF_CHUNKED))
        response_end(response, NULL, 0);
    *chunk = withheld ? *chunk + *length - withheld : NULL;
    *length = withheld;
}

/* A save is told of where it is one that the middleware notices. */
static void say(const struct visit *visit, const char *op)
{
    if (!op && visit->active && !visit->session)
        debug_line(visit_debug(visit), "no session");
    else if (op && strcmp(op, "destroy") == 0)
        debug_line(visit_debug(visit), "destroying");
    else if (op && strcmp(op, "touch") == 0)
        debug_line(visit_debug(visit), "touching");
    else if (op && visit->session->save == METHOD_WRAPPED)
        debug_value(visit_debug(visit), "saving", visit->session->id);
}

/* What is to be done in the store; NULL for nothing. */
static const char *last_call(const struct visit *visit)
{
    const char *touch;

    if (!visit->active ||
        (visit->response->status >= 400 && mutant(MUTANT_ERROR_STATUS_UNSAVED)))
        return NULL;
    if (should_destroy(visit))
        return "destroy";
    if (!visit->session)
        return NULL;
    if (should_save(visit))
        return "set";
    touch = mutant_touch(visit->middleware->store_has_touch ? "touch" : NULL);
    return touch && should_touch(visit) ? touch : NULL;
}

static void call_and_end(struct visit *visit, const char *op, const char *chunk,
                         size_t length)
{
    bool sets = strcmp(op, "set") == 0;
    json_t *session = visit->session ? session_json(visit->session) : NULL;
    struct probe_call call;
    struct js_error error;

    probe_begin(&call, visit->app, visit->slot, visit->label, op,
                sets ? visit->session->id : visit->session_id, session);
    if (!mutant(MUTANT_HEAD_WITHHELD))
        send_but_the_end(visit, &chunk, &length);
    if (mutant(MUTANT_END_BEFORE_SAVE))
        response_end(visit->response, chunk, length);
    visit_deliver_deferred(visit);
    if (probe_finish(&call, NULL, &error)) {
        if (!mutant(MUTANT_END_ERROR_HIDDEN))
            visit_late_error(visit, &error);
        if (mutant(MUTANT_END_ERROR_CUTS))
            visit->response->gone = true;
    }
    if (sets)
        mutant_after_set(visit);
    else
        debug_line(visit_debug(visit),
                   visit->session ? "touched" : "destroyed");
    response_end(visit->response, chunk, length);
}

int visit_end(struct visit *visit, const char *chunk, size_t length,
              struct js_error *error)
{
    const char *op;

    if (visit->ended && !mutant(MUTANT_END_TWICE_SAVES))
        return 0;
    visit->ended = true;
    if (visit->active && visit->session &&
        (mutant(MUTANT_END_UNTOUCHED)
             ? response_build_head(visit->response, error)
             : touch_once(visit, error)))
        return -1;
    op = last_call(visit);
    if (op && strcmp(op, "set") == 0 &&
        session_need_method(visit->session, "req.session", "save", error))
        return -1;
    say(visit, op);
    if (op)
        call_and_end(visit, op, chunk, length);
    else
        response_end(visit->response, chunk, length);
    return 0;
}

void visit_clear(struct visit *visit)
{
    session_free(visit->session);
    json_decref(visit->session_id);
    json_decref(visit->cookie_id);
    json_decref(visit->original_id);
    free(visit->original_state);
    free(visit->saved_state);
}
