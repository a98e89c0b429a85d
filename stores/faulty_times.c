/* faulty_times.c: faults of `faulty` in when a session expires */
#include "faulty_store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000LL
#define DAY    (86400 * SECOND)

/* ---- Until when, at a set and at a touch -------------------------------- */

static bool is_endless(const struct ask *ask)
{
    return ask->rec->expires_ms == SSTORE_NEVER;
}

/* However large: a life can come from a cookie, or grow with every touch. */
static int64_t sum(int64_t a, int64_t b)
{
    int64_t result;

    if (__builtin_add_overflow(a, b, &result))
        return b < 0 ? INT64_MIN : SSTORE_NEVER;
    return result;
}

/* How long the session is to live, in ms. */
static int64_t life_of(const struct ask *ask)
{
    return sum(ask->rec->expires_ms, -ask->now_ms);
}

static int64_t after(const struct ask *ask, int64_t life)
{
    return sum(ask->now_ms, life);
}

/* To a multiple of a second, down. */
static int64_t floor_second(int64_t ms)
{
    int64_t rest = ms % SECOND;

    return ms - rest - (rest < 0 ? SECOND : 0);
}

static int64_t expiry_ms_as_s(const struct ask *ask, const struct kept *old)
{
    int64_t life;

    (void)old;
    if (is_endless(ask) || __builtin_mul_overflow(life_of(ask), SECOND, &life))
        return ask->rec->expires_ms;
    return after(ask, life);
}

static int64_t expiry_s_as_ms(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return is_endless(ask) ? SSTORE_NEVER : after(ask, life_of(ask) / SECOND);
}

static int64_t expiry_life_down(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return is_endless(ask) ? SSTORE_NEVER
                           : after(ask, life_of(ask) / SECOND * SECOND);
}

static int64_t expiry_life_up(const struct ask *ask, const struct kept *old)
{
    (void)old;
    if (is_endless(ask) || life_of(ask) <= 0)
        return ask->rec->expires_ms;
    return after(ask, ((life_of(ask) - 1) / SECOND + 1) * SECOND);
}

static int64_t expiry_down(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return is_endless(ask) ? SSTORE_NEVER : floor_second(ask->rec->expires_ms);
}

static int64_t expiry_up(const struct ask *ask, const struct kept *old)
{
    (void)old;
    if (is_endless(ask) || life_of(ask) <= 0)
        return ask->rec->expires_ms;
    return floor_second(ask->rec->expires_ms - 1) + SECOND;
}

static int64_t expiry_under_a_second(const struct ask *ask,
                                     const struct kept *old)
{
    (void)old;
    return !is_endless(ask) && life_of(ask) > 0 && life_of(ask) < SECOND
               ? SSTORE_NEVER
               : ask->rec->expires_ms;
}

/* memcached's rule: over 30 days it is a date, in seconds since 1970. */
static int64_t expiry_30_days(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return !is_endless(ask) && life_of(ask) > 30 * DAY ? life_of(ask)
                                                       : ask->rec->expires_ms;
}

/* setTimeout's: over 2^31 ms it fires at once. */
static int64_t expiry_2_31(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return !is_endless(ask) && life_of(ask) > INT32_MAX ? after(ask, 1)
                                                        : ask->rec->expires_ms;
}

static int64_t expiry_2_32(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return !is_endless(ask) && life_of(ask) > 0
               ? after(ask, (int64_t)(uint32_t)life_of(ask))
               : ask->rec->expires_ms;
}

static int64_t expiry_within_400_days(const struct ask *ask,
                                      const struct kept *old)
{
    (void)old;
    return !is_endless(ask) && life_of(ask) > 400 * DAY ? after(ask, 400 * DAY)
                                                        : ask->rec->expires_ms;
}

static int64_t expiry_first(const struct ask *ask, const struct kept *old)
{
    return old ? old->expires_ms : ask->rec->expires_ms;
}

static int64_t expiry_never_nearer(const struct ask *ask,
                                   const struct kept *old)
{
    return old && old->expires_ms > ask->rec->expires_ms ? old->expires_ms
                                                         : ask->rec->expires_ms;
}

static int64_t expiry_not_removed(const struct ask *ask, const struct kept *old)
{
    return old && is_endless(ask) ? old->expires_ms : ask->rec->expires_ms;
}

static int64_t expiry_none(const struct ask *ask, const struct kept *old)
{
    (void)ask;
    (void)old;
    return SSTORE_NEVER;
}

static int64_t expiry_default_as_ms(const struct ask *ask,
                                    const struct kept *old)
{
    (void)old;
    return is_endless(ask) ? after(ask, 86400) : ask->rec->expires_ms;
}

