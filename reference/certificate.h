/* certificate.h: a throwaway TLS certificate for 127.0.0.1 and localhost */
#ifndef REFERENCE_CERTIFICATE_H
#define REFERENCE_CERTIFICATE_H

#include <stddef.h>

/* Makes a key and a self-signed certificate, valid for a day, and writes both
 * as PEM into a new file that only this user can read, whose path goes to
 * `path`. The caller removes it. 0, or -1 with one line in `error`. */
int certificate_write(char *path, size_t path_size, char *error,
                      size_t error_size);

#endif
