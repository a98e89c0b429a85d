/* fuzz_judge.h: one scenario on both targets: the same, or what differs */
#ifndef HARNESS_FUZZ_JUDGE_H
#define HARNESS_FUZZ_JUDGE_H

#include "fuzz_compare.h"
#include "fuzz_hunt.h"

enum fuzz_verdict {
    FUZZ_SAME,
    FUZZ_DIFFERENT,
    FUZZ_DIED,       /* a target did, playing this and nothing else */
    FUZZ_UNREACHABLE /* the hunt is over; hunt->fault says why */
};

struct fuzz_judgement {
    enum fuzz_verdict verdict;
    struct fuzz_difference difference; /* of FUZZ_DIFFERENT and FUZZ_DIED */
    json_t *right; /* what the other target did; NULL where that is not known */
};

/* Any thread. `alone`: nothing else is played meanwhile. */
void fuzz_judge(struct fuzz_hunt *hunt, const json_t *scenario, bool alone,
                struct fuzz_judgement *judgement);
void fuzz_judgement_clear(struct fuzz_judgement *judgement);

#endif
