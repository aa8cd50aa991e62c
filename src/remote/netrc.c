/* SPDX-License-Identifier: MIT */
#include "remote/netrc.h"

#include "remote/cred.h"
#include "system/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct words {
    const char *at, *end;
    unsigned line;
    char word[URL_PASSWORD_MAX];
    size_t size;
    struct fault *fault;
};

static int word_add(struct words *words, char c)
{
    if (words->size + 1 >= sizeof words->word)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a word of over %zu bytes",
                         words->line, sizeof words->word - 1);
    words->word[words->size++] = c;
    return 0;
}

/* quoted = DQUOTE *( CHAR / "\" CHAR ) DQUOTE */
static int quoted_read(struct words *words)
{
    unsigned first = words->line;
    for (words->at++; words->at < words->end && *words->at != '"'; words->at++) {
        char c = *words->at;
        if (c == '\\' && words->at + 1 < words->end) {
            c = *++words->at;
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
        } else if (c == '\n') {
            words->line++;
        }
        if (word_add(words, c) < 0)
            return -1;
    }
    if (words->at == words->end)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a quote that does not end", first);
    words->at++;
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void blanks_skip(struct words *words)
{
    for (; words->at < words->end && is_blank(*words->at); words->at++)
        words->line += *words->at == '\n';
}

/* word = quoted / 1*( any byte but blanks ). 1, 0 at the end, -1. */
static int word_read(struct words *words)
{
    words->size = 0;
    blanks_skip(words);
    if (words->at == words->end)
        return 0;
    if (*words->at == '"') {
        if (quoted_read(words) < 0)
            return -1;
    } else {
        for (; words->at < words->end && !is_blank(*words->at); words->at++)
            if (word_add(words, *words->at) < 0)
                return -1;
    }
    words->word[words->size] = '\0';
    if (memchr(words->word, '\0', words->size))
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a NUL in a word", words->line);
    return 1;
}

/* A word that a keyword requires: 0 or -1. */
static int word_need(struct words *words, const char *keyword)
{
    int rc = word_read(words);
    if (rc == 0)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: nothing after '%s'", words->line,
                         keyword);
    return rc < 0 ? -1 : 0;
}

static void line_skip(struct words *words)
{
    while (words->at < words->end && *words->at != '\n')
        words->at++;
}

/* macdef = "macdef" name *( line LF ) LF: up to and with the empty line */
static void macro_skip(struct words *words)
{
    for (;;) {
        line_skip(words);
        if (words->at == words->end)
            return;
        words->at++;
        words->line++;
        const char *next = words->at;
        while (next < words->end && *next == '\r')
            next++;
        if (next == words->end || *next == '\n')
            return;
    }
}

static int user_keep(struct words *words, struct netrc_entry *entry)
{
    if (words->size >= sizeof entry->user)
        return fault_set(words->fault, FAULT_LOCAL, "line %u: a login of over %zu bytes",
                         words->line, sizeof entry->user - 1);
    memcpy(entry->user, words->word, words->size + 1);
    entry->has_user = true;
    return 0;
}

static bool entry_fits(const struct netrc_entry *entry, const char *user)
{
    if (!entry->has_user && !entry->has_password)
        return false;
    return !user || !entry->has_user || strcmp(entry->user, user) == 0;
}

struct search {
    const struct netrc_query *query;
    bool here; /* the entry at hand is for the host */
    struct netrc_entry entry;
};

/* item = "machine" name / "default" / "login" name / "password" secret / "account" text /
 *        "macdef" name lines / "#" comment. 1 when a new entry begins, 0, -1. */
static int item_read(struct words *words, struct search *search)
{
    const char *word = words->word;
    if (word[0] == '#') {
        line_skip(words);
        return 0;
    }
    if (strcmp(word, "macdef") == 0) {
        macro_skip(words);
        return 0;
    }
    if (strcmp(word, "account") == 0)
        return word_need(words, "account");
    if (strcmp(word, "login") == 0) {
        if (word_need(words, "login") < 0)
            return -1;
        return search->here ? user_keep(words, &search->entry) : 0;
    }
    if (strcmp(word, "password") == 0) {
        if (word_need(words, "password") < 0)
            return -1;
        if (search->here) {
            memcpy(search->entry.password, words->word, words->size + 1);
            search->entry.has_password = true;
        }
    }
    return 0;
}

