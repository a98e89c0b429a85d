/* setcookie.h: the harness's own reader of Set-Cookie and of signatures
 *
 * A judge that shares the defendant's cookie code cannot find its faults, so
 * this is written from RFC 6265bis section 5.6 and cookie-signature's
 * documented format, and from nothing in reference/.
 */
#ifndef HARNESS_SETCOOKIE_H
#define HARNESS_SETCOOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set_cookie_attribute {
    char *name;  /* as sent */
    char *value; /* NULL where there is no `=` */
};

struct set_cookie {
    char *name, *value; /* as sent: the value still percent-encoded */
    struct set_cookie_attribute *attributes; /* all, in the order sent */
    size_t attribute_count;

    /* What a user agent finds in them: of several the last. Texts are as
     * sent, NULL where absent. */
    char *path, *domain, *same_site, *priority;
    bool http_only, secure, partitioned;
    bool has_expires; /* a readable Expires */
    int64_t expires_ms;
    bool has_max_age; /* a readable Max-Age, which outweighs Expires */
    int64_t max_age_s;
};

/* False, with nothing to clear, where it is no cookie at all: a control
 * character in it, or neither name nor value. A pair without `=` is a value
 * without a name. */
bool set_cookie_parse(struct set_cookie *cookie, const char *header);
void set_cookie_clear(struct set_cookie *cookie);
/* The last with that name in any case of letters, or NULL. */
const struct set_cookie_attribute *
set_cookie_attribute(const struct set_cookie *cookie, const char *name);

/* An HTTP date ("Sun, 22 Nov 2026 10:00:00 GMT") as Unix ms. Strict: what
 * RFC 9110's IMF-fixdate allows, since that is what has to be sent. */
bool http_date_parse(const char *text, int64_t *ms);

/* `%XX` undone; malformed escapes and %00 stay. The caller frees. */
char *percent_decode(const char *text);
/* As encodeURIComponent does it. The caller frees. */
char *percent_encode(const char *text);

/* The cookie value `s:SID.SIGNATURE` (not yet encoded) for a sid. `secret`
 * is bytes. The caller frees. */
char *signed_value(const char *sid, const void *secret, size_t secret_length);

/* Takes a Set-Cookie's or Cookie's value (percent-encoded or not) apart:
 * *sid is a fresh copy of what stands before the last dot; false where the
 * value is not `s:….…`. */
bool signed_value_sid(const char *value, char **sid);
bool signed_value_verify(const char *value, const void *secret,
                         size_t secret_length);

/* The value of the first cookie of that name in a Cookie header (which may be
 * NULL), as sent; NULL where there is none. The caller frees. */
char *cookie_header_value(const char *header, const char *name);

#endif
