/* setcookie.c: the harness's own reader of Set-Cookie (RFC 6265bis, 5.6) */
#include "setcookie.h"
#include "base/must.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 6265bis: a longer value of an attribute is as if it were not there. */
#define ATTRIBUTE_VALUE_LIMIT 1024

/* Some 3000 years: beyond it nothing is told apart any more. */
#define MAX_AGE_LIMIT_S INT64_C(100000000000)

/* A stretch of the header. */
struct span {
    const char *from, *to;
};

static struct span trimmed(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (struct span){ from, to };
}

static char *span_copy(struct span span)
{
    char *copy = strndup(span.from, (size_t)(span.to - span.from));

    must(copy);
    return copy;
}

static void text_replace(char **to, const char *from)
{
    free(*to);
    *to = strdup(from);
    must(*to);
}

/* RFC 6265bis 5.6.2: digits with an optional minus, else it is ignored. */
static bool max_age_read(const char *text, int64_t *seconds)
{
    const char *digits = text + (*text == '-');
    int64_t sum = 0;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    for (; *digits; digits++)
        if (sum < MAX_AGE_LIMIT_S)
            sum = sum * 10 + (*digits - '0');
    *seconds = *text == '-' ? -sum : sum;
    return true;
}

/* The last of a name wins, as it does in a user agent. */
static void attribute_apply(struct set_cookie *cookie, const char *name,
                            const char *value)
{
    if (strlen(value) > ATTRIBUTE_VALUE_LIMIT)
        return;
    if (strcasecmp(name, "Path") == 0)
        text_replace(&cookie->path, value);
    else if (strcasecmp(name, "Domain") == 0)
        text_replace(&cookie->domain, value);
    else if (strcasecmp(name, "SameSite") == 0)
        text_replace(&cookie->same_site, value);
    else if (strcasecmp(name, "Priority") == 0)
        text_replace(&cookie->priority, value);
    else if (strcasecmp(name, "HttpOnly") == 0)
        cookie->http_only = true;
    else if (strcasecmp(name, "Secure") == 0)
        cookie->secure = true;
    else if (strcasecmp(name, "Partitioned") == 0)
        cookie->partitioned = true;
    else if (strcasecmp(name, "Expires") == 0)
        cookie->has_expires = http_date_parse(value, &cookie->expires_ms);
    else if (strcasecmp(name, "Max-Age") == 0)
        cookie->has_max_age = max_age_read(value, &cookie->max_age_s);
}

static void attribute_add(struct set_cookie *cookie, struct span part)
{
    const char *equals = memchr(part.from, '=', (size_t)(part.to - part.from));
    struct set_cookie_attribute attribute = { NULL, NULL };

    attribute.name = span_copy(trimmed(part.from, equals ? equals : part.to));
    if (equals)
        attribute.value = span_copy(trimmed(equals + 1, part.to));
    cookie->attributes =
        realloc(cookie->attributes,
                (cookie->attribute_count + 1) * sizeof *cookie->attributes);
    must(cookie->attributes);
    cookie->attributes[cookie->attribute_count++] = attribute;
    attribute_apply(cookie, attribute.name,
                    attribute.value ? attribute.value : "");
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

bool set_cookie_parse(struct set_cookie *cookie, const char *header)
{
    const char *end = header + strcspn(header, ";");
    const char *equals = memchr(header, '=', (size_t)(end - header));
    struct span name = { header, header };
    struct span value = trimmed(equals ? equals + 1 : header, end);

    memset(cookie, 0, sizeof *cookie);
    if (equals)
        name = trimmed(header, equals);
    if (has_control(header) || (name.from == name.to && value.from == value.to))
        return false;
    cookie->name = span_copy(name);
    cookie->value = span_copy(value);
    while (*end == ';') {
        const char *from = end + 1;
        struct span part;
        end = from + strcspn(from, ";");
        part = trimmed(from, end);
        if (part.from < part.to)
            attribute_add(cookie, part);
    }
    return true;
}

void set_cookie_clear(struct set_cookie *cookie)
{
    for (size_t i = 0; i < cookie->attribute_count; i++) {
        free(cookie->attributes[i].name);
        free(cookie->attributes[i].value);
    }
    free(cookie->attributes);
    free(cookie->name);
    free(cookie->value);
    free(cookie->path);
    free(cookie->domain);
    free(cookie->same_site);
    free(cookie->priority);
    memset(cookie, 0, sizeof *cookie);
}

const struct set_cookie_attribute *
set_cookie_attribute(const struct set_cookie *cookie, const char *name)
{
    for (size_t i = cookie->attribute_count; i-- > 0;)
        if (strcasecmp(cookie->attributes[i].name, name) == 0)
            return &cookie->attributes[i];
    return NULL;
}

/* Days from 1970-01-01, in the proleptic Gregorian calendar. */
static int64_t days_from_date(int year, int month, int day)
{
    /* Counted from March, so that the leap day is a year's last. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = (month + 9) % 12;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
           719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* `count` digits, or -1. */
static int digits_read(const char *text, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        sum = sum * 10 + (text[i] - '0');
    }
    return sum;
}

/* The place of a three-letter name in a row of them, from 0, or -1. */
static int name_read(const char *text, const char *names)
{
    for (int i = 0; names[i * 3]; i++)
        if (memcmp(text, names + (size_t)i * 3, 3) == 0)
            return i;
    return -1;
}

bool http_date_parse(const char *text, int64_t *ms)
{
    static const char form[] = "ddd, nn mmm nnnn nn:nn:nn GMT";
    int weekday, day, month, year, hour, minute, second;
    int64_t days;

    if (strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i]; i++)
        if (!strchr("dnm", form[i]) && text[i] != form[i])
            return false;
    weekday = name_read(text, "SunMonTueWedThuFriSat");
    day = digits_read(text + 5, 2);
    month = name_read(text + 8, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
    year = digits_read(text + 12, 4);
    hour = digits_read(text + 17, 2);
    minute = digits_read(text + 20, 2);
    second = digits_read(text + 23, 2);
    if (weekday < 0 || month < 1 || year < 1 || day < 1 ||
        day > days_in_month(year, month) || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    days = days_from_date(year, month, day);
    if ((days % 7 + 7 + 4) % 7 != weekday) /* day 0 was a Thursday */
        return false;
    *ms = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
    return true;
}

char *cookie_header_value(const char *header, const char *name)
{
    size_t length = strlen(name);

    while (header && *header) {
        size_t size;

        header += strspn(header, "; ");
        size = strcspn(header, ";");
        if (size > length && header[length] == '=' &&
            strncmp(header, name, length) == 0)
            return strndup(header + length + 1, size - length - 1);
        header += size;
    }
    return NULL;
}
