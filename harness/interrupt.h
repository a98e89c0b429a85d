/* interrupt.h: Ctrl-C, without a signal handler
 *
 * The signals are blocked in all threads; one thread waits for them. The
 * first asks everyone to come to an end, the second ends the program at once
 * (the kernel ends what it started).
 */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "http.h"

#include <pthread.h>
#include <stdatomic.h>

struct interrupt {
    atomic_bool stop;
    int readable; /* a descriptor that becomes readable at the first */
    struct http_pool *pool; /* is told to hurry */
    atomic_bool closing;
    pthread_t thread;
};

/* Before any other thread is made. */
void interrupt_open(struct interrupt *interrupt, struct http_pool *pool);
void interrupt_close(struct interrupt *interrupt);

#endif
