/* SPDX-License-Identifier: MIT */
/* smidgit credential-store and credential-keyring: helper programs, for git too. Their one argument
 * says what to do, lines on standard input for which credential, and the answer goes to standard
 * output. As git wants it of helpers, what they do not know they pass over. */
#include "cmd/commands.h"
#include "remote/credential_store.h"
#include "remote/keyring.h"
#include "system/fs.h"
#include "system/pipe_reader.h"
#include "system/wipe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct helper {
    const char *file;
    unsigned long timeout; /* seconds, from 1; 0: it is the file */
};

enum operation { GET, STORE, ERASE, UNKNOWN };
static const char *const operations[] = {"get", "store", "erase"};

/* The answer: what was asked for is known to who asked. */
static int answer(const struct credential *found, struct fault *fault)
{
    struct credential told = {.username = found->username,
                              .password = found->password,
                              .password_expiry_utc = found->password_expiry_utc,
                              .oauth_refresh_token = found->oauth_refresh_token,
                              .authtype = found->authtype,
                              .credential = found->credential};
    struct memory_writer out;
    char *room = malloc(2 * (size_t)CREDENTIAL_ROOM);
    if (!room)
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    if (found->credential) {
        told.capability.values[0] = "authtype";
        told.capability.count = 1;
    }
    writer_memory(&out, room, 2 * (size_t)CREDENTIAL_ROOM, "answer", fault);
    int rc = credential_write(&told, &out.writer);
    if (rc == 0)
        rc = fs_put(STDOUT_FILENO, room, out.used, "standard output", fault);
    wipe(room, out.used);
    free(room);
    return rc;
}

/* 1: what was asked for is in CREDENTIAL. 0, -1. */
static int ask_keyring(const struct helper *helper, enum operation operation,
                       struct credential *credential, struct fault *fault)
{
    if (operation == GET)
        return keyring_get(credential, fault);
    if (operation == ERASE)
        return keyring_erase(credential, fault);
    return keyring_put(credential, helper->timeout, fault);
}

static int ask_store(const struct helper *helper, enum operation operation,
                     struct credential *credential, struct fault *fault)
{
    struct credential_store store;
    if (credential_store_open(&store, helper->file, fault) < 0)
        return -1;
    if (operation == GET)
        return credential_store_get(&store, credential, fault);
    if (operation == ERASE)
        return credential_store_erase(&store, credential, fault);
    return credential_store_put(&store, credential, fault);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    const struct helper *helper = self;
    struct credential credential = {.room = NULL};
    struct pipe_reader in;
    unsigned operation = GET;
    if (count != 1)
        return fault_set(fault, FAULT_USAGE, "one of get, store and erase is needed");
    while (operation < UNKNOWN && strcmp(arguments[0], operations[operation]) != 0)
        operation++;
    if (operation == UNKNOWN)
        return 0;
    wipe_guard();
    pipe_read_open(&in, STDIN_FILENO, "standard input", fault);
    int rc = credential_read(&in.reader, &credential);
    wipe(in.window, sizeof in.window);
    if (rc == 0)
        rc = (helper->timeout ? ask_keyring : ask_store)(helper, operation, &credential, fault);
    if (rc == 1)
        rc = answer(&credential, fault);
    credential_forget(&credential);
    return rc;
}

static void keyring_defaults(void *self, struct fault *fault)
{
    (void)fault;
    ((struct helper *)self)->timeout = KEYRING_TIMEOUT;
}

static const struct option store_options[] = {
    {"file", 0, OPTION_TEXT, offsetof(struct helper, file), .word = "FILE",
     .help = "in place of ~/.git-credentials"},
    {.kind = OPTION_REST},
};

static const struct option keyring_options[] = {
    {"timeout", 0, OPTION_NUMBER, offsetof(struct helper, timeout), .word = "SECONDS",
     .help = "how long it is kept (900)"},
    {.kind = OPTION_REST},
};

const struct command credential_store_command = {
    .name = "credential-store",
    .summary = "a credential helper: passwords in a file",
    .usage = "credential-store [--file FILE] get | store | erase",
    .options = store_options,
    .size = sizeof(struct helper),
    .run = run,
};

const struct command credential_keyring_command = {
    .name = "credential-keyring",
    .summary = "a credential helper: passwords in the kernel's memory",
    .usage = "credential-keyring [--timeout SECONDS] get | store | erase",
    .options = keyring_options,
    .size = sizeof(struct helper),
    .defaults = keyring_defaults,
    .run = run,
};
