/* SPDX-License-Identifier: MIT */
#include "remote/helpers.h"

#include "proto/bytes.h"
#include "remote/credential_store.h"
#include "remote/keyring.h"
#include "system/child.h"
#include "system/wipe.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    COMMAND_MAX = 4096,                             /* bytes of a command */
    WORDS_MAX = 32,                                 /* of one that needs no shell */
    MESSAGE_MAX = CREDENTIAL_ROOM + CREDENTIAL_LINE /* bytes of a question, or of an answer */
};

const bool helpers_available = true;

/* A command, and what is said to it and by it. */
struct call {
    const char *command; /* as the settings have it */
    const struct helpers *helpers;
    enum credential_operation action;
    char *question, *answer; /* MESSAGE_MAX bytes each */
    size_t size;             /* of the question */
    struct memory_writer said;
    struct fault why;    /* it is no use */
    struct fault *fault; /* that one */
};

/* The words of LINE, with the action behind them, in ARGV; what a shell would make something else
 * of goes to one. ROOM has COMMAND_MAX bytes. */
static int split(const struct call *call, const char *before, const char *line, char *room,
                 const char *argv[WORDS_MAX + 1])
{
    size_t count = 0;
    bool shell = strpbrk(line, "|&;<>()$`\\\"'\n*?[#~=%{}!") != NULL;
    int size =
        snprintf(room, COMMAND_MAX, "%s%s %s", before, line, credential_operations[call->action]);
    if (size >= COMMAND_MAX)
        return fault_set(call->fault, FAULT_LIMIT, "a command of over %d bytes", COMMAND_MAX - 1);
    argv[0] = "sh";
    argv[1] = "-c";
    argv[2] = room;
    argv[3] = NULL;
    for (char *at = room; !shell && *(at += strspn(at, " \t"));) {
        if (count == WORDS_MAX)
            return fault_set(call->fault, FAULT_LIMIT, "over %d words", WORDS_MAX);
        argv[count++] = at;
        argv[count] = NULL;
        at += strcspn(at, " \t");
        if (*at)
            *at++ = '\0';
    }
    return 0;
}

static int run(struct call *call, const char *before, const char *line)
{
    char room[COMMAND_MAX];
    const char *argv[WORDS_MAX + 1];
    int code;
    struct child child = {.argv = argv,
                          .input = call->question,
                          .size = call->size,
                          .output = call->action == CREDENTIAL_GET ? &call->said.writer : NULL,
                          .wait_ms = call->helpers->wait_ms};
    writer_memory(&call->said, call->answer, MESSAGE_MAX, "its answer", call->fault);
    if (split(call, before, line, room, argv) < 0 || child_run(&child, &code, call->fault) < 0)
        return -1;
    if (code != 0)
        return fault_set(call->fault, FAULT_AUTH, "ended with code %d", code);
    return 0;
}

static int call_one(struct call *call)
{
    const char *command = call->command;
    if (*command == '!')
        return run(call, "", command + 1);
    if (*command == '/')
        return run(call, "", command);
    if (run(call, "git-credential-", command) == 0)
        return 0;
    /* git keeps its own where PATH does not lead. */
    if (call->fault->class != FAULT_LOCAL)
        return -1;
    fault_clear(call->fault);
    return run(call, "git credential-", command);
}

/* The value of the option NAME, which is all that stands behind a command's first word. 1: in OUT;
 * 0: there is none; -1. */
static int only_option(const struct call *call, const char *name, char out[COMMAND_MAX])
{
    const char *at = call->command + strcspn(call->command, " \t");
    size_t length = strlen(name);
    at += strspn(at, " \t");
    if (*at == '\0')
        return 0;
    if (strncmp(at, name, length) != 0 || (at[length] != ' ' && at[length] != '='))
        return fault_set(call->fault, FAULT_USAGE, "of options it has only %s", name);
    at += length + 1;
    const char *home = strncmp(at, "~/", 2) == 0 ? getenv("HOME") : NULL;
    int size = snprintf(out, COMMAND_MAX, "%s%s", home ? home : "", home ? at + 1 : at);
    return size < COMMAND_MAX
               ? 1
               : fault_set(call->fault, FAULT_LIMIT, "a command of over %d bytes", COMMAND_MAX - 1);
}

static int call_store(const struct call *call, struct credential *credential)
{
    char file[COMMAND_MAX];
    int rc = only_option(call, "--file", file);
    return rc < 0 ? -1
                  : credential_store_call(call->action, rc ? file : NULL, credential, call->fault);
}

static int call_keyring(const struct call *call, struct credential *credential)
{
    char text[COMMAND_MAX];
    uint64_t seconds = KEYRING_TIMEOUT;
    int rc = only_option(call, "--timeout", text);
    if (rc == 1 &&
        (bytes_decimal(text, strlen(text), &seconds) < 0 || seconds == 0 || seconds > INT_MAX))
        rc = fault_set(call->fault, FAULT_USAGE, "'%.40s' is no number of seconds", text);
    return rc < 0 ? -1
                  : keyring_call(call->action, (unsigned long)seconds, credential, call->fault);
}

static bool is_called(const struct call *call, const char *name)
{
    size_t length = strcspn(call->command, " \t");
    return strlen(name) == length && strncmp(call->command, name, length) == 0;
}

static bool is_known(const struct credential *credential)
{
    return (credential->username && credential->password) ||
           (credential->authtype && credential->credential);
}

