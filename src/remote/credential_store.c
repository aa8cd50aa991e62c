/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "remote/credential_store.h"

#include "system/fs.h"
#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STEP = 20 /* milliseconds between two looks at a lock */ };

static void add_path(struct credential_store *store, const char *directory, const char *name)
{
    char *path = store->paths[store->count];
    int length = snprintf(path, CREDENTIAL_STORE_PATH, "%s%s", directory, name);
    if (length > 0 && length < CREDENTIAL_STORE_PATH)
        store->count++;
}

int credential_store_open(struct credential_store *store, const char *file, struct fault *fault)
{
    const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
    store->count = 0;
    if (file) {
        add_path(store, file, "");
    } else {
        if (home && *home)
            add_path(store, home, "/.git-credentials");
        if (config && *config)
            add_path(store, config, "/git/credentials");
        else if (home && *home)
            add_path(store, home, "/.config/git/credentials");
    }
    if (store->count == 0)
        return fault_set(fault, FAULT_LOCAL,
                         file ? "credential-store: the name of the file is empty or too long"
                              : "credential-store: HOME is not set; use --file");
    return 0;
}

/* One file, and its bytes while they are needed. */
struct stored {
    const char *path;
    char *text; /* NULL: there is no such file */
    size_t size;
    struct fault *fault;
};

static int stored_read(struct stored *stored)
{
    struct stat st;
    if (stat(stored->path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)))
        return fault_set(stored->fault, FAULT_AUTH,
                         "'%s' holds passwords and is open to others; use 'chmod 600 %s' first",
                         stored->path, stored->path);
    return fs_read(AT_FDCWD, stored->path, CREDENTIAL_STORE_MAX, false, &stored->text,
                   &stored->size, stored->fault);
}

static void stored_forget(struct stored *stored)
{
    if (stored->text)
        wipe(stored->text, stored->size);
    free(stored->text);
    stored->text = NULL;
}

/* What to look for; ENTRY is the line at hand, taken apart. */
struct pattern {
    const struct credential *wanted;
    bool with_secret;
    struct credential entry;
};

/* A line that makes no sense fits nothing, and stays as it is. */
static bool line_fits(struct pattern *pattern, const char *line, size_t size)
{
    struct fault ignored = {.class = FAULT_NONE};
    struct credential *entry = &pattern->entry;
    return credential_from_url(entry, line, size, &ignored) == 0 && entry->username &&
           entry->password && credential_matches(pattern->wanted, entry, pattern->with_secret);
}

static size_t line_length(const struct stored *stored, size_t at)
{
    const char *end = memchr(stored->text + at, '\n', stored->size - at);
    return end ? (size_t)(end - stored->text) - at : stored->size - at;
}

static bool find(const struct stored *stored, struct pattern *pattern)
{
    size_t length;
    for (size_t at = 0; stored->text && at < stored->size; at += length + 1) {
        length = line_length(stored, at);
        if (line_fits(pattern, stored->text + at, length))
            return true;
    }
    return false;
}

int credential_store_get(const struct credential_store *store, struct credential *wanted,
                         struct fault *fault)
{
    struct pattern pattern = {.wanted = wanted};
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < store->count; i++) {
        struct stored stored = {.path = store->paths[i], .fault = fault};
        if ((rc = stored_read(&stored)) == 0)
            rc = find(&stored, &pattern);
        stored_forget(&stored);
    }
    if (rc == 1 && (credential_set(wanted, "username", pattern.entry.username, fault) < 0 ||
                    credential_set(wanted, "password", pattern.entry.password, fault) < 0))
        rc = -1;
    credential_forget(&pattern.entry);
    return rc;
}

/* "FILE.lock", which nobody else can open from its first moment on. */
static int take_lock(const char *path, struct fault *fault)
{
    char lock[CREDENTIAL_STORE_PATH + 8];
    const struct timespec step = {.tv_nsec = STEP * 1000000L};
    snprintf(lock, sizeof lock, "%s.lock", path);
    for (unsigned waited = 0;; waited += STEP) {
        int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            return fault_set(fault, FAULT_LOCAL, "cannot create '%s': %s", lock, strerror(errno));
        if (waited >= CREDENTIAL_STORE_WAIT)
            return fault_set(fault, FAULT_LOCAL,
                             "'%s' exists: another git is at work, or one has died here", lock);
        nanosleep(&step, NULL);
    }
}

