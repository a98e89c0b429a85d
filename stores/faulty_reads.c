/* faulty_reads.c: faults of `faulty` in get, all, length and clear */
#include "faulty_store.h"

#include <stdlib.h>
#include <string.h>

/* What some stores fetch at a time. */
#define PAGE 100

/* ---- get ---------------------------------------------------------------- */

static int get_unknown_fails(const struct ask *ask)
{
    return shelf_find(ask) ? shelf_get(ask) : shelf_fail(ask, "not found");
}

static int get_expired_fails(const struct ask *ask)
{
    return shelf_find(ask) && !shelf_live(ask) ? shelf_fail(ask, "it is over")
                                               : shelf_get(ask);
}

static int get_unknown_is_empty(const struct ask *ask)
{
    struct kept empty = { .sid = ask->sid,
                          .data = kept_nothing,
                          .cookie = kept_nothing };

    return shelf_find(ask) ? shelf_get(ask) : shelf_give(ask, &empty);
}

static int get_another(const struct ask *ask)
{
    const struct kept *kept = shelf_live(ask);

    if (!kept)
        kept = ask->shelf->first;
    return kept && shelf_is_live(ask, kept) ? shelf_give(ask, kept)
                                            : SSTORE_MISS;
}

static int get_once(const struct ask *ask)
{
    int code = shelf_get(ask);

    return code == SSTORE_OK ? shelf_destroy(ask) : code;
}

/* What a get has once shown it goes on showing: `is_read` marks it, set
 * changes nothing then. The expiry is the store's own. */
static int get_notes(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (kept && !kept->is_gone)
        kept->is_read = true;
    return shelf_get(ask);
}

static int set_past_the_cache(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (!kept || !kept->is_read)
        return shelf_set(ask);
    kept->is_read = false; /* the set after that is seen again */
    return SSTORE_OK;
}

/* The next get gives what was there before. */
static int destroy_past_the_cache(const struct ask *ask)
{
    struct kept *kept = shelf_find(ask);

    if (!kept || !kept->is_read)
        return shelf_destroy(ask);
    kept->is_gone = true;
    return SSTORE_OK;
}

static int get_what_is_cached(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (!kept)
        return SSTORE_MISS;
    kept->is_read = true;
    if (!kept->is_gone)
        return shelf_give(ask, kept);
    int code = shelf_give(ask, kept);
    shelf_remove(ask->shelf, kept);
    return code;
}

/* ---- all, length -------------------------------------------------------- */

static bool is_empty(const struct ask *ask)
{
    return !ask->shelf->first;
}

static int all_empty_fails(const struct ask *ask)
{
    return is_empty(ask) ? shelf_fail(ask, "wrong number of arguments")
                         : shelf_all(ask);
}

static int length_empty_fails(const struct ask *ask)
{
    return is_empty(ask) ? shelf_fail(ask, "wrong number of arguments")
                         : shelf_length(ask);
}

static int clear_empty_fails(const struct ask *ask)
{
    return is_empty(ask) ? shelf_fail(ask, "wrong number of arguments")
                         : shelf_clear(ask);
}

/* The first `most` of the live ones, perhaps without the last of all. */
static int all_some(const struct ask *ask, size_t most, bool leave_last)
{
    int code = SSTORE_OK;

    for (const struct kept *kept = ask->shelf->first;
         kept && most > 0 && code == SSTORE_OK; kept = kept->next) {
        if (!shelf_is_live(ask, kept) || (leave_last && !kept->next))
            continue;
        code = shelf_give(ask, kept);
        most--;
    }
    return code;
}

static int all_but_newest(const struct ask *ask)
{
    return all_some(ask, SIZE_MAX, true);
}

static int all_first_page(const struct ask *ask)
{
    return all_some(ask, PAGE, false);
}

static int all_twice(const struct ask *ask)
{
    int code = shelf_all(ask);

    return code == SSTORE_OK ? shelf_all(ask) : code;
}

static int all_of_the_first(const struct ask *ask)
{
    int code = SSTORE_OK;

    for (const struct kept *kept = ask->shelf->first; kept && code == SSTORE_OK;
         kept = kept->next) {
        if (shelf_is_live(ask, ask->shelf->first))
            code = shelf_give(ask, ask->shelf->first);
    }
    return code;
}

