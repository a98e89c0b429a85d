/* option_table.h: the options of a store, read by a table
 *
 *     const struct option table[] = {
 *         { "path", OPTION_TEXT, &path },
 *         { "pool", OPTION_NUMBER, &pool, 1, 64 },
 *         { "namespace", OPTION_TEXT, &name_space },
 *     };
 *     code = option_table_read("sqlite", table, 3, opt, nopt, err);
 */
#ifndef STORES_BASE_OPTION_TABLE_H
#define STORES_BASE_OPTION_TABLE_H

#include "../session_store.h"

enum option_kind {
    OPTION_TEXT,   /* const char *, the host's */
    OPTION_NUMBER, /* unsigned, from `least` to `most` */
    OPTION_YES_NO, /* bool */
};

struct option {
    const char *key;
    enum option_kind kind;
    void *value; /* holds the default before */
    unsigned least, most;
};

/* SSTORE_OK, or SSTORE_E_INVAL with `err` that names what is wrong. What is
 * given twice counts the second time. */
int option_table_read(const char *store, const struct option *table,
                      size_t length, const struct sstore_opt *opt, size_t nopt,
                      struct sstore_err *err);

#endif
