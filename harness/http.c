/* http.c: one HTTP exchange over libcurl, on connections that stay open
 *
 * An easy handle keeps its own connections, so a client is an easy handle and
 * the pool a list of those that nobody uses now.
 */
#include "http.h"
#include "base/must.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A reply beyond these ends as HTTP_RESET: the target is not to be trusted. */
#define HTTP_BODY_LIMIT   ((size_t)64 << 20)
#define HTTP_HEADER_LIMIT 4096 /* how many */

/* Node closes a connection that was idle for 5 s; a request that crosses such
 * a close would look like a reset. */
#define HTTP_IDLE_LIMIT_S 2L

#define HTTP_CONNECT_TIMEOUT_MS 5000L
#define HTTP_HURRY_MS           1000

struct http_pool {
    pthread_mutex_t lock;
    struct http_client *idle;
    size_t taken;      /* clients that somebody has */
    atomic_uint epoch; /* raised when the open connections are dropped */
    atomic_bool hurry;
};

struct http_client {
    struct http_client *next; /* in the pool's idle list */
    struct http_pool *pool;
    unsigned epoch; /* of its connections */
    CURL *easy;
    unsigned sent; /* attempts of the exchange under way */
};

/* What the callbacks of one exchange fill. */
struct exchange {
    struct http_client *client;
    const struct http_request *request;
    struct http_reply *reply;
    size_t body_capacity;
    bool informational; /* the head that comes is a 1xx's */
    bool head_done;     /* what follows are trailers */
    bool head_only;     /* nothing does; see set_request */
    const char *too_long;
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* libcurl sends a request again, unasked, where a reused connection ends
 * without an answer. A request that changes sessions must not run twice, so
 * the second attempt is refused here (there is no option for it, 7.88). */
static int on_send(void *arg, char *remote, char *local, int remote_port,
                   int local_port)
{
    struct exchange *exchange = arg;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    exchange->client->sent++;
    return exchange->client->sent == 1 ? CURL_PREREQFUNC_OK
                                       : CURL_PREREQFUNC_ABORT;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c,
                       curl_off_t d)
{
    struct exchange *exchange = arg;

    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&exchange->client->pool->hurry) &&
           now_s() - exchange->reply->started > HTTP_HURRY_MS / 1e3;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    struct http_reply *reply = exchange->reply;
    size_t length = size * count;

    if (length > HTTP_BODY_LIMIT - reply->body_length) {
        exchange->too_long = "the body is too long";
        return 0;
    }
    if (reply->body_length + length + 1 > exchange->body_capacity) {
        size_t capacity = 2 * (reply->body_length + length + 1);
        reply->body = realloc(reply->body, capacity);
        must(reply->body);
        exchange->body_capacity = capacity;
    }
    memcpy(reply->body + reply->body_length, bytes, length);
    reply->body_length += length;
    reply->body[reply->body_length] = '\0';
    return length;
}

static void header_line_add(struct http_headers *headers, char *line)
{
    char *colon = strchr(line, ':');
    char *end = line + strlen(line);

    while (end > line && strchr("\r\n \t", end[-1]))
        *--end = '\0';
    if (!colon || colon >= end + 1 || colon == line)
        return;
    *colon = '\0';
    http_headers_add(headers, line, colon + 1 + strspn(colon + 1, " \t"));
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    struct http_headers *headers = &exchange->reply->headers;
    size_t length = size * count;

    if (headers->count >= HTTP_HEADER_LIMIT) {
        exchange->too_long = "there are too many headers";
        return 0;
    }
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) { /* after a 100 too */
        http_headers_clear(headers);
        exchange->head_done = false;
        exchange->informational = length > 9 && bytes[9] == '1';
    } else if (length <= 2 && !exchange->informational) {
        if (!exchange->head_done && exchange->request->on_head)
            exchange->request->on_head(exchange->request->on_head_arg);
        exchange->head_done = true;
        if (exchange->head_only)
            return 0;
    } else if (!exchange->head_done) {
        char *line = strndup(bytes, length);
        must(line);
        header_line_add(headers, line);
        free(line);
    }
    return length;
}

static struct curl_slist *list_add(struct curl_slist *list, const char *name,
                                   const char *value)
{
    size_t size = strlen(name) + strlen(value) + sizeof ": ";
    char *line = malloc(size);
    struct curl_slist *longer;

    must(line);
    /* libcurl's notation: "Name;" sends an empty one, "Name:" none at all. */
    if (value[strspn(value, " \t")] == '\0')
        snprintf(line, size, "%s;", name);
    else
        snprintf(line, size, "%s: %s", name, value);
    longer = curl_slist_append(list, line);
    must(longer);
    free(line);
    return longer;
}

/* What was asked for, and the removal of what libcurl would add. */
static struct curl_slist *list_from(const struct http_headers *headers)
{
    static const char *const unwanted[] = { "Expect", "Content-Type" };
    struct curl_slist *list = NULL;

    for (size_t i = 0; headers && i < headers->count; i++)
        list = list_add(list, headers->list[i].name, headers->list[i].value);
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
        char line[32];
        if (headers && http_headers_get(headers, unwanted[i]))
            continue;
        snprintf(line, sizeof line, "%s:", unwanted[i]);
        list = curl_slist_append(list, line);
        must(list);
    }
    return list;
}

