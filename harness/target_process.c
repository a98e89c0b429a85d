/* target_process.c: a child process, watched from its start to its end */
#include "target_process.h"
#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESS_LINE_LIMIT  4096
#define PROCESS_READS_LIMIT 64 /* at a time, of 16 KiB: a pipe's whole */
/* What SIGTERM gives it, to close its stores, before SIGKILL comes. */
#define PROCESS_GRACE_MS 3000

struct process {
    char *const *argv; /* the starter's, until `started` */
    struct target_log *log;
    int interrupt;
    int pidfd;
    pthread_t watcher;

    pthread_mutex_t reading; /* of the pipes, and what is made of it */
    int out, err;            /* our ends; only the watcher closes them */
    char line[PROCESS_LINE_LIMIT];
    size_t line_length; /* of the first line, as far as it came */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool started; /* or could not be: then start_errno says why */
    int start_errno;
    pid_t pid;
    bool has_line, ended;
    int status; /* waitpid's */
};

/* Between fork and exec: nothing but async-signal-safe calls. */
static void child_run(char *const *argv, pid_t parent, int in, int out, int err)
{
    static const char failed[] = "the program could not be run\n";
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it ended before the call above */
        _exit(127);
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execv(argv[0], argv);
    if (write(STDERR_FILENO, failed, sizeof failed - 1) < 0)
        _exit(126);
    _exit(127);
}

static bool pipe_open(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return true;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Returns 0 or errno. */
static int child_fork(struct process *process)
{
    int fds[5] = { -1, -1, -1, -1, -1 }; /* out, err, /dev/null */
    pid_t pid = -1, parent = getpid();
    int failed = 0;

    fds[4] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fds[4] >= 0 && pipe_open(fds) && pipe_open(fds + 2))
        pid = fork();
    if (pid == 0)
        child_run(process->argv, parent, fds[4], fds[1], fds[3]);
    if (pid < 0) {
        failed = errno;
        close_all(fds, 5);
        return failed;
    }
    setpgid(pid, pid); /* the child does it too: whoever is first */
    process->pid = pid;
    process->out = fds[0];
    process->err = fds[2];
    process->pidfd = pidfd_open(pid, 0);
    must(process->pidfd >= 0); /* Linux 5.3 and later have it */
    close(fds[1]);
    close(fds[3]);
    close(fds[4]);
    return 0;
}

static void set_line(struct process *process)
{
    process->line[process->line_length] = '\0';
    pthread_mutex_lock(&process->lock);
    process->has_line = true;
    pthread_cond_broadcast(&process->changed);
    pthread_mutex_unlock(&process->lock);
}

/* What comes behind the first line is read and dropped, lest it blocks. */
static void take_stdout(struct process *process, const char *bytes,
                        size_t length)
{
    for (size_t i = 0; i < length && !process->has_line; i++) {
        if (bytes[i] == '\n' || process->line_length + 1 == PROCESS_LINE_LIMIT)
            set_line(process);
        else if (bytes[i] != '\r')
            process->line[process->line_length++] = bytes[i];
    }
}

/* Reads what is there, within reason: a target may write without end. False
 * at the end of file. */
