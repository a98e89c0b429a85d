/* interrupt.c: Ctrl-C, without a signal handler */
#include "interrupt.h"
#include "base/must.h"
#include "commands.h"

#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void signals_of_the_end(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

static void come_to_an_end(struct interrupt *interrupt)
{
    atomic_store(&interrupt->stop, true);
    http_pool_hurry(interrupt->pool);
    must(eventfd_write(interrupt->readable, 1) == 0);
    fputs("\ninterrupted: the running cases come to their end "
          "(once more to end at once)\n",
          stderr);
}

static void *wait_for_signals(void *arg)
{
    struct interrupt *interrupt = arg;
    sigset_t set;
    int number;

    signals_of_the_end(&set);
    for (;;) {
        must(sigwait(&set, &number) == 0);
        if (atomic_load(&interrupt->closing))
            return NULL;
        if (atomic_load(&interrupt->stop))
            _exit(EXIT_INTERRUPTED);
        come_to_an_end(interrupt);
    }
}

void interrupt_open(struct interrupt *interrupt, struct http_pool *pool)
{
    sigset_t set;

    signals_of_the_end(&set);
    must(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    atomic_init(&interrupt->stop, false);
    atomic_init(&interrupt->closing, false);
    interrupt->pool = pool;
    interrupt->readable = eventfd(0, EFD_CLOEXEC);
    must(interrupt->readable > 0);
    must(pthread_create(&interrupt->thread, NULL, wait_for_signals,
                        interrupt) == 0);
}

void interrupt_close(struct interrupt *interrupt)
{
    atomic_store(&interrupt->closing, true);
    pthread_kill(interrupt->thread, SIGTERM);
    pthread_join(interrupt->thread, NULL);
    close(interrupt->readable);
}
