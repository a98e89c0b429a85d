/* trust.h: does Express's `trust proxy` cover the client?
 *
 * It is always 127.0.0.1, one hop away.
 *
 * Source: Express's guide "Express behind proxies", and proxy-addr's README.
 */
#ifndef REFERENCE_TRUST_H
#define REFERENCE_TRUST_H

#include "js.h"

#include <jansson.h>
#include <stdbool.h>

/* 0 with the answer in *trusts, or -1 with `error` for what Express refuses.
 * NULL is the setting not given. */
int trust_parse(const json_t *setting, bool *trusts, struct js_error *error);

#endif
