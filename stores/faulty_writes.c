/* faulty_writes.c: faults of `faulty` in set, touch and destroy */
#include "faulty_store.h"

#include <stdlib.h>
#include <string.h>

#define DAY 86400000LL
/* What some stores keep at most. */
#define PAGE 100

/* ---- set ---------------------------------------------------------------- */

static int set_known_is_ignored(const struct ask *ask)
{
    return shelf_live(ask) ? SSTORE_OK : shelf_set(ask);
}

static int set_known_fails(const struct ask *ask)
{
    return shelf_live(ask) ? shelf_fail(ask, "duplicate key") : shelf_set(ask);
}

/* Before the old one, which comes to light when this one is destroyed. */
static int set_second_row(const struct ask *ask)
{
    struct shelf *shelf = ask->shelf;
    struct kept *old = shelf->first, **link = &shelf->first;

    shelf->first = NULL;
    int code = shelf_set(ask);
    while (*link)
        link = &(*link)->next;
    *link = old;
    return code;
}

static bool is_over(const struct ask *ask)
{
    return ask->rec->expires_ms <= ask->now_ms;
}

static int set_expired_fails(const struct ask *ask)
{
    return is_over(ask) ? shelf_fail(ask, "invalid expire time")
                        : shelf_set(ask);
}

static int set_expired_is_ignored(const struct ask *ask)
{
    return is_over(ask) ? SSTORE_OK : shelf_set(ask);
}

static int set_over_expired_is_ignored(const struct ask *ask)
{
    return shelf_find(ask) && !shelf_live(ask) ? SSTORE_OK : shelf_set(ask);
}

/* As where the later of two writes is told by its time in ms. */
static int set_at_once_is_ignored(const struct ask *ask)
{
    const struct kept *kept = shelf_find(ask);

    return kept && kept->written_ms == ask->now_ms ? SSTORE_OK : shelf_set(ask);
}

static int set_is_late(const struct ask *ask)
{
    bool is_new = !shelf_live(ask);
    int code = shelf_set(ask);
    struct kept *kept = shelf_find(ask);

    if (is_new && kept)
        kept->is_gone = true;
    return code;
}

static int get_late(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (!kept || !kept->is_gone)
        return shelf_get(ask);
    kept->is_gone = false;
    return SSTORE_MISS;
}

static int set_drops_the_oldest(const struct ask *ask)
{
    size_t count = 0;

    for (const struct kept *kept = ask->shelf->first; kept; kept = kept->next)
        count++;
    if (count >= PAGE && !shelf_find(ask))
        shelf_remove(ask->shelf, ask->shelf->first);
    return shelf_set(ask);
}

/* ---- touch -------------------------------------------------------------- */

static int touch_nothing(const struct ask *ask)
{
    return shelf_live(ask) ? SSTORE_OK : SSTORE_MISS;
}

static int touch_sets(const struct ask *ask)
{
    return shelf_live(ask) ? shelf_set(ask) : SSTORE_MISS;
}

static int touch_creates(const struct ask *ask)
{
    return shelf_find(ask) ? shelf_touch(ask) : shelf_set(ask);
}

static int touch_creates_empty(const struct ask *ask)
{
    struct sstore_record rec = *ask->rec;
    struct ask empty = *ask;

    rec.data = kept_nothing;
    empty.rec = &rec;
    return shelf_find(ask) ? shelf_touch(ask) : shelf_set(&empty);
}

static int touch_revives(const struct ask *ask)
{
    struct kept *kept = shelf_find(ask);

    if (kept)
        kept->expires_ms = SSTORE_NEVER;
    return shelf_touch(ask);
}

static int touch_unknown_fails(const struct ask *ask)
{
    return shelf_find(ask) ? shelf_touch(ask)
                           : shelf_fail(ask, "nothing to touch");
}

static int touch_expired_fails(const struct ask *ask)
{
    return shelf_find(ask) && !shelf_live(ask) ? shelf_fail(ask, "it is over")
                                               : shelf_touch(ask);
}

/* As where a write that changes nothing counts as one that failed. */
static int touch_unchanged_fails(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept && kept->expires_ms == ask->rec->expires_ms
               ? shelf_fail(ask, "nothing was modified")
               : shelf_touch(ask);
}

static int touch_endless_fails(const struct ask *ask)
{
    return ask->rec->expires_ms == SSTORE_NEVER
               ? shelf_fail(ask, "no expiry given")
               : shelf_touch(ask);
}

static int touch_expires_in(const struct ask *ask, int64_t life)
{
    int code = shelf_touch(ask);
    struct kept *kept = shelf_live(ask);

    if (code == SSTORE_OK && kept)
        kept->expires_ms = ask->now_ms + life;
    return code;
}

static int touch_for_a_day(const struct ask *ask)
{
    return touch_expires_in(ask, DAY);
}

