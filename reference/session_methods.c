/* session_methods.c: what a handler can do with req.session, and its making
 *
 * save, reload, regenerate, destroy and touch; each behaves as the README's
 * section "Session.<method>" says.
 */
#include "visit.h"

#include "debug.h"
#include "held_cookie.h"
#include "must.h"
#include "sid.h"

#include <string.h>

static void replace_session(struct visit *visit, struct session *session)
{
    session_free(visit->session);
    visit->session = session;
}

int visit_call(struct visit *visit, const char *op, json_t *sid,
               json_t *session, json_t **found, struct js_error *error)
{
    struct probe_call call;

    probe_begin(&call, visit->app, visit->slot, visit->label, op, sid, session);
    visit_deliver_deferred(visit);
    return probe_finish(&call, found, error);
}

/* ---- Making one -------------------------------------------------------- */

/* What genid(req) gives: a new reference, or NULL for undefined. */
static json_t *generate_id(struct visit *visit)
{
    struct middleware *middleware = visit->middleware;
    const struct options *options = &middleware->options;
    char sid[SID_LENGTH + 1];
    size_t turn;
    char *header;
    json_t *id;

    switch (options->genid) {
    case GENID_FIXED:
        pthread_mutex_lock(&middleware->lock);
        turn = middleware->genid_turns++;
        pthread_mutex_unlock(&middleware->lock);
        /* A copy: jansson counts references without a lock. */
        return json_deep_copy(
            json_array_get(options->genid_fixed,
                           turn % json_array_size(options->genid_fixed)));
    case GENID_HEADER:
        header = request_header_text(visit->request, options->genid_header);
        id = header ? json_string(header) : NULL;
        free(header);
        return id;
    case GENID_RANDOM:
        break;
    }
    sid_random(sid);
    return json_string(sid);
}

static bool is_auto(const json_t *cookie, const char *key)
{
    const char *word = json_string_value(json_object_get(cookie, key));

    return word && strcmp(word, "auto") == 0;
}

/* 'auto' follows the connection on which the session is made. */
static void resolve_auto(struct visit *visit, struct cookie *cookie)
{
    const struct options *options = &visit->middleware->options;
    bool secure = visit_is_secure(visit);

    if (options->by_header)
        return;
    if (is_auto(options->cookie, "secure"))
        json_object_set_new(cookie->fields, "secure", json_boolean(secure));
    if (is_auto(options->cookie, "sameSite"))
        json_object_set_new(cookie->fields, "sameSite",
                            json_string(secure ? "none" : "lax"));
}

int visit_generate(struct visit *visit, struct js_error *error)
{
    const struct options *options = &visit->middleware->options;
    struct cookie *cookie = cookie_from_options(
        options_cookie(options, visit->request), app_now(visit->app), error);

    /* Where that throws, the new session is there, and has no cookie. */
    json_decref(visit->session_id);
    visit->session_id = generate_id(visit);
    replace_session(visit, session_new(visit->session_id, cookie));
    if (!cookie)
        return -1;
    resolve_auto(visit, cookie);
    return 0;
}

int visit_create_session(struct visit *visit, const json_t *stored,
                         struct js_error *error)
{
    struct session *session = session_from_stored(visit->session_id, stored,
                                                  app_now(visit->app), error);

    if (!session)
        return -1;
    replace_session(visit, session);
    return 0;
}

/* ---- The methods ------------------------------------------------------- */

int visit_save(struct visit *visit, struct js_error *error)
{
    struct session *session = visit->session;

    if (session_need_method(session, "session", "save", error))
        return -1;
    if (session->save == METHOD_WRAPPED) {
        debug_value("saving", session->id);
        free(visit->saved_state);
        visit->saved_state = session_state(session->data);
    }
    return visit_call(visit, "set", session->id, session_json(session), NULL,
                      error);
}

int visit_reload(struct visit *visit, struct js_error *error)
{
    bool wraps = visit->session->reload == METHOD_WRAPPED;
    json_t *stored = NULL;
    int rc;

    if (session_need_method(visit->session, "session", "reload", error))
        return -1;
    if (wraps)
        debug_value("reloading", visit->session->id);
    rc = visit_call(visit, "get", visit->session->id, NULL, &stored, error);
    if (rc == 0 && !js_truthy(stored))
        rc = js_throw(error, "Error", "failed to load session");
    if (rc == 0)
        rc = visit_create_session(visit, stored, error);
    if (rc == 0 && wraps)
        session_wrap(visit->session);
    json_decref(stored);
    return rc;
}

int visit_regenerate(struct visit *visit, struct js_error *error)
{
    struct js_error refused;
    int rc;

    if (session_need_method(visit->session, "session", "regenerate", error))
        return -1;
    rc = visit_call(visit, "destroy", visit->session_id, NULL, NULL, error);
    if (visit_generate(visit, &refused)) {
        *error = refused;
        return -1;
    }
    return rc;
}

int visit_destroy(struct visit *visit, struct js_error *error)
{
    json_t *id;
    int rc;

    if (session_need_method(visit->session, "session", "destroy", error))
        return -1;
    id = json_incref(visit->session->id);
    visit_drop_session(visit);
    rc = visit_call(visit, "destroy", id, NULL, NULL, error);
    json_decref(id);
    return rc;
}

int visit_touch(struct visit *visit, const char *owner, struct js_error *error)
{
    if (session_need_method(visit->session, owner, "touch", error) ||
        session_need_method(visit->session, "this", "resetMaxAge", error))
        return -1;
    return held_cookie_touch(visit->session, app_now(visit->app), error);
}

void visit_drop_session(struct visit *visit)
{
    replace_session(visit, NULL);
}

void visit_set_session_id(struct visit *visit, json_t *value)
{
    json_decref(visit->session_id);
    visit->session_id = json_incref(value);
}