static int all_without_cookies(const struct ask *ask)
{
    int code = SSTORE_OK;

    for (const struct kept *kept = ask->shelf->first; kept && code == SSTORE_OK;
         kept = kept->next) {
        struct kept bare = *kept;

        bare.cookie = kept_nothing;
        if (shelf_is_live(ask, kept))
            code = shelf_give(ask, &bare);
    }
    return code;
}

static int length_zero(const struct ask *ask)
{
    *ask->count = 0;
    return SSTORE_OK;
}

static int length_one_more(const struct ask *ask)
{
    int code = shelf_length(ask);

    ++*ask->count;
    return code;
}

static int length_of_a_page(const struct ask *ask)
{
    int code = shelf_length(ask);

    if (*ask->count > PAGE)
        *ask->count = PAGE;
    return code;
}

/* ---- clear -------------------------------------------------------------- */

static int clear_nothing(const struct ask *ask)
{
    (void)ask;
    return SSTORE_OK;
}

static int clear_but_one(const struct ask *ask)
{
    while (ask->shelf->first && ask->shelf->first->next)
        shelf_remove(ask->shelf, ask->shelf->first);
    return SSTORE_OK;
}

static int clear_first_page(const struct ask *ask)
{
    for (size_t i = 0; i < PAGE && ask->shelf->first; i++)
        shelf_remove(ask->shelf, ask->shelf->first);
    return SSTORE_OK;
}

static int clear_is_late(const struct ask *ask)
{
    for (struct kept *kept = ask->shelf->first; kept; kept = kept->next)
        kept->is_gone = true;
    return SSTORE_OK;
}

static int length_then_clear(const struct ask *ask)
{
    struct kept *next;
    int code = shelf_length(ask);

    for (struct kept *kept = ask->shelf->first; kept; kept = next) {
        next = kept->next;
        if (kept->is_gone)
            shelf_remove(ask->shelf, kept);
    }
    return code;
}

const struct fault faulty_reads[] = {
    { .is = { "get-of-unknown-is-an-error", "get of an unknown ID fails" },
      .get = get_unknown_fails },
    { .is = { "get-of-expired-is-an-error", "get of an expired session fails" },
      .get = get_expired_fails },
    { .is = { "get-of-unknown-is-empty",
              "get of an unknown ID gives a session without data" },
      .get = get_unknown_is_empty },
    { .is = { "get-of-unknown-gives-another",
              "get of an unknown ID gives the oldest session" },
      .get = get_another },
    { .is = { "get-destroys", "a session can be read once" }, .get = get_once },
    { .is = { "get-of-a-cache-that-set-forgets",
              "a set is not seen by who has read the session before" },
      .get = get_notes,
      .set = set_past_the_cache },
    { .is = { "get-of-a-cache-that-destroy-forgets",
              "a destroy is not seen by who has read the session before" },
      .get = get_what_is_cached,
      .destroy = destroy_past_the_cache,
      .length = gone_length },
    { .is = { "all-of-empty-is-an-error", "all of an empty store fails" },
      .all = all_empty_fails },
    { .is = { "all-misses-the-newest", "all leaves the newest session out" },
      .all = all_but_newest },
    { .is = { "all-stops-at-100", "all gives a hundred sessions at most" },
      .all = all_first_page },
    { .is = { "all-gives-twice", "all gives every session twice" },
      .all = all_twice },
    { .is = { "all-repeats-the-first",
              "all gives the first session in place of each" },
      .all = all_of_the_first },
    { .is = { "all-without-cookies", "all gives sessions with empty cookies" },
      .all = all_without_cookies },
    { .is = { "length-of-empty-is-an-error", "length of an empty store fails" },
      .length = length_empty_fails },
    { .is = { "length-is-0", "length is always 0" }, .length = length_zero },
    { .is = { "length-is-one-more", "length counts the store's own index" },
      .length = length_one_more },
    { .is = { "length-stops-at-100", "length is 100 at most" },
      .length = length_of_a_page },
    { .is = { "clear-does-nothing", "clear leaves all sessions" },
      .clear = clear_nothing },
    { .is = { "clear-leaves-one", "clear leaves the newest session" },
      .clear = clear_but_one },
    { .is = { "clear-stops-at-100", "clear takes a hundred sessions at most" },
      .clear = clear_first_page },
    { .is = { "clear-of-empty-is-an-error", "clear of an empty store fails" },
      .clear = clear_empty_fails },
    { .is = { "clear-is-late", "the first look after a clear still finds all" },
      .clear = clear_is_late,
      .get = gone_get_once_more,
      .set = gone_set,
      .length = length_then_clear },
    { .is = { NULL, NULL } },
};