static int touch_moves_expiry(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (!kept)
        return SSTORE_MISS;
    kept->expires_ms = ask->rec->expires_ms;
    kept->written_ms = ask->now_ms;
    return SSTORE_OK;
}

static int touch_moves_cookie(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);
    int64_t expires_ms = kept ? kept->expires_ms : 0;
    int code = shelf_touch(ask);

    if (kept)
        kept->expires_ms = expires_ms;
    return code;
}

static int touch_empties_cookie(const struct ask *ask)
{
    int code = shelf_touch(ask);
    struct kept *kept = shelf_live(ask);

    if (code == SSTORE_OK && kept && !kept_replace(&kept->cookie, kept_nothing))
        return shelf_no_memory(ask);
    return code;
}

/* {"cookie":{…},…}, the whole session, becomes its cookie. */
static int touch_nests_session(const struct ask *ask)
{
    int code = shelf_touch(ask);
    struct kept *kept = shelf_live(ask);
    json_t *session =
        json_loadb(ask->rec->data.p, ask->rec->data.n, JSON_ALLOW_NUL, NULL);

    if (code != SSTORE_OK || !kept || !json_is_object(session)) {
        json_decref(session);
        return code;
    }
    json_object_set_new(
        session, "cookie",
        json_loadb(ask->rec->cookie.p, ask->rec->cookie.n, 0, NULL));
    return kept_replace_json(&kept->cookie, session) ? code
                                                     : shelf_no_memory(ask);
}

static int touch_empties_data(const struct ask *ask)
{
    int code = shelf_touch(ask);
    struct kept *kept = shelf_live(ask);

    if (code == SSTORE_OK && kept && !kept_replace(&kept->data, kept_nothing))
        return shelf_no_memory(ask);
    return code;
}

static int touch_all(const struct ask *ask)
{
    int code = shelf_touch(ask);

    if (code != SSTORE_OK)
        return code;
    for (struct kept *kept = ask->shelf->first; kept; kept = kept->next) {
        if (shelf_is_live(ask, kept))
            kept->expires_ms = ask->rec->expires_ms;
    }
    return code;
}

/* Not again within ten minutes of the last write. */
static int touch_seldom(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept && kept->written_ms + 600000 > ask->now_ms ? SSTORE_OK
                                                           : shelf_touch(ask);
}

/* ---- destroy ------------------------------------------------------------ */

static int destroy_nothing(const struct ask *ask)
{
    (void)ask;
    return SSTORE_OK;
}

static int destroy_unknown_fails(const struct ask *ask)
{
    return shelf_find(ask) ? shelf_destroy(ask)
                           : shelf_fail(ask, "nothing to destroy");
}

static int destroy_expired_fails(const struct ask *ask)
{
    return shelf_find(ask) && !shelf_live(ask)
               ? shelf_fail(ask, "nothing to destroy")
               : shelf_destroy(ask);
}

static int destroy_beginning(const struct ask *ask)
{
    struct kept *next;

    for (struct kept *kept = ask->shelf->first; kept; kept = next) {
        next = kept->next;
        if (kept->sid.n >= ask->sid.n &&
            (ask->sid.n == 0 ||
             memcmp(kept->sid.p, ask->sid.p, ask->sid.n) == 0))
            shelf_remove(ask->shelf, kept);
    }
    return SSTORE_OK;
}

static int destroy_empties(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    return !kept || kept_replace(&kept->data, kept_nothing)
               ? SSTORE_OK
               : shelf_no_memory(ask);
}

int gone_destroy(const struct ask *ask)
{
    struct kept *kept = shelf_find(ask);

    if (kept)
        kept->is_gone = true;
    return SSTORE_OK;
}

int gone_get(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    return kept && !kept->is_gone ? shelf_give(ask, kept) : SSTORE_MISS;
}

static int set_unless_gone(const struct ask *ask)
{
    const struct kept *kept = shelf_find(ask);

    return kept && kept->is_gone ? SSTORE_OK : shelf_set(ask);
}

int gone_set(const struct ask *ask)
{
    int code = shelf_set(ask);
    struct kept *kept = shelf_find(ask);

    if (kept)
        kept->is_gone = false;
    return code;
}

static int touch_shows(const struct ask *ask)
{
    int code = shelf_touch(ask);
    struct kept *kept = shelf_find(ask);

    if (kept)
        kept->is_gone = false;
    return code;
}

int gone_length(const struct ask *ask)
{
    *ask->count = 0;
    for (const struct kept *kept = ask->shelf->first; kept; kept = kept->next)
        *ask->count += !kept->is_gone && shelf_is_live(ask, kept);
    return SSTORE_OK;
}

int gone_get_once_more(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);
    int code = kept ? shelf_give(ask, kept) : SSTORE_MISS;

    if (kept && kept->is_gone)
        shelf_remove(ask->shelf, kept);
    return code;
}

