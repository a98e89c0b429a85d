/* exec_session.h: a session that a store's program gave back, as a record */
#ifndef STORES_EXEC_SESSION_H
#define STORES_EXEC_SESSION_H

#include "session_store.h"

#include <jansson.h>

/* Hands the session to `row`: 0 to go on, 1 where `row` asked to stop, -1
 * without memory. The session loses its cookie meanwhile, for good. */
int session_give(json_t *session, struct sstore_str sid, sstore_row_fn *row,
                 void *arg);

/* Unix ms of the date that JSON has for one, "2030-01-01T00:00:00.000Z";
 * SSTORE_NEVER for all else. */
int64_t session_time(const char *text);

#endif
