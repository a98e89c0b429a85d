/* faulty.h: the faults that the store `faulty` can have, one at a time
 *
 * `faulty?fault=NAME` is a correct store in memory but for the one fault.
 */
#ifndef STORES_FAULTY_H
#define STORES_FAULTY_H

struct faulty_fault {
    const char *name; /* "touch-creates" */
    const char *text; /* what goes wrong, one sentence without a full stop */
};

/* NULL where there is none of that name. */
const struct faulty_fault *faulty_find(const char *name);
/* Calls `each` with every fault, in the order of the table. */
void faulty_each(void (*each)(void *arg, const struct faulty_fault *fault),
                 void *arg);

#endif
