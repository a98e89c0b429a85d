/* exec_session.c: a session that a store's program gave back, as a record */
#include "exec_session.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 17 digits say which double it is. */
static char *json_text(const json_t *value)
{
    return json_dumps(value,
                      JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
}

int session_give(json_t *session, struct sstore_str sid, sstore_row_fn *row,
                 void *arg)
{
    json_t *cookie = json_incref(json_object_get(session, "cookie"));
    const char *expires = json_string_value(json_object_get(cookie, "expires"));
    struct sstore_record record = { .expires_ms = expires
                                                      ? session_time(expires)
                                                      : SSTORE_NEVER };
    char *cookie_text = cookie ? json_text(cookie) : NULL;
    int result = -1;

    json_object_del(session, "cookie");
    char *data = json_text(session);
    if (data && (cookie_text || !cookie)) {
        record.data = (struct sstore_str){ data, strlen(data) };
        if (cookie_text)
            record.cookie =
                (struct sstore_str){ cookie_text, strlen(cookie_text) };
        result = row(arg, sid, &record) != 0;
    }
    free(data);
    free(cookie_text);
    json_decref(cookie);
    return result;
}

/* ---- Dates -------------------------------------------------------------- */

#define DAY_MS INT64_C(86400000)

/* From 1970-01-01, in the Gregorian calendar: its years begin in March here,
 * so that a leap day is the last of its year. */
static int64_t days_until(int64_t year, int64_t month, int64_t day)
{
    int64_t from_march = (month + 9) % 12;
    int64_t era;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year -= era * 400;
    return era * 146097 + year * 365 + year / 4 - year / 100 +
           (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

int64_t session_time(const char *text)
{
    int year, month, day, hour, minute, second, ms, end = 0;
    bool is_early = *text == '-';

    if (is_early || *text == '+')
        text++;
    if (sscanf(text, "%6d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day,
               &hour, &minute, &second, &ms, &end) != 7 ||
        end == 0 || text[end])
        return SSTORE_NEVER;
    return days_until(is_early ? -year : year, month, day) * DAY_MS +
           ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + ms;
}
