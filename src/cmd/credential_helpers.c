/* SPDX-License-Identifier: MIT */
/* smidgit credential, as git-credential(1). credential-store and credential-keyring: helper
 * programs, for git too. Their one argument says what to do, lines on standard input for which
 * credential, and the answer goes to standard output. As git wants it of helpers, what they do not
 * know they pass over. */
#include "client/credential_settings.h"
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

static int print(const struct credential *credential, struct fault *fault)
{
    struct memory_writer out;
    char *room = malloc(2 * (size_t)CREDENTIAL_ROOM);
    if (!room)
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    writer_memory(&out, room, 2 * (size_t)CREDENTIAL_ROOM, "answer", fault);
    int rc = credential_write(credential, &out.writer);
    if (rc == 0)
        rc = fs_put(STDOUT_FILENO, room, out.used, "standard output", fault);
    wipe(room, out.used);
    free(room);
    return rc;
}

static int read_input(struct credential *credential, struct fault *fault)
{
    struct pipe_reader in;
    wipe_guard();
    pipe_read_open(&in, STDIN_FILENO, "standard input", fault);
    int rc = credential_read(&in.reader, credential);
    wipe(in.window, sizeof in.window);
    return rc;
}

/* The answer: what was asked for is known to who asked. */
static int answer(const struct credential *found, struct fault *fault)
{
    struct credential told = {.username = found->username,
                              .password = found->password,
                              .password_expiry_utc = found->password_expiry_utc,
                              .oauth_refresh_token = found->oauth_refresh_token,
                              .authtype = found->authtype,
                              .credential = found->credential};
    if (found->credential) {
        told.capability.values[0] = "authtype";
        told.capability.count = 1;
    }
    return print(&told, fault);
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    const struct helper *helper = self;
    struct credential credential = {.room = NULL};
    enum credential_operation operation = CREDENTIAL_GET;
    if (count != 1)
        return fault_set(fault, FAULT_USAGE, "one of get, store and erase is needed");
    while (operation < CREDENTIAL_OTHER &&
           strcmp(arguments[0], credential_operations[operation]) != 0)
        operation++;
    if (operation == CREDENTIAL_OTHER)
        return 0;
    int rc = read_input(&credential, fault);
    if (rc == 0)
        rc = helper->timeout ? keyring_call(operation, helper->timeout, &credential, fault)
                             : credential_store_call(operation, helper->file, &credential, fault);
    if (rc == 1)
        rc = answer(&credential, fault);
    credential_forget(&credential);
    return rc;
}

/* smidgit credential: what a client knows of whom to ask. */
struct asking {
    struct settings settings;
    struct url url;
    char *room; /* of the URL */
    struct cred_options cred;
    struct credential credential;
};

/* URL of the credential, with %-codes for what a URL cannot have. */
static int make_url(struct asking *asking, struct fault *fault)
{
    const struct credential *credential = &asking->credential;
    const char *path = credential->path ? credential->path : "";
    char *text = malloc(URL_MAX + 4), *at = text, *end = text + URL_MAX;
    asking->room = malloc(URL_MAX);
    if (text == NULL || asking->room == NULL) {
        free(text);
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    }
    at += snprintf(at, URL_MAX, "%.16s://%.1024s/", credential->protocol, credential->host);
    for (; *path && at < end - 1; path++)
        if (*path > ' ' && strchr("%?#\"<>\\^`{|}\177", *path) == NULL)
            *at++ = *path;
        else
            at += sprintf(at, "%%%02X", (unsigned char)*path);
    *at = '\0';
    int rc = *path ? fault_set(fault, FAULT_LIMIT, "a URL of over %d bytes", URL_MAX - 1)
                   : url_parse(text, asking->room, &asking->url, fault);
    free(text);
    return rc;
}

static int read_settings(struct asking *asking, struct fault *fault)
{
    static const struct settings_options nowhere = {.git_dir = NULL};
    const char *prompt = getenv("GIT_TERMINAL_PROMPT");
    struct url_settings here;
    if (settings_read(&nowhere, &asking->settings, fault) < 0 ||
        url_settings_open(&here, &asking->settings, &asking->url, fault) < 0)
        return -1;
    asking->cred = (struct cred_options){.no_prompt = prompt && strcmp(prompt, "0") == 0};
    int rc = credential_settings_use(&here, net_defaults.idle_ms, true, &asking->cred, fault);
    url_settings_close(&here);
    const struct cred_options *cred = &asking->cred;
    if (rc == 0 && !asking->credential.username && cred->configured_user)
        rc = credential_set(&asking->credential, "username", cred->configured_user, fault);
    if (!cred->helpers.use_path)
        asking->credential.path = NULL;
    return rc;
}

/* By the helpers, and then by a person. */
static int fill(struct asking *asking, struct fault *fault)
{
    struct credential *credential = &asking->credential;
    struct cred typed = {.user = NULL};
    int rc = helpers_ask(&asking->cred.helpers, credential, fault);
    if (rc == 0) {
        rc = cred_ask(&asking->url, &asking->cred, credential->username, &typed, fault);
        if (rc == 0 && (credential_set(credential, "username", typed.user, fault) < 0 ||
                        credential_set(credential, "password", typed.secret, fault) < 0))
            rc = -1;
        cred_forget(&typed);
    }
    return rc < 0 ? -1 : print(credential, fault);
}

static int run_credential(void *self, int count, char **arguments, struct fault *fault)
{
    static const char *const words[] = {"fill", "approve", "reject"};
    struct asking *asking = self;
    struct credential *credential = &asking->credential;
    int word = 0;
    while (count == 1 && word < 3 && strcmp(arguments[0], words[word]) != 0)
        word++;
    if (count != 1 || word == 3)
        return fault_set(fault, FAULT_USAGE, "one of fill, approve and reject is needed");
    int rc = read_input(credential, fault);
    if (rc == 0 && (!credential->protocol || !credential->host))
        rc = fault_set(fault, FAULT_USAGE, "a protocol and a host are needed");
    if (rc == 0)
        rc = make_url(asking, fault);
    if (rc == 0)
        rc = read_settings(asking, fault);
    if (rc == 0 && word == 0)
        rc = fill(asking, fault);
    else if (rc == 0 && (word == 2 || credential->password || credential->credential))
        rc = helpers_say(&asking->cred.helpers, word == 1, credential, fault);
    credential_forget(credential);
    settings_free(&asking->settings);
    free(asking->room);
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

static const struct option credential_options[] = {{.kind = OPTION_REST}};

const struct command credential_command = {
    .name = "credential",
    .summary = "ask the credential helpers, or a person; tell them how it went",
    .usage = "credential fill | approve | reject",
    .options = credential_options,
    .size = sizeof(struct asking),
    .run = run_credential,
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
