/* main.c: sessionspec-server: the command line, the start and the end */
#include "../stores/conduct.h"
#include "../stores/backend.h"
#include "apps.h"
#include "certificate.h"
#include "control.h"
#include "demo.h"
#include "fault_option.h"
#include "handler.h"
#include "must.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
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
    char faulty[FAULT_OPTION_TEXT]; /* the store in its place, or "" */
    bool demo, restart_backend;
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
    "                          [--store SPEC] [--restart-backend]\n"
    "                          [--fault NAME] [--demo]\n"
    "\n"
    "A session server that behaves as express-session 1.19.0 is documented\n"
    "to, and speaks sessionspec's probe protocol. Prints its URL as the first\n"
    "line, and ends with SIGTERM, or with the process that started it.\n"
    "\n"
    "  --port N      listen on 127.0.0.1:N; 0, the default, takes a free port\n"
    "  --tls-port N  likewise for TLS, with a certificate made at the start\n"
    "  --threads N   how many connections it serves at once (256)\n"
    "  --store SPEC  the store of apps that name none: memory (the default)\n"
    "                redis, postgres, mariadb or memcached without an address\n"
    "                start a throwaway server of their own\n"
    "  --restart-backend\n"
    "                that server may be stopped and started by the tests\n"
    "  --fault NAME  be wrong on purpose, in one way; list: in which\n"
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

static void read_fault(struct arguments *arguments, const char *name)
{
    char complaint[FAULT_OPTION_TEXT];

    if (strcmp(name, "list") == 0) {
        fault_option_list(stdout);
        exit(EXIT_SUCCESS);
    }
    if (!fault_option_choose(name, arguments->faulty, complaint)) {
        fprintf(stderr, "sessionspec-server: --fault: %s\n", complaint);
        exit(EXIT_USAGE);
    }
}

static struct arguments read_arguments(int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },
        { "tls-port", required_argument, NULL, 'l' },
        { "threads", required_argument, NULL, 't' },
        { "store", required_argument, NULL, 's' },
        { "restart-backend", no_argument, NULL, 'r' },
        { "fault", required_argument, NULL, 'f' },
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
        case 'r':
            arguments.restart_backend = true;
            break;
        case 'f':
            read_fault(&arguments, optarg);
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

/* Where our words go. What a store's code prints is not taken for them: its
 * stdout is our stderr. */
static FILE *take_stdout(void)
{
    int ours = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    FILE *out = ours < 0 ? NULL : fdopen(ours, "w");

    if (!out || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        fprintf(stderr, "sessionspec-server: stdout: %s\n", strerror(errno));
        exit(EXIT_UNREACHABLE);
    }
    return out;
}

static void fail_store(const char *named, const char *why)
{
    fprintf(stderr, "sessionspec-server: store %s: %s\n", named, why);
    exit(EXIT_UNREACHABLE);
}

/* The server that the store needs and has no address of; NULL where it needs
 * none. */
static struct backend *start_backend(const char *named)
{
    char error[BACKEND_ERROR];
    struct backend *backend;

    if (!named || !backend_is_meant(named))
        return NULL;
    backend = backend_start(named, error);
    if (!backend)
        fail_store(named, error);
    return backend;
}

/* A store that cannot be opened is told now, not at the first PUT. */
static void try_store(const char *named, struct backend *backend)
{
    struct js_error error;
    struct backing *backing =
        backing_open(backend ? backend_spec(backend) : named, "start", &error);

    if (!backing) {
        backing_end_programs();
        backend_stop(backend);
        fail_store(named, error.message);
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
        conduct_watch();
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
                 FILE *out, const sigset_t *signals, pid_t starter)
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
    fprintf(out, "http://127.0.0.1:%u\n", server_port(server, false));
    if (service->demo && tls_port > 0)
        fprintf(out, "demo: http://127.0.0.1:%u/ and %s/\n",
                server_port(server, false), tls_url);
    else if (service->demo)
        fprintf(out, "demo: http://127.0.0.1:%u/\n",
                server_port(server, false));
    fflush(out);
    await_end(signals, starter);
    server_stop(server);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    pid_t starter = getppid();
    struct arguments arguments = read_arguments(argc, argv);
    FILE *out = take_stdout();
    struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER,
                               .about = { .version = SESSIONSPEC_VERSION,
                                          .connections = arguments.threads } };
    struct server_options options = { .port = arguments.port,
                                      .tls_port = arguments.tls_port,
                                      .threads = arguments.threads,
                                      .handler = handle,
                                      .arg = &service };
    struct backend *backend;
    sigset_t signals;
    int code;

    if (*arguments.faulty)
        arguments.store = arguments.faulty;
    backend = start_backend(arguments.store); /* a signal may end that */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (arguments.store)
        try_store(arguments.store, backend);
    service.apps = apps_new(arguments.store);
    if (backend)
        apps_lead_store(service.apps, backend_spec(backend));
    if (arguments.restart_backend)
        service.about.breakable = backend;
    if (arguments.demo)
        service.demo = start_demo(service.apps);
    code = serve(&service, &options, out, &signals, starter);
    demo_free(service.demo);
    apps_free(service.apps);
    backing_end_programs();
    backend_stop(backend);
    return code;
}
