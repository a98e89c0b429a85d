/* jar.c: a client's cookies, with RFC 6265bis matching and order */
#include "jar.h"
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 6265bis: a cookie whose name and value are longer is not kept. */
#define JAR_COOKIE_LIMIT 4096

struct jar_cookie {
    char *name, *value, *path, *scope;
    bool secure, expires;
    int64_t expires_ms;
};

/* The path of the URL alone: cases hand over a whole request target. */
static char *path_of(const char *request_path)
{
    const char *authority = strstr(request_path, "://");
    char *path;

    if (*request_path != '/' && authority)
        request_path = authority + 3 + strcspn(authority + 3, "/?#");
    path = strndup(request_path, strcspn(request_path, "?#"));
    must(path);
    return path;
}

/* RFC 6265bis 5.1.4. The caller frees. */
static char *default_path(const char *request_path)
{
    char *path = path_of(request_path);
    char *slash = strrchr(path, '/');

    if (*path != '/' || slash == path) {
        free(path);
        path = strdup("/");
        must(path);
    } else {
        *slash = '\0';
    }
    return path;
}

static bool path_matches(const char *cookie_path, const char *path)
{
    size_t length = strlen(cookie_path);

    if (strncmp(cookie_path, path, length) != 0)
        return false;
    return path[length] == '\0' || path[length] == '/' ||
           (length > 0 && cookie_path[length - 1] == '/');
}

static void cookie_clear(struct jar_cookie *cookie)
{
    free(cookie->name);
    free(cookie->value);
    free(cookie->path);
    free(cookie->scope);
}

static void jar_remove(struct jar *jar, size_t i)
{
    cookie_clear(&jar->list[i]);
    jar->count--;
    memmove(jar->list + i, jar->list + i + 1,
            (jar->count - i) * sizeof *jar->list);
}

static struct jar_cookie *jar_find(struct jar *jar, const char *name,
                                   const char *path, const char *scope)
{
    for (size_t i = 0; i < jar->count; i++)
        if (strcmp(jar->list[i].name, name) == 0 &&
            strcmp(jar->list[i].path, path) == 0 &&
            strcmp(jar->list[i].scope, scope) == 0)
            return &jar->list[i];
    return NULL;
}

static bool begins(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* RFC 6265bis 5.7, the steps about __Secure- and __Host-. */
static bool prefix_allows(const struct set_cookie *cookie)
{
    /* A value without a name would come back looking like the name. */
    const char *name = *cookie->name ? cookie->name : cookie->value;

    if (!begins(name, "__Secure-") && !begins(name, "__Host-"))
        return true;
    if (!*cookie->name || !cookie->secure)
        return false;
    return begins(name, "__Secure-") ||
           (!cookie->domain && cookie->path && strcmp(cookie->path, "/") == 0);
}

/* A plain connection may not hide a cookie that came over TLS. */
static bool shadows_secure(const struct jar *jar, const char *scope,
                           const char *path, const struct set_cookie *cookie)
{
    for (size_t i = 0; i < jar->count; i++) {
        const struct jar_cookie *other = &jar->list[i];
        if (other->secure && strcmp(other->name, cookie->name) == 0 &&
            strcmp(other->scope, scope) == 0 && path_matches(other->path, path))
            return true;
    }
    return false;
}

static char *copy(const char *text)
{
    char *fresh = strdup(text);

    must(fresh);
    return fresh;
}

static struct jar_cookie *jar_add(struct jar *jar)
{
    if (jar->count == jar->capacity) {
        jar->capacity = jar->capacity ? 2 * jar->capacity : 4;
        jar->list = realloc(jar->list, jar->capacity * sizeof *jar->list);
        must(jar->list);
    }
    memset(&jar->list[jar->count], 0, sizeof *jar->list);
    return &jar->list[jar->count++];
}

/* An old one keeps its place in the list, which is the order of creation. */
static void jar_put(struct jar *jar, const char *scope, const char *path,
                    const struct set_cookie *cookie, int64_t now_ms)
{
    struct jar_cookie *kept = jar_find(jar, cookie->name, path, scope);

    if (kept)
        cookie_clear(kept);
    else
        kept = jar_add(jar);
    kept->name = copy(cookie->name);
    kept->value = copy(cookie->value);
    kept->path = copy(path);
    kept->scope = copy(scope);
    kept->secure = cookie->secure;
    kept->expires = cookie->has_expires || cookie->has_max_age;
    kept->expires_ms = cookie->expires_ms;
    if (cookie->has_max_age)
        kept->expires_ms = cookie->max_age_s > 0
                               ? now_ms + cookie->max_age_s * 1000
                               : INT64_MIN;
}

/* At the very moment too, as browsers have it. */
static void jar_expire(struct jar *jar, int64_t now_ms)
{
    for (size_t i = jar->count; i-- > 0;)
        if (jar->list[i].expires && jar->list[i].expires_ms <= now_ms)
            jar_remove(jar, i);
}

void jar_store(struct jar *jar, const char *scope, const char *request_path,
               bool tls, const struct set_cookie *cookie, int64_t now_ms)
{
    char *path = cookie->path && *cookie->path == '/'
                     ? copy(cookie->path)
                     : default_path(request_path);
    bool refused =
        strlen(cookie->name) + strlen(cookie->value) > JAR_COOKIE_LIMIT ||
        (cookie->secure && !tls) || !prefix_allows(cookie) ||
        (!tls && shadows_secure(jar, scope, path, cookie));

    if (!refused) {
        jar_put(jar, scope, path, cookie, now_ms);
        jar_expire(jar, now_ms);
    }
    free(path);
}

static bool applies(const struct jar_cookie *cookie, const char *scope,
                    const char *path, bool tls)
{
    return strcmp(cookie->scope, scope) == 0 && (tls || !cookie->secure) &&
           path_matches(cookie->path, path);
}

/* Stable: longer paths first, and the older one of equals. */
static void insert_by_path(const struct jar_cookie **list, size_t count,
                           const struct jar_cookie *cookie)
{
    while (count > 0 && strlen(list[count - 1]->path) < strlen(cookie->path)) {
        list[count] = list[count - 1];
        count--;
    }
    list[count] = cookie;
}

static char *header_text(const struct jar_cookie *const *list, size_t count)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);

    must(to);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "%s%s%s%s", i ? "; " : "", list[i]->name,
                *list[i]->name ? "=" : "", list[i]->value);
    must(fclose(to) == 0);
    return text;
}

char *jar_header(struct jar *jar, const char *scope, const char *request_path,
                 bool tls, int64_t now_ms)
{
    char *path = path_of(request_path);
    const struct jar_cookie **list;
    size_t count = 0;
    char *header = NULL;

    jar_expire(jar, now_ms);
    list = calloc(jar->count + 1, sizeof *list);
    must(list);
    for (size_t i = 0; i < jar->count; i++)
        if (applies(&jar->list[i], scope, *path ? path : "/", tls))
            insert_by_path(list, count++, &jar->list[i]);
    if (count > 0)
        header = header_text(list, count);
    free(list);
    free(path);
    return header;
}

void jar_copy(struct jar *to, const struct jar *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct jar_cookie *fresh = jar_add(to);
        *fresh = from->list[i];
        fresh->name = copy(from->list[i].name);
        fresh->value = copy(from->list[i].value);
        fresh->path = copy(from->list[i].path);
        fresh->scope = copy(from->list[i].scope);
    }
}

void jar_clear(struct jar *jar)
{
    for (size_t i = 0; i < jar->count; i++)
        cookie_clear(&jar->list[i]);
    free(jar->list);
    memset(jar, 0, sizeof *jar);
}
