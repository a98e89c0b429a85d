/* secret.h: a secret as a case writes it: a text, or {base64: …} for bytes */
#ifndef HARNESS_SECRET_H
#define HARNESS_SECRET_H

#include "base/fault.h"
#include "node.h"
#include "var.h"

#include <stddef.h>

/* Its bytes, for the caller to free; NULL with the fault filled. */
char *secret_bytes(struct vars *vars, const struct node *secret, size_t *length,
                   struct fault *fault);

#endif