const struct fault faulty_writes[] = {
    { .is = { "set-of-known-is-ignored", "only the first set of an ID counts" },
      .set = set_known_is_ignored },
    { .is = { "set-of-known-is-an-error", "a second set of an ID fails" },
      .set = set_known_fails },
    { .is = { "set-makes-a-second-row",
              "a second set of an ID is a second session" },
      .set = set_second_row },
    { .is = { "set-of-expired-is-an-error",
              "set of a session that has expired fails" },
      .set = set_expired_fails },
    { .is = { "set-of-expired-is-ignored",
              "set of a session that has expired leaves the old one" },
      .set = set_expired_is_ignored },
    { .is = { "set-over-expired-is-ignored",
              "set of an ID whose session has expired does nothing" },
      .set = set_over_expired_is_ignored,
      .reap = shelf_reap_nothing },
    { .is = { "set-within-a-millisecond-is-ignored",
              "of two sets in one millisecond the first counts" },
      .set = set_at_once_is_ignored },
    { .is = { "set-is-seen-late", "the first get after a first set misses it" },
      .set = set_is_late,
      .get = get_late },
    { .is = { "set-keeps-100-sessions", "the 101st session drops the oldest" },
      .set = set_drops_the_oldest },
    { .is = { "touch-does-nothing", "touch moves nothing" },
      .touch = touch_nothing },
    { .is = { "touch-saves-stale-data", "touch writes the data too" },
      .touch = touch_sets },
    { .is = { "touch-creates", "touch of an unknown ID makes a session" },
      .touch = touch_creates },
    { .is = { "touch-creates-an-empty-one",
              "touch of an unknown ID makes a session without data" },
      .touch = touch_creates_empty },
    { .is = { "touch-revives-expired",
              "touch of an expired session revives it" },
      .touch = touch_revives,
      .reap = shelf_reap_nothing },
    { .is = { "touch-of-unknown-is-an-error", "touch of an unknown ID fails" },
      .touch = touch_unknown_fails },
    { .is = { "touch-of-expired-is-an-error",
              "touch of an expired session fails" },
      .touch = touch_expired_fails },
    { .is = { "touch-without-change-is-an-error",
              "touch that moves nothing fails" },
      .touch = touch_unchanged_fails },
    { .is = { "touch-without-expiry-is-an-error",
              "touch with a cookie that has no expiry fails" },
      .touch = touch_endless_fails },
    { .is = { "touch-resets-to-a-day",
              "touch gives the default life of a day" },
      .touch = touch_for_a_day },
    { .is = { "touch-forgets-the-cookie", "touch moves the expiry alone" },
      .touch = touch_moves_expiry },
    { .is = { "touch-forgets-the-expiry", "touch changes the cookie alone" },
      .touch = touch_moves_cookie },
    { .is = { "touch-empties-the-cookie", "touch leaves an empty cookie" },
      .touch = touch_empties_cookie },
    { .is = { "touch-makes-a-cookie-of-the-session",
              "touch stores the whole session as its cookie" },
      .touch = touch_nests_session },
    { .is = { "touch-empties-the-data", "touch leaves a session without data" },
      .touch = touch_empties_data },
    { .is = { "touch-prolongs-all", "touch of one session prolongs all" },
      .touch = touch_all },
    { .is = { "touch-is-throttled",
              "touch does nothing within ten minutes of the last write" },
      .touch = touch_seldom },
    { .is = { "destroy-does-nothing", "destroy leaves the session" },
      .destroy = destroy_nothing },
    { .is = { "destroy-of-unknown-is-an-error",
              "destroy of an unknown ID fails" },
      .destroy = destroy_unknown_fails },
    { .is = { "destroy-of-expired-is-an-error",
              "destroy of an expired session fails" },
      .destroy = destroy_expired_fails,
      .reap = shelf_reap_nothing },
    { .is = { "destroy-takes-what-begins-so",
              "destroy takes all sessions whose IDs begin with the ID" },
      .destroy = destroy_beginning },
    { .is = { "destroy-empties", "destroy leaves a session without data" },
      .destroy = destroy_empties },
    { .is = { "destroy-is-for-ever", "a set after a destroy does nothing" },
      .destroy = gone_destroy,
      .get = gone_get,
      .set = set_unless_gone,
      .length = gone_length },
    { .is = { "destroy-is-undone-by-touch",
              "a touch of a destroyed session brings it back, data and all" },
      .destroy = gone_destroy,
      .get = gone_get,
      .set = gone_set,
      .touch = touch_shows,
      .length = gone_length },
    { .is = { "destroy-is-late",
              "the first get after a destroy still finds it" },
      .destroy = gone_destroy,
      .get = gone_get_once_more,
      .set = gone_set,
      .length = gone_length },
    { .is = { "destroy-leaves-it-counted",
              "length goes on counting what was destroyed" },
      .destroy = gone_destroy,
      .get = gone_get,
      .set = gone_set },
    { .is = { NULL, NULL } },
};