/* Takes what a helper has said over into CREDENTIAL. */
static int take(struct call *call, struct credential *credential)
{
    struct reader in;
    struct credential said = {.room = NULL};
    reader_memory(&in, call->answer, call->said.used, "its answer", call->fault);
    int rc = credential_read(&in, &said);
    const struct credential place = {.protocol = credential->protocol, .host = credential->host};
    if (rc == 0 && ((said.host && strcmp(said.host, place.host) != 0) ||
                    (said.protocol && strcmp(said.protocol, place.protocol) != 0)))
        rc = fault_set(call->fault, FAULT_AUTH, "its answer is for another host");
    if (rc == 0 && said.password_expiry_utc > 0 && said.password_expiry_utc < (uint64_t)time(NULL))
        rc = fault_set(call->fault, FAULT_AUTH, "what it knows has expired");
    bool quit = said.quit;
    credential_forget(&said);
    credential->quit = quit;
    if (rc < 0)
        return -1;
    reader_memory(&in, call->answer, call->said.used, "its answer", call->fault);
    return credential_read(&in, credential);
}

/* Of the command only its first word is shown: the rest may be a secret. */
static void warn(const struct call *call)
{
    char shown[256];
    bytes_caret(call->command, strcspn(call->command, " \t\n"), "", shown, sizeof shown);
    fprintf(stderr, "warning: credential helper '%s': %s\n", shown, call->fault->text);
}

/* A program: it is told CREDENTIAL, and what it says is taken over. */
static int call_program(struct call *call, struct credential *credential)
{
    struct memory_writer question;
    writer_memory(&question, call->question, MESSAGE_MAX, "question", call->fault);
    call->said.used = 0;
    int rc = credential_write(credential, &question.writer);
    call->size = question.used;
    if (rc == 0)
        rc = call_one(call);
    if (rc == 0 && call->action == CREDENTIAL_GET)
        rc = take(call, credential);
    wipe(call->question, question.used);
    wipe(call->answer, call->said.used);
    return rc;
}

/* Calls each in turn. WANTED: an answer is taken over into CREDENTIAL. 1: it has all; 0; -1. */
static int call_all(struct call *call, struct credential *credential, struct fault *fault)
{
    bool wanted = call->action == CREDENTIAL_GET;
    for (size_t i = 0; i < call->helpers->commands.count; i++) {
        fault_clear(call->fault);
        call->command = call->helpers->commands.items[i];
        int rc = is_called(call, "store")     ? call_store(call, credential)
                 : is_called(call, "keyring") ? call_keyring(call, credential)
                                              : call_program(call, credential);
        if (call->why.class == FAULT_INTERRUPTED)
            return fault_set(fault, FAULT_INTERRUPTED, "%s", call->why.text);
        if (rc < 0)
            warn(call);
        if (wanted && is_known(credential))
            return 1;
        if (wanted && credential->quit)
            return fault_set(fault, FAULT_AUTH, "a credential helper wants nobody to be asked");
    }
    return 0;
}

static int call_with_room(const struct helpers *helpers, enum credential_operation action,
                          struct credential *credential, struct fault *fault)
{
    struct call call = {.helpers = helpers, .action = action};
    if (helpers->commands.count == 0)
        return 0;
    call.fault = &call.why;
    call.question = malloc(2 * (size_t)MESSAGE_MAX);
    if (call.question == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to ask credential helpers");
    call.answer = call.question + MESSAGE_MAX;
    int rc = call_all(&call, credential, fault);
    free(call.question);
    return rc;
}

int helpers_ask(const struct helpers *helpers, struct credential *credential, struct fault *fault)
{
    return is_known(credential) ? 1 : call_with_room(helpers, CREDENTIAL_GET, credential, fault);
}

int helpers_say(const struct helpers *helpers, bool keep, struct credential *credential,
                struct fault *fault)
{
    return call_with_room(helpers, keep ? CREDENTIAL_STORE : CREDENTIAL_ERASE, credential, fault);
}

/* What is asked: capability, protocol, host [":" port], path, username, wwwauth. */
static int describe(const struct helpers *helpers, const struct url *url, const char *user,
                    const char *challenge, struct credential *out, struct fault *fault)
{
    const char *const lines[][2] = {{"capability[]", "authtype"},
                                    {"capability[]", "state"},
                                    {"username", user},
                                    {"wwwauth[]", challenge}};
    char *text = malloc(URL_MAX);
    if (text == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to ask credential helpers");
    url_format(url, text, URL_MAX);
    int rc = credential_from_url(out, text, strlen(text), fault);
    free(text);
    if (!helpers->use_path)
        out->path = NULL;
    for (size_t i = 0; rc == 0 && i < sizeof lines / sizeof *lines; i++)
        if (lines[i][1] && *lines[i][1])
            rc = credential_set(out, lines[i][0], lines[i][1], fault);
    return rc;
}

int helpers_get(const struct helpers *helpers, const struct url *url, const char *user,
                const char *challenge, struct credential *out, struct fault *fault)
{
    *out = (struct credential){.room = NULL};
    if (helpers->commands.count == 0)
        return 0;
    if (describe(helpers, url, user, challenge, out, fault) < 0)
        return -1;
    return helpers_ask(helpers, out, fault);
}

int helpers_tell(const struct helpers *helpers, bool keep, const struct url *url, const char *user,
                 const char *secret, struct credential *credential, struct fault *fault)
{
    if (helpers->commands.count == 0)
        return 0;
    if (credential->host == NULL && describe(helpers, url, NULL, NULL, credential, fault) < 0)
        return -1;
    if (credential->credential == NULL &&
        (credential_set(credential, "username", user, fault) < 0 ||
         credential_set(credential, "password", secret, fault) < 0))
        return -1;
    return helpers_say(helpers, keep, credential, fault);
}

void helpers_forget(struct credential *credential)
{
    credential_forget(credential);
}
