/* fail.h: the error of a call, filled in one line */
#ifndef STORES_BASE_FAIL_H
#define STORES_BASE_FAIL_H

#include "../session_store.h"

/* Fills `err` and returns `code`, which is below 0. `symbol` is what Node would
 * put into err.code, cut where it does not fit. What a server said may stand in
 * the text: bytes that would end the line or upset a terminal become blanks. */
#define fail(err, code, native, ...)                                           \
    fail_is(fail_fill(err, code, native, __VA_ARGS__))
int fail_fill(struct sstore_err *err, int code, int native, const char *symbol,
              const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same for an errno: "ECONNREFUSED", and SSTORE_E_TIMEOUT, _NOMEM or _IO.
 * `what` was tried: "redis: connect to 127.0.0.1:6379". */
#define fail_errno(err, number, what)                                          \
    fail_is(fail_fill_errno(err, number, what))
int fail_fill_errno(struct sstore_err *err, int number, const char *what);

/* Tells whoever analyses a store that a failure is never SSTORE_OK. */
static inline int fail_is(int code)
{
    return code < 0 ? code : SSTORE_E_IO;
}

#endif
