/* registry.h: the host's side of the store ABI: SPECs, open stores, locks
 *
 * A `struct store` is one open instance. Its functions may be called by any
 * thread: they call the plugin under the lock that its declared thread model
 * asks for. They return the plugin's code as it is, or SSTORE_E_NOTSUP where
 * the operation is absent, or SSTORE_E_IO where the plugin breaks the rules of
 * the ABI (conduct.h). Nothing that a store gets wrong is repaired here.
 */
#ifndef STORES_REGISTRY_H
#define STORES_REGISTRY_H

#include "session_store.h"

#include <stdbool.h>
#include <sys/types.h>

struct store;

/* SPEC: see spec.h. A plugin's file is loaded. `ns` (may be NULL) becomes the
 * option `namespace`. `host` must live until store_close. On failure *store is
 * NULL. */
int store_open(struct store **store, const char *spec, const char *ns,
               const struct sstore_host *host, struct sstore_err *err);

/* Whether opening it runs no code but this program's own, whatever it is. */
bool store_spec_is_builtin(const char *spec);

/* The same as store_open for a plugin at hand: checks what it declares, then
 * opens it. */
int store_open_plugin(struct store **store, const struct sstore_plugin *plugin,
                      const struct sstore_opt *options, size_t count,
                      const struct sstore_host *host, struct sstore_err *err);

/* No call may be under way. NULL is allowed. */
void store_close(struct store *store);

const struct sstore_plugin *store_plugin(const struct store *store);

/* Calls `each` with the name of every operation that the plugin has ("open",
 * "close", "get", …), or of every capability it declares ("host-clock", …). A
 * program (exec.h) may declare others than the ABI has ("real-clock"). */
typedef void store_name_fn(void *arg, const char *name);
void store_operations(const struct store *store, store_name_fn *each,
                      void *arg);
void store_capabilities(const struct store *store, store_name_fn *each,
                        void *arg);

/* Whether the store can make its backend fail for itself alone ("break"), and
 * undo that ("mend"): only programs do. As the operations below. */
bool store_can(const struct store *store, const char *act);
int store_act(struct store *store, const char *act,
              const struct sstore_call *call, struct sstore_err *err);

/* What else a program says of itself, as a JSON object, or NULL: "resolution"
 * (ms), "licence". */
const char *store_about(const struct store *store);

/* The process of a store that is a program; -1 for others. */
pid_t store_process(const struct store *store);

/* Ends all programs: to be called before this process ends. */
void store_end_programs(void);

/* Its thread model: "parallel", … */
const char *store_plugin_threads(const struct sstore_plugin *plugin);

/* "SSTORE_E_IO" and "backend refused, …"; NULL for a code that is none. */
const char *store_code_name(int code);
const char *store_code_text(int code);

/* As the plugin's operations of the same names. `err` may be NULL; it is
 * zeroed first. The deadline is set here, once the lock has been had. `row` may
 * be called under the store's lock: it copies, and calls no store. */
int store_get(struct store *store, const struct sstore_call *call,
              struct sstore_str sid, sstore_row_fn *row, void *arg,
              struct sstore_err *err);
int store_set(struct store *store, const struct sstore_call *call,
              struct sstore_str sid, const struct sstore_record *rec,
              struct sstore_err *err);
int store_destroy(struct store *store, const struct sstore_call *call,
                  struct sstore_str sid, struct sstore_err *err);
int store_touch(struct store *store, const struct sstore_call *call,
                struct sstore_str sid, const struct sstore_record *rec,
                struct sstore_err *err);
int store_all(struct store *store, const struct sstore_call *call,
              sstore_row_fn *row, void *arg, struct sstore_err *err);
int store_clear(struct store *store, const struct sstore_call *call,
                struct sstore_err *err);
int store_length(struct store *store, const struct sstore_call *call,
                 uint64_t *count, struct sstore_err *err);
int store_reap(struct store *store, const struct sstore_call *call,
               uint64_t *count, struct sstore_err *err);
int store_spoil(struct store *store, const struct sstore_call *call,
                struct sstore_str sid, struct sstore_err *err);

#endif
