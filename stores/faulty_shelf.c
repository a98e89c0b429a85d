/* faulty_shelf.c: the store `faulty` as it should be: sessions in a list
 *
 * A fault takes hold where one of these functions asks its shelf's fault first.
 */
#include "faulty_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Kept sessions ------------------------------------------------------ */

const struct sstore_str kept_nothing = { "{}", 2 };

bool kept_replace(struct sstore_str *text, struct sstore_str with)
{
    char *copy = malloc(with.n + 1);

    if (!copy)
        return false;
    if (with.n)
        memcpy(copy, with.p, with.n);
    copy[with.n] = '\0';
    free((char *)text->p);
    text->p = copy;
    text->n = with.n;
    return true;
}

bool kept_replace_json(struct sstore_str *text, json_t *with)
{
    char *dumped = with ? json_dumps(with, JSON_COMPACT | JSON_ENCODE_ANY |
                                               JSON_REAL_PRECISION(17))
                        : NULL;

    json_decref(with);
    if (!dumped)
        return false;
    free((char *)text->p);
    *text = (struct sstore_str){ dumped, strlen(dumped) };
    return true;
}

static void kept_free(struct kept *kept)
{
    free((char *)kept->sid.p);
    free((char *)kept->data.p);
    free((char *)kept->cookie.p);
    free(kept);
}

/* Last of the list, without texts but the id; NULL without memory. */
static struct kept *kept_new(const struct ask *ask)
{
    struct kept **link = &ask->shelf->first;
    struct kept *kept = calloc(1, sizeof *kept);

    if (!kept || !kept_replace(&kept->sid, ask->sid)) {
        free(kept);
        return NULL;
    }
    kept->made_ms = ask->now_ms;
    while (*link)
        link = &(*link)->next;
    *link = kept;
    return kept;
}

void shelf_remove(struct shelf *shelf, struct kept *kept)
{
    struct kept **link = &shelf->first;

    while (*link != kept)
        link = &(*link)->next;
    *link = kept->next;
    kept_free(kept);
}

