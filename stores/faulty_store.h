/* faulty_store.h: what the store `faulty` keeps, and where a fault takes hold
 *
 * The operations of faulty.c are right. A fault is a row of a table: its name,
 * a sentence, and the places at which it does otherwise; NULL is as it should
 * be. An instance has one fault; all instances are under one lock, the host's.
 */
#ifndef STORES_FAULTY_STORE_H
#define STORES_FAULTY_STORE_H

#include "faulty.h"
#include "session_store.h"

#include <jansson.h>
#include <stdbool.h>

/* One stored session. Its texts are its own. */
struct kept {
    struct kept *next;
    struct sstore_str sid, data, cookie;
    int64_t expires_ms;
    int64_t made_ms, written_ms; /* the first set, the last set or touch */
    bool is_spoilt;              /* by spoil, until a set */
    bool is_read, is_gone;       /* for the faults that remember that */
};

struct shelf {
    const struct fault *fault; /* never NULL: that of no fault is empty */
    struct kept *first;        /* in the order of their first set */
    char *name_space;          /* owned, "" where none was given */
    unsigned users;            /* instances: one but for the fault `shares` */
    struct shelf *next;        /* of those that are open */
};

/* One call: what it is about, and where its outcome goes. */
struct ask {
    struct shelf *shelf;
    int64_t now_ms;
    struct sstore_str sid;
    const struct sstore_record *rec; /* set and touch */
    sstore_row_fn *row;              /* get and all */
    void *row_arg;
    uint64_t *count; /* length and reap */
    struct sstore_err *err;
};

typedef int fault_op(const struct ask *ask);

struct fault {
    struct faulty_fault is;
    /* Whole operations. */
    fault_op *get, *set, *destroy, *touch, *all, *clear, *length, *reap, *spoil;
    /* The id as it is kept and asked for: into `out`, which has room for
     * sid.n bytes; gives how many it has written. */
    size_t (*fold)(struct sstore_str sid, char *out);
    /* Is this the session that was asked for? */
    bool (*same)(struct sstore_str asked, struct sstore_str kept);
    /* Until when a set or a touch keeps the session; `old` may be NULL. */
    int64_t (*expiry)(const struct ask *ask, const struct kept *old);
    bool (*live)(const struct kept *kept, int64_t now_ms);
    /* Each value in the data, those within it first, with its key ("" in an
     * array): takes the reference and gives one, NULL to drop the member. */
    json_t *(*value)(const char *key, json_t *value);
    /* The cookie that is to be kept, an object. */
    void (*cookie)(json_t *cookie, const struct ask *ask);
    bool shares; /* one shelf for all, whatever their namespace */
};

/* The tables, each ended by a row without a name. */
extern const struct fault faulty_reads[], faulty_writes[], faulty_ids[],
    faulty_times[], faulty_values[], faulty_records[];

/* The operations as they should be. */
fault_op shelf_get, shelf_set, shelf_destroy, shelf_touch, shelf_all,
    shelf_clear, shelf_length, shelf_reap, shelf_spoil;
/* A store that keeps what has expired until it is looked for. */
fault_op shelf_reap_nothing;
/* Those of faults that mark a session as gone before it is. */
fault_op gone_destroy, gone_get, gone_get_once_more, gone_set, gone_length;

bool sid_is_same(struct sstore_str a, struct sstore_str b);
/* The first of all shelves that are open. */
struct shelf *shelf_of_all(void);
/* The session that is asked for, expired or not; NULL where there is none. */
struct kept *shelf_find(const struct ask *ask);
/* The same, if it is live. */
struct kept *shelf_live(const struct ask *ask);
bool shelf_is_live(const struct ask *ask, const struct kept *kept);
/* Hands a session to the call's row. */
int shelf_give(const struct ask *ask, const struct kept *kept);
void shelf_remove(struct shelf *shelf, struct kept *kept);
int shelf_fail(const struct ask *ask, const char *text);
int shelf_no_memory(const struct ask *ask);

extern const struct sstore_str kept_nothing; /* {} */
/* Puts a copy in place of a text of a kept session; false without memory. */
bool kept_replace(struct sstore_str *text, struct sstore_str with);
/* The same with JSON, whose reference it takes. */
bool kept_replace_json(struct sstore_str *text, json_t *with);

#endif
