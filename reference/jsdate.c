/* jsdate.c: JavaScript's Date to text and back */
#include "jsdate.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR   (60 * MS_PER_MINUTE)
#define MS_PER_DAY    (24 * MS_PER_HOUR)

static const char weekdays[7][4] = { "Sun", "Mon", "Tue", "Wed",
                                     "Thu", "Fri", "Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* A point of the proleptic Gregorian calendar, in whatever zone. */
struct civil {
    int64_t year;
    int month, day; /* both from 1 */
    int hour, minute, second, ms;
};

/* ---- The calendar ------------------------------------------------------- */

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* From 1970-01-01 to the year's first of January. */
static int64_t year_days(int64_t year)
{
    int64_t past = year - 1;
    return 365 * (year - 1970) + (floor_div(past, 4) - 1969 / 4) -
           (floor_div(past, 100) - 1969 / 100) +
           (floor_div(past, 400) - 1969 / 400);
}

static int month_length(int64_t year, int month)
{
    static const int lengths[12] = { 31, 28, 31, 30, 31, 30,
                                     31, 31, 30, 31, 30, 31 };
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

static int64_t civil_ms(const struct civil *civil)
{
    int64_t days = year_days(civil->year) + civil->day - 1;

    for (int month = 1; month < civil->month; month++)
        days += month_length(civil->year, month);
    return days * MS_PER_DAY + civil->hour * MS_PER_HOUR +
           civil->minute * MS_PER_MINUTE + civil->second * MS_PER_SECOND +
           civil->ms;
}

static struct civil civil_of(int64_t ms)
{
    struct civil civil;
    int64_t days = floor_div(ms, MS_PER_DAY);
    int64_t rest = ms - days * MS_PER_DAY;

    /* Never too late, and by a year too early at most: 366 is the longest. */
    civil.year = 1970 + floor_div(days * 400, 146097) - 1;
    while (year_days(civil.year + 1) <= days)
        civil.year++;
    days -= year_days(civil.year);
    for (civil.month = 1; days >= month_length(civil.year, civil.month);
         civil.month++)
        days -= month_length(civil.year, civil.month);
    civil.day = (int)days + 1;
    civil.hour = (int)(rest / MS_PER_HOUR);
    civil.minute = (int)(rest / MS_PER_MINUTE % 60);
    civil.second = (int)(rest / MS_PER_SECOND % 60);
    civil.ms = (int)(rest % MS_PER_SECOND);
    return civil;
}

/* ---- To text ------------------------------------------------------------ */

/* False for what no Date can be. */
static bool date_ms(double value, int64_t *ms)
{
    if (!(fabs(value) <= JSDATE_MAX))
        return false;
    *ms = (int64_t)value;
    return true;
}

bool jsdate_iso(double value, char text[static JSDATE_ISO_SIZE])
{
    int64_t ms;

    text[0] = '\0';
    if (!date_ms(value, &ms))
        return false;

    struct civil civil = civil_of(ms);
    bool four = civil.year >= 0 && civil.year <= 9999;
    const char *sign = civil.year < 0 ? "-" : "+";
    snprintf(text, JSDATE_ISO_SIZE, "%s%0*d-%02d-%02dT%02d:%02d:%02d.%03dZ",
             four ? "" : sign, four ? 4 : 6, abs((int)civil.year), civil.month,
             civil.day, civil.hour, civil.minute, civil.second, civil.ms);
    return true;
}

bool jsdate_http(double value, char text[static JSDATE_HTTP_SIZE])
{
    int64_t ms;

    text[0] = '\0';
    if (!date_ms(value, &ms))
        return false;

    struct civil civil = civil_of(ms);
    int64_t day = floor_div(ms, MS_PER_DAY) + 4; /* 1970 began on a Thursday */
    snprintf(text, JSDATE_HTTP_SIZE, "%s, %02d %s %s%04d %02d:%02d:%02d GMT",
             weekdays[day - floor_div(day, 7) * 7], civil.day,
             months[civil.month - 1], civil.year < 0 ? "-" : "",
             abs((int)civil.year), civil.hour, civil.minute, civil.second);
    return true;
}

/* ---- Reading: small parts ----------------------------------------------- */

/* Each moves *at past what it took, and leaves it where it took nothing. */

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool take_digits(const char **at, int least, int most, int *number)
{
    int count = 0, value = 0;

    while (count < most && isdigit((unsigned char)(*at)[count]))
        value = value * 10 + ((*at)[count++] - '0');
    if (count < least || isdigit((unsigned char)(*at)[count]))
        return false;
    *at += count;
    *number = value;
    return true;
}

static size_t word_length(const char *at)
{
    size_t length = 0;
    while (isalpha((unsigned char)at[length]))
        length++;
    return length;
}

static bool same_letters(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
            return false;
    return true;
}

/* Three letters tell a month; more are not looked at. */
static bool take_month(const char **at, int *month)
{
    size_t length = word_length(*at);

    for (int i = 0; length >= 3 && i < 12; i++) {
        if (same_letters(*at, months[i], 3)) {
            *at += length;
            *month = i + 1;
            return true;
        }
    }
    return false;
}

static void skip_blanks(const char **at)
{
    while (take(at, ' '))
        ;
}

/* ":ss" and its ".sss", of which three digits count. */
static bool take_seconds(const char **at, struct civil *civil)
{
    if (!take(at, ':'))
        return true;
    if (!take_digits(at, 2, 2, &civil->second))
        return false;
    if (!take(at, '.'))
        return true;

    int unit = 100;
    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); ++*at, unit /= 10)
        civil->ms += (**at - '0') * unit;
    return true;
}

