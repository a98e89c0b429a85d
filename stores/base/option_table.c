/* option_table.c: the options of a store, read by a table */
#include "option_table.h"

#include "fail.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_number(const char *store, const struct option *option,
                       const char *text, struct sstore_err *err)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || number < option->least ||
        number > option->most)
        return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                    "%s: %s=\"%.60s\" is no number from %u to %u", store,
                    option->key, text, option->least, option->most);
    *(unsigned *)option->value = (unsigned)number;
    return SSTORE_OK;
}

static int read_yes_no(const char *store, const struct option *option,
                       const char *text, struct sstore_err *err)
{
    bool yes = strcmp(text, "yes") == 0;

    if (!yes && strcmp(text, "no") != 0)
        return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                    "%s: %s=\"%.60s\" is neither yes nor no", store,
                    option->key, text);
    *(bool *)option->value = yes;
    return SSTORE_OK;
}

static int fail_unknown(const char *store, const struct option *table,
                        size_t length, const char *key, struct sstore_err *err)
{
    char known[120] = "";

    for (size_t i = 0; i < length; i++) {
        size_t used = strlen(known);
        if (strcmp(table[i].key, "namespace") != 0) /* is the host's */
            snprintf(known + used, sizeof known - used, "%s%s",
                     used ? ", " : "", table[i].key);
    }
    return fail(err, SSTORE_E_INVAL, 0, "EINVAL",
                "%s: unknown option \"%.60s\" (it has %s)", store, key, known);
}

static int read_one(const char *store, const struct option *table,
                    size_t length, const struct sstore_opt *opt,
                    struct sstore_err *err)
{
    for (size_t i = 0; i < length; i++) {
        if (strcmp(table[i].key, opt->key) != 0)
            continue;
        switch (table[i].kind) {
        case OPTION_TEXT:
            *(const char **)table[i].value = opt->value;
            return SSTORE_OK;
        case OPTION_NUMBER:
            return read_number(store, &table[i], opt->value, err);
        case OPTION_YES_NO:
            return read_yes_no(store, &table[i], opt->value, err);
        }
    }
    return fail_unknown(store, table, length, opt->key, err);
}

int option_table_read(const char *store, const struct option *table,
                      size_t length, const struct sstore_opt *opt, size_t nopt,
                      struct sstore_err *err)
{
    int code = SSTORE_OK;

    for (size_t i = 0; i < nopt && code == SSTORE_OK; i++)
        code = read_one(store, table, length, &opt[i], err);
    return code;
}
