/* SPDX-License-Identifier: MIT */
/* A person at a terminal: a child has a pseudo terminal as its controlling one, this program
 * types. */
#define _XOPEN_SOURCE 700
#include "t.h"
#include "remote/prompt.h"

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

static void child_ask(int result, bool hidden)
{
    char answer[32];
    struct fault fault;
    fault_clear(&fault);
    int rc = prompt_terminal("Password: ", hidden, answer, sizeof answer, &fault);
    dprintf(result, "%d %s", rc, rc == 1 ? answer : fault.text);
    _exit(0);
}

static void child_run(const char *device, int result, bool hidden)
{
    setsid();
    if (open(device, O_RDWR) < 0)
        _exit(2);
    child_ask(result, hidden);
}

/* The same as a job in the foreground, below a shell that says when it stops. */
static void job_run(const char *device, int result, bool hidden)
{
    int status, slave;
    setsid();
    slave = open(device, O_RDWR);
    pid_t job = fork();
    if (job == 0) {
        signal(SIGTTOU, SIG_IGN);
        setpgid(0, 0);
        tcsetpgrp(slave, getpid());
        signal(SIGTTOU, SIG_DFL);
        child_ask(result, hidden);
    }
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status))
        dprintf(result, "stopped ");
    _exit(0);
}

static void person_sit(struct person *person, void (*run)(const char *, int, bool), bool hidden)
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
        run(device, ends[1], hidden);
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
    person_sit(&person, child_run, hidden);
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
    person_sit(&person, child_run, true);
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
    person_sit(&person, child_run, true);
    wait_for(&person, "Password: ", seen, sizeof seen);
    CHECK(write(person.terminal, "abc\003", 4) == 4, "Ctrl-C");
    wait_for(&person, "\n", seen, sizeof seen);
    CHECK(echoes(&person), "echo was not given back after Ctrl-C");
    int status = person_leave(&person, report, sizeof report);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "status %d, %s", status, report);
}

/* Stopped by KEY, or by a signal that cannot be caught: nothing is shown after that either, and
 * what was typed before is forgotten. */
static void stopped(const char *key)
{
    struct person person;
    char seen[256], report[256];
    struct termios before;
    person_sit(&person, job_run, true);
    tcgetattr(person.slave, &before);
    wait_for(&person, "Password: ", seen, sizeof seen);
    pid_t job = tcgetpgrp(person.terminal);
    if (key)
        CHECK(write(person.terminal, key, strlen(key)) > 0, "write");
    else
        kill(job, SIGSTOP);
    CHECK(read(person.result, report, 8) == 8 && memcmp(report, "stopped ", 8) == 0, "not stopped");
    if (key)
        CHECK(echoes(&person), "a stopped job leaves the terminal without echo");
    tcsetattr(person.slave, TCSANOW, &before);
    kill(job, SIGCONT);
    wait_for(&person, "Password: ", seen, sizeof seen);
    CHECK(!echoes(&person), "echo after a stop");
    CHECK(write(person.terminal, "s3cret\n", 7) == 7, "write");
    wait_for(&person, "\n", seen, sizeof seen);
    CHECK(!strstr(seen, "s3cret"), "C1: the secret was shown: %s", seen);
    person_leave(&person, report, sizeof report);
    CHECK_TEXT(report, "1 s3cret");
}

/* nohup: what is ignored stays ignored. Both signals come in at once, and the handler notes the
 * last one: the one with the lower number, if that has a handler. */
static void ignored(int signal_number)
{
    const int sent[] = {SIGSTOP, signal_number, SIGTERM, SIGCONT};
    struct person person;
    char seen[256], report[256];
    signal(signal_number, SIG_IGN);
    person_sit(&person, child_run, true);
    signal(signal_number, SIG_DFL);
    wait_for(&person, "Password: ", seen, sizeof seen);
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        kill(person.child, sent[i]);
    int status = person_leave(&person, report, sizeof report);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %d, %s", status, report);
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
    alarm(60); /* a question that never comes */
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
    stopped("wrong\032");
    stopped(NULL);
    ignored(SIGHUP);
    ignored(SIGINT);
    without_terminal();
    return T_DONE();
}
