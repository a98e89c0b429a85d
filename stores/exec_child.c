/* exec_child.c: a program of a store: started, and brought to an end */
#define _GNU_SOURCE /* close_range, pipe2, F_SETPIPE_SZ */
#include "exec_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void child_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In the new process, between fork and exec: nothing but async-signal-safe
 * calls. Whatever else is open here, sockets of clients too, is not for it. */
static void run(const char *command, const int fds[3])
{
    char *argv[] = { "sh", "-c", (char *)command, NULL };
    sigset_t none;

    for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
        dup2(fds[to], to);
    close_range(STDERR_FILENO + 1, ~0u, 0);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/bin/sh", argv);
    _exit(127);
}

static void run_program(const char *command, pid_t parent, const int fds[3])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it ended before the call above */
        _exit(127);
    setpgid(0, 0);
    run(command, fds);
}

/* Reads until this process is gone, and then ends its group, itself too. */
static void run_guard(pid_t group, int life)
{
    const int fds[3] = { life, STDERR_FILENO, STDERR_FILENO };

    if (setpgid(0, group) != 0)
        _exit(127);
    run("trap '' TERM; read -r line; kill -s KILL 0", fds);
}

/* Large, so that a session of some MiB is not passed on in small coins. Where
 * so much may not be had, it is as large as any. */
#define PIPE_SIZE (1 << 20)

/* Ends above 2, so that putting one in its place closes no other. */
static int pipe_open(int ends[2])
{
    int made[2];

    if (pipe2(made, O_CLOEXEC) != 0)
        return -1;
    fcntl(made[0], F_SETPIPE_SZ, PIPE_SIZE);
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(made[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(made[i]);
    }
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

/* The three pipes; ours[0] is written to, theirs[0] read from. */
static int pipes_open(int ours[3], int theirs[3])
{
    for (int i = 0; i < 3; i++) {
        int ends[2] = { -1, -1 };
        int opened = pipe_open(ends);

        ours[i] = ends[i == 0 ? 1 : 0];
        theirs[i] = ends[i == 0 ? 0 : 1];
        if (opened != 0 || fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
            return -1;
    }
    return 0;
}

/* Returns 0 or errno. */
static int guard(struct child *child)
{
    int ends[2] = { -1, -1 };

    if (pipe_open(ends) == 0)
        child->guard = fork();
    if (child->guard == 0)
        run_guard(child->pid, ends[0]);
    int failed = child->guard < 0 ? errno : 0;
    child_close(&ends[0]);
    child->life = ends[1];
    return failed;
}

/* What nobody would notice the end of, or end, is not to be. */
static int watch(struct child *child)
{
    child->pidfd = pidfd_open(child->pid, 0);
    int failed = child->pidfd < 0 ? errno : guard(child);
    if (failed) {
        child_signal(child, SIGKILL);
        child_reap(child);
    }
    return failed;
}

int child_start(struct child *child, const char *command)
{
    int ours[3] = { -1, -1, -1 }, theirs[3] = { -1, -1, -1 };
    pid_t parent = getpid();
    int failed = 0;

    *child = (struct child){ -1, -1, -1, -1, -1, -1, -1 };
    if (pipes_open(ours, theirs) == 0)
        child->pid = fork();
    if (child->pid == 0)
        run_program(command, parent, theirs);
    if (child->pid < 0) {
        failed = errno;
    } else {
        setpgid(child->pid, child->pid); /* it does so too: who is first */
        failed = watch(child);
    }
    for (int i = 0; i < 3; i++) {
        child_close(&theirs[i]);
        if (failed)
            child_close(&ours[i]);
    }
    child->in = ours[0];
    child->out = ours[1];
    child->err = ours[2];
    return failed;
}

void child_signal(const struct child *child, int number)
{
    if (child->pid > 0)
        kill(-child->pid, number);
}

static int wait_for(pid_t process)
{
    int status = 0;

    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* While it is not reaped its group's number is nobody else's. */
int child_reap(struct child *child)
{
    siginfo_t ended;

    while (waitid(P_PID, (id_t)child->pid, &ended, WEXITED | WNOWAIT) < 0 &&
           errno == EINTR)
        ;
    child_signal(child, SIGKILL);
    if (child->guard > 0) {
        kill(child->guard, SIGKILL); /* it may not be in the group yet */
        wait_for(child->guard);
    }
    int status = wait_for(child->pid);
    child->pid = child->guard = -1;
    child_close(&child->pidfd);
    child_close(&child->life);
    return status;
}

/* ---- How it ended ------------------------------------------------------- */

static const struct {
    int number;
    const char *name;
} signals[] = {
    { SIGABRT, "SIGABRT" }, { SIGALRM, "SIGALRM" }, { SIGBUS, "SIGBUS" },
    { SIGFPE, "SIGFPE" },   { SIGHUP, "SIGHUP" },   { SIGILL, "SIGILL" },
    { SIGINT, "SIGINT" },   { SIGKILL, "SIGKILL" }, { SIGPIPE, "SIGPIPE" },
    { SIGQUIT, "SIGQUIT" }, { SIGSEGV, "SIGSEGV" }, { SIGSYS, "SIGSYS" },
    { SIGTERM, "SIGTERM" }, { SIGTRAP, "SIGTRAP" }, { SIGXCPU, "SIGXCPU" },
};

void child_how(int status, char how[CHILD_HOW])
{
    if (!WIFSIGNALED(status)) {
        snprintf(how, CHILD_HOW, "exit code %d", WEXITSTATUS(status));
        return;
    }
    snprintf(how, CHILD_HOW, "signal %d", WTERMSIG(status));
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i].number == WTERMSIG(status))
            snprintf(how, CHILD_HOW, "%s", signals[i].name);
}
