/* image.h: a session as one run of bytes, for stores that keep only bytes
 *
 * A head, then id, data and cookie. Sums tell of bytes that were cut short or
 * altered; they are no protection from malice. In this machine's byte order:
 * another's is told from ours, and refused.
 */
#ifndef STORES_BASE_IMAGE_H
#define STORES_BASE_IMAGE_H

#include "../session_store.h"

#include <stdbool.h>

#define IMAGE_HEAD 56 /* bytes: enough for image_expiry */

struct image {
    struct sstore_str sid;
    struct sstore_record record;
};

/* The bytes of a session, the caller's to free; NULL without memory. */
char *image_make(struct sstore_str sid, const struct sstore_record *rec,
                 size_t *length);

/* What stands in the bytes, pointing into them. False where they are not what
 * image_make made. */
bool image_read(struct image *image, const char *bytes, size_t length);

/* Its expiry alone, from the first IMAGE_HEAD of `length` bytes. */
bool image_expiry(int64_t *expires_ms, const char *head, uint64_t length);

#endif
