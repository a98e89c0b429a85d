/* exec_hello.h: what a store's program says of itself in its first line */
#ifndef STORES_EXEC_HELLO_H
#define STORES_EXEC_HELLO_H

#include "session_store.h"

#include <jansson.h>
#include <stdbool.h>

#define HELLO_PROTOCOL 1
#define HELLO_TEXT     60 /* characters of name and version */

struct hello {
    char name[HELLO_TEXT + 1], version[HELLO_TEXT + 1];
    uint32_t operations; /* a bit for each, by its place in SSTORE_OPERATIONS */
    bool breaks, mends;  /* operations that the ABI does not know */
    uint32_t caps;       /* SSTORE_CAP_* */
    uint32_t threads;    /* enum sstore_threads */
    json_t *words;       /* owned: capabilities that the ABI does not know */
    json_t *about;       /* owned: {"resolution"?, "licence"?} as they came */
};

/* SSTORE_OK, or SSTORE_E_INVAL with `err`, and nothing to clear. */
int hello_read(struct hello *hello, const json_t *line, struct sstore_err *err);
void hello_clear(struct hello *hello);

/* Would a host that knows one do the same with the other? The versions may
 * differ. */
bool hello_is_like(const struct hello *one, const struct hello *other);

enum hello_operation {
#define SSTORE_X(op, need) HELLO_##op,
    SSTORE_OPERATIONS(SSTORE_X)
#undef SSTORE_X
};

#define HELLO_HAS(hello, op) (((hello)->operations >> HELLO_##op) & 1)

#endif
