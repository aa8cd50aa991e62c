/* SPDX-License-Identifier: MIT */
#include "remote/prompt.h"

#include "remote/cred.h"
#include "system/child.h"
#include "system/interrupt.h"
#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

/* answer = *CHAR [ CR ] LF / *CHAR, CHAR being all but NUL, CR, LF */
static int answer_take(char *answer, size_t size, struct fault *fault)
{
    if (size > 0 && answer[size - 1] == '\n')
        size--;
    if (size > 0 && answer[size - 1] == '\r')
        size--;
    for (size_t i = 0; i < size; i++)
        if (answer[i] == '\0' || answer[i] == '\n' || answer[i] == '\r')
            return fault_set(fault, FAULT_AUTH,
                             "its answer has a %s at byte %zu, one line was expected",
                             answer[i] ? "line break" : "NUL", i);
    answer[size] = '\0';
    return 0;
}

int prompt_program(const char *program, const char *question, char *answer, size_t size,
                   struct fault *fault)
{
    const char *const argv[] = {program, question, NULL};
    struct memory_writer output;
    const struct child child = {.argv = argv, .output = &output.writer, .wait_ms = -1};
    int code = 0;
    writer_memory(&output, answer, size - 1, "its answer", fault);
    int rc = child_run(&child, &code, fault);
    if (rc == 0 && code != 0)
        rc = fault_set(fault, FAULT_AUTH, "ended with code %d", code);
    if (rc == 0)
        rc = answer_take(answer, output.used, fault);
    if (rc == 0)
        return 0;
    wipe(answer, size);
    if (fault->class != FAULT_INTERRUPTED)
        fault->class = FAULT_AUTH;
    return fault_wrap(fault, "askpass program '%s'", program);
}

/* Set by a signal while the terminal has no echo; signal handlers can reach nothing else. */
static volatile sig_atomic_t prompt_signal;

static void note_signal(int signal)
{
    prompt_signal = signal;
}

/* SIGCONT comes after a stop that cannot be caught: whoever had the terminal then gave it its echo.
 */
static const int prompt_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
enum { PROMPT_SIGNALS = sizeof prompt_signals / sizeof *prompt_signals };

struct terminal {
    int fd;
    bool hidden;
    struct termios before;
    sigset_t mask; /* as it was: signals come in only while pselect() waits */
    struct sigaction actions[PROMPT_SIGNALS];
};

static void signals_take(struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t held;
    sigemptyset(&action.sa_mask);
    sigemptyset(&held);
    prompt_signal = 0;
    for (size_t i = 0; i < PROMPT_SIGNALS; i++)
        sigaddset(&held, prompt_signals[i]);
    sigprocmask(SIG_BLOCK, &held, &terminal->mask);
    for (size_t i = 0; i < PROMPT_SIGNALS; i++)
        interrupt_catch(prompt_signals[i], &action, &terminal->actions[i]);
}

static void signals_return(struct terminal *terminal)
{
    for (size_t i = 0; i < PROMPT_SIGNALS; i++)
        sigaction(prompt_signals[i], &terminal->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
}

static void echo_off(struct terminal *terminal)
{
    struct termios quiet = terminal->before;
    quiet.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    tcsetattr(terminal->fd, TCSAFLUSH, &quiet);
}

/* The terminal's next byte: 1, 0 at its end, -1 (a signal, an error). */
static int terminal_byte(struct terminal *terminal, char *out)
{
    ssize_t got;
    do {
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET((size_t)terminal->fd, &ready);
        int rc = pselect(terminal->fd + 1, &ready, NULL, NULL, NULL, &terminal->mask);
        got = rc < 0 ? -1 : read(terminal->fd, out, 1);
    } while (got < 0 && errno == EINTR && !prompt_signal);
    return got < 0 ? -1 : got > 0;
}

/* line = *CHAR LF */
static int terminal_line(struct terminal *terminal, char *answer, size_t size, struct fault *fault)
{
    size_t used = 0;
    char c;
    int rc;
    while ((rc = terminal_byte(terminal, &c)) == 1 && c != '\n') {
        if (used + 1 == size)
            return fault_set(fault, FAULT_AUTH, "an answer of over %zu bytes was typed", size - 1);
        answer[used++] = c;
    }
    answer[used] = '\0';
    if (rc < 0 && prompt_signal)
        return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
    if (rc < 0)
        return fault_set(fault, FAULT_AUTH, "cannot read from /dev/tty: %s", strerror(errno));
    if (rc == 0 && used == 0)
        return fault_set(fault, FAULT_AUTH, "nothing was typed");
    return 0;
}

static void terminal_say(const struct terminal *terminal, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t sent = write(terminal->fd, text, left);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            text += sent;
            left -= (size_t)sent;
        }
    }
}

/* Asks once. The signal that broke it off, if one did, is delivered when the terminal is as it was.
 */
static int terminal_ask(struct terminal *terminal, const char *question, char *answer, size_t size,
                        int *caught, struct fault *fault)
{
    signals_take(terminal);
    if (terminal->hidden)
        echo_off(terminal);
    terminal_say(terminal, question);
    int rc = terminal_line(terminal, answer, size, fault);
    if (terminal->hidden) {
        tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
        terminal_say(terminal, "\n");
    }
    *caught = prompt_signal;
    signals_return(terminal);
    if (rc < 0)
        wipe(answer, size);
    if (*caught)
        raise(*caught);
    return rc;
}

bool prompt_has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

int prompt_terminal(const char *question, bool hidden, char *answer, size_t size,
                    struct fault *fault)
{
    struct terminal terminal = {.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC),
                                .hidden = hidden};
    int caught, rc;
    if (terminal.fd < 0)
        return 0;
    if (terminal.fd >= FD_SETSIZE || tcgetattr(terminal.fd, &terminal.before) < 0) {
        close(terminal.fd);
        return 0;
    }
    while ((rc = terminal_ask(&terminal, question, answer, size, &caught, fault)) < 0 &&
           (caught == SIGTSTP || caught == SIGCONT))
        fault_clear(fault);
    close(terminal.fd);
    return rc < 0 ? -1 : 1;
}
