/* server.c: the HTTP server on CivetWeb, the only file that says mg_ */
#include "server.h"

#include "must.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A body larger than this is refused; sessions of 1 MiB are to fit well. */
enum { LARGEST_BODY = 64 * 1024 * 1024 };

struct server {
    struct mg_context *context;
    struct server_options options;
    pthread_t starter; /* alone reads and writes these two: */
    char *error;       /* where CivetWeb's complaints go while it starts */
    size_t error_size;
    unsigned port; /* to be woken at, while it stops */
    atomic_bool stopped;
};

static int write_bytes(void *arg, const char *bytes, size_t length)
{
    return mg_write(arg, bytes, length) == (int)length ? 0 : -1;
}

/* The whole body, with a NUL behind it; NULL where it is cut short or too
 * large, with the status to answer. */
static char *read_body(struct mg_connection *connection, size_t *length,
                       int *status)
{
    long long declared = mg_get_request_info(connection)->content_length;
    size_t capacity = 0;
    char *body = NULL;
    int got;

    *length = 0;
    *status = 413;
    if (declared > LARGEST_BODY)
        return NULL;
    do {
        if (*length + 1 >= capacity) {
            capacity = capacity ? capacity * 2
                                : (declared > 0 ? (size_t)declared + 2 : 1024);
            body = must_have(realloc(body, capacity));
        }
        got = mg_read(connection, body + *length, capacity - *length - 1);
        if (got > 0)
            *length += (size_t)got;
    } while (got > 0 && *length <= LARGEST_BODY);
    if (*length <= LARGEST_BODY)
        *status = 400;
    if (got < 0 || *length > LARGEST_BODY ||
        (declared > 0 && *length != (size_t)declared)) {
        free(body);
        return NULL;
    }
    body[*length] = '\0';
    return body;
}

static void refuse(struct response *response, int status, const char *text)
{
    char body[160];
    int length =
        snprintf(body, sizeof body,
                 "{\"error\":{\"name\":\"Error\",\"message\":\"%s\"}}", text);

    response->status = status;
    response_add_header(response, "Content-Type", "application/json");
    response_end(response, body, (size_t)length);
}

static void serve(struct server *server, struct mg_connection *connection,
                  const struct mg_request_info *info, struct response *response)
{
    struct request_header headers[MG_MAX_HEADERS];
    struct request request = { .method = info->request_method,
                               .target = info->request_uri,
                               .query = info->query_string,
                               .headers = headers,
                               .header_count = (size_t)info->num_headers,
                               .tls = info->is_ssl };
    int status;
    char *body = read_body(connection, &request.body_length, &status);

    for (int i = 0; i < info->num_headers; i++)
        headers[i] = (struct request_header){ info->http_headers[i].name,
                                              info->http_headers[i].value };
    request.body = body;
    if (body)
        server->options.handler(server->options.arg, &request, response);
    else
        refuse(response, status,
               status == 413 ? "the body is too large"
                             : "the body was cut short");
    free(body);
}

static int begin_request(struct mg_connection *connection)
{
    const struct mg_request_info *info = mg_get_request_info(connection);
    struct server *server = info->user_data;
    struct response response;
    int status;

    response_init(&response, strcasecmp(info->request_method, "HEAD") == 0,
                  write_bytes, connection);
    serve(server, connection, info, &response);
    if (response.gone)
        mg_disable_connection_keep_alive(connection);
    status = response.status;
    response_clear(&response);
    return status;
}

/* Why it does not start is said to the thread that starts it; what its other
 * threads say later is nothing that anybody waits for. */
static int log_message(const struct mg_connection *connection,
                       const char *message)
{
    struct server *server = mg_get_user_data(mg_get_context(connection));

    if (server && pthread_equal(pthread_self(), server->starter) &&
        server->error)
        snprintf(server->error, server->error_size, "%s", message);
    return 1;
}

static struct mg_context *start(struct server *server)
{
    const struct server_options *options = &server->options;
    const struct mg_callbacks callbacks = { .begin_request = begin_request,
                                            .log_message = log_message };
    char ports[64], threads[16];
    const char *settings[] = {
        "listening_ports",
        ports,
        "num_threads",
        threads,
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        "60000",
        "request_timeout_ms",
        "60000",
        "tcp_nodelay",
        "1",
        "listen_backlog",
        "1024",
        "connection_queue",
        "1024",
        "decode_url",
        "no", /* else the request target is decoded in place */
        "enable_auth_domain_check",
        "no", /* else absolute forms are refused */
        options->certificate ? "ssl_certificate" : NULL,
        options->certificate,
        NULL
    };

    snprintf(threads, sizeof threads, "%u", options->threads);
    snprintf(ports, sizeof ports,
             options->certificate ? "127.0.0.1:%u,127.0.0.1:%us"
                                  : "127.0.0.1:%u",
             options->port, options->tls_port);
    return mg_start(&callbacks, server, settings);
}

/* CivetWeb 1.15 calls it as the first TLS connection comes, found or not:
 * compat/libssl.c has it. */
bool server_has_tls(void)
{
#if CIVETWEB_VERSION_MAJOR == 1 && CIVETWEB_VERSION_MINOR < 16
    void *all = dlopen(NULL, RTLD_LAZY);
    bool has = all && dlsym(all, "SSL_get_peer_certificate") != NULL;

    if (all)
        dlclose(all);
    return has;
#else
    return true;
#endif
}

struct server *server_start(const struct server_options *options, char *error,
                            size_t size)
{
    struct server *server = must_have(calloc(1, sizeof *server));

    server->options = *options;
    server->starter = pthread_self();
    server->error = error;
    server->error_size = size;
    snprintf(error, size, "CivetWeb does not start");
    mg_init_library(MG_FEATURES_DEFAULT | MG_FEATURES_TLS);
    server->context = start(server);
    server->error = NULL;
    if (server->context)
        return server;
    mg_exit_library();
    free(server);
    return NULL;
}

unsigned server_port(const struct server *server, bool tls)
{
    struct mg_server_port ports[2] = { { 0 } };
    int count = mg_get_server_ports(server->context, 2, ports);

    for (int i = 0; i < count; i++) {
        if (!ports[i].is_ssl == !tls)
            return (unsigned)ports[i].port;
    }
    return 0;
}

/* CivetWeb 1.15 looks at its stop flag when a connection comes, else every
 * two seconds: connections come until it has stopped. */
static void *wake(void *arg)
{
    struct server *server = arg;
    const struct timespec between = { 0, 10 * 1000000 };
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port =
                                             htons((uint16_t)server->port),
                                         .sin_addr.s_addr =
                                             htonl(INADDR_LOOPBACK) };

    while (!atomic_load(&server->stopped)) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        if (fd >= 0) {
            connect(fd, (const struct sockaddr *)&address, sizeof address);
            close(fd);
        }
        nanosleep(&between, NULL);
    }
    return NULL;
}

void server_stop(struct server *server)
{
    pthread_t waker;
    bool woken;

    if (!server)
        return;
    server->port = server_port(server, false);
    woken = pthread_create(&waker, NULL, wake, server) == 0;
    mg_stop(server->context);
    atomic_store(&server->stopped, true);
    if (woken)
        pthread_join(waker, NULL);
    mg_exit_library();
    free(server);
}