/* entry = ( "machine" name / "default" ) *item */
static int entry_begin(struct words *words, struct search *search)
{
    bool named = strcmp(words->word, "machine") == 0;
    if (named && word_need(words, "machine") < 0)
        return -1;
    search->here =
        named ? strcasecmp(words->word, search->query->host) == 0 : !search->query->redirected;
    wipe(&search->entry, sizeof search->entry);
    return 0;
}

/* netrc = *entry. 1 when an entry fits, 0, -1. */
static int entries_search(struct words *words, struct search *search)
{
    int rc;
    while ((rc = word_read(words)) == 1) {
        bool begins = strcmp(words->word, "machine") == 0 || strcmp(words->word, "default") == 0;
        if (begins && search->here && entry_fits(&search->entry, search->query->user))
            return 1;
        if ((begins ? entry_begin(words, search) : item_read(words, search)) < 0)
            return -1;
    }
    return rc < 0 ? -1 : search->here && entry_fits(&search->entry, search->query->user);
}

int netrc_find(const char *text, size_t size, const struct netrc_query *query,
               struct netrc_entry *out, struct fault *fault)
{
    struct words words = {.at = text, .end = text + size, .line = 1, .fault = fault};
    struct search search = {.query = query};
    int rc = entries_search(&words, &search);
    if (rc == 1)
        *out = search.entry;
    wipe(&words, sizeof words);
    wipe(&search.entry, sizeof search.entry);
    return rc;
}

static int file_read(int fd, char *text, size_t size, const char *path, struct fault *fault)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(fd, text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fault_set(fault, FAULT_LOCAL, "cannot read %s: %s", path,
                             got < 0 ? strerror(errno) : "it became shorter");
        used += (size_t)got;
    }
    return 0;
}

/* Searches the open file FD, whose state is ST. 1, 0, -1. */
static int file_search(int fd, const struct stat *st, const char *path,
                       const struct netrc_query *query, struct netrc_entry *out,
                       struct fault *fault)
{
    size_t size = (size_t)st->st_size;
    char *text = malloc(size + 1);
    if (!text)
        return fault_set(fault, FAULT_LIMIT, "no memory for %s", path);
    int rc = file_read(fd, text, size, path, fault);
    if (rc == 0 && (rc = netrc_find(text, size, query, out, fault)) < 0)
        fault_wrap(fault, "%s", path);
    wipe(text, size);
    free(text);
    if (rc == 1 && out->has_password && (st->st_mode & (S_IRGRP | S_IROTH))) {
        wipe(out, sizeof *out);
        return fault_set(fault, FAULT_AUTH,
                         "%s holds a password for %s and can be read by others; "
                         "use 'chmod 600 %s' first",
                         path, query->host, path);
    }
    return rc;
}

static int path_find(char *out, size_t size)
{
    const char *named = getenv("NETRC"), *home = getenv("HOME");
    int length = -1;
    if (named && *named)
        length = snprintf(out, size, "%s", named);
    else if (home && *home)
        length = snprintf(out, size, "%s/.netrc", home);
    return length < 0 || (size_t)length >= size ? -1 : 0;
}

int netrc_load(const struct netrc_query *query, struct netrc_entry *out, struct fault *fault)
{
    char path[4096];
    struct stat st;
    int rc;
    if (path_find(path, sizeof path) < 0)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return 0;
        return fault_set(fault, FAULT_LOCAL, "cannot open %s: %s", path, strerror(errno));
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        rc = S_ISCHR(st.st_mode) ? 0 : fault_set(fault, FAULT_LOCAL, "%s is not a file", path);
    else if (st.st_size > NETRC_MAX)
        rc = fault_set(fault, FAULT_LIMIT, "%s has over %d bytes", path, NETRC_MAX);
    else
        rc = file_search(fd, &st, path, query, out, fault);
    close(fd);
    return rc;
}