/* "hh:mm", "hh:mm:ss", "hh:mm:ss.sss"; 24:00 is the day's end. */
static bool take_time(const char **at, struct civil *civil)
{
    if (!take_digits(at, 2, 2, &civil->hour) || !take(at, ':') ||
        !take_digits(at, 2, 2, &civil->minute) || !take_seconds(at, civil))
        return false;
    if (civil->hour == 24)
        return civil->minute == 0 && civil->second == 0 && civil->ms == 0;
    return civil->hour < 24 && civil->minute < 60 && civil->second < 60;
}

/* ---- Reading: zones ----------------------------------------------------- */

struct zone {
    bool local;
    int minutes; /* east of UTC */
};

/* "+hh:mm" and "+hhmm"; where `lenient` also "+h", "+hh" and "+hmm", and any
 * number of hours. */
static bool take_offset(const char **at, bool lenient, struct zone *zone)
{
    int sign = **at == '-' ? -1 : 1;
    int hours = 0, minutes = 0;

    if (!take(at, '+') && !take(at, '-'))
        return false;

    const char *digits = *at;
    if (!take_digits(at, lenient ? 1 : 2, 4, &hours))
        return false;
    long count = *at - digits;
    if (count > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (take(at, ':')) {
        if (!take_digits(at, 2, 2, &minutes))
            return false;
    } else if (!lenient) {
        return false;
    }
    if (!lenient && (count == 3 || hours > 23 || minutes > 59))
        return false;
    zone->local = false;
    zone->minutes = sign * (hours * 60 + minutes);
    return true;
}

/* How far local time is ahead of UTC then, in ms. */
static int64_t local_offset(int64_t utc_ms)
{
    time_t seconds = (time_t)floor_div(utc_ms, MS_PER_SECOND);
    struct tm tm;

    if (!localtime_r(&seconds, &tm))
        return 0;
    struct civil civil = {
        .year = (int64_t)tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
    };
    return civil_ms(&civil) - seconds * MS_PER_SECOND;
}

/* A local time that a change of the clocks skips, or gives twice, is read by
 * the offset before the change. */
static int64_t local_to_utc(int64_t local_ms)
{
    int64_t before = local_offset(local_ms - MS_PER_DAY);
    int64_t after = local_offset(local_ms + MS_PER_DAY);

    if (local_offset(local_ms - before) != before &&
        local_offset(local_ms - after) == after)
        return local_ms - after;
    return local_ms - before;
}

/* ---- Reading: the formats ----------------------------------------------- */

static double civil_time(const struct civil *civil, const struct zone *zone)
{
    int64_t ms = civil_ms(civil);

    /* A day more than a Date can be, so that a zone can bring it back. */
    if (fabs((double)ms) > JSDATE_MAX + 100.0 * (double)MS_PER_HOUR)
        return NAN;
    ms = zone->local ? local_to_utc(ms) : ms - zone->minutes * MS_PER_MINUTE;
    return fabs((double)ms) <= JSDATE_MAX ? (double)ms : NAN;
}

static bool take_iso_year(const char **at, int64_t *year)
{
    bool negative = **at == '-';
    int number;

    if (take(at, '+') || take(at, '-')) {
        if (!take_digits(at, 6, 6, &number) || (negative && number == 0))
            return false;
    } else if (!take_digits(at, 4, 4, &number)) {
        return false;
    }
    *year = negative ? -(int64_t)number : number;
    return true;
}

/* ECMAScript's own: "2020", "2020-02", "2020-02-03", each with or without
 * "T10:20", and that with or without "Z" or "+01:00". Also with a blank for
 * the T, where a date must be whole, as V8 has it. */
static bool read_iso(const char *at, struct civil *civil, struct zone *zone)
{
    int parts = 1;

    if (!take_iso_year(&at, &civil->year))
        return false;
    if (take(&at, '-')) {
        if (!take_digits(&at, 2, 2, &civil->month))
            return false;
        parts++;
        if (take(&at, '-')) {
            if (!take_digits(&at, 2, 2, &civil->day))
                return false;
            parts++;
        }
    }
    if (*at == '\0')
        return true; /* a date alone is UTC */

    if (!take(&at, 'T') && !take(&at, 't') && !(parts == 3 && take(&at, ' ')))
        return false;
    if (!take_time(&at, civil))
        return false;
    if (*at == '\0')
        zone->local = true;
    else if (!take(&at, 'Z') && !take(&at, 'z') &&
             !take_offset(&at, false, zone))
        return false;
    return *at == '\0';
}

/* What may stand between day, month and year. */
static void skip_gap(const char **at)
{
    if (take(at, '-'))
        return;
    while (take(at, ' ') || take(at, ','))
        ;
}

/* "01 Jan 1970" or "Jan 01 1970", with or without a weekday before it, which
 * may be any word. */
static bool take_date(const char **at, struct civil *civil)
{
    int year;

    bool month_first = take_month(at, &civil->month);
    if (!month_first && word_length(*at) > 0) {
        *at += word_length(*at);
        skip_gap(at);
        month_first = take_month(at, &civil->month);
    }
    if (month_first)
        skip_gap(at);
    if (!take_digits(at, 1, 2, &civil->day))
        return false;
    skip_gap(at);
    if (!month_first) {
        if (!take_month(at, &civil->month))
            return false;
        skip_gap(at);
    }
    if (!take_digits(at, 1, 6, &year))
        return false;
    civil->year = year < 50 ? 2000 + year : year < 100 ? 1900 + year : year;
    return true;
}

/* "GMT", "UTC", "UT", "Z", each with or without an offset behind it, or an
 * offset alone, or nothing, which is local time. */
static bool take_zone(const char **at, struct zone *zone)
{
    static const char *const names[] = { "GMT", "UTC", "UT", "Z" };
    size_t length = word_length(*at);

    zone->local = length == 0;
    for (size_t i = 0; length > 0; i++) {
        if (i == sizeof names / sizeof *names)
            return false;
        if (strlen(names[i]) == length && same_letters(*at, names[i], length))
            break;
    }
    *at += length;
    skip_blanks(at);
    return (**at != '+' && **at != '-') || take_offset(at, true, zone);
}

/* A zone's name in brackets, which says nothing new, ends the text. */
static bool is_remark(const char *at)
{
    const char *close = strchr(at, ')');
    return *at == '(' && (!close || close[1] == '\0');
}

/* The texts of toUTCString and toString, and what is near them. */
static bool read_http(const char *at, struct civil *civil, struct zone *zone)
{
    skip_blanks(&at);
    if (!take_date(&at, civil))
        return false;
    skip_blanks(&at);
    if (isdigit((unsigned char)*at) && !take_time(&at, civil))
        return false;
    skip_blanks(&at);
    if (!take_zone(&at, zone))
        return false;
    skip_blanks(&at);
    return *at == '\0' || is_remark(at);
}

double jsdate_parse(const char *text)
{
    static bool (*const formats[])(const char *, struct civil *,
                                   struct zone *) = { read_iso, read_http };

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct civil civil = { .month = 1, .day = 1 };
        struct zone zone = { .local = false };
        if (formats[i](text, &civil, &zone) && civil.month >= 1 &&
            civil.month <= 12 && civil.day >= 1 && civil.day <= 31)
            return civil_time(&civil, &zone);
    }
    return NAN;
}
