/* fuzz_cause.h: what a shrunk scenario cannot do without
 *
 * One bug shows in many places: in Set-Cookie, in the answer, in the store.
 * Each place shrinks to a scenario of its own, but what these are made of is
 * the same. So the cause of a finding is told by that: the options, actions,
 * faults, … that are left, without their values.
 */
#ifndef HARNESS_FUZZ_CAUSE_H
#define HARNESS_FUZZ_CAUSE_H

#include <jansson.h>
#include <stdbool.h>

/* A set: an object whose members' names count. A new reference. */
json_t *fuzz_cause(const json_t *scenario);

/* Is all of the one in the other, or the other way round? Two bugs may look
 * alike so; then the second shows as soon as the first is mended. */
bool fuzz_cause_alike(const json_t *one, const json_t *other);

/* Of two that are alike: takes from the one what is not in the other. */
void fuzz_cause_reduce(json_t *one, const json_t *other);

#endif
