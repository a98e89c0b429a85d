/* record.h: a session as stores keep it: data, cookie and expiry apart */
#ifndef REFERENCE_RECORD_H
#define REFERENCE_RECORD_H

#include "../stores/session_store.h"

#include <jansson.h>

/* A session as a record, which points into the two texts: the caller's to
 * free, `*cookie` NULL where it has none. */
struct sstore_record record_split(const json_t *session, char **data,
                                  char **cookie);

/* Data and cookie as the one object that they were: a new reference, NULL
 * where the data is no JSON. What was no object went into the store as it was,
 * and comes back so. */
json_t *record_join(const struct sstore_record *record);

#endif
