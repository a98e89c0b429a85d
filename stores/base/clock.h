/* clock.h: what is left until a deadline, and of a session's life */
#ifndef STORES_BASE_CLOCK_H
#define STORES_BASE_CLOCK_H

#include "../session_store.h"

#include <stdbool.h>

#define CLOCK_NS_IN_MS INT64_C(1000000)

/* CLOCK_MONOTONIC, as call->deadline_ns. */
int64_t clock_now_ns(void);
/* Until the deadline, rounded up, from 0 (it has passed) to `most`. */
int clock_left_ms(int64_t deadline_ns, int most);

/* As rule 10 has it: at the very millisecond it has expired. */
static inline bool clock_is_live(int64_t expires_ms, int64_t now_ms)
{
    return expires_ms == SSTORE_NEVER || expires_ms > now_ms;
}

/* For how long a backend is to keep a session, in seconds, where its own clock
 * only collects garbage: what is left of its life by the host's clock, and a
 * day, for that clock may stand still for a while. 0: for ever, which is what
 * a session gets that never expires, or in more than ten years. */
int64_t clock_keep_s(int64_t expires_ms, int64_t now_ms);

#endif
