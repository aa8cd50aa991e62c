/* SPDX-License-Identifier: MIT */
/* A person at a terminal: a child has a pseudo terminal as its controlling one, this program
 * types. */
#define _XOPEN_SOURCE 700
#include "t.h"
#include "prompt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct person {
    int terminal, slave, result; /* result: what the child got */
    pid_t child;
};

static void child_run(const char *device, int result, bool hidden)
{
    char answer[32];
    struct fault fault;
    fault_clear(&fault);
    setsid();
    int slave = open(device, O_RDWR);
    int rc = slave < 0 ? -2 : prompt_terminal("Password: ", hidden, answer, sizeof answer, &fault);
    dprintf(result, "%d %s", rc, rc == 1 ? answer : fault.text);
    _exit(0);
}

static void person_sit(struct person *person, bool hidden)
{
    int ends[2];
    person->terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (person->terminal < 0 || grantpt(person->terminal) < 0 || unlockpt(person->terminal) < 0 ||
        pipe(ends) < 0)
        exit(2);
    const char *device = ptsname(person->terminal);
    person->slave = open(device, O_RDWR | O_NOCTTY);
    person->child = fork();
    if (person->child == 0)
        child_run(device, ends[1], hidden);
    close(ends[1]);
    person->result = ends[0];
}

/* Reads from the terminal until TEXT has come. */
static void wait_for(struct person *person, const char *text, char *seen, size_t size)
{
    size_t used = 0;
    seen[0] = '\0';
    while (!strstr(seen, text) && used + 1 < size) {
        ssize_t got = read(person->terminal, seen + used, size - 1 - used);
        if (got <= 0)
            return;
        used += (size_t)got;
        seen[used] = '\0';
    }
}

static bool echoes(const struct person *person)
{
    struct termios now;
    return tcgetattr(person->slave, &now) == 0 && (now.c_lflag & ECHO);
}

/* What the child reports, and its wait status. */
static int person_leave(struct person *person, char *report, size_t size)
{
    int status = 0;
    size_t used = 0;
    ssize_t got;
    while (used + 1 < size && (got = read(person->result, report + used, size - 1 - used)) > 0)
        used += (size_t)got;
    report[used] = '\0';
    waitpid(person->child, &status, 0);
    close(person->terminal);
    close(person->slave);
    close(person->result);
    return status;
}

static void typed(const char *keys, bool hidden, const char *expected)
{
    struct person person;
    char seen[256], report[256];
    person_sit(&person, hidden);
    wait_for(&person, "Password: ", seen, sizeof seen);
    CHECK(echoes(&person) == !hidden, "echo while asking");
    CHECK(write(person.terminal, keys, strlen(keys)) == (ssize_t)strlen(keys), "write");
    wait_for(&person, "\n", seen, sizeof seen);
    CHECK(!hidden || !strstr(seen, "s3cret"), "C1: the secret was shown: %s", seen);
    CHECK(echoes(&person), "echo was not given back");
    person_leave(&person, report, sizeof report);
    CHECK_TEXT(report, expected);
}

/* The terminal has its echo again when a signal ends the program. */
static void interrupted(int signal)
{
    struct person person;
    char seen[256], report[256];
    person_sit(&person, true);
    wait_for(&person, "Password: ", seen, sizeof seen);
    CHECK(!echoes(&person), "echo while asking");
    kill(person.child, signal);
    int status = person_leave(&person, report, sizeof report);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signal, "status %d, %s", status, report);
}

static void interrupted_echo(void)
{
    struct person person;
    char seen[256], report[256];
    person_sit(&person, true);
    wait_for(&person, "Password: ", seen, sizeof seen);
    CHECK(write(person.terminal, "abc\003", 4) == 4, "Ctrl-C");
    wait_for(&person, "\n", seen, sizeof seen);
    CHECK(echoes(&person), "echo was not given back after Ctrl-C");
    int status = person_leave(&person, report, sizeof report);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "status %d, %s", status, report);
}

static void without_terminal(void)
{
    int ends[2];
    char report[64] = "";
    if (pipe(ends) < 0)
        exit(2);
    pid_t child = fork();
    if (child == 0) {
        char answer[8];
        struct fault fault;
        fault_clear(&fault);
        setsid();
        dprintf(ends[1], "%d", prompt_terminal("x", true, answer, sizeof answer, &fault));
        _exit(0);
    }
    close(ends[1]);
    CHECK(read(ends[0], report, sizeof report - 1) > 0, "nothing");
    CHECK_TEXT(report, "0");
    waitpid(child, NULL, 0);
    close(ends[0]);
}

int main(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    typed("s3cret\n", true, "1 s3cret");
    typed("name\n", false, "1 name");
    typed("\n", true, "1 ");
    typed("\004", true, "-1 nothing was typed");
    typed("0123456789012345678901234567890123456789\n", true,
          "-1 an answer of over 31 bytes was typed");
    interrupted(SIGTERM);
    interrupted(SIGHUP);
    interrupted_echo();
    without_terminal();
    return T_DONE();
}
