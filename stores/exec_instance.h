/* exec_instance.h: one opened store in the talk with a program
 *
 * It has a name there. After a restart of the program it is opened again, with
 * the same options, before its next call. Any thread may call.
 */
#ifndef STORES_EXEC_INSTANCE_H
#define STORES_EXEC_INSTANCE_H

#include "exec_talk.h"

struct instance;

/* The talk must outlive it. SSTORE_OK, or a failure with nothing to close. */
int instance_open(struct instance **opened, struct talk *talk,
                  const struct sstore_host *host, const struct sstore_opt *opt,
                  size_t nopt, struct sstore_err *err);
void instance_close(struct instance *instance);

/* A request of an operation, to be completed and asked. */
void instance_begin(const struct instance *instance, struct request *request,
                    const char *op, struct sstore_err *err);
/* The answer is a new reference, and NULL after a failure; the request is done
 * with. */
int instance_ask(struct instance *instance, struct request *request,
                 int64_t deadline_ns, json_t **answer, struct sstore_err *err);

/* What the store is called. */
const char *instance_store(const struct instance *instance);

#endif
