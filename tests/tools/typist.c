/* SPDX-License-Identifier: MIT */
/* typist ANSWER... -- COMMAND...: runs COMMAND on a pseudo terminal of its own, and copies what is
 * shown there to its standard output. Whenever the last thing shown is a question, which ends in
 * ": ", the next ANSWER is typed. Exits as the command does, or with 3 when answers are left. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE /* TIOCSCTTY */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: TERMINAL is its controlling terminal and all three streams. */
static void run(int terminal, char **argv)
{
    setsid();
    int slave = open(ptsname(terminal), O_RDWR);
    if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, 0) < 0 || dup2(slave, 1) < 0 ||
        dup2(slave, 2) < 0)
        _exit(127);
    close(terminal);
    if (slave > 2)
        close(slave);
    signal(SIGINT, SIG_DFL); /* a shell ignores it in what it runs beside itself */
    execvp(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv)
{
    char bytes[4096], last[2] = "";
    ssize_t got;
    int status, next = 1, command = 1;
    while (command < argc && strcmp(argv[command], "--") != 0)
        command++;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (command + 1 >= argc || terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
        return 2;
    pid_t child = fork();
    if (child == 0)
        run(terminal, argv + command + 1);
    /* The end is an error: the last one who had the terminal open has gone. */
    while (child > 0 && (got = read(terminal, bytes, sizeof bytes)) > 0) {
        if (write(STDOUT_FILENO, bytes, (size_t)got) != got)
            return 2;
        last[0] = got > 1 ? bytes[got - 2] : last[1];
        last[1] = bytes[got - 1];
        if (last[0] != ':' || last[1] != ' ' || next == command)
            continue;
        if (write(terminal, argv[next], strlen(argv[next])) < 0 || write(terminal, "\n", 1) < 0)
            return 2;
        next++;
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    if (!WIFEXITED(status))
        return 128 + WTERMSIG(status);
    return WEXITSTATUS(status) == 0 && next < command ? 3 : WEXITSTATUS(status);
}
