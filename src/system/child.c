/* SPDX-License-Identifier: MIT */
#include "system/child.h"

#include "system/interrupt.h"
#include "system/monotonic.h"
#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { END_STEP = 10 /* ms between two looks whether a program that has said all is gone */ };

/* A program that runs. */
struct running {
    const struct child *child;
    pid_t pid;
    int to, from; /* its standard input and output; -1: not here, or closed */
    size_t sent;
    int64_t until; /* ms */
    struct fault *fault;
};

static void drop(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Signals that are ignored here are not for it. */
static int spawn(const struct child *child, int in, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &usual);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (!error && in >= 0)
        error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(pid, child->argv[0], &actions, &attributes,
                             (char *const *)(uintptr_t)child->argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int start(struct running *running)
{
    const struct child *child = running->child;
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    int error = (child->input && pipe(to) < 0) || pipe(from) < 0 ? errno : 0;
    int ends[] = {to[0], to[1], from[0], from[1]};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i] >= 0)
            fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    if (!error)
        error = spawn(child, to[0], from[1], &running->pid);
    drop(&to[0]);
    drop(&from[1]);
    running->to = to[1];
    running->from = from[0];
    if (running->to >= 0)
        fcntl(running->to, F_SETFL, O_NONBLOCK);
    return error ? fault_set(running->fault, FAULT_LOCAL, "cannot run '%.200s': %s", child->argv[0],
                             strerror(error))
                 : 0;
}

/* Ms that are left: -1 for ever. */
static int left(const struct running *running)
{
    int64_t ms = running->until - monotonic_ms();
    return running->child->wait_ms < 0 ? -1 : ms > 0 ? (int)ms : 0;
}

static int too_long(const struct running *running)
{
    return fault_set(running->fault, FAULT_LIMIT, "'%.200s' has not answered for %d ms",
                     running->child->argv[0], running->child->wait_ms);
}

static void send_some(struct running *running)
{
    const struct child *child = running->child;
    ssize_t put = write(running->to, child->input + running->sent, child->size - running->sent);
    if (put > 0)
        running->sent += (size_t)put;
    if ((put < 0 && errno != EAGAIN && errno != EINTR) || running->sent == child->size)
        drop(&running->to);
}

static int read_some(struct running *running)
{
    char bytes[4096];
    struct writer *output = running->child->output;
    ssize_t got = read(running->from, bytes, sizeof bytes);
    int rc = got > 0 && output ? writer_put(output, bytes, (size_t)got) : 0;
    wipe(bytes, sizeof bytes);
    if (got == 0 || (got < 0 && errno != EINTR))
        drop(&running->from);
    return rc;
}

/* Until it has said all. */
static int talk(struct running *running)
{
    while (running->from >= 0) {
        struct pollfd fds[] = {{running->from, POLLIN, 0}, {running->to, POLLOUT, 0}};
        int ready = poll(fds, 2, left(running));
        if (interrupt_seen)
            return fault_set(running->fault, FAULT_INTERRUPTED, "interrupted");
        if (ready == 0)
            return too_long(running);
        if (ready > 0 && fds[1].revents)
            send_some(running);
        if (ready > 0 && fds[0].revents && read_some(running) < 0)
            return -1;
    }
    drop(&running->to);
    return 0;
}

/* Until it has gone. */
static int end(struct running *running, int *code)
{
    int status;
    pid_t gone;
    while ((gone = waitpid(running->pid, &status, running->child->wait_ms < 0 ? 0 : WNOHANG)) !=
           running->pid) {
        if (interrupt_seen)
            return fault_set(running->fault, FAULT_INTERRUPTED, "interrupted");
        if (gone < 0 && errno != EINTR)
            return fault_set(running->fault, FAULT_LOCAL, "cannot wait for '%.200s': %s",
                             running->child->argv[0], strerror(errno));
        if (gone == 0 && left(running) == 0)
            return too_long(running);
        if (gone == 0)
            poll(NULL, 0, END_STEP);
    }
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    running->pid = 0;
    return 0;
}

int child_run(const struct child *child, int *code, struct fault *fault)
{
    struct running running = {
        .child = child, .until = monotonic_ms() + child->wait_ms, .fault = fault};
    int rc = start(&running);
    if (rc == 0)
        rc = talk(&running);
    if (rc == 0)
        rc = end(&running, code);
    drop(&running.to);
    drop(&running.from);
    if (rc < 0 && running.pid > 0) {
        int killed;
        kill(running.pid, SIGKILL);
        waitpid(running.pid, &killed, 0);
    }
    return rc;
}
