/* SPDX-License-Identifier: MIT */
/* smidgit: which command, signals, exit codes. */
#include "cmd/commands.h"
#include "cmd/global_options.h"
#include "cmd/hint.h"
#include "cmd/json_output.h"

#include "net/net.h"
#include "system/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

/* The exit code of each class of failure. The README's table is made from these lines. */
static const unsigned char exit_codes[] = {
    [FAULT_NONE] = 0,          /* done */
    [FAULT_NO] = 1,            /* the answer is no (where git answers 1) */
    [FAULT_USAGE] = 2,         /* the command line is wrong */
    [FAULT_NETWORK] = 3,       /* no connection, a timeout, a connection that broke */
    [FAULT_TLS] = 4,           /* the server could not prove who it is, or TLS failed */
    [FAULT_AUTH] = 5,          /* credentials missing or refused */
    [FAULT_REFUSED] = 6,       /* the server understood and refused */
    [FAULT_PROTOCOL] = 7,      /* protocol violated, or corrupt data */
    [FAULT_LOCAL] = 8,         /* local files: cannot read, write or create */
    [FAULT_LIMIT] = 9,         /* a limit was reached, or memory ran out */
    [FAULT_INTERRUPTED] = 130, /* stopped: it dies of Ctrl-C itself (SIGTERM: 143, SIGHUP: 129) */
};

static void interrupted(int signal)
{
    interrupt_seen = signal;
}

/* A signal ends what waits and lets the staging be removed; then it kills, as scripts go on after
 * whoever only exits. A second one kills at once. One that
 * was ignored stays so (nohup). A file that may grow no more, and a peer that is gone, are failures
 * of write(). */
static void catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        interrupt_catch(signals[i], &action, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* A core file would hold the password (C1). */
static void no_core(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* A file that gets a closed descriptor's number would be taken for the terminal. What stands in for
 * it here cannot be read or written, so output that is lost is an error; it needs no /dev. */
static int fill_descriptors(struct fault *fault)
{
    int fd;
    do
        fd = open("/", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot open '/': %s", strerror(errno));
    close(fd);
    return 0;
}

static const struct command *find_command(const char *name, struct fault *fault)
{
    if (strcasecmp(name, "-v") == 0 || strcmp(name, "--version") == 0)
        return &version_command;
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0)
        return &help_command;
    return command_find(name, fault);
}

/* Says what went wrong, and cuts the hint off the sentence. Returns the hint, or NULL. */
static const char *complain(const struct command *command, struct fault *fault)
{
    const char *hint = hint_cut(fault);
    if (fault->class == FAULT_NO)
        return NULL;
    fprintf(stderr, "%s: %s\n", fault->class == FAULT_USAGE ? "error" : "fatal", fault->text);
    hint_show(hint);
    if (fault->class == FAULT_USAGE && command)
        fprintf(stderr, "usage: smidgit %s\n", command->usage);
    return hint;
}

int main(int argc, char **argv)
{
    struct fault fault;
    bool json = false;
    fault_clear(&fault);
    catch_signals();
    no_core();
    int before = fill_descriptors(&fault) < 0 ? -1 : global_options(argc, argv, &fault);
    if (before < 0) {
        complain(NULL, &fault);
        return exit_codes[fault.class];
    }
    argc -= before;
    argv += before;
    if (argc < 2) {
        char *help[] = {"help", NULL};
        command_run(&help_command, 1, help, &json, &fault);
        return exit_codes[FAULT_USAGE];
    }
    const struct command *command = find_command(argv[1], &fault);
    if (command && command_run(command, argc - 1, argv + 1, &json, &fault) == 0 &&
        fflush(stdout) != 0)
        fault_set(&fault, FAULT_LOCAL, "cannot write to standard output");
    if (fault.class == FAULT_NONE)
        return 0;
    const char *hint = complain(command, &fault);
    bool killed = fault.class == FAULT_INTERRUPTED && interrupt_seen;
    int code = killed ? 128 + interrupt_seen : exit_codes[fault.class];
    if (json)
        json_failure(&fault, hint, code);
    fflush(stdout);
    if (killed)
        kill(getpid(), interrupt_seen);
    return code;
}
