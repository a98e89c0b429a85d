/* plugin_lock.c: the locks of plugins that want one call at a time */
#include "plugin_lock.h"

#include <stdlib.h>

struct plugin_lock {
    const struct sstore_plugin *plugin;
    unsigned users;
    pthread_mutex_t lock;
    struct plugin_lock *next;
};

static pthread_mutex_t locks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct plugin_lock *locks; /* under locks_lock */

static struct plugin_lock *plugin_lock_new(const struct sstore_plugin *plugin)
{
    struct plugin_lock *lock = calloc(1, sizeof *lock);

    if (!lock || pthread_mutex_init(&lock->lock, NULL) != 0) {
        free(lock);
        return NULL;
    }
    lock->plugin = plugin;
    lock->next = locks;
    locks = lock;
    return lock;
}

struct plugin_lock *plugin_lock_get(const struct sstore_plugin *plugin)
{
    pthread_mutex_lock(&locks_lock);
    struct plugin_lock *lock = locks;
    while (lock && lock->plugin != plugin)
        lock = lock->next;
    if (!lock)
        lock = plugin_lock_new(plugin);
    if (lock)
        lock->users++;
    pthread_mutex_unlock(&locks_lock);
    return lock;
}

void plugin_lock_put(struct plugin_lock *lock)
{
    pthread_mutex_lock(&locks_lock);
    if (--lock->users == 0) {
        struct plugin_lock **link = &locks;
        while (*link != lock)
            link = &(*link)->next;
        *link = lock->next;
        pthread_mutex_destroy(&lock->lock);
        free(lock);
    }
    pthread_mutex_unlock(&locks_lock);
}

pthread_mutex_t *plugin_lock_mutex(struct plugin_lock *lock)
{
    return &lock->lock;
}