static int64_t expiry_none_is_now(const struct ask *ask, const struct kept *old)
{
    (void)old;
    return is_endless(ask) ? ask->now_ms : ask->rec->expires_ms;
}

static int64_t expiry_zero_is_none(const struct ask *ask,
                                   const struct kept *old)
{
    (void)old;
    return life_of(ask) == 0 ? SSTORE_NEVER : ask->rec->expires_ms;
}

static int64_t expiry_past_is_none(const struct ask *ask,
                                   const struct kept *old)
{
    (void)old;
    return life_of(ask) < 0 ? SSTORE_NEVER : ask->rec->expires_ms;
}

static int64_t expiry_of_max_age(const struct ask *ask, const struct kept *old)
{
    json_t *cookie =
        json_loadb(ask->rec->cookie.p, ask->rec->cookie.n, 0, NULL);
    const json_t *life = json_object_get(cookie, "originalMaxAge");
    int64_t expires_ms = json_is_integer(life)
                             ? after(ask, json_integer_value(life))
                             : SSTORE_NEVER;

    (void)old;
    json_decref(cookie);
    return expires_ms;
}

static int64_t expiry_added_up(const struct ask *ask, const struct kept *old)
{
    if (!old || is_endless(ask) || old->expires_ms == SSTORE_NEVER ||
        old->expires_ms <= ask->now_ms || life_of(ask) <= 0)
        return ask->rec->expires_ms;
    return sum(old->expires_ms, life_of(ask));
}

/* ---- What is live ------------------------------------------------------- */

static bool live_at_its_end(const struct kept *kept, int64_t now_ms)
{
    return kept->expires_ms >= now_ms;
}

static bool live_but_for_its_end(const struct kept *kept, int64_t now_ms)
{
    return kept->expires_ms == SSTORE_NEVER || kept->expires_ms - 1 > now_ms;
}

static bool live_by_the_second(const struct kept *kept, int64_t now_ms)
{
    return kept->expires_ms / SECOND > now_ms / SECOND;
}

static bool live_by_the_wall(const struct kept *kept, int64_t now_ms)
{
    struct timespec now;

    (void)now_ms;
    clock_gettime(CLOCK_REALTIME, &now);
    return kept->expires_ms / SECOND > (int64_t)now.tv_sec;
}

/* ---- Operations that do not ask ----------------------------------------- */

/* The same call, as if nothing had expired yet. */
static struct ask before_all_ends(const struct ask *ask)
{
    struct ask before = *ask;

    before.now_ms = INT64_MIN;
    return before;
}

static int get_expired(const struct ask *ask)
{
    struct ask before = before_all_ends(ask);

    return shelf_get(&before);
}

static int all_expired(const struct ask *ask)
{
    struct ask before = before_all_ends(ask);

    return shelf_all(&before);
}

static int length_expired(const struct ask *ask)
{
    struct ask before = before_all_ends(ask);

    return shelf_length(&before);
}

static int get_renews(const struct ask *ask)
{
    struct kept *kept = shelf_live(ask);

    if (kept && kept->expires_ms != SSTORE_NEVER) {
        int64_t life = kept->expires_ms - kept->written_ms;

        kept->written_ms = ask->now_ms;
        kept->expires_ms = ask->now_ms + life;
    }
    return shelf_get(ask);
}

/* ---- The reaper --------------------------------------------------------- */

static int reap_if(const struct ask *ask,
                   bool (*is_due)(const struct ask *, const struct kept *))
{
    struct kept *next;

    *ask->count = 0;
    for (struct kept *kept = ask->shelf->first; kept; kept = next) {
        next = kept->next;
        if (!is_due(ask, kept))
            continue;
        shelf_remove(ask->shelf, kept);
        ++*ask->count;
    }
    return SSTORE_OK;
}

static bool is_endless_or_due(const struct ask *ask, const struct kept *kept)
{
    return kept->expires_ms == SSTORE_NEVER || !shelf_is_live(ask, kept);
}

/* As if it had not been touched: by the life that it was set with. */
static bool is_due_by_first_set(const struct ask *ask, const struct kept *kept)
{
    return !shelf_is_live(ask, kept) ||
           (kept->expires_ms != SSTORE_NEVER &&
            kept->expires_ms - kept->written_ms <= ask->now_ms - kept->made_ms);
}

static int reap_endless(const struct ask *ask)
{
    return reap_if(ask, is_endless_or_due);
}

static int reap_touched(const struct ask *ask)
{
    return reap_if(ask, is_due_by_first_set);
}

