/* record.c: a session as stores keep it: data, cookie and expiry apart */
#include "record.h"

#include "cookie.h"
#include "jsjson.h"
#include "must.h"

json_t *record_join(const struct sstore_record *record)
{
    json_t *data = jsjson_parse(record->data.p, record->data.n, NULL);
    json_t *cookie, *session;

    if (!json_is_object(data) || record->cookie.n == 0)
        return data;
    cookie = jsjson_parse(record->cookie.p, record->cookie.n, NULL);
    session = must_have(json_object());
    if (cookie)
        json_object_set_new(session, "cookie", cookie);
    json_object_update(session, data);
    json_decref(data);
    return session;
}

struct sstore_record record_split(const json_t *session, char **data,
                                  char **cookie_text)
{
    const json_t *cookie = json_object_get(session, "cookie");
    struct sstore_record record = { .expires_ms =
                                        cookie_stored_expiry(cookie) };

    *data = json_is_object(session)
                ? jsjson_stringify_without(session, "cookie", &record.data.n)
                : jsjson_stringify(session, &record.data.n);
    *cookie_text = cookie ? jsjson_stringify(cookie, &record.cookie.n) : NULL;
    record.data.p = must_have(*data);
    record.cookie.p = *cookie_text ? *cookie_text : "";
    return record;
}
