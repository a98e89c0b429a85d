/* stale.c: a cookie that a store gave as it was set, though touched since */
#include "stale.h"

#include "trace.h"

#include <string.h>

struct search {
    const json_t *expires; /* of the cookie that was seen */
    bool set, touched;
};

static void look(struct search *search, const json_t *call)
{
    const char *op = json_string_value(json_object_get(call, "op"));
    const json_t *session = json_object_get(call, "session");
    const json_t *cookie = json_object_get(session, "cookie");
    const json_t *expires = json_object_get(cookie, "expires");

    if (!op || !expires)
        return;
    if (strcmp(op, "set") == 0)
        search->set |= json_equal(expires, search->expires);
    else if (strcmp(op, "touch") == 0)
        search->touched |= !json_equal(expires, search->expires);
}

static void look_through(struct search *search, const json_t *calls)
{
    json_t *call;
    size_t i;

    json_array_foreach((json_t *)calls, i, call) look(search, call);
}

void stale_note(struct scene *scene, const json_t *body)
{
    json_t *cookie =
        json_object_get(json_object_get(body, "session"), "cookie");

    if (!scene->handed)
        scene->handed = json_array();
    if (cookie)
        json_array_append_new(scene->handed,
                              json_pack("{s:O, s:{s:O}}", "op",
                                        json_object_get(body, "op"), "session",
                                        "cookie", cookie));
}

bool stale_is(struct track *track, const struct observation *seen)
{
    struct scene *scene = track->scene;
    const json_t *cookie = json_object_get(seen->view, "cookie");
    struct search search = { .expires = json_object_get(cookie, "expires") };

    if (!scene->options->store ||
        (!json_is_string(search.expires) && !json_is_null(search.expires)))
        return false;
    look_through(&search, scene->handed);
    for (size_t i = 0; i < scene->app_count; i++) {
        struct scene_app *app = &scene->apps[i];
        struct fault fault;

        /* Where it cannot be had the scene will find out by itself. */
        if (app->made)
            trace_refresh(&app->trace, &track->probe, app->id, &fault);
        look_through(&search, app->trace.events);
    }
    return search.set && search.touched;
}
