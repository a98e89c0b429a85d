/* fail.c: the error of a call, filled in one line */
#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
}

int fail_fill(struct sstore_err *err, int code, int native, const char *symbol,
              const char *format, ...)
{
    va_list args;

    err->native = native;
    snprintf(err->symbol, sizeof err->symbol, "%s", symbol);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    make_one_line(err->text);
    return code;
}

/* Those that a connection or a file comes to. */
/* clang-format off */
#define ERRNOS(X)                                                             \
    X(EACCES) X(EADDRNOTAVAIL) X(EBADF) X(ECONNABORTED) X(ECONNREFUSED)       \
    X(ECONNRESET) X(EHOSTUNREACH) X(EINVAL) X(EIO) X(EMFILE) X(ENETUNREACH)   \
    X(ENFILE) X(ENOENT) X(ENOMEM) X(ENOSPC) X(EPERM) X(EPIPE) X(ETIMEDOUT)
/* clang-format on */

static const char *errno_symbol(int number)
{
    switch (number) {
#define X(name)                                                                \
    case name:                                                                 \
        return #name;
        ERRNOS(X)
#undef X
    default:
        return "EIO";
    }
}

int fail_fill_errno(struct sstore_err *err, int number, const char *what)
{
    char text[100];
    int code = number == ETIMEDOUT ? SSTORE_E_TIMEOUT
               : number == ENOMEM  ? SSTORE_E_NOMEM
                                   : SSTORE_E_IO;

    if (strerror_r(number, text, sizeof text) != 0)
        snprintf(text, sizeof text, "error %d", number);
    return fail(err, code, number, errno_symbol(number), "%s: %s", what, text);
}
