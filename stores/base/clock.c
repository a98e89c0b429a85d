/* clock.c: what is left until a deadline, and of a session's life */
#include "clock.h"

#include <time.h>

#define DAY_S      (24 * 60 * 60)
#define FOR_EVER_S (10 * 365 * (int64_t)DAY_S)

int64_t clock_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * CLOCK_NS_IN_MS + now.tv_nsec;
}

int clock_left_ms(int64_t deadline_ns, int most)
{
    int64_t left_ns = deadline_ns - clock_now_ns();

    if (left_ns <= 0)
        return 0;
    if (left_ns / CLOCK_NS_IN_MS >= most)
        return most;
    return (int)((left_ns + CLOCK_NS_IN_MS - 1) / CLOCK_NS_IN_MS);
}

int64_t clock_keep_s(int64_t expires_ms, int64_t now_ms)
{
    int64_t left_ms;

    if (expires_ms == SSTORE_NEVER)
        return 0;
    if (!clock_is_live(expires_ms, now_ms))
        return DAY_S;
    if (__builtin_sub_overflow(expires_ms, now_ms, &left_ms) ||
        left_ms / 1000 >= FOR_EVER_S)
        return 0;
    return left_ms / 1000 + 1 + DAY_S;
}
