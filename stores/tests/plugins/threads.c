/* threads.c: a store whose every get leaves a thread behind */
#include "misbehaving.h"

static void *stay(void *arg)
{
    pthread_mutex_t *forever = arg;

    pthread_mutex_lock(forever);
    return NULL;
}

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    static pthread_mutex_t forever = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;

    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    pthread_mutex_trylock(&forever);
    if (pthread_create(&thread, NULL, stay, &forever) == 0)
        pthread_detach(thread);
    return false;
}
