/* SPDX-License-Identifier: MIT */
/* timed FILE MOST COMMAND...: runs COMMAND and adds to FILE, on one line: wall seconds; seconds of
 * processor time, user and system, of it and all it waited for; peak of resident memory of the
 * largest of these processes in KiB; when it ended (CLOCK_MONOTONIC). Exits as the command does;
 * 124 when it took more than MOST seconds (0: as many as it likes) and was killed. */
#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static volatile sig_atomic_t late;
static pid_t child;

/* The command and what it has started. */
static void stop(int number)
{
    (void)number;
    late = 1;
    kill(-child, SIGKILL);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    if (argc < 4)
        return 2;
    double begin = now();
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    if (child > 0)
        setpgid(child, child);
    sigaction(SIGALRM, &action, NULL);
    alarm((unsigned)atoi(argv[2]));
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    double end = now();
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return 2;
    FILE *out = fopen(argv[1], "a");
    if (!out ||
        fprintf(out, "%.6f %.6f %ld %.6f\n", end - begin,
                seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, end) < 0 ||
        fclose(out) != 0)
        return 2;
    if (late)
        return 124;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
