/* plugin_lock.h: the locks of plugins that want one call at a time
 *
 * One for each plugin that has stores open and wants one call at a time in the
 * whole process. Any thread may call.
 */
#ifndef STORES_PLUGIN_LOCK_H
#define STORES_PLUGIN_LOCK_H

#include "session_store.h"

#include <pthread.h>

struct plugin_lock;

/* That of the plugin, made for its first user. NULL without memory. */
struct plugin_lock *plugin_lock_get(const struct sstore_plugin *plugin);
/* Its last user's ends it. */
void plugin_lock_put(struct plugin_lock *lock);
pthread_mutex_t *plugin_lock_mutex(struct plugin_lock *lock);

#endif