static void set_request(CURL *easy, const struct http_request *request,
                        const struct curl_slist *list)
{
    long connect_ms = request->timeout_ms < HTTP_CONNECT_TIMEOUT_MS
                          ? request->timeout_ms
                          : HTTP_CONNECT_TIMEOUT_MS;

    curl_easy_setopt(easy, CURLOPT_URL, request->base);
    curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, request->target);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    /* With a body of its own libcurl cannot HEAD (7.88): on_header ends such
     * an exchange, at the price of the connection. */
    if (strcmp(request->method, "HEAD") == 0 && !request->body)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
}

static void set_manners(CURL *easy, struct exchange *exchange)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, HTTP_IDLE_LIMIT_S);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->reply->error);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, exchange);
}

/* Before the request was sent nothing can have happened to the answer. */
static enum http_transport transport_of(CURLcode code, unsigned sent)
{
    if (code == CURLE_OK)
        return HTTP_OK;
    if (sent == 0)
        return HTTP_REFUSED;
    if (sent > 1) /* the refused second attempt */
        return HTTP_RESET;
    return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK
               ? HTTP_TIMEOUT
               : HTTP_RESET;
}

static void explain(struct http_reply *reply, CURLcode code, unsigned sent,
                    const char *too_long)
{
    const char *words = too_long ? too_long : curl_easy_strerror(code);

    if (sent > 1)
        words = "the connection was closed without an answer";
    if (too_long || sent > 1 || !reply->error[0])
        snprintf(reply->error, sizeof reply->error, "%s", words);
}

void http_send(struct http_client *client, const struct http_request *request,
               struct http_reply *reply)
{
    struct exchange exchange = {
        .client = client,
        .request = request,
        .reply = reply,
        .head_only = request->body && strcmp(request->method, "HEAD") == 0
    };
    struct curl_slist *list = list_from(request->headers);
    unsigned epoch = atomic_load(&client->pool->epoch);
    CURLcode code;

    http_reply_clear(reply);
    reply->body = calloc(1, 1);
    must(reply->body);
    exchange.body_capacity = 1;
    client->sent = 0;

    curl_easy_reset(client->easy); /* keeps the connections */
    set_manners(client->easy, &exchange);
    set_request(client->easy, request, list);
    if (client->epoch != epoch)
        curl_easy_setopt(client->easy, CURLOPT_FRESH_CONNECT, 1L);
    client->epoch = epoch;

    reply->started = now_s();
    code = curl_easy_perform(client->easy);
    if (exchange.head_only && exchange.head_done)
        code = CURLE_OK;
    reply->ended = now_s();

    reply->transport = transport_of(code, client->sent);
    curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &reply->status);
    if (reply->transport == HTTP_OK)
        reply->error[0] = '\0';
    else
        explain(reply, code, client->sent, exchange.too_long);
    curl_easy_setopt(client->easy, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(list);
}

void http_reply_clear(struct http_reply *reply)
{
    http_headers_clear(&reply->headers);
    free(reply->body);
    memset(reply, 0, sizeof *reply);
}

void http_headers_add(struct http_headers *headers, const char *name,
                      const char *value)
{
    struct http_header *header;

    if (headers->count == headers->capacity) {
        headers->capacity = headers->capacity ? 2 * headers->capacity : 8;
        headers->list =
            realloc(headers->list, headers->capacity * sizeof *headers->list);
        must(headers->list);
    }
    header = &headers->list[headers->count++];
    header->name = strdup(name);
    header->value = strdup(value);
    must(header->name && header->value);
}

const char *http_headers_get(const struct http_headers *headers,
                             const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->list[i].name, name) == 0)
            return headers->list[i].value;
    return NULL;
}

void http_headers_clear(struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->list[i].name);
        free(headers->list[i].value);
    }
    free(headers->list);
    memset(headers, 0, sizeof *headers);
}

struct http_pool *http_pool_new(void)
{
    struct http_pool *pool = calloc(1, sizeof *pool);

    must(pool);
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    pthread_mutex_init(&pool->lock, NULL);
    atomic_init(&pool->epoch, 0);
    atomic_init(&pool->hurry, false);
    return pool;
}

void http_pool_free(struct http_pool *pool)
{
    must(pool->taken == 0);
    while (pool->idle) {
        struct http_client *client = pool->idle;
        pool->idle = client->next;
        curl_easy_cleanup(client->easy);
        free(client);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    curl_global_cleanup();
}

struct http_client *http_pool_take(struct http_pool *pool)
{
    struct http_client *client;

    pthread_mutex_lock(&pool->lock);
    client = pool->idle;
    if (client)
        pool->idle = client->next;
    pool->taken++;
    pthread_mutex_unlock(&pool->lock);
    if (client)
        return client;
    client = calloc(1, sizeof *client);
    must(client);
    client->pool = pool;
    client->epoch = atomic_load(&pool->epoch);
    client->easy = curl_easy_init();
    must(client->easy);
    return client;
}

void http_pool_give(struct http_pool *pool, struct http_client *client)
{
    must(client->pool == pool);
    pthread_mutex_lock(&pool->lock);
    client->next = pool->idle;
    pool->idle = client;
    pool->taken--;
    pthread_mutex_unlock(&pool->lock);
}

void http_pool_forget(struct http_pool *pool)
{
    atomic_fetch_add(&pool->epoch, 1);
}

void http_pool_hurry(struct http_pool *pool)
{
    atomic_store(&pool->hurry, true);
}
