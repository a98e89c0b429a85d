/* main.c: sessionspec-server: the command line, the start and the end */
#include "apps.h"
#include "certificate.h"
#include "control.h"
#include "demo.h"
#include "handler.h"
#include "must.h"
#include "server.h"

#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    DEFAULT_THREADS = 256, /* connections served at once */
    MOST_THREADS = 4096,
    EXIT_USAGE = 2,
    EXIT_UNREACHABLE = 3
};

struct arguments {
    unsigned port, tls_port, threads;
    const char *store;
    bool demo;
};

struct service {
    struct apps *apps;
    struct demo *demo;    /* NULL without --demo */
    pthread_mutex_t lock; /* guards `about`, which a start completes */
    struct control_about about;
};

static void handle(void *arg, const struct request *request,
                   struct response *response)
{
    struct service *service = arg;
    struct control_about about;

    pthread_mutex_lock(&service->lock);
    about = service->about;
    pthread_mutex_unlock(&service->lock);
    if (control_is(request))
        control_run(service->apps, &about, request, response);
    else if (service->demo && demo_is(request))
        demo_run(service->demo, request, response);
    else
        handler_run(service->apps, request, response);
}

static const char help[] =
    "usage: sessionspec-server [--port N] [--tls-port N] [--threads N]\n"
    "                          [--store SPEC] [--demo]\n"
    "\n"
    "A session server that behaves as express-session 1.19.0 is documented\n"
    "to, and speaks sessionspec's probe protocol. Prints its URL as the first\n"
    "line, and ends with SIGTERM, or with the process that started it.\n"
    "\n"
    "  --port N      listen on 127.0.0.1:N; 0, the default, takes a free port\n"
    "  --tls-port N  likewise for TLS, with a certificate made at the start\n"
    "  --threads N   how many connections it serves at once (256)\n"
    "  --store SPEC  the store of apps that name none: memory (the default)\n"
    "  --demo        the documents' examples as pages, for a browser\n"
    "  --help        this text\n"
    "  --version     the version\n";

static unsigned read_number(const char *option, const char *text, unsigned most)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || number > most) {
        fprintf(stderr,
                "sessionspec-server: --%s takes a number up to %u, "
                "not \"%s\"\n",
                option, most, text);
        exit(EXIT_USAGE);
    }
    return (unsigned)number;
}

static struct arguments read_arguments(int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },
        { "tls-port", required_argument, NULL, 'l' },
        { "threads", required_argument, NULL, 't' },
        { "store", required_argument, NULL, 's' },
        { "demo", no_argument, NULL, 'd' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { NULL, 0, NULL, 0 }
    };
    struct arguments arguments = { .threads = DEFAULT_THREADS };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            arguments.port = read_number("port", optarg, 65535);
            break;
        case 'l':
            arguments.tls_port = read_number("tls-port", optarg, 65535);
            break;
        case 't':
            arguments.threads = read_number("threads", optarg, MOST_THREADS);
            break;
        case 's':
            arguments.store = optarg;
            break;
        case 'd':
            arguments.demo = true;
            break;
        case 'h':
            fputs(help, stdout);
            exit(EXIT_SUCCESS);
        case 'v':
            puts("sessionspec-server " SESSIONSPEC_VERSION);
            exit(EXIT_SUCCESS);
        default:
            fputs(help, stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "sessionspec-server: what is \"%s\"?\n", argv[optind]);
        exit(EXIT_USAGE);
    }
    return arguments;
}

/* A store that cannot be opened is told now, not at the first PUT. */
static void try_store(const char *spec)
{
    struct js_error error;
    struct backing *backing = backing_open(spec, "start", &error);

    if (!backing) {
        fprintf(stderr, "sessionspec-server: store %s: %s\n", spec,
                error.message);
        exit(EXIT_UNREACHABLE);
    }
    backing_release(backing);
}

static struct demo *start_demo(struct apps *apps)
{
    struct js_error error;
    struct demo *demo = demo_new(apps, &error);

    if (!demo) {
        fprintf(stderr, "sessionspec-server: --demo: %s\n", error.message);
        exit(EXIT_UNREACHABLE);
    }
    return demo;
}

/* Until SIGTERM or SIGINT, or until the process that started us is gone. */
static void await_end(const sigset_t *signals, pid_t starter)
{
    const struct timespec look = { 0, 250 * 1000000 };

    while (sigtimedwait(signals, NULL, &look) < 0 && getppid() == starter)
        ;
}

/* With a certificate that is gone from the disk once it has been read. */
static struct server *start(struct server_options *options, char *error,
                            size_t size)
{
    struct server *server;
    char path[256];

    if (!server_has_tls()) {
        fprintf(stderr, "sessionspec-server: no TLS: its compat/libssl.so is "
                        "not there\n");
        return server_start(options, error, size);
    }
    if (certificate_write(path, sizeof path, error, size))
        return NULL;
    options->certificate = path;
    server = server_start(options, error, size);
    unlink(path);
    return server;
}

static int serve(struct service *service, struct server_options *options,
                 const sigset_t *signals, pid_t starter)
{
    char error[256], tls_url[64];
    struct server *server = start(options, error, sizeof error);
    unsigned tls_port;

    if (!server) {
        fprintf(stderr, "sessionspec-server: port %u: %s\n", options->port,
                error);
        return EXIT_UNREACHABLE;
    }
    tls_port = server_port(server, true);
    snprintf(tls_url, sizeof tls_url, "https://127.0.0.1:%u", tls_port);
    pthread_mutex_lock(&service->lock);
    service->about.tls_url = tls_port > 0 ? tls_url : NULL;
    pthread_mutex_unlock(&service->lock);
    printf("http://127.0.0.1:%u\n", server_port(server, false));
    if (service->demo && tls_port > 0)
        printf("demo: http://127.0.0.1:%u/ and %s/\n",
               server_port(server, false), tls_url);
    else if (service->demo)
        printf("demo: http://127.0.0.1:%u/\n", server_port(server, false));
    fflush(stdout);
    await_end(signals, starter);
    server_stop(server);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    pid_t starter = getppid();
    struct arguments arguments = read_arguments(argc, argv);
    struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER,
                               .about = { .version = SESSIONSPEC_VERSION,
                                          .connections = arguments.threads } };
    struct server_options options = { .port = arguments.port,
                                      .tls_port = arguments.tls_port,
                                      .threads = arguments.threads,
                                      .handler = handle,
                                      .arg = &service };
    sigset_t signals;
    int code;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (arguments.store)
        try_store(arguments.store);
    service.apps = apps_new(arguments.store);
    if (arguments.demo)
        service.demo = start_demo(service.apps);
    code = serve(&service, &options, &signals, starter);
    demo_free(service.demo);
    apps_free(service.apps);
    return code;
}