bool sid_is_same(struct sstore_str a, struct sstore_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct kept *shelf_find(const struct ask *ask)
{
    const struct fault *fault = ask->shelf->fault;
    struct kept *kept = ask->shelf->first;

    for (; kept; kept = kept->next) {
        if (fault->same ? fault->same(ask->sid, kept->sid)
                        : sid_is_same(ask->sid, kept->sid))
            break;
    }
    return kept;
}

bool shelf_is_live(const struct ask *ask, const struct kept *kept)
{
    const struct fault *fault = ask->shelf->fault;

    if (fault->live)
        return fault->live(kept, ask->now_ms);
    return kept->expires_ms == SSTORE_NEVER || kept->expires_ms > ask->now_ms;
}

struct kept *shelf_live(const struct ask *ask)
{
    struct kept *kept = shelf_find(ask);

    return kept && shelf_is_live(ask, kept) ? kept : NULL;
}

int shelf_give(const struct ask *ask, const struct kept *kept)
{
    struct sstore_record rec = { kept->data, kept->cookie, kept->expires_ms };

    return ask->row(ask->row_arg, kept->sid, &rec) == 0 ? SSTORE_OK
                                                        : SSTORE_STOP;
}

int shelf_fail(const struct ask *ask, const char *text)
{
    snprintf(ask->err->symbol, sizeof ask->err->symbol, "EFAULTY");
    snprintf(ask->err->text, sizeof ask->err->text, "faulty: %s", text);
    return SSTORE_E_IO;
}

int shelf_no_memory(const struct ask *ask)
{
    ask->err->native = ENOMEM;
    snprintf(ask->err->symbol, sizeof ask->err->symbol, "ENOMEM");
    snprintf(ask->err->text, sizeof ask->err->text, "faulty: out of memory");
    return SSTORE_E_NOMEM;
}

/* ---- What a fault does to what is written ------------------------------- */

static json_t *change_value(const struct fault *fault, const char *key,
                            json_t *value);

static void change_members(const struct fault *fault, json_t *object)
{
    const char *key;
    json_t *member;
    void *next;

    json_object_foreach_safe(object, next, key, member)
    {
        json_t *changed = change_value(fault, key, json_incref(member));

        if (changed != member)
            changed ? json_object_set(object, key, changed)
                    : json_object_del(object, key);
        json_decref(changed);
    }
}

static void change_elements(const struct fault *fault, json_t *array)
{
    for (size_t i = json_array_size(array); i > 0; i--) {
        json_t *element = json_array_get(array, i - 1);
        json_t *changed = change_value(fault, "", json_incref(element));

        if (!changed)
            json_array_remove(array, i - 1);
        else if (changed != element)
            json_array_set(array, i - 1, changed);
        json_decref(changed);
    }
}

static json_t *change_value(const struct fault *fault, const char *key,
                            json_t *value)
{
    if (json_is_object(value))
        change_members(fault, value);
    if (json_is_array(value))
        change_elements(fault, value);
    return fault->value(key, value);
}

static bool write_data(const struct ask *ask, struct kept *kept)
{
    const struct fault *fault = ask->shelf->fault;
    json_t *data = fault->value ? json_loadb(ask->rec->data.p, ask->rec->data.n,
                                             JSON_ALLOW_NUL, NULL)
                                : NULL;

    if (!json_is_object(data)) {
        json_decref(data);
        return kept_replace(&kept->data, ask->rec->data);
    }
    change_members(fault, data);
    return kept_replace_json(&kept->data, data);
}

static bool write_cookie(const struct ask *ask, struct kept *kept)
{
    const struct fault *fault = ask->shelf->fault;
    json_t *cookie = fault->cookie ? json_loadb(ask->rec->cookie.p,
                                                ask->rec->cookie.n, 0, NULL)
                                   : NULL;

    if (!json_is_object(cookie)) {
        json_decref(cookie);
        return kept_replace(&kept->cookie, ask->rec->cookie);
    }
    fault->cookie(cookie, ask);
    return kept_replace_json(&kept->cookie, cookie);
}

static int64_t expiry_of(const struct ask *ask, const struct kept *old)
{
    const struct fault *fault = ask->shelf->fault;

    return fault->expiry ? fault->expiry(ask, old) : ask->rec->expires_ms;
}

/* ---- The operations, as they should be ---------------------------------- */

int shelf_get(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept ? shelf_give(ask, kept) : SSTORE_MISS;
}

int shelf_set(const struct ask *ask)
{
    struct kept *old = shelf_find(ask);
    int64_t expires_ms = expiry_of(ask, old);
    struct kept *kept = old ? old : kept_new(ask);

    if (!kept)
        return shelf_no_memory(ask);
    if (!write_data(ask, kept) || !write_cookie(ask, kept)) {
        if (!old)
            shelf_remove(ask->shelf, kept);
        return shelf_no_memory(ask);
    }
    kept->expires_ms = expires_ms;
    kept->written_ms = ask->now_ms;
    kept->is_spoilt = false;
    return SSTORE_OK;
}

int shelf_destroy(const struct ask *ask)
{
    struct kept *kept = shelf_find(ask);

    if (kept)
        shelf_remove(ask->shelf, kept);
    return SSTORE_OK;
}

int shelf_touch(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (!kept)
        return SSTORE_MISS;
    int64_t expires_ms = expiry_of(ask, kept);
    if (!write_cookie(ask, kept))
        return shelf_no_memory(ask);
    kept->expires_ms = expires_ms;
    kept->written_ms = ask->now_ms;
    return SSTORE_OK;
}

int shelf_all(const struct ask *ask)
{
    int code = SSTORE_OK;

    for (const struct kept *kept = ask->shelf->first; kept && code == SSTORE_OK;
         kept = kept->next) {
        if (shelf_is_live(ask, kept))
            code = shelf_give(ask, kept);
    }
    return code;
}

int shelf_clear(const struct ask *ask)
{
    while (ask->shelf->first)
        shelf_remove(ask->shelf, ask->shelf->first);
    return SSTORE_OK;
}

int shelf_length(const struct ask *ask)
{
    *ask->count = 0;
    for (const struct kept *kept = ask->shelf->first; kept; kept = kept->next)
        *ask->count += shelf_is_live(ask, kept);
    return SSTORE_OK;
}

int shelf_reap(const struct ask *ask)
{
    struct kept *next;

    *ask->count = 0;
    for (struct kept *kept = ask->shelf->first; kept; kept = next) {
        next = kept->next;
        if (shelf_is_live(ask, kept))
            continue;
        shelf_remove(ask->shelf, kept);
        ++*ask->count;
    }
    return SSTORE_OK;
}

int shelf_reap_nothing(const struct ask *ask)
{
    *ask->count = 0;
    return SSTORE_OK;
}

int shelf_spoil(const struct ask *ask)
{
    static const struct sstore_str spoilt = { "{\"\xff", 3 };
    struct kept *kept = shelf_live(ask);

    if (!kept)
        return SSTORE_MISS;
    kept->is_spoilt = true;
    return kept_replace(&kept->data, spoilt) ? SSTORE_OK : shelf_no_memory(ask);
}
