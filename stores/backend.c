/* backend.c: a throwaway server behind a store: started, broken, mended, ended
 *
 * Speaks with backends/start through two pipes, a line a question and a line
 * an answer.
 */
#include "backend.h"

#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    START_MS = 120000, /* a data folder is made at the first start of all */
    ANSWER_MS = 75000, /* longer than the script tries: it says why */
    LINE_SIZE = 512
};

extern char **environ;

struct backend {
    char *address;        /* what the script printed */
    char *spec;           /* that, and the options behind it */
    pthread_mutex_t lock; /* guards all below: one question at a time */
    pid_t script;
    int ask, answers; /* our ends of its stdin and stdout */
};

static const char *const names[] = { "redis", "postgres", "mariadb",
                                     "memcached", NULL };

static int complain(char error[BACKEND_ERROR], const char *what,
                    const char *which)
{
    snprintf(error, BACKEND_ERROR, "%s%.180s", what, which);
    return -1;
}

bool backend_is_meant(const char *spec)
{
    size_t length = strcspn(spec, "?");

    for (const char *const *name = names; *name; name++) {
        if (strlen(*name) == length && strncmp(spec, *name, length) == 0)
            return true;
    }
    return false;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* ---- Lines in and out --------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The next byte, or -1: too late, or at the end. */
static int read_byte(const struct backend *backend, int64_t end_ms)
{
    struct pollfd answers = { .fd = backend->answers, .events = POLLIN };
    unsigned char byte;

    for (;;) {
        int64_t left = end_ms - now_ms();
        int ready = poll(&answers, 1, left > 0 ? (int)left : 0);

        if (ready > 0 && read(backend->answers, &byte, 1) == 1)
            return byte;
        if (ready >= 0 || errno != EINTR)
            return -1;
    }
}

/* Few and short: read a byte at a time. */
static bool read_line(const struct backend *backend, int patience_ms,
                      char line[LINE_SIZE])
{
    int64_t end_ms = now_ms() + patience_ms;
    size_t length = 0;
    int byte;

    while ((byte = read_byte(backend, end_ms)) >= 0 && byte != '\n') {
        if (length + 1 < LINE_SIZE)
            line[length++] = (char)byte;
    }
    line[length] = '\0';
    return byte == '\n';
}

/* SIGPIPE is ignored by who has this program's signals: see main.c. */
static int ask(struct backend *backend, const char *question,
               const char *answer, char error[BACKEND_ERROR])
{
    char line[LINE_SIZE];
    size_t length = strlen(question);
    bool answered;

    pthread_mutex_lock(&backend->lock);
    answered = write(backend->ask, question, length) == (ssize_t)length &&
               read_line(backend, ANSWER_MS, line);
    if (!answered) { /* what came later would answer the next question */
        close_fd(backend->ask);
        backend->ask = -1;
    }
    pthread_mutex_unlock(&backend->lock);
    if (!answered)
        return complain(error, "the backend's starter does not answer", "");
    if (strcmp(line, answer) != 0)
        return complain(error, "the backend: ", line);
    return 0;
}

int backend_break(struct backend *backend, char error[BACKEND_ERROR])
{
    return ask(backend, "stop\n", "stopped", error);
}

int backend_mend(struct backend *backend, char error[BACKEND_ERROR])
{
    return ask(backend, "start\n", "started", error);
}

/* ---- From its start to its end ------------------------------------------ */

/* In a process group of its own: what ends ours, Ctrl-C or the harness, shall
 * not keep it from cleaning up. No signal is blocked there, whatever is here.
 */
static int spawn_script(pid_t *pid, const char *path, const char *name, int in,
                        int out)
{
    char *argv[] = { (char *)path, (char *)name, NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, pipe_signal;
    int failed;

    sigemptyset(&none);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP |
                                       POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &pipe_signal);
    failed = posix_spawn(pid, path, &files, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* Both ends are closed by exec, but where they are put in another's place. */
static bool pipe_open(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static int spawn(struct backend *backend, const char *path, const char *name,
                 char error[BACKEND_ERROR])
{
    int in[2] = { -1, -1 }, out[2] = { -1, -1 };
    int failed = pipe_open(in) && pipe_open(out) ? 0 : errno;

    if (!failed)
        failed = spawn_script(&backend->script, path, name, in[0], out[1]);
    close_fd(in[0]);
    close_fd(out[1]);
    backend->ask = in[1];
    backend->answers = out[0];
    return failed ? complain(error, "cannot be run: ", strerror(failed)) : 0;
}

/* Its first line, and what stood behind the name. */
static int take_address(struct backend *backend, const char *spec,
                        char error[BACKEND_ERROR])
{
    const char *options = spec + strcspn(spec, "?");
    char line[LINE_SIZE];
    size_t size;

    if (!read_line(backend, START_MS, line) || !strstr(line, "://"))
        return complain(error, "its server could not be started", "");
    size = strlen(line) + strlen(options) + 1;
    backend->address = strdup(line);
    backend->spec = malloc(size);
    if (!backend->address || !backend->spec)
        return complain(error, "out of memory", "");
    snprintf(backend->spec, size, "%s%s", line, options);
    return 0;
}

struct backend *backend_start(const char *spec, char error[BACKEND_ERROR])
{
    struct backend *backend = calloc(1, sizeof *backend);
    char path[TREE_PATH], name[16];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(spec, "?"), spec);
    if (!backend) {
        complain(error, "out of memory", "");
        return NULL;
    }
    backend->ask = backend->answers = -1;
    pthread_mutex_init(&backend->lock, NULL);
    if (!tree_find(path, "backends/start", X_OK))
        complain(error, "stores/backends/start is not there", "");
    else if (spawn(backend, path, name, error) == 0 &&
             take_address(backend, spec, error) == 0)
        return backend;
    backend_stop(backend);
    return NULL;
}

/* The end of its stdin ends it; the signal, where it has not come to read it.
 */
void backend_stop(struct backend *backend)
{
    if (!backend)
        return;
    close_fd(backend->ask);
    if (backend->script > 0) {
        kill(backend->script, SIGTERM);
        while (waitpid(backend->script, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close_fd(backend->answers);
    pthread_mutex_destroy(&backend->lock);
    free(backend->address);
    free(backend->spec);
    free(backend);
}

const char *backend_spec(const struct backend *backend)
{
    return backend->spec;
}

bool backend_serves(const struct backend *backend, const char *spec)
{
    size_t length = strlen(backend->address);

    return strncmp(spec, backend->address, length) == 0 &&
           (!spec[length] || spec[length] == '?');
}
