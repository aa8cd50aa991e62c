/* SPDX-License-Identifier: MIT */
/* What askpass programs answer. No program is started: functions of the C library that would do so
 * are here, and the answer is in the pipe when it is read. A line is taken without its end,
 * whatever else there is refused, and a refused answer does not stay in memory. What is taken as
 * user name and password makes a header that decodes to both.
 *
 * The input is a byte for the exit code and the room, and two answers with a 255 between them.
 */
#include "remote/cred.h"
#include "remote/prompt.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { CHILD = 0x7ffffff0, PIPE = 32768, ANSWERS = 2 };

struct answer {
    const uint8_t *bytes;
    size_t size;
};

/* Functions of the C library are told nothing else. */
static struct {
    struct answer answers[ANSWERS];
    size_t next;
    int status, out; /* out: the end of the pipe that is given to the program */
    char asked[256];
} program;

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
    (void)actions;
    if (to != STDOUT_FILENO)
        abort();
    program.out = from;
    return 0;
}

int posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const arguments[],
                 char *const environment[])
{
    (void)actions, (void)attributes, (void)environment;
    if (strcmp(file, "askpass") != 0 || strcmp(arguments[0], file) != 0 || arguments[2] ||
        program.next == ANSWERS)
        abort();
    strncat(program.asked, arguments[1], sizeof program.asked - strlen(program.asked) - 1);
    const struct answer *answer = &program.answers[program.next++];
    if (write(program.out, answer->bytes, answer->size) != (ssize_t)answer->size)
        abort();
    *child = CHILD;
    return 0;
}

pid_t waitpid(pid_t child, int *status, int options)
{
    if (child != CHILD || options != 0) {
        errno = ECHILD;
        return -1;
    }
    *status = program.status;
    return CHILD;
}

/* The bytes that are the line in ANSWER, SIZE_MAX when it is to be refused. */
static size_t line(const struct answer *answer, size_t room)
{
    size_t size = answer->size;
    if (size >= room || program.status != 0)
        return SIZE_MAX;
    if (size > 0 && answer->bytes[size - 1] == '\n')
        size--;
    if (size > 0 && answer->bytes[size - 1] == '\r')
        size--;
    for (size_t i = 0; i < size; i++)
        if (strchr("\r\n", answer->bytes[i]))
            return SIZE_MAX;
    return size;
}

static void ask(size_t room)
{
    struct fault fault = {.class = FAULT_NONE};
    char *answer = malloc(room);
    size_t size = line(&program.answers[0], room);
    program.next = 0;
    memset(answer, 'x', room);
    int rc = prompt_program("askpass", "Password: ", answer, room, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE) || (rc < 0) != (size == SIZE_MAX) ||
        (rc < 0 && fault.class != FAULT_AUTH) || program.next != 1)
        abort();
    for (size_t i = 0; rc < 0 && i < room; i++)
        if (answer[i])
            abort();
    if (rc == 0 && (memcmp(answer, program.answers[0].bytes, size) != 0 || answer[size] != '\0'))
        abort();
    free(answer);
}

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);
    if (c == '\0' || at == NULL)
        abort();
    return (int)(at - digits);
}

/* Compares the user, a colon and the secret with what stands in the header. */
static void look_at_header(const struct cred *cred, const char *header)
{
    size_t user = strlen(cred->user), secret = strlen(cred->secret), size = user + 1 + secret;
    char *pair = malloc(size + 1);
    memcpy(pair, cred->user, user + 1);
    pair[user] = ':';
    memcpy(pair + user + 1, cred->secret, secret + 1);
    if (strncmp(header, "Basic ", 6) != 0 || strlen(header) != 6 + (size + 2) / 3 * 4)
        abort();
    for (size_t i = 0; i < size; i++) {
        const char *from = header + 6 + i / 3 * 4 + i % 3;
        int byte = digit(from[0]) << (2 + 2 * (i % 3)) | digit(from[1]) >> (4 - 2 * (i % 3));
        if ((byte & 255) != (unsigned char)pair[i])
            abort();
    }
    free(pair);
}

static void fill(void)
{
    static const char question[] = "Username for 'https://host.example': ";
    struct url url;
    char room[64];
    const struct cred_options options = {.password_fd = -1, .no_prompt = true};
    struct fault fault = {.class = FAULT_NONE};
    struct cred cred = {.user = NULL};
    url_parse("https://host.example/r.git", room, &url, &fault);
    program.next = 0;
    program.asked[0] = '\0';
    int rc = cred_fill(&url, &options, "", &cred, &fault);
    bool good = line(&program.answers[0], CRED_MAX) != SIZE_MAX &&
                line(&program.answers[1], CRED_MAX) != SIZE_MAX;
    if ((rc == 0) != good || (rc < 0) != (fault.class != FAULT_NONE) || cred.have != good ||
        (rc < 0 && cred.user) || strncmp(program.asked, question, strlen(question)) != 0)
        abort();
    if (rc == 0) {
        char *header = cred_header(&cred, &fault);
        if ((header == NULL) != (strchr(cred.user, ':') != NULL) ||
            (header == NULL) != (fault.class == FAULT_AUTH))
            abort();
        if (header)
            look_at_header(&cred, header);
        free(header);
    }
    cred_forget(&cred);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0 || size > PIPE)
        return 0;
    const uint8_t *first = bytes + 1, *end = bytes + size;
    const uint8_t *between = memchr(first, 255, size - 1);
    const uint8_t *second = between ? between + 1 : end;
    program.answers[0] = (struct answer){first, (size_t)((between ? between : end) - first)};
    program.answers[1] = (struct answer){second, (size_t)(end - second)};
    /* The numbers of wait(2) here: a signal, or an exit code in the byte above. */
    program.status = bytes[0] & 64 ? 9 : bytes[0] & 128 ? 1 << 8 : 0;
    setenv("GIT_ASKPASS", "askpass", 1);
    setenv("NETRC", "/nonexistent/.netrc", 1);
    ask(1 + (bytes[0] & 63));
    fill();
    return 0;
}
