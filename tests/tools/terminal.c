/* SPDX-License-Identifier: MIT */
/* terminal COMMAND...: runs COMMAND with a pseudo terminal as its standard output, and copies what
 * it shows there to its own. Exits as the command does. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char bytes[4096];
    ssize_t got;
    int status, terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (argc < 2 || terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        int slave = open(ptsname(terminal), O_WRONLY | O_NOCTTY);
        if (slave < 0 || dup2(slave, STDOUT_FILENO) < 0 || close(slave) < 0 || close(terminal) < 0)
            _exit(127);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    /* The end is an error: the last one who had the terminal open has gone. */
    while (child > 0 && (got = read(terminal, bytes, sizeof bytes)) > 0)
        if (write(STDOUT_FILENO, bytes, (size_t)got) != got)
            return 2;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
