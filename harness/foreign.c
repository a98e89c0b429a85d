/* foreign.c: members of a session that nobody has set */
#include "foreign.h"

#include "match.h"

#include <string.h>

#define AGAINST "STO-02"

/* `user`, or `user.name`; where a name is yet to be reckoned it may be any. */
static bool is_named(const struct node *node, const char *key)
{
    size_t length = strlen(key);

    if (node->key && (strchr(node->key, '$') ||
                      (strncmp(node->key, key, length) == 0 &&
                       (!node->key[length] || node->key[length] == '.'))))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (is_named(node->items[i], key))
            return true;
    return false;
}

/* The first member that the case does not speak of. */
static const char *find(const struct scene *scene, const json_t *session)
{
    const char *key;
    json_t *value;

    if (!scene->options || !scene->options->store || !json_is_object(session))
        return NULL;
    json_object_foreach((json_t *)session, key, value)
    {
        if (strcmp(key, "cookie") != 0 && !is_named(scene->test->steps, key))
            return key;
    }
    return NULL;
}

void foreign_strip_call(const struct scene *scene, json_t *session)
{
    const char *key;

    while ((key = find(scene, session)))
        json_object_del(session, key);
}

static void tell(struct scene *scene, const struct node *where, const char *key,
                 const json_t *session)
{
    for (size_t i = 0; i < scene->failures.count; i++) {
        const char *against = scene->failures.list[i].against;

        if (against && strcmp(against, AGAINST) == 0)
            return;
    }
    findings_add(
        &scene->failures, where, "session",
        arena_printf(&scene->arena, "no \"%s\", which nobody set", key),
        match_show(&scene->arena, session));
    scene->failures.list[scene->failures.count - 1].against = AGAINST;
}

void foreign_strip(struct track *track, const struct node *where)
{
    struct scene *scene = track->scene;
    json_t *session = json_object_get(track->seen.view, "session");
    const json_t *sessions = json_object_get(track->seen.view, "sessions");
    const char *key = find(scene, session);
    json_t *one;
    size_t i;

    if (key)
        tell(scene, where, key, session);
    foreign_strip_call(scene, session);
    /* A list may say more of a session than it holds: its ID, say. */
    json_array_foreach((json_t *)sessions, i, one)
    {
        foreign_strip_call(scene, json_object_get(one, "session"));
    }
}