static int reap_all_once_one_is_due(const struct ask *ask)
{
    uint64_t count = 0;
    struct ask look = *ask;

    look.count = &count;
    shelf_reap(&look);
    *ask->count = count;
    return count ? shelf_clear(ask) : SSTORE_OK;
}

const struct fault faulty_times[] = {
    { .is = { "ttl-ms-taken-as-s", "milliseconds are taken for seconds" },
      .expiry = expiry_ms_as_s },
    { .is = { "ttl-s-taken-as-ms", "seconds are taken for milliseconds" },
      .expiry = expiry_s_as_ms },
    { .is = { "ttl-is-rounded-down", "a life is cut to whole seconds" },
      .expiry = expiry_life_down },
    { .is = { "ttl-is-rounded-up", "a life is drawn out to whole seconds" },
      .expiry = expiry_life_up },
    { .is = { "ttl-under-a-second-is-endless",
              "a life under a second becomes 0, which means no end" },
      .expiry = expiry_under_a_second },
    { .is = { "ttl-over-30-days-is-a-date",
              "a life over 30 days is taken for a date of 1970" },
      .expiry = expiry_30_days },
    { .is = { "ttl-over-2-31-ends-at-once",
              "a life over 2^31 ms ends at once" },
      .expiry = expiry_2_31 },
    { .is = { "ttl-wraps-at-2-32", "a life is kept in 32 bits of ms" },
      .expiry = expiry_2_32 },
    { .is = { "ttl-is-capped-at-400-days", "no session outlives 400 days" },
      .expiry = expiry_within_400_days },
    { .is = { "ttl-is-added-up",
              "a set or touch adds its life to what is left" },
      .expiry = expiry_added_up },
    { .is = { "expiry-is-rounded-down", "an expiry is cut to a whole second" },
      .expiry = expiry_down },
    { .is = { "expiry-is-rounded-up",
              "an expiry is drawn out to a whole second" },
      .expiry = expiry_up },
    { .is = { "expiry-of-the-first-set-stays",
              "later sets and touches do not move the expiry" },
      .expiry = expiry_first },
    { .is = { "expiry-never-comes-nearer", "an expiry is never shortened" },
      .expiry = expiry_never_nearer },
    { .is = { "expiry-is-never-taken-away",
              "a session that has an expiry cannot lose it" },
      .expiry = expiry_not_removed },
    { .is = { "expiry-is-ignored", "nothing expires" }, .expiry = expiry_none },
    { .is = { "expiry-comes-from-max-age",
              "the expiry is now and originalMaxAge, whatever expires says" },
      .expiry = expiry_of_max_age },
    { .is = { "no-expiry-is-86-seconds",
              "the default life of a day, 86400, is taken for ms" },
      .expiry = expiry_default_as_ms },
    { .is = { "no-expiry-is-expired", "a session without expiry has expired" },
      .expiry = expiry_none_is_now },
    { .is = { "max-age-0-is-endless", "an expiry of now means no end" },
      .expiry = expiry_zero_is_none },
    { .is = { "past-expiry-is-endless", "an expiry in the past means no end" },
      .expiry = expiry_past_is_none },
    { .is = { "expired-a-millisecond-late",
              "at the millisecond of its expiry a session is alive" },
      .live = live_at_its_end },
    { .is = { "expired-a-millisecond-early",
              "a millisecond before its expiry a session is gone" },
      .live = live_but_for_its_end },
    { .is = { "expired-by-the-second-early",
              "a session is gone in the second in which it expires" },
      .live = live_by_the_second },
    { .is = { "expired-by-the-machines-clock",
              "expiry is judged by the machine's clock, not the host's" },
      .live = live_by_the_wall },
    { .is = { "get-returns-expired", "get does not look at the expiry" },
      .get = get_expired,
      .reap = shelf_reap_nothing },
    { .is = { "all-lists-expired", "all does not look at the expiry" },
      .all = all_expired,
      .reap = shelf_reap_nothing },
    { .is = { "length-counts-expired", "length does not look at the expiry" },
      .length = length_expired,
      .reap = shelf_reap_nothing },
    { .is = { "get-renews", "a get moves the expiry as a touch would" },
      .get = get_renews },
    { .is = { "reap-takes-the-endless",
              "the reaper takes sessions that have no expiry" },
      .reap = reap_endless },
    { .is = { "reap-takes-the-touched",
              "the reaper goes by the age of a session, touched or not" },
      .reap = reap_touched },
    { .is = { "reap-takes-all", "the reaper takes all once one has expired" },
      .reap = reap_all_once_one_is_due },
    { .is = { NULL, NULL } },
};
