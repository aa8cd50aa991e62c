/* SPDX-License-Identifier: MIT */
/* system/child.h for a build that asks only askpass programs: they are told nothing, and may take
 * their time. */
#include "system/child.h"

#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int start(const struct child *child, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(pid, child->argv[0], &actions, NULL,
                             (char *const *)(uintptr_t)child->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int read_all(int fd, struct writer *output)
{
    char bytes[256];
    ssize_t got;
    int rc = 0;
    while (rc == 0 && ((got = read(fd, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR)))
        rc = got > 0 ? writer_put(output, bytes, (size_t)got) : 0;
    wipe(bytes, sizeof bytes);
    return rc;
}

int child_run(const struct child *child, int *code, struct fault *fault)
{
    int ends[2], status = 0, rc = -1;
    pid_t pid;
    int error = pipe(ends) < 0 ? errno : 0;
    if (!error) {
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        error = start(child, ends[1], &pid);
        close(ends[1]);
        if (!error)
            rc = read_all(ends[0], child->output);
        close(ends[0]);
    }
    if (error)
        return fault_set(fault, FAULT_LOCAL, "cannot run '%.200s': %s", child->argv[0],
                         strerror(error));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return rc;
}
