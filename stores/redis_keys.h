/* redis_keys.h: the keys of a Redis database that begin alike, each once */
#ifndef STORES_REDIS_KEYS_H
#define STORES_REDIS_KEYS_H

#include "redis_link.h"

struct keys {
    redisReply **pages; /* owned; what `all` points into */
    size_t page_count;
    const redisReply **all; /* sorted, each once */
    size_t count;
};

/* Walks through the whole database. `keys` is filled, and to be freed, whatever
 * is returned. What is made or removed meanwhile may be among them or not. */
int keys_scan(struct keys *keys, struct link *link, struct sstore_str prefix,
              int64_t deadline_ns, struct sstore_err *err);
void keys_free(struct keys *keys);

#endif
