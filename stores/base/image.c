/* image.c: a session as one run of bytes, for stores that keep only bytes */
#include "image.h"

#include "sum.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC UINT64_C(0x31306e6f69737365) /* "ession01" */

struct head {
    uint64_t magic;
    int64_t expires_ms;
    uint64_t sid, data, cookie; /* their lengths */
    int64_t body_sum;           /* of id, data and cookie */
    int64_t head_sum;           /* of all above */
};
_Static_assert(sizeof(struct head) == IMAGE_HEAD, "the head has no gaps");

static int64_t sum_of_head(const struct head *head)
{
    return sum_of((struct sstore_str){ (const char *)head,
                                       offsetof(struct head, head_sum) });
}

static char *append(char *to, struct sstore_str text)
{
    if (text.n)
        memcpy(to, text.p, text.n);
    return to + text.n;
}

char *image_make(struct sstore_str sid, const struct sstore_record *rec,
                 size_t *length)
{
    struct head head = { .magic = MAGIC,
                         .expires_ms = rec->expires_ms,
                         .sid = sid.n,
                         .data = rec->data.n,
                         .cookie = rec->cookie.n };
    size_t body_length = sid.n + rec->data.n + rec->cookie.n;
    char *bytes = malloc(sizeof head + body_length);

    if (!bytes)
        return NULL;
    append(append(append(bytes + sizeof head, sid), rec->data), rec->cookie);
    head.body_sum =
        sum_of((struct sstore_str){ bytes + sizeof head, body_length });
    head.head_sum = sum_of_head(&head);
    memcpy(bytes, &head, sizeof head);
    *length = sizeof head + body_length;
    return bytes;
}

/* No length is above the rest, so their sum does not wrap: a file or a value
 * is shorter than 2^62. */
static bool head_read(struct head *head, const char *bytes, uint64_t length)
{
    if (length < sizeof *head)
        return false;
    memcpy(head, bytes, sizeof *head);
    uint64_t rest = length - sizeof *head;
    return head->magic == MAGIC && head->head_sum == sum_of_head(head) &&
           head->sid <= rest && head->data <= rest && head->cookie <= rest &&
           head->sid + head->data + head->cookie == rest;
}

bool image_read(struct image *image, const char *bytes, size_t length)
{
    struct head head;

    if (!head_read(&head, bytes, length))
        return false;
    const char *body = bytes + sizeof head;
    *image = (struct image){
        .sid = { body, head.sid },
        .record = { .data = { body + head.sid, head.data },
                    .cookie = { body + head.sid + head.data, head.cookie },
                    .expires_ms = head.expires_ms },
    };
    return head.body_sum ==
           sum_of((struct sstore_str){ body, length - sizeof head });
}

bool image_expiry(int64_t *expires_ms, const char *bytes, uint64_t length)
{
    struct head head;

    if (!head_read(&head, bytes, length))
        return false;
    *expires_ms = head.expires_ms;
    return true;
}