static bool read_all(struct process *process, const int *fd)
{
    char bytes[16384];
    ssize_t length = 0;

    for (int i = 0; i < PROCESS_READS_LIMIT; i++) {
        length = read(*fd, bytes, sizeof bytes);
        if (length <= 0)
            break;
        if (fd == &process->out)
            take_stdout(process, bytes, (size_t)length);
        else
            target_log_add(process->log, bytes, (size_t)length);
    }
    return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

static void drain(struct process *process, int *fd)
{
    pthread_mutex_lock(&process->reading);
    if (*fd >= 0 && !read_all(process, fd)) {
        close(*fd);
        *fd = -1;
    }
    pthread_mutex_unlock(&process->reading);
}

void process_catch_up(struct process *process)
{
    pthread_mutex_lock(&process->reading);
    if (process->err >= 0)
        read_all(process, &process->err);
    pthread_mutex_unlock(&process->reading);
}

/* While it is a zombie its group's number cannot be anyone else's. */
static void reap(struct process *process)
{
    pthread_mutex_lock(&process->lock);
    kill(-process->pid, SIGKILL); /* whoever it left behind */
    while (waitpid(process->pid, &process->status, 0) < 0)
        must(errno == EINTR);
    process->ended = true;
    pthread_cond_broadcast(&process->changed);
    pthread_mutex_unlock(&process->lock);
}

static void signal_group(struct process *process, int number)
{
    pthread_mutex_lock(&process->lock);
    if (!process->ended)
        kill(-process->pid, number);
    pthread_mutex_unlock(&process->lock);
}

static void watch_loop(struct process *process)
{
    for (;;) {
        struct pollfd fds[] = {
            { .fd = process->out, .events = POLLIN },
            { .fd = process->err, .events = POLLIN },
            { .fd = process->pidfd, .events = POLLIN },
            { .fd = process->interrupt > 0 && !process->has_line
                        ? process->interrupt
                        : -1,
              .events = POLLIN },
        };
        if (poll(fds, sizeof fds / sizeof *fds, -1) < 0) {
            must(errno == EINTR);
            continue;
        }
        if (fds[0].revents)
            drain(process, &process->out);
        if (fds[1].revents)
            drain(process, &process->err);
        if (fds[2].revents)
            return;
        if (fds[3].revents) {
            signal_group(process, SIGTERM);
            process->interrupt = 0;
        }
    }
}

static void *watch(void *arg)
{
    struct process *process = arg;
    int failed = child_fork(process);

    pthread_mutex_lock(&process->lock);
    process->started = true;
    process->start_errno = failed;
    pthread_cond_broadcast(&process->changed);
    pthread_mutex_unlock(&process->lock);
    if (failed)
        return NULL;
    watch_loop(process);
    drain(process, &process->out);
    drain(process, &process->err);
    reap(process);
    close(process->pidfd);
    return NULL;
}

static void process_free(struct process *process)
{
    pthread_join(process->watcher, NULL);
    close_all((int[]){ process->out, process->err }, 2);
    pthread_mutex_destroy(&process->reading);
    pthread_cond_destroy(&process->changed);
    pthread_mutex_destroy(&process->lock);
    free(process);
}

int process_start(struct process **started, char *const *argv,
                  struct target_log *log, int interrupt, struct fault *fault)
{
    struct process *process = calloc(1, sizeof *process);
    pthread_condattr_t clock;
    int failed;

    must(process);
    if (access(argv[0], X_OK) != 0) {
        free(process);
        return fault_set(fault, FAULT_LOCAL, "cannot run %s: %s", argv[0],
                         strerror(errno));
    }
    process->out = process->err = -1;
    pthread_mutex_init(&process->reading, NULL);
    process->argv = argv;
    process->log = log;
    process->interrupt = interrupt;
    pthread_mutex_init(&process->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&process->changed, &clock);
    pthread_condattr_destroy(&clock);
    must(pthread_create(&process->watcher, NULL, watch, process) == 0);

    pthread_mutex_lock(&process->lock);
    while (!process->started)
        pthread_cond_wait(&process->changed, &process->lock);
    failed = process->start_errno;
    pthread_mutex_unlock(&process->lock);
    if (failed) {
        process_free(process);
        return fault_set(fault, FAULT_LOCAL, "cannot start %s: %s", argv[0],
                         strerror(failed));
    }
    *started = process;
    return 0;
}

static struct timespec after_ms(long ms)
{
    struct timespec when;

    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += ms / 1000;
    when.tv_nsec += ms % 1000 * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

enum process_line process_first_line(struct process *process, long timeout_ms,
                                     const char **line)
{
    struct timespec end = after_ms(timeout_ms);
    enum process_line came = PROCESS_LATE;
    int late = 0;

    pthread_mutex_lock(&process->lock);
    while (!process->has_line && !process->ended && !late)
        late = pthread_cond_timedwait(&process->changed, &process->lock, &end);
    if (process->has_line)
        came = PROCESS_LINE;
    else if (process->ended)
        came = PROCESS_ENDED;
    pthread_mutex_unlock(&process->lock);
    *line = process->line;
    return came;
}

static void say_how(int status, char *how, size_t size)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },   { SIGFPE, "SIGFPE" },
        { SIGHUP, "SIGHUP" },   { SIGILL, "SIGILL" },   { SIGINT, "SIGINT" },
        { SIGKILL, "SIGKILL" }, { SIGPIPE, "SIGPIPE" }, { SIGQUIT, "SIGQUIT" },
        { SIGSEGV, "SIGSEGV" }, { SIGSYS, "SIGSYS" },   { SIGTERM, "SIGTERM" },
        { SIGTRAP, "SIGTRAP" },
    };
    const char *name = "another";

    if (!WIFSIGNALED(status)) {
        snprintf(how, size, "exited with code %d", WEXITSTATUS(status));
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == WTERMSIG(status))
            name = names[i].name;
    snprintf(how, size, "killed by signal %d (%s)", WTERMSIG(status), name);
}

bool process_ended(struct process *process, long wait_ms, char *how,
                   size_t size)
{
    struct timespec end = after_ms(wait_ms);
    int late = 0;
    bool ended;

    pthread_mutex_lock(&process->lock);
    while (!process->ended && !late)
        late = pthread_cond_timedwait(&process->changed, &process->lock, &end);
    ended = process->ended;
    if (ended)
        say_how(process->status, how, size);
    pthread_mutex_unlock(&process->lock);
    return ended;
}

void process_kill(struct process *process)
{
    signal_group(process, SIGKILL);
}

void process_stop(struct process *process)
{
    char how[64];

    signal_group(process, SIGTERM);
    if (!process_ended(process, PROCESS_GRACE_MS, how, sizeof how))
        signal_group(process, SIGKILL);
    process_free(process);
}
