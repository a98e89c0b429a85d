/* session_methods.c: what a handler can do with req.session, and its making
 *
 * save, reload, regenerate, destroy and touch; each behaves as the README's
 * section "Session.<method>" says.
 */
#include "visit.h"

#include "debug.h"
#include "held_cookie.h"
#include "mutant.h"
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
    int rc;

    probe_begin(&call, visit->app, visit->slot, visit->label, op, sid, session);
    visit_deliver_deferred(visit);
    rc = probe_finish(&call, found, error);
    return mutant_swallows(op) ? 0 : rc;
}

/* ---- Making one -------------------------------------------------------- */

/* By a fault: that of an unknown session, that of the one that was. */
static bool keeps_id(const struct visit *visit)
{
    return js_truthy(visit->session_id) &&
           mutant(visit->session ? MUTANT_REGENERATE_KEEPS_ID
                                 : MUTANT_SID_ADOPTED);
}

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
    const json_t *asked = options_cookie(options, visit->request);
    bool secure = mutant(MUTANT_SECURE_AUTO_BY_TLS) ? visit->request->tls
                                                    : visit_is_secure(visit);

    if (options->by_header && !mutant(MUTANT_AUTO_OF_A_FUNCTION))
        return;
    if (is_auto(asked, "secure") && !mutant(MUTANT_SECURE_AUTO_KEPT))
        json_object_set_new(cookie->fields, "secure", json_boolean(secure));
    if (mutant(MUTANT_SAME_SITE_AUTO_LAX))
        secure = false;
    if (is_auto(asked, "sameSite"))
        json_object_set_new(cookie->fields, "sameSite",
                            json_string(secure ? "none" : "lax"));
}

int visit_generate(struct visit *visit, struct js_error *error)
{
    const struct options *options = &visit->middleware->options;
    struct cookie *cookie = cookie_from_options(
        options_cookie(options, visit->request), app_now(visit->app), error);

    /* Where that throws, the new session is there, and has no cookie. */
    if (mutant(MUTANT_GENID_TWICE))
        json_decref(generate_id(visit));
    if (!keeps_id(visit)) {
        json_decref(visit->session_id);
        visit->session_id = generate_id(visit);
    }
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
    if (mutant(MUTANT_AUTO_ANEW))
        resolve_auto(visit, session->cookie);
    if (mutant(MUTANT_COOKIE_OF_THE_APP))
        json_object_update_new(
            session->cookie->fields,
            json_deep_copy(
                options_cookie(&visit->middleware->options, visit->request)));
    replace_session(visit, session);
    return 0;
}

/* ---- The methods ------------------------------------------------------- */

int visit_save(struct visit *visit, struct js_error *error)
{
    struct session *session = visit->session;

    if (session_need_method(session, "session", "save", error))
        return -1;
    if (mutant(MUTANT_SAVE_TOUCHES) && visit_touch(visit, "session", error))
        return -1;
    if (session->save == METHOD_WRAPPED && !mutant(MUTANT_SAVE_FORGOTTEN)) {
        debug_value(visit_debug(visit), "saving", session->id);
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
        debug_value(visit_debug(visit), "reloading", visit->session->id);
    rc = visit_call(visit, "get", visit->session->id, NULL, &stored, error);
    if (rc == 0 && !stored && mutant(MUTANT_RELOAD_OF_NOTHING))
        return 0;
    if (rc == 0 && !js_truthy(stored))
        rc = js_throw(error, "Error", "failed to load session");
    if (rc == 0 && !mutant(MUTANT_RELOAD_KEEPS_CHANGES))
        rc = visit_create_session(visit, stored, error);
    if (rc == 0 && wraps && !mutant(MUTANT_RELOAD_UNWRAPS))
        session_wrap(visit->session);
    json_decref(stored);
    return rc;
}

int visit_regenerate(struct visit *visit, struct js_error *error)
{
    struct js_error refused;
    json_t *copied = NULL;
    int rc = 0;

    if (session_need_method(visit->session, "session", "regenerate", error))
        return -1;
    if (mutant(MUTANT_REGENERATE_COPIES))
        copied = json_incref(visit->session->data);
    if (!mutant(MUTANT_REGENERATE_KEEPS_OLD))
        rc = visit_call(visit, "destroy", visit->session_id, NULL, NULL, error);
    if (rc != 0 && mutant(MUTANT_REGENERATE_NEEDS_STORE))
        return rc;
    if (visit_generate(visit, &refused)) {
        *error = refused;
        rc = -1;
    }
    json_object_update_new(visit->session->data, copied);
    return rc;
}

int visit_destroy(struct visit *visit, struct js_error *error)
{
    json_t *id;
    int rc = 0;

    if (session_need_method(visit->session, "session", "destroy", error))
        return -1;
    id = json_incref(visit->session->id);
    if (!mutant(MUTANT_DESTROY_KEEPS_SESSION))
        visit_drop_session(visit);
    if (!mutant(MUTANT_DESTROY_KEEPS_RECORD))
        rc = visit_call(visit, "destroy", id, NULL, NULL, error);
    if (mutant(MUTANT_DESTROYED_ONCE))
        visit_set_session_id(visit, NULL);
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
    if (!visit->session || !mutant(MUTANT_SESSION_ID_ASSIGNED))
        return;
    json_decref(visit->session->id);
    visit->session->id = json_incref(value);
}