/* Writes the file anew: LINE first, then whatever does not fit. */
static int write_lines(struct stored *stored, struct pattern *pattern, const char *line, int fd)
{
    size_t used = 0, length, room = strlen(line) + stored->size + 2;
    char *out = malloc(room);
    if (!out)
        return fault_set(stored->fault, FAULT_LIMIT, "no memory for '%s'", stored->path);
    memcpy(out, line, strlen(line));
    used = strlen(line);
    for (size_t at = 0; at < stored->size; at += length + 1) {
        length = line_length(stored, at);
        if (line_fits(pattern, stored->text + at, length))
            continue;
        memcpy(out + used, stored->text + at, length);
        used += length;
        out[used++] = '\n';
    }
    int rc = used > CREDENTIAL_STORE_MAX
                 ? fault_set(stored->fault, FAULT_LIMIT, "'%s' would have more than %d bytes",
                             stored->path, CREDENTIAL_STORE_MAX)
                 : fs_put(fd, out, used, stored->path, stored->fault);
    wipe(out, room);
    free(out);
    return rc;
}

/* As git does, behind a symlink the file that it names is replaced. */
static int rewrite(const char *path, struct pattern *pattern, const char *line, struct fault *fault)
{
    char *real = realpath(path, NULL);
    struct stored stored = {.path = real ? real : path, .fault = fault};
    int fd = take_lock(stored.path, fault), rc = fd;
    if (fd >= 0) {
        rc = stored_read(&stored);
        if (rc == 0)
            rc = write_lines(&stored, pattern, line, fd);
        rc = fs_unlock(AT_FDCWD, stored.path, fd, rc, true, fault);
    }
    stored_forget(&stored);
    credential_forget(&pattern->entry);
    free(real);
    return rc < 0 ? -1 : 0;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_.~", c));
}

/* Letters, digits, "-_.~" and PLAIN stand for themselves. */
static char *encode(char *out, const char *text, const char *plain)
{
    for (; *text; text++)
        if (is_unreserved(*text) || strchr(plain, *text))
            *out++ = *text;
        else
            out += snprintf(out, 4, "%%%02x", (unsigned)(unsigned char)*text);
    return out;
}

static char *format_line(const struct credential *credential, size_t *size)
{
    const char *host = credential->host ? credential->host : "";
    const char *path = credential->path ? credential->path : "";
    *size = strlen(credential->protocol) +
            3 * (strlen(credential->username) + strlen(credential->password) + strlen(host) +
                 strlen(path)) +
            16;
    char *line = malloc(*size), *at = line;
    if (!line)
        return NULL;
    at += snprintf(at, *size, "%s://", credential->protocol);
    at = encode(at, credential->username, "");
    *at++ = ':';
    at = encode(at, credential->password, "");
    *at++ = '@';
    at = encode(at, host, "");
    if (credential->path)
        *at++ = '/';
    at = encode(at, path, "!*'();:@&=+$,/?#[]");
    memcpy(at, "\n", 2);
    return line;
}

int credential_store_put(const struct credential_store *store, const struct credential *credential,
                         struct fault *fault)
{
    struct pattern pattern = {.wanted = credential};
    const char *path = store->paths[0];
    size_t size;
    if (!credential->protocol || !(credential->host || credential->path) || !credential->username ||
        !credential->password)
        return 0;
    char *line = format_line(credential, &size);
    if (!line)
        return fault_set(fault, FAULT_LIMIT, "no memory for a password");
    for (unsigned i = store->count; i > 0; i--)
        if (access(store->paths[i - 1], F_OK) == 0)
            path = store->paths[i - 1];
    int rc = strlen(line) > CREDENTIAL_ROOM
                 ? fault_set(fault, FAULT_LIMIT, "a credential's url of over %d bytes",
                             CREDENTIAL_ROOM - 1)
                 : rewrite(path, &pattern, line, fault);
    wipe(line, size);
    free(line);
    return rc;
}

int credential_store_erase(const struct credential_store *store,
                           const struct credential *credential, struct fault *fault)
{
    struct pattern pattern = {.wanted = credential, .with_secret = true};
    int rc = 0;
    if (!credential->protocol && !credential->host && !credential->path && !credential->username)
        return 0;
    for (unsigned i = 0; rc == 0 && i < store->count; i++)
        if (access(store->paths[i], F_OK) == 0)
            rc = rewrite(store->paths[i], &pattern, "", fault);
    return rc;
}

int credential_store_call(enum credential_operation operation, const char *file,
                          struct credential *credential, struct fault *fault)
{
    struct credential_store store;
    if (credential_store_open(&store, file, fault) < 0)
        return -1;
    if (operation == CREDENTIAL_GET)
        return credential_store_get(&store, credential, fault);
    if (operation == CREDENTIAL_ERASE)
        return credential_store_erase(&store, credential, fault);
    return credential_store_put(&store, credential, fault);
}
